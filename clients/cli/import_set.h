/*
 * import_set - all records of one import, read and checked, and what is wrong with them.
 *
 * Records are kept packed, so that a large import fits in memory. References among them are
 * found by UID or id. Main thread. What is rejected is complained about, or written to a file
 * where one was given.
 */
#ifndef PLENARY_CLI_IMPORT_SET_H
#define PLENARY_CLI_IMPORT_SET_H

#include "clients/cli/documents.h"
#include "clients/cli/record.h"
#include "clients/cli/session.h"

#include <glib.h>
#include <stdint.h>
#include <stdio.h>

enum {
    IMPORT_RECORDS_MAX = 4 * 1000 * 1000,
    IMPORT_FOLDER_DEPTH_MAX = 16,
};

#define IMPORT_MEMORY_MAX ((size_t)8 * 1024 * 1024 * 1024) /* bytes of packed records */

/* Of one kind: events, or organisations. In the order in which they were read. */
typedef struct ImportRecord {
    Place place;
    const char *key; /* UID, or the organisation's id */
    uint8_t *packed;
    size_t size;
    const char **names; /* that it refers to, as they were given */
    size_t name_count;
} ImportRecord;

typedef struct ImportList {
    ImportRecord *records;
    size_t count;
    size_t room;
    GHashTable *by_name; /* UID or id -> position + 1 */
} ImportList;

typedef struct ImportSet {
    Session *session;
    Zones *zones;
    Arena *arena;   /* of all records */
    Arena *scratch; /* of one */
    ImportList events;
    ImportList organisations;
    FILE *rejects; /* --errors, or NULL */
    size_t rejected;
    int code; /* of the first rejection */
} ImportSet;

int import_set_open(ImportSet *self, Session *session);

/* Reads a file, or a folder and all within. */
void import_set_read(ImportSet *self, const char *path);

/* Puts a record aside that is not valid, or that the registry refused. `record` is NULL where
 * there is none that could be read. */
void import_set_reject(ImportSet *self, const Place *place, const json_t *record,
                       const Problem *problem, int code);

/* The position of the record of that name; false: it is none of this import's. */
bool import_list_find(const ImportList *list, const char *name, size_t *position);

/* Writes the rejects out. Gives the code of the first rejection. */
int import_set_close(ImportSet *self);

#endif
