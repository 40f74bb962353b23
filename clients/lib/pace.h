/*
 * pace - the clock by which clients wait, and how long to wait before trying again.
 *
 * Any thread.
 */
#ifndef PLENARY_CLIENTS_PACE_H
#define PLENARY_CLIENTS_PACE_H

#include <stdint.h>

enum {
    PACE_FIRST_MS = 100,
    PACE_LONGEST_MS = 5000,
};

/* Milliseconds of a clock that never runs back. */
int64_t pace_now_ms(void);

/* The wait after `failures` failures in a row (from 1): doubled each time up to PACE_LONGEST_MS,
 * of which a random half is left out, so that clients which failed together do not come back
 * together. */
int pace_back_off_ms(int failures);

/* `wait_ms`, at most PACE_LONGEST_MS, and up to a quarter more. */
int pace_spread_ms(uint32_t wait_ms);

#endif
