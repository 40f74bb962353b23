/*
 * registered - a registry on a folder of its own, for tests of what the bus makes of its changes.
 *
 * Helpers abort the test by cmocka's asserts. One thread.
 */
#ifndef PLENARY_TESTS_UNIT_DAEMON_BUS_REGISTERED_H
#define PLENARY_TESTS_UNIT_DAEMON_BUS_REGISTERED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "daemon/registry/registry.h"
#include "proto/id.h"
#include "tests/support/copied.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Registered {
    char folder[64];
    StoreConfig store_config;
    Store *store;
    Registry *registry;
    int64_t now_us;
    char last_id[ID_TEXT_SIZE]; /* of the event in the last reply */
    uint32_t last_revision;
    unsigned replies;
    Plenary__V1__StatusCode last_code;
} Registered;

static inline int64_t registered_now(void *context)
{
    return ((Registered *)context)->now_us += 1000;
}

static inline void registered_random(void *context, void *bytes, size_t size)
{
    (void)context;
    randombytes_buf(bytes, size);
}

static inline void registered_reply(void *context, uint64_t ticket, const Reply *reply)
{
    Registered *self = context;
    (void)ticket;
    self->replies++;
    self->last_code = reply->status ? reply->status->code : PLENARY__V1__STATUS_CODE__OK;
    if (reply->status) print_message("%s\n", reply->status->message);
    if (reply->result_case != PLENARY__V1__REPLY__RESULT_WRITE || !reply->write->event) return;
    (void)snprintf(self->last_id, sizeof self->last_id, "%s", reply->write->event->id);
    self->last_revision = reply->write->event->revision;
}

static inline int registered_open(void **state)
{
    static Registered self;
    Problem problem;
    problem_clear(&problem);
    self = (Registered){.folder = "/tmp/plenary-bus-XXXXXX", .now_us = 1646298000000000};
    if (sodium_init() < 0 || !mkdtemp(self.folder)) return -1;
    self.store_config = (StoreConfig){
        .folder = self.folder,
        .journal_map_bytes = 64 << 20,
        .views_map_bytes = 64 << 20,
        .delta_bytes_freeze = 16 << 20,
        .delta_bytes_max = 64 << 20,
        .fold_keys = 1000,
        .registry_id = "01a20b83-43fb-761a-8bd4-0df24fc40e96",
    };
    const RegistryConfig config = {
        .store = &self.store_config,
        .world = {.context = &self, .now_us = registered_now, .random = registered_random},
        .reply = registered_reply,
        .reply_context = &self,
    };
    *state = &self;
    return store_open(&self.store_config, &self.store, &problem) == STATUS_OK &&
                   registry_open(self.store, &config, &self.registry, &problem) == STATUS_OK
               ? 0
               : -1;
}

static inline int registered_close(void **state)
{
    Registered *self = *state;
    registry_close(&self->registry);
    store_close(&self->store);
    char *command = g_strdup_printf("rm -rf '%s'", self->folder);
    int result = g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL) ? 0 : -1;
    g_free(command);
    return result;
}

/* Sends a command as the local admin and waits until it is done. */
static inline void registered_do(Registered *self, Request *request)
{
    uint8_t random[ID_RANDOM_BYTES];
    char id[ID_TEXT_SIZE];
    const Caller caller = access_local();
    unsigned replies = self->replies;
    randombytes_buf(random, sizeof random);
    id_make(self->now_us / 1000, random, id);
    request->request_id = id;
    Arena *arena;
    Request *copy = copied(request, &arena);
    registry_handle(self->registry, &caller, copy, &arena, 1);
    arena_destroy(&arena);
    for (int i = 0; i < 10000 && self->replies == replies; i++) {
        registry_turn(self->registry);
        g_usleep(100);
    }
    assert_int_equal(self->replies, replies + 1);
    assert_int_equal(self->last_code, PLENARY__V1__STATUS_CODE__OK);
}

