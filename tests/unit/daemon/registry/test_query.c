/* Pages from honest and hostile clients, history, and what questions must not tell. */
#include "daemon/registry/query.h"

#include "daemon/registry/page.h"
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VERB(name)  PLENARY__V1__REQUEST__VERB_##name
#define ORDER(name) PLENARY__V1__QUERY__ORDER__##name

enum {
    FEW = 30,                     /* sorted whole */
    MANY = PAGE_SORTED_MAX + 200, /* walked */
    TOKEN_BYTES_MAX = 64,
};

static void must(const Reply *reply)
{
    if (reply->status) fail_msg("%s", reply->status->message);
}

static void refused(const Reply *reply, StatusCode code, const char *field)
{
    assert_int_equal(ask_code(reply), code);
    if (field) assert_string_equal(reply->status->violations[0]->field, field);
}

/* Events of 40 months, several in each; the order of their starts is not that of their numbers. */
static void register_events(const Asker *asker, int count)
{
    for (int i = 0; i < count; i++) {
        char start[16];
        Draft draft;
        int place = i * 7919 % count;
        (void)snprintf(start, sizeof start, "%04d-%02d-%02d", 2020 + place / 12 % 4, 1 + place % 12,
                       1 + place % 28);
        ask_draft(&draft, "Meeting", NULL);
        draft.schedule.start = draft.schedule.end = start;
        must(ask_register(asker, &draft.event));
    }
}

/* --- pages --- */

/* Every event once, whatever the size of the pages; returns the order. */
static uint32_t *walk(const Asker *asker, Query *query, uint32_t limit, size_t count)
{
    uint8_t token[TOKEN_BYTES_MAX];
    uint32_t *numbers = test_calloc(count + 1, sizeof *numbers);
    bool *seen = test_calloc(count + 1, sizeof *seen);
    Page page = PLENARY__V1__PAGE__INIT;
    size_t taken = 0;
    page.has_limit = 1;
    page.limit = limit;
    do {
        const Plenary__V1__EventsReply *reply = ask_list(asker, query, &page)->events;
        assert_int_equal(reply->total, count);
        assert_true(reply->n_events <= limit);
        for (size_t i = 0; i < reply->n_events; i++) {
            uint32_t number = reply->events[i]->number;
            assert_in_range(number, 1, count);
            assert_false(seen[number]);
            seen[number] = true;
            numbers[taken++] = number;
        }
        page.has_token = reply->has_next_page;
        page.token = (ProtobufCBinaryData){reply->next_page.len, token};
        assert_true(reply->next_page.len <= sizeof token);
        if (page.has_token) memcpy(token, reply->next_page.data, reply->next_page.len);
    } while (page.has_token);
    assert_int_equal(taken, count);
    test_free(seen);
    return numbers;
}

static void walk_every_way(const Asker *asker, size_t count, uint32_t some, uint32_t others)
{
    for (int order = ORDER(START); order <= ORDER(UPDATED); order++) {
        Query query = PLENARY__V1__QUERY__INIT;
        query.has_order = query.has_descending = 1;
        query.order = (Plenary__V1__Query__Order)order;
        uint32_t *up = walk(asker, &query, some, count);
        query.descending = 1;
        uint32_t *down = walk(asker, &query, others, count);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(up[i], down[count - 1 - i]);
        test_free(up);
        test_free(down);
    }
}

static void pages_hold_every_event_once_in_every_order(void **state)
{
    register_events(*state, FEW);
    walk_every_way(*state, FEW, 1, 7);
    walk_every_way(*state, FEW, FEW, FEW - 1);
}

static void pages_of_large_answers_do_so_too(void **state)
{
    register_events(*state, MANY);
    walk_every_way(*state, MANY, 97, 1000);
}

