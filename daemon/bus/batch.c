#include "daemon/bus/batch.h"

#include "daemon/bus/delivery.h"
#include "daemon/bus/limits.h"
#include "daemon/bus/ticks.h"

#include <stdlib.h>
#include <string.h>

typedef struct Slot {
    Batch batch; /* first: a batch is lent by its slot */
    bool is_used;
    uint8_t view_hash[QUERY_VIEW_HASH_BYTES];
    uint64_t head; /* what was applied when it was made */
    CursorText cursor;
    SayPacked packed;
    Plenary__V1__Changes changes;
    Plenary__V1__Delivery deliveries[BATCH_DELIVERIES];
    Plenary__V1__Delivery *pointers[BATCH_DELIVERIES];
    Arena *kept;
} Slot;

struct Batches {
    Registry *registry;
    Arena *scratch;
    size_t next; /* slot to be filled */
    Slot slots[BATCHES_KEPT];
};

Batches *batches_new(Registry *registry)
{
    Batches *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->registry = registry;
    self->scratch = arena_new(BATCH_ARENA_BYTES);
    bool made = self->scratch != NULL;
    for (size_t i = 0; i < BATCHES_KEPT; i++) {
        self->slots[i].kept = arena_new(BATCH_ARENA_BYTES);
        made = made && self->slots[i].kept;
    }
    if (!made) batches_destroy(&self);
    return self;
}

void batches_destroy(Batches **self)
{
    if (!self || !*self) return;
    for (size_t i = 0; i < BATCHES_KEPT; i++) {
        say_unpack(&(*self)->slots[i].packed);
        arena_destroy(&(*self)->slots[i].kept);
    }
    arena_destroy(&(*self)->scratch);
    free(*self);
    *self = NULL;
}

void batches_forget(Batches *self)
{
    for (size_t i = 0; i < BATCHES_KEPT; i++) {
        if (self->slots[i].is_used) arena_reset(self->slots[i].kept);
        say_unpack(&self->slots[i].packed);
        self->slots[i].is_used = false;
    }
    arena_reset(self->scratch);
    self->next = 0;
}

/* --- filling --- */

typedef struct Filling {
    Slot *slot;
    DeliveryContext context;
    const StreamCredit *credit;
    int64_t all_away;
    int64_t until_us;
} Filling;

static bool is_full(const Filling *filling)
{
    const Batch *batch = &filling->slot->batch;
    return batch->count == BATCH_DELIVERIES || batch->bytes >= BATCH_BYTES ||
           !credit_allows(filling->credit, batch->count, batch->bytes, filling->all_away) ||
           ticks_us() >= filling->until_us;
}

static void add_delivery(Slot *slot, const Heard *heard)
{
    Plenary__V1__Delivery *delivery = &slot->deliveries[slot->batch.count];
    plenary__v1__delivery__init(delivery);
    delivery->has_relation = 1;
    delivery->relation = heard->relation;
    delivery->has_change = 1;
    delivery->change.data = (uint8_t *)(uintptr_t)heard->change.data;
    delivery->change.len = heard->change.size;
    slot->pointers[slot->batch.count++] = delivery;
    slot->batch.bytes += heard->change.size;
}

/* Sends those that are heard again, all in the batch of the change that is the cause: a cursor
 * stands between changes. What is too much is asked for as a snapshot. False: one cannot be read.
 */
static bool add_again(Filling *filling, const Again *again)
{
    uint64_t bytes_max = filling->slot->batch.bytes + BATCH_BYTES;
    bool too_many = again->too_many;
    for (size_t i = 0; i < again->count && !too_many; i++) {
        Heard heard;
        if (!delivery_make_again(&filling->context, again, again->numbers[i], &heard)) return false;
        if (delivery_is_heard(&heard)) add_delivery(filling->slot, &heard);
        too_many = filling->slot->batch.bytes > bytes_max;
    }
    if (too_many) filling->slot->batch.misfit = "by one change, much is to be shown otherwise";
    return true;
}

