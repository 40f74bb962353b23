#include "proto/nearest.h"

#include "tests/unit/proto/checks.h"

static const char *const verbs[] = {"add",  "list",   "count",    "search",
                                    "show", "update", "in_person"};

static const char *near(const char *word)
{
    return nearest(word, verbs, sizeof verbs / sizeof *verbs);
}

static void slips_are_forgiven(void **state)
{
    (void)state;
    assert_string_equal(near("lits"), "list");
    assert_string_equal(near("lst"), "list");
    assert_string_equal(near("serch"), "search");
    assert_string_equal(near("seaarch"), "search");
    assert_string_equal(near("shoe"), "show");
    assert_string_equal(near("updaet"), "update");
    assert_string_equal(near("list"), "list");
}

static void case_and_hyphens_do_not_count(void **state)
{
    (void)state;
    assert_string_equal(near("LIST"), "list");
    assert_string_equal(near("in-person"), "in_person");
}

static void other_words_are_not_near(void **state)
{
    (void)state;
    assert_null(near("xyzzy"));
    assert_null(near("frobnicate"));
    assert_null(near(""));
    assert_null(near("z"));
    assert_null(nearest("list", NULL, 0));
}

static void long_words_are_near_to_nothing(void **state)
{
    (void)state;
    char word[1000];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    const char *const same[] = {word, NULL, "add"};
    assert_null(nearest(word, same, 3));
    assert_string_equal(nearest("ad", same, 3), "add");
    word[NEAREST_WORD_BYTES_MAX] = '\0';
    assert_string_equal(nearest(word, same, 3), word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slips_are_forgiven),
        cmocka_unit_test(case_and_hyphens_do_not_count),
        cmocka_unit_test(other_words_are_not_near),
        cmocka_unit_test(long_words_are_near_to_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
