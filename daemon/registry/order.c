#include "daemon/registry/order.h"

#include "daemon/registry/repetition.h"
#include "daemon/registry/requests.h"

#include <string.h>

bool order_begin(Order *self, const Outbox *outbox)
{
    *self = (Order){.outbox = *outbox, .claims = claims_new()};
    return self->claims != NULL;
}

void order_end(Order *self, const Problem *problem)
{
    order_refuse_all(self, &self->waiting, problem);
    order_refuse_all(self, &self->decided, problem);
    order_refuse_all(self, &self->flying, problem);
    claims_destroy(&self->claims);
}

size_t order_count(const Order *self)
{
    return self->waiting.length + self->decided.length + self->flying.length;
}

static bool begins_with_erasure(const GQueue *queue)
{
    const Command *first = queue->head ? queue->head->data : NULL;
    return first && first->request->verb_case == PLENARY__V1__REQUEST__VERB_ERASE_PERSON;
}

/* It runs alone. */
bool order_is_erasing(const Order *self)
{
    return begins_with_erasure(&self->decided) || begins_with_erasure(&self->flying);
}

void order_add(Order *self, Command *command)
{
    self->bytes += command->size_bytes;
    g_queue_push_tail(&self->waiting, command);
}

static void forget_in(const GQueue *queue, uint64_t ticket)
{
    for (GList *link = queue->head; link; link = link->next) {
        Command *command = link->data;
        if (command->ticket == ticket) command->forgotten = true;
    }
}

void order_forget(Order *self, uint64_t ticket)
{
    forget_in(&self->waiting, ticket);
    forget_in(&self->decided, ticket);
    forget_in(&self->flying, ticket);
}

/* --- the end of a command --- */

static void give_claims_back(Order *self, Command *command)
{
    if (command->holds_claims) claims_give_back(self->claims, &command->claims);
    command_drop_claims(command);
}

static void end_command(Order *self, Command *command)
{
    give_claims_back(self, command);
    self->bytes -= command->size_bytes;
    command_destroy(&command);
}

void order_confirm(Order *self, Command *command, uint64_t sequence,
                   Plenary__V1__Change__Action action, bool unchanged)
{
    outbox_confirm(&self->outbox, command, sequence, action, unchanged);
    end_command(self, command);
}

void order_refuse(Order *self, Command *command, const Problem *problem)
{
    if (!command->forgotten)
        outbox_refuse(&self->outbox, command->ticket, command->request, problem);
    end_command(self, command);
}

void order_refuse_all(Order *self, GQueue *queue, const Problem *problem)
{
    Command *command;
    while ((command = g_queue_pop_head(queue)))
        order_refuse(self, command, problem);
}

void order_again(Order *self, GQueue *commands)
{
    Command *command;
    while ((command = g_queue_pop_tail(commands))) {
        give_claims_back(self, command);
        command->decision = (Decision){0};
        g_queue_push_head(&self->waiting, command);
    }
}

/* --- deciding --- */

/* What a change gets from its place in the order. False: the arena is full. */
static bool place_change(Order *self, Command *command)
{
    Change *change = command->decision.change;
    char time[INSTANT_TEXT_SIZE];
    instant_print(command->time_us, time);
    change->has_sequence = 1;
    change->sequence = self->tip.sequence + 1;
    change->time = arena_strdup(command->arena, time);
    change->by_principal = (char *)(uintptr_t)command->caller.principal;
    change->by_organisation = (char *)(uintptr_t)command->caller.organisation;
    change->request_id = command->request->request_id;
    /* By an erasure's hash one could guess the name. */
    change->has_request_hash = change->action != PLENARY__V1__CHANGE__ACTION__ERASED;
    change->has_salt = 1;
    change->request_hash = (ProtobufCBinaryData){JOURNAL_DIGEST_BYTES, command->request_hash};
    change->salt = (ProtobufCBinaryData){SEAL_SALT_BYTES, command->salt};
    uint32_t number = self->tip.last_number;
    if (change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT && change->event->number == 0)
        change->event->number = ++number;
    command->packed = seal_change(change, self->tip.digest, command->arena);
    if (command->packed.size == 0) return false;
    self->tip =
        (Tip){.sequence = change->sequence, .time_us = command->time_us, .last_number = number};
    memcpy(self->tip.digest, change->digest.data, JOURNAL_DIGEST_BYTES);
    return true;
}

