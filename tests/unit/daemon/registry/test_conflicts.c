/* Every pair that clashes, once, whatever the size of the pages; and nothing of what is unseen.
 * Compared with a naive model that puts every event to every other. */
#include "daemon/registry/answer.h"

#include "tests/support/plans.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

enum {
    EVENTS = 160,
    MANY = 420, /* more than a page of events */
    ROUNDS = 4,
    PAGES_MAX = 20000,
};

static int begin(void **state)
{
    Asker *asker = test_calloc(1, sizeof *asker);
    asker->harness = harness_new(&(HarnessOptions){.seed = 17});
    asker->caller = access_local();
    plans_begin(asker);
    *state = asker;
    return 0;
}

static int end(void **state)
{
    Asker *asker = *state;
    harness_destroy(&asker->harness);
    test_free(asker);
    return 0;
}

static const Plenary__V1__WriteReply *must(const Reply *reply)
{
    if (reply->status) fail_msg("%s", reply->status->message);
    return reply->write;
}

/* Of the events that match, or (a number) of one. */
static const Reply *ask_for(const Asker *asker, Query *query, const char *event, Page *page)
{
    Plenary__V1__ListConflicts body = PLENARY__V1__LIST_CONFLICTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.query = query;
    body.event_id = ask_text(event);
    body.page = page;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_CONFLICTS;
    request.list_conflicts = &body;
    return ask(asker, &request);
}

/* All pages; the numbers of a pair in order, 0 for what is taken. */
static const char *found_of(const Asker *asker, Query *query, const char *event, uint32_t limit)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    Page page = PLENARY__V1__PAGE__INIT;
    page.has_limit = 1;
    page.limit = limit;
    for (int pages = 0; pages < PAGES_MAX; pages++) {
        const Reply *reply = ask_for(asker, query, event, &page);
        must(reply);
        const Plenary__V1__ConflictsReply *body = reply->conflicts;
        assert_true(body->n_conflicts <= limit + 1); /* and what is taken of the last one */
        for (size_t i = 0; i < body->n_conflicts; i++) {
            const Conflict *conflict = body->conflicts[i];
            char clashes[PLAN_CLASHES_SIZE];
            plans_print_clashes(conflict, clashes);
            g_ptr_array_add(lines, plans_line((int)conflict->first->number,
                                              conflict->second ? (int)conflict->second->number : 0,
                                              clashes));
        }
        if (!body->has_next_page) return plans_sorted(lines);
        page.has_token = 1;
        page.token = body->next_page;
    }
    fail_msg("the pages have no end");
    return NULL;
}

static const char *found(const Asker *asker, Query *query, uint32_t limit)
{
    return found_of(asker, query, NULL, limit);
}

static void check_list(const Asker *asker, const char *lines)
{
    plans_check_same(found(asker, NULL, 100), g_strdup(lines));
}

static void every_pair_is_found_once_whatever_the_pages(void **state)
{
    const Asker *asker = *state;
    static const uint32_t limits[ROUNDS] = {500, 100, 7, 1};
    Plan plans[EVENTS + 1];
    plans_register(asker, plans, EVENTS);
    const char *should = plans_expected(plans, EVENTS);
    assert_true(strlen(should) > 200); /* there is something to be found */
    g_free((gpointer)(uintptr_t)should);
    for (int round = 0; round < ROUNDS; round++) {
        plans_check_same(found(asker, NULL, limits[round]), plans_expected(plans, EVENTS));
        harness_fold_all(asker->harness); /* and from the base as from the delta */
    }
}

static void more_events_than_one_page_looks_at(void **state)
{
    const Asker *asker = *state;
    Plan *plans = test_calloc(MANY + 1, sizeof *plans);
    plans_register(asker, plans, MANY);
    plans_check_same(found(asker, NULL, 500), plans_expected(plans, MANY));
    test_free(plans);
}

