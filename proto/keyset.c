#include "proto/keyset.h"

#include "proto/hash.h"

#include <stdint.h>
#include <string.h>

enum {
    CAPACITY_FIRST = 512,
};

struct KeysetSlot {
    const char *key; /* NULL: free */
    uint32_t hash;
    uint32_t length;
};

/* Where the key is, or would be. */
static KeysetSlot *slot_of(const Keyset *self, const char *key, size_t length, uint32_t hash)
{
    size_t mask = self->capacity - 1;
    size_t at = hash & mask;
    for (; self->slots[at].key; at = (at + 1) & mask) {
        const KeysetSlot *slot = &self->slots[at];
        if (slot->hash == hash && slot->length == length && memcmp(slot->key, key, length) == 0)
            break;
    }
    return &self->slots[at];
}

static bool grow(Keyset *self, Arena *arena)
{
    size_t capacity = self->capacity ? 2 * self->capacity : CAPACITY_FIRST;
    Keyset grown = {arena_array(arena, capacity, sizeof *grown.slots), capacity, self->count};
    if (!grown.slots) return false;
    for (size_t i = 0; i < self->capacity; i++) {
        const KeysetSlot *slot = &self->slots[i];
        if (slot->key) *slot_of(&grown, slot->key, slot->length, slot->hash) = *slot;
    }
    *self = grown;
    return true;
}

bool keyset_add(Keyset *self, const char *key, size_t length, Arena *arena)
{
    if (4 * self->count >= 3 * self->capacity && !grow(self, arena)) return true;
    uint32_t hash = hash_bytes(key, length);
    KeysetSlot *slot = slot_of(self, key, length, hash);
    if (slot->key) return false;
    const char *copy = arena_strndup(arena, key, length);
    if (!copy) return true;
    *slot = (KeysetSlot){copy, hash, (uint32_t)length};
    self->count++;
    return true;
}
