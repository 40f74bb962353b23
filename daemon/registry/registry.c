#include "daemon/registry/registry.h"

#include "daemon/registry/flight.h"
#include "daemon/registry/past.h"
#include "daemon/registry/phrases.h"
#include "daemon/registry/reading.h"
#include "daemon/registry/rebuild.h"
#include "daemon/registry/repetition.h"
#include "daemon/registry/replay.h"
#include "daemon/registry/requests.h"
#include "daemon/registry/subscribers.h"
#include "daemon/registry/warning.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    CLOSE_NAP_MS = 1,
};

struct Registry {
    State state;
    Store *store;
    char versions[VIEWS_VERSIONS_SIZE];
    RegistryHealth health;
    Outbox outbox;
    Order order;
    Flight flight;
    Errand errand;
    bool has_snapshot;
    uint64_t forgot_at; /* sequence when request ids were forgotten last */
    Reading reading;
    Arena *scratch; /* of apply */
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

/* --- a turn --- */

static void take_results(Registry *self)
{
    GroupResult results[JOURNAL_GROUPS_IN_FLIGHT_MAX];
    size_t count = 0;
    while (count < JOURNAL_GROUPS_IN_FLIGHT_MAX &&
           journal_poll(self->store->journal, &results[count]))
        count++;
    take_snapshot(self);
    for (size_t i = 0; i < count; i++)
        flight_take(&self->flight, &results[i]);
    flight_recover(&self->flight);
}

/* Once for as many changes as one turn can forget ids for, so that tombstones are not walked
 * over again and again. */
static void forget_requests(Registry *self)
{
    uint64_t applied = self->state.applied.sequence;
    if (applied < self->forgot_at + REPETITION_FORGOTTEN_MAX) return;
    self->forgot_at = applied;
    repetition_forget(&self->state);
}

/* Writes wait while the delta is full and a fold runs; when folding fails they would wait for
 * ever, and are refused instead. */
static void look_at_views(Registry *self)
{
    Views *kept = self->store->views;
    views_tick(kept, views_state(kept).base_sequence < self->state.fold_to);
    const ViewsState views = views_state(kept);
    self->health.views_full = views.full;
    if (!views.full || !views.failure[0]) return;
    Problem problem;
    outbox_retry(&problem, STATUS_UNAVAILABLE,
                 "the registry cannot write its views, and has no room to keep more changes");
    order_refuse_all(&self->order, &self->order.waiting, &problem);
}

void registry_turn(Registry *self)
{
    registry_rest(self);
    self->order.outbox.warning_steps = WARNING_STEPS_PER_TURN;
    look_at_views(self);
    take_results(self);
    forget_requests(self);
    if (!self->flight.failing && !self->health.read_only && !self->health.views_full)
        order_decide(&self->order);
    flight_submit(&self->flight);
    errand_turn(&self->errand);
    reading_turn(&self->reading);
}

/* --- taking requests --- */

static StatusCode admit(const Registry *self, const Request *request, Problem *problem)
{
    if (!request->request_id)
        return problem_violation(problem, "request_id", "a request that writes needs one");
    if (self->health.read_only)
        outbox_retry(problem, STATUS_UNAVAILABLE,
                     "the registry is read-only until it is restarted");
    else if (order_count(&self->order) >= REGISTRY_WAITING_MAX ||
             self->order.bytes >= REGISTRY_WAITING_BYTES_MAX)
        outbox_retry(problem, STATUS_RESOURCE_EXHAUSTED,
                     "too many requests are waiting; try again shortly");
    return problem->code;
}

static Command *make_command(Registry *self, const Caller *caller, Request *request, Arena **arena,
                             uint64_t ticket, Problem *problem)
{
    Command *command = command_new(request, arena, caller, ticket);
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

void registry_handle(Registry *self, const Caller *caller, Request *request, Arena **arena,
                     uint64_t ticket)
{
    Problem problem;
    problem_clear(&problem);
    const RequestRow *row = requests_find(request->verb_case);
    if (!row)
        problem_set(&problem, STATUS_INVALID_ARGUMENT, "the request has no verb that is known");
    else if (!access_may(caller, row->permission, NULL))
        problem_set(&problem, STATUS_PERMISSION_DENIED, "you may not %s", row->name);
    else if (row->answer) {
        take_snapshot(self);
        reading_take(&self->reading, row, caller, request, arena, ticket);
        return;
    } else if (row->begin) {
        if (order_is_erasing(&self->order))
            outbox_retry(&problem, STATUS_UNAVAILABLE, "a person is being erased; try again");
        else if (row->begin(&self->errand, request, ticket, &problem) == STATUS_OK)
            return;
    } else if (admit(self, request, &problem) == STATUS_OK) {
        Command *command = make_command(self, caller, request, arena, ticket, &problem);
        if (command) {
            order_add(&self->order, command);
            return;
        }
    }
    outbox_refuse(&self->outbox, ticket, request, &problem);
}

void registry_forget(Registry *self, uint64_t ticket)
{
    order_forget(&self->order, ticket);
    reading_forget(&self->reading, ticket);
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

/* False: no memory. */
static bool make_parts(Registry *self, Store *store, const RegistryConfig *config)
{
    self->store = store;
    self->scratch = arena_new(SIZE_MAX);
    self->outbox = (Outbox){&self->state, config->reply, config->reply_context};
    self->flight = (Flight){.order = &self->order,
                            .state = &self->state,
                            .health = &self->health,
                            .versions = self->versions,
                            .scratch = self->scratch};
    self->errand = (Errand){.outbox = self->outbox, .health = &self->health};
    return self->scratch && reading_begin(&self->reading, &self->outbox) &&
           order_begin(&self->order, &self->outbox);
}

StatusCode registry_open(Store *store, const RegistryConfig *config, Registry **self,
                         Problem *problem)
{
    Registry *made = calloc(1, sizeof *made);
    StatusCode code = made && make_parts(made, store, config)
                          ? load(made, config, problem)
                          : problem_set(problem, STATUS_INTERNAL, "no memory");
    if (code != STATUS_OK) {
        registry_close(&made);
        return code;
    }
    assert(made);
    made->state.past = past_new();
    made->state.phrases = phrases_new();
    made->state.subscribers = subscribers_new();
    if (!made->state.past || !made->state.phrases || !made->state.subscribers) {
        registry_close(&made);
        return problem_set(problem, STATUS_INTERNAL, "no memory");
    }
    made->order.tip = made->state.applied;
    made->state.world = config->world;
    made->state.aliases = config->aliases;
    made->state.started_us = config->world.now_us(config->world.context);
    made->state.health = &made->health;
    *self = made;
    return STATUS_OK;
}

/* Gives what is on the way its time. */
static void finish_flying(Registry *self)
{
    const struct timespec nap = {.tv_nsec = CLOSE_NAP_MS * 1000000L};
    for (int waited_ms = 0; self->order.flying.length > 0 && waited_ms < REGISTRY_CLOSE_WAIT_MS;
         waited_ms += CLOSE_NAP_MS) {
        registry_rest(self);
        take_results(self);
        if (self->order.flying.length > 0) (void)nanosleep(&nap, NULL);
    }
}

/* What flies is waited for; what failed then waits again, and is refused with all that waits. */
static void close_order(Registry *self)
{
    Problem problem;
    finish_flying(self);
    outbox_retry(&problem, STATUS_UNAVAILABLE,
                 "the registry is stopping; whether this was written is unknown");
    order_refuse_all(&self->order, &self->order.flying, &problem);
    problem_clear(&problem);
    problem_set(&problem, STATUS_UNAVAILABLE, "the registry is stopping; this was given up");
    errand_end(&self->errand, &problem);
    outbox_retry(&problem, STATUS_UNAVAILABLE, "the registry is stopping");
    reading_end(&self->reading, &problem);
    outbox_retry(&problem, STATUS_UNAVAILABLE, "the registry is stopping; nothing was written");
    order_refuse_all(&self->order, &self->flight.again, &problem);
    order_end(&self->order, &problem);
}

void registry_close(Registry **self)
{
    if (!self || !*self) return;
    Registry *registry = *self;
    close_order(registry);
    registry_rest(registry);
    past_destroy(&registry->state.past);
    phrases_destroy(&registry->state.phrases);
    subscribers_destroy(&registry->state.subscribers);
    replay_state_destroy(&registry->state);
    arena_destroy(&registry->scratch);
    free(registry);
    *self = NULL;
}

/* --- what others ask --- */

void *registry_backup_socket(Registry *self)
{
    return errand_socket(&self->errand);
}

const RegistryHealth *registry_health(const Registry *self)
{
    return &self->health;
}

bool registry_has_more(const Registry *self)
{
    return reading_parked(&self->reading) > 0;
}

bool registry_busy(const Registry *self)
{
    return order_count(&self->order) > 0;
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
