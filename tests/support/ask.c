#include "tests/support/ask.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define VERB(name) PLENARY__V1__REQUEST__VERB_##name

int ask_begin(void **state)
{
    Asker *asker = calloc(1, sizeof *asker);
    assert(asker);
    asker->harness = harness_new(&(HarnessOptions){.seed = 19});
    asker->caller = access_local();
    *state = asker;
    return 0;
}

int ask_end(void **state)
{
    Asker *asker = *state;
    harness_destroy(&asker->harness);
    free(asker);
    return 0;
}

char *ask_text(const char *text)
{
    return (char *)(uintptr_t)text;
}

void ask_draft(Draft *draft, const char *title, const char *uid)
{
    plenary__v1__event__init(&draft->event);
    plenary__v1__schedule__init(&draft->schedule);
    plenary__v1__handling__init(&draft->handling);
    draft->event.has_kind = 1;
    draft->event.kind = PLENARY__V1__EVENT__KIND__MEETING;
    draft->event.title = ask_text(title);
    draft->event.uid = ask_text(uid);
    draft->schedule.start = ask_text("2022-03-03");
    draft->schedule.end = ask_text("2022-03-04");
    draft->event.schedule = &draft->schedule;
    draft->event.handling = &draft->handling;
    draft->handling.has_tlp = 1;
    draft->handling.tlp = PLENARY__V1__HANDLING__TLP__GREEN;
    draft->handling.audience = draft->audience;
}

StatusCode ask_code(const Reply *reply)
{
    return reply->status ? (StatusCode)reply->status->code : STATUS_OK;
}

static bool writes(const Request *request)
{
    switch (request->verb_case) {
    case VERB(REGISTER_EVENT):
    case VERB(REVISE_EVENT):
    case VERB(CANCEL_EVENT):
    case VERB(REINSTATE_EVENT):
    case VERB(HOLD_EVENT):
    case VERB(WITHDRAW_EVENT):
    case VERB(REVERT_EVENT):
    case VERB(PUT_ORGANISATION):
    case VERB(PUT_PRINCIPAL):
    case VERB(REVOKE_PRINCIPAL):
    case VERB(ERASE_PERSON): return true;
    default: return false;
    }
}

const Reply *ask(const Asker *asker, Request *request)
{
    if (!request->request_id && writes(request))
        request->request_id = harness_request_id(asker->harness);
    return harness_ask(asker->harness, &asker->caller, request);
}

static const Reply *ask_registration(const Asker *asker, Event *event, bool upsert)
{
    Plenary__V1__RegisterEvent body = PLENARY__V1__REGISTER_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.event = event;
    body.has_upsert = body.upsert = upsert;
    request.verb_case = VERB(REGISTER_EVENT);
    request.register_event = &body;
    return ask(asker, &request);
}

const Reply *ask_register(const Asker *asker, Event *event)
{
    return ask_registration(asker, event, false);
}

const Reply *ask_upsert(const Asker *asker, Event *event)
{
    return ask_registration(asker, event, true);
}

const Reply *ask_revise(const Asker *asker, const char *name, Event *event, uint32_t expected)
{
    Plenary__V1__ReviseEvent body = PLENARY__V1__REVISE_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.event_id = ask_text(name);
    body.event = event;
    body.has_expected_revision = expected != 0;
    body.expected_revision = expected;
    request.verb_case = VERB(REVISE_EVENT);
    request.revise_event = &body;
    return ask(asker, &request);
}

const Reply *ask_revert(const Asker *asker, const char *name, uint32_t to, uint32_t expected)
{
    Plenary__V1__RevertEvent body = PLENARY__V1__REVERT_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.event_id = ask_text(name);
    body.has_to_revision = 1;
    body.to_revision = to;
    body.has_expected_revision = expected != 0;
    body.expected_revision = expected;
    request.verb_case = VERB(REVERT_EVENT);
    request.revert_event = &body;
    return ask(asker, &request);
}

