/*
 * load - registrations and revisions in flight, and a memory of what was acknowledged.
 *
 * Each event has at most one write on the way; each write gives it the next version, which is in
 * its title. So the registry's revision of an event must be the number of acknowledged writes,
 * neither fewer (lost) nor more (done twice). One thread.
 */
#ifndef PLENARY_TESTS_CRASH_LOAD_H
#define PLENARY_TESTS_CRASH_LOAD_H

#include "clients/lib/plenary.h"
#include "tests/crash/seeded.h"

enum {
    LOAD_EVENTS_MAX = 100000,
};

typedef struct Load Load;

Load *load_new(const char *home, size_t in_flight, Seeded *seeded);
void load_destroy(Load **self);

/* Fills the pipeline with writes and takes the replies that are there. */
void load_turn(Load *self);

/* Waits until nothing is on the way: every write is acknowledged, or the test fails. */
void load_drain(Load *self);

/* Acknowledged writes, all of them. */
uint64_t load_acknowledged(const Load *self);

/* Asks for the events written since the last call (`all`: for every one) and compares. */
void load_verify(Load *self, bool all);

#endif
