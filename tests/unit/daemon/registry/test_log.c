/* The changes of all records: what is asked for, pages up and down, what must not be told. */
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VERB(name)   PLENARY__V1__REQUEST__VERB_##name
#define TLP(name)    PLENARY__V1__HANDLING__TLP__##name
#define ACTION(name) PLENARY__V1__CHANGE__ACTION__##name
#define RECORD(name) PLENARY__V1__LIST_CHANGES__RECORD__##name

enum {
    TOKEN_BYTES_MAX = 64,
    SCANNED = 2100, /* more than one request may look at */
};

static void add(const Asker *asker, const char *title, Plenary__V1__Handling__Tlp tlp)
{
    Draft draft;
    ask_draft(&draft, title, NULL);
    draft.handling.tlp = tlp;
    assert_int_equal(ask_code(ask_register(asker, &draft.event)), STATUS_OK);
}

static const Reply *ask_log(const Asker *asker, Plenary__V1__ListChanges *asked)
{
    Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = VERB(LIST_CHANGES);
    request.list_changes = asked;
    return ask(asker, &request);
}

/* Every page of the log as "5 4 1". Lent until the next one. */
static const char *sequences(const Asker *asker, Plenary__V1__ListChanges *asked, uint32_t limit)
{
    static char text[4096];
    uint8_t token[TOKEN_BYTES_MAX];
    Page page = PLENARY__V1__PAGE__INIT;
    size_t length = 0;
    page.has_limit = 1;
    page.limit = limit;
    asked->page = &page;
    text[0] = '\0';
    do {
        const Reply *reply = ask_log(asker, asked);
        if (reply->status) fail_msg("%s", reply->status->message);
        assert_true(reply->changes->n_changes <= limit);
        for (size_t i = 0; i < reply->changes->n_changes; i++)
            length +=
                (size_t)snprintf(text + length, sizeof text - length, "%s%llu", length ? " " : "",
                                 (unsigned long long)reply->changes->changes[i]->sequence);
        page.has_token = reply->changes->has_next_page;
        page.token = (ProtobufCBinaryData){reply->changes->next_page.len, token};
        assert_true(page.token.len <= sizeof token);
        if (page.has_token) memcpy(token, reply->changes->next_page.data, page.token.len);
    } while (page.has_token);
    asked->page = NULL;
    return text;
}

/* 1 organisation, 2 and 3 events, 4 a cancellation, 5 a withdrawal; 10 s between them. */
static void make_changes(const Asker *asker)
{
    ask_put_organisation(asker, "unodc", "UN Office on Drugs and Crime", NULL);
    harness_step_clock(asker->harness, 10000000);
    add(asker, "One", TLP(GREEN));
    harness_step_clock(asker->harness, 10000000);
    add(asker, "Two", TLP(AMBER));
    harness_step_clock(asker->harness, 10000000);
    ask_move(asker, VERB(CANCEL_EVENT), "1", 0);
    harness_step_clock(asker->harness, 10000000);
    ask_move(asker, VERB(WITHDRAW_EVENT), "2", 0);
}

/* --- what is asked for --- */

static void changes_come_in_their_order_or_the_other_in_pages_of_any_size(void **state)
{
    Asker *asker = *state;
    Plenary__V1__ListChanges asked = PLENARY__V1__LIST_CHANGES__INIT;
    make_changes(asker);
    for (uint32_t limit = 1; limit <= 6; limit++) {
        asked.has_descending = asked.descending = 0;
        assert_string_equal(sequences(asker, &asked, limit), "1 2 3 4 5");
        asked.has_descending = asked.descending = 1;
        assert_string_equal(sequences(asker, &asked, limit), "5 4 3 2 1");
    }
}

static void filters_choose_by_action_kind_of_record_and_who(void **state)
{
    Asker *asker = *state;
    Plenary__V1__Change__Action actions[] = {ACTION(CANCELLED), ACTION(WITHDRAWN)};
    make_changes(asker);
    Plenary__V1__ListChanges asked = PLENARY__V1__LIST_CHANGES__INIT;
    asked.actions = actions;
    asked.n_actions = 2;
    assert_string_equal(sequences(asker, &asked, 10), "4 5");
    asked.n_actions = 0;
    asked.has_record = 1;
    asked.record = RECORD(ORGANISATION);
    assert_string_equal(sequences(asker, &asked, 10), "1");
    asked.record = RECORD(ANY);
    asked.principal = ask_text("local");
    assert_string_equal(sequences(asker, &asked, 10), "1 2 3 4 5");
    asked.principal = ask_text("loca");
    assert_string_equal(sequences(asker, &asked, 10), "");
}

