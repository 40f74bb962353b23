/*
 * delta - in memory, the views' tables for the changes after the base: what was put, deleted,
 * added and removed. The last operation on a key (on a number of a facet) wins.
 *
 * The loop's thread alone changes a delta. Once frozen, loop and checkpointer both read it.
 */
#ifndef PLENARY_STORE_DELTA_H
#define PLENARY_STORE_DELTA_H

#include "daemon/store/numbers.h"
#include "daemon/store/tree.h"
#include "daemon/store/views.h"

typedef struct Delta Delta;

Delta *delta_new(void);

/* Gives the memory back to the system. Takes NULL and a pointer to NULL. */
void delta_destroy(Delta **self);

/* What it takes in memory, near enough to bound it by. */
size_t delta_bytes(const Delta *self);

/* --- changing --- */

void delta_facet_add(Delta *self, Bytes facet, uint32_t number);
void delta_facet_remove(Delta *self, Bytes facet, uint32_t number);
void delta_put(Delta *self, ViewTable table, Bytes key, Bytes value);
void delta_delete(Delta *self, ViewTable table, Bytes key);

/* --- reading --- */

typedef enum DeltaFound {
    DELTA_NOTHING, /* it does not know the key: look further down */
    DELTA_DELETED,
    DELTA_VALUE,
} DeltaFound;

/* `value` is lent until the key's next change. */
DeltaFound delta_get(const Delta *self, ViewTable table, Bytes key, Bytes *value);

/* NULL: nothing. Lent until the facet's next change. */
const Numbers *delta_facet(const Delta *self, Bytes facet);

/* To walk with tree_from and its kin, and to read what a place holds. */
const Tree *delta_table(const Delta *self, ViewTable table);
const Tree *delta_facets(const Delta *self);
DeltaFound delta_value_at(const TreeKey *key, Bytes *value);
const Numbers *delta_numbers_at(const TreeKey *key);

#endif
