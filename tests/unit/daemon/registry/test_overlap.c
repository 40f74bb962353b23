/* When two events are at once, instance by instance; compared with every instance put to every
 * other. */
#include "daemon/registry/overlap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    ROUNDS = 4000,
    INSTANCES_MAX = 64,
    TEXT_SIZE = 96,
    DAY_S = 24 * 3600,
};

typedef struct Fixture {
    Zones *zones;
    Arena *arena;
    uint32_t seed;
} Fixture;

static int begin(void **state)
{
    Fixture *self = test_calloc(1, sizeof *self);
    *self = (Fixture){zones_new(), arena_new(64 << 20), 7};
    *state = self;
    return 0;
}

static int end(void **state)
{
    Fixture *self = *state;
    zones_destroy(&self->zones);
    arena_destroy(&self->arena);
    test_free(self);
    return 0;
}

static uint32_t below(Fixture *self, uint32_t limit)
{
    self->seed = self->seed * 1664525 + 1013904223;
    return (self->seed >> 8) % limit;
}

/* An event, with what it points to. */
typedef struct Draft {
    Event event;
    Schedule schedule;
    Plenary__V1__Recurrence recurrence;
    char start[TEXT_SIZE], end[TEXT_SIZE], rule[TEXT_SIZE];
} Draft;

/* rule NULL: it does not recur; zone NULL: it floats. */
static Times draft(Fixture *self, Draft *made, const char *start, const char *end, const char *zone,
                   const char *rule)
{
    Times times;
    plenary__v1__event__init(&made->event);
    plenary__v1__schedule__init(&made->schedule);
    plenary__v1__recurrence__init(&made->recurrence);
    (void)snprintf(made->start, TEXT_SIZE, "%s", start);
    (void)snprintf(made->end, TEXT_SIZE, "%s", end ? end : "");
    (void)snprintf(made->rule, TEXT_SIZE, "%s", rule ? rule : "");
    made->schedule.start = made->start;
    if (end) made->schedule.end = made->end;
    made->schedule.time_zone = (char *)(uintptr_t)zone;
    made->recurrence.rrule = made->rule;
    made->event.schedule = &made->schedule;
    if (rule) made->event.recurrence = &made->recurrence;
    assert_true(times_of(&made->event, self->zones, self->arena, &times));
    return times;
}

/* --- cases --- */

static const OverlapView anywhen = {.now_s = INT64_MIN / 4};

typedef struct Side {
    const char *start, *end, *zone, *rule;
} Side;

typedef struct Case {
    Side one, other;
    const char *at, *other_at; /* the starts of the instances; NULL: they do not overlap */
} Case;

static void check_start(const Event *event, const Instance *instance, Arena *arena,
                        const char *start)
{
    const Schedule *schedule = overlap_schedule(event, instance, arena);
    assert_string_equal(schedule->start, start);
}

static void check(Fixture *self, const Case *at, const OverlapView *view)
{
    Draft one;
    Draft other;
    Overlap when = {.looked_at = 0};
    Times left = draft(self, &one, at->one.start, at->one.end, at->one.zone, at->one.rule);
    Times right =
        draft(self, &other, at->other.start, at->other.end, at->other.zone, at->other.rule);
    bool found = overlap_find(self->zones, &left, &right, view, &when);
    if (found != (at->at != NULL))
        fail_msg("%s %s and %s %s", one.start, one.rule, other.start, other.rule);
    if (!found) return;
    check_start(&one.event, &when.left, self->arena, at->at);
    check_start(&other.event, &when.right, self->arena, at->other_at);
    assert_true(overlap_find(self->zones, &right, &left, view, &when));
    check_start(&one.event, &when.right, self->arena, at->at);
}