/* True: it was done before and is answered so, or cannot be. */
static bool repeat(Order *self, Command *command)
{
    Problem problem;
    uint64_t sequence;
    Plenary__V1__Change__Action action;
    problem_clear(&problem);
    StatusCode code = repetition_find(self->outbox.state, command, &sequence, &problem);
    if (code == STATUS_OK && sequence == 0) return false;
    if (code == STATUS_OK)
        code = repetition_recall(self->outbox.state, command, sequence, &action, &problem);
    if (code == STATUS_OK)
        order_confirm(self, command, sequence, action, false);
    else
        order_refuse(self, command, &problem);
    return true;
}

/* Its turn may come after a change of who may do what: the rights are those of that moment, so
 * that nothing follows a revocation in the log that the revoked one did. */
static StatusCode check_caller(const Order *self, Command *command, const RequestRow *row,
                               Problem *problem)
{
    Caller caller = command->caller;
    if (!caller.key) return STATUS_OK;
    StatusCode code = principals_renew(self->outbox.state->principals, &caller, problem);
    if (code != STATUS_OK) return code;
    if (!access_may(&caller, row->permission, NULL))
        return problem_set(problem, STATUS_PERMISSION_DENIED, "you may not %s", row->name);
    return command_set_caller(command, &caller)
               ? STATUS_OK
               : problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the request is too large");
}

/* The command holds its claims. It is queued for the next group, or it ends here. */
static void decide_command(Order *self, Command *command)
{
    Problem problem;
    problem_clear(&problem);
    if (command->time_us < self->tip.time_us) command->time_us = self->tip.time_us;
    const RequestRow *row = requests_find(command->request->verb_case);
    StatusCode code = check_caller(self, command, row, &problem);
    if (code == STATUS_OK && repeat(self, command)) return;
    if (code == STATUS_OK) code = row->decide(self->outbox.state, command, &problem);
    bool makes = code == STATUS_OK && command->decision.change && !command->decision.dry_run;
    if (makes && !place_change(self, command))
        code = problem_set(&problem, STATUS_RESOURCE_EXHAUSTED, "the record is too large");
    if (code != STATUS_OK) {
        order_refuse(self, command, &problem);
    } else if (makes) {
        self->decided_bytes += command->packed.size;
        g_queue_push_tail(&self->decided, command);
    } else {
        const Change *change = command->decision.change; /* of a dry run */
        order_confirm(self, command, command->decision.latest_sequence,
                      change ? change->action : PLENARY__V1__CHANGE__ACTION__ACTION_UNSPECIFIED,
                      change == NULL);
    }
}

/* Lists anew what the command wants: names may have got numbers since the pass before. */
static bool list_claims(Order *self, Command *command)
{
    const RequestRow *row = requests_find(command->request->verb_case);
    if (!command_begin_claims(command)) return false;
    const char *request = arena_printf(command->claims_arena, "request %s %s",
                                       command->request->request_id, command->caller.principal);
    return row->claim(self->outbox.state, command) == STATUS_OK &&
           claim_add(&command->claims, "everything", false, command->claims_arena) &&
           claim_add(&command->claims, request, true, command->claims_arena);
}

/* False: it must wait, and keeps others from overtaking it. */
static bool claim_command(Order *self, Command *command)
{
    if (!list_claims(self, command)) {
        Problem problem;
        problem_clear(&problem);
        problem_set(&problem, STATUS_RESOURCE_EXHAUSTED, "the record is too large to work on");
        order_refuse(self, command, &problem);
        return true;
    }
    command->holds_claims = claims_take(self->claims, &command->claims);
    if (command->holds_claims) {
        decide_command(self, command);
        return true;
    }
    claims_reserve(self->claims, &command->claims);
    command_drop_claims(command);
    return false;
}

static bool group_is_full(const Order *self)
{
    return self->decided.length >= REGISTRY_GROUP_CHANGES_MAX ||
           self->decided_bytes >= REGISTRY_GROUP_BYTES_MAX;
}

void order_decide(Order *self)
{
    GQueue still = G_QUEUE_INIT;
    while (self->waiting.length > 0 && !group_is_full(self) && still.length < ORDER_BLOCKED_MAX) {
        Command *command = g_queue_pop_head(&self->waiting);
        if (!claim_command(self, command)) g_queue_push_tail(&still, command);
    }
    claims_drop_reservations(self->claims);
    Command *command;
    while ((command = g_queue_pop_tail(&still)))
        g_queue_push_head(&self->waiting, command);
}
