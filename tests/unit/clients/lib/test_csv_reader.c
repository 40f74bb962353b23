/* Sheets as spreadsheets write them; what is wrong names its line. */
#include "clients/lib/csv_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    PRINTED_SIZE = 4096,
};

static bool print_row(void *context, const CsvRow *row)
{
    char *printed = context;
    size_t used = strlen(printed);
    used += (size_t)snprintf(printed + used, PRINTED_SIZE - used, "%zu", row->line);
    for (size_t i = 0; i < row->count; i++)
        used += (size_t)snprintf(printed + used, PRINTED_SIZE - used, "|%s", row->cells[i]);
    (void)snprintf(printed + used, PRINTED_SIZE - used, "\n");
    return true;
}

static StatusCode read_text(const char *text, size_t length, char *printed, Problem *problem)
{
    char *copy = malloc(length + 1); /* of its very size, so that a sanitizer sees one step more */
    assert_non_null(copy);
    memcpy(copy, text, length);
    copy[length] = '\0';
    printed[0] = '\0';
    problem_clear(problem);
    StatusCode code = csv_read(copy, length, print_row, printed, problem);
    free(copy);
    return code;
}

static void check(const char *text, const char *expected)
{
    char printed[PRINTED_SIZE];
    Problem problem;
    assert_int_equal(read_text(text, strlen(text), printed, &problem), STATUS_OK);
    assert_string_equal(printed, expected);
}

static void check_refused(const char *text, const char *line)
{
    char printed[PRINTED_SIZE];
    Problem problem;
    assert_int_equal(read_text(text, strlen(text), printed, &problem), STATUS_INVALID_ARGUMENT);
    if (strncmp(problem.message, line, strlen(line)) != 0) fail_msg("%s", problem.message);
}

static void rows_have_cells(void **state)
{
    (void)state;
    check("a,b\nc,d\n", "1|a|b\n2|c|d\n");
    check("a,b\r\nc,d", "1|a|b\n2|c|d\n");
    check("a,b\rc,d\r", "1|a|b\n2|c|d\n");
    check("a,,\n,,b\n", "1|a||\n2|||b\n");
    check("  a b , c\n", "1|a b|c\n");
    check("", "");
}

static void the_first_line_says_how_cells_are_separated(void **state)
{
    (void)state;
    check("a;b;c\nd,e;f;g\n", "1|a|b|c\n2|d,e|f|g\n");
    check("a\tb\nc,d\te\n", "1|a|b\n2|c,d|e\n");
    check("\"x;y;z\",b\nc;d,e\n", "1|x;y;z|b\n2|c;d|e\n");
    check("a\nb\n", "1|a\n2|b\n");
}

static void quoted_cells_hold_anything(void **state)
{
    (void)state;
    check("\"a,b\",\"c \"\"d\"\"\"\n", "1|a,b|c \"d\"\n");
    check("\"a\nb\",c\nd,e\n", "1|a\nb|c\n3|d|e\n");
    check("\"\",\" x \"\n", "1|| x \n");
    check(" \"a\" ,b\n", "1|a|b\n");
    check("5\" disk,b\n", "1|5\" disk|b\n");
}

static void a_byte_order_mark_and_empty_rows_are_passed_over(void **state)
{
    (void)state;
    check("\xEF\xBB\xBFname\n\n,,\n \nx\n", "1|name\n5|x\n");
}

static void what_is_wrong_names_its_line(void **state)
{
    (void)state;
    check_refused("a\n\"b\nc\n", "line 2: ");
    check_refused("a\n\"b\" c\n", "line 2: ");
    check_refused("a\n\"b\nc\"d\n", "line 3: ");
    check_refused("a\nb\xC0\n", "line 2: ");
    char printed[PRINTED_SIZE];
    Problem problem;
    assert_int_equal(read_text("a\0b", 3, printed, &problem), STATUS_INVALID_ARGUMENT);
}

static void a_row_of_too_many_cells_is_refused(void **state)
{
    char text[2 * CSV_CELLS_MAX + 8];
    (void)state;
    memset(text, ',', sizeof text);
    text[CSV_CELLS_MAX] = '\0';
    check_refused(text, "line 1: too many");
    text[CSV_CELLS_MAX - 1] = '\0';
    check(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_have_cells),
        cmocka_unit_test(the_first_line_says_how_cells_are_separated),
        cmocka_unit_test(quoted_cells_hold_anything),
        cmocka_unit_test(a_byte_order_mark_and_empty_rows_are_passed_over),
        cmocka_unit_test(what_is_wrong_names_its_line),
        cmocka_unit_test(a_row_of_too_many_cells_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