static void of_one_event_all_its_pairs_are_found(void **state)
{
    const Asker *asker = *state;
    Plan plans[EVENTS + 1];
    char name[16];
    char clashes[PLAN_CLASHES_SIZE];
    plans_register(asker, plans, EVENTS);
    for (int one = 1; one <= EVENTS; one++) {
        GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
        for (int other = 1; other <= EVENTS; other++) {
            plans_expect(plans, one, other, clashes);
            if (other != one && *clashes) g_ptr_array_add(lines, plans_line(one, other, clashes));
        }
        (void)snprintf(name, sizeof name, "%d", one);
        plans_check_same(found_of(asker, NULL, name, one % 2 ? 500 : 2), plans_sorted(lines));
    }
    assert_int_equal(ask_code(ask_for(asker, NULL, "161", NULL)), STATUS_NOT_FOUND);
    must(ask_move(asker, PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT, "1", 0));
    assert_int_equal(ask_code(ask_for(asker, NULL, "1", NULL)), STATUS_NOT_FOUND);
}

/* --- filters and sight --- */

static void of_a_pair_one_must_match(void **state)
{
    const Asker *asker = *state;
    Plan plans[EVENTS + 1];
    char clashes[PLAN_CLASHES_SIZE];
    plans_register(asker, plans, EVENTS);
    Term term = PLENARY__V1__TERM__INIT;
    Term *terms[] = {&term};
    char *values[] = {ask_text("Osh")};
    Query query = PLENARY__V1__QUERY__INIT;
    term.facet = ask_text("city");
    term.values = values;
    term.n_values = 1;
    query.terms = terms;
    query.n_terms = 1;
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    for (int one = 1; one <= EVENTS; one++) {
        for (int other = one + 1; other <= EVENTS; other++) {
            plans_expect(plans, one, other, clashes);
            if (*clashes && (plans[one].city == 1 || plans[other].city == 1))
                g_ptr_array_add(lines, plans_line(one, other, clashes));
        }
    }
    plans_check_same(found(asker, &query, 9), plans_sorted(lines));
}

/* Once for each event that is seen, with all that is taken of it, as doubtful as that one is. */
static void add_taken(GPtrArray *lines, const Plan *plans, int one)
{
    bool wanted[PLAN_PEOPLE + 1] = {false};
    bool led['z' + 1] = {false};
    char clashes[PLAN_CLASHES_SIZE];
    char taken[PLAN_CLASHES_SIZE];
    char *at = taken;
    for (int other = 1; other <= EVENTS; other++) {
        if (other == one || !plans[other].secret) continue;
        plans_expect(plans, one, other, clashes);
        for (const char *what = clashes; *what; what++) {
            bool venue = *what == 'v' || *what == 'V';
            led[(unsigned char)*what] = true;
            if (*what == 'x' || *what == 'y') continue;
            wanted[venue ? PLAN_PEOPLE : (*what >= 'a' ? *what - 'a' : *what - '0')] = true;
        }
    }
    if (wanted[PLAN_PEOPLE]) *at++ = plan_is_doubtful(&plans[one]) ? 'v' : 'V';
    for (int i = 0; i < PLAN_PEOPLE; i++) {
        bool perhaps = plan_is_doubtful(&plans[one]) || plans[one].people[i] == PERHAPS;
        if (wanted[i]) *at++ = (char)((perhaps ? 'a' : '0') + i);
    }
    for (int organisation = 'x'; organisation <= 'y'; organisation++)
        if (led[organisation]) *at++ = (char)organisation;
    *at = '\0';
    if (*taken) g_ptr_array_add(lines, plans_line(one, 0, taken));
}

static void sort_line(char *line)
{
    char *clashes = strrchr(line, ' ') + 1;
    for (char *one = clashes; *one; one++)
        for (char *other = one + 1; *other; other++)
            if (g_ascii_toupper(*one) != 'V' && *other < *one) {
                char kept = *one;
                *one = *other;
                *other = kept;
            }
}

