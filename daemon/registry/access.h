/*
 * access - who may see and do what: one function decides, and every door calls it.
 *
 * A Caller is who asks, resolved from the connection on each request. Pure: no sockets, no store.
 * Handling follows the Traffic Light Protocol 2.0 (FIRST).
 */
#ifndef PLENARY_REGISTRY_ACCESS_H
#define PLENARY_REGISTRY_ACCESS_H

#include "daemon/store/views.h"
#include "proto/arena.h"
#include "proto/contract.h"

#include <stdbool.h>

enum {
    ACCESS_HASH_BYTES = 16,
};

/* What the index says of an event without an audience; no audience may be called so. */
#define ACCESS_NO_AUDIENCE "*"

/* Lent strings; lives as long as the request or the stream that it speaks for. */
typedef struct Caller {
    const char *principal;    /* "local" over ipc */
    const char *key;          /* the fingerprint that it came with; NULL over ipc */
    const char *organisation; /* id, or NULL */
    const char *const *groups;
    size_t group_count;
    Plenary__V1__Principal__Role role;
    Plenary__V1__Handling__Tlp clearance;
    bool sees_contacts;
    uint64_t connection; /* whose bounds its requests count in; no part of its rights */
} Caller;

typedef enum Permission {
    PERMISSION_READ,
    PERMISSION_REGISTER,   /* make new events */
    PERMISSION_REVISE,     /* change an event that exists: also decided by its organisations */
    PERMISSION_DIRECTORY,  /* change organisations */
    PERMISSION_PRINCIPALS, /* see and change who may do what */
    PERMISSION_OPERATE,    /* verify, backup, ... */
} Permission;

/* The same caller with strings in the arena. False: it is full; *copy is then untouched. */
bool access_copy_caller(const Caller *caller, Arena *arena, Caller *copy);

/* Over ipc: the folder's mode is the gate. */
Caller access_local(void);

/* Whoever hears the broadcast: a reader whom nobody knows. */
Caller access_anonymous(void);

/* True for an admin: sees every record and every field. */
bool access_sees_all(const Caller *caller);

/* May the caller see a record with this handling (NULL: green, no audience)? */
bool access_sees(const Caller *caller, const Handling *handling);

/* Every event that the caller may see, as set algebra over the tlp and audience facets. Given:
 * roaring_bitmap_free. */
roaring_bitmap_t *access_visible(const Caller *caller, Views *views);

/* May the caller do this at all; of PERMISSION_REVISE also: to this event (NULL: unknown yet)? */
bool access_may(const Caller *caller, Permission permission, const Event *event);

/* The image as the caller may see it: the event itself where nothing is hidden, else a shallow
 * copy in the arena without contacts and without references for which `sees_event` says no. NULL:
 * the arena is full. */
typedef bool access_event_fn(void *context, const char *event_id);
const Event *access_show_event(const Caller *caller, const Event *event,
                               access_event_fn *sees_event, void *context, Arena *arena);

const Organisation *access_show_organisation(const Caller *caller, const Organisation *organisation,
                                             Arena *arena);

/* The change as the caller may see it: principal, request id, salt and digests only for admins. */
const Change *access_show_change(const Caller *caller, const Change *change, Arena *arena);

/* Bytes that differ where the rights differ; part of a cursor's view hash. */
void access_hash(const Caller *caller, uint8_t hash[static ACCESS_HASH_BYTES]);

#endif
