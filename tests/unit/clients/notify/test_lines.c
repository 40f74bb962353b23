/* A file of lines is written exactly once, whatever is killed when. */
#include "clients/notify/lines.h"

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
    PATH_SIZE = 96,
    LONG_BYTES = 10000, /* more than the tail that is looked at */
};

typedef struct Fixture {
    char folder[64];
    char path[PATH_SIZE];
    Lines *lines;
    uint8_t note[LINES_NOTE_BYTES]; /* of the last keep that became durable */
    size_t note_size;
    Problem problem;
} Fixture;

static int set_up(void **state)
{
    static Fixture fixture;
    fixture = (Fixture){.folder = "/tmp/plenary-lines-XXXXXX"};
    problem_clear(&fixture.problem);
    *state = &fixture;
    if (!mkdtemp(fixture.folder)) return -1;
    (void)snprintf(fixture.path, sizeof fixture.path, "%s/out.jsonl", fixture.folder);
    return 0;
}

static void shell(const Fixture *fixture, const char *words)
{
    char command[256];
    (void)snprintf(command, sizeof command, "cd '%s' && %s", fixture->folder, words);
    assert_int_equal(system(command), 0); /* NOLINT(concurrency-mt-unsafe): one thread */
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    lines_close(&fixture->lines);
    shell(fixture, "rm -rf \"$PWD\"");
    return 0;
}

/* As after a start. */
static void reopen(Fixture *fixture)
{
    lines_close(&fixture->lines);
    if (lines_open(fixture->path, fixture->note, fixture->note_size, &fixture->lines,
                   &fixture->problem) != STATUS_OK)
        fail_msg("%s", fixture->problem.message);
}

static void add(Fixture *fixture, const char *line)
{
    assert_int_equal(lines_add(fixture->lines, line, &fixture->problem), STATUS_OK);
}

static void keep_without_note(Fixture *fixture)
{
    uint8_t note[LINES_NOTE_BYTES];
    assert_int_equal(lines_keep(fixture->lines, note, &fixture->problem), STATUS_OK);
}

static void keep(Fixture *fixture)
{
    if (lines_keep(fixture->lines, fixture->note, &fixture->problem) != STATUS_OK)
        fail_msg("%s", fixture->problem.message);
    fixture->note_size = LINES_NOTE_BYTES;
}

