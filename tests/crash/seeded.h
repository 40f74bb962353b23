/*
 * seeded - random numbers that a printed seed brings back.
 *
 * splitmix64 (Steele, Lea, Flood 2014): enough for choosing moments, never for secrets.
 */
#ifndef PLENARY_TESTS_CRASH_SEEDED_H
#define PLENARY_TESTS_CRASH_SEEDED_H

#include <stdint.h>

typedef struct Seeded {
    uint64_t state;
} Seeded;

/* From the first argument of the program, else from the clock; prints how to replay. */
Seeded seeded_start(const char *program, int argc, char **argv);

/* From 0 to below `bound`, which is above 0. */
uint64_t seeded_below(Seeded *self, uint64_t bound);

#endif