const Reply *ask_move(const Asker *asker, Plenary__V1__Request__VerbCase verb, const char *name,
                      uint32_t expected)
{
    Plenary__V1__CancelEvent cancel = PLENARY__V1__CANCEL_EVENT__INIT;
    Plenary__V1__ReinstateEvent reinstate = PLENARY__V1__REINSTATE_EVENT__INIT;
    Plenary__V1__HoldEvent hold = PLENARY__V1__HOLD_EVENT__INIT;
    Plenary__V1__WithdrawEvent withdraw = PLENARY__V1__WITHDRAW_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    cancel.event_id = reinstate.event_id = hold.event_id = withdraw.event_id = ask_text(name);
    cancel.has_expected_revision = reinstate.has_expected_revision = expected != 0;
    hold.has_expected_revision = withdraw.has_expected_revision = expected != 0;
    cancel.expected_revision = reinstate.expected_revision = expected;
    hold.expected_revision = withdraw.expected_revision = expected;
    request.verb_case = verb;
    switch (verb) {
    case VERB(CANCEL_EVENT): request.cancel_event = &cancel; break;
    case VERB(REINSTATE_EVENT): request.reinstate_event = &reinstate; break;
    case VERB(HOLD_EVENT): request.hold_event = &hold; break;
    case VERB(WITHDRAW_EVENT): request.withdraw_event = &withdraw; break;
    default: assert(false);
    }
    return ask(asker, &request);
}

const Reply *ask_get(const Asker *asker, const char *name)
{
    Plenary__V1__GetEvent body = PLENARY__V1__GET_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.event_id = ask_text(name);
    request.verb_case = VERB(GET_EVENT);
    request.get_event = &body;
    return ask(asker, &request);
}

const Reply *ask_history(const Asker *asker, const char *name, Page *page)
{
    Plenary__V1__EventHistory body = PLENARY__V1__EVENT_HISTORY__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.event_id = ask_text(name);
    body.page = page;
    request.verb_case = VERB(EVENT_HISTORY);
    request.event_history = &body;
    return ask(asker, &request);
}

const Reply *ask_list(const Asker *asker, Query *query, Page *page)
{
    Plenary__V1__ListEvents body = PLENARY__V1__LIST_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.query = query;
    body.page = page;
    request.verb_case = VERB(LIST_EVENTS);
    request.list_events = &body;
    return ask(asker, &request);
}

const Reply *ask_conflicts(const Asker *asker, Query *query, Page *page)
{
    Plenary__V1__ListConflicts body = PLENARY__V1__LIST_CONFLICTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.query = query;
    body.page = page;
    request.verb_case = VERB(LIST_CONFLICTS);
    request.list_conflicts = &body;
    return ask(asker, &request);
}

uint64_t ask_count(const Asker *asker, Query *query)
{
    Plenary__V1__CountEvents body = PLENARY__V1__COUNT_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.query = query;
    request.verb_case = VERB(COUNT_EVENTS);
    request.count_events = &body;
    const Reply *reply = ask(asker, &request);
    assert(ask_code(reply) == STATUS_OK);
    return reply->count->count;
}

const Reply *ask_status(const Asker *asker)
{
    Plenary__V1__GetStatus body = PLENARY__V1__GET_STATUS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = VERB(GET_STATUS);
    request.get_status = &body;
    return ask(asker, &request);
}

const Reply *ask_verify(const Asker *asker, uint64_t from, uint32_t limit)
{
    Plenary__V1__VerifyJournal body = PLENARY__V1__VERIFY_JOURNAL__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.has_from_sequence = from != 0;
    body.from_sequence = from;
    body.has_limit = limit != 0;
    body.limit = limit;
    request.verb_case = VERB(VERIFY_JOURNAL);
    request.verify_journal = &body;
    return ask(asker, &request);
}

const Reply *ask_put_organisation(const Asker *asker, const char *id, const char *name,
                                  const char *part_of)
{
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    Plenary__V1__PutOrganisation body = PLENARY__V1__PUT_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    organisation.id = ask_text(id);
    organisation.name = ask_text(name);
    organisation.part_of = ask_text(part_of);
    body.organisation = &organisation;
    request.verb_case = VERB(PUT_ORGANISATION);
    request.put_organisation = &body;
    return ask(asker, &request);
}

