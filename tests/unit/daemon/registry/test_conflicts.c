/* Every pair that clashes, once, whatever the size of the pages; and nothing of what is unseen.
 * Compared with a naive model that puts every event to every other. */
#include "daemon/registry/answer.h"

#include "tests/support/ask.h"

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
    DAYS = 12,
    PEOPLE = 7,
    VENUES = 4,
    HOUR_S = 3600,
    DAY_S = 24 * HOUR_S,
    PAGES_MAX = 20000,
};

static int begin(void **state)
{
    Asker *asker = test_calloc(1, sizeof *asker);
    asker->harness = harness_new(&(HarnessOptions){.seed = 17});
    asker->caller = access_local();
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

/* --- the model: plans, which events are made of --- */

typedef enum Coming {
    STAYS,
    PERHAPS,
    COMES,
} Coming;

typedef struct Plan {
    int start_h, hours; /* from 1 May 2023 on the wall; hours 0: no length */
    bool whole_days, has_zone;
    int zone_h; /* ahead of UTC */
    int venue;  /* 0: none */
    int room;   /* 0: none */
    int city;   /* 0: not said */
    Coming people[PEOPLE];
    Plenary__V1__Event__Status status;
    bool approximate, secret;
    int whole; /* number of the event that it is part of; 0: none */
} Plan;

static Plan plan_of(Harness *harness, int number)
{
    Plan plan = {.start_h = (int)harness_below(harness, DAYS * 24),
                 .hours = (int)harness_below(harness, 6),
                 .whole_days = harness_below(harness, 3) == 0,
                 .has_zone = harness_below(harness, 2) == 0,
                 .zone_h = harness_below(harness, 2) ? 5 : 0,
                 .venue = (int)harness_below(harness, VENUES),
                 .room = (int)harness_below(harness, 3),
                 .city = (int)harness_below(harness, 3),
                 .status = PLENARY__V1__EVENT__STATUS__CONFIRMED,
                 .approximate = harness_below(harness, 12) == 0,
                 .secret = harness_below(harness, 6) == 0};
    static const int statuses[] = {
        PLENARY__V1__EVENT__STATUS__TENTATIVE, PLENARY__V1__EVENT__STATUS__POSTPONED,
        PLENARY__V1__EVENT__STATUS__HELD, PLENARY__V1__EVENT__STATUS__CANCELLED};
    if (harness_below(harness, 3) == 0)
        plan.status = (Plenary__V1__Event__Status)statuses[harness_below(harness, 4)];
    if (plan.whole_days) {
        plan.start_h = plan.start_h / 24 * 24;
        plan.hours = 24 * (1 + (int)harness_below(harness, 2));
    }
    for (int i = 0; i < PEOPLE; i++)
        if (harness_below(harness, 6) == 0) plan.people[i] = (Coming)harness_below(harness, 3);
    if (number > 1 && harness_below(harness, 5) == 0)
        plan.whole = 1 + (int)harness_below(harness, (uint32_t)number - 1);
    return plan;
}

static int64_t start_of(const Plan *plan, bool utc)
{
    return (int64_t)(plan->start_h - (utc ? plan->zone_h : 0)) * HOUR_S;
}

static int64_t end_of(const Plan *plan, bool utc)
{
    return start_of(plan, utc) + (plan->hours ? (int64_t)plan->hours * HOUR_S : 1);
}

static bool overlap(const Plan *one, const Plan *other)
{
    bool utc = one->has_zone && other->has_zone && !one->whole_days && !other->whole_days;
    return start_of(one, utc) < end_of(other, utc) && start_of(other, utc) < end_of(one, utc);
}

static bool doubtful(const Plan *plan)
{
    return plan->approximate || plan->status == PLENARY__V1__EVENT__STATUS__TENTATIVE ||
           plan->status == PLENARY__V1__EVENT__STATUS__POSTPONED;
}

static bool lies_within(const Plan *plans, int part, int whole)
{
    for (int at = plans[part].whole; at; at = plans[at].whole)
        if (at == whole) return true;
    return false;
}

/* "V" or "v" for the room, "0" to "6" or "a" to "g" for people: certainly or possibly. */
static void expect(const Plan *plans, int one, int other, char text[static PEOPLE + 2])
{
    const Plan *left = &plans[one];
    const Plan *right = &plans[other];
    bool maybe = doubtful(left) || doubtful(right);
    *text = '\0';
    if (left->status == PLENARY__V1__EVENT__STATUS__CANCELLED ||
        right->status == PLENARY__V1__EVENT__STATUS__CANCELLED || !overlap(left, right) ||
        lies_within(plans, one, other) || lies_within(plans, other, one))
        return;
    if (left->venue && left->venue == right->venue && left->room == right->room &&
        (!left->city || !right->city || left->city == right->city))
        *text++ = maybe ? 'v' : 'V';
    for (int i = 0; i < PEOPLE; i++) {
        if (left->people[i] == STAYS || right->people[i] == STAYS) continue;
        bool perhaps = maybe || left->people[i] == PERHAPS || right->people[i] == PERHAPS;
        *text++ = (char)((perhaps ? 'a' : '0') + i);
    }
    *text = '\0';
}

/* --- plans become events --- */

static void print_hour(int hour, bool date, char text[static 32])
{
    (void)snprintf(text, 32, date ? "2023-05-%02d" : "2023-05-%02dT%02d:00", 1 + hour / 24,
                   hour % 24);
}

static void register_plan(const Asker *asker, const Plan *plan)
{
    static const char *const names[] = {"Ann", "Bob", "Cyd", "Dan", "Eve", "Fay", "Gus"};
    static const char *const venues[] = {"", "Hall", "House", "Hotel"};
    static const char *const rooms[] = {NULL, "5", "6"};
    static const char *const cities[] = {NULL, "Osh", "Termez"};
    Draft draft;
    Venue venue = PLENARY__V1__VENUE__INIT;
    Plenary__V1__Participant people[PEOPLE];
    Plenary__V1__Participant *pointers[PEOPLE];
    char start[32], until[32], whole[16];
    int last_h = plan->start_h + plan->hours - (plan->whole_days ? 24 : 0);
    ask_draft(&draft, "Meeting", NULL);
    print_hour(plan->start_h, plan->whole_days, start);
    print_hour(last_h, plan->whole_days, until);
    draft.schedule.start = start;
    draft.schedule.end = until;
    draft.schedule.time_zone =
        !plan->has_zone ? NULL : ask_text(plan->zone_h ? "Asia/Tashkent" : "Etc/UTC");
    draft.schedule.has_approximate = draft.schedule.approximate = plan->approximate;
    draft.event.has_status = 1;
    draft.event.status = plan->status;
    venue.name = ask_text(plan->venue ? venues[plan->venue] : NULL);
    venue.room = ask_text(rooms[plan->room]);
    venue.city = ask_text(cities[plan->city]);
    if (venue.name || venue.room || venue.city) draft.event.venue = &venue;
    for (int i = 0; i < PEOPLE; i++) {
        if (plan->people[i] == STAYS) continue;
        Plenary__V1__Participant *person = &people[draft.event.n_participants];
        plenary__v1__participant__init(person);
        person->name = ask_text(names[i]);
        person->has_response = plan->people[i] == PERHAPS;
        person->response = PLENARY__V1__PARTICIPANT__RESPONSE__TENTATIVE;
        pointers[draft.event.n_participants++] = person;
    }
    draft.event.participants = pointers;
    (void)snprintf(whole, sizeof whole, "%d", plan->whole);
    if (plan->whole) draft.event.part_of = whole;
    if (plan->secret) draft.handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER;
    must(ask_register(asker, &draft.event));
}

/* A part is often where its whole is, and then. */
static void take_place(Plan *part, const Plan *whole)
{
    part->start_h = whole->start_h;
    part->hours = whole->hours;
    part->whole_days = whole->whole_days;
    part->venue = whole->venue;
    part->room = whole->room;
    part->city = whole->city;
}

static void register_plans(const Asker *asker, Plan *plans, int count)
{
    for (int number = 1; number <= count; number++) {
        plans[number] = plan_of(asker->harness, number);
        if (plans[number].whole && harness_below(asker->harness, 2))
            take_place(&plans[number], &plans[plans[number].whole]);
        register_plan(asker, &plans[number]);
    }
}

/* --- what is found --- */

static int by_text(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static const char *sorted(GPtrArray *lines)
{
    GString *text = g_string_new("");
    if (lines->len) qsort(lines->pdata, lines->len, sizeof *lines->pdata, by_text);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s\n", (char *)lines->pdata[i]);
    g_ptr_array_free(lines, TRUE);
    return g_string_free(text, FALSE);
}

static void print_clashes(const Conflict *conflict, char text[static PEOPLE + 2])
{
    static const char names[] = "ABCDEFG";
    for (size_t i = 0; i < conflict->n_clashes; i++) {
        const Clash *clash = conflict->clashes[i];
        if (clash->kind == PLENARY__V1__CLASH__KIND__VENUE)
            *text++ = clash->possible ? 'v' : 'V';
        else
            *text++ =
                (char)((clash->possible ? 'a' : '0') + (strchr(names, clash->subject[0]) - names));
    }
    *text = '\0';
}

static char *line_of(int one, int other, const char *clashes)
{
    int low = one < other || !other ? one : other;
    return g_strdup_printf("%d %d %s", low, other && low == other ? one : other, clashes);
}

/* All pages; the numbers of a pair in order, 0 for what is taken. */
static const char *found(const Asker *asker, Query *query, uint32_t limit)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    Page page = PLENARY__V1__PAGE__INIT;
    page.has_limit = 1;
    page.limit = limit;
    for (int pages = 0; pages < PAGES_MAX; pages++) {
        const Reply *reply = ask_conflicts(asker, query, &page);
        must(reply);
        const Plenary__V1__ConflictsReply *body = reply->conflicts;
        assert_true(body->n_conflicts <= limit + 1); /* and what is taken of the last one */
        for (size_t i = 0; i < body->n_conflicts; i++) {
            const Conflict *conflict = body->conflicts[i];
            char clashes[PEOPLE + 2];
            print_clashes(conflict, clashes);
            g_ptr_array_add(lines,
                            line_of((int)conflict->first->number,
                                    conflict->second ? (int)conflict->second->number : 0, clashes));
        }
        if (!body->has_next_page) return sorted(lines);
        page.has_token = 1;
        page.token = body->next_page;
    }
    fail_msg("the pages have no end");
    return NULL;
}

static const char *expected(const Plan *plans, int count)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    char clashes[PEOPLE + 2];
    for (int one = 1; one <= count; one++) {
        for (int other = one + 1; other <= count; other++) {
            expect(plans, one, other, clashes);
            if (*clashes) g_ptr_array_add(lines, line_of(one, other, clashes));
        }
    }
    return sorted(lines);
}

