/*
 * directory - how a report calls organisations.
 *
 * Records name an organisation by its id in the directory or by a name of its own; a Directory is a
 * way to look ids up, lent by whoever has them. Pure but for that; the caller's thread.
 */
#ifndef PLENARY_REPORT_DIRECTORY_H
#define PLENARY_REPORT_DIRECTORY_H

#include "proto/contract.h"

/* NULL: there is none with this id. Lent until the next call. */
typedef const Organisation *organisation_fn(void *context, const char *id);

typedef struct Directory {
    organisation_fn *find;
    void *context;
} Directory;

/* The directory's name of an id; any other text is its own name. Lent as the organisation is. */
const char *directory_name(const Directory *self, const char *reference);

/* The acronym of an id; the name where it has none. */
const char *directory_short(const Directory *self, const char *reference);

/* What the organisation with this id is a part of, in short; NULL: of nothing. */
const char *directory_part_of(const Directory *self, const char *reference);

/* What an event's involvement refers to: its id, else its name, else "". Lent by it. */
const char *directory_reference(const Involvement *involvement);

#endif
