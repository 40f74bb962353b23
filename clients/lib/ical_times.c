#include "clients/lib/ical_times.h"

#include "clients/lib/ical_tzid.h"
#include "proto/text.h"

#include <libical/ical.h>
#include <string.h>
#include <strings.h>

enum {
    DAY_S = 24 * 3600,
    DATE_LENGTH = 8,
    TIME_LENGTH = 15,
};

/* "20220303" or "20220303T090000", with a Z or without. */
static bool parse_moment(const char *value, Moment *moment, bool *utc)
{
    size_t length = strlen(value);
    *utc = length == TIME_LENGTH + 1 && value[TIME_LENGTH] == 'Z';
    if (length != DATE_LENGTH && length != TIME_LENGTH && !*utc) return false;
    char text[MOMENT_TEXT_SIZE];
    bool is_date = length == DATE_LENGTH;
    if (is_date)
        (void)snprintf(text, sizeof text, "%.4s-%.2s-%.2s", value, value + 4, value + 6);
    else
        (void)snprintf(text, sizeof text, "%.4s-%.2s-%.2s%c%.2s:%.2s:%.2s", value, value + 4,
                       value + 6, value[DATE_LENGTH], value + 9, value + 11, value + 13);
    return moment_parse(text, moment) && moment->is_date == is_date;
}

static bool find_zone(const IcalLine *line, const IcalSurroundings *around, const char *field,
                      IcalTime *time, Problem *problem)
{
    const char *tzid = ical_find_parameter(line, "TZID");
    if (!tzid) return true;
    const char *location = around->location(around->context, tzid);
    time->zone = ical_tzid_zone(around->zones, tzid, location);
    if (time->zone) return true;
    problem_violation(problem, field,
                      "%s: TZID %s is no zone that this system knows, and its VTIMEZONE says no "
                      "X-LIC-LOCATION",
                      line->name, text_quote(tzid).text);
    return false;
}

bool ical_time_read(const IcalLine *line, const char *value, const IcalSurroundings *around,
                    const char *field, IcalTime *time, Problem *problem)
{
    bool utc;
    IcalTime read = {0};
    if (!parse_moment(value, &read.moment, &utc)) {
        problem_violation(problem, field,
                          "%s: %s is not a date (20220303) or a date and time (20220303T090000)",
                          line->name, text_quote(value).text);
        return false;
    }
    if (utc)
        read.zone = "UTC";
    else if (!read.moment.is_date && !find_zone(line, around, field, &read, problem))
        return false;
    *time = read;
    return true;
}

Moment ical_time_in(const IcalTime *time, const char *zone, Zones *zones)
{
    if (!zone || !time->zone || strcmp(zone, time->zone) == 0) return time->moment;
    int64_t utc_s = moment_utc_s(zones, &time->moment, time->zone);
    return moment_from_local_s(moment_local_of_utc_s(zones, utc_s, zone), false);
}

/* Days and weeks are of the calendar, hours of the clock (RFC 5545 section 3.3.6). */
bool ical_time_after(const IcalTime *start, const char *duration, Zones *zones, Moment *end)
{
    struct icaldurationtype length = icaldurationtype_from_string(duration);
    if (icaldurationtype_is_bad_duration(length) || length.is_neg) return false;
    int64_t days = (int64_t)length.weeks * 7 + length.days;
    int64_t seconds = (int64_t)length.hours * 3600 + (int64_t)length.minutes * 60 + length.seconds;
    int64_t local_s = moment_local_s(&start->moment) + days * DAY_S;
    if (start->moment.is_date) {
        if (days > 0) local_s -= DAY_S;
    } else {
        Moment day = moment_from_local_s(local_s, false);
        int64_t utc_s = moment_utc_s(zones, &day, start->zone) + seconds;
        local_s = moment_local_of_utc_s(zones, utc_s, start->zone);
    }
    *end = moment_from_local_s(local_s, start->moment.is_date);
    return end->year >= MOMENT_YEAR_MIN && end->year <= MOMENT_YEAR_MAX;
}
