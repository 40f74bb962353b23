/* What is told of a change says what happened, by whom, and how to see more. */
#include "clients/notify/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

typedef struct Fixture {
    char folder[64];
    Mirror *mirror;
    Problem problem;
    Event before;
    Event after;
    Schedule schedule;
    Schedule later;
    Change change;
} Fixture;

/* Texts that live as long as the program, for fields that are not const. */
static char *text(const char *words)
{
    return (char *)(uintptr_t)words;
}

static void make_event(Event *event, Schedule *schedule, const char *start, uint32_t revision)
{
    plenary__v1__schedule__init(schedule);
    plenary__v1__event__init(event);
    schedule->start = text(start);
    event->schedule = schedule;
    event->title = text("Talks");
    event->has_kind = event->has_number = event->has_revision = 1;
    event->kind = PLENARY__V1__EVENT__KIND__MEETING;
    event->number = 12;
    event->revision = revision;
}

static void put_organisation(Fixture *fixture)
{
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    organisation.id = text("caricc");
    organisation.name = text("Information Centre");
    organisation.acronym = text("CARICC");
    assert_int_equal(mirror_snapshot_begin(fixture->mirror, &fixture->problem), STATUS_OK);
    assert_int_equal(
        mirror_snapshot_organisation(fixture->mirror, &organisation, &fixture->problem), STATUS_OK);
    assert_int_equal(mirror_snapshot_end(fixture->mirror, 1, NULL, 0, &fixture->problem),
                     STATUS_OK);
}

static int set_up(void **state)
{
    static Fixture fixture;
    fixture = (Fixture){.folder = "/tmp/plenary-notice-XXXXXX"};
    problem_clear(&fixture.problem);
    if (!mkdtemp(fixture.folder)) return -1;
    if (mirror_open(fixture.folder, &fixture.mirror, &fixture.problem) != STATUS_OK) return -1;
    put_organisation(&fixture);
    make_event(&fixture.before, &fixture.schedule, "2022-03-03", 3);
    make_event(&fixture.after, &fixture.later, "2022-03-04", 4);
    plenary__v1__change__init(&fixture.change);
    fixture.change.has_sequence = fixture.change.has_action = 1;
    fixture.change.sequence = 52;
    fixture.change.action = PLENARY__V1__CHANGE__ACTION__REVISED;
    fixture.change.by_organisation = text("caricc");
    fixture.change.record_case = PLENARY__V1__CHANGE__RECORD_EVENT;
    fixture.change.event = &fixture.after;
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    char command[128];
    mirror_close(&fixture->mirror);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", fixture->folder);
    return system(command); /* NOLINT(concurrency-mt-unsafe): one thread */
}

static void expect_words(Fixture *fixture, const FollowerNews *news, const char *expected)
{
    assert_true(notice_is_due(news));
    char *words = notice_words(news, fixture->mirror);
    assert_non_null(words);
    assert_string_equal(words, expected);
    free(words);
}

static FollowerNews news_of(Fixture *fixture)
{
    return (FollowerNews){52, &fixture->change, &fixture->before, &fixture->after};
}

static void a_change_is_told_with_who_made_it(void **state)
{
    Fixture *fixture = *state;
    FollowerNews news = news_of(fixture);
    expect_words(fixture, &news,
                 "#52 revised  12 Talks: when 3 Mar 2022 → 4 Mar 2022 "
                 "(by CARICC; plenary diff 12 3 4)\n");
    fixture->change.by_principal = text("ada");
    expect_words(fixture, &news,
                 "#52 revised  12 Talks: when 3 Mar 2022 → 4 Mar 2022 "
                 "(by CARICC (ada); plenary diff 12 3 4)\n");
    fixture->change.by_organisation = text("osce");
    fixture->change.by_principal = NULL;
    expect_words(fixture, &news,
                 "#52 revised  12 Talks: when 3 Mar 2022 → 4 Mar 2022 "
                 "(by osce; plenary diff 12 3 4)\n");
}

static void what_only_looks_like_a_change_is_not_told(void **state)
{
    Fixture *fixture = *state;
    FollowerNews news = news_of(fixture);
    fixture->after.schedule = &fixture->schedule; /* another revision, the same to the eye */
    assert_false(notice_is_due(&news));
}

static void an_event_that_comes_is_told_with_what_it_is(void **state)
{
    Fixture *fixture = *state;
    FollowerNews news = news_of(fixture);
    Venue venue = PLENARY__V1__VENUE__INIT;
    venue.city = text("Tashkent");
    venue.country = text("UZ");
    fixture->after.venue = &venue;
    fixture->after.has_status = 1;
    fixture->after.status = PLENARY__V1__EVENT__STATUS__TENTATIVE;
    news.before = NULL;
    fixture->change.action = PLENARY__V1__CHANGE__ACTION__REGISTERED;
    expect_words(fixture, &news,
                 "#52 registered  12 Talks: meeting, 4 Mar 2022, Tashkent, UZ, tentative "
                 "(by CARICC; plenary show 12)\n");
    fixture->change.action = PLENARY__V1__CHANGE__ACTION__REVISED; /* into the filter */
    expect_words(fixture, &news,
                 "#52 entered  12 Talks: meeting, 4 Mar 2022, Tashkent, UZ, tentative "
                 "(by CARICC; plenary show 12)\n");
}

static void an_event_that_leaves_is_told_by_the_title_it_had(void **state)
{
    Fixture *fixture = *state;
    FollowerNews news = news_of(fixture);
    news.after = NULL;
    fixture->change.action = PLENARY__V1__CHANGE__ACTION__WITHDRAWN;
    expect_words(fixture, &news, "#52 withdrawn  12 Talks (by CARICC; plenary history 12)\n");
    fixture->change.by_organisation = NULL; /* a bare one: nobody says why */
    expect_words(fixture, &news,
                 "#52 left  12 Talks: withdrawn, or no longer what is asked for "
                 "(plenary history 12)\n");
}

