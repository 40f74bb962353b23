/* Every door, against a model of the rule in ten lines: whatever is asked, by whomever, no word of
 * an image that may not be seen leaves, and what may be seen is there.
 *
 * Each event has two revisions with a handling of its own, a word and a contact that stand in that
 * revision alone, and refers to others; some are withdrawn. */
#include "daemon/bus/batch.h"
#include "daemon/bus/delivery.h"

#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROLE(name) PLENARY__V1__PRINCIPAL__ROLE__##name
#define TLP(name)  PLENARY__V1__HANDLING__TLP__##name
#define VERB(name) PLENARY__V1__REQUEST__VERB_##name

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    TLPS = 6, /* absent, then clear to red */
    AUDIENCES = 3,
    HANDLINGS = TLPS * AUDIENCES,
    PAIRS = 3,     /* stays; from green to it; from it to green */
    WITHDRAWN = 3, /* the last ones */
    EVENTS = HANDLINGS * PAIRS + WITHDRAWN,
    BESIDE = 3, /* at the same place and time */
    GREEN_ALONE = TLP(GREEN),
    TEXT_SIZE = 32,
    MARK_BYTES = 14, /* of a word or the dashes of an id, to be looked at */
};

static char unodc[] = "unodc";
static char customs[] = "customs";
static char *const audiences[AUDIENCES] = {NULL, unodc, customs};

/* --- what is there --- */

typedef struct Made {
    int handlings[2]; /* of both revisions: TLP and audience in one number */
    char id[ID_TEXT_SIZE];
    bool withdrawn;
} Made;

typedef struct Doors {
    Harness *harness;
    Made events[EVENTS];
    char between[INSTANT_TEXT_SIZE]; /* all first revisions were made, none of the second */
    uint64_t first_sequence;         /* of the events */
    /* Of who asks now. */
    Asker asker;
    size_t asked;         /* the event that they name: its id comes back in "there is no event" */
    bool seen[EVENTS][2]; /* by the model */
    bool seen_now[EVENTS];
} Doors;

static Handling handling_of(int number)
{
    Handling handling = PLENARY__V1__HANDLING__INIT;
    char *const *audience = &audiences[number / TLPS];
    handling.has_tlp = number % TLPS != 0;
    handling.tlp = (Plenary__V1__Handling__Tlp)(number % TLPS);
    handling.audience = (char **)(uintptr_t)audience;
    handling.n_audience = *audience != NULL;
    return handling;
}

static void plan(Doors *self)
{
    for (int i = 0; i < EVENTS; i++) {
        int handling = i % HANDLINGS;
        int pair = i / HANDLINGS;
        self->events[i].handlings[0] = pair == 1 ? (int)GREEN_ALONE : handling;
        self->events[i].handlings[1] = pair == 2 ? (int)GREEN_ALONE : handling;
    }
}

/* A word that stands in one revision of one event. */
static char *word_of(size_t event, int revision, char text[static TEXT_SIZE])
{
    (void)snprintf(text, TEXT_SIZE, "zqw%02zur%d", event, revision);
    return text;
}

static char *contact_of(size_t event, int revision, char text[static TEXT_SIZE])
{
    (void)snprintf(text, TEXT_SIZE, "zqc%02zur%d@example.org", event, revision);
    return text;
}

/* Registers (revision 1) or revises (2). */
static const Reply *put(const Doors *self, const Asker *asker, size_t i, int revision)
{
    char word[TEXT_SIZE];
    char contact[TEXT_SIZE];
    char venue_name[TEXT_SIZE];
    char topic[TEXT_SIZE];
    char *topics[] = {topic};
    Draft draft;
    Venue venue = PLENARY__V1__VENUE__INIT;
    Participant person = PLENARY__V1__PARTICIPANT__INIT;
    Participant *people[] = {&person};
    char *related[] = {ask_text(i >= BESIDE ? self->events[i - BESIDE].id : NULL)};
    ask_draft(&draft, word_of(i, revision, word), NULL);
    draft.handling = handling_of(self->events[i].handlings[revision - 1]);
    (void)snprintf(venue_name, sizeof venue_name, "Hall %zu", i / BESIDE);
    (void)snprintf(topic, sizeof topic, "topic %02zu", i);
    venue.name = venue_name;
    person.name = ask_text("Somebody");
    person.email = contact_of(i, revision, contact);
    draft.event.venue = &venue;
    draft.event.topics = topics;
    draft.event.n_topics = 1;
    draft.event.participants = people;
    draft.event.n_participants = 1;
    draft.event.related = related;
    draft.event.n_related = i >= BESIDE;
    if (i % 2) draft.event.part_of = ask_text(self->events[i - 1].id);
    if (revision == 1) return ask_register(asker, &draft.event);
    return ask_revise(asker, self->events[i].id, &draft.event, 0);
}