static void filters_choose_by_the_organisation_of_who_acted_by_any_name(void **state)
{
    Asker *asker = *state;
    Asker registrar = *asker;
    registrar.caller.principal = "azamat";
    registrar.caller.organisation = "unodc";
    make_changes(asker);
    add(&registrar, "Theirs", TLP(GREEN));
    Plenary__V1__ListChanges asked = PLENARY__V1__LIST_CHANGES__INIT;
    asked.organisation = ask_text("un office on DRUGS and crime");
    assert_string_equal(sequences(asker, &asked, 10), "6");
    asked.organisation = ask_text("nobody");
    assert_string_equal(sequences(asker, &asked, 10), "");
}

static void times_and_sequences_bound_the_log(void **state)
{
    Asker *asker = *state;
    Plenary__V1__ListChanges asked = PLENARY__V1__LIST_CHANGES__INIT;
    make_changes(asker);
    const Plenary__V1__ChangesReply *all = ask_log(asker, &asked)->changes;
    asked.from = all->changes[1]->time;
    asked.to = all->changes[3]->time;
    assert_string_equal(sequences(asker, &asked, 2), "2 3 4");
    asked.has_after_sequence = 1;
    asked.after_sequence = 2;
    assert_string_equal(sequences(asker, &asked, 2), "3 4");
    asked.has_descending = asked.descending = 1;
    assert_string_equal(sequences(asker, &asked, 1), "4 3");
    asked.after_sequence = UINT64_MAX;
    assert_string_equal(sequences(asker, &asked, 1), "");
}

/* --- pages --- */

static void a_page_ends_where_enough_was_looked_at(void **state)
{
    Asker *asker = *state;
    Plenary__V1__ListChanges asked = PLENARY__V1__LIST_CHANGES__INIT;
    ask_put_organisation(asker, "unodc", "UNODC", NULL);
    for (int i = 0; i < SCANNED; i++)
        add(asker, "Meeting", TLP(GREEN));
    asked.has_record = 1;
    asked.record = RECORD(ORGANISATION);
    asked.has_descending = asked.descending = 1;
    const Reply *reply = ask_log(asker, &asked);
    assert_int_equal(reply->changes->n_changes, 0);
    assert_true(reply->changes->has_next_page);
    assert_string_equal(sequences(asker, &asked, 10), "1");
}

static void a_token_belongs_to_its_question(void **state)
{
    Asker *asker = *state;
    uint8_t token[TOKEN_BYTES_MAX];
    Plenary__V1__ListChanges asked = PLENARY__V1__LIST_CHANGES__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    make_changes(asker);
    page.has_limit = 1;
    page.limit = 2;
    asked.page = &page;
    const Plenary__V1__ChangesReply *first = ask_log(asker, &asked)->changes;
    page.has_token = 1;
    page.token = (ProtobufCBinaryData){first->next_page.len, token};
    memcpy(token, first->next_page.data, first->next_page.len);
    add(asker, "While somebody reads", TLP(GREEN));
    assert_int_equal(ask_log(asker, &asked)->changes->changes[0]->sequence, 3);
    for (size_t i = 0; i + 1 < page.token.len; i++) {
        token[i] ^= 0x40U;
        assert_int_equal(ask_code(ask_log(asker, &asked)), STATUS_INVALID_ARGUMENT);
        token[i] ^= 0x40U;
    }
    asked.has_descending = asked.descending = 1;
    assert_int_equal(ask_code(ask_log(asker, &asked)), STATUS_INVALID_ARGUMENT);
}

/* --- what must not be told --- */

static void a_reader_hears_neither_of_what_they_may_not_see_nor_who_acted(void **state)
{
    Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    Plenary__V1__ListChanges asked = PLENARY__V1__LIST_CHANGES__INIT;
    make_changes(asker);
    assert_string_equal(sequences(&reader, &asked, 10), "1 2 4");
    const Plenary__V1__ChangesReply *all = ask_log(&reader, &asked)->changes;
    assert_null(all->changes[0]->by_principal);
    assert_null(all->changes[0]->request_id);
    asked.principal = ask_text("local");
    assert_int_equal(ask_code(ask_log(&reader, &asked)), STATUS_PERMISSION_DENIED);
    asked.principal = NULL;
    asked.has_record = 1;
    asked.record = RECORD(PRINCIPAL);
    assert_int_equal(ask_code(ask_log(&reader, &asked)), STATUS_PERMISSION_DENIED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ask_begin, ask_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(changes_come_in_their_order_or_the_other_in_pages_of_any_size),
        TEST(filters_choose_by_action_kind_of_record_and_who),
        TEST(filters_choose_by_the_organisation_of_who_acted_by_any_name),
        TEST(times_and_sequences_bound_the_log),
        TEST(a_page_ends_where_enough_was_looked_at),
        TEST(a_token_belongs_to_its_question),
        TEST(a_reader_hears_neither_of_what_they_may_not_see_nor_who_acted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
