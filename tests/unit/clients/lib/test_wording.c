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
        cmocka_unit_test(codes_are_words),
        cmocka_unit_test(values_are_cut_between_characters),
        cmocka_unit_test(bytes_are_in_units_that_people_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
