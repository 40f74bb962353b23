#include "daemon/registry/registry.h"

#include "daemon/registry/apply.h"
#include "daemon/registry/claims.h"
#include "daemon/registry/command.h"
#include "daemon/registry/rebuild.h"
#include "daemon/registry/replay.h"
#include "daemon/registry/requests.h"

#include <assert.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    EXPIRED_PER_TURN_MAX = 512, /* request ids forgotten in one turn */
    CLOSE_NAP_MS = 1,
};

struct Registry {
    State state;
    Store *store;
    registry_reply_fn *reply;
    void *reply_context;
    char versions[VIEWS_VERSIONS_SIZE];
    RegistryHealth health;
    Claims *claims;
    GQueue waiting;       /* arrived, not decided */
    GQueue decided;       /* for the next group */
    GQueue flying;        /* submitted, in order */
    size_t waiting_bytes; /* of all three */
    size_t decided_bytes;
    Tip tip;      /* of what is decided: the next change is built on it */
    bool failing; /* a group failed: nothing is decided until all that flies has come back */
    bool has_snapshot;
    uint64_t expired_at; /* sequence of the last time */
    Arena *answers;      /* of one read */
    Arena *scratch;      /* of apply */
};

/* --- snapshots --- */

static void take_snapshot(Registry *self)
{
    if (!self->has_snapshot) store_renew(self->store);
    self->has_snapshot = true;
}

void registry_rest(Registry *self)
{
    if (self->has_snapshot) store_release(self->store);
    self->has_snapshot = false;
}

/* --- replies --- */

static void send_reply(Registry *self, uint64_t ticket, const Request *request, Reply *reply)
{
    reply->has_correlation = request->has_correlation;
    reply->correlation = request->correlation;
    self->reply(self->reply_context, ticket, reply);
}

static void refuse(Registry *self, uint64_t ticket, const Request *request, const Problem *problem)
{
    StatusMessage message;
    Reply reply = PLENARY__V1__REPLY__INIT;
    problem_to_message(problem, &message);
    reply.status = &message.status;
    send_reply(self, ticket, request, &reply);
}

static void set_retry(Problem *problem, StatusCode code, const char *message)
{
    problem_clear(problem);
    problem_set(problem, code, "%s", message);
    problem->retry_after_ms = REGISTRY_RETRY_AFTER_MS;
}

/* --- the end of a command --- */

static void end_command(Registry *self, Command *command)
{
    if (command->holds_claims) claims_give_back(self->claims, &command->claims);
    self->waiting_bytes -= command->size_bytes;
    command_destroy(&command);
}

static void refuse_command(Registry *self, Command *command, const Problem *problem)
{
    if (!command->forgotten) refuse(self, command->ticket, command->request, problem);
    end_command(self, command);
}

/* Tells what a command did: `event` or `organisation` is the record's present image. */
static void confirm_command(Registry *self, Command *command, uint64_t sequence,
                            Plenary__V1__Change__Action action, bool unchanged)
{
    Reply reply = PLENARY__V1__REPLY__INIT;
    Plenary__V1__WriteReply body = PLENARY__V1__WRITE_REPLY__INIT;
    const Decision *decision = &command->decision;
    const Event *event = decision->event;
    if (event) event = answer_show_event(&self->state, &command->caller, event, command->arena);
    body.has_sequence = 1;
    body.sequence = sequence;
    body.has_unchanged = unchanged;
    body.unchanged = unchanged;
    body.has_action = action != PLENARY__V1__CHANGE__ACTION__ACTION_UNSPECIFIED;
    body.action = action;
    body.has_dry_run = decision->dry_run;
    body.dry_run = decision->dry_run;
    body.event = (Event *)(uintptr_t)event;
    body.organisation = (Organisation *)(uintptr_t)decision->organisation;
    reply.result_case = PLENARY__V1__REPLY__RESULT_WRITE;
    reply.write = &body;
    if (!command->forgotten) send_reply(self, command->ticket, command->request, &reply);
    end_command(self, command);
}

/* --- requests that were done before --- */

typedef enum Repetition {
    REPETITION_NONE,
    REPETITION_ANSWERED,
} Repetition;

