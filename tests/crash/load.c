#include "tests/crash/load.h"

#include "tests/crash/process.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ATTEMPT_MS = 400,
    ATTEMPTS = 100, /* a killed daemon is back long before */
    DRAIN_MS = 60000,
    UID_SIZE = 48,
    QUESTIONS_IN_FLIGHT = 64,
    NEW_IN_A_HUNDRED = 40, /* of the writes; the others revise */
};

/* What is known of one event. */
typedef struct Known {
    char uid[UID_SIZE];
    uint32_t revision; /* acknowledged writes */
    bool on_the_way;
    bool touched; /* since the last verification */
} Known;

struct Load {
    PlenaryClient *client;
    Seeded *seeded;
    size_t in_flight; /* writes at once */
    Known *events;
    size_t count;
    uint64_t acknowledged;
};

Load *load_new(const char *home, size_t in_flight, Seeded *seeded)
{
    PlenaryOptions options = {.home = home, .timeout_ms = ATTEMPT_MS, .attempts = ATTEMPTS};
    PlenaryError error;
    Load *self = calloc(1, sizeof *self);
    if (!self || !(self->events = calloc(LOAD_EVENTS_MAX, sizeof *self->events))) fail("no memory");
    self->seeded = seeded;
    self->in_flight = in_flight;
    self->client = plenary_client_new(&options, &error);
    if (!self->client) fail("no client: %s", error.message);
    return self;
}

void load_destroy(Load **self)
{
    plenary_client_destroy(&(*self)->client);
    free((*self)->events);
    free(*self);
    *self = NULL;
}

uint64_t load_acknowledged(const Load *self)
{
    return self->acknowledged;
}

static void print_title(const Known *known, uint32_t version, char title[static UID_SIZE])
{
    snprintf(title, UID_SIZE, "%.20s at version %" PRIu32, known->uid, version);
}

static void send(Load *self, Plenary__V1__Request *request, Known *known)
{
    PlenaryError error;
    if (!plenary_send(self->client, request, known, &error)) fail("send: %s", error.message);
    known->on_the_way = true;
}

/* The next version of an event: its registration where there is none. */
static void write_version(Load *self, Known *known)
{
    char title[UID_SIZE], day[] = "2022-03-03";
    Plenary__V1__Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    Plenary__V1__Event event = PLENARY__V1__EVENT__INIT;
    Plenary__V1__RegisterEvent registering = PLENARY__V1__REGISTER_EVENT__INIT;
    Plenary__V1__ReviseEvent revising = PLENARY__V1__REVISE_EVENT__INIT;
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;

    print_title(known, known->revision + 1, title);
    schedule.start = schedule.end = day;
    event.uid = known->uid;
    event.title = title;
    event.schedule = &schedule;
    event.has_kind = 1;
    event.kind = PLENARY__V1__EVENT__KIND__MEETING;
    if (known->revision == 0) {
        registering.event = &event;
        request.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
        request.register_event = &registering;
    } else {
        revising.event_id = known->uid;
        revising.event = &event;
        revising.has_expected_revision = 1;
        revising.expected_revision = known->revision;
        request.verb_case = PLENARY__V1__REQUEST__VERB_REVISE_EVENT;
        request.revise_event = &revising;
    }
    send(self, &request, known);
}

/* A new event, or one that is known and has nothing on the way. */
static Known *choose(Load *self)
{
    if (self->count > 0 && seeded_below(self->seeded, 100) >= NEW_IN_A_HUNDRED) {
        Known *known = &self->events[seeded_below(self->seeded, self->count)];
        if (!known->on_the_way) return known;
    }
    if (self->count == LOAD_EVENTS_MAX) fail("more than %d events", LOAD_EVENTS_MAX);
    Known *known = &self->events[self->count];
    snprintf(known->uid, sizeof known->uid, "crash-%zu@example.org", self->count);
    self->count++;
    return known;
}

static void check_ok(const Known *known, const Plenary__V1__Reply *reply, const PlenaryError *error)
{
    if (!reply) fail("%s: no reply: %s", known->uid, error->message);
    if (reply->status && reply->status->code != PLENARY__V1__STATUS_CODE__OK)
        fail("%s at revision %" PRIu32 ": refused with %d: %s", known->uid, known->revision,
             (int)reply->status->code, reply->status->message);
}

static void acknowledge(Load *self, Known *known, const Plenary__V1__Reply *reply)
{
    if (!reply->write || !reply->write->event) fail("%s: a reply without event", known->uid);
    if (reply->write->event->revision != known->revision + 1)
        fail("%s: revision %" PRIu32 " was acknowledged after %" PRIu32, known->uid,
             reply->write->event->revision, known->revision);
    known->revision++;
    known->on_the_way = false;
    known->touched = true;
    self->acknowledged++;
}

/* One reply, where one comes within `timeout_ms`. */
static bool take_reply(Load *self, int timeout_ms)
{
    void *tag = NULL;
    Plenary__V1__Reply *reply = NULL;
    PlenaryError error = {0};
    if (!plenary_receive(self->client, timeout_ms, &tag, &reply, &error)) return false;
    check_ok(tag, reply, &error);
    acknowledge(self, tag, reply);
    plenary_reply_free(reply);
    return true;
}

void load_turn(Load *self)
{
    while (plenary_in_flight(self->client) < self->in_flight)
        write_version(self, choose(self));
    if (!take_reply(self, 1)) return;
    while (take_reply(self, 0))
        ;
}

void load_drain(Load *self)
{
    uint64_t deadline = now_ms() + DRAIN_MS;
    while (plenary_in_flight(self->client) > 0) {
        take_reply(self, ATTEMPT_MS);
        if (now_ms() > deadline)
            fail("%zu writes unanswered after %d ms", plenary_in_flight(self->client), DRAIN_MS);
    }
}

/* --- verification --- */

static void ask(Load *self, Known *known)
{
    Plenary__V1__GetEvent get = PLENARY__V1__GET_EVENT__INIT;
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;
    get.event_id = known->uid;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_EVENT;
    request.get_event = &get;
    send(self, &request, known);
}

static void compare(Known *known, const Plenary__V1__Reply *reply)
{
    char title[UID_SIZE];
    const Plenary__V1__Event *event = reply->event ? reply->event->event : NULL;
    if (!event) fail("%s: acknowledged, and not there", known->uid);
    if (event->revision != known->revision)
        fail("%s: acknowledged up to revision %" PRIu32 ", and is at %" PRIu32, known->uid,
             known->revision, event->revision);
    print_title(known, known->revision, title);
    if (strcmp(event->title, title) != 0)
        fail("%s: acknowledged as \"%s\", and is \"%s\"", known->uid, title, event->title);
    known->on_the_way = false;
    known->touched = false;
}

static void take_answer(Load *self)
{
    void *tag = NULL;
    Plenary__V1__Reply *reply = NULL;
    PlenaryError error = {0};
    if (!plenary_receive(self->client, DRAIN_MS, &tag, &reply, &error))
        fail("no answer within %d ms", DRAIN_MS);
    check_ok(tag, reply, &error);
    compare(tag, reply);
    plenary_reply_free(reply);
}

void load_verify(Load *self, bool all)
{
    for (size_t i = 0; i < self->count; i++) {
        if (!all && !self->events[i].touched) continue;
        if (plenary_in_flight(self->client) == QUESTIONS_IN_FLIGHT) take_answer(self);
        ask(self, &self->events[i]);
    }
    while (plenary_in_flight(self->client) > 0)
        take_answer(self);
}