/* The order within a line is that of finding; the set is what counts. */
static const char *with_sorted_clashes(const char *text)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    char **split = g_strsplit(text, "\n", -1);
    for (char **line = split; *line; line++) {
        if (!**line) continue;
        char *clashes = strrchr(*line, ' ') + 1;
        char *venue = strpbrk(clashes, "vV"); /* to the front */
        if (venue) {
            char kept = *venue;
            memmove(clashes + 1, clashes, (size_t)(venue - clashes));
            *clashes = kept;
        }
        sort_line(*line);
        g_ptr_array_add(lines, g_strdup(*line));
    }
    g_strfreev(split);
    g_free((gpointer)(uintptr_t)text);
    return plans_sorted(lines);
}

static void of_what_is_unseen_it_is_told_that_it_is_taken(void **state)
{
    const Asker *asker = *state;
    const Asker reader = {asker->harness,
                          {.principal = "r",
                           .role = PLENARY__V1__PRINCIPAL__ROLE__READER,
                           .clearance = PLENARY__V1__HANDLING__TLP__GREEN}};
    Plan plans[EVENTS + 1];
    char clashes[PLAN_CLASHES_SIZE];
    plans_register(asker, plans, EVENTS);
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    for (int one = 1; one <= EVENTS; one++) {
        if (plans[one].secret) continue;
        for (int other = one + 1; other <= EVENTS; other++) {
            plans_expect(plans, one, other, clashes);
            if (*clashes && !plans[other].secret)
                g_ptr_array_add(lines, plans_line(one, other, clashes));
        }
        add_taken(lines, plans, one);
    }
    plans_check_same(with_sorted_clashes(found(&reader, NULL, 500)),
                     with_sorted_clashes(plans_sorted(lines)));
}

/* --- single things --- */

static void a_change_ends_or_makes_a_conflict(void **state)
{
    const Asker *asker = *state;
    Plan plan = {
        .start_h = 9, .hours = 2, .venue = 1, .status = PLENARY__V1__EVENT__STATUS__CONFIRMED};
    plan_register(asker, &plan);
    plan_register(asker, &plan);
    plans_check_same(found(asker, NULL, 10), g_strdup("1 2 V\n"));
    must(ask_move(asker, PLENARY__V1__REQUEST__VERB_CANCEL_EVENT, "2", 0));
    plans_check_same(found(asker, NULL, 10), g_strdup(""));
    must(ask_move(asker, PLENARY__V1__REQUEST__VERB_REINSTATE_EVENT, "2", 0));
    plans_check_same(found(asker, NULL, 10), g_strdup("1 2 V\n"));
    must(ask_move(asker, PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT, "1", 0));
    plans_check_same(found(asker, NULL, 10), g_strdup(""));
}

static void an_event_of_years_clashes_with_one_of_an_hour(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    Venue venue = PLENARY__V1__VENUE__INIT;
    ask_draft(&draft, "Exhibition", NULL);
    venue.name = ask_text("Hall");
    draft.event.venue = &venue;
    draft.schedule.start = ask_text("2010-01-01");
    draft.schedule.end = ask_text("2029-12-31");
    must(ask_register(asker, &draft.event));
    Plan plan = {
        .start_h = 9, .hours = 1, .venue = 1, .status = PLENARY__V1__EVENT__STATUS__CONFIRMED};
    plan_register(asker, &plan);
    plans_check_same(found(asker, NULL, 10), g_strdup("1 2 V\n"));
}

static void instances_of_one_series_do_not_clash(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    Venue venue = PLENARY__V1__VENUE__INIT;
    venue.name = ask_text("Hall");
    ask_draft(&draft, "Weekly", "weekly@example");
    draft.event.venue = &venue;
    must(ask_register(asker, &draft.event));
    ask_draft(&draft, "Weekly, moved", "weekly@example");
    draft.event.recurrence_id = ask_text("2022-03-03");
    draft.event.venue = &venue;
    must(ask_register(asker, &draft.event));
    plans_check_same(found(asker, NULL, 10), g_strdup(""));
}

