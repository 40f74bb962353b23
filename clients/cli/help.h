/*
 * help - what the help and the manual page both tell besides the verbs.
 */
#ifndef PLENARY_CLI_HELP_H
#define PLENARY_CLI_HELP_H

#include "clients/cli/verbs.h"

#include <stdio.h>

/* Options that are explained together: under a heading of a verb's help, and in a section of the
 * manual, or with each verb there where `section` is NULL. */
typedef struct Topic {
    OptionGroups groups;
    const char *heading;
    const char *section;
    const char *note; /* further words, or NULL */
} Topic;

typedef struct ExitRow {
    int code;
    const char *meaning;
} ExitRow;

/* Each ends with a row of zeros. */
extern const Topic help_topics[];
extern const ExitRow help_exits[];

/* Headings, in the order in which they are shown. */
extern const Purpose help_order[PURPOSES];
const char *help_purpose(Purpose purpose);

/* What -o may be for the verb: "table json jsonl"; "" where it writes no records. */
void help_forms(const Verb *verb, char *text, size_t size);

/* The manual page plenary(1) with this date. */
void help_print_manual(FILE *file, const char *date);

#endif