/* Of a registry that seems to be larger. What its first months do not hold is sorted. */
static void pages_that_the_first_months_hold_or_do_not_are_the_same(void **state)
{
    const Asker *asker = *state;
    register_events(asker, MANY);
    State *registry = registry_state(harness_registry(asker->harness));
    uint32_t real = registry->applied.last_number;
    registry->applied.last_number = MANY * (PAGE_SORTED_PART + PAGE_TRIED_PART) / 2;
    walk_every_way(asker, MANY, 7, 97);
    walk_every_way(asker, MANY, 97, 7);
    registry->applied.last_number = real;
}

enum {
    SPARSE = PAGE_SORTED_MAX + 40, /* walked to */
    BATCH = 256,
};

/* Events of a topic; each begins on the first of one of so many months. */
static void register_of_topic(const Asker *asker, const char *topic, int count, int first_month,
                              int months)
{
    char *topics[] = {ask_text(topic)};
    for (int done = 0; done < count;) {
        int sent = 0;
        for (; sent < BATCH && done < count; sent++, done++) {
            char start[32];
            Draft draft;
            Plenary__V1__RegisterEvent body = PLENARY__V1__REGISTER_EVENT__INIT;
            Request request = PLENARY__V1__REQUEST__INIT;
            int month = first_month + done % months;
            (void)snprintf(start, sizeof start, "%04d-%02d-01", 2010 + month / 12, 1 + month % 12);
            ask_draft(&draft, "Meeting", NULL);
            draft.schedule.start = draft.schedule.end = start;
            draft.event.topics = topics;
            draft.event.n_topics = 1;
            body.event = &draft.event;
            request.verb_case = VERB(REGISTER_EVENT);
            request.register_event = &body;
            request.request_id = harness_request_id(asker->harness);
            harness_send(asker->harness, &request);
        }
        while (sent-- > 0) {
            Reply *reply = harness_take(asker->harness);
            must(reply);
            plenary__v1__reply__free_unpacked(reply, NULL);
        }
    }
}

/* Every event of the topic once, whatever the pages hold; gives how many pages came short. */
static size_t walk_short(const Asker *asker, Plenary__V1__Query__Order order, int descending,
                         const char *topic, size_t count)
{
    char *values[] = {ask_text(topic)};
    Term term = PLENARY__V1__TERM__INIT;
    Term *terms[] = {&term};
    Query query = PLENARY__V1__QUERY__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    uint8_t token[TOKEN_BYTES_MAX];
    size_t seen = 0;
    size_t short_pages = 0;
    uint32_t last = 0;
    term.facet = ask_text("topic");
    term.values = values;
    term.n_values = 1;
    query.terms = terms;
    query.n_terms = 1;
    query.has_order = query.has_descending = 1;
    query.order = order;
    query.descending = descending;
    page.has_limit = 1;
    page.limit = 97;
    do {
        const Plenary__V1__EventsReply *reply = ask_list(asker, &query, &page)->events;
        assert_int_equal(reply->total, count);
        for (size_t i = 0; i < reply->n_events; i++, seen++) { /* of one day: by number */
            uint32_t number = reply->events[i]->number;
            if (last) assert_true(descending ? number < last : number > last);
            last = number;
        }
        short_pages += reply->has_next_page && reply->n_events < page.limit;
        page.has_token = reply->has_next_page;
        page.token = (ProtobufCBinaryData){reply->next_page.len, token};
        if (page.has_token) memcpy(token, reply->next_page.data, reply->next_page.len);
    } while (page.has_token);
    assert_int_equal(seen, count);
    return short_pages;
}

/* The events lie behind more months, and more changes, than one page walks over. */
static void a_page_comes_back_short_rather_than_late(void **state)
{
    const Asker *asker = *state;
    register_of_topic(asker, "first", SPARSE, 0, 1);
    register_of_topic(asker, "others", PAGE_CHANGES_WALKED_MAX + 100, 1,
                      PAGE_MONTHS_WALKED_MAX + 9);
    register_of_topic(asker, "last", SPARSE, 2 * PAGE_MONTHS_WALKED_MAX, 1);
    for (int descending = 0; descending < 2; descending++) {
        const char *far = descending ? "first" : "last";
        const char *near = descending ? "last" : "first";
        assert_true(walk_short(asker, ORDER(START), descending, far, SPARSE) > 0);
        assert_true(walk_short(asker, ORDER(RELEVANCE), descending, far, SPARSE) > 0);
        assert_true(walk_short(asker, ORDER(UPDATED), descending, far, SPARSE) > 0);
        assert_true(walk_short(asker, ORDER(START), descending, near, SPARSE) < 2);
        assert_true(walk_short(asker, ORDER(UPDATED), descending, near, SPARSE) < 2);
        assert_int_equal(walk_short(asker, ORDER(NUMBER), descending, far, SPARSE), 0);
    }
}

