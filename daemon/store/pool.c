#include "daemon/store/pool.h"

#include <assert.h>
#include <sys/mman.h>

enum { POOL_ALIGNMENT = 8 };

struct PoolChunk {
    PoolChunk *before;
    size_t size_bytes;
};

static size_t chunk_size(const Pool *self, size_t wanted)
{
    size_t size = self->chunks == NULL ? POOL_CHUNK_BYTES_MIN : self->chunks->size_bytes * 2;
    if (size > POOL_CHUNK_BYTES_MAX) size = POOL_CHUNK_BYTES_MAX;
    wanted += sizeof(PoolChunk);
    if (wanted > size)
        size = (wanted + POOL_CHUNK_BYTES_MIN - 1) / POOL_CHUNK_BYTES_MIN * POOL_CHUNK_BYTES_MIN;
    return size;
}

/* Mapped, not from the heap: a heap would keep what a dropped delta gave back. */
static void add_chunk(Pool *self, size_t wanted)
{
    size_t size = chunk_size(self, wanted);
    PoolChunk *chunk = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(chunk != MAP_FAILED);
    *chunk = (PoolChunk){.before = self->chunks, .size_bytes = size};
    self->chunks = chunk;
    self->next = (char *)(chunk + 1);
    self->left_bytes = size - sizeof *chunk;
}

void *pool_take(Pool *self, size_t size_bytes)
{
    size_bytes = (size_bytes + POOL_ALIGNMENT - 1) & ~(size_t)(POOL_ALIGNMENT - 1);
    if (size_bytes > self->left_bytes) add_chunk(self, size_bytes);
    void *taken = self->next;
    self->next += size_bytes;
    self->left_bytes -= size_bytes;
    self->used_bytes += size_bytes;
    return taken;
}

void pool_clear(Pool *self)
{
    while (self->chunks != NULL) {
        PoolChunk *chunk = self->chunks;
        self->chunks = chunk->before;
        (void)munmap(chunk, chunk->size_bytes);
    }
    *self = (Pool){0};
}
