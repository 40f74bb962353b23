/* Events are counted and picked out, whatever the order in which they come. */
#include "tests/unit/clients/report/registry.h"

typedef struct Bench {
    Registry registry;
    Activity *activity;
} Bench;

static int set_up(void **state)
{
    *state = calloc(1, sizeof(Bench));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    Bench *bench = *state;
    activity_destroy(&bench->activity);
    registry_clear(&bench->registry);
    free(bench);
    return 0;
}

static const Activity *gather(Bench *bench, const char *yaml)
{
    registry_read(&bench->registry, yaml);
    activity_destroy(&bench->activity);
    bench->activity = registry_activity(&bench->registry);
    return bench->activity;
}

static const Month *month_of(const Activity *activity, int year, int month)
{
    return &activity->months[(year - MOMENT_YEAR_MIN) * 12 + month - 1];
}

static uint32_t events_in(const Activity *activity, const char *country)
{
    size_t place;
    assert_true(activity_country(country, &place));
    return activity->countries[place];
}

static const EventLine *line_at(const Shortlist *list, size_t index)
{
    return shortlist_item(list, index);
}

/* The seed's own figures, as the registry counts them (tests/scenario/seed.bats). */
static void the_seed_is_counted(void **state)
{
    Bench *bench = *state;
    registry_read_seed(&bench->registry);
    const Activity *activity = bench->activity = registry_activity(&bench->registry);
    assert_int_equal(activity->events, 12);
    assert_int_equal(activity->kinds[PLENARY__V1__EVENT__KIND__MEETING], 9);
    assert_int_equal(activity->kinds[PLENARY__V1__EVENT__KIND__CONFERENCE], 1);
    assert_int_equal(activity->statuses[PLENARY__V1__EVENT__STATUS__HELD], 12);
    assert_int_equal(activity->formats[PLENARY__V1__EVENT__FORMAT__HYBRID], 3);
    assert_int_equal(activity->formats[PLENARY__V1__EVENT__FORMAT__ONLINE], 2);
    assert_int_equal(events_in(activity, "UZ"), 3);
    assert_int_equal(events_in(activity, "RU"), 2);
    assert_int_equal(events_in(activity, "DE"), 0);
    assert_int_equal(activity->nowhere, 3);
    assert_int_equal(month_of(activity, 2022, 3)->events, 4);
    assert_int_equal(activity->outcomes[PLENARY__V1__OUTCOME__KIND__RECOMMENDATION], 3);
    assert_int_equal(activity->tlp, PLENARY__V1__HANDLING__TLP__CLEAR);
}

static void an_event_without_dates_is_counted_and_listed_last(void **state)
{
    const Activity *activity = gather(*state, "event: {kind: meeting, title: Some day}\n"
                                              "---\n"
                                              "event:\n"
                                              "  kind: meeting\n"
                                              "  title: Old\n"
                                              "  schedule: {start: 0001-01-01}\n"
                                              "---\n"
                                              "event:\n"
                                              "  kind: meeting\n"
                                              "  title: Late\n"
                                              "  schedule: {start: '9999-12-31T23:59:59'}\n");
    assert_int_equal(activity->events, 3);
    assert_int_equal(activity->undated, 1);
    assert_int_equal(activity->months[0].events, 1);
    assert_int_equal(activity->months[ACTIVITY_MONTHS - 1].events, 1);
    assert_string_equal(line_at(activity->lines, 0)->title, "Late");
    assert_string_equal(line_at(activity->lines, 2)->title, "Some day");
    assert_string_equal(line_at(activity->lines, 2)->when, "");
}

static void floating_and_approximate_times_are_told_as_they_are(void **state)
{
    const Activity *activity =
        gather(*state, "event:\n"
                       "  kind: meeting\n"
                       "  title: Floating\n"
                       "  schedule: {start: '2022-03-04T09:00:00', end: '2022-03-04T10:30:00'}\n"
                       "---\n"
                       "event:\n"
                       "  kind: meeting\n"
                       "  title: In its zone\n"
                       "  schedule: {start: '2022-03-03T23:30:00', time_zone: Asia/Tashkent}\n"
                       "---\n"
                       "event:\n"
                       "  kind: meeting\n"
                       "  title: Within\n"
                       "  schedule: {start: 2022-02-28, end: 2022-03-01, approximate: true, "
                       "time_zone: Asia/Tashkent}\n");
    assert_string_equal(line_at(activity->lines, 0)->when, "4 Mar 2022 09:00–10:30");
    assert_null(line_at(activity->lines, 0)->zone);
    assert_string_equal(line_at(activity->lines, 1)->zone, "Asia/Tashkent");
    assert_string_equal(line_at(activity->lines, 2)->when, "within 28 Feb – 1 Mar 2022");
    assert_null(line_at(activity->lines, 2)->zone); /* of whole days it says nothing */
    assert_int_equal(month_of(activity, 2022, 2)->events, 1);
    assert_int_equal(month_of(activity, 2022, 3)->events, 2);
}

static void absent_status_and_handling_have_their_meaning(void **state)
{
    const Activity *activity = gather(*state, "event: {kind: meeting, title: Plain}\n");
    assert_int_equal(activity->statuses[PLENARY__V1__EVENT__STATUS__CONFIRMED], 1);
    assert_int_equal(activity->tlp, PLENARY__V1__HANDLING__TLP__GREEN);
    assert_int_equal(activity->formats[0], 1);
    activity = gather(*state, "event: {kind: meeting, title: B, handling: {tlp: red}}\n");
    assert_int_equal(activity->tlp, PLENARY__V1__HANDLING__TLP__RED);
}

