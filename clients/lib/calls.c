#include "clients/lib/calls.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void line_put(Line *line, uint16_t place)
{
    assert(line->count < PLENARY_IN_FLIGHT_MAX);
    line->places[(line->first + line->count++) % PLENARY_IN_FLIGHT_MAX] = place;
}

static uint16_t line_first(const Line *line)
{
    assert(line->count > 0);
    return line->places[line->first];
}

static uint16_t line_take(Line *line)
{
    uint16_t place = line_first(line);
    line->first = (line->first + 1) % PLENARY_IN_FLIGHT_MAX;
    line->count--;
    return place;
}

/* Takes `place` out wherever it stands; mostly it is the first. */
static void line_remove(Line *line, uint16_t place)
{
    size_t kept = 0;
    if (line->count && line_first(line) == place) {
        (void)line_take(line);
        return;
    }
    for (size_t i = 0; i < line->count; i++) {
        uint16_t each = line->places[(line->first + i) % PLENARY_IN_FLIGHT_MAX];
        if (each != place) line->places[(line->first + kept++) % PLENARY_IN_FLIGHT_MAX] = each;
    }
    line->count = kept;
}

static uint16_t place_of(const Calls *self, const Call *call)
{
    return (uint16_t)(call - self->places);
}

void calls_init(Calls *self)
{
    memset(self, 0, sizeof *self);
    for (int place = 0; place < PLENARY_IN_FLIGHT_MAX; place++)
        line_put(&self->free, (uint16_t)place);
}

void calls_clear(Calls *self)
{
    for (size_t place = 0; place < PLENARY_IN_FLIGHT_MAX; place++) {
        free(self->places[place].packed);
        plenary_reply_free(self->places[place].reply);
    }
    calls_init(self);
}

Call *calls_take(Calls *self)
{
    if (self->free.count == 0) return NULL;
    uint16_t place = line_take(&self->free);
    Call *call = &self->places[place];
    *call = (Call){.correlation = ++self->serial * PLENARY_IN_FLIGHT_MAX + place,
                   .state = CALL_RESTING};
    self->count++;
    return call;
}

void calls_release(Calls *self, Call *call)
{
    assert(call->state != CALL_FREE && self->count > 0);
    if (call->state == CALL_UNSENT) line_remove(&self->outbox, place_of(self, call));
    free(call->packed);
    *call = (Call){.state = CALL_FREE};
    line_put(&self->free, place_of(self, call));
    self->count--;
}

Call *calls_find(Calls *self, uint64_t correlation)
{
    Call *call = &self->places[correlation % PLENARY_IN_FLIGHT_MAX];
    bool waits = call->state != CALL_FREE && call->state != CALL_DONE;
    return waits && call->correlation == correlation ? call : NULL;
}

static void leave_outbox(Calls *self, Call *call)
{
    if (call->state == CALL_UNSENT) line_remove(&self->outbox, place_of(self, call));
}

void calls_post(Calls *self, Call *call, int64_t due_ms)
{
    leave_outbox(self, call);
    call->state = CALL_UNSENT;
    call->due_ms = due_ms;
    line_put(&self->outbox, place_of(self, call));
}

Call *calls_unsent(Calls *self)
{
    return self->outbox.count ? &self->places[line_first(&self->outbox)] : NULL;
}

void calls_sent(Calls *self, Call *call)
{
    leave_outbox(self, call);
    call->state = CALL_SENT;
}

void calls_rest(Calls *self, Call *call, int64_t due_ms)
{
    leave_outbox(self, call);
    call->state = CALL_RESTING;
    call->due_ms = due_ms;
}

void calls_done(Calls *self, Call *call, Plenary__V1__Reply *reply)
{
    leave_outbox(self, call);
    call->state = CALL_DONE;
    call->reply = reply;
    if (!call->is_awaited) line_put(&self->done, place_of(self, call));
}

Call *calls_next_done(Calls *self)
{
    return self->done.count ? &self->places[line_take(&self->done)] : NULL;
}
