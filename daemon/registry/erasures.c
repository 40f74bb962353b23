#include "daemon/registry/erasures.h"

#include "daemon/registry/seal.h"
#include "proto/fields.h"
#include "proto/peek.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

typedef struct Open {
    uint64_t sequence; /* first: the key lies in it */
    uint8_t content[JOURNAL_DIGEST_BYTES];
} Open;

struct Erasures {
    GHashTable *open; /* of Open, by sequence */
    Arena *arena;     /* of one `erased` change */
};

Erasures *erasures_new(void)
{
    Erasures *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->open = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    self->arena = arena_new(SIZE_MAX);
    if (!self->arena) erasures_destroy(&self);
    return self;
}

void erasures_destroy(Erasures **self)
{
    if (!self || !*self) return;
    g_hash_table_destroy((*self)->open);
    arena_destroy(&(*self)->arena);
    free(*self);
    *self = NULL;
}

/* False: too many are. */
static bool open_change(Erasures *self, uint64_t sequence,
                        const uint8_t content[static JOURNAL_DIGEST_BYTES])
{
    if (g_hash_table_size(self->open) >= ERASURES_OPEN_MAX) return false;
    Open *open = g_new(Open, 1);
    open->sequence = sequence;
    memcpy(open->content, content, sizeof open->content);
    g_hash_table_add(self->open, open);
    return true;
}

/* One that tells what a change was between two erasures of it is passed over: the second tells
 * again. */
static void close_changes(Erasures *self, const Change *erased)
{
    for (size_t i = 0; i < erased->n_erasures; i++) {
        const Plenary__V1__Erasure *erasure = erased->erasures[i];
        const Open *open = g_hash_table_lookup(self->open, &erasure->sequence);
        if (open && erasure->content_digest.len == sizeof open->content &&
            memcmp(open->content, erasure->content_digest.data, sizeof open->content) == 0)
            g_hash_table_remove(self->open, &erasure->sequence);
    }
}

static bool take_erased(Erasures *self, Bytes packed)
{
    uint64_t action;
    if (g_hash_table_size(self->open) == 0 ||
        !peek_varint(packed.data, packed.size, FIELD_CHANGE_ACTION, &action) ||
        action != PLENARY__V1__CHANGE__ACTION__ERASED)
        return true;
    arena_reset(self->arena);
    const Change *change = (const Change *)protobuf_c_message_unpack(
        &plenary__v1__change__descriptor, arena_allocator(self->arena), packed.size, packed.data);
    if (change) close_changes(self, change);
    return change != NULL;
}

bool erasures_take(Erasures *self, uint64_t sequence, Bytes packed,
                   uint8_t digest[static JOURNAL_DIGEST_BYTES])
{
    uint8_t content[JOURNAL_DIGEST_BYTES];
    if (!seal_chains(packed, digest)) return false;
    if (!seal_covers(packed, content) && !open_change(self, sequence, content)) return false;
    return seal_digest(packed, digest) && take_erased(self, packed);
}

uint64_t erasures_open(const Erasures *self, uint64_t *first)
{
    GHashTableIter iterator;
    gpointer value;
    *first = UINT64_MAX;
    g_hash_table_iter_init(&iterator, self->open);
    while (g_hash_table_iter_next(&iterator, NULL, &value))
        if (((const Open *)value)->sequence < *first) *first = ((const Open *)value)->sequence;
    return g_hash_table_size(self->open);
}