static void no_pages_of_nothing(void **state)
{
    const Asker *asker = *state;
    const Plenary__V1__EventsReply *reply = ask_list(asker, NULL, NULL)->events;
    assert_int_equal(reply->total, 0);
    assert_false(reply->has_next_page);
    assert_int_equal(ask_count(asker, NULL), 0);
    refused(ask_get(asker, "1"), STATUS_NOT_FOUND, NULL);
    refused(ask_get(asker, "0"), STATUS_NOT_FOUND, NULL);
    refused(ask_get(asker, "4294967296"), STATUS_NOT_FOUND, NULL);
    refused(ask_get(asker, "99999999999999999999999"), STATUS_NOT_FOUND, NULL);
    refused(ask_get(asker, "01234567"), STATUS_NOT_FOUND, NULL);
}

/* A token with every byte turned: refused, or a page like any other. */
static void tokens_of_hostile_clients_do_no_harm(void **state)
{
    const Asker *asker = *state;
    register_events(asker, MANY);
    for (int order = ORDER(START); order <= ORDER(UPDATED); order++)
        for (int descending = 0; descending < 2; descending++) {
            uint8_t token[TOKEN_BYTES_MAX];
            Query query = PLENARY__V1__QUERY__INIT;
            Page page = PLENARY__V1__PAGE__INIT;
            query.has_order = query.has_descending = 1;
            query.order = (Plenary__V1__Query__Order)order;
            query.descending = descending;
            page.has_limit = 1;
            page.limit = 3;
            const Plenary__V1__EventsReply *first = ask_list(asker, &query, &page)->events;
            page.has_token = 1;
            page.token = (ProtobufCBinaryData){first->next_page.len, token};
            for (size_t i = 0; i < first->next_page.len; i++) {
                memcpy(token, first->next_page.data, first->next_page.len);
                token[i] ^= 0xff;
                const Reply *reply = ask_list(asker, &query, &page);
                if (reply->status)
                    refused(reply, STATUS_INVALID_ARGUMENT, "page.token");
                else
                    assert_true(reply->events->n_events <= 3);
            }
            /* The very last place that there can be. */
            memset(token + QUERY_VIEW_HASH_BYTES + 1, descending ? 0x00 : 0xff,
                   first->next_page.len - QUERY_VIEW_HASH_BYTES - 1);
            memcpy(token, first->next_page.data, QUERY_VIEW_HASH_BYTES + 1);
            if (order == ORDER(NUMBER))
                assert_int_equal(ask_list(asker, &query, &page)->events->n_events, 0);
            for (size_t size = 0; size < first->next_page.len; size++) {
                page.token.len = size;
                refused(ask_list(asker, &query, &page), STATUS_INVALID_ARGUMENT, "page.token");
            }
        }
}

static void a_token_is_of_one_query_and_one_caller(void **state)
{
    const Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    register_events(asker, FEW);
    Query query = PLENARY__V1__QUERY__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    page.has_limit = 1;
    page.limit = 2;
    page.token = ask_list(asker, &query, &page)->events->next_page;
    page.has_token = 1;
    must(ask_list(asker, &query, &page));
    refused(ask_list(&reader, &query, &page), STATUS_INVALID_ARGUMENT, "page.token");
    query.from = ask_text("2021-01-01");
    refused(ask_list(asker, &query, &page), STATUS_INVALID_ARGUMENT, "page.token");
    query.from = NULL;
    query.has_descending = query.descending = 1;
    refused(ask_list(asker, &query, &page), STATUS_INVALID_ARGUMENT, "page.token");
}

