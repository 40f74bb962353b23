/*
 * usage - the pieces of which a program's --help is made.
 *
 * They print on standard output. One thread.
 */
#ifndef PLENARY_CLIENTS_USAGE_H
#define PLENARY_CLIENTS_USAGE_H

#include "clients/lib/options.h"

enum {
    USAGE_WIDTH = 92, /* columns of running text */
};

/* Command lines, one a line, as they are typed. */
void usage_examples(const char *lines);

/* Words of `text`, broken into lines. */
void usage_text(const char *text);

/* A row of the table of options. */
void usage_option(const Option *option);

/* The rows of a table that belong to any of the groups, under a heading where there are some.
 * Gives the flags that they have. */
unsigned usage_options(const char *heading, const Option *options, OptionGroups groups);

#endif
