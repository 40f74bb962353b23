/* One daemon for a folder, private to its user; new views take the place of old ones whole. */
#include "daemon/store/folder.h"
#include "daemon/store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

typedef struct Fixture {
    char parent[64];
    char *folder;
    StoreConfig config;
    Store *store;
} Fixture;

static Problem problem;

static int begin(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    strcpy(self->parent, "/tmp/plenary-store-XXXXXX");
    if (mkdtemp(self->parent) == NULL) return -1;
    self->folder = folder_path(self->parent, "home");
    self->config = (StoreConfig){.folder = self->folder,
                                 .journal_map_bytes = 1 << 24,
                                 .views_map_bytes = 1 << 24,
                                 .delta_bytes_freeze = 1 << 20,
                                 .delta_bytes_max = 1 << 22,
                                 .fold_keys = 100,
                                 .registry_id = "0b7e8a2e-5a0e-7c11-8d8e-0d1c2b3a4f5e"};
    *state = self;
    return 0;
}

static int end(void **state)
{
    Fixture *self = *state;
    store_close(&self->store);
    char *command = g_strdup_printf("rm -rf '%s'", self->parent);
    int code = system(command);
    g_free(command);
    free(self->folder);
    g_free(self);
    return code;
}

static void open_store(Fixture *self)
{
    if (store_open(&self->config, &self->store, &problem) != STATUS_OK)
        fail_msg("%s", problem.message);
}

static void check_mode(const char *path, mode_t mode)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, mode);
}

static void what_it_makes_is_private(void **state)
{
    Fixture *self = *state;
    static const struct {
        const char *name;
        mode_t mode;
    } made[] = {{".", 0700},       {"lock", 0600},
                {"journal", 0700}, {"journal/data.mdb", 0600},
                {"views", 0700},   {"views/data.mdb", 0600}};
    open_store(self);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        char *path = folder_path(self->folder, made[i].name);
        check_mode(path, made[i].mode);
        free(path);
    }
}

/* In another process, as a lock on a file is the process's. Exit code 0: as it should be. */
static int try_from_a_child(Fixture *self, const char *expected)
{
    pid_t child = fork();
    if (child == 0) {
        Store *second = NULL;
        StatusCode code = store_open(&self->config, &second, &problem);
        if (expected == NULL) _exit(code == STATUS_OK ? 0 : 1);
        _exit(code == STATUS_FAILED_PRECONDITION && second == NULL &&
                      strstr(problem.message, expected) != NULL
                  ? 0
                  : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void a_second_daemon_is_told_the_pid_of_the_first(void **state)
{
    Fixture *self = *state;
    int ready[2], done[2];
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(done), 0);
    pid_t first = fork(); /* before any thread is started here */
    if (first == 0) {
        char byte = 0;
        if (store_open(&self->config, &self->store, &problem) != STATUS_OK) _exit(1);
        if (write(ready[1], &byte, 1) != 1 || read(done[0], &byte, 1) != 1) _exit(1);
        _exit(0); /* without closing: the lock goes with the process */
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    char *expected = g_strdup_printf("(pid %ld)", (long)first);
    assert_int_equal(try_from_a_child(self, expected), 0);
    g_free(expected);
    assert_int_equal(write(done[1], &byte, 1), 1);
    int status;
    assert_int_equal(waitpid(first, &status, 0), first);
    assert_int_equal(status, 0);
    open_store(self);
    for (int i = 0; i < 2; i++) {
        (void)close(ready[i]);
        (void)close(done[i]);
    }
}

static void put_head(Views *views, uint64_t sequence, const char *value)
{
    ViewsMark mark = {.epoch = 1, .sequence = sequence};
    views_put(views, VIEW_HEADS, (Bytes){(const uint8_t *)"key", 3},
              (Bytes){(const uint8_t *)value, strlen(value)});
    views_applied(views, &mark);
    if (views_fold_all(views, &problem) != STATUS_OK) fail_msg("%s", problem.message);
}

static void check_head(Store *store, uint64_t sequence, const char *expected)
{
    Bytes value;
    store_renew(store);
    assert_int_equal(views_mark(store->views)->sequence, sequence);
    assert_true(views_get(store->views, VIEW_HEADS, (Bytes){(const uint8_t *)"key", 3}, &value));
    assert_int_equal(value.size, strlen(expected));
    assert_memory_equal(value.data, expected, value.size);
    store_release(store);
}

static void rebuilt_views_take_the_place_of_the_old(void **state)
{
    Fixture *self = *state;
    open_store(self);
    put_head(self->store->views, 7, "old");
    Views *built = NULL;
    assert_int_equal(store_views_new(self->store, &self->config, &built, &problem), STATUS_OK);
    assert_int_equal(views_mark(built)->sequence, 0);
    put_head(built, 9, "new");
    check_head(self->store, 7, "old");
    assert_int_equal(store_views_replace(self->store, &self->config, &built, &problem), STATUS_OK);
    assert_null(built);
    check_head(self->store, 9, "new");
    store_close(&self->store);
    open_store(self);
    check_head(self->store, 9, "new");
}

static void views_left_aside_by_a_crash_are_found_again(void **state)
{
    Fixture *self = *state;
    open_store(self);
    put_head(self->store->views, 7, "old");
    Views *half = NULL;
    assert_int_equal(store_views_new(self->store, &self->config, &half, &problem), STATUS_OK);
    views_close(&half);
    store_close(&self->store);
    char *views = folder_path(self->folder, "views");
    char *old = folder_path(self->folder, "views.old");
    char *built = folder_path(self->folder, "views.new");
    assert_int_equal(rename(views, old), 0);
    open_store(self);
    check_head(self->store, 7, "old");
    assert_false(folder_exists(old));
    assert_false(folder_exists(built));
    free(views);
    free(old);
    free(built);
}

static void a_folder_that_cannot_be_made_is_named(void **state)
{
    Fixture *self = *state;
    self->config.folder = "/proc/no/such/place";
    assert_int_equal(store_open(&self->config, &self->store, &problem), STATUS_UNAVAILABLE);
    assert_null(self->store);
    assert_non_null(strstr(problem.message, "/proc/no"));
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_second_daemon_is_told_the_pid_of_the_first), /* forks: before any thread */
        WITH(what_it_makes_is_private),
        WITH(rebuilt_views_take_the_place_of_the_old),
        WITH(views_left_aside_by_a_crash_are_found_again),
        WITH(a_folder_that_cannot_be_made_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
