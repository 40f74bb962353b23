/* Journal and views are written anew while they are used: what was erased is in no file afterwards,
 * nothing that was acknowledged is lost, and a crash finds the old file or the new one. */
#include "daemon/store/compaction.h"
#include "daemon/store/folder.h"
#include "daemon/store/places.h"
#include "daemon/store/store.h"
#include "tests/unit/daemon/store/faults.h"
#include "tests/unit/daemon/store/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#define NAME "Doe Jane Nobody" /* who must be gone */

enum {
    WAIT_MS = 60 * 1000,
    CHANGE_BYTES = 2000,
    GROUP = 100,
    GROUPS = 40, /* 8 MB */
    FACETS = 3000,
    SMALL_MAP_BYTES = 1 << 20,
};

typedef struct Fixture {
    char parent[64];
    char *folder;
    StoreConfig config;
    Store *store;
    uint64_t last;     /* sequence that was submitted */
    uint64_t replaced; /* this one has other bytes; 0: none */
} Fixture;

static Problem problem;

static void open_store(Fixture *self)
{
    if (store_open(&self->config, &self->store, &problem) != STATUS_OK)
        fail_msg("%s", problem.message);
}

static int begin(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    strcpy(self->parent, "/tmp/plenary-compacting-XXXXXX");
    if (mkdtemp(self->parent) == NULL) return -1;
    self->folder = folder_path(self->parent, "data");
    self->config = (StoreConfig){.folder = self->folder,
                                 .journal_map_bytes = SMALL_MAP_BYTES,
                                 .views_map_bytes = SMALL_MAP_BYTES,
                                 .delta_bytes_freeze = 1 << 24,
                                 .delta_bytes_max = 1 << 25,
                                 .fold_keys = 100,
                                 .registry_id = "0b7e8a2e-5a0e-7c11-8d8e-0d1c2b3a4f5e"};
    open_store(self);
    *state = self;
    return 0;
}

static int end(void **state)
{
    Fixture *self = *state;
    store_close(&self->store);
    char *command = g_strdup_printf("rm -rf '%s'", self->parent);
    int code = system(command); /* NOLINT(cert-env33-c): a path of our own making */
    g_free(command);
    free(self->folder);
    g_free(self);
    return code;
}

static bool is_there(const Fixture *self, const char *place)
{
    char *folder = folder_path(self->folder, place);
    bool there = folder_exists(folder);
    free(folder);
    return there;
}

/* --- the journal --- */

static void change_of(uint64_t sequence, char room[static CHANGE_BYTES])
{
    memset(room, 'a' + (int)(sequence % 26), CHANGE_BYTES);
    memcpy(room, &sequence, sizeof sequence);
}

static void submit(Fixture *self, uint64_t replaced)
{
    char change[CHANGE_BYTES];
    Journal *journal = self->store->journal;
    journal_group_begin(journal, self->last + 1);
    for (int i = 0; i < GROUP; i++) {
        change_of(++self->last, change);
        if (self->last == 7) memcpy(change + 100, NAME, sizeof NAME - 1);
        journal_group_add(journal, change, CHANGE_BYTES);
    }
    change_of(replaced, change);
    if (replaced > 0) journal_group_replace(journal, replaced, change, CHANGE_BYTES);
    if (replaced > 0) self->replaced = replaced;
    journal_group_submit(journal);
}

static void take_results(Fixture *self)
{
    GroupResult result;
    while (journal_poll(self->store->journal, &result))
        if (result.outcome != GROUP_DURABLE) fail_msg("%s", result.reason);
}

static void await_groups(Fixture *self)
{
    for (int i = 0; i < WAIT_MS && journal_groups_in_flight(self->store->journal) > 0; i++) {
        take_results(self);
        g_usleep(200);
    }
    assert_int_equal(journal_groups_in_flight(self->store->journal), 0);
}

static void fill(Fixture *self, int groups)
{
    for (int i = 0; i < groups; i++) {
        submit(self, 0);
        await_groups(self);
    }
}

static bool check_change(void *context, uint64_t sequence, Bytes change)
{
    const Fixture *self = context;
    char expected[CHANGE_BYTES];
    change_of(sequence, expected);
    if (sequence == 7 && self->replaced != 7) memcpy(expected + 100, NAME, sizeof NAME - 1);
    assert_int_equal(change.size, CHANGE_BYTES);
    assert_memory_equal(change.data, expected, CHANGE_BYTES);
    return true;
}

static void check_journal(Fixture *self)
{
    Journal *journal = self->store->journal;
    journal_renew(journal);
    assert_int_equal(journal_last(journal), self->last);
    assert_int_equal(journal_scan(journal, 1, SIZE_MAX, check_change, self), self->last);
    journal_release(journal);
    assert_string_equal(journal_registry_id(journal), self->config.registry_id);
}

