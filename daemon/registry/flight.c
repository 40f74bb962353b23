#include "daemon/registry/flight.h"

#include "daemon/registry/apply.h"

#include <assert.h>
#include <stdio.h>

void flight_submit(Flight *self)
{
    Order *order = self->order;
    Journal *journal = self->state->journal;
    if (order->decided.length == 0 || self->failing) return;
    if (journal_groups_in_flight(journal) >= REGISTRY_GROUPS_IN_FLIGHT) return;
    const Command *first = g_queue_peek_head(&order->decided);
    journal_group_begin(journal, first->decision.change->sequence);
    Command *command;
    while ((command = g_queue_pop_head(&order->decided))) {
        journal_group_add(journal, command->packed.data, command->packed.size);
        g_queue_push_tail(&order->flying, command);
    }
    order->decided_bytes = 0;
    journal_group_submit(journal);
}

/* All are applied before the first is answered: a reply shows the state after its group. */
static void apply_group(Flight *self, const GroupResult *result)
{
    GQueue *flying = &self->order->flying;
    const GList *link = flying->head;
    for (uint32_t i = 0; i < result->count; i++, link = link->next) {
        const Command *command = link->data;
        apply_change(self->state, command->decision.change, command->decision.before,
                     self->scratch);
    }
    apply_mark(self->state, journal_epoch(self->state->journal), self->versions);
    for (uint32_t i = 0; i < result->count; i++) {
        Command *command = g_queue_pop_head(flying);
        const Change *change = command->decision.change;
        order_confirm(self->order, command, change->sequence, change->action, false);
    }
    self->health->disk_full = false;
}

static void refuse_group(Flight *self, const GroupResult *result, const char *message)
{
    Problem problem;
    outbox_retry(&problem, STATUS_UNAVAILABLE, message);
    for (uint32_t i = 0; i < result->count; i++)
        order_refuse(self->order, g_queue_pop_head(&self->order->flying), &problem);
    (void)snprintf(self->health->reason, sizeof self->health->reason, "%s", result->reason);
}

void flight_take(Flight *self, const GroupResult *result)
{
    GQueue *flying = &self->order->flying;
    assert(result->count <= flying->length);
    self->failing |= result->outcome != GROUP_DURABLE;
    switch (result->outcome) {
    case GROUP_DURABLE: apply_group(self, result); break;
    case GROUP_BEHIND:
        for (uint32_t i = 0; i < result->count; i++)
            g_queue_push_tail(&self->again, g_queue_pop_head(flying));
        break;
    case GROUP_NO_SPACE:
        self->health->disk_full = true;
        refuse_group(self, result, "the registry's disk is full; nothing was written");
        break;
    case GROUP_MISSING:
        refuse_group(self, result,
                     "a change is missing in the journal: check it with plenary verify");
        break;
    case GROUP_UNKNOWN:
        self->health->read_only = true;
        refuse_group(self, result,
                     "whether this was written is unknown; the registry is "
                     "read-only until it is restarted");
        break;
    }
}

void flight_recover(Flight *self)
{
    Order *order = self->order;
    if (!self->failing || order->flying.length > 0) return;
    Command *command;
    while ((command = g_queue_pop_head(&order->decided)))
        g_queue_push_tail(&self->again, command);
    order_again(order, &self->again);
    order->decided_bytes = 0;
    order->tip = self->state->applied;
    self->failing = false;
    journal_acknowledge_failure(self->state->journal);
    if (!self->health->read_only) return;
    Problem problem;
    outbox_retry(&problem, STATUS_UNAVAILABLE, "the registry is read-only until it is restarted");
    order_refuse_all(order, &order->waiting, &problem);
}
