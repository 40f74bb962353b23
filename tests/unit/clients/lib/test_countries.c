/* Countries have their English names. */
#include "clients/lib/countries.h"
#include "proto/validate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void codes_have_names(void **state)
{
    (void)state;
    assert_string_equal(country_name("UZ"), "Uzbekistan");
    assert_string_equal(country_name("AD"), "Andorra");
    assert_string_equal(country_name("ZW"), "Zimbabwe");
    assert_string_equal(country_name("CI"), "Côte d'Ivoire");
}

static void what_is_no_code_has_none(void **state)
{
    (void)state;
    assert_null(country_name("ZZ"));
    assert_null(country_name("uz"));
    assert_null(country_name(""));
    assert_null(country_name("UZB"));
}

static void every_country_that_a_record_may_name_has_a_name(void **state)
{
    size_t count = 0;
    (void)state;
    for (int first = 'A'; first <= 'Z'; first++) {
        for (int second = 'A'; second <= 'Z'; second++) {
            char code[] = {(char)first, (char)second, '\0'};
            if (!validate_is_country(code)) continue;
            assert_non_null(country_name(code));
            count++;
        }
    }
    assert_true(count > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_have_names),
        cmocka_unit_test(what_is_no_code_has_none),
        cmocka_unit_test(every_country_that_a_record_may_name_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
