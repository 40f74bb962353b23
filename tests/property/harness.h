/*
 * harness - a registry on a folder of its own, driven synchronously, with an injected world.
 *
 * It can crash: the registry and its store are closed without folding, or midway through a fold,
 * and opened again.
 */
#ifndef PLENARY_TESTS_PROPERTY_HARNESS_H
#define PLENARY_TESTS_PROPERTY_HARNESS_H

#include "daemon/registry/registry.h"
#include "daemon/store/store.h"
#include "proto/contract.h"

#include <stdint.h>

typedef struct Harness Harness;

/* Opens a registry in a new folder below $TMPDIR, or /var/tmp; `seed` steers its random bytes.
 * Aborts on failure. */
Harness *harness_new(uint64_t seed);

/* Closes and removes the folder. */
void harness_destroy(Harness **self);

/* Sends a request and gives its reply, owned by the caller. */
Reply *harness_call(Harness *self, Request *request);

/* Sends without waiting; replies come in harness_take, in the order they are made. */
void harness_send(Harness *self, Request *request);
Reply *harness_take(Harness *self);

/* Lent until the next crash or check, which open another one. */
Registry *harness_registry(Harness *self);

/* A fresh request id; the clock moves by a few milliseconds. Lent until the next one. */
char *harness_request_id(Harness *self);

/* A random number below `limit`, from the seed. */
uint32_t harness_below(Harness *self, uint32_t limit);

void harness_fold_start(Harness *self); /* in the background */
void harness_fold_all(Harness *self);

/* Stops without folding, a started fold after `fold_transactions` of its own, and opens again. */
void harness_crash(Harness *self, uint32_t fold_transactions);

/* Every view equals the one rebuilt from the journal: `plenaryd --check` on the closed folder. */
void harness_check(Harness *self);

#endif
