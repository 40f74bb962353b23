/* Civil time against what zdump, the C library's own reading of tzdata, says. */
#include "proto/moment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    LINE_SIZE = 512,
    ZONE_SIZE = 64,
    COMMAND_SIZE = 64 * 1024,
    HOUR_S = 3600,
    DAY_S = 24 * HOUR_S,
    ZONES_AT_LEAST = 500, /* in tzdata */
};

static Zones *zones;

static int set_up(void **state)
{
    (void)state;
    zones = zones_new();
    return zones ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    zones_destroy(&zones);
    return 0;
}

static int64_t local_s(const char *text)
{
    Moment moment;
    assert_true(moment_parse(text, &moment));
    return moment_local_s(&moment);
}

static int64_t utc_s(const char *text, const char *zone)
{
    Moment moment;
    assert_true(moment_parse(text, &moment));
    return moment_utc_s(zones, &moment, zone);
}

/* --- moments --- */

static void a_moment_is_read_and_printed_back(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "2022-03-03", "2022-03-03T09:00:00", "0001-01-01",          "9999-12-31T23:59:59",
        "2000-02-29", "2024-02-29T00:00:00", "1900-02-28T12:34:56",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Moment moment;
        char printed[MOMENT_TEXT_SIZE];
        assert_true(moment_parse(texts[i], &moment));
        moment_print(&moment, printed);
        assert_string_equal(printed, texts[i]);
        Moment again = moment_from_local_s(moment_local_s(&moment), moment.is_date);
        moment_print(&again, printed);
        assert_string_equal(printed, texts[i]);
    }
}

static void seconds_may_be_left_out(void **state)
{
    (void)state;
    assert_int_equal(local_s("2022-03-03T09:05"), local_s("2022-03-03T09:05:00"));
}

static void what_is_no_moment_is_refused_and_nothing_written(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "2022",
        "2022-03",
        "2022-3-3",
        "2022-02-29",
        "1900-02-29",
        "2022-00-10",
        "2022-13-01",
        "2022-01-00",
        "2022-04-31",
        "0000-01-01",
        "10000-01-01",
        "-001-01-01",
        "2022-03-03T",
        "2022-03-03 09:00",
        "2022-03-03t09:00",
        "2022-03-03T24:00:00",
        "2022-03-03T09:60:00",
        "2022-03-03T09:00:60",
        "2022-03-03T09:00:",
        "2022-03-03T09:00:0",
        "2022-03-03T09:00:00Z",
        "2022-03-03T09:00:00.5",
        "2022-03-03 ",
        " 2022-03-03",
        "2022-03-03T9:00",
        "20220303",
        "\xD9\xA2\xD9\xA0\xD9\xA2\xD9\xA2-03-03",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Moment moment = {.year = -7};
        assert_false(moment_parse(texts[i], &moment));
        assert_int_equal(moment.year, -7);
    }
}

static void every_day_of_ten_thousand_years_follows_the_one_before(void **state)
{
    (void)state;
    Moment day = {.year = MOMENT_YEAR_MIN, .month = 1, .day = 1, .is_date = true};
    int64_t at_s = moment_local_s(&day);
    assert_int_equal(at_s, INT64_C(-62135596800));
    int32_t days = 0;
    for (Moment before = day; before.year <= MOMENT_YEAR_MAX; days++, before = day) {
        assert_int_equal(moment_local_s(&before), at_s);
        at_s += DAY_S;
        day = moment_from_local_s(at_s, true);
        if (day.day != 1) {
            assert_int_equal(day.day, before.day + 1);
            assert_int_equal(day.month, before.month);
        } else {
            assert_int_equal(day.month, before.month % 12 + 1);
            assert_int_equal(day.year, before.year + (day.month == 1));
        }
    }
    assert_int_equal(days, 3652059);
}

/* --- zones --- */