/* Too old or too far ahead to know whether it was done: then it must not be done. */
static StatusCode check_request_time(const Registry *self, const Command *command,
                                     const uint8_t *id, Problem *problem)
{
    int64_t now_ms = command->time_us / 1000;
    int64_t made_ms = id_time_ms(id);
    bool old = made_ms < now_ms - (int64_t)REQUEST_ID_KEPT_S * 1000 ||
               memcmp(id, self->state.request_floor, ID_BYTES) < 0;
    if (old)
        return problem_violation(problem, "request_id", "its time is more than %d days ago",
                                 REQUEST_ID_KEPT_S / 86400);
    if (made_ms > now_ms + (int64_t)REQUEST_ID_AHEAD_S * 1000)
        return problem_violation(problem, "request_id", "its time is more than an hour ahead");
    return STATUS_OK;
}

/* Answers a repeated request from what it did the first time. */
static StatusCode repeat_answer(Registry *self, Command *command, uint64_t sequence,
                                Problem *problem)
{
    const Change *change = state_change(&self->state, sequence, command->arena);
    if (!change)
        return problem_set(problem, STATUS_INTERNAL, "change %llu cannot be read",
                           (unsigned long long)sequence);
    command->decision = (Decision){0};
    if (change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT)
        command->decision.event = change->event;
    if (change->record_case == PLENARY__V1__CHANGE__RECORD_ORGANISATION)
        command->decision.organisation = change->organisation;
    confirm_command(self, command, sequence, change->action, false);
    return STATUS_OK;
}

static StatusCode check_repetition(Registry *self, Command *command, Repetition *repetition,
                                   Problem *problem)
{
    uint8_t id[ID_BYTES];
    *repetition = REPETITION_NONE;
    if (!id_parse(command->request->request_id, id))
        return problem_violation(problem, "request_id", "it is no UUID");
    Key key = key_request(command->request->request_id, command->caller.principal);
    Bytes value;
    uint8_t hash[REQUEST_HASH_BYTES];
    uint64_t sequence;
    if (!views_get(self->state.views, VIEW_REQUESTS, key_bytes(&key), &value) ||
        !request_value_decode(value, hash, &sequence))
        return check_request_time(self, command, id, problem);
    if (memcmp(hash, command->request_hash, sizeof hash) != 0)
        return problem_violation(problem, "request_id", "it was used before for another request");
    StatusCode code = repeat_answer(self, command, sequence, problem);
    if (code == STATUS_OK) *repetition = REPETITION_ANSWERED;
    return code;
}

/* --- deciding --- */

/* What a change gets from its place in the order. */
static bool place_change(Registry *self, Command *command)
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
    change->has_request_hash = change->has_salt = 1;
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

/* The command holds its claims. It is queued for the next group, or it ends here. */
static void decide_command(Registry *self, Command *command)
{
    Problem problem;
    Repetition repetition;
    problem_clear(&problem);
    if (command->time_us < self->tip.time_us) command->time_us = self->tip.time_us;
    StatusCode code = check_repetition(self, command, &repetition, &problem);
    if (code == STATUS_OK && repetition == REPETITION_ANSWERED) return;
    const RequestRow *row = requests_find(command->request->verb_case);
    if (code == STATUS_OK) code = row->decide(&self->state, command, &problem);
    bool makes = code == STATUS_OK && command->decision.change && !command->decision.dry_run;
    if (makes && !place_change(self, command)) {
        code = problem_set(&problem, STATUS_RESOURCE_EXHAUSTED, "the record is too large");
        makes = false;
    }
    if (makes) {
        self->decided_bytes += command->packed.size;
        g_queue_push_tail(&self->decided, command);
        return;
    }
    if (code != STATUS_OK) {
        refuse_command(self, command, &problem);
    } else {
        const Change *change = command->decision.change; /* of a dry run */
        confirm_command(self, command, command->decision.latest_sequence,
                        change ? change->action : PLENARY__V1__CHANGE__ACTION__ACTION_UNSPECIFIED,
                        change == NULL);
    }
}

/* False: it must wait, and keeps others from overtaking it. */
static bool claim_command(Registry *self, Command *command)
{
    const RequestRow *row = requests_find(command->request->verb_case);
    const char *request = arena_printf(command->arena, "request %s %s",
                                       command->request->request_id, command->caller.principal);
    command->claims = (ClaimList){0};
    bool listed = row->claim(&self->state, command) == STATUS_OK &&
                  claim_add(&command->claims, "everything", false, command->arena) &&
                  claim_add(&command->claims, request, true, command->arena);
    if (!listed) {
        Problem problem;
        problem_clear(&problem);
        problem_set(&problem, STATUS_RESOURCE_EXHAUSTED, "the record is too large to work on");
        refuse_command(self, command, &problem);
        return true;
    }
    if (!claims_take(self->claims, &command->claims)) {
        claims_reserve(self->claims, &command->claims);
        return false;
    }
    command->holds_claims = true;
    decide_command(self, command);
    return true;
}

