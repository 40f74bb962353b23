#include "proto/id.h"

#include "tests/unit/proto/checks.h"

static void an_id_is_a_uuid_of_version_7(void **state)
{
    (void)state;
    /* The example of RFC 9562, appendix A.6. */
    const uint8_t random[ID_RANDOM_BYTES] = {0x0C, 0xC3, 0x18, 0xC4, 0xDC,
                                             0x0C, 0x0C, 0x07, 0x39, 0x8F};
    char text[ID_TEXT_SIZE];
    id_make(INT64_C(0x017F22E279B0), random, text);
    assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

static void the_time_comes_back(void **state)
{
    (void)state;
    static const int64_t times[] = {0, 1, 1645557742000, INT64_C(0xFFFFFFFFFFFF)};
    const uint8_t random[ID_RANDOM_BYTES] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                             0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        char text[ID_TEXT_SIZE];
        char again[ID_TEXT_SIZE];
        uint8_t bytes[ID_BYTES];
        id_make(times[i], random, text);
        assert_int_equal(text[14], '7');
        assert_int_equal(text[19], 'b');
        assert_true(id_parse(text, bytes));
        assert_true(id_time_ms(bytes) == times[i]);
        id_print(bytes, again);
        assert_string_equal(again, text);
    }
}

static void later_ids_sort_after(void **state)
{
    (void)state;
    const uint8_t high[ID_RANDOM_BYTES] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                           0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    const uint8_t low[ID_RANDOM_BYTES] = {0};
    char first[ID_TEXT_SIZE];
    char second[ID_TEXT_SIZE];
    id_make(1645557742255, high, first);
    id_make(1645557742256, low, second);
    assert_true(strcmp(first, second) < 0);
}

static void only_lower_case_uuids_parse(void **state)
{
    (void)state;
    static const char *const none[] = {"",
                                       "7",
                                       "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
                                       "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
                                       "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
                                       "017f22e2079b0-7cc3-98c4-dc0c0c07398f",
                                       "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                                       "017f22e2-79b0-7cc3-98c4-dc0c0c0739-f",
                                       "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}"};
    uint8_t bytes[ID_BYTES] = {1, 2, 3};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(id_parse(none[i], bytes));
    assert_int_equal(bytes[0], 1); /* untouched */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_a_uuid_of_version_7),
        cmocka_unit_test(the_time_comes_back),
        cmocka_unit_test(later_ids_sort_after),
        cmocka_unit_test(only_lower_case_uuids_parse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
