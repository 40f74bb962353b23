#include "clients/lib/ical_zone.h"

#include "clients/lib/ical_line.h"

#include <stdlib.h>
#include <string.h>

enum {
    DAY_S = 24 * 3600,
    DAYS_PER_WEEK = 7,
    MARGIN_DAYS = 30,
    YEARS_OF_A_RULE = 28, /* in which each day of the year falls on each day of the week */
    RUNS_FIRST = 64,
    VALUE_SIZE = 128,
};

static const int64_t year_s = INT64_C(366) * DAY_S;

/* A change of the clocks, and those like it in the years after. */
typedef struct Run {
    int64_t first_utc_s;
    int64_t last_utc_s;
    Moment first; /* on the clocks as they were before */
    int32_t last_year;
    int32_t day_min; /* of the month */
    int32_t day_max;
    int32_t weekday; /* 0: Monday */
    int32_t offset_before_s;
    ZonePeriod after;
} Run;

typedef struct Runs {
    Run *runs;
    size_t count;
    size_t room;
} Runs;

static int32_t weekday_of(int64_t local_s)
{
    int64_t days = local_s / DAY_S - (local_s % DAY_S < 0 ? 1 : 0);
    return (int32_t)((days % DAYS_PER_WEEK + DAYS_PER_WEEK + 3) %
                     DAYS_PER_WEEK); /* 1970: Thursday */
}

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* Is the change what the run's would be a year later? */
static bool continues(const Run *run, const Run *change)
{
    int32_t day_min = smaller(run->day_min, change->day_min);
    int32_t day_max = larger(run->day_max, change->day_max);
    return run->last_year + 1 == change->first.year && run->first.month == change->first.month &&
           run->weekday == change->weekday && run->first.hour == change->first.hour &&
           run->first.minute == change->first.minute && run->first.second == change->first.second &&
           day_max - day_min < DAYS_PER_WEEK && run->offset_before_s == change->offset_before_s &&
           run->after.offset_s == change->after.offset_s &&
           run->after.is_daylight == change->after.is_daylight &&
           strcmp(run->after.abbreviation, change->after.abbreviation) == 0;
}

static void extend(Run *run, const Run *change)
{
    run->last_utc_s = change->first_utc_s;
    run->last_year = change->first.year;
    run->day_min = smaller(run->day_min, change->day_min);
    run->day_max = larger(run->day_max, change->day_max);
}

static bool add_change(Runs *self, const Run *change)
{
    for (size_t i = self->count; i-- > 0;) {
        if (!continues(&self->runs[i], change)) continue;
        extend(&self->runs[i], change);
        return true;
    }
    if (self->count == self->room) {
        size_t room = self->room ? self->room * 2 : RUNS_FIRST;
        Run *runs = realloc(self->runs, room * sizeof *runs);
        if (!runs) return false;
        self->runs = runs;
        self->room = room;
    }
    self->runs[self->count++] = *change;
    return true;
}

static bool find_runs(Runs *self, Zones *zones, const char *zone, int64_t from_s, int64_t until_s)
{
    int32_t before_s = zones_period(zones, zone, from_s).offset_s;
    while (zones_next_change(zones, zone, from_s, until_s, &from_s)) {
        int64_t local_s = from_s + before_s;
        Run change = {.first_utc_s = from_s,
                      .last_utc_s = from_s,
                      .first = moment_from_local_s(local_s, false),
                      .weekday = weekday_of(local_s),
                      .offset_before_s = before_s,
                      .after = zones_period(zones, zone, from_s)};
        change.last_year = change.first.year;
        change.day_min = change.day_max = change.first.day;
        if (!add_change(self, &change)) return false;
        before_s = change.after.offset_s;
    }
    return true;
}

/* --- writing --- */

static void put_offset(IcalPen *pen, const char *name, int32_t offset_s)
{
    char value[VALUE_SIZE];
    int32_t size_s = abs(offset_s);
    int length = snprintf(value, sizeof value, "%c%02d%02d", offset_s < 0 ? '-' : '+',
                          size_s / 3600, size_s / 60 % 60);
    if (size_s % 60 && length > 0)
        (void)snprintf(value + length, sizeof value - (size_t)length, "%02d", size_s % 60);
    ical_raw_line(pen, name, value);
}

static void put_onset(IcalPen *pen, const Moment *at)
{
    char value[VALUE_SIZE];
    (void)snprintf(value, sizeof value, "%04d%02d%02dT%02d%02d%02d", at->year, at->month, at->day,
                   at->hour, at->minute, at->second);
    ical_raw_line(pen, "DTSTART", value);
}