static void zones_are_the_names_of_tzdata(void **state)
{
    (void)state;
    static const char *const known[] = {
        "Asia/Tashkent", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5",
        "Asia/Tehran",   "UTC",           "America/Port-au-Prince",         "EST5EDT",
    };
    static const char *const unknown[] = {
        "",
        "+05:00",
        "-08",
        "Z",
        "EST5EDT4",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        ":Asia/Tashkent",
        "/usr/share/zoneinfo/Asia/Tashkent",
        "../zoneinfo/Asia/Tashkent",
        "Asia/../Asia/Tashkent",
        "Asia//Tashkent",
        "Asia/Tashkent/",
        "Asia/",
        "Asia",
        "asia/tashkent",
        "Europe/Atlantis",
        "posix/Asia/Tashkent",
        "right/Asia/Tashkent",
        "posixrules",
        "localtime",
        "tzdata.zi",
        "Asia/Tashkent ",
        "Asia/T\xC3\xA4shkent",
    };
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            assert_true(zones_have(zones, known[i]));
        for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
            assert_false(zones_have(zones, unknown[i]));
    }
    char longer[1024];
    memset(longer, 'A', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_false(zones_have(zones, longer));
}

static void the_version_is_tzdatas_own(void **state)
{
    (void)state;
    const char *version = zones_tzdata_version(zones);
    assert_int_equal(strlen(version), 5);
    assert_int_equal(strspn(version, "0123456789"), 4);
}

/* What zdump told of one zone last. */
typedef struct Told {
    char zone[ZONE_SIZE];
    int64_t utc_s;
    int64_t offset_s;
    size_t changes;
} Told;

/* "Europe/Berlin  Sun Mar 27 01:00:00 2022 UT = Sun Mar 27 03:00:00 2022 CEST isdst=1 gmtoff=7200"
 */
static bool read_told(const char *line, Told *told)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char month[4];
    int day;
    int hour;
    int minute;
    int second;
    int year;
    const char *offset = strstr(line, "gmtoff=");
    if (!offset || sscanf(line, "%63s %*3s %3s %d %d:%d:%d %d UT", told->zone, month, &day, &hour,
                          &minute, &second, &year) != 7)
        return false;
    Moment moment = {.year = year, .day = day, .hour = hour, .minute = minute, .second = second};
    for (int32_t i = 0; i < 12; i++)
        if (strcmp(months[i], month) == 0) moment.month = i + 1;
    told->utc_s = moment_local_s(&moment);
    told->offset_s = strtol(offset + strlen("gmtoff="), NULL, 10);
    return true;
}

static int64_t utc_of_local_s(int64_t local, const char *zone)
{
    Moment moment = moment_from_local_s(local, false);
    return moment_utc_s(zones, &moment, zone);
}

/* At the change from one offset to another, at `at_s`. */
static void check_change(const char *zone, int64_t at_s, int64_t before_s, int64_t after_s)
{
    int64_t low = at_s + (before_s < after_s ? before_s : after_s);
    int64_t high = at_s + (before_s < after_s ? after_s : before_s);
    const int64_t doubtful[] = {low, (low + high) / 2, high - 1};
    for (size_t i = 0; low < high && i < sizeof doubtful / sizeof *doubtful; i++)
        assert_int_equal(utc_of_local_s(doubtful[i], zone), doubtful[i] - before_s);
    assert_int_equal(utc_of_local_s(low - 1, zone), low - 1 - before_s);
    assert_int_equal(utc_of_local_s(high, zone), high - after_s);
}

/* zdump tells the second before each change and that of it. From 2800 on changes are not looked
 * for.
 */
static void find_change(const Told *last, const Told *told)
{
    int64_t change_s = 0;
    if (told->utc_s >= utc_s("2800-01-01", NULL)) return;
    bool found = zones_next_change(zones, told->zone, last->utc_s, told->utc_s, &change_s);
    assert_int_equal(found, told->offset_s != last->offset_s);
    if (found) assert_int_equal(change_s, told->utc_s);
    assert_int_equal(zones_period(zones, told->zone, told->utc_s).offset_s, told->offset_s);
}

