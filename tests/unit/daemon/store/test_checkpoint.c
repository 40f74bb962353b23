/* Folding takes its time and gives way: the map grows under it, it hurries when memory runs out,
 * ends at once when the views are closed, and a base that failed is still read. */
#include "daemon/store/clock.h"
#include "daemon/store/folder.h"
#include "daemon/store/views.h"
#include "tests/unit/daemon/store/faults.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

enum { WAIT_MS = 20 * 1000, EVENTS = 2000 };

typedef struct Fixture {
    char folder[64];
    char data[96];
    ViewsConfig config;
    Views *views;
} Fixture;

static Problem problem;

static void open_views(Fixture *self)
{
    if (views_open(&self->config, &self->views, &problem) != STATUS_OK)
        fail_msg("%s", problem.message);
}

static int begin(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    strcpy(self->folder, "/tmp/plenary-fold-XXXXXX");
    if (mkdtemp(self->folder) == NULL) return -1;
    (void)g_snprintf(self->data, sizeof self->data, "%s/data.mdb", self->folder);
    self->config = (ViewsConfig){.folder = self->folder,
                                 .map_bytes = 1 << 26,
                                 .delta_bytes_freeze = 1 << 30,
                                 .delta_bytes_max = 1 << 30,
                                 .fold_keys = 50};
    *state = self;
    return 0;
}

static int end(void **state)
{
    Fixture *self = *state;
    views_close(&self->views);
    int code = folder_remove(self->folder, &problem) == STATUS_OK ? 0 : -1;
    g_free(self);
    return code;
}

static size_t name_of(uint32_t event, char room[static 32])
{
    return (size_t)g_snprintf(room, 32, "word=%06u", event);
}

static void apply_events(Views *views, uint32_t first, uint32_t last)
{
    char name[32], value[200];
    memset(value, 'v', sizeof value);
    for (uint32_t i = first; i <= last; i++) {
        size_t length = name_of(i, name);
        views_facet_add(views, name, length, i);
        views_facet_add(views, "kind=conference", 15, i);
        views_put(views, VIEW_HEADS, (Bytes){(const uint8_t *)name, length},
                  (Bytes){(const uint8_t *)value, sizeof value});
        ViewsMark mark = {.epoch = 1, .sequence = i};
        views_applied(views, &mark);
    }
}

static uint64_t cardinality(Views *views, const char *facet, size_t length)
{
    roaring_bitmap_t *events = views_facet(views, facet, length);
    uint64_t count = roaring_bitmap_get_cardinality(events);
    roaring_bitmap_free(events);
    return count;
}

static void check_events(Views *views, uint32_t last)
{
    char name[32];
    Bytes value;
    views_renew(views);
    assert_int_equal(cardinality(views, "kind=conference", 15), last);
    for (uint32_t i = 1; i <= last; i++) {
        size_t length = name_of(i, name);
        assert_int_equal(cardinality(views, name, length), 1);
        assert_true(views_get(views, VIEW_HEADS, (Bytes){(const uint8_t *)name, length}, &value));
    }
    views_release(views);
}

static void wait_until_folding_stops(Views *views)
{
    for (int i = 0; i < WAIT_MS && views_state(views).folding; i++) {
        g_usleep(1000);
        views_tick(views, false);
    }
    assert_false(views_state(views).folding);
}

static void the_map_grows_under_a_fold(void **state)
{
    Fixture *self = *state;
    self->config.map_bytes = 128 * 1024;
    open_views(self);
    apply_events(self->views, 1, EVENTS);
    views_tick(self->views, true);
    for (int i = 0; i < WAIT_MS && views_state(self->views).folding; i++) {
        views_renew(self->views); /* a reader is alive when the map must grow */
        assert_int_equal(cardinality(self->views, "kind=conference", 15), EVENTS);
        g_usleep(500);
        views_tick(self->views, false);
    }
    assert_string_equal(views_state(self->views).failure, "");
    assert_int_equal(views_mark(self->views)->sequence, EVENTS);
    assert_true(views_state(self->views).file_bytes > 4 * self->config.map_bytes);
    check_events(self->views, EVENTS);
}