static void put_period(IcalPen *pen, int32_t before_s, const ZonePeriod *after, const Moment *onset,
                       const char *rule)
{
    const char *kind = after->is_daylight ? "DAYLIGHT" : "STANDARD";
    ical_raw_line(pen, "BEGIN", kind);
    put_onset(pen, onset);
    ical_raw_line(pen, "RRULE", rule);
    put_offset(pen, "TZOFFSETFROM", before_s);
    put_offset(pen, "TZOFFSETTO", after->offset_s);
    ical_text_line(pen, "TZNAME", after->abbreviation);
    ical_raw_line(pen, "END", kind);
}

static int32_t days_of_month(int32_t month)
{
    static const int32_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1];
}

/* The weekday in the week of the month in which the run's days lie: the first to the fourth, the
 * last, or the one that begins with a certain day. */
static int print_week(const Run *run, char *text, size_t size)
{
    static const char *const names[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    const char *name = names[run->weekday];
    int32_t last = days_of_month(run->first.month) - DAYS_PER_WEEK + 1;
    int32_t week = (run->day_min - 1) / DAYS_PER_WEEK;
    if (run->first.month != 2 && run->day_min >= last)
        return snprintf(text, size, "BYDAY=-1%s", name);
    if (week < 4 && week == (run->day_max - 1) / DAYS_PER_WEEK)
        return snprintf(text, size, "BYDAY=%d%s", week + 1, name);
    int32_t first = larger(1, run->day_max - DAYS_PER_WEEK + 1);
    int length = snprintf(text, size, "BYDAY=%s;BYMONTHDAY=%d", name, first);
    for (int32_t day = first + 1; day < first + DAYS_PER_WEEK; day++)
        length += snprintf(text + length, size - (size_t)length, ",%d", day);
    return length;
}

/* NULL: it is one change. */
static const char *print_rule(const Run *run, bool endless, char rule[static VALUE_SIZE])
{
    if (run->first_utc_s == run->last_utc_s) return NULL;
    int length = snprintf(rule, VALUE_SIZE, "FREQ=YEARLY;BYMONTH=%d;", run->first.month);
    length += print_week(run, rule + length, (size_t)(VALUE_SIZE - length));
    if (endless) return rule;
    /* Not the last change itself: there are readers (dateutil) that take its local time for UTC. */
    Moment last = moment_from_local_s(run->last_utc_s + MARGIN_DAYS * DAY_S, false);
    (void)snprintf(rule + length, (size_t)(VALUE_SIZE - length),
                   ";UNTIL=%04d%02d%02dT%02d%02d%02dZ", last.year, last.month, last.day, last.hour,
                   last.minute, last.second);
    return rule;
}

static void put_run(IcalPen *pen, const Run *run, int64_t end_utc_s, int64_t horizon_utc_s,
                    bool open)
{
    char rule[VALUE_SIZE];
    bool endless = run->last_utc_s > horizon_utc_s - year_s &&
                   run->last_year - run->first.year >= YEARS_OF_A_RULE;
    if (run->first_utc_s > end_utc_s && !endless && !open) return;
    put_period(pen, run->offset_before_s, &run->after, &run->first, print_rule(run, endless, rule));
}

bool ical_zone_write(FILE *file, Zones *zones, const char *zone, const IcalZoneSpan *span)
{
    IcalPen pen = {.file = file};
    Runs runs = {0};
    Moment start = {.year = moment_from_local_s(span->first_s, true).year, .month = 1, .day = 1};
    int64_t start_utc_s = moment_utc_s(zones, &start, zone);
    int64_t end_utc_s = span->last_s + DAY_S;
    int64_t horizon_utc_s = end_utc_s + ICAL_ZONE_AHEAD_YEARS * year_s;
    ZonePeriod first = zones_period(zones, zone, start_utc_s);
    bool whole = find_runs(&runs, zones, zone, start_utc_s, horizon_utc_s);
    if (whole) {
        ical_raw_line(&pen, "BEGIN", "VTIMEZONE");
        ical_text_line(&pen, "TZID", zone);
        put_period(&pen, first.offset_s, &first, &start, NULL);
        for (size_t i = 0; i < runs.count; i++)
            put_run(&pen, &runs.runs[i], end_utc_s, horizon_utc_s, span->open);
        ical_raw_line(&pen, "END", "VTIMEZONE");
    }
    free(runs.runs);
    return whole;
}
