/* The views give what a naive model gives, through every way of reading them, whatever was
 * frozen, folded, half folded and replayed in between. */
#include "daemon/store/folder.h"
#include "daemon/store/views.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

enum {
    NUMBERS = 200,
    FACETS = 60,
    KEYS = 150,
    TABLES_USED = 2,
    OPERATIONS = 6000,
    RUNS = 498, /* of a set that takes less room as runs, until three of its numbers are gone */
};

typedef enum OperationKind { ADD, REMOVE, PUT, DELETE, OPERATION_KINDS } OperationKind;

/* What happened, to be replayed after a restart: one operation a change. */
typedef struct Operation {
    OperationKind kind;
    int facet;
    uint32_t number;
    int table;
    int key;
    char value[24];
} Operation;

typedef struct World {
    char folder[64];
    ViewsConfig config;
    Views *views;
    GRand *random;
    GArray *history;
    bool facets[FACETS][NUMBERS];
    char values[TABLES_USED][KEYS][24]; /* "": not there */
    uint64_t sequence;
} World;

static Problem problem;

/* Facets of two names, so that walks by prefix have an end on each side. */
static size_t facet_name(int facet, char room[static 32])
{
    static const char *const names[] = {"begins", "country", "word"};
    return (size_t)snprintf(room, 32, "%s=%02d", names[facet % 3], facet);
}

static size_t key_name(int key, char room[static 32])
{
    return (size_t)snprintf(room, 32, "key/%03d", key);
}

static Bytes bytes(const char *text, size_t size)
{
    return (Bytes){(const uint8_t *)text, size};
}

/* --- doing --- */

/* Numbers far apart, so that bitmaps have several containers. */
static uint32_t event(uint32_t number)
{
    return number % 5 == 0 ? UINT32_MAX - number * 70000 : number;
}

static void apply(World *world, const Operation *done)
{
    char name[32];
    ViewTable table = done->table == 0 ? VIEW_HEADS : VIEW_REQUESTS;
    size_t facet = facet_name(done->facet, name);
    if (done->kind == ADD) views_facet_add(world->views, name, facet, event(done->number));
    if (done->kind == REMOVE) views_facet_remove(world->views, name, facet, event(done->number));
    Bytes key = bytes(name, key_name(done->key, name));
    if (done->kind == PUT)
        views_put(world->views, table, key, bytes(done->value, strlen(done->value)));
    if (done->kind == DELETE) views_delete(world->views, table, key);
}

static void mark_applied(World *world, uint64_t sequence)
{
    ViewsMark mark = {.epoch = 3, .sequence = sequence, .versions = "tz icu"};
    mark.digest[0] = (uint8_t)sequence;
    mark.request_floor[15] = (uint8_t)(sequence / 256);
    views_applied(world->views, &mark);
}

static void operate(World *world)
{
    GRand *random = world->random;
    Operation done = {.kind = (OperationKind)g_rand_int_range(random, 0, OPERATION_KINDS),
                      .facet = g_rand_int_range(random, 0, FACETS),
                      .number = (uint32_t)g_rand_int_range(random, 0, NUMBERS),
                      .table = g_rand_int_range(random, 0, TABLES_USED),
                      .key = g_rand_int_range(random, 0, KEYS)};
    if (done.facet < 6) done.facet %= 3; /* a few facets become large */
    (void)g_snprintf(done.value, sizeof done.value, "%.*s%u", g_rand_int_range(random, 1, 9),
                     "vvvvvvvvv", done.number);
    apply(world, &done);
    if (done.kind == ADD) world->facets[done.facet][done.number] = true;
    if (done.kind == REMOVE) world->facets[done.facet][done.number] = false;
    if (done.kind == PUT) strcpy(world->values[done.table][done.key], done.value);
    if (done.kind == DELETE) world->values[done.table][done.key][0] = '\0';
    g_array_append_val(world->history, done);
    mark_applied(world, ++world->sequence);
}

static void open_views(World *world)
{
    world->config.folder = world->folder;
    StatusCode code = views_open(&world->config, &world->views, &problem);
    if (code != STATUS_OK) fail_msg("%s", problem.message);
}

/* Closes as a crash does, opens, and replays what the base does not have. */
static void restart(World *world)
{
    views_close(&world->views);
    open_views(world);
    const ViewsMark *mark = views_mark(world->views);
    assert_true(mark->sequence <= world->sequence);
    if (mark->sequence > 0) {
        assert_int_equal(mark->epoch, 3);
        assert_string_equal(mark->versions, "tz icu");
        assert_int_equal(mark->digest[0], (uint8_t)mark->sequence);
        assert_int_equal(mark->request_floor[15], (uint8_t)(mark->sequence / 256));
    }
    for (uint64_t i = mark->sequence; i < world->sequence; i++) {
        apply(world, &g_array_index(world->history, Operation, i));
        mark_applied(world, i + 1);
    }
}

/* --- checking --- */