/* --- principals --- */

void ask_draft_principal(PrincipalDraft *draft, const char *name, Plenary__V1__Principal__Role role)
{
    plenary__v1__principal__init(&draft->principal);
    draft->principal.name = ask_text(name);
    draft->principal.has_role = 1;
    draft->principal.role = role;
    draft->principal.keys = draft->key_list;
    draft->principal.groups = draft->groups;
}

void ask_key(uint8_t seed, char text[static CURVE_TEXT_SIZE])
{
    uint8_t secret[CURVE_KEY_BYTES];
    CurvePair pair;
    memset(secret, seed, sizeof secret);
    curve_pair_make(secret, &pair);
    memcpy(text, pair.public_key, CURVE_TEXT_SIZE);
}

void ask_fingerprint(uint8_t seed, char fingerprint[static CURVE_FINGERPRINT_SIZE])
{
    char text[CURVE_TEXT_SIZE];
    ask_key(seed, text);
    bool known = curve_fingerprint_of(text, fingerprint);
    assert(known);
}

void ask_add_key(PrincipalDraft *draft, uint8_t seed)
{
    size_t place = draft->principal.n_keys++;
    assert(place < 2);
    plenary__v1__principal_key__init(&draft->keys[place]);
    ask_key(seed, draft->texts[place]);
    draft->keys[place].public_key = draft->texts[place];
    draft->key_list[place] = &draft->keys[place];
}

const Reply *ask_put_principal(const Asker *asker, Principal *principal, int64_t expected)
{
    Plenary__V1__PutPrincipal body = PLENARY__V1__PUT_PRINCIPAL__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.principal = principal;
    body.has_expected_revision = expected >= 0;
    body.expected_revision = expected >= 0 ? (uint32_t)expected : 0;
    request.verb_case = VERB(PUT_PRINCIPAL);
    request.put_principal = &body;
    return ask(asker, &request);
}

const Reply *ask_revoke(const Asker *asker, const char *name)
{
    Plenary__V1__RevokePrincipal body = PLENARY__V1__REVOKE_PRINCIPAL__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.name = ask_text(name);
    request.verb_case = VERB(REVOKE_PRINCIPAL);
    request.revoke_principal = &body;
    return ask(asker, &request);
}

const Reply *ask_principal(const Asker *asker, const char *name)
{
    Plenary__V1__GetPrincipal body = PLENARY__V1__GET_PRINCIPAL__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.name = ask_text(name);
    request.verb_case = VERB(GET_PRINCIPAL);
    request.get_principal = &body;
    return ask(asker, &request);
}

const Reply *ask_principals(const Asker *asker, Page *page, bool revoked)
{
    Plenary__V1__ListPrincipals body = PLENARY__V1__LIST_PRINCIPALS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.page = page;
    body.has_revoked = body.revoked = revoked;
    request.verb_case = VERB(LIST_PRINCIPALS);
    request.list_principals = &body;
    return ask(asker, &request);
}

/* --- persons --- */

const Reply *ask_find_person(const Asker *asker, const char *person, const char *event,
                             uint64_t from)
{
    Plenary__V1__FindPerson body = PLENARY__V1__FIND_PERSON__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.person = ask_text(person);
    body.event_id = event ? ask_text(event) : NULL;
    body.has_from_sequence = 1;
    body.from_sequence = from;
    request.verb_case = VERB(FIND_PERSON);
    request.find_person = &body;
    return ask(asker, &request);
}

const Reply *ask_erase_person(const Asker *asker, const char *person, const char *text,
                              const uint64_t *sequences, size_t count)
{
    Plenary__V1__ErasePerson body = PLENARY__V1__ERASE_PERSON__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.person = ask_text(person);
    body.text = text ? ask_text(text) : NULL;
    body.sequences = (uint64_t *)(uintptr_t)sequences;
    body.n_sequences = count;
    request.verb_case = VERB(ERASE_PERSON);
    request.erase_person = &body;
    return ask(asker, &request);
}
