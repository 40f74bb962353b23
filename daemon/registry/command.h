/*
 * command - a request that writes, from its arrival until its reply.
 *
 * Everything that deciding needs is in it: the request, who asks, the time and the random bytes
 * of its arrival. It owns the arena that the request came in, and all of its memory lies there.
 * Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_COMMAND_H
#define PLENARY_REGISTRY_COMMAND_H

#include "daemon/registry/access.h"
#include "daemon/registry/claims.h"
#include "daemon/registry/seal.h"
#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/id.h"

enum {
    COMMAND_REQUEST_BYTES_MAX = 16 * 1024 * 1024, /* of memory, when it comes */
    COMMAND_CLAIMS_BYTES_MAX = 16 * 1024 * 1024,
};

/* A change that an erasure writes anew. */
typedef struct Rewritten {
    uint64_t sequence;
    Bytes packed; /* with the digests of before */
} Rewritten;

/* What deciding gave. */
typedef struct Decision {
    Change *change;                   /* NULL: nothing changes */
    const Event *before;              /* the image before, where there was one */
    const Event *event;               /* the image after, or the present one */
    const Organisation *organisation; /* the same of an organisation */
    const Principal *principal;       /* and of a principal */
    uint64_t latest_sequence;         /* of the record, where nothing changes */
    bool dry_run;
    size_t rewritten_count;       /* of an erasure, as its change lists them */
    const Rewritten *rewritten;   /* go into the journal with the change, or not at all */
    const Event *const *unerased; /* each one's image before */
} Decision;

typedef struct Command {
    Arena *arena;
    Request *request;
    uint8_t request_hash[JOURNAL_DIGEST_BYTES];
    size_t size_bytes; /* of memory, when it came */
    Caller caller;
    uint64_t ticket;
    bool forgotten; /* nobody waits for the reply */
    int64_t time_us;
    uint8_t random[ID_RANDOM_BYTES];
    uint8_t salt[SEAL_SALT_BYTES];
    Arena *claims_arena; /* of what it wants, while it is asked for or held */
    ClaimList claims;
    bool holds_claims;
    Decision decision;
    Bytes packed; /* the sealed change */
} Command;

/* Takes `request` and the arena that it lies in (*arena is then NULL) for `caller`, whose strings
 * are copied. The hash covers the request without its id and correlation. NULL: no memory, or
 * larger than the bound; *arena stays where it was. */
Command *command_new(Request *request, Arena **arena, const Caller *caller, uint64_t ticket);

/* Speaks for `caller` from now on, whose strings are copied. False: no memory. */
bool command_set_caller(Command *self, const Caller *caller);

void command_destroy(Command **self);

/* An empty list of claims in memory of its own, which a command that waits long is not to pile up.
 * False: no memory. */
bool command_begin_claims(Command *self);

/* Forgets the list; what it held must have been given back. */
void command_drop_claims(Command *self);

#endif
