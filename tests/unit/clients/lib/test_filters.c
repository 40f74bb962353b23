/* Filters of the command line make the query that is meant. */
#include "clients/lib/filters.h"
#include "proto/validate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum {
    WORDS_MAX = 16,
    MEMORY_MAX = 1024 * 1024,
};

static const Option *const all[] = {filters_options};
static const OptionTables tables = {all, 1};
static const Moment today = {.year = 2024, .month = 1, .day = 31, .is_date = true};

typedef struct Fixture {
    Arena *arena;
    Query *query;
    Problem problem;
} Fixture;

static int set_up(void **state)
{
    static Fixture fixture;
    fixture = (Fixture){.arena = arena_new(MEMORY_MAX)};
    *state = &fixture;
    return fixture.arena ? 0 : -1;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    arena_destroy(&fixture->arena);
    return 0;
}

static StatusCode read_words(Fixture *fixture, const char *const *words)
{
    char message[OPTIONS_MESSAGE_SIZE] = "";
    char *argv[WORDS_MAX] = {(char *)(uintptr_t) "program"};
    int argc = 1;
    for (; *words; words++)
        argv[argc++] = (char *)(uintptr_t)*words;
    Arguments *arguments = arguments_read(&tables, FILTERS_GROUPS, "list", argc, argv, message);
    assert_string_equal(message, "");
    problem_clear(&fixture->problem);
    StatusCode code =
        filters_read(arguments, &today, fixture->arena, &fixture->query, &fixture->problem);
    arguments_destroy(&arguments);
    return code;
}

#define READ(fixture, ...) read_words(fixture, (const char *const[]){__VA_ARGS__, NULL})

static void the_same_filter_adds_values_and_another_one_a_term(void **state)
{
    Fixture *it = *state;
    assert_int_equal(READ(it, "--kind", "meeting", "--country", "uz", "--kind", "training",
                          "--not-kind", "webinar"),
                     STATUS_OK);
    assert_int_equal(it->query->n_terms, 3);
    assert_string_equal(it->query->terms[0]->facet, "kind");
    assert_int_equal(it->query->terms[0]->n_values, 2);
    assert_string_equal(it->query->terms[0]->values[1], "training");
    assert_false(it->query->terms[0]->negated);
    assert_string_equal(it->query->terms[1]->values[0], "UZ");
    assert_string_equal(it->query->terms[2]->facet, "kind");
    assert_true(it->query->terms[2]->negated);
    assert_int_equal(validate_query(it->query, &it->problem), STATUS_OK);
}

static void an_organisation_may_have_a_role_behind_a_colon(void **state)
{
    Fixture *it = *state;
    assert_int_equal(READ(it, "--org", "unodc:sponsor", "--org", "Working group: drugs",
                          "--not-org", "a:b:host"),
                     STATUS_OK);
    assert_string_equal(it->query->terms[0]->facet, "org.sponsor");
    assert_string_equal(it->query->terms[0]->values[0], "unodc");
    assert_string_equal(it->query->terms[1]->facet, "org");
    assert_string_equal(it->query->terms[1]->values[0], "Working group: drugs");
    assert_string_equal(it->query->terms[2]->facet, "org.host");
    assert_string_equal(it->query->terms[2]->values[0], "a:b");
}

static void dates_are_days_months_and_years(void **state)
{
    Fixture *it = *state;
    assert_int_equal(READ(it, "--from", "2022-03", "--to", "2022-02"), STATUS_OK);
    assert_string_equal(it->query->from, "2022-03-01");
    assert_string_equal(it->query->to, "2022-02-28");
    assert_int_equal(READ(it, "--on", "2024"), STATUS_OK);
    assert_string_equal(it->query->from, "2024-01-01");
    assert_string_equal(it->query->to, "2024-12-31");
    assert_int_equal(READ(it, "--on", "2022-03-03T10:00"), STATUS_OK);
    assert_string_equal(it->query->from, "2022-03-03T10:00:00");
    assert_string_equal(it->query->to, "2022-03-03T10:00:00");
    assert_int_equal(READ(it, "--from", "yesterday", "--to", "tomorrow"), STATUS_OK);
    assert_string_equal(it->query->from, "2024-01-30");
    assert_string_equal(it->query->to, "2024-02-01");
}

