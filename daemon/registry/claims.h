/*
 * claims - what the commands in flight will write or refer to.
 *
 * A command claims everything it writes exclusively and what it refers to as shared, all or none;
 * a command that meets a claim waits. Waiting commands reserve what they want for the rest of a
 * pass, so that nobody overtakes them. A claim is a text ("event 12", "uid abc", "request …").
 * Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_CLAIMS_H
#define PLENARY_REGISTRY_CLAIMS_H

#include "proto/arena.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct Claims Claims;

typedef struct Claim {
    const char *name;
    bool exclusive;
} Claim;

/* What one command wants. The array is its arena's. */
typedef struct ClaimList {
    Claim *claims;
    size_t count;
    size_t capacity;
} ClaimList;

Claims *claims_new(void);
void claims_destroy(Claims **self);

/* Adds a claim to a list; false: the arena is full. */
bool claim_add(ClaimList *list, const char *name, bool exclusive, Arena *arena);

/* All of the list, or none of it. */
bool claims_take(Claims *self, const ClaimList *list);
void claims_give_back(Claims *self, const ClaimList *list);

/* Keeps later commands of this pass from what a waiting one wants. */
void claims_reserve(Claims *self, const ClaimList *list);
void claims_drop_reservations(Claims *self);

#endif
