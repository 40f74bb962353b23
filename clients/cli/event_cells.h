/*
 * event_cells - the columns of a sheet of events: their names, and each value as a cell.
 *
 * A column is a row of one table: its name, where it is in the event, how it is written. Texts and
 * numbers stand as they are; lists are divided by semicolons; participants stand one a line. What
 * could not be read back like that, and what has no plain form at all, stands as JSON. Cells are
 * texts that are not checked here: the event that they make is. Pure; main thread.
 */
#ifndef PLENARY_CLI_EVENT_CELLS_H
#define PLENARY_CLI_EVENT_CELLS_H

#include "proto/arena.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum CellForm {
    CELL_TEXT,
    CELL_LIST,          /* a; b */
    CELL_ORGANISATIONS, /* unodc:organiser; Name of one that is not in the directory:participant */
    CELL_PARTICIPANTS,  /* Name <mail>;role=speaker;organisation=unodc */
    CELL_JSON,
} CellForm;

typedef struct EventColumn {
    const char *name;
    const char *parent; /* NULL: the event itself */
    const char *field;  /* as in JSON */
    CellForm form;
    bool is_given; /* by the registry: read, and not written */
} EventColumn;

extern const EventColumn event_columns[];
extern const size_t event_column_count;

/* NULL: there is none of that name; case does not count. */
const EventColumn *event_column_find(const char *name);

/* The column that holds a field, named as violations name it ("schedule.start",
 * "participants[2].email"); NULL: none does. */
const EventColumn *event_column_of_field(const char *field);

/* The cell of an event as JSON; "" where there is nothing. NULL: no memory. */
const char *event_cell_print(const EventColumn *column, const json_t *event, Arena *arena);

/* Puts a cell into an event. False: it is not of its column's form; `why` says how (static). */
bool event_cell_read(const EventColumn *column, const char *cell, json_t *event, Arena *arena,
                     const char **why);

#endif
