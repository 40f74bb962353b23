/*
 * delegation - the organisations that have a head of delegation at an event, in person.
 *
 * An organisation is one under its id and under every name that the directory knows; one that the
 * directory does not know is its folded name. Where a name means several organisations, each is
 * meant. What it is made from is lent, and it lies in the arena. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_DELEGATION_H
#define PLENARY_REGISTRY_DELEGATION_H

#include "daemon/registry/directory.h"
#include "proto/arena.h"
#include "proto/words.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    DELEGATION_MEANINGS_MAX = 8, /* organisations of one name; of a broader one the name counts */
};

typedef struct Delegation {
    const char *said; /* the organisation, as the event names it */
    size_t person;    /* who leads it: a place in the event's list of who comes */
    size_t same;      /* where the same organisation is named again: the one place of both */
} Delegation;

/* What an organisation goes by, and whose place that is. */
typedef struct DelegationName {
    const char *text;
    size_t delegation;
} DelegationName;

typedef struct Delegations {
    Words *words;
    const Directory *directory; /* NULL: nothing is known but what events say */
    Arena *arena;
    Delegation *all;
    size_t count;
    size_t capacity;
    DelegationName *names; /* in order, once united */
    size_t name_count;
} Delegations;

/* For at most `capacity` delegations. False: the arena is full. */
bool delegations_begin(Delegations *self, Words *words, const Directory *directory, Arena *arena,
                       size_t capacity);

/* False: the arena is full. */
bool delegations_add(Delegations *self, const char *organisation, size_t person);

/* To be called when all are in it. */
void delegations_unite(Delegations *self);

/* The delegation of `other` that is the same organisation's as that behind name `at`; NULL: none.
 */
const Delegation *delegations_find(const Delegations *self, size_t at, const Delegations *other);

#endif
