/*
 * import_references - where an event refers to others: part_of, follows, related, closed_by.
 *
 * Pure.
 */
#ifndef PLENARY_CLI_IMPORT_REFERENCES_H
#define PLENARY_CLI_IMPORT_REFERENCES_H

#include "proto/arena.h"
#include "proto/contract.h"

#include <stdbool.h>
#include <stddef.h>

/* All names that the event refers to, copied into the arena. False: it is full. */
bool import_references_collect(const Event *event, Arena *arena, const char ***names,
                               size_t *count);

/* What shall stand in the place of a name; NULL: the reference goes. */
typedef const char *rename_fn(void *context, const char *name);

/* Puts other names in the place of those that the event refers to. The event was unpacked from
 * its packed form with malloc and stays free_unpacked's. False: no memory. */
bool import_references_rename(Event *event, rename_fn *rename, void *context);

#endif
