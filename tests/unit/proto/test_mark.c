#include "proto/mark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *key, TextWeight weight, const char *marked)
{
    char room[64];
    TextWeight found = TEXT_REST;
    strcpy(room, key);
    size_t length = mark_put(room, strlen(key), weight);
    assert_int_equal(length, strlen(marked));
    assert_memory_equal(room, marked, length);
    assert_int_equal(mark_cut(room, length, &found), strlen(key));
    assert_int_equal(found, weight);
}

static void a_mark_is_cut_off_as_it_was_put(void **state)
{
    (void)state;
    expect("word=tren", TEXT_TITLE, "word=tren/t");
    expect("word=t", TEXT_NAME, "word=t/n");
    expect("stem=tren", TEXT_NAME, "stem=tren/n");
    expect("stem=t", TEXT_REST, "stem=t");
}

static void other_keys_have_no_mark(void **state)
{
    (void)state;
    static const char *const keys[] = {"topic=a/t", "venue=hall / n", "all", "word=", "wor"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        TextWeight weight = TEXT_TITLE;
        assert_false(mark_fits(keys[i], strlen(keys[i])));
        assert_int_equal(mark_cut(keys[i], strlen(keys[i]), &weight), strlen(keys[i]));
        assert_int_equal(weight, TEXT_REST);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mark_is_cut_off_as_it_was_put),
        cmocka_unit_test(other_keys_have_no_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
