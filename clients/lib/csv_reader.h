/*
 * csv_reader - the rows of a sheet: RFC 4180, as spreadsheets write it.
 *
 * Cells are separated by comma, semicolon or tab, whichever the first line has most of outside
 * quotes; lines end with LF or CRLF; a byte order mark is passed over, and so are rows without any
 * text. Blanks around a cell that is not quoted are no part of it. Pure; any thread.
 */
#ifndef PLENARY_CLIENTS_CSV_READER_H
#define PLENARY_CLIENTS_CSV_READER_H

#include "proto/status.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    CSV_CELLS_MAX = 256, /* of one row */
};

typedef struct CsvRow {
    size_t line; /* where it begins, from 1 */
    const char *const *cells;
    size_t count;
} CsvRow;

/* What the row holds is lent until the text is freed; `cells` itself, for the call. False ends the
 * reading. */
typedef bool csv_row_fn(void *context, const CsvRow *row);

/* Calls `each` for every row of the text, which is changed and has a NUL at its end.
 * INVALID_ARGUMENT names the line: a quote mark that is not closed or stands within a cell, not
 * UTF-8, too many cells.
 */
StatusCode csv_read(char *text, size_t length, csv_row_fn *each, void *context, Problem *problem);

#endif