static void check_facets(World *world)
{
    for (int facet = 0; facet < FACETS; facet++) {
        char name[32];
        size_t length = facet_name(facet, name);
        roaring_bitmap_t *expected = roaring_bitmap_create();
        for (uint32_t number = 0; number < NUMBERS; number++)
            if (world->facets[facet][number]) roaring_bitmap_add(expected, event(number));
        roaring_bitmap_t *given = views_facet(world->views, name, length);
        if (!roaring_bitmap_equals(expected, given)) fail_msg("facet %s differs", name);
        roaring_bitmap_free(expected);
        roaring_bitmap_free(given);
    }
}

typedef struct Walk {
    World *world;
    int table;
    int next; /* of the model's keys or facets */
    int step;
    int end;
    size_t limit;
    const char *prefix;
} Walk;

static void skip_missing(Walk *walk)
{
    while (walk->next != walk->end && walk->world->values[walk->table][walk->next][0] == '\0')
        walk->next += walk->step;
}

static bool check_value(void *context, Bytes key, Bytes value)
{
    Walk *walk = context;
    char name[32];
    skip_missing(walk);
    assert_int_not_equal(walk->next, walk->end);
    size_t length = key_name(walk->next, name);
    const char *expected = walk->world->values[walk->table][walk->next];
    assert_int_equal(key.size, length);
    assert_memory_equal(key.data, name, length);
    assert_int_equal(value.size, strlen(expected));
    assert_memory_equal(value.data, expected, value.size);
    walk->next += walk->step;
    return --walk->limit > 0;
}

static void check_scan(World *world, int table, int from, size_t limit, bool back)
{
    char name[32];
    size_t length = key_name(from, name);
    ViewTable view = table == 0 ? VIEW_HEADS : VIEW_REQUESTS;
    Walk walk = {.world = world, .table = table, .limit = limit, .step = back ? -1 : 1};
    walk.end = back ? -1 : KEYS;
    if (back) {
        walk.next = from - 1;
        views_scan_back(world->views, view, bytes(name, from == KEYS ? 0 : length), check_value,
                        &walk);
    } else {
        walk.next = from;
        views_scan(world->views, view, bytes(name, from == 0 ? 0 : length), check_value, &walk);
    }
    if (walk.limit == 0) return;
    skip_missing(&walk);
    assert_int_equal(walk.next, walk.end);
}

static void check_values(World *world)
{
    for (int table = 0; table < TABLES_USED; table++) {
        for (int key = 0; key < KEYS; key++) {
            char name[32];
            Bytes value;
            const char *expected = world->values[table][key];
            bool found = views_get(world->views, table == 0 ? VIEW_HEADS : VIEW_REQUESTS,
                                   bytes(name, key_name(key, name)), &value);
            assert_int_equal(found, expected[0] != '\0');
            if (!found) continue;
            assert_int_equal(value.size, strlen(expected));
            assert_memory_equal(value.data, expected, value.size);
        }
        for (int i = 0; i < 6; i++) {
            int from = i == 0 ? 0 : i == 1 ? KEYS : g_rand_int_range(world->random, 0, KEYS + 1);
            size_t limit = i % 2 == 0 ? SIZE_MAX : 5;
            check_scan(world, table, from, limit, false);
            check_scan(world, table, from, limit, true);
        }
    }
}

static bool facet_has_events(const World *world, int facet)
{
    for (int number = 0; number < NUMBERS; number++)
        if (world->facets[facet][number]) return true;
    return false;
}

/* Facets whose bitmap is empty may be named: they are passed over. */
static bool check_facet(void *context, const char *facet, size_t length)
{
    Walk *walk = context;
    char name[32];
    while (walk->next != walk->end) {
        int at = walk->next;
        size_t size = facet_name(at, name);
        if (size == length && memcmp(name, facet, length) == 0) {
            walk->next += walk->step;
            return true;
        }
        assert_false(facet_has_events(walk->world, at)); /* it was left out */
        walk->next += walk->step;
    }
    fail_msg("%.*s is out of order or of another name", (int)length, facet);
    return false;
}

static void check_facet_names(World *world)
{
    static const char *const prefixes[] = {"begins=", "country=", "word="};
    for (int kind = 0; kind < 3; kind++) {
        for (int descending = 0; descending < 2; descending++) {
            int pick = g_rand_int_range(world->random, -1, FACETS / 3);
            char first[32] = "";
            if (pick >= 0) (void)facet_name(pick * 3 + kind, first);
            Walk walk = {.world = world, .step = descending ? -3 : 3};
            walk.end = descending ? kind - 3 : kind + FACETS;
            walk.next = pick >= 0 ? pick * 3 + kind : descending ? kind + FACETS - 3 : kind;
            views_facet_names(world->views, prefixes[kind], first, descending != 0, check_facet,
                              &walk);
            for (; walk.next != walk.end; walk.next += walk.step)
                assert_false(facet_has_events(world, walk.next));
        }
    }
}