static void changes_of_plan_are_found(void **state)
{
    const Activity *activity =
        gather(*state, "event:\n"
                       "  kind: meeting\n"
                       "  title: Moved\n"
                       "  revision: 3\n"
                       "  previous_start: 2022-03-03\n"
                       "  schedule: {start: 2022-03-04}\n"
                       "---\n"
                       "event:\n"
                       "  kind: meeting\n"
                       "  title: Moved back\n"
                       "  previous_start: 2022-03-03\n"
                       "  schedule: {start: 2022-03-03}\n"
                       "---\n"
                       "event:\n"
                       "  kind: webinar\n"
                       "  title: Cancelled\n"
                       "  status: cancelled\n"
                       "  status_reason: The speaker is ill\n"
                       "  schedule: {start: 2022-03-05}\n"
                       "---\n"
                       "event: {kind: meeting, title: Postponed, status: postponed}\n");
    assert_int_equal(activity->moved, 1);
    assert_int_equal(activity->revised, 1);
    assert_int_equal(activity->revisions, 2);
    assert_int_equal(shortlist_count(activity->changes), 3);
    assert_string_equal(line_at(activity->changes, 0)->title, "Cancelled");
    assert_string_equal(line_at(activity->changes, 0)->reason, "The speaker is ill");
    assert_string_equal(line_at(activity->changes, 1)->moved, "3 Mar 2022");
    assert_string_equal(line_at(activity->changes, 1)->when, "4 Mar 2022");
    assert_string_equal(line_at(activity->changes, 2)->title, "Postponed");
    assert_int_equal(month_of(activity, 2022, 3)->events, 3);
    assert_int_equal(month_of(activity, 2022, 3)->called_off, 1);
}

static const TallyRow *row_of(const TallyRow **rows, const char *reference)
{
    for (; *rows; rows++)
        if (strcmp((*rows)->reference, reference) == 0) return *rows;
    fail_msg("%s is not among the rows", reference);
    return NULL;
}

static void organisations_count_once_for_an_event_and_once_in_a_role(void **state)
{
    const Activity *activity =
        gather(*state, "organisation: {id: un, name: United Nations, kind: international}\n"
                       "---\n"
                       "organisation: {id: unodc, name: Office, kind: international, "
                       "part_of: un}\n"
                       "---\n"
                       "event:\n"
                       "  kind: meeting\n"
                       "  title: A\n"
                       "  organisations:\n"
                       "  - {id: unodc, role: organiser}\n"
                       "  - {id: unodc, role: sponsor}\n"
                       "  - {id: unodc, role: sponsor}\n"
                       "  - {name: Others, role: participant}\n"
                       "---\n"
                       "event:\n"
                       "  kind: meeting\n"
                       "  title: B\n"
                       "  organisations: [{id: unodc, role: sponsor}, {id: un, role: host}]\n");
    const TallyRow **rows = tally_rows(activity->organisations, activity->directory);
    assert_int_equal(tally_count(activity->organisations), 3);
    assert_string_equal(rows[0]->reference, "unodc");
    assert_int_equal(rows[0]->events, 2);
    assert_int_equal(rows[0]->roles[PLENARY__V1__INVOLVEMENT__ROLE__ORGANISER], 1);
    assert_int_equal(rows[0]->roles[PLENARY__V1__INVOLVEMENT__ROLE__SPONSOR], 2);
    assert_int_equal(row_of(rows, "un")->events, 1); /* its part counts for itself */
    assert_int_equal(row_of(rows, "Others")->events, 1);
    free(rows);
}

static void open_actions_come_first_by_their_due_date(void **state)
{
    const Activity *activity =
        gather(*state, "event:\n"
                       "  kind: meeting\n"
                       "  title: A\n"
                       "  outcomes:\n"
                       "  - {kind: action_item, title: done, state: done, due: 2022-01-01}\n"
                       "  - {kind: action_item, title: some day}\n"
                       "  - {kind: action_item, title: later, due: 2022-06-01, state: open}\n"
                       "  - {kind: action_item, title: first, due: 2022-05-01}\n"
                       "  - {kind: decision, title: decided}\n");
    static const char *const expected[] = {"first", "later", "some day", "done"};
    assert_int_equal(activity->actions[PLENARY__V1__OUTCOME__STATE__OPEN], 3);
    assert_int_equal(shortlist_count(activity->actions_list), 4);
    for (size_t i = 0; i < 4; i++) {
        const OutcomeLine *line = shortlist_item(activity->actions_list, i);
        assert_string_equal(line->title, expected[i]);
    }
    const OutcomeLine *decided = shortlist_item(activity->outcomes_list, 0);
    assert_string_equal(decided->title, "decided");
    assert_string_equal(decided->event_title, "A");
}

static void people_are_counted_by_name_and_by_head(void **state)
{
    const Activity *activity = gather(*state, "event:\n"
                                              "  kind: training\n"
                                              "  title: A\n"
                                              "  participants: [{name: One}, {name: Two}]\n"
                                              "  headcounts: [{country: UZ, number: 20}, "
                                              "{country: KZ, number: 5}]\n");
    assert_int_equal(activity->participants, 2);
    assert_int_equal(activity->headcount, 25);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_seed_is_counted),
        TEST(an_event_without_dates_is_counted_and_listed_last),
        TEST(floating_and_approximate_times_are_told_as_they_are),
        TEST(absent_status_and_handling_have_their_meaning),
        TEST(changes_of_plan_are_found),
        TEST(organisations_count_once_for_an_event_and_once_in_a_role),
        TEST(open_actions_come_first_by_their_due_date),
        TEST(people_are_counted_by_name_and_by_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