static void make_events(Doors *self)
{
    const Asker admin = {self->harness, access_local()};
    plan(self);
    for (size_t i = 0; i < EVENTS; i++) {
        const Reply *reply = put(self, &admin, i, 1);
        assert_int_equal(ask_code(reply), STATUS_OK);
        (void)snprintf(self->events[i].id, ID_TEXT_SIZE, "%s", reply->write->event->id);
        harness_step_clock(self->harness, 100000000); /* so that a prefix is one's own */
    }
    instant_print(harness_now_us(self->harness), self->between);
    harness_step_clock(self->harness, 1000000);
    for (size_t i = 0; i < EVENTS; i++)
        assert_int_equal(ask_code(put(self, &admin, i, 2)), STATUS_OK);
    for (size_t i = EVENTS - WITHDRAWN; i < EVENTS; i++) {
        assert_int_equal(ask_code(ask_move(&admin, VERB(WITHDRAW_EVENT), self->events[i].id, 0)),
                         STATUS_OK);
        self->events[i].withdrawn = true;
    }
}

/* --- the model --- */

static bool model_allows(const Caller *caller, int handling)
{
    int tlp = handling % TLPS ? handling % TLPS : (int)TLP(GREEN);
    const char *audience = audiences[handling / TLPS];
    if (caller->role == ROLE(ADMIN)) return true;
    if (tlp > (int)caller->clearance) return false;
    if (!audience) return true;
    return (caller->organisation && strcmp(caller->organisation, audience) == 0) ||
           (caller->group_count && strcmp(caller->groups[0], audience) == 0);
}

static bool model_reads(const Caller *caller)
{
    return caller->role != ROLE(GATEWAY);
}

/* An image is shown where its own handling and the record's present one allow it. */
static void know(Doors *self, const Caller *caller)
{
    for (size_t i = 0; i < EVENTS; i++) {
        const Made *made = &self->events[i];
        bool is_admin = caller->role == ROLE(ADMIN);
        bool now = model_allows(caller, made->handlings[1]) && (!made->withdrawn || is_admin);
        self->seen_now[i] = now && !made->withdrawn;
        for (int r = 0; r < 2; r++)
            self->seen[i][r] = now && model_allows(caller, made->handlings[r]);
    }
}

static bool model_sees_contacts(const Doors *self)
{
    return self->asker.caller.role == ROLE(ADMIN) || self->asker.caller.sees_contacts;
}

/* --- what leaves --- */

/* What stands at `at`: a word or a contact that must not be told, "" where it may or is neither. */
static const char *forbidden_text(const Doors *self, const char *at, char text[static TEXT_SIZE])
{
    size_t i = (size_t)(at[3] - '0') * 10 + (size_t)(at[4] - '0');
    bool is_contact = at[2] == 'c';
    int r = at[6] - '1';
    assert_true(i < EVENTS && (r == 0 || r == 1));
    (void)snprintf(text, TEXT_SIZE, "%.7s", at);
    bool may_be = self->seen[i][r] && (!is_contact || model_sees_contacts(self));
    return may_be ? "" : text;
}

static bool is_forbidden_id(const Doors *self, const char *at)
{
    for (size_t i = 0; i < EVENTS; i++)
        if (i != self->asked && memcmp(at, self->events[i].id, ID_TEXT_SIZE - 1) == 0)
            return !self->seen[i][0] && !self->seen[i][1] && !self->seen_now[i];
    return false;
}

/* No word, contact or id of what is not seen; `ids_may_leave`: those of what is gone may be told.
 */
