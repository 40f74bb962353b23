/* Manual pages: texts of the tables come out as they are, whatever roff would make of them. */
#include "proto/manual.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    PAGE_SIZE = 4096,
};

typedef struct Page {
    char text[PAGE_SIZE];
    FILE *file;
} Page;

static FILE *begin(Page *page)
{
    memset(page, 0, sizeof *page);
    page->file = fmemopen(page->text, sizeof page->text, "w");
    assert_non_null(page->file);
    return page->file;
}

static void check(Page *page, const char *expected)
{
    assert_int_equal(fclose(page->file), 0);
    assert_string_equal(page->text, expected);
}

static void running_text_is_escaped(void **state)
{
    Page page;
    (void)state;
    manual_text(begin(&page), ".Nm is a\\b 'c' ~ `d` --no-room -f co-operation Ташкент");
    check(
        &page,
        "\\&.Nm is a\\eb \\(aqc\\(aq \\(ti \\(gad\\(ga \\-\\-no-room \\-f co-operation Ташкент\n");
}

static void each_sentence_begins_a_line(void **state)
{
    Page page;
    (void)state;
    manual_text(begin(&page), "One. Two (three.) \"Four.\" five e.g six\nseven");
    check(&page, "One.\nTwo (three.)\n\"Four.\"\nfive e.g six seven\n");
}

static void lines_are_short_and_none_is_a_macro(void **state)
{
    Page page;
    char text[PAGE_SIZE / 2] = "";
    (void)state;
    for (size_t used = 0; used < PAGE_SIZE / 4; used += strlen(".word more "))
        strcpy(text + used, ".word more ");
    manual_text(begin(&page), text);
    (void)fclose(page.file);
    size_t lines = 0;
    for (char *rest = page.text, *line; (line = strsep(&rest, "\n")) && *line; lines++) {
        assert_true(*line != '.');
        assert_true(strlen(line) <= MANUAL_LINE_BYTES_MAX + MANUAL_LINE_BYTES_MAX / 4); /* \& */
    }
    assert_true(lines > 10);
}

static void examples_stay_line_by_line(void **state)
{
    Page page;
    (void)state;
    manual_example(begin(&page), "a  --b-c '.'\n.d ~/e");
    check(&page, ".Bd -literal -offset indent\na  \\-\\-b\\-c \\(aq.\\(aq\n\\&.d \\(ti/e\n.Ed\n");
}

static void arguments_of_macros_are_quoted(void **state)
{
    Page page;
    (void)state;
    manual_option(begin(&page), 'o', "output", "A \"B\"");
    manual_option(page.file, 0, "yes", NULL);
    manual_option(page.file, 'x', "", "Fl");
    manual_item(page.file, MANUAL_COMMAND, "org add", "");
    manual_item(page.file, MANUAL_KEY, "a/b", "NUMBER");
    check(&page, ".It Fl o Ar \"A \"\"B\"\"\" , Fl -output Ar \"A \"\"B\"\"\"\n"
                 ".It Fl -yes\n"
                 ".It Fl x Ar \"Fl\"\n"
                 ".It Ic \"org add\"\n"
                 ".It Cm \"a/b\" Ar \"NUMBER\"\n");
}

static void a_page_has_its_head(void **state)
{
    Page page;
    static const ManualPage others[] = {{"a", "1"}, {"b", "8"}};
    ManualHead head = {"plenary-x", "1", "does .x", "March 3, 2022"};
    (void)state;
    manual_head(begin(&page), &head);
    manual_see_also(page.file, others, 2);
    check(&page, ".Dd March 3, 2022\n.Dt PLENARY-X 1\n.Os\n.Sh NAME\n.Nm plenary-x\n.Nd does .x\n"
                 ".Sh SEE ALSO\n.Xr a 1 ,\n.Xr b 8\n");
}

static void a_page_is_asked_for_by_exactly_one_option_and_its_date(void **state)
{
    char *argv[] = {(char[]){"x"}, (char[]){"--manual"}, (char[]){"March 3, 2022"}, NULL};
    (void)state;
    assert_string_equal(manual_asked(3, argv, "--manual"), "March 3, 2022");
    assert_null(manual_asked(2, argv, "--manual"));
    assert_null(manual_asked(3, argv, "--manual-zpl"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(running_text_is_escaped),
        cmocka_unit_test(each_sentence_begins_a_line),
        cmocka_unit_test(lines_are_short_and_none_is_a_macro),
        cmocka_unit_test(examples_stay_line_by_line),
        cmocka_unit_test(arguments_of_macros_are_quoted),
        cmocka_unit_test(a_page_has_its_head),
        cmocka_unit_test(a_page_is_asked_for_by_exactly_one_option_and_its_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