static void check_all(World *world)
{
    views_renew(world->views);
    check_facets(world);
    check_values(world);
    check_facet_names(world);
    views_release(world->views);
}

/* --- the tests --- */

static void begin(World *world, uint32_t seed)
{
    strcpy(world->folder, "/tmp/plenary-views-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    world->random = g_rand_new_with_seed(seed);
    world->history = g_array_new(FALSE, FALSE, sizeof(Operation));
    world->config = (ViewsConfig){.map_bytes = 1 << 20,
                                  .delta_bytes_freeze = 16 * 1024,
                                  .delta_bytes_max = 64 * 1024 * 1024,
                                  .fold_keys = 7,
                                  .fold_pause_ms = 1};
    open_views(world);
}

static void end(World *world)
{
    views_close(&world->views);
    assert_int_equal(folder_remove(world->folder, &problem), STATUS_OK);
    g_array_unref(world->history);
    g_rand_free(world->random);
    g_free(world);
}

static void wait_for_fold(World *world)
{
    for (int i = 0; i < 5000 && views_state(world->views).folding; i++) {
        g_usleep(1000);
        views_tick(world->views, false);
    }
    assert_false(views_state(world->views).folding);
}

/* Folds run while changes go on and everything is read; crashes come at any moment. */
static void model(World *world, int restarts_in_1000)
{
    for (int i = 0; i < OPERATIONS; i++) {
        operate(world);
        int dice = g_rand_int_range(world->random, 0, 1000);
        if (dice < 20) views_tick(world->views, dice < 5);
        if (dice >= 1000 - restarts_in_1000) restart(world);
        if (i % 97 == 0) check_all(world);
    }
    check_all(world);
    if (views_fold_all(world->views, &problem) != STATUS_OK) fail_msg("%s", problem.message);
    assert_int_equal(views_mark(world->views)->sequence, world->sequence);
    assert_int_equal(views_state(world->views).delta_bytes, 0);
    check_all(world);
    views_close(&world->views);
    open_views(world);
    assert_int_equal(views_mark(world->views)->sequence, world->sequence);
    check_all(world);
}

static void model_with_folds(void **state)
{
    (void)state;
    World *world = g_new0(World, 1);
    begin(world, 1);
    model(world, 0);
    end(world);
}

static void model_with_folds_and_crashes(void **state)
{
    (void)state;
    World *world = g_new0(World, 1);
    begin(world, 2);
    model(world, 4);
    end(world);
}

/* Every fold stops after a few transactions, at another place each time. */
static void model_with_half_folds(void **state)
{
    (void)state;
    World *world = g_new0(World, 1);
    begin(world, 3);
    for (uint32_t round = 1; round <= 22; round++) {
        for (int i = 0; i < 300; i++)
            operate(world);
        world->config.fold_stop_after = round % 3 == 0 ? 0 : round;
        restart(world);
        views_tick(world->views, true);
        for (int i = 0; i < 20; i++)
            operate(world); /* on top of the frozen ones */
        wait_for_fold(world);
        bool stopped = views_state(world->views).failure[0] != '\0';
        assert_int_equal(stopped, round % 3 != 0);
        check_all(world);
        world->config.fold_stop_after = 0;
        restart(world);
        check_all(world);
    }
    end(world);
}

/* Folds one set, and reads it back from what was folded. */
static void fold_and_count(World *world, uint64_t wanted)
{
    mark_applied(world, ++world->sequence);
    if (views_fold_all(world->views, &problem) != STATUS_OK) fail_msg("%s", problem.message);
    roaring_bitmap_t *set = views_facet(world->views, "word=run", strlen("word=run"));
    assert_int_equal(roaring_bitmap_get_cardinality(set), wanted);
    roaring_bitmap_free(set);
}

/* The library takes a set apart into numbers again where its runs are worth no more; it was folded
 * as if they were, three bytes short. */
static void a_set_that_is_better_kept_as_numbers_than_as_its_runs_is_folded_whole(void **state)
{
    (void)state;
    World *world = g_new0(World, 1);
    begin(world, 4);
    for (uint32_t run = 0; run < RUNS; run++) {
        uint32_t length = run == 0 ? 1 : run <= 3 ? 3 : 2;
        for (uint32_t i = 0; i < length; i++)
            views_facet_add(world->views, "word=run", strlen("word=run"), 10 * run + i);
    }
    fold_and_count(world, 2 * RUNS + 2);
    for (uint32_t run = 1; run <= 3; run++)
        views_facet_remove(world->views, "word=run", strlen("word=run"), 10 * run + 2);
    fold_and_count(world, 2 * RUNS - 1);
    end(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(model_with_folds),
        cmocka_unit_test(model_with_folds_and_crashes),
        cmocka_unit_test(model_with_half_folds),
        cmocka_unit_test(a_set_that_is_better_kept_as_numbers_than_as_its_runs_is_folded_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
