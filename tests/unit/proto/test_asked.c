/* A text question taken apart. */
#include "proto/asked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The parts as text: "-" negated, quotation marks exact, "*" begins. */
static const char *parts_of(const char *text)
{
    static char out[4096];
    Asked asked;
    char why[PROBLEM_MESSAGE_SIZE];
    size_t used = 0;
    out[0] = '\0';
    if (!asked_parse(text, &asked, why)) {
        (void)snprintf(out, sizeof out, "! %s", why);
        return out;
    }
    for (size_t i = 0; i < asked.count; i++) {
        const AskedPart *part = &asked.parts[i];
        const char *quote = part->exact ? "'" : "";
        used += (size_t)snprintf(out + used, sizeof out - used, "%s%s%s%.*s%s%s", i ? "|" : "",
                                 part->negated ? "-" : "", quote, (int)part->length, part->text,
                                 quote, part->begins ? "*" : "");
    }
    return out;
}

static void parts_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text, *parts;
    } cases[] = {
        {"one", "one"},
        {"  one\ttwo\nthree ", "one|two|three"},
        {"Alma-Ata", "Alma-Ata"},
        {"one -two", "one|-two"},
        {"one - two", "one|-|two"},
        {"one -", "one|-"},
        {"trai*", "trai*"},
        {"trai* -web*", "trai*|-web*"},
        {"\"drug control\"", "'drug control'"},
        {"a -\"drug control\" b", "a|-'drug control'|b"},
        {"a\"b c\"d*", "a|'b c'|d*"},
        {"*", "*"},
        {"a*b", "a*b"},
        {"\"a*\"", "'a*'"},
        {"\"\" a", "''|a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(parts_of(cases[i].text), cases[i].parts);
}

static void odd_questions_are_refused_with_a_reason(void **state)
{
    (void)state;
    char many[4 * ASKED_PARTS_MAX + 4] = "";
    assert_string_equal(parts_of(""), "! there is no word in it");
    assert_string_equal(parts_of(" \t"), "! there is no word in it");
    assert_string_equal(parts_of("\""), "! a quotation mark is not closed");
    assert_string_equal(parts_of("one \"two"), "! a quotation mark is not closed");
    assert_string_equal(parts_of("one \"two\" \""), "! a quotation mark is not closed");
    assert_string_equal(parts_of("-one -\"two three\""),
                        "! says only what is not wanted; add a word that is");
    for (int i = 0; i < ASKED_PARTS_MAX; i++)
        strcat(many, "a ");
    assert_int_equal(strlen(parts_of(many)), 2 * ASKED_PARTS_MAX - 1);
    strcat(many, "a");
    assert_string_equal(parts_of(many), "! 65 words are over the limit of 64");
}

static void the_last_word_is_open_while_it_is_written(void **state)
{
    (void)state;
    static const char *const open[] = {"tren", "one tren", "-one tren", "\"one\" tren"};
    static const char *const closed[] = {"",          "tren ",  "tren*", "\"tren\"", "*",
                                         "one -tren", "\"tren", "-tren", "**"};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        assert_true(asked_is_open(open[i]));
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        assert_false(asked_is_open(closed[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_told_apart),
        cmocka_unit_test(odd_questions_are_refused_with_a_reason),
        cmocka_unit_test(the_last_word_is_open_while_it_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
