/* Groups become durable whole, in order and without a gap, or not at all; and each way of
 * failing says what it left behind. */
#include "daemon/store/folder.h"
#include "daemon/store/journal.h"
#include "tests/unit/daemon/store/faults.h"

#include <lmdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

enum { TINY_MAP_BYTES = 96 * 1024, LARGE_MAP_BYTES = 64 * 1024 * 1024 };

typedef struct Fixture {
    char folder[64];
    char data[96];
    Journal *journal;
} Fixture;

static Problem problem;

static void open_journal(Fixture *self, uint64_t map_bytes)
{
    JournalConfig config = {.folder = self->folder,
                            .map_bytes = map_bytes,
                            .registry_id = "0b7e8a2e-5a0e-7c11-8d8e-0d1c2b3a4f5e"};
    StatusCode code = journal_open(&config, &self->journal, &problem);
    if (code != STATUS_OK) fail_msg("%s", problem.message);
}

static int begin_with(void **state, uint64_t map_bytes)
{
    Fixture *self = g_new0(Fixture, 1);
    strcpy(self->folder, "/tmp/plenary-journal-XXXXXX");
    if (mkdtemp(self->folder) == NULL) return -1;
    (void)g_snprintf(self->data, sizeof self->data, "%s/data.mdb", self->folder);
    open_journal(self, map_bytes);
    *state = self;
    return 0;
}

static int begin(void **state)
{
    return begin_with(state, LARGE_MAP_BYTES);
}

static int begin_tiny(void **state)
{
    return begin_with(state, TINY_MAP_BYTES);
}

static int end(void **state)
{
    Fixture *self = *state;
    journal_close(&self->journal);
    int code = folder_remove(self->folder, &problem) == STATUS_OK ? 0 : -1;
    g_free(self);
    return code;
}

/* A change's bytes follow from its sequence. */
static size_t change_of(uint64_t sequence, uint8_t room[static 4096])
{
    size_t size = 1 + sequence * 37 % 3000;
    memset(room, (int)(sequence * 11), size);
    return size;
}

static void submit(Journal *journal, uint64_t first, uint32_t count)
{
    uint8_t change[4096];
    journal_group_begin(journal, first);
    for (uint32_t i = 0; i < count; i++)
        journal_group_add(journal, change, change_of(first + i, change));
    journal_group_submit(journal);
}

static GroupResult await(Journal *journal)
{
    GroupResult result;
    for (int i = 0; i < 10000; i++) {
        if (journal_poll(journal, &result)) return result;
        g_usleep(500);
    }
    fail_msg("no result came");
    return result;
}

static void check_result(Journal *journal, uint64_t first, GroupOutcome outcome)
{
    GroupResult result = await(journal);
    if (result.outcome != outcome) fail_msg("outcome %d: %s", (int)result.outcome, result.reason);
    assert_int_equal(result.first_sequence, first);
    assert_int_equal(result.reason[0] == '\0', outcome == GROUP_DURABLE);
}

static bool check_change(void *context, uint64_t sequence, Bytes change)
{
    uint64_t *next = context;
    uint8_t expected[4096];
    assert_int_equal(sequence, *next);
    assert_int_equal(change.size, change_of(sequence, expected));
    assert_memory_equal(change.data, expected, change.size);
    ++*next;
    return true;
}

/* Changes 1 .. last are there, and no other. */
static void check_holds(Journal *journal, uint64_t last)
{
    Bytes change;
    uint64_t next = 1;
    journal_renew(journal);
    assert_int_equal(journal_last(journal), last);
    assert_int_equal(journal_scan(journal, 1, SIZE_MAX, check_change, &next), last);
    assert_int_equal(next, last + 1);
    if (last > 0) assert_true(journal_get(journal, last, &change));
    assert_false(journal_get(journal, last + 1, &change));
    assert_false(journal_get(journal, 0, &change));
    journal_release(journal);
}