/* Follows every line of `zdump -V -c years zone...`; gives the number of changes seen. */
static size_t follow_zdump(const char *years, const char *names)
{
    char *command = malloc(COMMAND_SIZE);
    assert_non_null(command);
    (void)snprintf(command, COMMAND_SIZE, "zdump -V -c %s %s", years, names);
    FILE *pipe = popen(command, "r"); // NOLINT(cert-env33-c): zdump is what is compared with
    assert_non_null(pipe);
    char line[LINE_SIZE];
    Told last = {0};
    size_t changes = 0;
    while (fgets(line, sizeof line, pipe)) {
        Told told = {0};
        if (!read_told(line, &told)) continue;
        if (moment_local_of_utc_s(zones, told.utc_s, told.zone) - told.utc_s != told.offset_s)
            print_error("%s", line);
        assert_int_equal(moment_local_of_utc_s(zones, told.utc_s, told.zone),
                         told.utc_s + told.offset_s);
        if (strcmp(told.zone, last.zone) == 0) find_change(&last, &told);
        if (strcmp(told.zone, last.zone) == 0 && told.utc_s == last.utc_s + 1) {
            check_change(told.zone, told.utc_s, last.offset_s, told.offset_s);
            changes++;
        }
        last = told;
    }
    assert_int_equal(pclose(pipe), 0);
    free(command);
    return changes;
}

/* Names of zones ("Z name ...") and of their links ("L target name"). */
static size_t all_names(char *names, size_t size)
{
    FILE *file = fopen("/usr/share/zoneinfo/tzdata.zi", "re");
    assert_non_null(file);
    char line[LINE_SIZE];
    size_t count = 0;
    size_t length = 0;
    while (fgets(line, sizeof line, file)) {
        char name[ZONE_SIZE];
        if (sscanf(line, "Z %63s", name) != 1 && sscanf(line, "L %*s %63s", name) != 1) continue;
        assert_true(zones_have(zones, name));
        length += (size_t)snprintf(names + length, size - length, "%s ", name);
        assert_true(length < size);
        count++;
    }
    (void)fclose(file);
    return count;
}

static void every_change_of_every_zone_is_as_zdump_says(void **state)
{
    (void)state;
    char names[COMMAND_SIZE / 2];
    assert_in_range(all_names(names, sizeof names), ZONES_AT_LEAST, 2000);
    assert_true(follow_zdump("2005,2040", names) > 5000);
}

/* zdump takes long: few zones for many years. */
static void early_years_are_as_zdump_says(void **state)
{
    (void)state;
    static const char names[] =
        "Asia/Tashkent Asia/Tehran Europe/Berlin Europe/London Europe/Moscow Asia/Manila "
        "America/New_York Pacific/Apia Africa/Monrovia America/St_Johns Asia/Almaty Asia/Kolkata";
    assert_true(follow_zdump("1840,2006", names) > 500);
}

static void far_years_are_as_zdump_says(void **state)
{
    (void)state;
    static const char names[] = "Europe/Berlin America/Santiago Africa/Casablanca "
                                "Australia/Lord_Howe Asia/Jerusalem Africa/Cairo Europe/Dublin";
    assert_true(follow_zdump("2037,2100", names) > 500);
    assert_true(follow_zdump("2790,2810", names) > 100);
    assert_true(follow_zdump("9990,10000", names) > 50);
}

static void known_moments_of_daylight_saving_time(void **state)
{
    (void)state;
    /* gap: 02:30 does not exist, the offset before it (+1) counts */
    assert_int_equal(utc_s("2022-03-27T02:30:00", "Europe/Berlin"), local_s("2022-03-27T01:30:00"));
    /* overlap: the first 02:30, still +2 */
    assert_int_equal(utc_s("2022-10-30T02:30:00", "Europe/Berlin"), local_s("2022-10-30T00:30:00"));
    assert_int_equal(utc_s("2022-10-30T03:00:00", "Europe/Berlin"), local_s("2022-10-30T02:00:00"));
    /* at midnight, and not since 2023 */
    assert_int_equal(utc_s("2022-03-22T00:30:00", "Asia/Tehran"), local_s("2022-03-21T21:00:00"));
    assert_int_equal(utc_s("2023-07-01T00:00:00", "Asia/Tehran"), local_s("2023-06-30T20:30:00"));
    /* a whole day that was left out */
    assert_int_equal(utc_s("2011-12-30T12:00:00", "Pacific/Apia"), local_s("2011-12-30T22:00:00"));
    /* local mean time */
    assert_int_equal(utc_s("1850-01-01T00:00:00", "Europe/Berlin"), local_s("1849-12-31T23:06:32"));
    assert_int_equal(utc_s("0001-01-01", "Asia/Tashkent"),
                     local_s("0001-01-01") - (4 * HOUR_S + 37 * 60 + 11));
    assert_int_equal(utc_s("2022-03-03T09:00", NULL), local_s("2022-03-03T09:00"));
}

