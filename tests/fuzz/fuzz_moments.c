/*
 * Moments, instants, zones and schedules. The lines of an input are a start, an end and a zone;
 * each is also read as everything else.
 */
#include "proto/moment.h"
#include "tests/fuzz/fuzz.h"

#include <stdbool.h>
#include <string.h>

enum {
    LINES = 3,
    DAY_S = 24 * 3600,
    ZONE_OFFSET_MAX_S = 2 * DAY_S, /* of any zone, and then some */
};

static void *open_setup(void)
{
    Zones *zones = zones_new();
    FUZZ_DEMAND(zones != NULL);
    return zones;
}

static void close_setup(void *context)
{
    Zones *zones = context;
    zones_destroy(&zones);
}

static bool same_moment(const Moment *left, const Moment *right)
{
    return left->year == right->year && left->month == right->month && left->day == right->day &&
           left->hour == right->hour && left->minute == right->minute &&
           left->second == right->second && left->is_date == right->is_date;
}

static void check_moment(Zones *zones, const char *text, const char *zone)
{
    Moment moment;
    Moment again;
    char printed[MOMENT_TEXT_SIZE];
    if (!moment_parse(text, &moment)) return;
    moment_print(&moment, printed);
    FUZZ_DEMAND(moment_parse(printed, &again) && same_moment(&moment, &again));
    int64_t local_s = moment_local_s(&moment);
    again = moment_from_local_s(local_s, moment.is_date);
    FUZZ_DEMAND(same_moment(&moment, &again));
    FUZZ_DEMAND(moment_utc_s(zones, &moment, NULL) == local_s);
    if (!zones_have(zones, zone)) return;
    int64_t utc_s = moment_utc_s(zones, &moment, zone);
    FUZZ_DEMAND(llabs(utc_s - local_s) < ZONE_OFFSET_MAX_S);
    /* The same on the wall again, but for what a gap left out. */
    FUZZ_DEMAND(llabs(moment_local_of_utc_s(zones, utc_s, zone) - local_s) <= DAY_S);
}

static void check_instant(const char *text)
{
    int64_t time_us;
    int64_t again_us;
    char printed[INSTANT_TEXT_SIZE];
    if (!instant_parse(text, &time_us)) return;
    instant_print(time_us, printed);
    FUZZ_DEMAND(instant_parse(printed, &again_us) && again_us == time_us);
}

static void check_schedule(Zones *zones, char *lines[LINES])
{
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    Span span;
    schedule.start = lines[0];
    schedule.end = *lines[1] ? lines[1] : NULL;
    schedule.time_zone = *lines[2] ? lines[2] : NULL;
    if (!schedule_span(zones, &schedule, &span)) return;
    if (!schedule.time_zone)
        FUZZ_DEMAND(span.local_start_s == span.utc_start_s && span.local_end_s == span.utc_end_s);
}

static void run(void *context, const uint8_t *data, size_t size)
{
    Zones *zones = context;
    char *text = fuzz_text(data, size);
    char *lines[LINES];
    char *at = text;
    int64_t time_us = 0;
    for (size_t i = 0; i < LINES; i++) {
        lines[i] = at;
        at += strcspn(at, "\n");
        if (*at) *at++ = '\0';
    }
    for (size_t i = 0; i < LINES; i++) {
        check_moment(zones, lines[i], lines[LINES - 1]);
        check_instant(lines[i]);
    }
    check_schedule(zones, lines);
    if (size >= sizeof time_us) { /* any number at all can be printed */
        char printed[INSTANT_TEXT_SIZE];
        int64_t read_us;
        memcpy(&time_us, data, sizeof time_us);
        instant_print(time_us, printed);
        FUZZ_DEMAND(instant_parse(printed, &read_us));
    }
    free(text);
}

const FuzzTarget fuzz_target = {.open = open_setup, .run = run, .close = close_setup};
