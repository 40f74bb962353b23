#include "daemon/registry/claims.h"

#include <assert.h>
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIST_CAPACITY_FIRST = 8,
    HELD_EXCLUSIVELY = -1,
};

struct Claims {
    GHashTable *held;     /* name -> HELD_EXCLUSIVELY, or how many share it */
    GHashTable *reserved; /* the same for waiting commands; emptied after each pass */
};

Claims *claims_new(void)
{
    Claims *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->reserved = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return self;
}

void claims_destroy(Claims **self)
{
    if (!self || !*self) return;
    g_hash_table_destroy((*self)->held);
    g_hash_table_destroy((*self)->reserved);
    free(*self);
    *self = NULL;
}

bool claim_add(ClaimList *list, const char *name, bool exclusive, Arena *arena)
{
    if (!name) return false;
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->claims[i].name, name) != 0) continue;
        list->claims[i].exclusive |= exclusive;
        return true;
    }
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : LIST_CAPACITY_FIRST;
        Claim *grown = arena_array(arena, capacity, sizeof *grown);
        if (!grown) return false;
        if (list->count) memcpy(grown, list->claims, list->count * sizeof *grown);
        list->claims = grown;
        list->capacity = capacity;
    }
    list->claims[list->count++] = (Claim){name, exclusive};
    return true;
}

static intptr_t held_of(GHashTable *table, const char *name)
{
    return (intptr_t)g_hash_table_lookup(table, name);
}

/* The table keeps its own copy of the name: those who share a claim end at different times. */
static void hold(GHashTable *table, const char *name, intptr_t held)
{
    if (held)
        g_hash_table_insert(table, g_strdup(name), (gpointer)held);
    else
        g_hash_table_remove(table, name);
}

static bool fits(GHashTable *table, const Claim *claim)
{
    intptr_t held = held_of(table, claim->name);
    return held == 0 || (held > 0 && !claim->exclusive);
}

bool claims_take(Claims *self, const ClaimList *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (!fits(self->held, &list->claims[i]) || !fits(self->reserved, &list->claims[i]))
            return false;
    for (size_t i = 0; i < list->count; i++) {
        const Claim *claim = &list->claims[i];
        hold(self->held, claim->name,
             claim->exclusive ? HELD_EXCLUSIVELY : held_of(self->held, claim->name) + 1);
    }
    return true;
}

void claims_give_back(Claims *self, const ClaimList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const Claim *claim = &list->claims[i];
        intptr_t held = held_of(self->held, claim->name);
        assert(held != 0);
        hold(self->held, claim->name, held > 1 ? held - 1 : 0);
    }
}

void claims_reserve(Claims *self, const ClaimList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        intptr_t wanted = list->claims[i].exclusive ? HELD_EXCLUSIVELY : 1;
        if (held_of(self->reserved, list->claims[i].name) != HELD_EXCLUSIVELY)
            hold(self->reserved, list->claims[i].name, wanted);
    }
}

void claims_drop_reservations(Claims *self)
{
    g_hash_table_remove_all(self->reserved);
}
