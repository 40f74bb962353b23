/* Texts of others stay texts, whatever is in them. */
#include "clients/report/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    OUTPUT_SIZE = 512,
};

/* What was written since the last call. */
static char output[OUTPUT_SIZE];
static FILE *file;

static const char *written(void)
{
    (void)fputc('\0', file);
    assert_int_equal(fflush(file), 0);
    rewind(file);
    return output;
}

static int open_output(void **state)
{
    (void)state;
    file = fmemopen(output, sizeof output, "w");
    return file ? 0 : -1;
}

static int close_output(void **state)
{
    (void)state;
    return fclose(file);
}

static void a_text_ends_no_element_and_no_attribute(void **state)
{
    (void)state;
    html_text(file, "<script>alert(\"1\" & '2')</script>");
    assert_string_equal(written(), "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)"
                                   "&lt;/script&gt;");
    html_title(file, "Ташкент", "ru\"><script>");
    assert_string_equal(written(), "<bdi lang=\"ru&quot;&gt;&lt;script&gt;\">Ташкент</bdi>");
    html_title(file, "Tashkent", NULL);
    assert_string_equal(written(), "<bdi>Tashkent</bdi>");
}

static void control_characters_do_not_come_through(void **state)
{
    (void)state;
    html_text(file, "one\r\ntwo\tthree");
    assert_string_equal(written(), "one  two three");
    html_text(file, "a\x01\x1F\x7F"
                    "b");
    assert_string_equal(written(), "a\uFFFD\uFFFD\uFFFDb");
}

static void only_addresses_of_the_web_become_links(void **state)
{
    static const char *const others[] = {
        "javascript:alert(1)", " https://example.org", "JaVaScRiPt:alert(1)",  "data:text/html,x",
        "file:///etc/passwd",  "https:example.org",    "mailto:a@example.org", ""};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_false(html_may_link(others[i]));
        html_link(file, others[i], "text");
        assert_string_equal(written(), "<bdi>text</bdi>");
    }
    assert_false(html_may_link(NULL));
    html_link(file, "HTTPS://example.org/?a=1&b=\"", "text");
    assert_string_equal(written(), "<a rel=\"noopener noreferrer\" "
                                   "href=\"HTTPS://example.org/?a=1&amp;b=&quot;\">"
                                   "<bdi>text</bdi></a>");
}

static void numbers_are_grouped(void **state)
{
    static const struct {
        uint64_t count;
        const char *text;
    } cases[] = {
        {0, "0"},          {999, "999"},           {1000, "1,000"},
        {12005, "12,005"}, {1000000, "1,000,000"}, {UINT64_MAX, "18,446,744,073,709,551,615"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        html_count(file, cases[i].count);
        assert_string_equal(written(), cases[i].text);
    }
}

static void shares_are_parts_of_a_hundred(void **state)
{
    (void)state;
    html_share(file, 3, 8);
    assert_string_equal(written(), "37.5%");
    html_share(file, 8, 8);
    assert_string_equal(written(), "100.0%");
    html_share(file, 0, 0);
    assert_string_equal(written(), "0.0%");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_output, close_output)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_text_ends_no_element_and_no_attribute), TEST(control_characters_do_not_come_through),
        TEST(only_addresses_of_the_web_become_links),  TEST(numbers_are_grouped),
        TEST(shares_are_parts_of_a_hundred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
