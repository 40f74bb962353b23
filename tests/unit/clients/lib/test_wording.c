/* Dates and differences read as people write them. */
#include "clients/lib/wording.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

typedef struct Dates {
    const char *start;
    const char *end;
    bool approximate;
    const char *expected;
} Dates;

static void schedules_are_short(void **state)
{
    static const Dates cases[] = {
        {"2022-03-03", "2022-03-04", false, "3–4 Mar 2022"},
        {"2022-03-03", "2022-03-03", false, "3 Mar 2022"},
        {"2022-03-03", NULL, false, "3 Mar 2022"},
        {"2022-02-28", "2022-03-03", false, "28 Feb – 3 Mar 2022"},
        {"2021-12-30", "2022-01-02", false, "30 Dec 2021 – 2 Jan 2022"},
        {"2022-03-03", "2022-03-04", true, "within 3–4 Mar 2022"},
        {"2022-03-03T09:00:00", "2022-03-03T10:30:00", false, "3 Mar 2022 09:00–10:30"},
        {"2022-03-03T22:00:00", "2022-03-04T02:00:00", false,
         "3 Mar 2022 22:00 – 4 Mar 2022 02:00"},
        {"2022-03-03T09:00:00", NULL, false, "3 Mar 2022 09:00"},
        {"sometime", NULL, false, "sometime"},
        {NULL, NULL, false, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[WORDING_SIZE];
        Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
        schedule.start = (char *)(uintptr_t)cases[i].start;
        schedule.end = (char *)(uintptr_t)cases[i].end;
        schedule.has_approximate = schedule.approximate = cases[i].approximate;
        wording_schedule(&schedule, text);
        assert_string_equal(text, cases[i].expected);
    }
}

static void instants_are_shown_on_the_clock_of_this_machine(void **state)
{
    char text[WORDING_SIZE];
    (void)state;
    assert_int_equal(setenv("TZ", "Asia/Tashkent", 1), 0);
    tzset();
    wording_instant("2022-03-03T21:00:05.000000Z", text);
    assert_string_equal(text, "2022-03-04 02:00:05");
    wording_instant("no instant", text);
    assert_string_equal(text, "no instant");
}

static void expect_recurrence(const char *rule, size_t more, size_t fewer, const char *often,
                              const char *whole)
{
    char text[WORDING_SIZE];
    char days[2][16] = {"2022-03-03", "2022-03-04"};
    char *moments[] = {days[0], days[1]};
    Plenary__V1__Recurrence recurrence = PLENARY__V1__RECURRENCE__INIT;
    recurrence.rrule = (char *)(uintptr_t)rule;
    recurrence.rdate = recurrence.exdate = moments;
    recurrence.n_rdate = more;
    recurrence.n_exdate = fewer;
    wording_frequency(&recurrence, text);
    assert_string_equal(text, often);
    wording_recurrence(&recurrence, text);
    assert_string_equal(text, whole);
}

static void a_rule_is_said_where_there_are_words_for_it(void **state)
{
    char text[WORDING_SIZE];
    (void)state;
    expect_recurrence("FREQ=WEEKLY;COUNT=10", 0, 0, "weekly", "weekly, 10 times");
    expect_recurrence("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20260331T220000Z", 0, 1,
                      "every 2 weeks", "every 2 weeks on Mon, Wed, until 31 Mar 2026, but for 1");
    expect_recurrence("FREQ=DAILY;WKST=MO", 1, 0, "daily", "daily, and 1 more time");
    expect_recurrence(NULL, 2, 0, "repeats", "2 more times");
    expect_recurrence("FREQ=MONTHLY;BYDAY=-1FR", 0, 0, "monthly", "FREQ=MONTHLY;BYDAY=-1FR");
    expect_recurrence("FREQ=YEARLY;BYMONTH=3", 0, 0, "yearly", "FREQ=YEARLY;BYMONTH=3");
    wording_frequency(NULL, text);
    assert_string_equal(text, "");
}

static void codes_are_words(void **state)
{
    char text[WORDING_SIZE];
    (void)state;
    wording_enum(&plenary__v1__participant__role__descriptor,
                 PLENARY__V1__PARTICIPANT__ROLE__HEAD_OF_DELEGATION, text);
    assert_string_equal(text, "head of delegation");
    wording_enum(&plenary__v1__participant__role__descriptor, 0, text);
    assert_string_equal(text, "");
}

static void values_are_cut_between_characters(void **state)
{
    char text[16];
    (void)state;
    wording_value("\"2022-03-03\"", 60, text, sizeof text);
    assert_string_equal(text, "2022-03-03");
    wording_value(NULL, 60, text, sizeof text);
    assert_string_equal(text, "none");
    wording_value("12", 60, text, sizeof text);
    assert_string_equal(text, "12");
    wording_value("\"a\\nb\"", 60, text, sizeof text);
    assert_string_equal(text, "a b");
    wording_value("\"Ташкент\"", 5, text, sizeof text); /* two bytes a letter */
    assert_string_equal(text, "Та…");
    wording_value("\"a text longer than its room\"", 60, text, sizeof text);
    assert_string_equal(text, "a text longe…");
}

static void bytes_are_in_units_that_people_read(void **state)
{
    char text[WORDING_SIZE];
    (void)state;
    wording_bytes(1023, text);
    assert_string_equal(text, "1023 bytes");
    wording_bytes(155648, text);
    assert_string_equal(text, "152.0 KiB");
    wording_bytes(UINT64_C(3) << 50U, text);
    assert_string_equal(text, "3072.0 TiB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules_are_short),
        cmocka_unit_test(instants_are_shown_on_the_clock_of_this_machine),
        cmocka_unit_test(a_rule_is_said_where_there_are_words_for_it),
        cmocka_unit_test(codes_are_words),
        cmocka_unit_test(values_are_cut_between_characters),
        cmocka_unit_test(bytes_are_in_units_that_people_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
