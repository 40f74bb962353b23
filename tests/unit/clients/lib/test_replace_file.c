/* A file is replaced in one move, and only when its bytes change. */
#include "clients/lib/replace_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    PATH_SIZE = 256,
    LARGE_BYTES = 100 * 1000, /* several pieces of what is compared at a time */
};

typedef struct Bench {
    char folder[PATH_SIZE];
    char path[PATH_SIZE];
    char beside[PATH_SIZE];
    Problem problem;
} Bench;

static int set_up(void **state)
{
    Bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    (void)snprintf(bench->folder, sizeof bench->folder, "/tmp/plenary-replace.XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    (void)snprintf(bench->path, sizeof bench->path, "%.200s/page", bench->folder);
    (void)snprintf(bench->beside, sizeof bench->beside, "%.200s/page.new", bench->folder);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    Bench *bench = *state;
    char command[PATH_SIZE + 16];
    (void)snprintf(command, sizeof command, "rm -rf %s", bench->folder);
    assert_int_equal(system(command), 0);
    free(bench);
    return 0;
}

static bool replace(Bench *bench, const char *text)
{
    bool changed = false;
    problem_clear(&bench->problem);
    assert_int_equal(replace_file(bench->path, 0644, text, strlen(text), &changed, &bench->problem),
                     STATUS_OK);
    return changed;
}

static void assert_holds(const char *path, const char *text)
{
    char read[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    read[fread(read, 1, sizeof read - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    assert_string_equal(read, text);
}

static ino_t inode(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    return about.st_ino;
}

static void a_file_is_made_and_replaced(void **state)
{
    Bench *bench = *state;
    assert_true(replace(bench, "one"));
    assert_holds(bench->path, "one");
    assert_true(replace(bench, "two and more"));
    assert_holds(bench->path, "two and more");
    assert_true(replace(bench, "two"));
    assert_holds(bench->path, "two");
    assert_int_equal(access(bench->beside, F_OK), -1);
}

static void the_same_bytes_leave_the_file_alone(void **state)
{
    Bench *bench = *state;
    assert_true(replace(bench, "one"));
    ino_t before = inode(bench->path);
    assert_false(replace(bench, "one"));
    assert_int_equal(inode(bench->path), before);
    assert_int_equal(access(bench->beside, F_OK), -1);
    assert_true(replace(bench, ""));
    assert_false(replace(bench, ""));
}

static void a_difference_at_the_end_of_a_large_file_is_seen(void **state)
{
    Bench *bench = *state;
    char *text = malloc(LARGE_BYTES + 1);
    assert_non_null(text);
    memset(text, 'x', LARGE_BYTES);
    text[LARGE_BYTES] = '\0';
    assert_true(replace(bench, text));
    assert_false(replace(bench, text));
    text[LARGE_BYTES - 1] = 'y';
    assert_true(replace(bench, text));
    free(text);
}

static void what_a_crash_left_beside_does_not_count(void **state)
{
    Bench *bench = *state;
    char target[PATH_SIZE];
    assert_true(replace(bench, "one"));
    (void)snprintf(target, sizeof target, "%.200s/elsewhere", bench->folder);
    assert_int_equal(symlink(target, bench->beside), 0);
    assert_true(replace(bench, "two"));
    assert_holds(bench->path, "two");
    assert_int_equal(access(target, F_OK), -1); /* nothing was written through it */
}

static void a_link_is_followed_and_permissions_stay(void **state)
{
    Bench *bench = *state;
    char link[PATH_SIZE];
    struct stat about;
    assert_true(replace(bench, "one"));
    assert_int_equal(chmod(bench->path, 0640), 0);
    (void)snprintf(link, sizeof link, "%.200s/link", bench->folder);
    assert_int_equal(symlink("page", link), 0);
    assert_int_equal(replace_file(link, 0644, "two", 3, NULL, &bench->problem), STATUS_OK);
    assert_holds(bench->path, "two");
    assert_int_equal(lstat(link, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(stat(bench->path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0640);
}

static void what_is_cancelled_leaves_nothing(void **state)
{
    Bench *bench = *state;
    ReplaceFile *file = NULL;
    assert_true(replace(bench, "one"));
    assert_int_equal(replace_open(bench->path, 0644, &file, &bench->problem), STATUS_OK);
    assert_true(fputs("two", replace_stream(file)) >= 0);
    replace_cancel(&file);
    assert_null(file);
    replace_cancel(&file);
    assert_holds(bench->path, "one");
    assert_int_equal(access(bench->beside, F_OK), -1);
}

static void failures_name_the_file_and_the_reason(void **state)
{
    Bench *bench = *state;
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%.200s/none/page", bench->folder);
    assert_int_equal(replace_file(path, 0644, "x", 1, NULL, &bench->problem), STATUS_UNAVAILABLE);
    assert_non_null(strstr(bench->problem.message, path));
    assert_non_null(strstr(bench->problem.message, "No such file or directory"));
    assert_int_equal(replace_file(bench->folder, 0644, "x", 1, NULL, &bench->problem),
                     STATUS_FAILED_PRECONDITION);
    assert_non_null(strstr(bench->problem.message, "it is not a file"));
}

static void a_full_disk_leaves_what_was_there(void **state)
{
    Bench *bench = *state;
    ReplaceFile *file = NULL;
    assert_true(replace(bench, "one"));
    assert_int_equal(replace_open(bench->path, 0644, &file, &bench->problem), STATUS_OK);
    assert_non_null(freopen("/dev/full", "w", replace_stream(file)));
    assert_true(fputs("two", replace_stream(file)) >= 0);
    assert_int_equal(replace_commit(&file, NULL, &bench->problem), STATUS_UNAVAILABLE);
    assert_null(file);
    assert_non_null(strstr(bench->problem.message, "No space left on device"));
    assert_holds(bench->path, "one");
    assert_int_equal(access(bench->beside, F_OK), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_made_and_replaced),
        TEST(the_same_bytes_leave_the_file_alone),
        TEST(a_difference_at_the_end_of_a_large_file_is_seen),
        TEST(what_a_crash_left_beside_does_not_count),
        TEST(a_link_is_followed_and_permissions_stay),
        TEST(what_is_cancelled_leaves_nothing),
        TEST(failures_name_the_file_and_the_reason),
        TEST(a_full_disk_leaves_what_was_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
