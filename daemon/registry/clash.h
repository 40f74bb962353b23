/*
 * clash - what two events cannot both have at overlapping times: a room, a person in person, or
 * the head of one organisation's delegation.
 *
 * Pure but for folding, zones and the directory. What is cancelled clashes with nothing; what is
 * tentative, postponed or approximate, or a person of whom it is not said that they come in person,
 * clashes possibly. So do two delegations of one organisation, led by different people: it may
 * send both. Where one of those who lead them comes to both, that person's clash says it.
 * Recurring events clash where instances of theirs do (daemon/registry/overlap.h).
 */
#ifndef PLENARY_REGISTRY_CLASH_H
#define PLENARY_REGISTRY_CLASH_H

#include "daemon/registry/delegation.h"
#include "daemon/registry/overlap.h"
#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/moment.h"
#include "proto/words.h"

#include <stdbool.h>
#include <stddef.h>

/* What comparing needs. Lent. */
typedef struct ClashContext {
    Words *words;
    Zones *zones;
    Arena *arena;
    const Directory *directory; /* NULL: organisations are what events call them */
    OverlapView view;
} ClashContext;

/* A name folded in both ways; `other` is NULL where there is one only. */
typedef struct ClashName {
    const char *folded;
    const char *other;
} ClashName;

typedef struct ClashPerson {
    const char *said; /* as the event names them */
    bool certain;     /* they come in person */
    size_t same;      /* who is named twice is the one person there; else its own place */
} ClashPerson;

/* A folded name of a person. */
typedef struct ClashEntry {
    const char *text;
    size_t person;
} ClashEntry;

/* An event made ready to be compared with many. In the arena. */
typedef struct ClashSide {
    const Event *event;
    bool counts; /* false: it clashes with nothing */
    bool possible;
    Times times;
    ClashName venue; /* folded NULL: none with a name */
    ClashName city;  /* folded NULL: not said */
    const char *room;
    ClashPerson *people;
    size_t person_count;
    ClashEntry *names; /* in order */
    size_t name_count;
    Delegations delegations;
} ClashSide;

/* False: the arena is full. */
bool clash_prepare(const ClashContext *context, const Event *event, ClashSide *side);

/* How many clashes it may have with one other. */
size_t clash_most(const ClashSide *side);

/* Adds to `clashes`, which has room for clash_most(left), what both need; the subject is as the
 * left one says it, and `when` where they overlap first. Nothing is added where they do not. False:
 * the arena is full. */
bool clash_find(const ClashContext *context, const ClashSide *left, const ClashSide *right,
                Overlap *when, Clash **clashes, size_t *count);

#endif