static void check_bytes(const Doors *self, const uint8_t *bytes, size_t size, bool ids_may_leave)
{
    char text[TEXT_SIZE];
    for (size_t at = 0; at + MARK_BYTES <= size; at++) {
        const char *here = (const char *)bytes + at;
        if (memcmp(here, "zq", 2) == 0 && *forbidden_text(self, here, text))
            fail_msg("%s is told", text);
        bool is_id = at + ID_TEXT_SIZE - 1 <= size && here[8] == '-' && here[13] == '-';
        if (is_id && !ids_may_leave && is_forbidden_id(self, here)) fail_msg("%.36s is told", here);
    }
}

static const Reply *ask_and_check(const Doors *self, Request *request)
{
    const Reply *reply = ask(&self->asker, request);
    size_t size = plenary__v1__reply__get_packed_size(reply);
    uint8_t *bytes = test_malloc(size + 1);
    plenary__v1__reply__pack(reply, bytes);
    check_bytes(self, bytes, size, false);
    test_free(bytes);
    return reply;
}

static void check_code(const Reply *reply, StatusCode wanted, const char *door, size_t event)
{
    if (ask_code(reply) != wanted)
        fail_msg("%s of event %zu: %s in the place of %s", door, event + 1,
                 status_name(ask_code(reply)), status_name(wanted));
}

static StatusCode found(const Doors *self, bool seen)
{
    if (!model_reads(&self->asker.caller)) return STATUS_PERMISSION_DENIED;
    return seen ? STATUS_OK : STATUS_NOT_FOUND;
}

/* --- the doors of one event --- */

static void check_get(const Doors *self, size_t i)
{
    char number[16];
    char prefix[16];
    (void)snprintf(number, sizeof number, "%zu", i + 1);
    (void)snprintf(prefix, sizeof prefix, "%.13s", self->events[i].id);
    char *const names[] = {number, prefix, ask_text(self->events[i].id)};
    for (size_t n = 0; n < COUNT(names) + 2; n++) {
        Request request = PLENARY__V1__REQUEST__INIT;
        Plenary__V1__GetEvent body = PLENARY__V1__GET_EVENT__INIT;
        request.verb_case = VERB(GET_EVENT);
        request.get_event = &body;
        body.event_id = n < COUNT(names) ? names[n] : number;
        body.has_at_revision = n == COUNT(names);
        body.at_revision = 1;
        if (n > COUNT(names)) body.at_time = ask_text(self->between);
        bool wanted = n < COUNT(names) ? self->seen_now[i] : self->seen[i][0];
        check_code(ask_and_check(self, &request), found(self, wanted), "get", i);
    }
}

static void check_history(const Doors *self, size_t i)
{
    Request request = PLENARY__V1__REQUEST__INIT;
    Plenary__V1__EventHistory body = PLENARY__V1__EVENT_HISTORY__INIT;
    bool is_admin = self->asker.caller.role == ROLE(ADMIN);
    bool wanted = is_admin || self->seen_now[i];
    request.verb_case = VERB(EVENT_HISTORY);
    request.event_history = &body;
    body.event_id = ask_text(self->events[i].id);
    const Reply *reply = ask_and_check(self, &request);
    check_code(reply, found(self, wanted), "history", i);
    if (!reply->status)
        assert_int_equal(reply->changes->n_changes, (size_t)self->seen[i][0] + self->seen[i][1] +
                                                        (size_t)self->events[i].withdrawn);
    body.has_told = body.told = 1;
    reply = ask_and_check(self, &request);
    StatusCode told = is_admin || !wanted ? found(self, wanted) : STATUS_PERMISSION_DENIED;
    check_code(reply, told, "told", i);
}

