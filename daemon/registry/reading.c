#include "daemon/registry/reading.h"

#include "daemon/registry/phrases.h"

#include <assert.h>
#include <stdlib.h>

static_assert((int)READING_PARKED_MAX < (int)PHRASES_KEPT, "there is a place for one phrase more");

/* A request that waits for its rest to be worked off. All of it lies in its arena. */
typedef struct Parked {
    Arena *arena;
    const RequestRow *row;
    Request *request;
    Caller caller;
    uint64_t ticket;
    int64_t since_us;
    PhraseRest *rest;
    uint64_t records; /* read for it so far */
} Parked;

bool reading_begin(Reading *self, const Outbox *outbox)
{
    *self = (Reading){.outbox = *outbox, .answers = arena_new(READING_ARENA_BYTES_MAX)};
    g_queue_init(&self->parked);
    return self->answers != NULL;
}

static void forget(Parked *parked)
{
    Arena *arena = parked->arena;
    phrases_drop_rest(&parked->rest);
    arena_destroy(&arena);
}

static void refuse(Reading *self, Parked *parked, const Problem *problem)
{
    outbox_refuse(&self->outbox, parked->ticket, parked->request, problem);
    forget(parked);
}

void reading_end(Reading *self, const Problem *problem)
{
    Parked *parked;
    while ((parked = g_queue_pop_head(&self->parked)) != NULL)
        refuse(self, parked, problem);
    arena_destroy(&self->answers);
}

size_t reading_parked(const Reading *self)
{
    return self->parked.length;
}

void reading_forget(Reading *self, uint64_t ticket)
{
    for (GList *link = self->parked.head; link; link = link->next) {
        Parked *parked = link->data;
        if (parked->ticket != ticket) continue;
        g_queue_delete_link(&self->parked, link);
        forget(parked);
        return;
    }
}

/* --- answering --- */

static int64_t now_us(const Reading *self)
{
    const World *world = &self->outbox.state->world;
    return world->now_us(world->context);
}

/* Makes the answer and sends it, or says why there is none. */
static StatusCode answer(Reading *self, const RequestRow *row, const Caller *caller,
                         const Request *request, uint64_t ticket, uint64_t records,
                         Problem *problem)
{
    arena_reset(self->answers);
    phrases_begin(self->outbox.state->phrases, records);
    Question question = {self->outbox.state, caller, request, self->answers};
    Reply reply = PLENARY__V1__REPLY__INIT;
    StatusCode code = row->answer(&question, &reply, problem);
    if (code == STATUS_OK) outbox_send(&self->outbox, ticket, request, &reply);
    return code;
}

/* --- parking --- */

static bool has_room_for(const Reading *self, const Caller *caller)
{
    size_t own = 0;
    for (const GList *link = self->parked.head; link; link = link->next)
        own += ((const Parked *)link->data)->caller.connection == caller->connection;
    return self->parked.length < READING_PARKED_MAX && own < READING_PARKED_PER_CONNECTION;
}

/* False: it is too large, or there is no room; *problem says what the client is told. */
static bool park(Reading *self, const RequestRow *row, const Caller *caller, Request *request,
                 Arena **arena, uint64_t ticket, Problem *problem)
{
    Phrases *phrases = self->outbox.state->phrases;
    if (!has_room_for(self, caller)) {
        outbox_retry(problem, STATUS_RESOURCE_EXHAUSTED,
                     "too many long questions are being answered; try again shortly");
        return false;
    }
    if (arena_used(*arena) > READING_PARKED_BYTES_MAX) return false;
    Parked *parked = arena_alloc(*arena, sizeof *parked);
    if (!parked || !access_copy_caller(caller, *arena, &parked->caller)) return false;
    parked->row = row;
    parked->request = request;
    parked->ticket = ticket;
    parked->since_us = now_us(self);
    parked->records = phrases_records(phrases);
    parked->rest = phrases_take_rest(phrases);
    parked->arena = *arena;
    *arena = NULL;
    g_queue_push_tail(&self->parked, parked);
    return true;
}

void reading_take(Reading *self, const RequestRow *row, const Caller *caller, Request *request,
                  Arena **arena, uint64_t ticket)
{
    Problem problem;
    problem_clear(&problem);
    if (answer(self, row, caller, request, ticket, 0, &problem) == STATUS_OK) return;
    if (phrases_has_rest(self->outbox.state->phrases) &&
        park(self, row, caller, request, arena, ticket, &problem))
        return;
    outbox_refuse(&self->outbox, ticket, request, &problem);
}

/* --- slices --- */

/* Answers what has no rest any more. It may leave another one: of another phrase, or of events that
 * have changed meanwhile. */
static void answer_parked(Reading *self, Parked *parked)
{
    Phrases *phrases = self->outbox.state->phrases;
    Problem problem;
    problem_clear(&problem);
    StatusCode code = answer(self, parked->row, &parked->caller, parked->request, parked->ticket,
                             parked->records, &problem);
    parked->records = phrases_records(phrases);
    phrases_drop_rest(&parked->rest);
    parked->rest = phrases_take_rest(phrases);
    if (parked->rest)
        g_queue_push_tail(&self->parked, parked);
    else if (code == STATUS_OK)
        forget(parked);
    else
        refuse(self, parked, &problem);
}

static bool has_waited_enough(const Reading *self, const Parked *parked)
{
    return now_us(self) - parked->since_us >= READING_PATIENCE_US;
}

void reading_turn(Reading *self)
{
    State *state = self->outbox.state;
    Parked *parked = g_queue_pop_head(&self->parked);
    if (!parked) return;
    if (phrases_is_done(parked->rest)) {
        answer_parked(self, parked);
        return;
    }
    Problem problem;
    problem_clear(&problem);
    phrases_begin(state->phrases, parked->records);
    if (phrases_work(state, parked->rest, &problem) != STATUS_OK) {
        refuse(self, parked, &problem);
        return;
    }
    parked->records = phrases_records(state->phrases);
    if (!phrases_is_done(parked->rest) && has_waited_enough(self, parked)) {
        phrases_tell_rest(parked->rest, &problem);
        refuse(self, parked, &problem);
        return;
    }
    g_queue_push_tail(&self->parked, parked);
}