static void groups_are_kept_in_order_and_across_a_restart(void **state)
{
    Fixture *self = *state;
    check_holds(self->journal, 0);
    submit(self->journal, 1, 3);
    submit(self->journal, 4, 1);
    submit(self->journal, 5, 60);
    assert_int_equal(journal_groups_in_flight(self->journal), 3);
    check_result(self->journal, 1, GROUP_DURABLE);
    check_result(self->journal, 4, GROUP_DURABLE);
    check_result(self->journal, 5, GROUP_DURABLE);
    assert_int_equal(journal_groups_in_flight(self->journal), 0);
    check_holds(self->journal, 64);
    submit(self->journal, 65, 2); /* closing waits for it */
    journal_close(&self->journal);
    open_journal(self, LARGE_MAP_BYTES);
    check_holds(self->journal, 66);
    assert_string_equal(journal_registry_id(self->journal), "0b7e8a2e-5a0e-7c11-8d8e-0d1c2b3a4f5e");
    assert_int_equal(journal_epoch(self->journal), 1);
    assert_true(journal_file_bytes(self->journal) > 66 * 1000);
}

static void a_snapshot_stands_still_until_it_is_renewed(void **state)
{
    Fixture *self = *state;
    journal_renew(self->journal);
    assert_int_equal(journal_last(self->journal), 0);
    submit(self->journal, 1, 1);
    check_result(self->journal, 1, GROUP_DURABLE);
    assert_int_equal(journal_last(self->journal), 0);
    journal_renew(self->journal);
    assert_int_equal(journal_last(self->journal), 1);
}

static void a_scan_ends_at_its_limit(void **state)
{
    Fixture *self = *state;
    submit(self->journal, 1, 10);
    check_result(self->journal, 1, GROUP_DURABLE);
    journal_renew(self->journal);
    uint64_t next = 4;
    assert_int_equal(journal_scan(self->journal, 4, 3, check_change, &next), 3);
    assert_int_equal(next, 7);
    next = 11;
    assert_int_equal(journal_scan(self->journal, 11, 3, check_change, &next), 0);
}

static void a_group_that_leaves_a_gap_or_repeats_is_not_taken(void **state)
{
    Fixture *self = *state;
    submit(self->journal, 2, 1);
    submit(self->journal, 1, 1); /* it would fit, but a group before it failed */
    check_result(self->journal, 2, GROUP_BEHIND);
    check_result(self->journal, 1, GROUP_BEHIND);
    check_holds(self->journal, 0);
    journal_acknowledge_failure(self->journal);
    submit(self->journal, 1, 2);
    submit(self->journal, 2, 1);
    check_result(self->journal, 1, GROUP_DURABLE);
    check_result(self->journal, 2, GROUP_BEHIND);
    journal_acknowledge_failure(self->journal);
    check_holds(self->journal, 2);
}

/* --- failures --- */

static void a_full_disk_fails_what_is_behind_until_it_is_acknowledged(void **state)
{
    Fixture *self = *state;
    submit(self->journal, 1, 5);
    check_result(self->journal, 1, GROUP_DURABLE);
    int pages = faults_handle(self->data, 0);
    int kept = faults_begin(pages, "/dev/full", O_RDWR);
    submit(self->journal, 6, 5);
    submit(self->journal, 11, 1);
    check_result(self->journal, 6, GROUP_NO_SPACE);
    faults_end(pages, kept);
    submit(self->journal, 6, 1); /* there is room again, but nobody has acknowledged */
    check_result(self->journal, 11, GROUP_BEHIND);
    check_result(self->journal, 6, GROUP_BEHIND);
    check_holds(self->journal, 5);
    journal_acknowledge_failure(self->journal);
    submit(self->journal, 6, 2);
    check_result(self->journal, 6, GROUP_DURABLE);
    check_holds(self->journal, 7);
}

static void check_read_only(Fixture *self, uint64_t last)
{
    submit(self->journal, last + 1, 1);
    check_result(self->journal, last + 1, GROUP_BEHIND);
    journal_acknowledge_failure(self->journal);
    submit(self->journal, last + 1, 1); /* not even then */
    check_result(self->journal, last + 1, GROUP_BEHIND);
    check_holds(self->journal, last);
    journal_close(&self->journal);
    open_journal(self, LARGE_MAP_BYTES);
    check_holds(self->journal, last);
    submit(self->journal, last + 1, 1);
    check_result(self->journal, last + 1, GROUP_DURABLE);
    check_holds(self->journal, last + 1);
}

/* EBADF, which is as little expected as EIO. */
static void a_page_that_cannot_be_written_makes_it_read_only(void **state)
{
    Fixture *self = *state;
    submit(self->journal, 1, 5);
    check_result(self->journal, 1, GROUP_DURABLE);
    int pages = faults_handle(self->data, 0);
    int kept = faults_begin(pages, self->data, O_RDONLY);
    submit(self->journal, 6, 1);
    check_result(self->journal, 6, GROUP_UNKNOWN);
    close(kept);
    check_read_only(self, 5);
}

