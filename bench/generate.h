/*
 * generate - realistic events, the same ones for the same seed.
 *
 * Event number `index` of a seed depends on nothing else, so that any of them can be made again.
 * Messages live in the arena that is given. Any thread, each with its own arena.
 */
#ifndef PLENARY_BENCH_GENERATE_H
#define PLENARY_BENCH_GENERATE_H

#include "bench/atlas.h"
#include "proto/arena.h"
#include "proto/contract.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    GENERATE_PARTICIPANTS_MAX = 40,
    GENERATE_YEAR_FIRST = 2015,
    GENERATE_YEAR_LAST = 2027,
    GENERATE_CROWDED_YEAR = 2017,
    GENERATE_CROWDED_MONTH = 6,
    GENERATE_LONGEST_YEARS = 5,         /* of varied events */
    GENERATE_ARENA_BYTES = 1024 * 1024, /* more than any one event takes */
};

/* A small random sequence (splitmix64). */
typedef struct Random {
    uint64_t state;
} Random;

Random random_of(uint64_t seed, uint64_t index);
uint64_t random_next(Random *random);

/* 0 to `below` - 1. */
size_t random_below(Random *random, size_t below);

/* True `percent` times of a hundred. */
bool random_percent(Random *random, unsigned percent);

/* NULL: the arena is full. */
Event *generate_event(uint64_t seed, uint64_t index, Arena *arena);

/* The same event, varied: of a hundred two recur (weekly or monthly, some without end), one lasts
 * for years, and five lie in one month, GENERATE_CROWDED. The others are as generate_event gives
 * them. */
Event *generate_event_varied(uint64_t seed, uint64_t index, Arena *arena);

/* The organisation `index` of the atlas, as a record. */
Organisation *generate_organisation(size_t index, Arena *arena);

#endif