static void check_same(const char *is, const char *should)
{
    if (strcmp(is, should) != 0) fail_msg("found:\n%sexpected:\n%s", is, should);
    g_free((gpointer)(uintptr_t)is);
    g_free((gpointer)(uintptr_t)should);
}

static void every_pair_is_found_once_whatever_the_pages(void **state)
{
    const Asker *asker = *state;
    static const uint32_t limits[ROUNDS] = {500, 100, 7, 1};
    Plan plans[EVENTS + 1];
    register_plans(asker, plans, EVENTS);
    const char *should = expected(plans, EVENTS);
    assert_true(strlen(should) > 200); /* there is something to be found */
    g_free((gpointer)(uintptr_t)should);
    for (int round = 0; round < ROUNDS; round++) {
        check_same(found(asker, NULL, limits[round]), expected(plans, EVENTS));
        harness_fold_all(asker->harness); /* and from the base as from the delta */
    }
}

static void more_events_than_one_page_looks_at(void **state)
{
    const Asker *asker = *state;
    Plan *plans = test_calloc(MANY + 1, sizeof *plans);
    register_plans(asker, plans, MANY);
    check_same(found(asker, NULL, 500), expected(plans, MANY));
    test_free(plans);
}

/* --- filters and sight --- */

static void of_a_pair_one_must_match(void **state)
{
    const Asker *asker = *state;
    Plan plans[EVENTS + 1];
    char clashes[PEOPLE + 2];
    register_plans(asker, plans, EVENTS);
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
            expect(plans, one, other, clashes);
            if (*clashes && (plans[one].city == 1 || plans[other].city == 1))
                g_ptr_array_add(lines, line_of(one, other, clashes));
        }
    }
    check_same(found(asker, &query, 9), sorted(lines));
}

