/*
 * fake_lists - a script of fake_daemon that answers lists: so many events, page by page, and one
 * organisation. The test tells it how to misbehave before fake_start.
 */
#ifndef TESTS_FAKE_LISTS_H
#define TESTS_FAKE_LISTS_H

#include "clients/lib/plenary.h"
#include "fake_daemon.h"

enum {
    LISTS_EVENTS_MAX = 64,
};

typedef struct FakeLists {
    uint32_t events;        /* numbers 1 and so on */
    uint32_t revision;      /* of all of them */
    char *title;            /* likewise; NULL: none */
    uint32_t limit_allowed; /* larger pages are too large for a message; 0: any is allowed */
    Plenary__V1__StatusCode refusal; /* of every question; OK: none */
    atomic_int asked;
    bool was_in_number_order; /* the last list of events */
} FakeLists;

static inline void lists_refuse(Fake *fake, const FakePeer *peer, Plenary__V1__Reply *reply,
                                Plenary__V1__StatusCode code)
{
    char text[] = "said no";
    Plenary__V1__Status status = PLENARY__V1__STATUS__INIT;
    status.has_code = 1;
    status.code = code;
    status.message = text;
    reply->status = &status;
    fake_send(fake, peer, &reply->base);
}

/* The token of a page is the number of the last event before it. */
static inline void lists_answer_events(Fake *fake, const FakePeer *peer, Plenary__V1__Reply *reply,
                                       const Plenary__V1__ListEvents *list)
{
    FakeLists *self = fake->context;
    Plenary__V1__Event events[LISTS_EVENTS_MAX];
    Plenary__V1__Event *pointers[LISTS_EVENTS_MAX];
    Plenary__V1__EventsReply answer = PLENARY__V1__EVENTS_REPLY__INIT;
    uint8_t last = list->page->has_token ? list->page->token.data[0] : 0;
    self->was_in_number_order = list->query->order == PLENARY__V1__QUERY__ORDER__NUMBER;
    while (answer.n_events < list->page->limit && last < self->events) {
        Plenary__V1__Event *event = &events[answer.n_events];
        plenary__v1__event__init(event);
        event->has_number = event->has_revision = 1;
        event->number = ++last;
        event->revision = self->revision;
        event->title = self->title;
        pointers[answer.n_events++] = event;
    }
    answer.events = pointers;
    answer.has_next_page = last < self->events;
    if (answer.has_next_page) answer.next_page = (ProtobufCBinaryData){1, &last};
    reply->result_case = PLENARY__V1__REPLY__RESULT_EVENTS;
    reply->events = &answer;
    fake_send(fake, peer, &reply->base);
}

static inline void lists_answer_organisations(Fake *fake, const FakePeer *peer,
                                              Plenary__V1__Reply *reply)
{
    char id[] = "unodc";
    Plenary__V1__Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    Plenary__V1__Organisation *pointers[] = {&organisation};
    Plenary__V1__OrganisationsReply answer = PLENARY__V1__ORGANISATIONS_REPLY__INIT;
    organisation.id = organisation.name = id;
    answer.organisations = pointers;
    answer.n_organisations = 1;
    reply->result_case = PLENARY__V1__REPLY__RESULT_ORGANISATIONS;
    reply->organisations = &answer;
    fake_send(fake, peer, &reply->base);
}

static inline void lists_script(Fake *fake, const FakePeer *peer, const uint8_t *body, size_t size)
{
    FakeLists *self = fake->context;
    Plenary__V1__Request *request = plenary__v1__request__unpack(NULL, size, body);
    Plenary__V1__Reply reply = PLENARY__V1__REPLY__INIT;
    assert(request);
    atomic_fetch_add(&self->asked, 1);
    reply.has_correlation = 1;
    reply.correlation = request->correlation;
    bool is_events = request->verb_case == PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    if (self->refusal != PLENARY__V1__STATUS_CODE__OK)
        lists_refuse(fake, peer, &reply, self->refusal);
    else if (is_events && self->limit_allowed &&
             request->list_events->page->limit > self->limit_allowed)
        lists_refuse(fake, peer, &reply, PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED);
    else if (is_events)
        lists_answer_events(fake, peer, &reply, request->list_events);
    else
        lists_answer_organisations(fake, peer, &reply);
    plenary__v1__request__free_unpacked(request, NULL);
}

#endif