static void an_instance_is_as_good_as_an_event(void **state)
{
    static const Case cases[] = {
        {{"2022-03-01T09:00", "2022-03-01T10:00", NULL, "FREQ=WEEKLY"},
         {"2023-08-29T09:30", "2023-08-29T11:00"},
         "2023-08-29T09:00:00",
         "2023-08-29T09:30:00"},
        {{"2022-03-01T09:00", "2022-03-01T10:00", NULL, "FREQ=WEEKLY"},
         {"2023-08-30T09:30", "2023-08-30T11:00"}},
        {{"2022-03-01T09:00", "2022-03-01T10:00", NULL, "FREQ=WEEKLY;COUNT=3"},
         {"2022-03-22T09:30", "2022-03-22T11:00"}},
        {{"2022-03-01T09:00", "2022-03-01T10:00", NULL, "FREQ=WEEKLY"},
         {"2022-01-01T09:30", "2022-01-01T11:00"}},
        /* whole days */
        {{"2022-03-01", NULL, NULL, "FREQ=MONTHLY"},
         {"2022-05-30", "2022-06-02"},
         "2022-06-01",
         "2022-05-30"},
        /* every second week, and every third: the sixth */
        {{"2022-03-01T09:00", "2022-03-01T10:00", NULL, "FREQ=WEEKLY;INTERVAL=2"},
         {"2022-03-08T09:00", "2022-03-08T10:00", NULL, "FREQ=WEEKLY;INTERVAL=3"},
         "2022-03-29T09:00:00",
         "2022-03-29T09:00:00"},
        /* two series that never meet */
        {{"2022-03-01T09:00", "2022-03-01T10:00", NULL, "FREQ=WEEKLY"},
         {"2022-03-02T09:00", "2022-03-02T10:00", NULL, "FREQ=WEEKLY"}},
        /* 09:00 in Berlin is 13:00 in Tashkent in winter, and 12:00 in summer */
        {{"2022-01-03T09:00", "2022-01-03T10:00", "Europe/Berlin", "FREQ=WEEKLY"},
         {"2022-01-03T12:00", "2022-01-03T13:00", "Asia/Tashkent", "FREQ=WEEKLY"},
         "2022-03-28T09:00:00",
         "2022-03-28T12:00:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(*state, &cases[i], &anywhen);
}

static int64_t local_s(const char *text)
{
    Moment moment;
    assert_true(moment_parse(text, &moment));
    return moment_local_s(&moment);
}

static void what_is_asked_for_or_comes_next_is_found_first(void **state)
{
    static const Side daily = {"2022-03-01T09:00", "2022-03-01T10:00", NULL, "FREQ=DAILY"};
    static const Side weekly = {"2022-03-01T09:30", "2022-03-01T12:00", NULL, "FREQ=WEEKLY"};
    static const Side ended = {"2022-03-01T09:30", "2022-03-01T12:00", NULL, "FREQ=WEEKLY;COUNT=2"};
    static const Side once = {"2022-03-05T09:30", "2022-03-05T12:00"};
    const OverlapView now = {.now_s = local_s("2030-01-02")};
    const OverlapView may = {
        .has_range = true, .from_s = local_s("2025-05-01"), .to_s = local_s("2025-06-01")};
    const OverlapView may_2 = {
        .has_range = true, .from_s = local_s("2025-05-02"), .to_s = local_s("2025-05-03")};
    check(*state, &(Case){daily, weekly, "2030-01-08T09:00:00", "2030-01-08T09:30:00"}, &now);
    check(*state, &(Case){daily, ended, "2022-03-01T09:00:00", "2022-03-01T09:30:00"}, &now);
    check(*state, &(Case){daily, weekly, "2025-05-06T09:00:00", "2025-05-06T09:30:00"}, &may);
    check(*state, &(Case){daily, weekly}, &may_2);
    check(*state, &(Case){daily, once}, &may);
}

typedef struct Replaced {
    int64_t starts[2];
    size_t count;
} Replaced;

static bool is_replaced(void *context, int64_t local_start_s)
{
    const Replaced *replaced = context;
    for (size_t i = 0; i < replaced->count; i++)
        if (replaced->starts[i] == local_start_s) return true;
    return false;
}

static void a_replaced_instance_is_not_there(void **state)
{
    Fixture *self = *state;
    Draft one;
    Draft other;
    Overlap when = {.looked_at = 0};
    Times daily =
        draft(self, &one, "2022-03-01T09:00", "2022-03-01T10:00", NULL, "FREQ=DAILY;COUNT=9");
    const Times weekly =
        draft(self, &other, "2022-03-01T09:00", "2022-03-01T10:00", NULL, "FREQ=WEEKLY");
    Replaced replaced = {{local_s("2022-03-01T09:00"), local_s("2022-03-08T09:00")}, 1};
    daily.is_replaced = is_replaced;
    daily.replaced_context = &replaced;
    assert_true(overlap_find(self->zones, &daily, &weekly, &anywhen, &when));
    check_start(&one.event, &when.left, self->arena, "2022-03-08T09:00:00");
    replaced.count = 2;
    assert_false(overlap_find(self->zones, &daily, &weekly, &anywhen, &when));
}

static void a_look_is_bounded(void **state)
{
    Fixture *self = *state;
    Draft one;
    Draft other;
    Overlap when = {.looked_at = 0};
    const Times daily = draft(self, &one, "2022-03-01T09:00", NULL, NULL, "FREQ=DAILY");
    const Times later = draft(self, &other, "2022-03-01T10:00", NULL, NULL, "FREQ=DAILY");
    assert_false(overlap_find(self->zones, &daily, &later, &anywhen, &when));
    assert_true(when.looked_at <= 2 * OVERLAP_INSTANCES_MAX);
    /* a rule without a moment is given up too */
    const Times never =
        draft(self, &other, "2022-03-01T10:00", NULL, NULL, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30");
    when.looked_at = 0;
    (void)overlap_find(self->zones, &daily, &never, &anywhen, &when);
    assert_true(when.looked_at <= 2 * OVERLAP_INSTANCES_MAX);
}

/* --- every instance to every other --- */

static size_t expand(const Times *times, Instance instances[static INSTANCES_MAX])
{
    SeriesWalk walk;
    size_t count = 0;
    instances[0] = (Instance){times->span.local_start_s, times->span.local_end_s};
    if (!times->series) return 1;
    series_seek(times->series, INT64_MIN / 4, &walk);
    while (count < INSTANCES_MAX) {
        SeriesStep step = series_next(&walk, &instances[count]);
        if (step == SERIES_END) break;
        if (step == SERIES_INSTANCE) count++;
    }
    return count;
}

static int64_t utc(Fixture *self, const Times *times, bool anchored, int64_t s)
{
    Moment moment = moment_from_local_s(s, false);
    return anchored ? moment_utc_s(self->zones, &moment, times->zone) : s;
}

static bool at_once(Fixture *self, const Times *left, const Instance *one, const Times *right,
                    const Instance *other)
{
    bool anchored = left->zone && right->zone;
    int64_t start = utc(self, left, anchored, one->local_start_s);
    int64_t until = utc(self, left, anchored, one->local_end_s);
    int64_t other_start = utc(self, right, anchored, other->local_start_s);
    int64_t other_until = utc(self, right, anchored, other->local_end_s);
    if (until <= start) until = start + 1;
    if (other_until <= other_start) other_until = other_start + 1;
    return start < other_until && other_start < until;
}

static bool naive(Fixture *self, const Times *left, const Times *right)
{
    Instance one[INSTANCES_MAX];
    Instance other[INSTANCES_MAX];
    size_t count = expand(left, one);
    size_t other_count = expand(right, other);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < other_count; j++)
            if (at_once(self, left, &one[i], right, &other[j])) return true;
    return false;
}

static Times random_times(Fixture *self, Draft *made)
{
    static const char *const zones[] = {NULL, "Europe/Berlin", "Asia/Tashkent", "Pacific/Apia"};
    static const char *const frequencies[] = {"DAILY", "WEEKLY", "MONTHLY"};
    char start[TEXT_SIZE];
    char until[TEXT_SIZE];
    char rule[TEXT_SIZE];
    bool days = below(self, 4) == 0;
    unsigned day = 1 + below(self, 24);
    unsigned hour = below(self, 22);
    unsigned length = below(self, 3);
    (void)snprintf(start, sizeof start, days ? "2022-03-%02u" : "2022-03-%02uT%02u:00", day, hour);
    (void)snprintf(until, sizeof until, days ? "2022-03-%02u" : "2022-03-%02uT%02u:30",
                   day + length * (days || below(self, 3) == 0), hour);
    (void)snprintf(rule, sizeof rule, "FREQ=%s;INTERVAL=%u;COUNT=%u", frequencies[below(self, 3)],
                   1 + below(self, 4), 1 + below(self, 20));
    return draft(self, made, start, until, zones[below(self, 4)], below(self, 3) ? rule : NULL);
}

static void every_overlap_is_found_and_no_other(void **state)
{
    Fixture *self = *state;
    size_t overlaps = 0;
    for (int round = 0; round < ROUNDS; round++) {
        Draft one;
        Draft other;
        Overlap when = {.looked_at = 0};
        const OverlapView view = {.now_s = local_s("2022-03-01") + below(self, 90) * DAY_S};
        arena_reset(self->arena);
        const Times left = random_times(self, &one);
        const Times right = random_times(self, &other);
        bool found = overlap_find(self->zones, &left, &right, &view, &when);
        if (found != naive(self, &left, &right))
            fail_msg("%s %s %s %s and %s %s %s %s: %s", one.start, one.end,
                     left.zone ? left.zone : "", left.series ? one.rule : "", other.start,
                     other.end, right.zone ? right.zone : "", right.series ? other.rule : "",
                     found ? "found" : "not found");
        if (found) assert_true(at_once(self, &left, &when.left, &right, &when.right));
        overlaps += found;
    }
    assert_true(overlaps > ROUNDS / 10 && overlaps < ROUNDS * 9 / 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_instance_is_as_good_as_an_event),
        TEST(what_is_asked_for_or_comes_next_is_found_first),
        TEST(a_replaced_instance_is_not_there),
        TEST(a_look_is_bounded),
        TEST(every_overlap_is_found_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