/* Once for each event that is seen, with all that is taken of it, as doubtful as that one is. */
static void add_taken(GPtrArray *lines, const Plan *plans, int one)
{
    bool wanted[PEOPLE + 1] = {false};
    char clashes[PEOPLE + 2];
    char taken[PEOPLE + 2];
    char *at = taken;
    for (int other = 1; other <= EVENTS; other++) {
        if (other == one || !plans[other].secret) continue;
        expect(plans, one, other, clashes);
        for (const char *what = clashes; *what; what++) {
            bool venue = *what == 'v' || *what == 'V';
            wanted[venue ? PEOPLE : (*what >= 'a' ? *what - 'a' : *what - '0')] = true;
        }
    }
    if (wanted[PEOPLE]) *at++ = doubtful(&plans[one]) ? 'v' : 'V';
    for (int i = 0; i < PEOPLE; i++) {
        bool perhaps = doubtful(&plans[one]) || plans[one].people[i] == PERHAPS;
        if (wanted[i]) *at++ = (char)((perhaps ? 'a' : '0') + i);
    }
    *at = '\0';
    if (*taken) g_ptr_array_add(lines, line_of(one, 0, taken));
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
    return sorted(lines);
}

static void of_what_is_unseen_it_is_told_that_it_is_taken(void **state)
{
    const Asker *asker = *state;
    const Asker reader = {asker->harness,
                          {.principal = "r",
                           .role = PLENARY__V1__PRINCIPAL__ROLE__READER,
                           .clearance = PLENARY__V1__HANDLING__TLP__GREEN}};
    Plan plans[EVENTS + 1];
    char clashes[PEOPLE + 2];
    register_plans(asker, plans, EVENTS);
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    for (int one = 1; one <= EVENTS; one++) {
        if (plans[one].secret) continue;
        for (int other = one + 1; other <= EVENTS; other++) {
            expect(plans, one, other, clashes);
            if (*clashes && !plans[other].secret)
                g_ptr_array_add(lines, line_of(one, other, clashes));
        }
        add_taken(lines, plans, one);
    }
    check_same(with_sorted_clashes(found(&reader, NULL, 500)), with_sorted_clashes(sorted(lines)));
}

