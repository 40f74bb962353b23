/*
 * seal - the digest chain: packing a change so that what is written can be verified.
 *
 * The packed change ends in its two digests, each a field of fixed size, so the bytes before them
 * are what the content digest covers and nothing is packed twice. BLAKE2b (RFC 7693) by libsodium.
 * Pure.
 */
#ifndef PLENARY_REGISTRY_SEAL_H
#define PLENARY_REGISTRY_SEAL_H

#include "daemon/store/journal.h"
#include "proto/arena.h"
#include "proto/contract.h"

#include <stdbool.h>

enum {
    SEAL_SALT_BYTES = 16,
};

/* Packs `change` (whose digests are not set) behind the change that has `previous`, sets its two
 * digests (in the arena) and gives the packed bytes in the arena. Size 0: the arena is full. */
Bytes seal_change(Change *change, const uint8_t previous[static JOURNAL_DIGEST_BYTES],
                  Arena *arena);

/* The change's own digest, from packed bytes; false: they do not end as a sealed change does. */
bool seal_digest(Bytes packed, uint8_t digest[static JOURNAL_DIGEST_BYTES]);

/* Does the digest chain to `previous`? */
bool seal_chains(Bytes packed, const uint8_t previous[static JOURNAL_DIGEST_BYTES]);

/* Does the content digest cover the content? Of what an erasure wrote anew it does not: `content`
 * is then what an `erased` change must say of it (daemon/registry/erasures.h). */
bool seal_covers(Bytes packed, uint8_t content[static JOURNAL_DIGEST_BYTES]);

/* Packs a change that was sealed before, and is not any more what it was then: its two digests
 * stay, and so does the chain. Gives the digest of the content as it is now. Size 0: the arena is
 * full. */
Bytes seal_again(Change *change, uint8_t content[static JOURNAL_DIGEST_BYTES], Arena *arena);

/* BLAKE2b-256 of bytes. */
void seal_hash(Bytes bytes, uint8_t hash[static JOURNAL_DIGEST_BYTES]);

#endif
