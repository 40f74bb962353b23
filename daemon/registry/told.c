#include "daemon/registry/told.h"

#include "daemon/registry/query.h"
#include "daemon/registry/subscribers.h"

typedef struct Listener {
    const Subscriber *subscriber;
    Resolved *resolved; /* NULL: what it hears is not known */
} Listener;

struct ToldList {
    const Question *question;
    Listener *listeners;
    size_t count;
    size_t matches; /* so far */
};

ToldList *told_list(const Question *question)
{
    Subscriber **subscribers;
    ToldList *self = arena_alloc(question->arena, sizeof *self);
    if (!self) return NULL;
    *self = (ToldList){.question = question};
    if (!subscribers_list(question->state->subscribers, question->arena, &subscribers,
                          &self->count))
        return NULL;
    self->listeners = arena_array(question->arena, self->count, sizeof *self->listeners);
    if (!self->listeners) return NULL;
    const QueryContext context = {question->state, question->caller, question->arena};
    for (size_t i = 0; i < self->count; i++) {
        Problem unused;
        problem_clear(&unused);
        self->listeners[i] = (Listener){.subscriber = subscribers[i]};
        if (!subscribers[i]->query_unknown)
            (void)query_resolve(&context, subscribers[i]->query, &self->listeners[i].resolved,
                                &unused);
    }
    return self;
}

bool told_is_enough(const ToldList *self)
{
    return self->matches >= TOLD_MATCHES_PER_REQUEST;
}

static bool matches(ToldList *self, const Listener *listener, const Change *change)
{
    const Question *question = self->question;
    const QueryContext context = {question->state, question->caller, question->arena};
    if (!change || change->record_case != PLENARY__V1__CHANGE__RECORD_EVENT ||
        change->action == PLENARY__V1__CHANGE__ACTION__WITHDRAWN)
        return false;
    self->matches++;
    return query_matches(&context, listener->resolved, change->event);
}

/* As a stream hears it: by the image after it or by the one before. */
static bool hears(ToldList *self, const Listener *listener, const Change *change,
                  const Change *prior)
{
    if (!listener->resolved) return false;
    if (query_is_everything(listener->resolved)) return true;
    return matches(self, listener, change) || matches(self, listener, prior);
}

bool told_add(ToldList *self, const Change *change, Plenary__V1__ChangesReply *reply)
{
    Arena *arena = self->question->arena;
    Plenary__V1__Told *told = arena_alloc(arena, sizeof *told);
    if (!told) return false;
    plenary__v1__told__init(told);
    told->has_sequence = 1;
    told->sequence = change->sequence;
    told->subscribers = arena_array(arena, self->count, sizeof *told->subscribers);
    if (!told->subscribers) return false;
    const Change *prior = change->has_prior_sequence
                              ? state_change(self->question->state, change->prior_sequence, arena)
                              : NULL;
    for (size_t i = 0; i < self->count; i++) {
        const Subscriber *subscriber = self->listeners[i].subscriber;
        if (change->sequence > subscriber->since_sequence &&
            change->sequence <= subscriber->acknowledged_sequence &&
            hears(self, &self->listeners[i], change, prior))
            told->subscribers[told->n_subscribers++] = subscriber->name;
    }
    reply->told[reply->n_told++] = told;
    return true;
}