/* Who shares the place is told by name where they are seen, and else only that it is taken. */
static void check_conflicts(const Doors *self, size_t i)
{
    Request request = PLENARY__V1__REQUEST__INIT;
    Plenary__V1__ListConflicts body = PLENARY__V1__LIST_CONFLICTS__INIT;
    request.verb_case = VERB(LIST_CONFLICTS);
    request.list_conflicts = &body;
    body.event_id = ask_text(self->events[i].id);
    const Reply *reply = ask_and_check(self, &request);
    bool finds = self->seen_now[i];
    check_code(reply, found(self, finds), "conflicts", i);
    if (reply->status) return;
    size_t named = 0;
    bool taken = false;
    for (size_t j = i / BESIDE * BESIDE; j < EVENTS && j / BESIDE == i / BESIDE; j++) {
        bool whole_and_part = (i % 2 && j == i - 1) || (j % 2 && i == j - 1);
        if (j == i || whole_and_part || self->events[j].withdrawn) continue;
        named += self->seen_now[j];
        taken |= !self->seen_now[j];
    }
    /* Everywhere the same person is: those are all taken by somebody as well. */
    size_t told = 0;
    bool told_taken = false;
    for (size_t k = 0; k < reply->conflicts->n_conflicts; k++) {
        const Conflict *conflict = reply->conflicts->conflicts[k];
        bool beside = conflict->second && (conflict->second->number - 1) / BESIDE == i / BESIDE;
        told += beside;
        told_taken |= !conflict->second;
    }
    assert_int_equal(told, named);
    if (taken) assert_true(told_taken);
}

/* --- the doors of many --- */

static size_t count_seen(const Doors *self, int revision)
{
    size_t count = 0;
    for (size_t i = 0; i < EVENTS; i++)
        count += revision ? self->seen[i][revision - 1] && !self->events[i].withdrawn
                          : self->seen_now[i];
    return count;
}

static void check_list(const Doors *self, Plenary__V1__ListEvents *body, size_t wanted,
                       const char *door)
{
    Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = VERB(LIST_EVENTS);
    request.list_events = body;
    Page page = PLENARY__V1__PAGE__INIT;
    size_t told = 0;
    const Reply *reply;
    body->page = &page;
    do {
        reply = ask_and_check(self, &request);
        check_code(reply, found(self, true), door, self->asked);
        if (reply->status) return;
        told += reply->events->n_events;
        if (reply->events->has_total) assert_int_equal(reply->events->total, wanted);
        page.has_token = reply->events->has_next_page;
        page.token = reply->events->next_page;
    } while (page.has_token);
    if (told != wanted) fail_msg("%s: %zu events in the place of %zu", door, told, wanted);
    if (!body->explain) return;
    const Plenary__V1__Explanation *explanation = reply->events->explanation;
    for (size_t i = 0; i < explanation->n_steps; i++)
        assert_true(explanation->steps[i]->size <= count_seen(self, 0));
}

static void check_lists(const Doors *self)
{
    Plenary__V1__ListEvents all = PLENARY__V1__LIST_EVENTS__INIT;
    all.has_explain = all.explain = 1;
    check_list(self, &all, count_seen(self, 0), "list");
    all.explain = 0;
    all.as_of = ask_text(self->between);
    size_t then = 0;
    for (size_t i = 0; i < EVENTS; i++)
        then += self->seen[i][0] && (self->asker.caller.role == ROLE(ADMIN) || self->seen_now[i]);
    check_list(self, &all, then, "as of");
}

static void check_search(const Doors *self, size_t i)
{
    char word[TEXT_SIZE];
    Query query = PLENARY__V1__QUERY__INIT;
    Plenary__V1__ListEvents body = PLENARY__V1__LIST_EVENTS__INIT;
    body.query = &query;
    query.text = word_of(i, 2, word);
    check_list(self, &body, self->seen_now[i], "search");
    query.text = word_of(i, 1, word);
    check_list(self, &body, 0, "search of what was");
}

/* Of a whole that is not seen there are no parts. */
static void check_parts(const Doors *self, size_t i)
{
    char facet[] = "part_of";
    char *values[] = {ask_text(self->events[i].id)};
    Query query = PLENARY__V1__QUERY__INIT;
    Term term = PLENARY__V1__TERM__INIT;
    Term *terms[] = {&term};
    Plenary__V1__ListEvents body = PLENARY__V1__LIST_EVENTS__INIT;
    body.query = &query;
    query.terms = terms;
    query.n_terms = 1;
    term.facet = facet;
    term.values = values;
    term.n_values = 1;
    body.has_explain = body.explain = 1;
    bool is_admin = self->asker.caller.role == ROLE(ADMIN);
    bool has_part = i % 2 == 0 && i + 1 < EVENTS && self->seen_now[i + 1];
    check_list(self, &body, has_part && (self->seen_now[i] || is_admin), "parts");
}

