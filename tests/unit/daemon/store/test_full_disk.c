/* On a disk that is really full nothing is half done, reading goes on, and writing and folding
 * resume by themselves once there is room. Needs the right to mount a small tmpfs. */
#include "daemon/store/store.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

enum {
    CHANGE_BYTES = 1300,
    GROUP_CHANGES = 16,
    GROUPS_MAX = 1000,
    WAIT_MS = 20 * 1000,
};

typedef struct Fixture {
    char folder[64];
    bool mounted;
    StoreConfig config;
    Store *store;
} Fixture;

static Problem problem;

static int begin(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    strcpy(self->folder, "/tmp/plenary-full-XXXXXX");
    if (mkdtemp(self->folder) == NULL) return -1;
    self->mounted = mount("tmpfs", self->folder, "tmpfs", 0, "size=2m") == 0;
    self->config = (StoreConfig){.folder = self->folder,
                                 .journal_map_bytes = 1 << 30,
                                 .views_map_bytes = 1 << 30,
                                 .delta_bytes_freeze = 1 << 20,
                                 .delta_bytes_max = 1 << 26,
                                 .fold_keys = 200,
                                 .registry_id = "0b7e8a2e-5a0e-7c11-8d8e-0d1c2b3a4f5e"};
    if (self->mounted && store_open(&self->config, &self->store, &problem) != STATUS_OK) return -1;
    *state = self;
    return 0;
}

static int end(void **state)
{
    Fixture *self = *state;
    store_close(&self->store);
    if (self->mounted && umount(self->folder) != 0) return -1;
    int code = rmdir(self->folder);
    g_free(self);
    return code;
}

static void skip_where_not_mounted(const Fixture *self)
{
    if (self->mounted) return;
    print_message("skipped: this user may not mount a tmpfs\n");
    skip();
}

static void fill(const Fixture *self, size_t leave_bytes)
{
    char path[96], block[1024];
    (void)g_snprintf(path, sizeof path, "%s/ballast", self->folder);
    memset(block, 'b', sizeof block);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    off_t size = 0;
    while (write(file, block, sizeof block) == (ssize_t)sizeof block)
        size += (off_t)sizeof block;
    off_t kept = size > (off_t)leave_bytes ? size - (off_t)leave_bytes : 0;
    assert_int_equal(ftruncate(file, kept), 0);
    close(file);
}

static void make_room(const Fixture *self)
{
    char path[96];
    (void)g_snprintf(path, sizeof path, "%s/ballast", self->folder);
    assert_int_equal(unlink(path), 0);
}

static GroupResult write_group(Journal *journal, uint64_t first)
{
    uint8_t change[CHANGE_BYTES];
    memset(change, (int)first, sizeof change);
    journal_group_begin(journal, first);
    for (int i = 0; i < GROUP_CHANGES; i++)
        journal_group_add(journal, change, sizeof change);
    journal_group_submit(journal);
    GroupResult result;
    for (int i = 0; i < WAIT_MS; i++) {
        if (journal_poll(journal, &result)) return result;
        g_usleep(1000);
    }
    fail_msg("no result came");
    return result;
}

static void check_journal(Journal *journal, uint64_t last)
{
    Bytes change;
    journal_renew(journal);
    assert_int_equal(journal_last(journal), last);
    for (uint64_t i = 1; i <= last; i++) {
        assert_true(journal_get(journal, i, &change));
        assert_int_equal(change.size, CHANGE_BYTES);
    }
    journal_release(journal);
}

/* Filled to every possible rest, so that writes are refused whole and cut short in the middle. */
static void groups_are_refused_whole_and_resume(void **state)
{
    Fixture *self = *state;
    skip_where_not_mounted(self);
    Journal *journal = self->store->journal;
    uint64_t next = 1;
    for (size_t leave_kib = 0; leave_kib < 64; leave_kib += 4) {
        fill(self, leave_kib * 1024);
        GroupResult result = {0};
        for (int group = 0; group < GROUPS_MAX; group++) {
            result = write_group(journal, next);
            if (result.outcome != GROUP_DURABLE) break;
            next += GROUP_CHANGES;
        }
        if (result.outcome != GROUP_NO_SPACE) fail_msg("%d: %s", result.outcome, result.reason);
        check_journal(journal, next - 1);
        journal_acknowledge_failure(journal);
        assert_int_equal(write_group(journal, next).outcome, GROUP_NO_SPACE);
        journal_acknowledge_failure(journal);
        make_room(self);
        assert_int_equal(write_group(journal, next).outcome, GROUP_DURABLE);
        next += GROUP_CHANGES;
        check_journal(journal, next - 1);
    }
    store_close(&self->store);
    assert_int_equal(store_open(&self->config, &self->store, &problem), STATUS_OK);
    check_journal(self->store->journal, next - 1);
}

enum { EVENTS = 3000 };

static void apply_events(Views *views)
{
    for (uint32_t i = 1; i <= EVENTS; i++) {
        char name[48];
        int length = g_snprintf(name, sizeof name, "word=%u", i);
        views_facet_add(views, name, (size_t)length, i);
        views_put(views, VIEW_HEADS, (Bytes){(const uint8_t *)name, (size_t)length},
                  (Bytes){(const uint8_t *)"0123456789012345678901234567890123456789", 40});
        ViewsMark mark = {.epoch = 1, .sequence = i};
        views_applied(views, &mark);
    }
}

static void check_views(Views *views)
{
    views_renew(views);
    for (uint32_t i = 1; i <= EVENTS; i++) {
        char name[48];
        Bytes value;
        int length = g_snprintf(name, sizeof name, "word=%u", i);
        roaring_bitmap_t *events = views_facet(views, name, (size_t)length);
        assert_int_equal(roaring_bitmap_get_cardinality(events), 1);
        assert_true(roaring_bitmap_contains(events, i));
        roaring_bitmap_free(events);
        assert_true(
            views_get(views, VIEW_HEADS, (Bytes){(const uint8_t *)name, (size_t)length}, &value));
    }
    views_release(views);
}

static bool wait_until_folding_stops(Views *views)
{
    for (int i = 0; i < WAIT_MS && views_state(views).folding; i++) {
        g_usleep(1000);
        views_tick(views, false);
    }
    return !views_state(views).folding;
}

static void a_fold_keeps_its_delta_and_is_tried_again(void **state)
{
    Fixture *self = *state;
    skip_where_not_mounted(self);
    Views *views = self->store->views;
    apply_events(views);
    fill(self, 100 * 1024);
    views_tick(views, true);
    assert_true(wait_until_folding_stops(views));
    assert_non_null(strstr(views_state(views).failure, "no space left"));
    assert_true(views_state(views).delta_bytes > EVENTS * 40);
    assert_int_equal(views_mark(views)->sequence, 0);
    check_views(views);
    assert_int_equal(views_fold_all(views, &problem), STATUS_UNAVAILABLE);
    make_room(self);
    for (int i = 0; i < WAIT_MS && views_mark(views)->sequence < EVENTS; i++) {
        g_usleep(1000);
        views_tick(views, false);
    }
    assert_int_equal(views_mark(views)->sequence, EVENTS);
    assert_string_equal(views_state(views).failure, "");
    assert_int_equal(views_state(views).delta_bytes, 0);
    check_views(views);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(groups_are_refused_whole_and_resume),
        WITH(a_fold_keeps_its_delta_and_is_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
