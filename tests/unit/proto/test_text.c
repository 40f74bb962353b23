#include "proto/text.h"

#include "proto/path.h"
#include "tests/unit/proto/checks.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

static void utf8_is_judged_as_glib_judges_it(void **state)
{
    (void)state;
    static const unsigned char edges[] = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                          0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEE,
                                          0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF};
    enum { EDGES = sizeof edges };
    for (size_t i = 0; i < (size_t)EDGES * EDGES * EDGES * EDGES; i++) {
        char text[5] = "";
        size_t rest = i;
        for (size_t j = 0; j < 4; j++, rest /= EDGES)
            text[j] = (char)edges[rest % EDGES];
        size_t length = strlen(text);
        bool valid = g_utf8_validate(text, (gssize)length, NULL);
        if (text_is_utf8(text, length) != valid) fail_msg("case %zu", i);
    }
}

static void control_characters_are_found(void **state)
{
    (void)state;
    assert_int_equal(text_find_control("a\nb\tc", 5), 5);
    assert_int_equal(text_find_control("ab\x01", 3), 2);
    assert_int_equal(text_find_control("\x7F", 1), 0);
    assert_int_equal(text_find_control("a\xC2\x85", 3), 1);
    assert_int_equal(text_find_control("\xC2\xA0", 2), 2);
    assert_int_equal(text_find_control("Ташкент", 14), 14);
    assert_int_equal(text_find_control("\r", 1), 0);
}

/* Text is read eight bytes at a time: every byte in every place of a chunk, and beyond it. */
static void bytes_are_judged_alike_in_every_place(void **state)
{
    (void)state;
    enum { LENGTH = 21 };
    for (size_t place = 0; place < LENGTH; place++) {
        for (unsigned byte = 1; byte <= 0xFF; byte++) {
            char text[LENGTH + 1] = "abcdefgh ~~~~~~~~ABCD";
            text[place] = (char)byte;
            assert_int_equal(text_is_utf8(text, LENGTH), byte < 0x80);
            if (byte >= 0x80) continue;
            bool is_control = text_is_control((unsigned char)byte) && byte != '\n' && byte != '\t';
            assert_int_equal(text_find_control(text, LENGTH), is_control ? place : LENGTH);
        }
    }
}

static void positions_are_named(void **state)
{
    (void)state;
    static const size_t positions[] = {0, 9, 10, 4096, SIZE_MAX};
    for (size_t i = 0; i < sizeof positions / sizeof *positions; i++) {
        char wanted[40];
        Path path = path_from("list");
        size_t mark = path_enter_at(&path, positions[i]);
        (void)snprintf(wanted, sizeof wanted, "list[%zu]", positions[i]);
        assert_string_equal(path.text, wanted);
        path_leave(&path, mark);
        assert_string_equal(path.text, "list");
    }
}

static void blank_is_only_white_space(void **state)
{
    (void)state;
    assert_true(text_is_blank(""));
    assert_true(text_is_blank(" \n\t\r"));
    assert_false(text_is_blank(" a "));
}

static void cuts_are_between_characters(void **state)
{
    (void)state;
    assert_int_equal(text_cut("Та", 4, 3), 2);
    assert_int_equal(text_cut("Та", 4, 4), 4);
    assert_int_equal(text_cut("Та", 4, 1), 0);
    assert_int_equal(text_cut("abc", 3, 2), 2);
}

static void quotes_are_short_and_harmless(void **state)
{
    (void)state;
    assert_string_equal(text_quote("Ташкент").text, "\"Ташкент\"");
    assert_string_equal(text_quote("a\x1B[1m\n").text, "\"a?[1m?\"");
    assert_string_equal(text_quote("a\xFF").text, "\"a?\"");
    char text[1000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    Quote quote = text_quote(text);
    assert_int_equal(strlen(quote.text), TEXT_QUOTE_SIZE - 1);
    assert_words(quote.text, "x…\"");
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "Т", 2);
    quote = text_quote(text);
    assert_true(text_is_utf8(quote.text, strlen(quote.text)));
}

static void mended_texts_are_fit_to_be_shown(void **state)
{
    static const char *const texts[][2] = {
        {"", ""},
        {"Ташкент…😀", "Ташкент…😀"},
        {"a\xD0", "a?"},
        {"\xF0\x9F\x98z\xD1\x8F", "???zя"},
        {"a\nb\x7F\xC2\x85", "a?b???"},
        {"\xED\xA0\x80", "???"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[64];
        strcpy(text, texts[i][0]);
        text_mend(text);
        assert_string_equal(text, texts[i][1]);
    }
}

static void paths_name_fields(void **state)
{
    (void)state;
    Path path = path_from("");
    size_t top = path_enter(&path, "participants");
    size_t list = path_enter_at(&path, 2);
    size_t element = path_enter(&path, "role");
    assert_string_equal(path.text, "participants[2].role");
    path_leave(&path, element);
    path_leave(&path, list);
    assert_string_equal(path.text, "participants");
    path_leave(&path, top);
    assert_string_equal(path.text, "");
    path_enter(&path, "a\nb");
    assert_string_equal(path.text, "a?b");
}

static void paths_too_long_are_cut(void **state)
{
    (void)state;
    Path path = path_from("");
    size_t marks[100];
    for (size_t i = 0; i < 100; i++)
        marks[i] = path_enter(&path, "поле");
    assert_true(strlen(path.text) < PROBLEM_FIELD_SIZE);
    assert_true(text_is_utf8(path.text, strlen(path.text)));
    for (size_t i = 100; i-- > 0;)
        path_leave(&path, marks[i]);
    assert_string_equal(path.text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_judged_as_glib_judges_it),
        cmocka_unit_test(control_characters_are_found),
        cmocka_unit_test(bytes_are_judged_alike_in_every_place),
        cmocka_unit_test(positions_are_named),
        cmocka_unit_test(blank_is_only_white_space),
        cmocka_unit_test(cuts_are_between_characters),
        cmocka_unit_test(quotes_are_short_and_harmless),
        cmocka_unit_test(mended_texts_are_fit_to_be_shown),
        cmocka_unit_test(paths_name_fields),
        cmocka_unit_test(paths_too_long_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
