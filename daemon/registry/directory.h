/*
 * directory - the organisations, in memory, with every name that they go by.
 *
 * A view of the journal like the others, but small enough to be held whole; it is filled from the
 * `organisations` table at the start and kept by apply. It owns copies of the records. Loop's
 * thread only.
 */
#ifndef PLENARY_REGISTRY_DIRECTORY_H
#define PLENARY_REGISTRY_DIRECTORY_H

#include "proto/contract.h"
#include "proto/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DIRECTORY_DEPTH_MAX = 16,    /* of part_of */
    DIRECTORY_MATCHES_MAX = 256, /* organisations that one name may resolve to, parts included */
};

typedef struct Directory Directory;

typedef struct DirectoryEntry {
    const Organisation *organisation;
    uint64_t sequence; /* of the change that made this image */
} DirectoryEntry;

/* `words` is lent and must outlive it. */
Directory *directory_new(Words *words);
void directory_destroy(Directory **self);

/* Puts a copy in the place of what has this id. False: no memory. */
bool directory_put(Directory *self, const Organisation *organisation, uint64_t sequence);

size_t directory_count(const Directory *self);

/* By id; NULL: there is none. Lent until the next put. */
const DirectoryEntry *directory_find(const Directory *self, const char *id);

/* In id order: the first whose id is above `after` (NULL: the very first); NULL at the end. */
const DirectoryEntry *directory_next(const Directory *self, const char *after);

/* Every organisation that `name` means (id, or folded name, acronym, alias or translation), and,
 * where asked, all their parts. `ids` are lent until the next put. Gives how many, at most
 * DIRECTORY_MATCHES_MAX. */
size_t directory_resolve(const Directory *self, const char *name, bool with_parts, Arena *arena,
                         const char *ids[static DIRECTORY_MATCHES_MAX]);

/* Folded name, acronym, aliases and translations of an organisation, each once. */
typedef void directory_name_fn(void *context, const char *folded);
void directory_names(const Directory *self, const Organisation *organisation, Arena *arena,
                     directory_name_fn *each, void *context);

/* Would `id` become part of itself if it were part of `part_of`? */
bool directory_loops(const Directory *self, const char *id, const char *part_of);

#endif