static Compacted await_journal(Fixture *self)
{
    Compacted compacted = {0};
    for (int i = 0; i < WAIT_MS; i++) {
        take_results(self);
        if (journal_compacted(self->store->journal, &compacted)) return compacted;
        g_usleep(200);
    }
    fail_msg("it did not end");
    return compacted;
}

static void check_compacted(const Compacted *compacted)
{
    if (compacted->code != STATUS_OK) fail_msg("%s", compacted->message);
    assert_true(compacted->bytes > 0);
    assert_true(compacted->bytes <= compacted->bytes_before);
}

static void the_journal_loses_what_was_replaced_and_nothing_else(void **state)
{
    Fixture *self = *state;
    fill(self, GROUPS);
    submit(self, 7);
    await_groups(self);
    assert_true(files_have(self->folder, NAME)); /* or this test would show nothing */
    journal_compact(self->store->journal);
    Compacted compacted = await_journal(self);
    check_compacted(&compacted);
    assert_int_equal(compacted.bytes, journal_file_bytes(self->store->journal));
    assert_false(files_have(self->folder, NAME));
    check_journal(self);
    fill(self, 3);
    store_close(&self->store);
    open_store(self);
    check_journal(self);
}

/* The map must grow meanwhile too. */
static void changes_are_written_while_it_is_compacted(void **state)
{
    Fixture *self = *state;
    Compacted compacted;
    int rounds = 0;
    fill(self, GROUPS);
    journal_compact(self->store->journal);
    for (; !journal_compacted(self->store->journal, &compacted); rounds++) {
        journal_renew(self->store->journal); /* a reader is alive when the map must grow */
        assert_true(journal_last(self->store->journal) > 0);
        submit(self, 0);
        if (rounds % 3 != 0) submit(self, 0); /* two are on the way, as ever */
        await_groups(self);
    }
    check_compacted(&compacted);
    assert_true(rounds > 2);
    check_journal(self);
    store_close(&self->store);
    open_store(self);
    check_journal(self);
}

static void what_is_replaced_behind_the_copy_makes_it_begin_anew(void **state)
{
    Fixture *self = *state;
    Compacted compacted;
    fill(self, GROUPS);
    journal_compact(self->store->journal);
    char *beside = folder_path(self->folder, PLACE_JOURNAL_NEW);
    for (int i = 0; i < WAIT_MS && !files_have(beside, NAME); i++)
        g_usleep(200);
    free(beside);
    submit(self, 7);
    await_groups(self);
    bool late = journal_compacted(self->store->journal, &compacted); /* it was done before */
    if (late) journal_compact(self->store->journal);
    compacted = await_journal(self);
    check_compacted(&compacted);
    assert_false(files_have(self->folder, NAME));
    check_journal(self);
}

static void closed_midway_it_leaves_the_old_journal(void **state)
{
    Fixture *self = *state;
    fill(self, GROUPS);
    journal_compact(self->store->journal);
    for (int i = 0; i < WAIT_MS && journal_compacted_bytes(self->store->journal) == 0; i++)
        g_usleep(200);
    submit(self, 0);
    store_close(&self->store);
    assert_false(is_there(self, PLACE_JOURNAL_NEW));
    open_store(self);
    check_journal(self);
}

static void once_writing_is_over_it_is_refused(void **state)
{
    Fixture *self = *state;
    fill(self, 1);
    char *data = folder_path(self->folder, PLACE_JOURNAL "/" LMDB_FILE);
    int pages = faults_handle(data, 0);
    int kept = faults_begin(pages, data, O_RDONLY);
    submit(self, 0);
    self->last -= GROUP;
    GroupResult result;
    for (int i = 0; i < WAIT_MS && !journal_poll(self->store->journal, &result); i++)
        g_usleep(200);
    assert_int_equal(result.outcome, GROUP_UNKNOWN);
    journal_compact(self->store->journal);
    assert_int_equal(await_journal(self).code, STATUS_UNAVAILABLE);
    check_journal(self);
    close(kept);
    free(data);
}

/* --- the views --- */

static size_t facet_of(uint32_t number, bool named, char room[static 64])
{
    const char *text = named ? NAME : "meeting";
    return (size_t)g_snprintf(room, 64, "word=%s %05u", text, number);
}

static void apply(Fixture *self, uint32_t first, uint32_t last, bool add, bool named)
{
    char facet[64];
    for (uint32_t i = first; i <= last; i++) {
        size_t length = facet_of(i, named, facet);
        if (add)
            views_facet_add(self->store->views, facet, length, i);
        else
            views_facet_remove(self->store->views, facet, length, i);
    }
    ViewsMark mark = *views_mark(self->store->views);
    mark.epoch = 1;
    mark.sequence = ++self->last;
    views_applied(self->store->views, &mark);
}