static bool group_is_full(const Registry *self)
{
    return self->decided.length >= REGISTRY_GROUP_CHANGES_MAX ||
           self->decided_bytes >= REGISTRY_GROUP_BYTES_MAX;
}

static bool may_decide(const Registry *self)
{
    return !self->failing && !self->health.read_only && !self->health.views_full &&
           !group_is_full(self);
}

static void decide_waiting(Registry *self)
{
    GQueue still = G_QUEUE_INIT;
    while (self->waiting.length > 0 && may_decide(self)) {
        Command *command = g_queue_pop_head(&self->waiting);
        if (!claim_command(self, command)) g_queue_push_tail(&still, command);
    }
    claims_drop_reservations(self->claims);
    Command *command;
    while ((command = g_queue_pop_tail(&still)))
        g_queue_push_head(&self->waiting, command);
}

static void submit_group(Registry *self)
{
    if (self->decided.length == 0 || self->failing) return;
    if (journal_groups_in_flight(self->store->journal) >= REGISTRY_GROUPS_IN_FLIGHT) return;
    const Command *first = g_queue_peek_head(&self->decided);
    journal_group_begin(self->store->journal, first->decision.change->sequence);
    Command *command;
    while ((command = g_queue_pop_head(&self->decided))) {
        journal_group_add(self->store->journal, command->packed.data, command->packed.size);
        g_queue_push_tail(&self->flying, command);
    }
    self->decided_bytes = 0;
    journal_group_submit(self->store->journal);
}

/* --- what the journal answered --- */

static void refuse_all(Registry *self, GQueue *queue, const Problem *problem)
{
    Command *command;
    while ((command = g_queue_pop_head(queue)))
        refuse_command(self, command, problem);
}

static void apply_group(Registry *self, const GroupResult *result)
{
    const GList *link = self->flying.head;
    for (uint32_t i = 0; i < result->count; i++, link = link->next) {
        const Command *command = link->data;
        apply_change(&self->state, command->decision.change, command->decision.before,
                     self->scratch);
    }
    apply_mark(&self->state, journal_epoch(self->store->journal), self->versions);
    for (uint32_t i = 0; i < result->count; i++) {
        Command *command = g_queue_pop_head(&self->flying);
        const Change *change = command->decision.change;
        confirm_command(self, command, change->sequence, change->action, false);
    }
    self->health.disk_full = false;
}

/* Nothing of these was done: they are decided again, in their order, before what came later. */
static void decide_again(Registry *self, GQueue *queue, uint32_t count)
{
    GQueue again = G_QUEUE_INIT;
    for (uint32_t i = 0; i < count; i++)
        g_queue_push_tail(&again, g_queue_pop_head(queue));
    Command *command;
    while ((command = g_queue_pop_tail(&again))) {
        claims_give_back(self->claims, &command->claims);
        command->holds_claims = false;
        command->decision = (Decision){0};
        g_queue_push_head(&self->waiting, command);
    }
}

static void refuse_group(Registry *self, const GroupResult *result, const char *message)
{
    Problem problem;
    set_retry(&problem, STATUS_UNAVAILABLE, message);
    for (uint32_t i = 0; i < result->count; i++)
        refuse_command(self, g_queue_pop_head(&self->flying), &problem);
    (void)snprintf(self->health.reason, sizeof self->health.reason, "%s", result->reason);
    self->failing = true;
}

static void take_result(Registry *self, const GroupResult *result)
{
    assert(result->count <= self->flying.length);
    switch (result->outcome) {
    case GROUP_DURABLE: apply_group(self, result); break;
    case GROUP_BEHIND: decide_again(self, &self->flying, result->count); break;
    case GROUP_NO_SPACE:
        self->health.disk_full = true;
        refuse_group(self, result, "the registry's disk is full; nothing was written");
        break;
    case GROUP_UNKNOWN:
        self->health.read_only = true;
        refuse_group(self, result,
                     "whether this was written is unknown; the registry is "
                     "read-only until it is restarted");
        break;
    }
}

/* All that flew has come back after a failure: what is decided next builds on what is durable. */
static void recover(Registry *self)
{
    if (!self->failing || self->flying.length > 0) return;
    decide_again(self, &self->decided, self->decided.length);
    self->decided_bytes = 0;
    self->tip = self->state.applied;
    self->failing = false;
    journal_acknowledge_failure(self->store->journal);
    if (!self->health.read_only) return;
    Problem problem;
    set_retry(&problem, STATUS_UNAVAILABLE, "the registry is read-only until it is restarted");
    refuse_all(self, &self->waiting, &problem);
}

