#include "proto/status.h"

#include "proto/text.h"
#include "tests/unit/proto/checks.h"

static void codes_have_grpc_names_and_our_exit_codes(void **state)
{
    (void)state;
    assert_string_equal(status_name(STATUS_INVALID_ARGUMENT), "INVALID_ARGUMENT");
    assert_int_equal(STATUS_INVALID_ARGUMENT, 3);
    assert_int_equal(STATUS_UNAUTHENTICATED, 16);
    assert_int_equal(status_exit_code(STATUS_OK), 0);
    assert_int_equal(status_exit_code(STATUS_NOT_FOUND), 3);
    assert_int_equal(status_exit_code(STATUS_PERMISSION_DENIED), 4);
    assert_int_equal(status_exit_code(STATUS_ABORTED), 5);
    assert_int_equal(status_exit_code(STATUS_INVALID_ARGUMENT), 6);
    assert_int_equal(status_exit_code(STATUS_UNAVAILABLE), 7);
    assert_string_equal(status_name((StatusCode)2), "UNKNOWN");
    assert_int_equal(status_exit_code((StatusCode)2), 1);
}

static void the_table_has_every_code_of_the_wire(void **state)
{
    (void)state;
    const ProtobufCEnumDescriptor *codes = &plenary__v1__status_code__descriptor;
    for (unsigned i = 0; i < codes->n_values; i++)
        assert_string_equal(status_name((StatusCode)codes->values[i].value), codes->values[i].name);
}

static void the_first_violation_is_the_message(void **state)
{
    (void)state;
    Problem problem;
    problem_clear(&problem);
    assert_int_equal(problem_violation(&problem, "title", "is %s", "required"),
                     STATUS_INVALID_ARGUMENT);
    problem_violation(&problem, "kind", "is required");
    assert_int_equal(problem.code, STATUS_INVALID_ARGUMENT);
    assert_int_equal(problem.violation_count, 2);
    assert_string_equal(problem.message, "title: is required");
    assert_string_equal(problem.violations[1].field, "kind");
}

static void a_violation_of_the_whole_has_no_colon(void **state)
{
    (void)state;
    Problem problem;
    problem_clear(&problem);
    problem_violation(&problem, "", "is a list");
    assert_string_equal(problem.message, "is a list");
}

static void violations_over_the_limit_are_counted(void **state)
{
    (void)state;
    Problem problem;
    problem_clear(&problem);
    for (int i = 0; i < PROBLEM_VIOLATIONS_MAX + 3; i++)
        problem_violation(&problem, "title", "is wrong %d", i);
    assert_int_equal(problem.violation_count, PROBLEM_VIOLATIONS_MAX);
    assert_string_equal(problem.message, "title: is wrong 0 (and 3 more)");
    problem_clear(&problem);
    assert_int_equal(problem.violations_more, 0);
    assert_int_equal(problem.code, STATUS_OK);
}

static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    char text[4 * PROBLEM_MESSAGE_SIZE] = "";
    for (size_t shift = 0; shift < 4; shift++) {
        Problem problem;
        problem_clear(&problem);
        memset(text, 'x', shift);
        for (size_t i = shift; i + 4 < sizeof text; i += 4)
            memcpy(text + i, "😀", 5);
        problem_set(&problem, STATUS_INTERNAL, "%s", text);
        assert_true(strlen(problem.message) > PROBLEM_MESSAGE_SIZE - 5);
        assert_true(text_is_utf8(problem.message, strlen(problem.message)));
        for (int i = 0; i <= PROBLEM_VIOLATIONS_MAX; i++)
            problem_violation(&problem, text, "%s", text);
        assert_true(text_is_utf8(problem.message, strlen(problem.message)));
        assert_non_null(strstr(problem.message, " (and 1 more)"));
        assert_true(text_is_utf8(problem.violations[0].field, strlen(problem.violations[0].field)));
        assert_true(strlen(problem.violations[0].field) > PROBLEM_FIELD_SIZE - 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_have_grpc_names_and_our_exit_codes),
        cmocka_unit_test(the_table_has_every_code_of_the_wire),
        cmocka_unit_test(the_first_violation_is_the_message),
        cmocka_unit_test(a_violation_of_the_whole_has_no_colon),
        cmocka_unit_test(violations_over_the_limit_are_counted),
        cmocka_unit_test(long_texts_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