/* --- history --- */

static void history_pages_hold_every_revision_once(void **state)
{
    const Asker *asker = *state;
    enum { REVISIONS = 23 };
    char title[16];
    Draft draft;
    ask_draft(&draft, "Revision 1", "one@example");
    must(ask_register(asker, &draft.event));
    for (int i = 2; i <= REVISIONS; i++) {
        (void)snprintf(title, sizeof title, "Revision %d", i);
        ask_draft(&draft, title, NULL);
        must(ask_revise(asker, "1", &draft.event, 0));
    }
    for (uint32_t limit = 1; limit <= REVISIONS + 1; limit++) {
        Page page = PLENARY__V1__PAGE__INIT;
        uint32_t wanted = REVISIONS;
        page.has_limit = 1;
        page.limit = limit;
        do {
            const Plenary__V1__ChangesReply *reply = ask_history(asker, "1", &page)->changes;
            for (size_t i = 0; i < reply->n_changes; i++)
                assert_int_equal(reply->changes[i]->event->revision, wanted--);
            page.has_token = reply->has_next_page;
            page.token = reply->next_page;
            assert_int_equal(page.has_token, wanted > 0);
        } while (page.has_token);
        assert_int_equal(wanted, 0);
    }
}

static void history_tokens_of_hostile_clients_are_refused(void **state)
{
    const Asker *asker = *state;
    register_events(asker, 1);
    static uint8_t tokens[][9] = {{0},
                                  {0, 0, 0, 1},
                                  {0, 0, 0, 1, 0, 0, 0, 3},
                                  {0, 0, 0, 2, 0, 0, 0, 1},
                                  {0, 0, 0, 1, 255, 255, 255, 255}};
    Page page = PLENARY__V1__PAGE__INIT;
    page.has_token = 1;
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
        for (size_t size = 0; size <= sizeof *tokens; size++) {
            page.token = (ProtobufCBinaryData){size, tokens[i]};
            refused(ask_history(asker, "1", &page), STATUS_INVALID_ARGUMENT, "page.token");
        }
    uint8_t first[] = {0, 0, 0, 1, 0, 0, 0, 1};
    page.token = (ProtobufCBinaryData){sizeof first, first};
    assert_int_equal(ask_history(asker, "1", &page)->changes->n_changes, 0);
}

/* 40 revisions of 100 KB: every page stays small enough to be sent, and none is left out. */
static void history_of_large_records_ends_its_pages_early(void **state)
{
    const Asker *asker = *state;
    enum { REVISIONS = 40, TEXT = 100 * 1024 };
    char *text = test_malloc(TEXT + 1);
    for (int i = 0; i < REVISIONS; i++) {
        Draft draft;
        memset(text, 'a' + i % 26, TEXT);
        text[TEXT] = '\0';
        ask_draft(&draft, "Large", "one@example");
        draft.event.description = text;
        must(ask_upsert(asker, &draft.event));
    }
    test_free(text);
    Page page = PLENARY__V1__PAGE__INIT;
    size_t seen = 0;
    do {
        const Reply *reply = ask_history(asker, "1", &page);
        must(reply);
        assert_true(plenary__v1__reply__get_packed_size(reply) < PAGE_BYTES_MAX + 2 * TEXT);
        seen += reply->changes->n_changes;
        page.has_token = reply->changes->has_next_page;
        page.token = reply->changes->next_page;
    } while (page.has_token);
    assert_int_equal(seen, REVISIONS);
}

static void history_leaves_out_what_was_not_to_be_seen(void **state)
{
    const Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    Draft draft;
    for (int i = 0; i < 6; i++) {
        char title[16];
        (void)snprintf(title, sizeof title, "Revision %d", i + 1);
        ask_draft(&draft, title, "one@example");
        if (i % 2) draft.handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER;
        must(ask_upsert(asker, &draft.event));
    }
    refused(ask_history(&reader, "1", NULL), STATUS_NOT_FOUND, NULL);
    ask_draft(&draft, "Revision 7", "one@example");
    must(ask_upsert(asker, &draft.event));
    const Plenary__V1__ChangesReply *reply = ask_history(&reader, "1", NULL)->changes;
    assert_int_equal(reply->n_changes, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(reply->changes[i]->event->revision, 7 - 2 * i);
        assert_null(reply->changes[i]->by_principal);
    }
}

