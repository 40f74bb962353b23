/*
 * erasures - reading the journal's chain, of which erasures have written some changes anew.
 *
 * What was written anew keeps its two digests, which the chain goes on from, but its content
 * digest covers it no longer. A later `erased` change, which is in the chain itself, says what it
 * is now. So such a change is open until that one is read; what is open at the journal's end was
 * changed by somebody else.
 *
 * Changes are given in order, from any one on. Owns what it remembers: nothing, but for what is
 * open. One thread at a time.
 */
#ifndef PLENARY_REGISTRY_ERASURES_H
#define PLENARY_REGISTRY_ERASURES_H

#include "daemon/store/journal.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    ERASURES_OPEN_MAX = 1024 * 1024, /* then the journal is held to be damaged */
};

typedef struct Erasures Erasures;

/* NULL: no memory. */
Erasures *erasures_new(void);

/* Takes a pointer to NULL. */
void erasures_destroy(Erasures **self);

/* Takes the change behind the one that has `digest`, which then becomes its own. False: it does
 * not follow that one, or is no sealed change. */
bool erasures_take(Erasures *self, uint64_t sequence, Bytes packed,
                   uint8_t digest[static JOURNAL_DIGEST_BYTES]);

/* How many changes are open, and the first of them. */
uint64_t erasures_open(const Erasures *self, uint64_t *first);

#endif
