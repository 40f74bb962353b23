#include "tests/fuzz/populate.h"

#include "tests/fuzz/fuzz.h"

#include <stdio.h>

enum {
    TEXT_SIZE = 64,
    MONTHS = 12,
    DAYS = 28,
};

static void call(Harness *harness, Request *request)
{
    request->request_id = harness_request_id(harness);
    Reply *reply = harness_call(harness, request);
    if (reply->status) (void)fprintf(stderr, "%s\n", reply->status->message);
    FUZZ_DEMAND(!reply->status);
    plenary__v1__reply__free_unpacked(reply, NULL);
}

static void put_organisation(Harness *harness, unsigned index)
{
    char id[TEXT_SIZE];
    char name[TEXT_SIZE];
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    Plenary__V1__PutOrganisation put = PLENARY__V1__PUT_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    (void)snprintf(id, sizeof id, "o%u", index);
    (void)snprintf(name, sizeof name, "Bureau %u", index);
    organisation.id = id;
    organisation.name = name;
    put.organisation = &organisation;
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_ORGANISATION;
    request.put_organisation = &put;
    call(harness, &request);
}

/* What becomes of an event afterwards; most stay as they are. */
static void change_event(Harness *harness, unsigned index)
{
    char name[TEXT_SIZE];
    Plenary__V1__CancelEvent cancel = PLENARY__V1__CANCEL_EVENT__INIT;
    Plenary__V1__WithdrawEvent withdraw = PLENARY__V1__WITHDRAW_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    (void)snprintf(name, sizeof name, "%u", index + 1);
    if (index % 7 == 3) {
        request.verb_case = PLENARY__V1__REQUEST__VERB_CANCEL_EVENT;
        request.cancel_event = &cancel;
        cancel.event_id = name;
        call(harness, &request);
    } else if (index % 11 == 5) {
        request.verb_case = PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT;
        request.withdraw_event = &withdraw;
        withdraw.event_id = name;
        call(harness, &request);
    }
}

static void register_event(Harness *harness, unsigned index, unsigned organisations)
{
    static char countries[][3] = {"UZ", "KZ", "TJ", "KG"};
    char title[TEXT_SIZE];
    char start[TEXT_SIZE];
    char organiser[TEXT_SIZE];
    Event event = PLENARY__V1__EVENT__INIT;
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    Venue venue = PLENARY__V1__VENUE__INIT;
    Handling handling = PLENARY__V1__HANDLING__INIT;
    Involvement part = PLENARY__V1__INVOLVEMENT__INIT;
    Involvement *parts[] = {&part};
    Plenary__V1__RegisterEvent body = PLENARY__V1__REGISTER_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    (void)snprintf(title, sizeof title, "Border talks %u", index);
    (void)snprintf(start, sizeof start, "%04u-%02u-%02u", 2020 + index % 3, 1 + index % MONTHS,
                   1 + index % DAYS);
    (void)snprintf(organiser, sizeof organiser, "o%u", organisations ? index % organisations : 0);
    event.has_kind = 1;
    event.kind = (Plenary__V1__Event__Kind)(1 + index % 4);
    event.title = title;
    event.schedule = &schedule;
    schedule.start = start;
    event.venue = &venue;
    venue.country = countries[index % 4];
    event.handling = &handling;
    handling.has_tlp = 1;
    handling.tlp = (Plenary__V1__Handling__Tlp)(1 + index % 5);
    part.id = organiser;
    part.has_role = 1;
    part.role = PLENARY__V1__INVOLVEMENT__ROLE__ORGANISER;
    event.organisations = parts;
    event.n_organisations = organisations ? 1 : 0;
    body.event = &event;
    request.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
    request.register_event = &body;
    call(harness, &request);
}

void populate(Harness *harness, unsigned organisations, unsigned events)
{
    for (unsigned i = 0; i < organisations; i++)
        put_organisation(harness, i);
    for (unsigned i = 0; i < events; i++) {
        register_event(harness, i, organisations);
        change_event(harness, i);
    }
}
