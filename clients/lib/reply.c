#include "clients/lib/reply.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>

enum {
    TIMES_PACKED = 5, /* what a reply takes, of its packed size: a little more than most do */
    BLOCK_BYTES_MIN = 1024,
};

/* The first one begins with the reply itself. */
typedef struct Block {
    struct Block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
} Block;

typedef struct Memory {
    Block *first;
    Block *last; /* the one in use */
} Memory;

static Block *block_new(size_t size)
{
    Block *block = malloc(sizeof *block + size);
    if (block) *block = (Block){.size = size};
    return block;
}

static void *take(void *memory, size_t size_bytes)
{
    static const size_t mask = alignof(max_align_t) - 1;
    Memory *self = memory;
    Block *block = self->last;
    if (size_bytes > SIZE_MAX / 2) return NULL;
    size_t size = (size_bytes + mask) & ~mask;
    if (block->size - block->used < size) {
        block = block_new(size > block->size ? size : block->size);
        if (!block) return NULL;
        self->last->next = block;
        self->last = block;
    }
    void *taken = block->bytes + block->used;
    block->used += size;
    return taken;
}

static void keep(void *memory, void *taken)
{
    (void)memory;
    (void)taken;
}

static void free_blocks(Block *first)
{
    for (Block *block = first; block;) {
        Block *next = block->next;
        free(block);
        block = next;
    }
}

Plenary__V1__Reply *reply_unpack(const uint8_t *packed, size_t size)
{
    Block *first = size < SIZE_MAX / 2 / TIMES_PACKED
                       ? block_new(BLOCK_BYTES_MIN + size * TIMES_PACKED)
                       : NULL;
    if (!first) return NULL;
    Memory memory = {first, first};
    ProtobufCAllocator allocator = {.alloc = take, .free = keep, .allocator_data = &memory};
    Plenary__V1__Reply *reply = plenary__v1__reply__unpack(&allocator, size, packed);
    if (!reply) free_blocks(first);
    assert(!reply || (unsigned char *)reply == first->bytes);
    return reply;
}

void reply_free(Plenary__V1__Reply *reply)
{
    if (reply) free_blocks((Block *)(void *)((unsigned char *)reply - offsetof(Block, bytes)));
}
