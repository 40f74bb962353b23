/* What lines told of an event goes where a person was erased from it, and nothing else moves. */
#include "clients/notify/redact.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    SIZE_MAX_OF_FILE = 64 * 1024,
    LONG_BYTES = 20000,
};

/* Lines of an event: told, told with the name, erased. */
#define TOLD(number, words)                                                                        \
    "{\"sequence\":" number ",\"action\":\"revised\",\"relation\":\"changed\",\"text\":\"" words   \
    "\",\"event\":{\"id\":\"e" number "\",\"number\":" number ",\"revision\":2,\"title\":\"" words \
    "\"}}"
#define KEPT(number)                                                                               \
    "{\"sequence\":" number ",\"action\":\"revised\",\"relation\":\"changed\",\"event\":{\"id\":"  \
    "\"e" number "\",\"number\":" number ",\"revision\":2}}"
#define ERASED(number)                                                                             \
    "{\"sequence\":9,\"action\":\"erased\",\"relation\":\"again\",\"event\":{\"id\":\"e" number    \
    "\",\"number\":" number ",\"revision\":2,\"title\":\"T\"}}"

/* Redacts a file of these bytes, which is open for appending; what it holds then. */
static const char *redacted(const char *bytes)
{
    static char have[SIZE_MAX_OF_FILE];
    char path[] = "/tmp/plenary-redact-XXXXXX";
    size_t length = strlen(bytes);
    int made = mkstemp(path);
    assert_true(made >= 0);
    assert_int_equal(write(made, bytes, length), length);
    (void)close(made);
    int file = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
    assert_int_equal(redact_file(file, NULL, NULL), 0);
    assert_int_equal(pread(file, have, sizeof have, 0), length);
    have[length] = '\0';
    assert_int_equal(redact_file(file, NULL, NULL), 0); /* the same once more */
    char *again = malloc(length + 1);
    assert_non_null(again);
    assert_int_equal(pread(file, again, length + 1, 0), length);
    assert_memory_equal(again, have, length);
    free(again);
    assert_int_equal(write(file, "more", 4), 4); /* it still appends */
    assert_int_equal(lseek(file, 0, SEEK_END), length + 4);
    (void)close(file);
    (void)unlink(path);
    return have;
}

/* As `bytes`, with spaces for what went. */
static void expect(const char *bytes, const char *expected)
{
    char *have = strdup(redacted(bytes));
    char *out = have;
    assert_non_null(have);
    for (const char *at = have; *at; at++) {
        size_t spaces = strspn(at, " ");
        if (at[spaces] == '\n' || (spaces && at[spaces] == '\0')) at += spaces;
        *out++ = *at;
        if (!*at) break;
    }
    *out = '\0';
    assert_string_equal(have, expected);
    free(have);
}

static void lines_before_keep_what_names_the_event(void **state)
{
    (void)state;
    expect(TOLD("1", "with Jane Doe") "\n" ERASED("1") "\n", KEPT("1") "\n" ERASED("1") "\n");
}

static void other_lines_stay_as_they_are(void **state)
{
    (void)state;
    static const char lines[] = "no JSON\n\n[]\n{}\n" TOLD("2", "Talks") "\n" ERASED("1") "\n" TOLD(
        "1", "told later") "\n{\"action\":\"erased\"}\n{\"event\":{\"id\":\"e1\"";
    expect(lines, lines);
    expect(TOLD("1", "erased words") "\n", TOLD("1", "erased words") "\n");
    expect("", "");
}

static void what_an_earlier_erasure_told_goes_with_the_next(void **state)
{
    (void)state;
    static const char first[] = "{\"sequence\":9,\"action\":\"erased\",\"relation\":\"again\","
                                "\"event\":{\"id\":\"e1\",\"number\":1,\"revision\":2}}";
    char expected[512];
    (void)snprintf(expected, sizeof expected, "%s\n%s\n%s\n", first, KEPT("1"), ERASED("1"));
    expect(ERASED("1") "\n" TOLD("1", "of John") "\n" ERASED("1") "\n", expected);
}

/* Of former images the numbers of the events are told. */
static void lines_go_by_the_numbers_of_an_erasure_too(void **state)
{
    (void)state;
    static const char erased[] = "{\"sequence\":9,\"action\":\"erased\",\"erasures\":"
                                 "[{\"sequence\":1,\"number\":1},{\"sequence\":3,\"number\":3}]}";
    char lines[1024];
    char expected[1024];
    (void)snprintf(lines, sizeof lines, "%s\n%s\n%s\n%s\n%s\n", TOLD("1", "Jane Doe"),
                   TOLD("2", "John"), TOLD("3", "Jane Doe"), erased, TOLD("1", "later"));
    (void)snprintf(expected, sizeof expected, "%s\n%s\n%s\n%s\n%s\n", KEPT("1"), TOLD("2", "John"),
                   KEPT("3"), erased, TOLD("1", "later"));
    expect(lines, expected);
}

/* Longer than what is written or read at once, and without a newline at the end. */
static void long_lines_are_redacted_too(void **state)
{
    (void)state;
    static char words[LONG_BYTES + 1];
    static char lines[3 * LONG_BYTES];
    memset(words, 'x', LONG_BYTES);
    (void)snprintf(lines, sizeof lines,
                   "{\"sequence\":1,\"event\":{\"id\":\"e1\",\"title\":\"Jane Doe %s\"}}\n%s",
                   words, ERASED("1"));
    expect(lines, "{\"sequence\":1,\"event\":{\"id\":\"e1\"}}\n" ERASED("1"));
}

static void a_file_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    assert_int_not_equal(redact_file(-1, NULL, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_before_keep_what_names_the_event),
        cmocka_unit_test(other_lines_stay_as_they_are),
        cmocka_unit_test(what_an_earlier_erasure_told_goes_with_the_next),
        cmocka_unit_test(lines_go_by_the_numbers_of_an_erasure_too),
        cmocka_unit_test(long_lines_are_redacted_too),
        cmocka_unit_test(a_file_that_cannot_be_read_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