/* --- spans --- */

static Span span_of(const char *start, const char *end, const char *zone)
{
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    Span span;
    char texts[3][ZONE_SIZE];
    schedule.start = strcpy(texts[0], start);
    schedule.end = end ? strcpy(texts[1], end) : NULL;
    schedule.time_zone = zone ? strcpy(texts[2], zone) : NULL;
    assert_true(schedule_span(zones, &schedule, &span));
    return span;
}

static void whole_days_include_the_last(void **state)
{
    (void)state;
    Span span = span_of("2022-03-03", "2022-03-04", "Asia/Tashkent");
    assert_true(span.whole_days);
    assert_int_equal(span.local_start_s, local_s("2022-03-03"));
    assert_int_equal(span.local_end_s, local_s("2022-03-05"));
    assert_int_equal(span.utc_start_s, local_s("2022-03-02T19:00:00"));
    assert_int_equal(span.utc_end_s, local_s("2022-03-04T19:00:00"));
    span = span_of("2022-03-03", NULL, NULL);
    assert_int_equal(span.local_end_s, local_s("2022-03-04"));
    assert_int_equal(span.utc_end_s, span.local_end_s);
}

static void whole_days_across_daylight_saving_are_shorter(void **state)
{
    (void)state;
    Span span = span_of("2022-03-27", NULL, "Europe/Berlin");
    assert_int_equal(span.utc_end_s - span.utc_start_s, 23 * HOUR_S);
    span = span_of("2022-10-30", NULL, "Europe/Berlin");
    assert_int_equal(span.utc_end_s - span.utc_start_s, 25 * HOUR_S);
}

static void the_last_day_of_all_has_an_end(void **state)
{
    (void)state;
    Span span = span_of("9999-12-31", "9999-12-31", "Europe/Berlin");
    assert_int_equal(span.local_end_s - span.local_start_s, DAY_S);
    assert_int_equal(span.utc_end_s - span.utc_start_s, DAY_S);
}

static void hours_end_where_they_end(void **state)
{
    (void)state;
    Span span = span_of("2022-03-03T09:00:00", "2022-03-03T17:30:00", "Asia/Tashkent");
    assert_false(span.whole_days);
    assert_int_equal(span.local_end_s - span.local_start_s, 17 * HOUR_S / 2);
    assert_int_equal(span.utc_start_s, local_s("2022-03-03T04:00:00"));
    span = span_of("2022-03-03T09:00:00", NULL, "Asia/Tashkent");
    assert_int_equal(span.local_end_s, span.local_start_s);
    assert_int_equal(span.utc_end_s, span.utc_start_s);
}

static void a_schedule_that_does_not_parse_has_no_span(void **state)
{
    (void)state;
    static char day[] = "2022-03-03";
    static char wrong[] = "2022-03-32";
    static char nowhere[] = "Europe/Atlantis";
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    Span span = {.local_start_s = 7};
    assert_false(schedule_span(zones, &schedule, &span));
    schedule.start = wrong;
    assert_false(schedule_span(zones, &schedule, &span));
    schedule.start = day;
    schedule.end = wrong;
    assert_false(schedule_span(zones, &schedule, &span));
    schedule.end = day;
    schedule.time_zone = nowhere;
    assert_false(schedule_span(zones, &schedule, &span));
    assert_int_equal(span.local_start_s, 7);
}