/* Something weekly, on Thursdays from 3 March 2022; `replaces` an instance of it, or not. */
static void register_weekly(const Asker *asker, const char *replaces, const char *start,
                            bool secret)
{
    Draft draft;
    Venue venue = PLENARY__V1__VENUE__INIT;
    Plenary__V1__Recurrence weekly = PLENARY__V1__RECURRENCE__INIT;
    venue.name = ask_text("Hall");
    weekly.rrule = ask_text("FREQ=WEEKLY");
    ask_draft(&draft, "Weekly", "weekly@example");
    draft.event.venue = &venue;
    draft.event.recurrence_id = ask_text(replaces);
    if (!replaces) draft.event.recurrence = &weekly;
    draft.schedule.start = draft.schedule.end = ask_text(start);
    if (secret) draft.handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER;
    must(ask_register(asker, &draft.event));
}

static void of_a_series_the_instance_that_clashes_is_told(void **state)
{
    const Asker *asker = *state;
    register_weekly(asker, NULL, "2022-03-03", false);
    Plan plan = {.start_h = 3 * 24, /* Thursday, 4 May 2023 */
                 .hours = 24,
                 .whole_days = true,
                 .venue = 1,
                 .status = PLENARY__V1__EVENT__STATUS__CONFIRMED};
    plan_register(asker, &plan);
    plan.start_h = 4 * 24;
    plan_register(asker, &plan);
    check_list(asker, "1 2 V\n");
    const Plenary__V1__ConflictsReply *reply = ask_for(asker, NULL, "2", NULL)->conflicts;
    assert_null(reply->conflicts[0]->first_instance);
    assert_string_equal(reply->conflicts[0]->second_instance->start, "2023-05-04");
    assert_string_equal(reply->conflicts[0]->second_instance->end, "2023-05-04");
    assert_string_equal(reply->conflicts[0]->second->schedule->start, "2022-03-03");
    reply = ask_for(asker, NULL, "1", NULL)->conflicts;
    assert_string_equal(reply->conflicts[0]->first_instance->start, "2023-05-04");
}

static void an_instance_that_is_replaced_clashes_no_more(void **state)
{
    const Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    register_weekly(asker, NULL, "2022-03-03", false);
    Plan plan = {.start_h = 3 * 24,
                 .hours = 24,
                 .whole_days = true,
                 .venue = 1,
                 .status = PLENARY__V1__EVENT__STATUS__CONFIRMED};
    plan_register(asker, &plan);
    register_weekly(asker, "2023-05-04", "2023-05-05", true);
    check_list(asker, "");
    check_list(&reader, "1 2 V\n"); /* who may not see what replaces it sees it as it was */
    plan.start_h = 4 * 24;
    plan_register(asker, &plan);
    check_list(asker, "3 4 V\n");
    must(ask_move(asker, PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT, "3", 0));
    check_list(asker, "1 2 V\n");
}

static void a_token_that_is_no_token_is_refused(void **state)
{
    const Asker *asker = *state;
    static uint8_t bytes[64];
    Page page = PLENARY__V1__PAGE__INIT;
    page.has_token = 1;
    for (size_t size = 0; size <= sizeof bytes; size++) {
        if (size == 9) continue; /* within the very first event: nothing to be checked by */
        page.token = (ProtobufCBinaryData){size, bytes};
        const Reply *reply = ask_conflicts(asker, NULL, &page);
        assert_int_equal(ask_code(reply), STATUS_INVALID_ARGUMENT);
        assert_string_equal(reply->status->violations[0]->field, "page.token");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_pair_is_found_once_whatever_the_pages),
        TEST(more_events_than_one_page_looks_at),
        TEST(of_one_event_all_its_pairs_are_found),
        TEST(of_a_pair_one_must_match),
        TEST(of_what_is_unseen_it_is_told_that_it_is_taken),
        TEST(a_change_ends_or_makes_a_conflict),
        TEST(an_event_of_years_clashes_with_one_of_an_hour),
        TEST(instances_of_one_series_do_not_clash),
        TEST(of_a_series_the_instance_that_clashes_is_told),
        TEST(an_instance_that_is_replaced_clashes_no_more),
        TEST(a_token_that_is_no_token_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
