#include "daemon/store/delta.h"

#include "daemon/store/lmdb.h"
#include "proto/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* In front of a table's TreeKey. */
typedef struct Value {
    uint8_t *bytes;
    uint32_t size;
    uint32_t capacity;
} Value;

enum {
    VALUE_BYTES_MAX = 64 * 1024 * 1024,
    RECENT_FACETS = 16 * 1024, /* a power of two */
};
static const uint32_t value_deleted = UINT32_MAX; /* as a size */

struct Delta {
    Pool pool;
    NumbersRoom room;
    Tree facets;
    Tree tables[VIEW_TABLE_COUNT];
    /* The facet that was changed last in each place of a table without chains: most changes are
     * about facets that changes before them had, and need no walk down the tree. */
    TreeKey **recent;
};

Delta *delta_new(void)
{
    Delta *self = calloc(1, sizeof *self);
    assert(self != NULL);
    self->room.pool = &self->pool;
    self->facets.pool = &self->pool;
    for (size_t i = 0; i < VIEW_TABLE_COUNT; i++)
        self->tables[i].pool = &self->pool;
    self->recent = calloc(RECENT_FACETS, sizeof(TreeKey *));
    assert(self->recent != NULL);
    return self;
}

void delta_destroy(Delta **self)
{
    if (self == NULL || *self == NULL) return;
    numbers_room_clear(&(*self)->room);
    pool_clear(&(*self)->pool);
    free((*self)->recent);
    free(*self);
    *self = NULL;
}

size_t delta_bytes(const Delta *self)
{
    return self->pool.used_bytes + self->room.bitmap_bytes;
}

/* --- changing --- */

/* A block of `front` bytes, the key, `behind` bytes. Gives the key; `front` is a multiple of 8. */
static TreeKey *new_key(Pool *pool, size_t front, Bytes key, size_t behind)
{
    assert(key.size > 0 && key.size <= LMDB_KEY_BYTES_MAX);
    uint8_t *block = pool_take(pool, front + sizeof(TreeKey) + key.size + behind);
    TreeKey *made = (void *)(block + front);
    made->size = (uint16_t)key.size;
    memcpy(made->bytes, key.data, key.size);
    return made;
}

static Numbers *numbers_of(TreeKey *key)
{
    return (void *)((uint8_t *)key - sizeof(Numbers));
}

static Value *value_of(TreeKey *key)
{
    return (void *)((uint8_t *)key - sizeof(Value));
}

static TreeKey *find_or_make_facet(Delta *self, Bytes facet)
{
    TreePath path;
    TreeKey *key = tree_find(&self->facets, facet, &path);
    if (key == NULL) {
        key = new_key(&self->pool, sizeof(Numbers), facet, 0);
        *numbers_of(key) = numbers_empty();
        tree_insert(&self->facets, &path, key);
    }
    return key;
}

static Numbers *facet_for_change(Delta *self, Bytes facet)
{
    TreeKey **recent = &self->recent[hash_bytes(facet.data, facet.size) % RECENT_FACETS];
    if (*recent == NULL || bytes_compare(tree_bytes(*recent), facet) != 0)
        *recent = find_or_make_facet(self, facet);
    return numbers_of(*recent);
}

void delta_facet_add(Delta *self, Bytes facet, uint32_t number)
{
    numbers_add(&self->room, facet_for_change(self, facet), number);
}

void delta_facet_remove(Delta *self, Bytes facet, uint32_t number)
{
    numbers_remove(&self->room, facet_for_change(self, facet), number);
}

/* The value of `key`, made with room for `size` bytes where the key is new. */
static Value *value_for_change(Delta *self, ViewTable table, Bytes key, uint32_t size)
{
    Tree *tree = &self->tables[table];
    TreePath path;
    TreeKey *found = tree_find(tree, key, &path);
    if (found == NULL) {
        found = new_key(&self->pool, sizeof(Value), key, size);
        *value_of(found) = (Value){.bytes = found->bytes + key.size, .capacity = size};
        tree_insert(tree, &path, found);
    }
    return value_of(found);
}

void delta_put(Delta *self, ViewTable table, Bytes key, Bytes value)
{
    assert(value.size <= VALUE_BYTES_MAX);
    uint32_t size = (uint32_t)value.size;
    Value *into = value_for_change(self, table, key, size);
    if (into->capacity < size) {
        into->bytes = pool_take(&self->pool, size);
        into->capacity = size;
    }
    if (size > 0) memmove(into->bytes, value.data, size); /* it may be what was read here */
    into->size = size;
}

void delta_delete(Delta *self, ViewTable table, Bytes key)
{
    value_for_change(self, table, key, 0)->size = value_deleted;
}

/* --- reading --- */

DeltaFound delta_value_at(const TreeKey *key, Bytes *value)
{
    const Value *found = (const void *)((const uint8_t *)key - sizeof(Value));
    if (found->size == value_deleted) return DELTA_DELETED;
    *value = (Bytes){found->bytes, found->size};
    return DELTA_VALUE;
}

const Numbers *delta_numbers_at(const TreeKey *key)
{
    return (const void *)((const uint8_t *)key - sizeof(Numbers));
}

DeltaFound delta_get(const Delta *self, ViewTable table, Bytes key, Bytes *value)
{
    TreePath path;
    const TreeKey *found = tree_find(&self->tables[table], key, &path);
    return found == NULL ? DELTA_NOTHING : delta_value_at(found, value);
}

const Numbers *delta_facet(const Delta *self, Bytes facet)
{
    TreePath path;
    const TreeKey *found = tree_find(&self->facets, facet, &path);
    return found == NULL ? NULL : delta_numbers_at(found);
}

const Tree *delta_table(const Delta *self, ViewTable table)
{
    return &self->tables[table];
}

const Tree *delta_facets(const Delta *self)
{
    return &self->facets;
}