/* A change with others behind it begins a batch of its own. False: this batch ends before it. */
static bool take_cause(Filling *filling, const Again *again, const Heard *heard)
{
    Slot *slot = filling->slot;
    bool brings = again->count > 0 || again->too_many;
    if (brings && slot->batch.count > 0) return false;
    if (delivery_is_heard(heard)) add_delivery(slot, heard);
    return add_again(filling, again);
}

static bool scan_change(void *context, uint64_t sequence, Bytes packed)
{
    Filling *filling = context;
    Batch *batch = &filling->slot->batch;
    Heard heard;
    if (!delivery_make(&filling->context, packed, &heard)) return false;
    if (heard.cause) {
        Again again;
        delivery_find_again(&filling->context, heard.cause, &again);
        if (!take_cause(filling, &again, &heard)) return false;
    } else if (delivery_is_heard(&heard)) {
        add_delivery(filling->slot, &heard);
    }
    if (batch->misfit) return false;
    batch->scanned = sequence;
    return !is_full(filling);
}

static bool fill(Batches *self, Slot *slot, const View *view, uint64_t after,
                 const StreamCredit *credit, int64_t all_away)
{
    State *state = registry_state(self->registry);
    Filling filling = {
        .slot = slot,
        .context = {state, view, self->scratch, slot->kept},
        .credit = credit,
        .all_away = all_away,
        .until_us = ticks_us() + BATCH_SCAN_US,
    };
    arena_reset(slot->kept);
    say_unpack(&slot->packed);
    slot->batch = (Batch){
        .after = after, .scanned = after, .changes = &slot->changes, .packed = &slot->packed};
    slot->head = registry_applied(self->registry);
    uint64_t ahead = slot->head - after;
    size_t limit = ahead < BATCH_SCANNED ? (size_t)ahead : BATCH_SCANNED;
    if (limit > 0 && credit_allows(credit, 0, 0, all_away)) {
        (void)journal_scan(state->journal, after + 1, limit, scan_change, &filling);
        /* What was heard before a change that cannot be read still goes out. */
        if (slot->batch.misfit) return true;
        if (slot->batch.scanned == after) return false;
    }

    memcpy(slot->view_hash, view->hash, sizeof slot->view_hash);
    cursor_make(self->registry, view, slot->batch.scanned, &slot->cursor);
    slot->cursor.message.view_hash.data = slot->view_hash; /* the view may end before the turn */
    plenary__v1__changes__init(&slot->changes);
    slot->changes.deliveries = slot->pointers;
    slot->changes.n_deliveries = slot->batch.count;
    slot->changes.cursor = &slot->cursor.message;
    slot->is_used = true;
    return true;
}

/* One that was made in this turn and that the credit has room for. */
static const Slot *find(const Batches *self, const View *view, uint64_t after,
                        const StreamCredit *credit, int64_t all_away)
{
    for (size_t i = 0; i < BATCHES_KEPT; i++) {
        const Slot *slot = &self->slots[i];
        const Batch *batch = &slot->batch;
        size_t before_last = batch->count ? batch->count - 1 : 0;
        uint64_t last = batch->count ? slot->deliveries[before_last].change.len : 0;
        if (slot->is_used && batch->after == after && batch->scanned > after &&
            slot->head == registry_applied(self->registry) &&
            memcmp(slot->view_hash, view->hash, sizeof view->hash) == 0 &&
            credit_allows(credit, before_last, batch->bytes - last, all_away))
            return slot;
    }
    return NULL;
}

const Batch *batches_take(Batches *self, const View *view, uint64_t after,
                          const StreamCredit *credit, int64_t all_away)
{
    const Slot *made = find(self, view, after, credit, all_away);
    if (made) return &made->batch;
    Slot *slot = &self->slots[self->next];
    self->next = (self->next + 1) % BATCHES_KEPT;
    slot->is_used = false;
    return fill(self, slot, view, after, credit, all_away) ? &slot->batch : NULL;
}
