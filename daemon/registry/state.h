/*
 * state - what deciding, applying and reading share: the views, the directory, and the position.
 *
 * Also the small reads that all of them need: a change by its sequence, an event by what a person
 * calls it. Plain data in one place, passed by pointer; the registry owns it. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_STATE_H
#define PLENARY_REGISTRY_STATE_H

#include "daemon/registry/access.h"
#include "daemon/registry/columns.h"
#include "daemon/registry/directory.h"
#include "daemon/registry/layout.h"
#include "daemon/registry/principals.h"
#include "daemon/registry/recurrences.h"
#include "daemon/registry/world.h"
#include "daemon/store/store.h"
#include "proto/aliases.h"
#include "proto/moment.h"
#include "proto/words.h"

/* The end of a chain of changes: what the next one is built on. */
typedef struct Tip {
    uint64_t sequence;
    uint8_t digest[JOURNAL_DIGEST_BYTES];
    int64_t time_us;
    uint32_t last_number; /* the highest event number given */
} Tip;

typedef struct State {
    Journal *journal;
    Views *views;
    Directory *directory;
    Principals *principals;
    Words *words;
    const Aliases *aliases; /* of places; lent. NULL: there are none */
    Zones *zones;
    Columns columns;
    Recurrences *recurrences;
    struct Subscribers *subscribers; /* NULL: nobody hears from here */
    struct Past *past; /* what is kept of answers about the past; NULL: nothing is asked here */
    struct Phrases *phrases; /* what is known of phrases; NULL: nothing is asked here */
    Tip applied;
    uint64_t fold_to; /* the views are folded at once until their base has this change; 0: later */
    uint8_t request_floor[ID_BYTES]; /* request ids below it are refused */
    World world;
    int64_t started_us;
    const struct RegistryHealth *health;
} State;

/* The change, unpacked into the arena; NULL: there is none, or the arena is full. */
const Change *state_change(State *self, uint64_t sequence, Arena *arena);

/* False: no such event. A withdrawn one is found. */
bool state_head(State *self, uint32_t number, Head *head, Arena *arena);

/* The sequence of the change that made a revision of an event; 0: there is none. */
uint64_t state_version(State *self, uint32_t number, uint32_t revision);

/* The image of an event's head; NULL where it is withdrawn or does not exist. */
const Event *state_event(State *self, const Head *head, Arena *arena);

/* May the caller see the event that has this head? A withdrawn one only who sees all. */
bool state_sees_head(const Caller *caller, const Head *head);

/* Finds the event that a person calls `name`: its number, id, uid, or a unique prefix of its id
 * (8 characters or more), among what the caller may see. NOT_FOUND or INVALID_ARGUMENT (two
 * fit); *number and *head (whose audience lies in the arena) are then untouched. */
StatusCode state_find(State *self, const Caller *caller, const char *name, Arena *arena,
                      uint32_t *number, Head *head, Problem *problem);

/* The number behind an id or a uid, seen by nobody: for claims and references. 0: none. */
uint32_t state_number_of_id(State *self, const char *id);
uint32_t state_number_of_uid(State *self, const char *uid, const char *recurrence_id);

#endif