static void check_count(const Doors *self)
{
    Request request = PLENARY__V1__REQUEST__INIT;
    Plenary__V1__CountEvents body = PLENARY__V1__COUNT_EVENTS__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    request.verb_case = VERB(COUNT_EVENTS);
    request.count_events = &body;
    page.has_limit = 1;
    page.limit = EVENTS;
    body.page = &page;
    body.by = ask_text("topic");
    const Reply *reply = ask_and_check(self, &request);
    if (reply->status) return;
    assert_int_equal(reply->count->count, count_seen(self, 0));
    assert_int_equal(reply->count->n_buckets, count_seen(self, 0));
    body.by = ask_text("audience");
    StatusCode guarded =
        self->asker.caller.role == ROLE(ADMIN) ? STATUS_OK : STATUS_PERMISSION_DENIED;
    check_code(ask_and_check(self, &request), guarded, "count by audience", 0);
    Plenary__V1__GetStatus nothing = PLENARY__V1__GET_STATUS__INIT;
    request.verb_case = VERB(GET_STATUS);
    request.get_status = &nothing;
    assert_int_equal(ask_and_check(self, &request)->daemon->events, count_seen(self, 0));
}

static void check_log(const Doors *self)
{
    size_t told = 0;
    size_t wanted = 0;
    Request request = PLENARY__V1__REQUEST__INIT;
    Plenary__V1__ListChanges body = PLENARY__V1__LIST_CHANGES__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    request.verb_case = VERB(LIST_CHANGES);
    request.list_changes = &body;
    body.page = &page;
    do {
        const Reply *reply = ask_and_check(self, &request);
        if (reply->status) return;
        told += reply->changes->n_changes;
        page.has_token = reply->changes->has_next_page;
        page.token = reply->changes->next_page;
    } while (page.has_token);
    for (size_t i = 0; i < EVENTS; i++)
        wanted += (size_t)self->seen[i][0] + self->seen[i][1] +
                  (size_t)(self->events[i].withdrawn && self->asker.caller.role == ROLE(ADMIN));
    assert_int_equal(told, wanted);
}

/* --- the stream --- */

/* A record that was seen once and is no longer leaves bare, under its id. */
static void check_delivery(const Doors *self, const Plenary__V1__Delivery *delivery,
                           bool heard[EVENTS][2])
{
    Change *change = plenary__v1__change__unpack(NULL, delivery->change.len, delivery->change.data);
    bool left = delivery->relation == PLENARY__V1__DELIVERY__RELATION__LEFT;
    size_t i = change->event->number - 1;
    const Made *made = &self->events[i];
    assert_true(model_allows(&self->asker.caller, made->handlings[0]) ||
                model_allows(&self->asker.caller, made->handlings[1]));
    if (!left) heard[i][change->event->revision - 1] = true;
    if (left && self->asker.caller.role != ROLE(ADMIN)) assert_null(change->event->title);
    plenary__v1__change__free_unpacked(change, NULL);
    check_bytes(self, delivery->change.data, delivery->change.len, left);
}

static void check_stream(const Doors *self)
{
    const StreamCredit ample = {.messages = 100000, .bytes = 1 << 28};
    Registry *registry = harness_registry(self->harness);
    Arena *arena = arena_new(1 << 20);
    Batches *batches = batches_new(registry);
    View view;
    Problem problem;
    problem_clear(&problem);
    bool heard[EVENTS][2] = {{false}};
    assert_int_equal(view_make(registry_state(registry), &self->asker.caller, NULL, false, arena,
                               &view, &problem),
                     STATUS_OK);
    for (uint64_t after = 0; after < registry_applied(registry);) {
        const Batch *batch = batches_take(batches, &view, after, &ample, 0);
        assert_non_null(batch);
        for (size_t i = 0; i < batch->count; i++)
            check_delivery(self, batch->changes->deliveries[i], heard);
        after = batch->scanned;
    }
    bool is_admin = self->asker.caller.role == ROLE(ADMIN);
    for (size_t i = 0; i < EVENTS; i++)
        for (int r = 0; r < 2; r++)
            assert_int_equal(heard[i][r], self->seen[i][r] && (is_admin || self->seen_now[i]));
    batches_destroy(&batches);
    arena_destroy(&arena);
}

