/*
 * copied - a request as the desk hands it over: in an arena of its own.
 */
#ifndef PLENARY_TESTS_SUPPORT_COPIED_H
#define PLENARY_TESTS_SUPPORT_COPIED_H

#include "proto/arena.h"
#include "proto/contract.h"

#include <assert.h>
#include <stdlib.h>

/* A copy in a new arena: arena_destroy, or the registry keeps it. */
static inline Request *copied(const Request *request, Arena **arena)
{
    size_t size = plenary__v1__request__get_packed_size(request);
    uint8_t *packed = malloc(size + 1);
    *arena = arena_new(SIZE_MAX);
    assert(packed && *arena);
    plenary__v1__request__pack(request, packed);
    Request *copy = plenary__v1__request__unpack(arena_allocator(*arena), size, packed);
    assert(copy);
    free(packed);
    return copy;
}

#endif