static const Reply *get_at(const Asker *asker, uint32_t revision, const char *time)
{
    Plenary__V1__GetEvent body = PLENARY__V1__GET_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.event_id = ask_text("1");
    body.has_at_revision = time == NULL;
    body.at_revision = revision;
    body.at_time = ask_text(time);
    request.verb_case = VERB(GET_EVENT);
    request.get_event = &body;
    return ask(asker, &request);
}

static void an_event_is_got_as_it_was(void **state)
{
    const Asker *asker = *state;
    enum { REVISIONS = 9 };
    char times[REVISIONS + 1][INSTANT_TEXT_SIZE];
    for (uint32_t i = 1; i <= REVISIONS; i++) {
        char title[16];
        Draft draft;
        (void)snprintf(title, sizeof title, "Revision %u", i);
        ask_draft(&draft, title, "one@example");
        const Reply *reply = ask_upsert(asker, &draft.event);
        must(reply);
        (void)snprintf(times[i], sizeof times[i], "%s", reply->write->event->updated);
    }
    for (uint32_t i = 1; i <= REVISIONS; i++) {
        assert_int_equal(get_at(asker, i, NULL)->event->event->revision, i);
        assert_int_equal(get_at(asker, 0, times[i])->event->event->revision, i);
    }
    refused(get_at(asker, 0, NULL), STATUS_NOT_FOUND, NULL);
    refused(get_at(asker, REVISIONS + 1, NULL), STATUS_NOT_FOUND, NULL);
    refused(get_at(asker, UINT32_MAX, NULL), STATUS_NOT_FOUND, NULL);
    refused(get_at(asker, 0, "2001-01-01T00:00:00Z"), STATUS_NOT_FOUND, NULL);
    refused(get_at(asker, 0, "yesterday"), STATUS_INVALID_ARGUMENT, "at_time");
    assert_int_equal(get_at(asker, 0, "2099-01-01T00:00:00Z")->event->event->revision, REVISIONS);
}

/* --- what questions must not tell --- */

static uint64_t count_parts(const Asker *asker, const char *name, bool negated)
{
    char *values[] = {ask_text(name)};
    Term term = PLENARY__V1__TERM__INIT;
    Term *terms[] = {&term};
    Query query = PLENARY__V1__QUERY__INIT;
    term.facet = ask_text("part_of");
    term.values = values;
    term.n_values = 1;
    term.has_negated = term.negated = negated;
    query.terms = terms;
    query.n_terms = 1;
    return ask_count(asker, &query);
}

static void parts_of_what_is_not_seen_are_not_told(void **state)
{
    const Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    Draft draft;
    ask_draft(&draft, "Secret conference", "secret@example");
    draft.handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER;
    const Reply *reply = ask_register(asker, &draft.event);
    must(reply);
    ask_draft(&draft, "Its side event", NULL);
    draft.event.part_of = ask_text("1");
    must(ask_register(asker, &draft.event));
    const char *names[] = {"1", "secret@example", reply->write->event->id};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(count_parts(asker, names[i], false), 1);
        assert_int_equal(count_parts(asker, names[i], true), 1);
        assert_int_equal(count_parts(&reader, names[i], false), 0);
        assert_int_equal(count_parts(&reader, names[i], true), 1);
    }
    assert_null(ask_get(&reader, "2")->event->event->part_of);
    assert_non_null(ask_get(asker, "2")->event->event->part_of);
}

