/*
 * The instances of random rules against those of a naive model; the seed is printed, PLENARY_SEED
 * replays it.
 *
 *   property_recurrence RULES [SEED]
 *
 * Every part that RFC 5545 lets a FREQ have is drawn. Where libical's own iterator is not known to
 * be wrong (`asks_what_libical_tells`) it is asked as well, so that a fault of reading that model
 * and code share may show; it has faults that are not known here, so that a few may differ.
 */
#include "proto/forms.h"
#include "proto/recurrence.h"
#include "tests/property/drawn_rule.h"
#include "tests/property/naive_rule.h"

#include <assert.h>
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RULE_BYTES = 512,
    ARENA_BYTES = 64 * 1024,
    INSTANCES = 24, /* of each rule */
    SHOWN_MAX = 30,
    TRIES_MAX = 300000, /* of the model for one rule */
    TIRED_MAX = 2000,   /* more steps than that */
    LIBICAL_FAULTS_PERCENT = 2,
    DAY_S = 24 * 3600,
};

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

static const Series *series_of(const Draw *self, Zones *zones, Arena *arena)
{
    char start[MOMENT_TEXT_SIZE];
    Event event = PLENARY__V1__EVENT__INIT;
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    Plenary__V1__Recurrence recurrence = PLENARY__V1__RECURRENCE__INIT;
    moment_print(&self->start, start);
    schedule.start = start;
    recurrence.rrule = self->rule->str;
    event.schedule = &schedule;
    event.recurrence = &recurrence;
    arena_reset(arena);
    const Series *series = series_compile(&event, zones, arena);
    assert(series != NULL);
    return series;
}

/* The next start; INT64_MAX: there is none, or none was found though asked again and again. */
static int64_t next_start(SeriesWalk *walk)
{
    Instance instance;
    SeriesStep step = SERIES_TIRED;
    for (int i = 0; i < TIRED_MAX && step == SERIES_TIRED; i++)
        step = series_next(walk, &instance);
    return step == SERIES_INSTANCE ? instance.local_start_s : INT64_MAX;
}

static void show(const char *who, int64_t start_s)
{
    char text[MOMENT_TEXT_SIZE] = "none";
    Moment moment = moment_from_local_s(start_s < INT64_MAX ? start_s : 0, false);
    if (start_s < INT64_MAX) moment_print(&moment, text);
    (void)fprintf(stderr, "%s %s ", who, text);
}

static bool differs(const Draw *self, const char *who, int64_t expected_s, int64_t found_s)
{
    if (expected_s == found_s) return false;
    show(who, expected_s);
    show("found", found_s);
    show("of", moment_local_s(&self->start));
    (void)fprintf(stderr, "%s\n", self->rule->str);
    return true;
}

/* What gives an instance must not be refused. */
static bool is_taken(const Draw *self, const NaiveAnswer *naive)
{
    Problem problem;
    problem_clear(&problem);
    Checker checker = {.problem = &problem, .place = CHECKER_NO_PLACE};
    form_rrule(&checker, self->rule->str);
    if (!checker.wrong || naive->count == 1) return true;
    (void)fprintf(stderr, "refused: %s\n", self->rule->str);
    return false;
}

/* Walks from the first instance, and then from a seek to one of them. False: they differ. */
static bool is_as_naive(Draw *self, const Series *series, int *found)
{
    NaiveAnswer naive;
    SeriesWalk walk;
    naive_rule(self->rule->str,
               (NaiveStart){self->start.year, self->start.month, self->start.day, self->start.hour,
                            self->start.minute, self->start.second},
               INSTANCES, TRIES_MAX, &naive);
    if (!is_taken(self, &naive)) return false;
    series_seek(series, naive.starts[0] - 1, &walk);
    for (size_t i = 0; i < naive.count; i++)
        if (differs(self, "the model has", naive.starts[i], next_start(&walk))) return false;
    int64_t next_s = naive.count < INSTANCES ? next_start(&walk) : INT64_MAX;
    if (next_s < naive.seen_to_s && differs(self, "the model has", INT64_MAX, next_s)) return false;
    size_t place = (size_t)draw_between(self, 0, (int)naive.count - 1);
    series_seek(series, naive.starts[place], &walk);
    for (size_t i = place; i < naive.count; i++)
        if (differs(self, "the model has", naive.starts[i], next_start(&walk))) return false;
    *found += (int)naive.count - 1;
    return true;
}

/* --- libical --- */

/* What lies near enough for libical to be asked. */
static size_t ours(const Draw *self, const Series *series, int64_t starts[static INSTANCES])
{
    SeriesWalk walk;
    Instance instance;
    size_t count = 0;
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

/* False: libical tells it otherwise. */
static bool is_as_libical(const Draw *self, const int64_t *starts, size_t count)
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
        same = !differs(self, "libical has", start_s, starts[i++]);
    }
    if (iterator) icalrecur_iterator_free(iterator);
    return same;
}

static bool agrees_with_libical(Draw *self, Zones *zones, Arena *arena, int *asked)
{
    int64_t starts[INSTANCES];
    if (!self->is_tame || !asks_what_libical_tells(self)) return true;
    if (ours(self, series_of(self, zones, arena), starts) == 0) return true;
    self->start = moment_from_local_s(starts[0], false); /* one that the rule has */
    size_t count = ours(self, series_of(self, zones, arena), starts);
    (*asked)++;
    return is_as_libical(self, starts, count);
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
    int wrong = 0;
    int found = 0;
    int asked = 0;
    int told_otherwise = 0;
    (void)printf("PLENARY_SEED=%u\n", seed);
    for (int i = 0; i < rules && wrong < SHOWN_MAX; i++) {
        draw_rule(&draw);
        if (!is_as_naive(&draw, series_of(&draw, zones, arena), &found)) wrong++;
        if (!agrees_with_libical(&draw, zones, arena, &asked)) told_otherwise++;
    }
    (void)printf("%d rules, %d instances: %d rules differ from the model; libical was asked %d, "
                 "and told %d otherwise\n",
                 rules, found, wrong, asked, told_otherwise);
    (void)g_string_free(draw.rule, TRUE);
    g_rand_free(draw.random);
    arena_destroy(&arena);
    zones_destroy(&zones);
    bool fails = wrong > 0 || told_otherwise > 1 + asked * LIBICAL_FAULTS_PERCENT / 100;
    return fails || found < rules ? EXIT_FAILURE : EXIT_SUCCESS;
}