static void a_difference_without_a_change_is_told_too(void **state)
{
    Fixture *fixture = *state;
    FollowerNews news = news_of(fixture);
    news.change = NULL;
    expect_words(fixture, &news,
                 "#52 changed  12 Talks: when 3 Mar 2022 → 4 Mar 2022 "
                 "(plenary diff 12 3 4)\n");
}

static void a_title_with_a_line_break_is_one_line(void **state)
{
    Fixture *fixture = *state;
    FollowerNews news = news_of(fixture);
    news.after = NULL;
    fixture->change.by_organisation = NULL;
    fixture->before.title = text("Talks\nand more");
    expect_words(fixture, &news,
                 "#52 left  12 Talks and more: withdrawn, or no longer what is asked for "
                 "(plenary history 12)\n");
}

static void json_begins_with_what_is_looked_for_first(void **state)
{
    static const char beginning[] = "{\"sequence\":52,\"action\":\"revised\","
                                    "\"relation\":\"changed\",\"text\":\"#52 revised";
    Fixture *fixture = *state;
    FollowerNews news = news_of(fixture);
    char *line = notice_json(&news, fixture->mirror);
    assert_non_null(line);
    assert_memory_equal(line, beginning, sizeof beginning - 1);
    json_t *json = json_loads(line, 0, NULL);
    assert_int_equal(strcspn(line, "\n"), strlen(line) - 1);
    free(line);
    assert_non_null(json);
    const json_t *difference = json_object_get(json, "difference");
    const json_t *field = json_array_get(json_object_get(difference, "fields"), 0);
    assert_string_equal(json_string_value(json_object_get(field, "path")), "schedule.start");
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(json, "event"), "revision")), 4);
    json_decref(json);
}

static void json_without_a_change_has_no_action(void **state)
{
    Fixture *fixture = *state;
    FollowerNews news = {7, NULL, &fixture->before, NULL};
    char *line = notice_json(&news, fixture->mirror);
    json_t *json = line ? json_loads(line, 0, NULL) : NULL;
    free(line);
    assert_non_null(json);
    assert_null(json_object_get(json, "action"));
    assert_string_equal(json_string_value(json_object_get(json, "relation")), "left");
    assert_int_equal(json_integer_value(json_object_get(json, "sequence")), 7);
    assert_non_null(json_object_get(json, "event"));
    json_decref(json);
}

/* Nothing of what was there before, which has the name in it. */
static void an_erasure_is_told_without_what_was_before(void **state)
{
    Fixture *fixture = *state;
    FollowerNews news = {
        .sequence = 52, .change = &fixture->change, .after = &fixture->after, .is_erased = true};
    fixture->change.action = PLENARY__V1__CHANGE__ACTION__ERASED;
    expect_words(fixture, &news,
                 "#52 erased  12 Talks: a person was taken out; copies must follow "
                 "(by CARICC; plenary show 12)\n");
    char *line = notice_json(&news, fixture->mirror);
    json_t *json = line ? json_loads(line, 0, NULL) : NULL;
    free(line);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "action")), "erased");
    assert_string_equal(json_string_value(json_object_get(json, "relation")), "again");
    assert_null(json_object_get(json, "difference"));
    json_decref(json);
}

/* It matched by the name: its identifiers are all that is told. */
static void an_event_that_leaves_with_who_was_erased_is_told_without_its_title(void **state)
{
    Fixture *fixture = *state;
    Event bare = PLENARY__V1__EVENT__INIT;
    FollowerNews news = {.sequence = 52, .change = &fixture->change, .is_erased = true};
    bare.number = 12;
    fixture->change.action = PLENARY__V1__CHANGE__ACTION__ERASED;
    fixture->change.event = &bare;
    expect_words(fixture, &news,
                 "#52 erased  12: a person was taken out; copies must follow "
                 "(by CARICC; plenary history 12)\n");
}

/* Of former images the change alone tells, to who may see all. */
static void an_erasure_of_former_images_is_told_without_an_event(void **state)
{
    Fixture *fixture = *state;
    FollowerNews news = {.sequence = 52, .change = &fixture->change, .is_erased = true};
    fixture->change.action = PLENARY__V1__CHANGE__ACTION__ERASED;
    fixture->change.record_case = PLENARY__V1__CHANGE__RECORD__NOT_SET;
    fixture->change.event = NULL;
    expect_words(fixture, &news,
                 "#52 erased: a person was taken out; copies must follow "
                 "(by CARICC; plenary log)\n");
    char *line = notice_json(&news, fixture->mirror);
    assert_non_null(line);
    assert_non_null(strstr(line, "\"action\":\"erased\",\"relation\":\"again\""));
    free(line);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_change_is_told_with_who_made_it),
        TEST(what_only_looks_like_a_change_is_not_told),
        TEST(an_event_that_comes_is_told_with_what_it_is),
        TEST(an_event_that_leaves_is_told_by_the_title_it_had),
        TEST(a_difference_without_a_change_is_told_too),
        TEST(a_title_with_a_line_break_is_one_line),
        TEST(json_begins_with_what_is_looked_for_first),
        TEST(json_without_a_change_has_no_action),
        TEST(an_erasure_is_told_without_what_was_before),
        TEST(an_erasure_of_former_images_is_told_without_an_event),
        TEST(an_event_that_leaves_with_who_was_erased_is_told_without_its_title),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