/* --- single things --- */

static void a_change_ends_or_makes_a_conflict(void **state)
{
    const Asker *asker = *state;
    Plan plan = {
        .start_h = 9, .hours = 2, .venue = 1, .status = PLENARY__V1__EVENT__STATUS__CONFIRMED};
    register_plan(asker, &plan);
    register_plan(asker, &plan);
    check_same(found(asker, NULL, 10), g_strdup("1 2 V\n"));
    must(ask_move(asker, PLENARY__V1__REQUEST__VERB_CANCEL_EVENT, "2", 0));
    check_same(found(asker, NULL, 10), g_strdup(""));
    must(ask_move(asker, PLENARY__V1__REQUEST__VERB_REINSTATE_EVENT, "2", 0));
    check_same(found(asker, NULL, 10), g_strdup("1 2 V\n"));
    must(ask_move(asker, PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT, "1", 0));
    check_same(found(asker, NULL, 10), g_strdup(""));
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
    register_plan(asker, &plan);
    check_same(found(asker, NULL, 10), g_strdup("1 2 V\n"));
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
    check_same(found(asker, NULL, 10), g_strdup(""));
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
        TEST(of_a_pair_one_must_match),
        TEST(of_what_is_unseen_it_is_told_that_it_is_taken),
        TEST(a_change_ends_or_makes_a_conflict),
        TEST(an_event_of_years_clashes_with_one_of_an_hour),
        TEST(instances_of_one_series_do_not_clash),
        TEST(a_token_that_is_no_token_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