/* What the tests vary of an event. */
typedef struct Wanted {
    const char *country;
    Plenary__V1__Handling__Tlp tlp;
    const char *audience; /* or NULL */
} Wanted;

/* Registers an event, or revises the one with this id. */
static inline void registered_put(Registered *self, const char *event_id, const Wanted *wanted)
{
    Event event = PLENARY__V1__EVENT__INIT;
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    Venue venue = PLENARY__V1__VENUE__INIT;
    Handling handling = PLENARY__V1__HANDLING__INIT;
    Participant person = PLENARY__V1__PARTICIPANT__INIT;
    Participant *people[] = {&person};
    char *audience[] = {(char *)(uintptr_t)wanted->audience};
    char title[] = "A meeting";
    char day[] = "2022-03-03";
    char name[] = "Ada";
    char email[] = "ada@example.org";
    person.name = name;
    person.email = email;
    schedule.start = day;
    venue.country = (char *)(uintptr_t)wanted->country;
    handling.has_tlp = 1;
    handling.tlp = wanted->tlp;
    handling.audience = audience;
    handling.n_audience = wanted->audience != NULL;
    event.has_kind = 1;
    event.kind = PLENARY__V1__EVENT__KIND__MEETING;
    event.title = title;
    event.schedule = &schedule;
    event.venue = &venue;
    event.handling = &handling;
    event.participants = people;
    event.n_participants = 1;

    Request request = PLENARY__V1__REQUEST__INIT;
    Plenary__V1__RegisterEvent registering = PLENARY__V1__REGISTER_EVENT__INIT;
    Plenary__V1__ReviseEvent revising = PLENARY__V1__REVISE_EVENT__INIT;
    registering.event = revising.event = &event;
    revising.event_id = (char *)(uintptr_t)event_id;
    revising.has_expected_revision = 1;
    revising.expected_revision = self->last_revision;
    if (event_id) {
        request.verb_case = PLENARY__V1__REQUEST__VERB_REVISE_EVENT;
        request.revise_event = &revising;
    } else {
        request.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
        request.register_event = &registering;
    }
    registered_do(self, &request);
}

static inline void registered_organisation(Registered *self, const char *id, const char *part_of)
{
    Request request = PLENARY__V1__REQUEST__INIT;
    Plenary__V1__PutOrganisation putting = PLENARY__V1__PUT_ORGANISATION__INIT;
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    organisation.id = organisation.name = (char *)(uintptr_t)id;
    organisation.part_of = (char *)(uintptr_t)part_of;
    organisation.has_kind = 1;
    organisation.kind = PLENARY__V1__ORGANISATION__KIND__INTERNATIONAL;
    putting.organisation = &organisation;
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_ORGANISATION;
    request.put_organisation = &putting;
    registered_do(self, &request);
}

/* A reader without a key. */
static inline void registered_principal(Registered *self, const char *name)
{
    Request request = PLENARY__V1__REQUEST__INIT;
    Plenary__V1__PutPrincipal putting = PLENARY__V1__PUT_PRINCIPAL__INIT;
    Principal principal = PLENARY__V1__PRINCIPAL__INIT;
    principal.name = (char *)(uintptr_t)name;
    principal.has_role = 1;
    principal.role = PLENARY__V1__PRINCIPAL__ROLE__READER;
    putting.principal = &principal;
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_PRINCIPAL;
    request.put_principal = &putting;
    registered_do(self, &request);
}

static inline void registered_withdraw(Registered *self)
{
    Request request = PLENARY__V1__REQUEST__INIT;
    Plenary__V1__WithdrawEvent withdrawing = PLENARY__V1__WITHDRAW_EVENT__INIT;
    withdrawing.event_id = self->last_id;
    withdrawing.has_expected_revision = 1;
    withdrawing.expected_revision = self->last_revision;
    request.verb_case = PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT;
    request.withdraw_event = &withdrawing;
    registered_do(self, &request);
}

#endif
