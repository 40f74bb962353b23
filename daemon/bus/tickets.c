#include "daemon/bus/tickets.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* A slot is used again and again; its generation tells an old ticket from a new one. */
typedef struct Slot {
    Peer peer;
    uint32_t generation;
    uint32_t next_free;
    bool given;
} Slot;

struct Tickets {
    Slot *slots;
    uint32_t slot_count;
    uint32_t first_free; /* slot_count: none */
    size_t connection_max;
    size_t count;
    GHashTable *per_peer; /* peer as a number -> how many it has */
};

Tickets *tickets_new(size_t all_max, size_t connection_max)
{
    Tickets *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->slots = calloc(all_max, sizeof *self->slots);
    if (!self->slots) {
        free(self);
        return NULL;
    }
    self->slot_count = (uint32_t)all_max;
    self->connection_max = connection_max;
    self->per_peer = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (uint32_t i = 0; i < self->slot_count; i++)
        self->slots[i].next_free = i + 1;
    return self;
}

void tickets_destroy(Tickets **self)
{
    if (!self || !*self) return;
    g_hash_table_destroy((*self)->per_peer);
    free((*self)->slots);
    free(*self);
    *self = NULL;
}

static gint64 number_of(const Peer *peer)
{
    gint64 number = 0;
    for (size_t i = 0; i < ROUTER_PEER_BYTES; i++)
        number = number << 8 | peer->id[i];
    return number;
}

static size_t held_by(const Tickets *self, gint64 peer)
{
    return GPOINTER_TO_SIZE(g_hash_table_lookup(self->per_peer, &peer));
}

static void set_held(Tickets *self, gint64 peer, size_t held)
{
    if (held == 0) {
        g_hash_table_remove(self->per_peer, &peer);
        return;
    }
    gint64 *key = g_new(gint64, 1);
    *key = peer;
    g_hash_table_replace(self->per_peer, key, GSIZE_TO_POINTER(held));
}

bool tickets_give(Tickets *self, const Peer *peer, uint64_t *ticket)
{
    gint64 number = number_of(peer);
    size_t held = held_by(self, number);
    if (self->first_free == self->slot_count || held >= self->connection_max) return false;
    uint32_t index = self->first_free;
    Slot *slot = &self->slots[index];
    self->first_free = slot->next_free;
    slot->peer = *peer;
    slot->given = true;
    slot->generation++;
    self->count++;
    set_held(self, number, held + 1);
    *ticket = (uint64_t)slot->generation << 32 | index;
    return true;
}

bool tickets_take(Tickets *self, uint64_t ticket, Peer *peer)
{
    uint32_t index = (uint32_t)ticket;
    if (index >= self->slot_count) return false;
    Slot *slot = &self->slots[index];
    if (!slot->given || slot->generation != (uint32_t)(ticket >> 32)) return false;
    *peer = slot->peer;
    slot->given = false;
    slot->next_free = self->first_free;
    self->first_free = index;
    self->count--;
    set_held(self, number_of(peer), held_by(self, number_of(peer)) - 1);
    return true;
}

size_t tickets_count(const Tickets *self)
{
    return self->count;
}
