/*
 * candidates - what may stand at a place of the command line, for completion.
 *
 * One table says for each kind of value ("KIND", "ID", …) where its candidates come from: names of
 * enumerators, countries, the system's zones, the registry. The registry is asked once, for a
 * bounded time and a bounded number of records; where it does not answer, nothing is given and
 * nothing is said. A candidate is a line, "value<tab>description", of the whole word; "@files" and
 * "@folders" stand for what the shell itself knows.
 */
#ifndef PLENARY_CLI_CANDIDATES_H
#define PLENARY_CLI_CANDIDATES_H

#include "clients/cli/session.h"

enum {
    CANDIDATES_TIMEOUT_MS = 300, /* for one answer of the registry */
    CANDIDATES_EVENTS_MAX = 200, /* the newest */
    CANDIDATES_ORGANISATIONS_MAX = 1000,
    CANDIDATES_PRINCIPALS_MAX = 500,
    CANDIDATES_TEXT_BYTES_MAX = 100, /* of a description */
};

typedef struct Candidates {
    Session *session;   /* with the words and options that stand before */
    const Verb *verb;   /* NULL: not known yet */
    const char *before; /* of the word: goes before every candidate ("--kind=") */
    size_t before_length;
    const char *typed; /* what a candidate begins with */
} Candidates;

/* Prints it if it begins with what is typed. The description may be NULL. */
void candidates_give(const Candidates *self, const char *value, const char *description);

/* Values as the help calls them ("KIND"), of an option or, where that is NULL, of a word. */
void candidates_of_value(const Candidates *self, const char *value, const Option *option);

/* First words of verbs; or second ones, of those that begin with `first`. */
void candidates_verbs(const Candidates *self, const char *first);

/* Names of the options that the groups have, with their dashes. */
void candidates_options(const Candidates *self, OptionGroups groups);

#endif
