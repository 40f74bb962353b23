/*
 * found - the words of a text question in what is shown: marked, and quoted from where they stand.
 *
 * Goes by the same rules as the registry (words, stems, beginnings, the built-in names of places),
 * but knows neither its directory nor the names that its operator added: what was found by these
 * is shown without a mark. For terminals alone. One thread.
 */
#ifndef PLENARY_CLI_FOUND_H
#define PLENARY_CLI_FOUND_H

#include "clients/lib/output.h"
#include "proto/contract.h"

enum {
    FOUND_BEFORE_CHARACTERS = 24, /* of a quotation before the word that was found */
    FOUND_CHARACTERS = 72,        /* of a quotation */
};

typedef struct Found Found;

/* Of a question as the registry took it. NULL: no memory. */
Found *found_new(const char *text);
void found_destroy(Found **self);

/* The first word in `text` that was asked for; NULL: there is none. */
const char *found_first(Found *self, const char *text, size_t *length);

/* Quotes the first text of an event that has a word, where neither the title nor the place that
 * the list shows has one. NULL: nothing to quote. */
const char *found_quote(Found *self, const Event *event, Arena *arena);

/* Prints a line with the words marked; sequences of the terminal in it stay as they are. */
void found_print(Found *self, const char *line, FILE *file);

/* For a Listing of events. */
ListingMarks found_marks(Found *self);

#endif