static void expect(const Fixture *fixture, const char *name, const char *expected)
{
    char path[PATH_SIZE + 16];
    char have[4 * LONG_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s", fixture->folder, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(have, 1, sizeof have - 1, file);
    have[size] = '\0';
    assert_int_equal(fclose(file), 0);
    assert_string_equal(have, expected);
}

static void lines_are_appended_to_what_is_there(void **state)
{
    Fixture *fixture = *state;
    shell(fixture, "echo before >out.jsonl");
    reopen(fixture);
    add(fixture, "one\n");
    add(fixture, "two\n");
    keep(fixture);
    reopen(fixture);
    add(fixture, "three\n");
    keep(fixture);
    expect(fixture, "out.jsonl", "before\none\ntwo\nthree\n");
}

static void what_did_not_count_is_cut_away(void **state)
{
    Fixture *fixture = *state;
    reopen(fixture);
    add(fixture, "one\n");
    keep(fixture);
    add(fixture, "two\n");
    keep_without_note(fixture); /* killed before the mirror's commit */
    expect(fixture, "out.jsonl", "one\ntwo\n");
    reopen(fixture);
    expect(fixture, "out.jsonl", "one\n");
    shell(fixture, "printf 'tw' >>out.jsonl"); /* killed within a write */
    reopen(fixture);
    add(fixture, "two\n");
    keep(fixture);
    expect(fixture, "out.jsonl", "one\ntwo\n");
}

static void the_first_lines_that_did_not_count_are_cut_away_too(void **state)
{
    Fixture *fixture = *state;
    reopen(fixture);
    keep(fixture);
    add(fixture, "one\n");
    keep_without_note(fixture);
    reopen(fixture);
    expect(fixture, "out.jsonl", "");
}

static void what_was_added_and_not_kept_is_not_there(void **state)
{
    Fixture *fixture = *state;
    reopen(fixture);
    add(fixture, "one\n");
    keep(fixture);
    add(fixture, "two\n");
    reopen(fixture);
    expect(fixture, "out.jsonl", "one\n");
}

static void a_file_of_somebody_else_is_never_cut(void **state)
{
    Fixture *fixture = *state;
    reopen(fixture);
    add(fixture, "one\n");
    keep(fixture);
    shell(fixture, "mv out.jsonl old && printf 'precious\\nlines\\n' >out.jsonl");
    reopen(fixture);
    expect(fixture, "out.jsonl", "precious\nlines\n");

    (void)snprintf(fixture->path, sizeof fixture->path, "%s/other.jsonl", fixture->folder);
    shell(fixture, "cp old other.jsonl && echo more >>other.jsonl");
    reopen(fixture);
    expect(fixture, "other.jsonl", "one\nmore\n");
}

static void an_empty_file_that_was_replaced_is_not_cut(void **state)
{
    Fixture *fixture = *state;
    reopen(fixture);
    keep(fixture);
    shell(fixture, "echo precious >other && mv other out.jsonl");
    reopen(fixture);
    expect(fixture, "out.jsonl", "precious\n");
}

static void a_shorter_file_is_appended_to(void **state)
{
    Fixture *fixture = *state;
    reopen(fixture);
    add(fixture, "one\n");
    keep(fixture);
    shell(fixture, ": >out.jsonl");
    reopen(fixture);
    add(fixture, "two\n");
    keep(fixture);
    expect(fixture, "out.jsonl", "two\n");
}

static void a_file_that_is_renamed_away_is_begun_anew(void **state)
{
    Fixture *fixture = *state;
    reopen(fixture);
    add(fixture, "one\n");
    keep(fixture);
    shell(fixture, "mv out.jsonl out.1");
    add(fixture, "two\n");
    keep(fixture);
    add(fixture, "three\n");
    keep(fixture);
    expect(fixture, "out.1", "one\ntwo\n");
    expect(fixture, "out.jsonl", "three\n");
    add(fixture, "four\n");
    keep_without_note(fixture);
    reopen(fixture);
    expect(fixture, "out.jsonl", "three\n");
}

static void a_long_file_is_known_by_its_tail(void **state)
{
    Fixture *fixture = *state;
    char line[LONG_BYTES + 2];
    char twice[2 * LONG_BYTES + 3];
    memset(line, 'x', LONG_BYTES);
    memcpy(line + LONG_BYTES, "\n", 2);
    (void)snprintf(twice, sizeof twice, "%s%s", line, line);
    reopen(fixture);
    add(fixture, line);
    keep(fixture);
    add(fixture, line);
    keep_without_note(fixture);
    expect(fixture, "out.jsonl", twice);
    reopen(fixture);
    expect(fixture, "out.jsonl", line);
}

/* --- where a person was erased --- */

#define TOLD   "{\"sequence\":1,\"text\":\"by Jane Doe\",\"event\":{\"id\":\"e1\"}}\n"
#define KEPT   "{\"sequence\":1,\"event\":{\"id\":\"e1\"}}                     \n"
#define ERASED "{\"sequence\":2,\"action\":\"erased\",\"event\":{\"id\":\"e1\"}}\n"

static void add_erased(Fixture *fixture)
{
    add(fixture, ERASED);
    lines_erase(fixture->lines, false);
}

static void redact(Fixture *fixture)
{
    assert_true(lines_is_due(fixture->lines));
    assert_int_equal(lines_redact(fixture->lines, &fixture->problem), STATUS_OK);
    assert_false(lines_is_due(fixture->lines));
}

static void what_was_told_goes_when_the_line_that_says_so_counts(void **state)
{
    Fixture *fixture = *state;
    reopen(fixture);
    add(fixture, TOLD);
    keep(fixture);
    add_erased(fixture);
    keep(fixture);
    expect(fixture, "out.jsonl", TOLD ERASED);
    redact(fixture);
    expect(fixture, "out.jsonl", KEPT ERASED);
    add(fixture, "more\n");
    keep(fixture);
    reopen(fixture);
    assert_false(lines_is_due(fixture->lines));
    expect(fixture, "out.jsonl", KEPT ERASED "more\n");
}

/* Wherever it is killed, each line is there once. */
static void lines_are_written_once_also_where_others_are_redacted(void **state)
{
    Fixture *fixture = *state;
    reopen(fixture);
    add(fixture, TOLD);
    keep(fixture);
    add_erased(fixture);
    keep_without_note(fixture);
    reopen(fixture); /* before the erased line counted */
    assert_false(lines_is_due(fixture->lines));
    expect(fixture, "out.jsonl", TOLD);
    add_erased(fixture);
    keep(fixture);
    reopen(fixture); /* before what was told went */
    add(fixture, "more\n");
    keep_without_note(fixture);
    reopen(fixture); /* with a line that did not count */
    expect(fixture, "out.jsonl", TOLD ERASED);
    redact(fixture);
    add(fixture, "more\n");
    keep_without_note(fixture);
    reopen(fixture); /* after it went */
    expect(fixture, "out.jsonl", KEPT ERASED);
    redact(fixture);
    add(fixture, "more\n");
    keep(fixture);
    expect(fixture, "out.jsonl", KEPT ERASED "more\n");
}

static void a_file_of_somebody_else_is_not_cut_for_that(void **state)
{
    Fixture *fixture = *state;
    reopen(fixture);
    add_erased(fixture);
    keep(fixture);
    shell(fixture, "cp out.jsonl other && mv other out.jsonl && echo precious >>out.jsonl");
    reopen(fixture);
    expect(fixture, "out.jsonl", ERASED "precious\n");
}

static bool sees_odd(void *context, uint32_t number)
{
    (void)context;
    return number % 2;
}

/* Of what is not in the view it is not told which events they were. */
static void what_is_not_in_the_view_goes_too_where_that_is_due(void **state)
{
    static const char first[] = "{\"event\":{\"number\":1},\"text\":\"Jane\"}\n";
    static const char second[] = "{\"event\":{\"number\":2},\"text\":\"Jane\"}\n";
    char expected[128];
    Fixture *fixture = *state;
    reopen(fixture);
    add(fixture, first);
    add(fixture, second);
    lines_erase(fixture->lines, true);
    keep(fixture);
    reopen(fixture);
    lines_ask(fixture->lines, sees_odd, NULL);
    lines_erase(fixture->lines, false);
    redact(fixture);
    (void)snprintf(expected, sizeof expected, "%s{\"event\":{\"number\":2}}%*s\n", first, 14, "");
    expect(fixture, "out.jsonl", expected);
}

static void a_file_that_is_renamed_away_meanwhile_is_redacted_too(void **state)
{
    Fixture *fixture = *state;
    reopen(fixture);
    add(fixture, TOLD);
    keep(fixture);
    shell(fixture, "mv out.jsonl out.1");
    add_erased(fixture);
    keep(fixture);
    redact(fixture);
    expect(fixture, "out.1", KEPT ERASED);
    expect(fixture, "out.jsonl", "");
}

static void a_disk_that_is_full_is_told_and_may_be_tried_again(void **state)
{
    Fixture *fixture = *state;
    uint8_t note[LINES_NOTE_BYTES];
    (void)snprintf(fixture->path, sizeof fixture->path, "/dev/full");
    reopen(fixture);
    add(fixture, "one\n");
    assert_int_equal(lines_keep(fixture->lines, note, &fixture->problem), STATUS_UNAVAILABLE);
    assert_non_null(strstr(fixture->problem.message, "/dev/full: No space left"));
    assert_int_equal(lines_keep(fixture->lines, note, &fixture->problem), STATUS_UNAVAILABLE);
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    Fixture *fixture = *state;
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/none/out.jsonl", fixture->folder);
    assert_int_equal(lines_open(fixture->path, NULL, 0, &fixture->lines, &fixture->problem),
                     STATUS_UNAVAILABLE);
    assert_null(fixture->lines);
    assert_non_null(strstr(fixture->problem.message, fixture->path));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(lines_are_appended_to_what_is_there),
        TEST(what_did_not_count_is_cut_away),
        TEST(the_first_lines_that_did_not_count_are_cut_away_too),
        TEST(what_was_added_and_not_kept_is_not_there),
        TEST(a_file_of_somebody_else_is_never_cut),
        TEST(an_empty_file_that_was_replaced_is_not_cut),
        TEST(a_shorter_file_is_appended_to),
        TEST(a_file_that_is_renamed_away_is_begun_anew),
        TEST(a_long_file_is_known_by_its_tail),
        TEST(what_was_told_goes_when_the_line_that_says_so_counts),
        TEST(lines_are_written_once_also_where_others_are_redacted),
        TEST(a_file_of_somebody_else_is_not_cut_for_that),
        TEST(what_is_not_in_the_view_goes_too_where_that_is_due),
        TEST(a_file_that_is_renamed_away_meanwhile_is_redacted_too),
        TEST(a_disk_that_is_full_is_told_and_may_be_tried_again),
        TEST(a_folder_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