static void a_fold_starts_by_itself_at_its_size(void **state)
{
    Fixture *self = *state;
    self->config.delta_bytes_freeze = 100 * 1024;
    open_views(self);
    apply_events(self->views, 1, 10);
    views_tick(self->views, false);
    assert_false(views_state(self->views).folding);
    apply_events(self->views, 11, EVENTS);
    views_tick(self->views, false);
    assert_true(views_state(self->views).folding);
    wait_until_folding_stops(self->views);
    assert_int_equal(views_state(self->views).base_sequence, EVENTS);
    assert_int_equal(views_state(self->views).delta_bytes, 0);
}

static void pauses_end_when_the_views_are_full(void **state)
{
    Fixture *self = *state;
    self->config.fold_pause_ms = 60 * 1000;
    self->config.delta_bytes_max = 1 << 20;
    open_views(self);
    apply_events(self->views, 1, EVENTS / 2);
    views_tick(self->views, true);
    assert_false(views_state(self->views).full);
    apply_events(self->views, EVENTS / 2 + 1, EVENTS * 2);
    assert_true(views_state(self->views).full);
    views_tick(self->views, false);
    wait_until_folding_stops(self->views); /* sooner than one pause */
    assert_int_equal(views_mark(self->views)->sequence, EVENTS / 2);
    assert_int_equal(views_fold_all(self->views, &problem), STATUS_OK);
    assert_false(views_state(self->views).full);
    check_events(self->views, EVENTS * 2);
}

static void closing_does_not_wait_for_a_fold(void **state)
{
    Fixture *self = *state;
    self->config.fold_pause_ms = 60 * 1000;
    open_views(self);
    apply_events(self->views, 1, EVENTS);
    views_tick(self->views, true);
    g_usleep(50 * 1000); /* some of it is folded */
    int64_t before_ms = clock_ms();
    views_close(&self->views);
    assert_true(clock_ms() - before_ms < 30 * 1000);
    open_views(self);
    assert_int_equal(views_mark(self->views)->sequence, 0);
    apply_events(self->views, 1, EVENTS);
    check_events(self->views, EVENTS);
    assert_int_equal(views_fold_all(self->views, &problem), STATUS_OK);
    check_events(self->views, EVENTS);
}

/* What a base whose outcome is unknown still gives, and that it is left alone. */
static void check_reads_go_on(Fixture *self)
{
    apply_events(self->views, EVENTS + 1, EVENTS + 10);
    assert_int_equal(views_fold_all(self->views, &problem), STATUS_UNAVAILABLE);
    assert_non_null(strstr(views_state(self->views).failure, "cannot fold"));
    assert_false(views_state(self->views).folding);
    check_events(self->views, EVENTS + 10);
    apply_events(self->views, EVENTS + 11, EVENTS + 20);
    views_tick(self->views, true);
    assert_false(views_state(self->views).folding);
    assert_int_equal(views_fold_all(self->views, &problem), STATUS_UNAVAILABLE);
    check_events(self->views, EVENTS + 20);
    views_close(&self->views);
    open_views(self);
    assert_int_equal(views_mark(self->views)->sequence, EVENTS);
    check_events(self->views, EVENTS);
}

static void a_base_that_failed_is_read_and_left_alone(void **state)
{
    Fixture *self = *state;
    for (int handle = 0; handle < 2; handle++) { /* of the pages, of the meta pages */
        open_views(self);
        if (handle == 0) apply_events(self->views, 1, EVENTS);
        assert_int_equal(views_fold_all(self->views, &problem), STATUS_OK);
        int broken = faults_handle(self->data, handle);
        assert_int_not_equal(broken, -1);
        (void)close(faults_begin(broken, self->data, O_RDONLY));
        check_reads_go_on(self);
        views_close(&self->views);
    }
}

static void keys_too_long_to_exist_are_not_found(void **state)
{
    Fixture *self = *state;
    open_views(self);
    char *name = g_strnfill(600, 'x');
    Bytes value;
    views_renew(self->views);
    assert_int_equal(cardinality(self->views, name, 600), 0);
    assert_int_equal(cardinality(self->views, "", 0), 0);
    assert_false(views_get(self->views, VIEW_NAMES, (Bytes){(uint8_t *)name, 600}, &value));
    assert_false(views_get(self->views, VIEW_NAMES, (Bytes){0}, &value));
    g_free(name);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(the_map_grows_under_a_fold),
        WITH(a_fold_starts_by_itself_at_its_size),
        WITH(pauses_end_when_the_views_are_full),
        WITH(closing_does_not_wait_for_a_fold),
        WITH(a_base_that_failed_is_read_and_left_alone),
        WITH(keys_too_long_to_exist_are_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
