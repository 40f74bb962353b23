/*
 * output - records on a stream, in the form that was asked for.
 *
 * A Listing takes one record after the other and writes JSON, JSON lines, CSV (RFC 4180), ids,
 * YAML or a table of the columns that its kind of record has. All but the table are written as
 * they come. Records are lent for the call. One thread at a time.
 */
#ifndef PLENARY_CLIENTS_OUTPUT_H
#define PLENARY_CLIENTS_OUTPUT_H

#include "clients/lib/terminal.h"
#include "proto/arena.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum OutputForm {
    OUTPUT_TABLE,
    OUTPUT_JSON,
    OUTPUT_JSONL,
    OUTPUT_CSV,
    OUTPUT_IDS,
    OUTPUT_YAML,
    OUTPUT_FORMS
} OutputForm;

enum {
    OUTPUT_COLUMNS_MAX = 24,
    OUTPUT_CELL_BYTES_MAX = 1024 * 1024, /* of the cells of one record */
};

/* False: there is no form of that name. */
bool output_form_find(const char *name, OutputForm *form);

/* "table". Static. */
const char *output_form_name(OutputForm form);

/* A cell's text, from the arena or of the record; NULL: nothing to show. */
typedef const char *cell_fn(const void *record, Arena *arena);

typedef struct Column {
    const char *title; /* of the table in capitals, or the name in CSV's first line */
    cell_fn *cell;
    unsigned flags; /* TableFlag */
} Column;

/* How one kind of record is shown. */
typedef struct RecordKind {
    const Column *columns; /* of the table */
    size_t column_count;
    const Column *csv;
    size_t csv_count;
    cell_fn *id;     /* for OUTPUT_IDS */
    cell_fn *colour; /* of the table's row; may be NULL, and may give NULL */
} RecordKind;

typedef struct Listing Listing;

/* NULL: no memory. */
Listing *listing_open(FILE *file, OutputForm form, const RecordKind *kind,
                      const Terminal *terminal);

/* What a table on a terminal says beside its records: of a search, what was found where. */
typedef struct ListingMarks {
    void *context;
    /* A line to stand under the record, from the arena; NULL: none. */
    const char *(*note)(void *context, const void *record, Arena *arena);
    /* Prints a line of the table, with its end, as it is but for marks; where colours are. */
    void (*print_line)(void *context, const char *line, FILE *file);
} ListingMarks;

/* Before the first record. Changes nothing where the listing is no table on a terminal. */
void listing_mark(Listing *self, const ListingMarks *marks);

/* False: no memory, or the stream does not take it; closing says so again. */
bool listing_add(Listing *self, const ProtobufCMessage *record);

/* Ends the array, prints the table. Takes a pointer to NULL. False: not all was written. */
bool listing_close(Listing **self);

/* One value as JSON (indented), as a JSON line, or as YAML. */
bool output_json(FILE *file, const json_t *json, OutputForm form);

/* One message in the same three forms. */
bool output_message(FILE *file, const ProtobufCMessage *message, OutputForm form);

/* One line of CSV; NULL cells are empty. */
void output_csv(FILE *file, const char *const *cells, size_t count);

#endif