static void take_results(Registry *self)
{
    GroupResult results[JOURNAL_GROUPS_IN_FLIGHT_MAX];
    size_t count = 0;
    while (count < JOURNAL_GROUPS_IN_FLIGHT_MAX &&
           journal_poll(self->store->journal, &results[count]))
        count++;
    take_snapshot(self);
    for (size_t i = 0; i < count; i++)
        take_result(self, &results[i]);
    recover(self);
}

/* --- forgetting old request ids --- */

typedef struct Expiry {
    const uint8_t *floor;
    Key keys[EXPIRED_PER_TURN_MAX];
    size_t count;
} Expiry;

static bool take_expired(void *context, Bytes key, Bytes value)
{
    (void)value;
    Expiry *expiry = context;
    if (memcmp(key.data, expiry->floor, ID_BYTES) >= 0) return false;
    Key *kept = &expiry->keys[expiry->count++];
    memcpy(kept->bytes, key.data, key.size);
    kept->size = key.size;
    return expiry->count < EXPIRED_PER_TURN_MAX;
}

/* Once for as many changes as one turn can forget ids for, so that tombstones are not walked
 * over again and again. */
static void expire_requests(Registry *self)
{
    if (self->state.applied.sequence < self->expired_at + EXPIRED_PER_TURN_MAX) return;
    self->expired_at = self->state.applied.sequence;
    Expiry *expiry = calloc(1, sizeof *expiry);
    if (!expiry) return; /* later is as well */
    expiry->floor = self->state.request_floor;
    views_scan(self->state.views, VIEW_REQUESTS, (Bytes){0}, take_expired, expiry);
    for (size_t i = 0; i < expiry->count; i++)
        views_delete(self->state.views, VIEW_REQUESTS, key_bytes(&expiry->keys[i]));
    free(expiry);
}

void registry_turn(Registry *self)
{
    registry_rest(self);
    views_tick(self->store->views, false);
    self->health.views_full = views_state(self->store->views).full;
    take_results(self);
    expire_requests(self);
    decide_waiting(self);
    submit_group(self);
}

/* --- taking requests --- */

static void answer(Registry *self, const RequestRow *row, const Caller *caller,
                   const Request *request, uint64_t ticket)
{
    take_snapshot(self);
    arena_reset(self->answers);
    Question question = {&self->state, caller, request, self->answers};
    Reply reply = PLENARY__V1__REPLY__INIT;
    Problem problem;
    problem_clear(&problem);
    if (row->answer(&question, &reply, &problem) == STATUS_OK)
        send_reply(self, ticket, request, &reply);
    else
        refuse(self, ticket, request, &problem);
}

static StatusCode admit(const Registry *self, const Request *request, Problem *problem)
{
    size_t size = protobuf_c_message_get_packed_size(&request->base);
    guint commands = self->waiting.length + self->decided.length + self->flying.length;
    if (!request->request_id)
        return problem_violation(problem, "request_id", "a request that writes needs one");
    if (self->health.read_only)
        set_retry(problem, STATUS_UNAVAILABLE, "the registry is read-only until it is restarted");
    else if (commands >= REGISTRY_WAITING_MAX ||
             self->waiting_bytes + size > REGISTRY_WAITING_BYTES_MAX)
        set_retry(problem, STATUS_RESOURCE_EXHAUSTED,
                  "too many requests are waiting; try again shortly");
    return problem->code;
}

static Command *make_command(Registry *self, const Caller *caller, const Request *request,
                             uint64_t ticket, Problem *problem)
{
    Command *command = command_new(request, caller, ticket);
    if (!command) {
        problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the request is too large to work on");
        return NULL;
    }
    const World *world = &self->state.world;
    command->time_us = world->now_us(world->context);
    world->random(world->context, command->random, sizeof command->random);
    world->random(world->context, command->salt, sizeof command->salt);
    return command;
}