static void check_views(Fixture *self, uint32_t last)
{
    char facet[64];
    Views *views = self->store->views;
    views_renew(views);
    for (uint32_t i = 1; i <= last; i++) {
        size_t length = facet_of(i, false, facet);
        roaring_bitmap_t *events = views_facet(views, facet, length);
        assert_int_equal(roaring_bitmap_get_cardinality(events), 1);
        roaring_bitmap_free(events);
    }
    views_release(views);
}

static bool end_views(Fixture *self, Compacted *compacted)
{
    g_usleep(200);
    views_tick(self->store->views, false);
    return views_compacted(self->store->views, compacted);
}

static void fold(Fixture *self)
{
    if (views_fold_all(self->store->views, &problem) != STATUS_OK) fail_msg("%s", problem.message);
}

static void the_views_lose_what_was_deleted_and_nothing_else(void **state)
{
    Fixture *self = *state;
    Compacted compacted;
    apply(self, 1, FACETS, true, false);
    apply(self, 1, FACETS, true, true);
    fold(self);
    apply(self, 1, FACETS, false, true); /* they are still in the base when it is asked for */
    views_compact(self->store->views);
    while (!end_views(self, &compacted))
        continue;
    check_compacted(&compacted);
    assert_false(files_have(self->folder, NAME));
    assert_true(files_have(self->folder, "meeting"));
    assert_int_equal(views_mark(self->store->views)->sequence, self->last);
    check_views(self, FACETS);
    apply(self, FACETS + 1, FACETS + 10, true, false);
    fold(self);
    store_close(&self->store);
    open_store(self);
    check_views(self, FACETS + 10);
}

static void changes_are_applied_while_the_views_are_compacted(void **state)
{
    Fixture *self = *state;
    Compacted compacted;
    uint32_t last = FACETS;
    apply(self, 1, FACETS, true, false);
    views_tick(self->store->views, true); /* a fold that began too early */
    views_compact(self->store->views);
    while (!end_views(self, &compacted)) {
        views_renew(self->store->views);
        apply(self, last + 1, last + 1, true, false);
        last++;
    }
    check_compacted(&compacted);
    check_views(self, last);
    fold(self);
    check_views(self, last);
}

static void folding_everything_gives_it_up(void **state)
{
    Fixture *self = *state;
    Compacted compacted;
    apply(self, 1, FACETS, true, false);
    fold(self);
    apply(self, FACETS + 1, FACETS + 10, true, false);
    views_compact(self->store->views);
    for (int i = 0; i < WAIT_MS && views_compacted_bytes(self->store->views) == 0; i++)
        if (end_views(self, &compacted)) break;
    apply(self, FACETS + 11, FACETS + 20, true, false);
    fold(self);
    check_views(self, FACETS + 20);
    store_close(&self->store);
    assert_false(is_there(self, PLACE_VIEWS_NEW));
    open_store(self);
    check_views(self, FACETS + 20);
}

/* --- crashes --- */

static void put(const Fixture *self, const char *place, const char *bytes, size_t size)
{
    char *folder = folder_path(self->folder, place);
    char *file = folder_path(folder, LMDB_FILE);
    assert_int_equal(folder_make(folder, &problem), STATUS_OK);
    if (bytes != NULL) assert_true(g_file_set_contents(file, bytes, (gssize)size, NULL));
    free(file);
    free(folder);
}

/* What a kill leaves at each moment: a folder with nothing in it (just made, or its file just
 * moved), half a file, a whole one. */
static void what_a_killed_daemon_left_is_tidied(void **state)
{
    static const char *const places[] = {PLACE_JOURNAL, PLACE_VIEWS};
    static const char *const copies[] = {PLACE_JOURNAL_NEW, PLACE_VIEWS_NEW};
    Fixture *self = *state;
    fill(self, 3);
    store_close(&self->store);
    for (int i = 0; i < 6; i++) {
        char *whole = NULL;
        gsize size = 0;
        char *file = g_strdup_printf("%s/%s/" LMDB_FILE, self->folder, places[i % 2]);
        assert_true(g_file_get_contents(file, &whole, &size, NULL));
        put(self, copies[i % 2], i < 2 ? NULL : whole, i < 4 ? size / 2 : size);
        open_store(self);
        assert_false(is_there(self, copies[i % 2]));
        check_journal(self);
        store_close(&self->store);
        g_free(whole);
        g_free(file);
    }
    open_store(self);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_journal_loses_what_was_replaced_and_nothing_else),
        TEST(changes_are_written_while_it_is_compacted),
        TEST(what_is_replaced_behind_the_copy_makes_it_begin_anew),
        TEST(closed_midway_it_leaves_the_old_journal),
        TEST(once_writing_is_over_it_is_refused),
        TEST(the_views_lose_what_was_deleted_and_nothing_else),
        TEST(changes_are_applied_while_the_views_are_compacted),
        TEST(folding_everything_gives_it_up),
        TEST(what_a_killed_daemon_left_is_tidied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
