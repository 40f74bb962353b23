#include "daemon/store/merge.h"

#include "daemon/store/base.h"

static TreePlace open_tree(const Tree *tree, Bytes bound, bool back)
{
    if (!back) return tree_from(tree, bound);
    return bound.size == 0 ? tree_last(tree) : tree_before(tree, bound);
}

static void step_base(Merge *self, MDB_cursor_op move)
{
    self->base_live =
        lmdb_step(self->snapshot, self->cursor, move, &self->base_key, &self->base_value);
}

static void open_base(Merge *self, Bytes bound)
{
    if (bound.size == 0) {
        step_base(self, self->back ? MDB_LAST : MDB_FIRST);
        return;
    }
    self->base_key = bound;
    step_base(self, MDB_SET_RANGE);
    if (self->back) step_base(self, self->base_live ? MDB_PREV : MDB_LAST);
}

void merge_open(const MergeSource *source, Bytes bound, bool back, Merge *self)
{
    *self = (Merge){.snapshot = source->snapshot,
                    .cursor = lmdb_cursor(source->snapshot, source->table),
                    .back = back,
                    .facets = source->table == BASE_FACETS};
    for (size_t i = 0; i < MERGE_DELTAS; i++) {
        const Delta *delta = source->deltas[i];
        if (delta == NULL) continue;
        const Tree *tree =
            self->facets ? delta_facets(delta) : delta_table(delta, (ViewTable)source->table);
        self->places[i] = open_tree(tree, bound, back);
    }
    open_base(self, bound);
}

void merge_close(Merge *self)
{
    if (self->cursor != NULL) mdb_cursor_close(self->cursor);
    self->cursor = NULL;
}

/* `a` comes before `b` in the walk's direction (below zero), is it, or comes after. */
static int order_of(const Merge *self, Bytes a, Bytes b)
{
    int order = bytes_compare(a, b);
    return self->back ? -order : order;
}

/* The foremost key of the three; of equal ones the uppermost layer's. MERGE_DELTAS: the base's;
 * -1: there is none. */
static int foremost(const Merge *self, Bytes *key)
{
    int found = -1;
    for (int i = 0; i < MERGE_DELTAS; i++) {
        if (self->places[i].node == NULL) continue;
        Bytes candidate = tree_bytes(tree_at(self->places[i]));
        if (found >= 0 && order_of(self, candidate, *key) >= 0) continue;
        found = i;
        *key = candidate;
    }
    if (self->base_live && (found < 0 || order_of(self, self->base_key, *key) < 0)) {
        found = MERGE_DELTAS;
        *key = self->base_key;
    }
    return found;
}

/* Moves every layer that stands on `key`. */
static void pass(Merge *self, Bytes key)
{
    for (size_t i = 0; i < MERGE_DELTAS; i++) {
        TreePlace *place = &self->places[i];
        if (place->node == NULL || bytes_compare(tree_bytes(tree_at(*place)), key) != 0) continue;
        if (self->back)
            tree_back(place);
        else
            tree_forward(place);
    }
    if (self->base_live && bytes_compare(self->base_key, key) == 0)
        step_base(self, self->back ? MDB_PREV : MDB_NEXT);
}

bool merge_next(Merge *self, Bytes *key, Bytes *value)
{
    int layer;
    while ((layer = foremost(self, key)) >= 0) {
        bool there = true;
        *value = (Bytes){0};
        if (layer == MERGE_DELTAS)
            *value = self->base_value;
        else if (!self->facets)
            there = delta_value_at(tree_at(self->places[layer]), value) == DELTA_VALUE;
        pass(self, *key);
        if (there) return true;
    }
    return false;
}
