#include "proto/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_BYTES = 16 * 1024,
};

typedef struct Block {
    struct Block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
} Block;

struct Arena {
    ProtobufCAllocator allocator;
    Block *blocks; /* the one in use first, the one that is kept last */
    size_t limit;
    size_t used;
    bool refused;
};

static Block *block_new(size_t size)
{
    Block *block = malloc(sizeof *block + size);
    if (!block) return NULL;
    *block = (Block){.size = size};
    return block;
}

static void *allocator_alloc(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void allocator_free(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

Arena *arena_new(size_t limit_bytes)
{
    Arena *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->limit = limit_bytes;
    self->blocks = block_new(BLOCK_BYTES);
    if (!self->blocks) {
        free(self);
        return NULL;
    }
    self->allocator = (ProtobufCAllocator){
        .alloc = allocator_alloc, .free = allocator_free, .allocator_data = self};
    return self;
}

void arena_destroy(Arena **self)
{
    if (!self || !*self) return;
    for (Block *block = (*self)->blocks; block;) {
        Block *next = block->next;
        free(block);
        block = next;
    }
    free(*self);
    *self = NULL;
}

/* A place in the block in use, or in a new one; NULL past the limit. */
static void *take(Arena *self, size_t size_bytes)
{
    static const size_t mask = alignof(max_align_t) - 1;
    if (size_bytes > SIZE_MAX - sizeof(Block) - mask) return NULL;
    size_t size = size_bytes > 0 ? (size_bytes + mask) & ~mask : mask + 1;
    if (size > self->limit || self->used > self->limit - size) return NULL;
    if (self->blocks->size - self->blocks->used < size) {
        Block *block = block_new(size > BLOCK_BYTES ? size : BLOCK_BYTES);
        if (!block) return NULL;
        block->next = self->blocks;
        self->blocks = block;
    }
    void *memory = self->blocks->bytes + self->blocks->used;
    self->blocks->used += size;
    self->used += size;
    return memset(memory, 0, size);
}

void *arena_alloc(Arena *self, size_t size_bytes)
{
    void *memory = take(self, size_bytes);
    if (!memory) self->refused = true;
    return memory;
}

void *arena_array(Arena *self, size_t count, size_t size_bytes)
{
    bool fits = !size_bytes || count <= SIZE_MAX / size_bytes;
    return arena_alloc(self, fits ? count * size_bytes : SIZE_MAX);
}

char *arena_strndup(Arena *self, const char *text, size_t length)
{
    char *copy = arena_alloc(self, length < SIZE_MAX ? length + 1 : SIZE_MAX);
    if (copy && length) memcpy(copy, text, length);
    return copy;
}

char *arena_strdup(Arena *self, const char *text)
{
    return text ? arena_strndup(self, text, strlen(text)) : NULL;
}

char *arena_printf(Arena *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(length >= 0);
    char *text = arena_alloc(self, (size_t)length + 1);
    if (!text) return NULL;
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

void arena_reset(Arena *self)
{
    while (self->blocks->next) {
        Block *next = self->blocks->next;
        free(self->blocks);
        self->blocks = next;
    }
    self->blocks->used = 0;
    self->used = 0;
    self->refused = false;
}

size_t arena_used(const Arena *self)
{
    return self->used;
}

bool arena_has_refused(const Arena *self)
{
    return self->refused;
}

ProtobufCAllocator *arena_allocator(Arena *self)
{
    return &self->allocator;
}