/* --- instants --- */

static void instants_survive_printing_and_parsing(void **state)
{
    (void)state;
    static const int64_t first_us = INT64_C(-62135596800000000);
    static const int64_t last_us = INT64_C(253402300799999999);
    const int64_t times_us[] = {first_us, first_us + 1,     -1,     0, 1, 999999, 1000000,
                                -1000001, 1646298000123456, last_us};
    for (size_t i = 0; i < sizeof times_us / sizeof *times_us; i++) {
        char text[INSTANT_TEXT_SIZE];
        int64_t again = 7;
        instant_print(times_us[i], text);
        assert_int_equal(strlen(text), INSTANT_TEXT_SIZE - 1);
        assert_true(instant_parse(text, &again));
        assert_int_equal(again, times_us[i]);
    }
    char text[INSTANT_TEXT_SIZE];
    instant_print(1646298000000001, text);
    assert_string_equal(text, "2022-03-03T09:00:00.000001Z");
}

static void instants_take_any_fraction_and_offset(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t time_us;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01t00:00:00z", 0},
        {"1970-01-01T00:00:00.5Z", 500000},
        {"1970-01-01T00:00:00.1234567890123456789012345Z", 123456},
        {"1970-01-01T05:00:00+05:00", 0},
        {"1969-12-31T18:30:00.000001-05:30", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t time_us = 7;
        assert_true(instant_parse(rows[i].text, &time_us));
        assert_int_equal(time_us, rows[i].time_us);
    }
}

static void what_is_no_instant_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "2022-03-03",
        "2022-03-03T09:00:00",
        "2022-03-03T09:00Z",
        "2022-03-03T09:00:00.Z",
        "2022-03-03T09:00:00,5Z",
        "2022-03-03T09:00:00+05",
        "2022-03-03T09:00:00+0500",
        "2022-03-03T09:00:00+24:00",
        "2022-03-03T09:00:00+05:60",
        "2022-03-03T09:00:00Zulu",
        "2022-02-30T09:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t time_us = 7;
        assert_false(instant_parse(texts[i], &time_us));
        assert_int_equal(time_us, 7);
    }
}

static void no_time_at_all_prints_past_its_buffer(void **state)
{
    (void)state;
    const int64_t times_us[] = {INT64_MIN, INT64_MAX, INT64_C(-99999999999999999)};
    for (size_t i = 0; i < sizeof times_us / sizeof *times_us; i++) {
        char text[INSTANT_TEXT_SIZE];
        instant_print(times_us[i], text);
        assert_int_equal(strlen(text), INSTANT_TEXT_SIZE - 1);
        int64_t again;
        assert_true(instant_parse(text, &again));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moment_is_read_and_printed_back),
        cmocka_unit_test(seconds_may_be_left_out),
        cmocka_unit_test(what_is_no_moment_is_refused_and_nothing_written),
        cmocka_unit_test(every_day_of_ten_thousand_years_follows_the_one_before),
        cmocka_unit_test(zones_are_the_names_of_tzdata),
        cmocka_unit_test(the_version_is_tzdatas_own),
        cmocka_unit_test(known_moments_of_daylight_saving_time),
        cmocka_unit_test(every_change_of_every_zone_is_as_zdump_says),
        cmocka_unit_test(early_years_are_as_zdump_says),
        cmocka_unit_test(far_years_are_as_zdump_says),
        cmocka_unit_test(whole_days_include_the_last),
        cmocka_unit_test(whole_days_across_daylight_saving_are_shorter),
        cmocka_unit_test(the_last_day_of_all_has_an_end),
        cmocka_unit_test(hours_end_where_they_end),
        cmocka_unit_test(a_schedule_that_does_not_parse_has_no_span),
        cmocka_unit_test(instants_survive_printing_and_parsing),
        cmocka_unit_test(instants_take_any_fraction_and_offset),
        cmocka_unit_test(what_is_no_instant_is_refused),
        cmocka_unit_test(no_time_at_all_prints_past_its_buffer),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
