/* The names of places. */
#include "proto/aliases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct Fixture {
    Words *words;
    Aliases *aliases;
    Arena *arena;
    Problem problem;
} Fixture;

static int begin(void **state)
{
    Fixture *it = test_calloc(1, sizeof *it);
    it->words = words_new();
    it->aliases = aliases_new(it->words);
    it->arena = arena_new(1024 * 1024);
    problem_clear(&it->problem);
    *state = it;
    return 0;
}

static int end(void **state)
{
    Fixture *it = *state;
    aliases_destroy(&it->aliases);
    words_destroy(&it->words);
    arena_destroy(&it->arena);
    test_free(it);
    return 0;
}

static bool are_one(Fixture *it, const char *left, const char *right)
{
    const char *const *a = NULL;
    const char *const *b = NULL;
    size_t count = aliases_find(it->aliases, aliases_key(left, it->words, it->arena), &a);
    aliases_find(it->aliases, aliases_key(right, it->words, it->arena), &b);
    return count > 0 && a == b;
}

static StatusCode add(Fixture *it, const char *text)
{
    problem_clear(&it->problem);
    return aliases_add(it->aliases, text, strlen(text), it->words, &it->problem);
}

static void a_place_is_found_by_each_name_in_each_script(void **state)
{
    Fixture *it = *state;
    static const char *const pairs[][2] = {
        {"Toshkent", "Ташкент"},      {"TASHKENT", "toshkent"},  {"Алма-Ата", "Almaty"},
        {"Alma Ata", "Алматы"},       {"Frunze", "Бишкек"},      {"Ашхабад", "Aşgabat"},
        {"Nur-Sultan", "Целиноград"}, {"Душанбе", "Stalinabad"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (!are_one(it, pairs[i][0], pairs[i][1]))
            fail_msg("%s is not %s", pairs[i][0], pairs[i][1]);
    assert_false(are_one(it, "Tashkent", "Almaty"));
    assert_false(are_one(it, "Paris", "Paris"));
}

static void an_operators_lines_add_names_and_places(void **state)
{
    Fixture *it = *state;
    assert_int_equal(add(it, "# ours\n\nTashkent = Chach # of old\nParis = Lutetia\n"), STATUS_OK);
    assert_true(are_one(it, "Chach", "Toshkent"));
    assert_true(are_one(it, "Lutetia", "Paris"));
}

static void a_bad_line_is_named(void **state)
{
    Fixture *it = *state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"\nParis\n", "line 2: one name alone; \"=\" is missing"},
        {"Paris = \n", "line 1: a name is empty, or has no word"},
        {"Paris = -\n", "line 1: a name is empty, or has no word"},
        {"# a\n# b\nTashkent = Almaty",
         "line 3: \"Almaty\": it is the name of another place already"},
        {"One = a b c d e", "line 1: \"a b c d e\": it is too long for a name"},
        {"Par\xffis = Lutetia", "line 1: it is no UTF-8"},
        {"Par\x01is = Lutetia", "line 1: it has a control character"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(add(it, cases[i].text), STATUS_INVALID_ARGUMENT);
        assert_string_equal(it->problem.message, cases[i].message);
    }
}

static void a_file_is_named_with_its_line(void **state)
{
    Fixture *it = *state;
    char path[] = "/tmp/plenary-aliases.XXXXXX";
    char wanted[128];
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, "A = B\nParis\n", 12), 12);
    close(descriptor);
    assert_int_equal(aliases_load(it->aliases, path, it->words, &it->problem),
                     STATUS_INVALID_ARGUMENT);
    (void)snprintf(wanted, sizeof wanted, "%s: line 2: one name alone; \"=\" is missing", path);
    assert_string_equal(it->problem.message, wanted);
    (void)unlink(path);
    assert_int_equal(aliases_load(it->aliases, path, it->words, &it->problem), STATUS_NOT_FOUND);
    assert_int_equal(aliases_load(it->aliases, "/tmp", it->words, &it->problem),
                     STATUS_FAILED_PRECONDITION);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_place_is_found_by_each_name_in_each_script),
        TEST(an_operators_lines_add_names_and_places),
        TEST(a_bad_line_is_named),
        TEST(a_file_is_named_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
