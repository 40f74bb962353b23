/*
 * registry - the order of things: decide, write, apply, answer.
 *
 * The registry takes requests with what makes deciding deterministic (time, random bytes), answers
 * reads at once and writes when they are durable. It calls no socket and no LMDB function. All
 * of it belongs to the loop's thread.
 *
 *   command -> claims -> decide(state) -> change | refusal
 *           -> journal group -> durable -> apply to the views -> reply
 *
 * Callers give a `ticket`, which comes back with the reply; the registry never looks at it.
 */
#ifndef PLENARY_REGISTRY_REGISTRY_H
#define PLENARY_REGISTRY_REGISTRY_H

#include "daemon/registry/access.h"
#include "daemon/store/store.h"
#include "proto/contract.h"
#include "proto/facets.h"
#include "proto/status.h"

enum {
    REGISTRY_GROUP_CHANGES_MAX = 256,
    REGISTRY_GROUP_BYTES_MAX = 4 * 1024 * 1024,
    REGISTRY_WAITING_MAX = 4096, /* commands that wait or are on the way */
    REGISTRY_WAITING_BYTES_MAX = 64 * 1024 * 1024,
    REGISTRY_RETRY_AFTER_MS = 500,
};

typedef struct Registry Registry;

/* The world outside, injected. */
typedef struct World {
    void *context;
    int64_t (*now_us)(void *context); /* wall clock, since 1970 */
    void (*random)(void *context, void *bytes, size_t size);
} World;

/* A packed reply for `ticket`, lent until it returns. */
typedef void registry_reply_fn(void *context, uint64_t ticket, const Reply *reply);

/* Opens on an open store: rebuilds the views where their versions or history do not fit, replays
 * the journal's tail. `store` is lent and must outlive it. */
StatusCode registry_open(Store *store, const StoreConfig *store_config, const World *world,
                         registry_reply_fn *reply, void *reply_context, Registry **self,
                         Problem *problem);

/* Waiting commands are refused with UNAVAILABLE; those on the way are waited for. */
void registry_close(Registry **self);

/* Takes one request. The reply comes through registry_reply_fn, at once or in a later turn. */
void registry_handle(Registry *self, const Caller *caller, const Request *request, uint64_t ticket);

/* Forgets a ticket whose client is gone; what is on the way is still done. */
void registry_forget(Registry *self, uint64_t ticket);

/* One turn: takes what the journal made durable, applies, answers, decides what waited, submits
 * the next group, lets the views checkpoint. To be called after each batch of requests and
 * whenever one of the store's sockets is readable. Renews the read snapshots. */
void registry_turn(Registry *self);

/* What the outermost layer logs when it changes. Lent, kept up to date by registry_turn. */
typedef struct RegistryHealth {
    bool disk_full;  /* the last group found no room; writing resumes by itself */
    bool read_only;  /* a commit's outcome is unknown: until a restart */
    bool views_full; /* the delta is at its bound: writes are refused for now */
    char reason[160];
} RegistryHealth;

const RegistryHealth *registry_health(const Registry *self);

/* True while commands wait or are on the way. */
bool registry_busy(const Registry *self);

/* The last change applied: streams scan up to it, never further. */
uint64_t registry_applied(const Registry *self);

/* Digest of a change that is applied; false: there is no such sequence (0 gives zeroes). */
bool registry_digest(Registry *self, uint64_t sequence,
                     uint8_t digest[static JOURNAL_DIGEST_BYTES]);

/* Counters and states for StatusReply, log and metrics. */
void registry_status(Registry *self, Plenary__V1__StatusReply *status, Arena *arena);

/* Lent to streams and tests, same thread. */
Store *registry_store(Registry *self);
Words *registry_words(Registry *self);
Zones *registry_zones(Registry *self);

#endif