/* LMDB then refuses even to read from that environment (MDB_PANIC). */
static void a_meta_page_that_cannot_be_written_leaves_it_readable(void **state)
{
    Fixture *self = *state;
    submit(self->journal, 1, 5);
    check_result(self->journal, 1, GROUP_DURABLE);
    int meta = faults_handle(self->data, 1);
    assert_int_not_equal(meta, -1);
    int kept = faults_begin(meta, "/dev/full", O_RDWR); /* even where the error is ENOSPC */
    submit(self->journal, 6, 1);
    check_result(self->journal, 6, GROUP_UNKNOWN);
    close(kept);
    check_read_only(self, 5);
}

static void the_map_grows_as_often_as_it_must(void **state)
{
    Fixture *self = *state;
    uint64_t next = 1;
    for (int round = 0; round < 60; round++) {
        journal_renew(self->journal); /* a reader is alive when the map must grow */
        assert_int_equal(journal_last(self->journal), next - 1);
        submit(self->journal, next, 20);
        submit(self->journal, next + 20, 1);
        check_result(self->journal, next, GROUP_DURABLE);
        check_result(self->journal, next + 20, GROUP_DURABLE);
        next += 21;
    }
    check_holds(self->journal, next - 1);
    assert_true(journal_file_bytes(self->journal) > 8 * TINY_MAP_BYTES);
    submit(self->journal, next, 1000); /* several times the map at once, while closing */
    journal_close(&self->journal);
    open_journal(self, TINY_MAP_BYTES); /* less than there is */
    check_holds(self->journal, next + 999);
}

/* --- what the journal knows of itself --- */

static void write_format(Fixture *self, uint32_t format)
{
    MDB_env *env;
    MDB_txn *transaction;
    MDB_dbi meta;
    MDB_val key = {6, (void *)(uintptr_t) "format"};
    MDB_val value = {sizeof format, &format};
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 4), 0);
    assert_int_equal(mdb_env_open(env, self->folder, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &transaction), 0);
    assert_int_equal(mdb_dbi_open(transaction, "meta", 0, &meta), 0);
    assert_int_equal(mdb_put(transaction, meta, &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(transaction), 0);
    mdb_env_close(env);
}

static void a_newer_format_is_refused_by_name(void **state)
{
    Fixture *self = *state;
    journal_close(&self->journal);
    write_format(self, JOURNAL_FORMAT_VERSION + 1);
    JournalConfig config = {.folder = self->folder, .map_bytes = LARGE_MAP_BYTES};
    assert_int_equal(journal_open(&config, &self->journal, &problem), STATUS_FAILED_PRECONDITION);
    assert_null(self->journal);
    assert_non_null(strstr(problem.message, "newer plenaryd"));
    write_format(self, JOURNAL_FORMAT_VERSION);
    open_journal(self, LARGE_MAP_BYTES);
}

static void a_file_that_is_no_journal_is_refused(void **state)
{
    Fixture *self = *state;
    journal_close(&self->journal);
    GError *error = NULL;
    char *rubbish = g_strnfill(8192, 'x');
    assert_true(g_file_set_contents(self->data, rubbish, 8192, &error));
    g_free(rubbish);
    JournalConfig config = {.folder = self->folder, .map_bytes = LARGE_MAP_BYTES};
    assert_int_equal(journal_open(&config, &self->journal, &problem), STATUS_FAILED_PRECONDITION);
    assert_non_null(strstr(problem.message, self->folder));
}

#define WITH(test, setup) cmocka_unit_test_setup_teardown(test, setup, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(groups_are_kept_in_order_and_across_a_restart, begin),
        WITH(a_snapshot_stands_still_until_it_is_renewed, begin),
        WITH(a_scan_ends_at_its_limit, begin),
        WITH(a_group_that_leaves_a_gap_or_repeats_is_not_taken, begin),
        WITH(a_full_disk_fails_what_is_behind_until_it_is_acknowledged, begin),
        WITH(a_page_that_cannot_be_written_makes_it_read_only, begin),
        WITH(a_meta_page_that_cannot_be_written_leaves_it_readable, begin),
        WITH(the_map_grows_as_often_as_it_must, begin_tiny),
        WITH(a_newer_format_is_refused_by_name, begin),
        WITH(a_file_that_is_no_journal_is_refused, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