/* --- the doors that write --- */

static void check_writes(const Doors *self, size_t i)
{
    static const Plenary__V1__Request__VerbCase verbs[] = {
        VERB(CANCEL_EVENT), VERB(REINSTATE_EVENT), VERB(HOLD_EVENT), VERB(WITHDRAW_EVENT)};
    const Caller *caller = &self->asker.caller;
    if (self->seen_now[i] || caller->role == ROLE(ADMIN)) return;
    StatusCode wanted =
        caller->role == ROLE(REGISTRAR) ? STATUS_NOT_FOUND : STATUS_PERMISSION_DENIED;
    for (size_t v = 0; v < COUNT(verbs); v++)
        check_code(ask_move(&self->asker, verbs[v], self->events[i].id, 1), wanted, "write", i);
    check_code(ask_revert(&self->asker, self->events[i].id, 1, 0), wanted, "revert", i);
    check_code(put(self, &self->asker, i, 2), wanted, "revise", i);

    Draft draft;
    ask_draft(&draft, "Refers to what is not seen", NULL);
    draft.event.part_of = ask_text(self->events[i].id);
    draft.handling.tlp = TLP(CLEAR);
    if (caller->role != ROLE(REGISTRAR) || caller->clearance < TLP(CLEAR)) return;
    const Reply *reply = ask_register(&self->asker, &draft.event);
    check_code(reply, STATUS_INVALID_ARGUMENT, "reference", i);
    assert_non_null(strstr(reply->status->violations[0]->message, "there is no event"));
}

/* Nobody writes a handling that they could not read back, and nothing is written by it. */
static void check_handlings(const Doors *self)
{
    const Caller *caller = &self->asker.caller;
    if (caller->role != ROLE(REGISTRAR)) return;
    for (int handling = 0; handling < HANDLINGS; handling++) {
        if (model_allows(caller, handling)) continue;
        Draft draft;
        ask_draft(&draft, "Handled so that it cannot be read", NULL);
        draft.handling = handling_of(handling);
        const Reply *reply = ask_register(&self->asker, &draft.event);
        check_code(reply, STATUS_INVALID_ARGUMENT, "handling", (size_t)handling);
        assert_string_equal(reply->status->violations[0]->field, "handling");
    }
}

/* --- every combination --- */

static void check_caller(Doors *self, const Caller *caller)
{
    self->asker = (Asker){self->harness, *caller};
    self->asked = EVENTS;
    harness_step_clock(self->harness, 60000000); /* what is kept of answers about the past goes */
    know(self, caller);
    check_lists(self);
    check_count(self);
    check_log(self);
    check_handlings(self);
    if (model_reads(caller)) check_stream(self);
    for (size_t i = 0; i < EVENTS; i++) {
        self->asked = i;
        check_get(self, i);
        check_history(self, i);
        check_search(self, i);
        check_parts(self, i);
        check_conflicts(self, i);
        check_writes(self, i);
    }
}

static void no_door_tells_more_than_the_rule(void **unused)
{
    (void)unused;
    static const Plenary__V1__Principal__Role roles[] = {ROLE(READER), ROLE(REGISTRAR), ROLE(ADMIN),
                                                         ROLE(GATEWAY)};
    static const char *const organisations[] = {NULL, "unodc"};
    static const char *const groups[] = {"customs"};
    Doors *self = test_calloc(1, sizeof *self);
    self->harness = harness_new(&(HarnessOptions){.seed = 5, .delta_bytes_freeze = 16 << 20});
    make_events(self);
    for (size_t role = 0; role < COUNT(roles); role++)
        for (int clearance = 0; clearance < TLPS; clearance++)
            for (size_t who = 0; who < 4; who++) {
                const Caller caller = {
                    .principal = "somebody",
                    .organisation = organisations[who % 2],
                    .groups = groups,
                    .group_count = who / 2,
                    .role = roles[role],
                    .clearance = (Plenary__V1__Handling__Tlp)clearance,
                    .sees_contacts = clearance % 2 == 0,
                };
                check_caller(self, &caller);
            }
    harness_destroy(&self->harness);
    test_free(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_door_tells_more_than_the_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