static void next_counts_from_today(void **state)
{
    static const char *const cases[][2] = {
        {"30d", "2024-03-01"}, {"2w", "2024-02-14"}, {"1m", "2024-02-29"}, /* a leap year */
        {"1y", "2025-01-31"},  {"7", "2024-02-07"},  {"13m", "2025-02-28"}, {"0d", "2024-01-31"},
    };
    Fixture *it = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(READ(it, "--next", cases[i][0]), STATUS_OK);
        assert_string_equal(it->query->from, "2024-01-31");
        assert_string_equal(it->query->to, cases[i][1]);
    }
}

static void the_order_is_read(void **state)
{
    Fixture *it = *state;
    assert_int_equal(READ(it, "--sort", "updated", "--reverse", "--text", "declaration"),
                     STATUS_OK);
    assert_int_equal(it->query->order, PLENARY__V1__QUERY__ORDER__UPDATED);
    assert_true(it->query->descending);
    assert_string_equal(it->query->text, "declaration");
}

static void a_wrong_value_is_told_with_its_option(void **state)
{
    static const char *const cases[][4] = {
        {"--country", "XX", "--country", "no country code"},
        {"--not-country", "UZB", "--not-country", "no country code"},
        {"--status", "canceled", "--status", "did you mean cancelled?"},
        {"--format", "onlin", "--format", "did you mean online?"},
        {"--tlp", "pink", "--tlp", "is not one of clear"},
        {"--org", "unodc:sponser", "--org", "did you mean sponsor?"},
        {"--from", "2022-13", "--from", "is not a date"},
        {"--to", "2022-02-30", "--to", "is not a date"},
        {"--on", "someday", "--on", "is not a date"},
        {"--next", "5x", "--next", "is not a stretch"},
        {"--next", "-1d", "--next", "is not a stretch"},
        {"--next", "99999y", "--next", "is not a stretch"},
        {"--next", "9999999999999999999d", "--next", "is not a stretch"},
        {"--sort", "title", "--sort", "is not one of start"},
        {"--city", "", "--city", "is empty"},
    };
    Fixture *it = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(READ(it, cases[i][0], cases[i][1]), STATUS_INVALID_ARGUMENT);
        assert_int_equal(it->problem.violation_count, 1);
        assert_string_equal(it->problem.violations[0].field, cases[i][2]);
        assert_non_null(strstr(it->problem.violations[0].message, cases[i][3]));
    }
}

static void every_filter_has_a_meaning(void **state)
{
    static const char *const values[][2] = {
        {"from", "2022-01-01"}, {"to", "2022-01-01"}, {"on", "2022-01-01"}, {"next", "1d"},
        {"kind", "meeting"},    {"format", "online"}, {"status", "held"},   {"country", "UZ"},
        {"tlp", "clear"},       {"sort", "number"},
    };
    Fixture *it = *state;
    Query empty = PLENARY__V1__QUERY__INIT;
    for (const Option *option = filters_options; option->name; option++) {
        char name[OPTIONS_NAME_SIZE];
        const char *value = option->value ? "x" : NULL;
        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            if (strcmp(values[i][0], option->name) == 0) value = values[i][1];
        (void)snprintf(name, sizeof name, "--%s", option->name);
        assert_int_equal(READ(it, name, value), STATUS_OK);
        assert_int_not_equal(plenary__v1__query__get_packed_size(it->query),
                             plenary__v1__query__get_packed_size(&empty));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_filter_adds_values_and_another_one_a_term, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_organisation_may_have_a_role_behind_a_colon, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(dates_are_days_months_and_years, set_up, tear_down),
        cmocka_unit_test_setup_teardown(next_counts_from_today, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_order_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_value_is_told_with_its_option, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_filter_has_a_meaning, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
