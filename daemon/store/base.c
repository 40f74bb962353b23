#include "daemon/store/base.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    MARK_BYTES = 4 + 8 + JOURNAL_DIGEST_BYTES + VIEWS_VERSIONS_SIZE + 16,
    RUNS_WORTH_BYTES = 1024, /* smaller bitmaps are not searched for runs */
    BITMAP_ALIGNMENT = 8,
};

static const LmdbTable base_tables[BASE_TABLE_COUNT] = {
#define BASE_ROW(id, name) [VIEW_##id] = {name, 0},
    VIEW_TABLES(BASE_ROW)
#undef BASE_ROW
        [BASE_FACETS] = {"facets", 0},
    [BASE_META] = {"meta", 0},
};

StatusCode base_open(const char *folder, uint64_t map_bytes, Lmdb **self, Problem *problem)
{
    return lmdb_open(folder, map_bytes, base_tables, BASE_TABLE_COUNT, self, problem);
}

/* --- mark --- */

static Bytes mark_key(void)
{
    static const char name[] = "mark";
    return (Bytes){(const uint8_t *)name, sizeof name - 1};
}

static uint8_t *put_number(uint8_t *to, uint64_t number, unsigned int size)
{
    for (unsigned int i = 0; i < size; i++)
        to[i] = (uint8_t)(number >> (8 * (size - 1 - i)));
    return to + size;
}

static uint64_t get_number(const uint8_t **from, unsigned int size)
{
    uint64_t number = 0;
    for (unsigned int i = 0; i < size; i++)
        number = number << 8 | *(*from)++;
    return number;
}

static void pack_mark(const ViewsMark *mark, uint8_t packed[static MARK_BYTES])
{
    uint8_t *to = put_number(packed, mark->epoch, 4);
    to = put_number(to, mark->sequence, 8);
    memcpy(to, mark->digest, sizeof mark->digest);
    to += sizeof mark->digest;
    memset(to, 0, sizeof mark->versions);
    memcpy(to, mark->versions, strnlen(mark->versions, sizeof mark->versions - 1));
    to += sizeof mark->versions;
    memcpy(to, mark->request_floor, sizeof mark->request_floor);
}

static void unpack_mark(const uint8_t *from, ViewsMark *mark)
{
    mark->epoch = (uint32_t)get_number(&from, 4);
    mark->sequence = get_number(&from, 8);
    memcpy(mark->digest, from, sizeof mark->digest);
    from += sizeof mark->digest;
    memcpy(mark->versions, from, sizeof mark->versions);
    mark->versions[sizeof mark->versions - 1] = '\0';
    from += sizeof mark->versions;
    memcpy(mark->request_floor, from, sizeof mark->request_floor);
}

bool base_get_mark(Transaction *transaction, ViewsMark *mark)
{
    Bytes packed;
    memset(mark, 0, sizeof *mark);
    if (!lmdb_get(transaction, BASE_META, mark_key(), &packed)) return transaction->error == 0;
    if (packed.size != MARK_BYTES) return false;
    unpack_mark(packed.data, mark);
    return true;
}

void base_put_mark(Transaction *transaction, const ViewsMark *mark)
{
    uint8_t packed[MARK_BYTES];
    pack_mark(mark, packed);
    lmdb_put(transaction, BASE_META, mark_key(), (Bytes){packed, sizeof packed}, 0);
}

bool base_same_mark(const ViewsMark *a, const ViewsMark *b)
{
    uint8_t packed[2][MARK_BYTES];
    pack_mark(a, packed[0]);
    pack_mark(b, packed[1]);
    return memcmp(packed[0], packed[1], MARK_BYTES) == 0;
}

/* --- facets --- */

/* LMDB gives bytes at any address; the bitmap library reads 16-bit words from them. */
static roaring_bitmap_t *unpack_bitmap(Bytes packed)
{
    const char *data = (const char *)packed.data;
    if ((uintptr_t)data % BITMAP_ALIGNMENT == 0)
        return roaring_bitmap_portable_deserialize_safe(data, packed.size);
    char *copy = malloc(packed.size);
    assert(copy != NULL);
    memcpy(copy, data, packed.size);
    roaring_bitmap_t *bitmap = roaring_bitmap_portable_deserialize_safe(copy, packed.size);
    free(copy);
    return bitmap;
}

roaring_bitmap_t *base_facet(Transaction *transaction, Bytes facet)
{
    Bytes packed;
    if (!lmdb_get(transaction, BASE_FACETS, facet, &packed))
        return transaction->error == 0 ? roaring_bitmap_create() : NULL;
    roaring_bitmap_t *bitmap = packed.size == 0 ? NULL : unpack_bitmap(packed);
    if (bitmap == NULL) transaction->error = MDB_CORRUPTED;
    return bitmap;
}

static void put_bitmap(Transaction *transaction, Bytes facet, roaring_bitmap_t *bitmap)
{
    size_t size = roaring_bitmap_portable_size_in_bytes(bitmap);
    if (size >= RUNS_WORTH_BYTES) {
        /* It also turns runs back into numbers, without saying so; that may take more room. */
        (void)roaring_bitmap_run_optimize(bitmap);
        size = roaring_bitmap_portable_size_in_bytes(bitmap);
    }
    char *aligned = malloc(size); /* as above: the place in the page may be at any address */
    assert(aligned != NULL);
    (void)roaring_bitmap_portable_serialize(bitmap, aligned);
    lmdb_put(transaction, BASE_FACETS, facet, (Bytes){(const uint8_t *)aligned, size}, 0);
    free(aligned);
}

void base_fold_facet(Transaction *transaction, const TreeKey *key)
{
    roaring_bitmap_t *bitmap = base_facet(transaction, tree_bytes(key));
    if (bitmap == NULL) return;
    numbers_apply(delta_numbers_at(key), bitmap);
    if (roaring_bitmap_is_empty(bitmap))
        lmdb_delete(transaction, BASE_FACETS, tree_bytes(key));
    else
        put_bitmap(transaction, tree_bytes(key), bitmap);
    roaring_bitmap_free(bitmap);
}

void base_fold_value(Transaction *transaction, ViewTable table, const TreeKey *key)
{
    Bytes value;
    if (delta_value_at(key, &value) == DELTA_DELETED)
        lmdb_delete(transaction, table, tree_bytes(key));
    else
        lmdb_put(transaction, table, tree_bytes(key), value, 0);
}