void registry_handle(Registry *self, const Caller *caller, const Request *request, uint64_t ticket)
{
    Problem problem;
    problem_clear(&problem);
    const RequestRow *row = requests_find(request->verb_case);
    if (!row)
        problem_set(&problem, STATUS_INVALID_ARGUMENT, "the request has no verb that is known");
    else if (!access_may(caller, row->permission, NULL))
        problem_set(&problem, STATUS_PERMISSION_DENIED, "you may not %s", row->name);
    else if (row->answer) {
        answer(self, row, caller, request, ticket);
        return;
    } else if (admit(self, request, &problem) == STATUS_OK) {
        Command *command = make_command(self, caller, request, ticket, &problem);
        if (command) {
            self->waiting_bytes += command->size_bytes;
            g_queue_push_tail(&self->waiting, command);
            return;
        }
    }
    refuse(self, ticket, request, &problem);
}

static void forget_in(GQueue *queue, uint64_t ticket)
{
    for (GList *link = queue->head; link; link = link->next) {
        Command *command = link->data;
        if (command->ticket == ticket) command->forgotten = true;
    }
}

void registry_forget(Registry *self, uint64_t ticket)
{
    forget_in(&self->waiting, ticket);
    forget_in(&self->decided, ticket);
    forget_in(&self->flying, ticket);
}

/* --- opening and closing --- */

static StatusCode load(Registry *self, const RegistryConfig *config, Problem *problem)
{
    StatusCode code = replay_state_new(self->store, &self->state, problem);
    if (code != STATUS_OK) return code;
    replay_versions(&self->state, self->versions);
    take_snapshot(self);
    bool fits = replay_fits(&self->state, self->versions);
    registry_rest(self);
    if (!fits) {
        code = rebuild_store_views(self->store, config->store, problem);
        if (code != STATUS_OK) return code;
        self->state.views = self->store->views;
    }
    return replay_changes(&self->state, self->versions, problem);
}

StatusCode registry_open(Store *store, const RegistryConfig *config, Registry **self,
                         Problem *problem)
{
    Registry *made = calloc(1, sizeof *made);
    if (!made) return problem_set(problem, STATUS_INTERNAL, "no memory");
    made->store = store;
    made->reply = config->reply;
    made->reply_context = config->reply_context;
    made->claims = claims_new();
    made->answers = arena_new(REGISTRY_READ_ARENA_BYTES_MAX);
    made->scratch = arena_new(SIZE_MAX);
    StatusCode code = load(made, config, problem);
    if (code != STATUS_OK) {
        registry_close(&made);
        return code;
    }
    made->tip = made->state.applied;
    made->state.world = config->world;
    made->state.started_us = config->world.now_us(config->world.context);
    made->state.health = &made->health;
    *self = made;
    return STATUS_OK;
}

/* Gives what is on the way its time; what does not come back then is not answered. */
static void finish_flying(Registry *self)
{
    const struct timespec nap = {.tv_nsec = CLOSE_NAP_MS * 1000000L};
    for (int waited_ms = 0; self->flying.length > 0 && waited_ms < REGISTRY_CLOSE_WAIT_MS;
         waited_ms += CLOSE_NAP_MS) {
        registry_rest(self);
        take_results(self);
        if (self->flying.length > 0) (void)nanosleep(&nap, NULL);
    }
}

void registry_close(Registry **self)
{
    if (!self || !*self) return;
    Registry *registry = *self;
    Problem problem;
    set_retry(&problem, STATUS_UNAVAILABLE, "the registry is stopping; nothing was written");
    refuse_all(registry, &registry->waiting, &problem);
    refuse_all(registry, &registry->decided, &problem);
    finish_flying(registry);
    refuse_all(registry, &registry->flying, &problem);
    registry_rest(registry);
    replay_state_destroy(&registry->state);
    claims_destroy(&registry->claims);
    arena_destroy(&registry->answers);
    arena_destroy(&registry->scratch);
    free(registry);
    *self = NULL;
}

/* --- what others ask --- */

const RegistryHealth *registry_health(const Registry *self)
{
    return &self->health;
}

bool registry_busy(const Registry *self)
{
    return self->waiting.length + self->decided.length + self->flying.length > 0;
}

uint64_t registry_applied(const Registry *self)
{
    return self->state.applied.sequence;
}

bool registry_digest(Registry *self, uint64_t sequence, uint8_t digest[static JOURNAL_DIGEST_BYTES])
{
    if (sequence == 0) {
        memset(digest, 0, JOURNAL_DIGEST_BYTES);
        return true;
    }
    Bytes packed;
    take_snapshot(self);
    return sequence <= self->state.applied.sequence &&
           journal_get(self->store->journal, sequence, &packed) && seal_digest(packed, digest);
}

State *registry_state(Registry *self)
{
    take_snapshot(self);
    return &self->state;
}
