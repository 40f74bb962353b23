/*
 * table - columns for people, by libsmartcols.
 *
 * On a terminal the columns marked as such are cut to its width; elsewhere nothing is cut and
 * nothing is coloured. Texts are UTF-8 and are copied. One thread at a time. Adding to a table
 * that has run out of memory does nothing: printing says so.
 */
#ifndef PLENARY_CLIENTS_TABLE_H
#define PLENARY_CLIENTS_TABLE_H

#include "clients/lib/terminal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum TableFlag {
    TABLE_RIGHT = 1, /* figures stand to the right */
    TABLE_CUT = 2,   /* may be cut where the terminal is narrow */
    TABLE_WRAP = 4,  /* may go on in further lines */
    TABLE_SPARE = 8, /* left out on a terminal under TABLE_ROOMY_WIDTH */
};

enum {
    TABLE_ROOMY_WIDTH = 100, /* columns */
};

typedef struct TableColumn {
    const char *title; /* NULL for every column: no heading */
    unsigned flags;
} TableColumn;

typedef struct Table Table;

/* NULL: no memory. */
Table *table_new(const TableColumn *columns, size_t count, const Terminal *terminal);

/* Takes NULL and a pointer to NULL. */
void table_destroy(Table **self);

/* One row, as many cells as columns; a NULL cell is empty. `colour` is a libsmartcols colour name
 * ("red") for the whole row, or NULL. */
void table_add(Table *self, const char *const *cells, const char *colour);

/* False: no memory, or the stream does not take it. */
bool table_print(Table *self, FILE *file);

#endif
