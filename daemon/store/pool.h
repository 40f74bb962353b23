/*
 * pool - memory that is taken piece by piece and given back to the system in one move.
 *
 * One thread takes; once nobody takes any more, others may read what was taken. Taking never
 * fails: a system without memory stops the program, as GLib does.
 */
#ifndef PLENARY_STORE_POOL_H
#define PLENARY_STORE_POOL_H

#include <stddef.h>

enum {
    POOL_CHUNK_BYTES_MIN = 64 * 1024,
    POOL_CHUNK_BYTES_MAX = 4 * 1024 * 1024,
};

typedef struct PoolChunk PoolChunk;

/* Begin with all zero. */
typedef struct Pool {
    PoolChunk *chunks;
    char *next;
    size_t left_bytes;
    size_t used_bytes; /* handed out */
} Pool;

/* Memory aligned to 8 bytes, its contents undefined at first. */
void *pool_take(Pool *self, size_t size_bytes);

/* Gives all of it back; the pool is as at its beginning. */
void pool_clear(Pool *self);

#endif
