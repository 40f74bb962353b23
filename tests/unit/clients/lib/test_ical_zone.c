/* VTIMEZONEs against the system's tzdata, as libical reads them; and TZIDs of other programs. */
#include "tests/unit/clients/lib/calendars.h"

#include "clients/lib/ical_tzid.h"
#include "clients/lib/ical_zone.h"

#include <libical/ical.h>

enum {
    DAY_S = 24 * 3600,
};

static int64_t local_s(const char *text)
{
    Moment moment;
    assert_true(moment_parse(text, &moment));
    return moment_local_s(&moment);
}

static char *zone_text(Calendars *self, const char *zone, const char *first, const char *last,
                       bool open)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    IcalZoneSpan span = {local_s(first), local_s(last), open};
    assert_true(ical_zone_write(file, self->zones, zone, &span));
    (void)fclose(file);
    char *copy = arena_strndup(self->arena, text, length);
    free(text);
    return copy;
}

static int offset_by(icaltimezone *zone, const Moment *moment)
{
    struct icaltimetype time = icaltime_null_time();
    int is_daylight;
    time.year = moment->year;
    time.month = moment->month;
    time.day = moment->day;
    time.hour = moment->hour;
    return icaltimezone_get_utc_offset(zone, &time, &is_daylight);
}

/* At noon of every fourth day; changes of clocks are at night. */
static void compare(Calendars *self, const char *name, const char *first, const char *last,
                    const char *until, bool open)
{
    icalcomponent *component = icalparser_parse_string(zone_text(self, name, first, last, open));
    assert_non_null(component);
    icaltimezone *zone = icaltimezone_new();
    assert_true(icaltimezone_set_component(zone, component));
    for (int64_t at = local_s(first) + DAY_S / 2; at < local_s(until); at += (int64_t)4 * DAY_S) {
        Moment moment = moment_from_local_s(at, false);
        int64_t offset = at - moment_utc_s(self->zones, &moment, name);
        if (offset != offset_by(zone, &moment))
            fail_msg("%s %d-%02d-%02d: %d, not %d", name, moment.year, moment.month, moment.day,
                     offset_by(zone, &moment), (int)offset);
    }
    icaltimezone_free(zone, 1);
}

static void offsets_are_those_of_tzdata(void **state)
{
    static const char *const zones[] = {
        "Asia/Tashkent",       "Asia/Almaty",     "Asia/Bishkek",     "Asia/Dushanbe",
        "Asia/Ashgabat",       "Europe/Moscow",   "Europe/Vienna",    "Europe/Dublin",
        "Europe/London",       "Europe/Istanbul", "America/New_York", "America/Santiago",
        "Africa/Casablanca",   "Africa/Cairo",    "Asia/Jerusalem",   "Asia/Tehran",
        "Australia/Lord_Howe", "America/Nuuk",    "Pacific/Apia",     "Asia/Kathmandu",
    };
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        compare(*state, zones[i], "1985-01-01", "2035-12-31", "2035-12-31", false);
}

static void a_yearly_rule_goes_on_after_the_span(void **state)
{
    compare(*state, "Europe/Vienna", "2022-03-03", "2022-03-04", "2070-01-01", false);
    compare(*state, "America/New_York", "2022-03-03", "2022-03-04", "2070-01-01", false);
}

static void changes_without_a_rule_are_told_ahead_where_the_span_is_open(void **state)
{
    compare(*state, "Africa/Casablanca", "2022-03-03", "2022-03-04", "2070-01-01", true);
}

static void the_text_is_short_and_plain(void **state)
{
    Calendars *self = *state;
    assert_string_equal(zone_text(self, "Asia/Tashkent", "2022-03-03", "2022-03-04", false),
                        "BEGIN:VTIMEZONE\r\nTZID:Asia/Tashkent\r\nBEGIN:STANDARD\r\n"
                        "DTSTART:20220101T000000\r\nTZOFFSETFROM:+0500\r\nTZOFFSETTO:+0500\r\n"
                        "TZNAME:+05\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n");
    char *vienna = zone_text(self, "Europe/Vienna", "2022-03-03", "2022-03-04", false);
    assert_line(self, vienna, "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU");
    assert_line(self, vienna, "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU");
}

static void tzids_of_other_programs_are_understood(void **state)
{
    const Calendars *self = *state;
    static const char *const pairs[][3] = {
        /* TZID, X-LIC-LOCATION, zone */
        {"Asia/Tashkent", NULL, "Asia/Tashkent"},
        {"Custom", "Europe/Vienna", "Europe/Vienna"},
        {"/mozilla.org/20070129_1/Europe/London", NULL, "Europe/London"},
        {"/freeassociation.sourceforge.net/America/Argentina/Salta", NULL,
         "America/Argentina/Salta"},
        {"West Asia Standard Time", NULL, "Asia/Tashkent"},
        {"russian standard time", NULL, "Europe/Moscow"},
        {"W. Europe Standard Time", NULL, "Europe/Berlin"},
        {"UTC", NULL, "UTC"},
        {"Nowhere/Land", NULL, NULL},
        {"Nowhere", "Nowhere/Land", NULL},
        {"", NULL, NULL},
        {"../../etc/passwd", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *zone = ical_tzid_zone(self->zones, pairs[i][0], pairs[i][1]);
        if (pairs[i][2]) {
            assert_non_null(zone);
            assert_string_equal(zone, pairs[i][2]);
        } else {
            assert_null(zone);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_are_those_of_tzdata),
        cmocka_unit_test(a_yearly_rule_goes_on_after_the_span),
        cmocka_unit_test(changes_without_a_rule_are_told_ahead_where_the_span_is_open),
        cmocka_unit_test(the_text_is_short_and_plain),
        cmocka_unit_test(tzids_of_other_programs_are_understood),
    };
    return cmocka_run_group_tests(tests, calendars_open, calendars_close);
}
