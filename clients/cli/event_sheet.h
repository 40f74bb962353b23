/*
 * event_sheet - events as a sheet (CSV, RFC 4180): a row of column names, then one event a row.
 *
 * The columns are those of event_cells, in any order; some may be missing, an empty cell is an
 * absent field. What export writes comes back the same. Main thread.
 */
#ifndef PLENARY_CLI_EVENT_SHEET_H
#define PLENARY_CLI_EVENT_SHEET_H

#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/moment.h"
#include "proto/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* --- writing --- */

void event_sheet_head(FILE *file);

/* False: no memory; what the file does not take is told by ferror. */
bool event_sheet_row(FILE *file, const Event *event, Arena *arena);

/* --- reading --- */

/* One row, lent for the call: {"event": …}, and what is wrong with it, named by columns. `number`
 * is 0 where the sheet itself is wrong; there is no JSON then. False ends the reading. */
typedef bool sheet_row_fn(void *context, size_t number, size_t line, const json_t *json,
                          const Problem *problem);

/* Does the text begin with a row of column names? */
bool event_sheet_is(const char *text);

/* The text is changed; it has a NUL at its end. */
void event_sheet_read(char *text, size_t length, Zones *zones, sheet_row_fn *each, void *context);

#endif
