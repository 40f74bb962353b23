#include "tests/crash/seeded.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

Seeded seeded_start(const char *program, int argc, char **argv)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t seed = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    if (argc > 1) seed = strtoull(argv[1], NULL, 10);
    printf("%s: to replay the same moments: %s %" PRIu64 "\n", program, argv[0], seed);
    fflush(stdout);
    return (Seeded){seed};
}

uint64_t seeded_below(Seeded *self, uint64_t bound)
{
    uint64_t z = (self->state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % bound;
}
