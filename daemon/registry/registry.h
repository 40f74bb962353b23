/*
 * registry - the order of things: decide, write, apply, answer.
 *
 * The registry takes requests with what makes deciding deterministic (time, random bytes), answers
 * reads at once (what takes long in slices, daemon/registry/reading.h) and writes when they are
 * durable. It calls no socket and no LMDB function. All of it belongs to the loop's thread.
 *
 *   command -> claims -> decide(state) -> change | refusal
 *           -> journal group -> durable -> apply to the views -> reply
 *
 * Callers give a `ticket`, which comes back with the reply; the registry never looks at it.
 */
#ifndef PLENARY_REGISTRY_REGISTRY_H
#define PLENARY_REGISTRY_REGISTRY_H

#include "daemon/registry/state.h"
#include "daemon/registry/world.h"
#include "daemon/store/backup_folder.h"
#include "proto/status.h"

enum {
    REGISTRY_GROUP_CHANGES_MAX = 256,
    REGISTRY_GROUP_BYTES_MAX = 4 * 1024 * 1024,
    REGISTRY_GROUPS_IN_FLIGHT = 2,                 /* one commits while the next is decided */
    REGISTRY_WAITING_MAX = 4096,                   /* commands, from arrival to reply */
    REGISTRY_WAITING_BYTES_MAX = 64 * 1024 * 1024, /* of their memory, as they came */
    REGISTRY_RETRY_AFTER_MS = 500,
    REGISTRY_CLOSE_WAIT_MS = 5000, /* for what is on the way when the registry closes */
};

typedef struct Registry Registry;

/* A reply for `ticket`, lent until it returns. */
typedef void registry_reply_fn(void *context, uint64_t ticket, const Reply *reply);

typedef struct RegistryConfig {
    const StoreConfig *store; /* how `store` was opened, for rebuilding its views */
    World world;
    registry_reply_fn *reply;
    void *reply_context;
    const Aliases *aliases; /* lent, must outlive the registry; NULL: places have one name */
} RegistryConfig;

/* Opens on an open store, which is lent and must outlive it: rebuilds the views where their
 * versions or history do not fit, replays the journal's tail. */
StatusCode registry_open(Store *store, const RegistryConfig *config, Registry **self,
                         Problem *problem);

/* Waiting commands are refused with UNAVAILABLE; those on the way are waited for. */
void registry_close(Registry **self);

/* Takes one request, which is valid (validate_request) and lies in *arena. What writes, and what
 * reads and takes long, keeps the arena until it is answered: *arena is then NULL. The reply comes
 * through registry_reply_fn, at once or in a later turn. */
void registry_handle(Registry *self, const Caller *caller, Request *request, Arena **arena,
                     uint64_t ticket);

/* Forgets a ticket whose client is gone; what is on the way is still done. */
void registry_forget(Registry *self, uint64_t ticket);

/* One turn: takes what the journal made durable, applies, answers, decides what waited, submits
 * the next group, lets the views checkpoint, feeds a backup under way, goes on with a question that
 * takes long. To be called after each
 * batch of requests and whenever one of the store's sockets, or that below, is readable. */
void registry_turn(Registry *self);

/* True while questions that take long are on the way: another turn is to follow at once. */
bool registry_has_more(const Registry *self);

/* A zsock_t to poll for input while a backup is under way; NULL: none is. */
void *registry_backup_socket(Registry *self);

/* Lets the read snapshots go: to be called before the loop sleeps, so that none outlives a turn.
 * What reads next takes new ones by itself. */
void registry_rest(Registry *self);

/* The backup under way, or the last one, and how many there were. */
typedef struct BackupHealth {
    bool running;
    uint32_t begun, done, failed;
    uint64_t sequence; /* the last change that the copy has */
    char folder[BACKUP_PATH_SIZE];
    char failure[PROBLEM_MESSAGE_SIZE]; /* of the last one that failed */
} BackupHealth;

/* The compaction under way, or the last one, and how many there were. */
typedef struct CompactingHealth {
    bool running;
    uint32_t begun, done, failed;
    uint64_t bytes;                     /* of the new files */
    uint64_t bytes_before;              /* of the old ones, when it is done */
    char failure[PROBLEM_MESSAGE_SIZE]; /* of the last one that failed */
} CompactingHealth;

/* What the outermost layer logs when it changes. Lent, kept up to date by registry_turn. */
typedef struct RegistryHealth {
    bool disk_full;  /* the last group found no room; writing resumes by itself */
    bool read_only;  /* a commit's outcome is unknown: until a restart */
    bool views_full; /* the delta is at its bound: writes wait */
    char reason[160];
    BackupHealth backup;
    CompactingHealth compacting;
} RegistryHealth;

const RegistryHealth *registry_health(const Registry *self);

/* True while commands wait or are on the way. */
bool registry_busy(const Registry *self);

/* The last change applied: streams scan up to it, never further. */
uint64_t registry_applied(const Registry *self);

/* Digest of a change that is applied; false: there is no such sequence (0 gives zeroes). */
bool registry_digest(Registry *self, uint64_t sequence,
                     uint8_t digest[static JOURNAL_DIGEST_BYTES]);

/* For streams, which read by the same rules: with a snapshot. Lent until registry_rest. */
State *registry_state(Registry *self);

#endif
