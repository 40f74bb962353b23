/*
 * world - what lies outside the registry, injected: clock, randomness, facts about the process.
 *
 * With another World the same commands can be replayed: nothing in daemon/registry asks the
 * system itself. Called on the loop's thread only.
 */
#ifndef PLENARY_REGISTRY_WORLD_H
#define PLENARY_REGISTRY_WORLD_H

#include "proto/contract.h"

#include <stddef.h>
#include <stdint.h>

typedef struct World {
    void *context;
    int64_t (*now_us)(void *context); /* wall clock, microseconds since 1970 */
    void (*random)(void *context, void *bytes, size_t size);
    /* Adds what only the process knows (version, streams, resident bytes). May be NULL. */
    void (*describe)(void *context, Plenary__V1__StatusReply *status);
} World;

#endif
