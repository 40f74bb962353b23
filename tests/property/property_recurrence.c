/*
 * The instances of random rules against those of libical's own iterator; the seed is printed.
 *
 *   property_recurrence RULES [SEED]
 *
 * libical is asked only for what was found in a few steps, for it may look for ever. Where it is
 * known to differ from RFC 5545, the rule is not asked: see `asks_what_libical_tells`.
 */
#include "proto/recurrence.h"

#include <assert.h>
#include <glib.h>
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RULE_BYTES = 512,
    ARENA_BYTES = 64 * 1024,
    INSTANCES = 24, /* of each rule */
    NUMBERS_MAX = 8,
    SHOWN_MAX = 30,
    DAY_S = 24 * 3600,
};

typedef struct Draw {
    GRand *random;
    GString *rule;
    RuleUnit unit;
    bool has_month;
    bool has_week;
    bool has_month_day;
    bool has_year_day;
    bool has_positions;
    Moment start;
} Draw;

static bool chance(Draw *self, int percent)
{
    return g_rand_int_range(self->random, 0, 100) < percent;
}

static int between(Draw *self, int low, int high)
{
    return g_rand_int_range(self->random, low, high + 1);
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* ";NAME=" and up to `most` numbers in order, each once, or all of them from the end: of other
 * lists libical 3.0.16 tells some numbers too late or not at all. */
static void add_numbers(Draw *self, const char *name, int low, int high, int most, bool from_end)
{
    int numbers[NUMBERS_MAX];
    int count = between(self, 1, most);
    bool negative = from_end && chance(self, 40);
    for (int i = 0; i < count; i++)
        numbers[i] = between(self, low, high) * (negative ? -1 : 1);
    qsort(numbers, (size_t)count, sizeof *numbers, by_number);
    g_string_append_printf(self->rule, ";%s=%d", name, numbers[0]);
    for (int i = 1; i < count; i++)
        if (numbers[i] > numbers[i - 1]) g_string_append_printf(self->rule, ",%d", numbers[i]);
}

static const char *const week_days[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

/* Each once and in order, for the same reason. */
static void add_week_days(Draw *self)
{
    bool nth = (self->unit == RULE_MONTH || (self->unit == RULE_YEAR && !self->has_week)) &&
               chance(self, 50);
    int high = self->unit == RULE_YEAR && !self->has_month ? 52 : 4;
    const char *before = ";BYDAY=";
    int chosen = between(self, 1, (1 << 7) - 1);
    for (int i = 0; i < 7; i++) {
        if (!(chosen >> i & 1)) continue;
        g_string_append(self->rule, before);
        if (nth)
            g_string_append_printf(self->rule, "%s%d", chance(self, 40) ? "-" : "",
                                   between(self, 1, high));
        g_string_append(self->rule, week_days[i]);
        before = ",";
    }
}

static void add_days(Draw *self)
{
    self->has_month = chance(self, 35);
    self->has_week = self->unit == RULE_YEAR && chance(self, 25);
    self->has_year_day = (self->unit == RULE_YEAR || self->unit < RULE_DAY) && chance(self, 20);
    self->has_month_day = self->unit != RULE_WEEK && chance(self, 30);
    if (self->has_month) add_numbers(self, "BYMONTH", 1, 12, 4, false);
    /* Of week 52 libical may lose days, and it has a week 53 in every year. */
    if (self->has_week) add_numbers(self, "BYWEEKNO", 1, 51, 4, true);
    if (self->has_year_day) add_numbers(self, "BYYEARDAY", 1, 366, 8, true);
    if (self->has_month_day) add_numbers(self, "BYMONTHDAY", 1, 31, 6, true);
    if (chance(self, 40)) add_week_days(self);
}

static void draw_rule(Draw *self)
{
    static const struct {
        const char *name;
        RuleUnit unit;
        int share; /* of a hundred */
    } units[] = {
        {"YEARLY", RULE_YEAR, 30},    {"MONTHLY", RULE_MONTH, 25}, {"WEEKLY", RULE_WEEK, 20},
        {"DAILY", RULE_DAY, 13},      {"HOURLY", RULE_HOUR, 4},    {"MINUTELY", RULE_MINUTE, 4},
        {"SECONDLY", RULE_SECOND, 4},
    };
    int share = between(self, 0, 99);
    size_t row = 0;
    while (share >= units[row].share)
        share -= units[row++].share;
    self->unit = units[row].unit;
    g_string_printf(self->rule, "FREQ=%s", units[row].name);
    if (chance(self, 50)) g_string_append_printf(self->rule, ";INTERVAL=%d", between(self, 1, 7));
    if (chance(self, 40))
        g_string_append_printf(self->rule, ";WKST=%s", week_days[between(self, 0, 6)]);
    add_days(self);
    if (chance(self, 25)) add_numbers(self, "BYHOUR", 0, 23, 4, false);
    if (chance(self, 25)) add_numbers(self, "BYMINUTE", 0, 59, 4, false);
    if (chance(self, 15)) add_numbers(self, "BYSECOND", 0, 59, 4, false);
    self->has_positions = strstr(self->rule->str, ";BY") && chance(self, 15);
    if (self->has_positions) add_numbers(self, "BYSETPOS", 1, 6, 3, true);
    self->start = (Moment){.year = between(self, 1995, 2030),
                           .month = between(self, 1, 12),
                           .day = between(self, 1, 28),
                           .hour = between(self, 0, 23),
                           .minute = between(self, 0, 59),
                           .second = between(self, 0, 59)};
}

/* What libical 3.0.16 does not know, or tells otherwise than RFC 5545 and the examples in its own
 * later table of rules have it. */
static bool asks_what_libical_tells(const Draw *self)
{
    bool has_time = strstr(self->rule->str, "BYHOUR") || strstr(self->rule->str, "BYMINUTE") ||
                    strstr(self->rule->str, "BYSECOND");
    bool by_year = self->unit == RULE_YEAR;
    /* Weeks or days of the year together with months or days of the month: it gives no iterator. */
    if (self->has_week && (self->has_month || self->has_month_day || self->has_year_day))
        return false;
    if (by_year && self->has_year_day && (self->has_month || self->has_month_day)) return false;
    /* Weeks of the year without days of the week: it gives days of other weeks. */
    if (self->has_week && !strstr(self->rule->str, "BYDAY")) return false;
    /* Weeks from the end of the year: off by one in years of 53 weeks. */
    if (strstr(self->rule->str, "BYWEEKNO=-")) return false;
    /* Days of the year by hours, minutes or seconds: it looks for them without end. */
    if (!by_year && self->has_year_day) return false;
    /* Days from the end of the month, day by day: it has none. */
    if (self->unit <= RULE_DAY && strstr(self->rule->str, "BYMONTHDAY=-")) return false;
    /* More than one part below days: it turns back. */
    const char *part = strstr(self->rule->str, ";BY");
    if (self->unit < RULE_DAY && part && strstr(part + 1, ";BY")) return false;
    /* Weeks in some months: it loses days of a week that a month's end cuts, and times. */
    if (self->unit == RULE_WEEK && self->has_month) return false;
    /* An interval of what is also limited: after a gap it counts from anew. */
    if (self->unit <= RULE_DAY && strstr(self->rule->str, "INTERVAL") &&
        strstr(self->rule->str, ";BY"))
        return false;
    /* Days of each month of a year: it leaves some out. */
    if (by_year && self->has_month_day && !self->has_month) return false;
    /* Positions: it knows them of whole days, and counts them in the first period from the start.
     */
    return !self->has_positions || (self->unit >= RULE_MONTH && !has_time && !self->has_week);
}

/* How far libical may look in reasonable time. */
static int64_t patience_s(RuleUnit unit)
{
    static const int64_t days[] = {
        [RULE_SECOND] = 1,  [RULE_MINUTE] = 3,   [RULE_HOUR] = 60,    [RULE_DAY] = 1000,
        [RULE_WEEK] = 2000, [RULE_MONTH] = 4000, [RULE_YEAR] = 15000,
    };
    return days[unit] * DAY_S;
}

static size_t ours(const Draw *self, Zones *zones, Arena *arena, int64_t starts[static INSTANCES])
{
    char start[MOMENT_TEXT_SIZE];
    Event event = PLENARY__V1__EVENT__INIT;
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    Plenary__V1__Recurrence recurrence = PLENARY__V1__RECURRENCE__INIT;
    SeriesWalk walk;
    Instance instance;
    size_t count = 0;
    moment_print(&self->start, start);
    schedule.start = start;
    recurrence.rrule = self->rule->str;
    event.schedule = &schedule;
    event.recurrence = &recurrence;
    arena_reset(arena);
    const Series *series = series_compile(&event, zones, arena);
    assert(series != NULL);
    series_seek(series, moment_local_s(&self->start) + 1, &walk);
    int64_t until_s = moment_local_s(&self->start) + patience_s(self->unit);
    while (count < INSTANCES && series_next(&walk, &instance) == SERIES_INSTANCE &&
           instance.local_start_s <= until_s)
        starts[count++] = instance.local_start_s;
    return count;
}

static int64_t theirs(icalrecur_iterator *iterator)
{
    struct icaltimetype time = icalrecur_iterator_next(iterator);
    Moment moment = {.year = time.year,
                     .month = time.month,
                     .day = time.day,
                     .hour = time.hour,
                     .minute = time.minute,
                     .second = time.second};
    return icaltime_is_null_time(time) ? INT64_MAX : moment_local_s(&moment);
}

/* False: they differ. */
static bool compare(const Draw *self, const int64_t *starts, size_t count)
{
    struct icalrecurrencetype rule = icalrecurrencetype_from_string(self->rule->str);
    struct icaltimetype start = {.year = self->start.year,
                                 .month = self->start.month,
                                 .day = self->start.day,
                                 .hour = self->start.hour,
                                 .minute = self->start.minute,
                                 .second = self->start.second};
    icalrecur_iterator *iterator = icalrecur_iterator_new(rule, start);
    bool same = iterator != NULL;
    for (size_t i = 0; same && i < count;) {
        int64_t start_s = theirs(iterator);
        if (start_s == moment_local_s(&self->start)) continue;
        same = start_s == starts[i++];
        if (!same) {
            char one[MOMENT_TEXT_SIZE];
            char other[MOMENT_TEXT_SIZE] = "none";
            Moment moment = moment_from_local_s(starts[i - 1], false);
            moment_print(&moment, one);
            moment = moment_from_local_s(start_s, false);
            if (start_s < INT64_MAX) moment_print(&moment, other);
            (void)fprintf(stderr, "instance %zu: %s, of libical %s\n", i, one, other);
        }
    }
    if (iterator) icalrecur_iterator_free(iterator);
    if (!same) {
        char text[MOMENT_TEXT_SIZE];
        moment_print(&self->start, text);
        (void)fprintf(stderr, "  %s from %s\n", self->rule->str, text);
    }
    return same;
}

int main(int argc, char **argv)
{
    int rules = argc > 1 ? atoi(argv[1]) : 1000;
    const char *given = argc > 2 ? argv[2] : getenv("PLENARY_SEED");
    guint32 seed = given ? (guint32)strtoul(given, NULL, 10) : g_random_int();
    Zones *zones = zones_new();
    Arena *arena = arena_new(ARENA_BYTES);
    assert(zones && arena);
    Draw draw = {.random = g_rand_new_with_seed(seed), .rule = g_string_new(NULL)};
    int asked = 0;
    int differ = 0;
    (void)printf("PLENARY_SEED=%u\n", seed);
    for (int i = 0; i < rules && differ < SHOWN_MAX; i++) {
        int64_t starts[INSTANCES];
        draw_rule(&draw);
        if (!asks_what_libical_tells(&draw)) continue;
        if (ours(&draw, zones, arena, starts) == 0) continue;
        draw.start = moment_from_local_s(starts[0], false); /* one that the rule has */
        size_t count = ours(&draw, zones, arena, starts);
        asked++;
        if (!compare(&draw, starts, count)) differ++;
    }
    (void)printf("%d of %d rules compared, %d differ\n", asked, rules, differ);
    (void)g_string_free(draw.rule, TRUE);
    g_rand_free(draw.random);
    arena_destroy(&arena);
    zones_destroy(&zones);
    return differ > 0 || asked < rules / 4 ? EXIT_FAILURE : EXIT_SUCCESS;
}
