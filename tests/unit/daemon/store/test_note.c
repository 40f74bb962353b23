/* A small file that is replaced whole. */
#include "daemon/store/note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "daemon/store/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MOST = 8,
};

static char folder[64];

static int begin(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/plenary-note.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    Problem problem;
    problem_clear(&problem);
    return folder_remove(folder, &problem) == STATUS_OK ? 0 : -1;
}

static bool put(const char *text)
{
    return note_write(folder, "note", (Bytes){(const uint8_t *)text, strlen(text)});
}

static void must_hold(const char *text)
{
    uint8_t *data;
    size_t size;
    assert_true(note_read(folder, "note", MOST, &data, &size));
    assert_int_equal(size, strlen(text));
    assert_memory_equal(data, text, size);
    free(data);
}

static void a_note_is_read_as_it_was_written_last(void **state)
{
    (void)state;
    uint8_t *data;
    size_t size;
    assert_false(note_read(folder, "note", MOST, &data, &size));
    assert_true(put("longer"));
    assert_true(put("new"));
    must_hold("new");
    assert_true(put(""));
    must_hold("");
}

static void a_note_that_is_too_long_is_none(void **state)
{
    (void)state;
    uint8_t *data;
    size_t size;
    assert_true(put("12345678"));
    must_hold("12345678");
    assert_true(put("123456789"));
    assert_false(note_read(folder, "note", MOST, &data, &size));
}

static void what_cannot_be_written_leaves_the_old_one(void **state)
{
    (void)state;
    char taken[96];
    assert_true(put("old"));
    (void)snprintf(taken, sizeof taken, "%s/note.new", folder);
    assert_int_equal(symlink("no-such-folder/file", taken), 0);
    assert_false(put("new"));
    must_hold("old");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_note_is_read_as_it_was_written_last),
        TEST(a_note_that_is_too_long_is_none),
        TEST(what_cannot_be_written_leaves_the_old_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
