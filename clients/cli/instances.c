#include "clients/cli/instances.h"

/* An end that the record does not have is not given to its instances either. */
static Schedule *schedule_of(const Event *event, const Plenary__V1__EventsReply__Instance *instance,
                             Arena *arena)
{
    Schedule *schedule = arena_alloc(arena, sizeof *schedule);
    if (!schedule) return NULL;
    *schedule = *event->schedule;
    schedule->start = instance->start;
    if (schedule->end) schedule->end = instance->end ? instance->end : instance->start;
    return schedule;
}

static const Event *event_of(const Plenary__V1__EventsReply *reply,
                             const Plenary__V1__EventsReply__Instance *instance, Arena *arena)
{
    if (instance->event >= reply->n_events) return NULL;
    const Event *event = reply->events[instance->event];
    if (!instance->start) return event;
    Event *copy = event->schedule ? arena_alloc(arena, sizeof *copy) : NULL;
    if (!copy) return NULL;
    *copy = *event;
    copy->schedule = schedule_of(event, instance, arena);
    copy->recurrence = NULL;
    copy->recurrence_id = instance->recurrence_id;
    return copy->schedule ? copy : NULL;
}

ProtobufCMessage **instances_of(const Plenary__V1__EventsReply *reply, Arena *arena)
{
    ProtobufCMessage **events = arena_array(arena, reply->n_instances + 1, sizeof *events);
    for (size_t i = 0; events && i < reply->n_instances; i++) {
        const Event *event = event_of(reply, reply->instances[i], arena);
        if (!event) return NULL;
        events[i] = (ProtobufCMessage *)(uintptr_t)event;
    }
    return events;
}
