/*
 * manual - the pieces of a manual page (mdoc), which each program writes from its own tables.
 *
 * A program asked with --manual DATE prints its page and ends; the build asks, and no help tells.
 * Texts are UTF-8 as they stand in the tables: what roff would take for its own is escaped here.
 * One thread. Whether all was written is seen at the file.
 */
#ifndef PLENARY_PROTO_MANUAL_H
#define PLENARY_PROTO_MANUAL_H

#include <stddef.h>
#include <stdio.h>

enum {
    MANUAL_LINE_BYTES_MAX = 78, /* of running text */
};

typedef struct ManualHead {
    const char *name;
    const char *section; /* "1" */
    const char *summary; /* "a registry of meetings, …" */
    const char *date;    /* "March 3, 2022" */
} ManualHead;

/* Another page. */
typedef struct ManualPage {
    const char *name;
    const char *section;
} ManualPage;

typedef enum ManualTerm {
    MANUAL_COMMAND,
    MANUAL_VARIABLE, /* of the environment */
    MANUAL_FILE,
    MANUAL_KEY,  /* of a configuration */
    MANUAL_CODE, /* of a process that ended */
} ManualTerm;

/* The date, where the command line is PROGRAM OPTION DATE ("--manual"); NULL: no page is asked. */
const char *manual_asked(int argc, char *const *argv, const char *option);

void manual_head(FILE *file, const ManualHead *head);

/* "plenary VERB [OPTIONS]", in a SYNOPSIS. */
void manual_usage(FILE *file, const char *name, const char *arguments);

void manual_section(FILE *file, const char *title);
void manual_subsection(FILE *file, const char *title);

/* Running text, broken into lines. Of several in a row each is a paragraph of its own if there is a
 * manual_paragraph between them. */
void manual_text(FILE *file, const char *text);
void manual_paragraph(FILE *file);

/* Command lines or a file, line by line as they are. */
void manual_example(FILE *file, const char *lines);

/* A list of items, each with a text behind it. */
void manual_list(FILE *file);
void manual_list_end(FILE *file);

/* "-o FORM, --output FORM"; letter 0 and value NULL: it has none, and so with an empty name. */
void manual_option(FILE *file, char letter, const char *name, const char *value);

/* Any other item; `arguments` may be NULL. */
void manual_item(FILE *file, ManualTerm kind, const char *term, const char *arguments);

void manual_see_also(FILE *file, const ManualPage *pages, size_t count);

#endif
