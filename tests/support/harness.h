/*
 * harness - a registry on a folder of its own, driven synchronously, with an injected world.
 *
 * It can crash: the registry and its store are closed without folding, or midway through a fold,
 * and opened again. Whatever the world may do to a registry (clock steps, a full disk, views that
 * cannot be folded) is an option or a call here. Aborts where the world fails it.
 */
#ifndef PLENARY_TESTS_SUPPORT_HARNESS_H
#define PLENARY_TESTS_SUPPORT_HARNESS_H

#include "daemon/registry/registry.h"
#include "daemon/store/store.h"
#include "proto/contract.h"

#include <stdint.h>

typedef struct Harness Harness;

typedef struct HarnessOptions {
    uint64_t seed;             /* steers random bytes */
    const char *disk_size;     /* "2m": the folder is a small tmpfs of its own; NULL: it is not */
    size_t delta_bytes_freeze; /* 0: small, so that checkpoints run all the time */
    size_t delta_bytes_max;
    uint32_t fold_stop_after;
} HarnessOptions;

/* Opens a registry in a new folder. NULL: this user may not mount the disk that was asked for. */
Harness *harness_new(const HarnessOptions *options);

/* Closes and removes the folder. */
void harness_destroy(Harness **self);

/* Sends a request and gives its reply, owned by the caller. */
Reply *harness_call(Harness *self, Request *request);

/* The same for any caller; the reply is lent until harness_destroy. */
const Reply *harness_ask(Harness *self, const Caller *caller, Request *request);

/* Sends without waiting; replies come in harness_take, in the order they are made. */
void harness_send(Harness *self, Request *request);
Reply *harness_take(Harness *self);

/* The next reply that is made already; NULL: there is none. */
Reply *harness_take_made(Harness *self);

void harness_send_as(Harness *self, const Caller *caller, Request *request, uint64_t ticket);

/* One turn and a short nap. False: no reply has come. */
bool harness_turn(Harness *self);

/* The clock steps, forwards or back. */
void harness_step_clock(Harness *self, int64_t step_us);
int64_t harness_now_us(const Harness *self);

/* A file takes all the room that there is but `leave_bytes`; or makes room again. */
void harness_fill_disk(Harness *self, size_t leave_bytes);
void harness_empty_disk(Harness *self);

/* For tests that look inside. Lent until the next crash, close or check. */
Registry *harness_registry(Harness *self);
Store *harness_store(Harness *self);
const StoreConfig *harness_store_config(const Harness *self);

void harness_close(Harness *self); /* without folding */
void harness_open(Harness *self);
void harness_open_to_stop(Harness *self, uint32_t fold_stop_after); /* as in StoreConfig */

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

/* The same check on the closed folder; what it says is lent until the next one. */
StatusCode harness_check_closed(Harness *self, const char **lines);

#endif
