/*
 * documents - the records that a file holds.
 *
 * A file is YAML (a stream of documents), JSON (values, or an array of them), JSON lines, iCalendar
 * or a sheet (CSV), by its name's end, or by how it begins where that says nothing; "-" is standard
 * input. JSON lines and calendars are read record by record, so that a file may be of any size;
 * others are read whole, up to JSON_INPUT_BYTES_MAX. Main thread.
 */
#ifndef PLENARY_CLI_DOCUMENTS_H
#define PLENARY_CLI_DOCUMENTS_H

#include "proto/moment.h"
#include "proto/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    DOCUMENTS_LINE_BYTES_MAX = 4 * 1024 * 1024, /* of JSON lines */
    DOCUMENTS_ABOUT_SIZE = 512,
};

/* Where a document stands. */
typedef struct Place {
    const char *file;
    size_t number; /* from 1; 0: the file itself */
    size_t line;
    const char *uid; /* NULL: the number says which */
} Place;

/* One document; where `problem` is not OK it is none, for that reason, and `json` is what could be
 * read of it, or NULL. False ends the reading. */
typedef bool document_fn(void *context, const Place *place, const json_t *json,
                         const Problem *problem);

/* Calls `each` for every document of a file; what makes the whole file unreadable comes as a
 * document with number 0. */
void documents_each(const char *path, Zones *zones, document_fn *each, void *context);

/* Is a file of that name one that may hold records? */
bool documents_know(const char *name);

/* All that a file holds, up to JSON_INPUT_BYTES_MAX, and a NUL behind it. Given: free(). */
StatusCode documents_read_whole(FILE *file, char **text, size_t *length, Problem *problem);

/* "events.yaml, record 2 (line 14)", "events.ics, record 2 (line 14, UID a@example.org)". */
void place_print(const Place *place, char text[static DOCUMENTS_ABOUT_SIZE]);

#endif