static void a_prefix_is_resolved_among_what_is_seen(void **state)
{
    const Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    char prefix[16];
    Draft draft;
    ask_draft(&draft, "Seen", NULL);
    const Reply *reply = ask_register(asker, &draft.event);
    (void)snprintf(prefix, sizeof prefix, "%.8s", reply->write->event->id);
    ask_draft(&draft, "Unseen", NULL);
    draft.handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER;
    must(ask_register(asker, &draft.event));
    refused(ask_get(asker, prefix), STATUS_INVALID_ARGUMENT, NULL);
    assert_string_equal(ask_get(&reader, prefix)->event->event->title, "Seen");
    prefix[7] = '\0'; /* too short to be one */
    refused(ask_get(&reader, prefix), STATUS_NOT_FOUND, NULL);
}

static StatusCode count_by(const Asker *asker, const char *facet, char **values, size_t count)
{
    Term term = PLENARY__V1__TERM__INIT;
    Term *terms[] = {&term};
    Query query = PLENARY__V1__QUERY__INIT;
    Plenary__V1__CountEvents body = PLENARY__V1__COUNT_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    term.facet = ask_text(facet);
    term.values = values;
    term.n_values = count;
    query.terms = terms;
    query.n_terms = 1;
    body.query = &query;
    request.verb_case = VERB(COUNT_EVENTS);
    request.count_events = &body;
    return ask_code(ask(asker, &request));
}

static void guarded_facets_are_for_those_who_see_all(void **state)
{
    const Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    char *values[] = {ask_text("green")};
    assert_int_equal(count_by(asker, "tlp", values, 1), STATUS_OK);
    assert_int_equal(count_by(&reader, "tlp", values, 1), STATUS_PERMISSION_DENIED);
    assert_int_equal(count_by(&reader, "audience", values, 1), STATUS_PERMISSION_DENIED);
}

/* 200 organisations with 30 names each, all parts of one. */
static void a_term_that_means_too_many_names_is_refused(void **state)
{
    const Asker *asker = *state;
    must(ask_put_organisation(asker, "top", "Top", NULL));
    for (int i = 0; i < 200; i++) {
        char id[16];
        char names[30][24];
        char *aliases[30];
        Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
        Plenary__V1__PutOrganisation body = PLENARY__V1__PUT_ORGANISATION__INIT;
        Request request = PLENARY__V1__REQUEST__INIT;
        for (int j = 0; j < 30; j++) {
            (void)snprintf(names[j], sizeof names[j], "Alias %d of %d", j, i);
            aliases[j] = names[j];
        }
        (void)snprintf(id, sizeof id, "part%d", i);
        organisation.id = organisation.name = id;
        organisation.part_of = ask_text("top");
        organisation.aliases = aliases;
        organisation.n_aliases = 30;
        body.organisation = &organisation;
        request.verb_case = VERB(PUT_ORGANISATION);
        request.put_organisation = &body;
        must(ask(asker, &request));
    }
    char *values[] = {ask_text("part7"), ask_text("top")};
    assert_int_equal(count_by(asker, "org", values, 1), STATUS_OK);
    assert_int_equal(count_by(asker, "org", values, 2), STATUS_INVALID_ARGUMENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ask_begin, ask_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages_hold_every_event_once_in_every_order),
        TEST(pages_of_large_answers_do_so_too),
        TEST(pages_that_the_first_months_hold_or_do_not_are_the_same),
        TEST(a_page_comes_back_short_rather_than_late),
        TEST(no_pages_of_nothing),
        TEST(tokens_of_hostile_clients_do_no_harm),
        TEST(a_token_is_of_one_query_and_one_caller),
        TEST(history_pages_hold_every_revision_once),
        TEST(history_tokens_of_hostile_clients_are_refused),
        TEST(history_of_large_records_ends_its_pages_early),
        TEST(history_leaves_out_what_was_not_to_be_seen),
        TEST(an_event_is_got_as_it_was),
        TEST(parts_of_what_is_not_seen_are_not_told),
        TEST(a_prefix_is_resolved_among_what_is_seen),
        TEST(guarded_facets_are_for_those_who_see_all),
        TEST(a_term_that_means_too_many_names_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
