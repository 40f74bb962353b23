/* An environment that was written anew has every key and value that it had, and no byte of what was
 * deleted or replaced in it; what cannot be finished leaves the old one as it was. */
#include "daemon/store/compaction.h"

#include "daemon/store/folder.h"
#include "tests/unit/daemon/store/faults.h"
#include "tests/unit/daemon/store/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#define NAME "Doe Jane Nobody" /* who must be gone */

enum { RECORDS, WORDS, META, TABLES };
enum { COUNT = 3000, LARGE = 9000, VALUE_MAX = 10000, EVERYTHING = 1 << 30 };

static const LmdbTable tables[TABLES] = {
    [RECORDS] = {"records", MDB_INTEGERKEY},
    [WORDS] = {"words", 0},
    [META] = {"meta", 0},
};

typedef struct Fixture {
    char parent[64];
    char *folder;
    char *beside;
    Lmdb *lmdb;
    Compaction *compaction;
    bool mounted;
    uint64_t last;
} Fixture;

static Problem problem;

static void open_lmdb(Fixture *self)
{
    if (lmdb_open(self->folder, 1 << 30, tables, TABLES, &self->lmdb, &problem) != STATUS_OK)
        fail_msg("%s", problem.message);
}

static int begin(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    strcpy(self->parent, "/tmp/plenary-compaction-XXXXXX");
    if (mkdtemp(self->parent) == NULL) return -1;
    self->folder = folder_path(self->parent, "journal");
    self->beside = folder_path(self->parent, "journal" COMPACTION_SUFFIX);
    open_lmdb(self);
    *state = self;
    return 0;
}

/* On a disk of 8 MiB. */
static int begin_small(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    strcpy(self->parent, "/tmp/plenary-compaction-XXXXXX");
    if (mkdtemp(self->parent) == NULL) return -1;
    self->mounted = mount("tmpfs", self->parent, "tmpfs", 0, "size=8m") == 0;
    self->folder = folder_path(self->parent, "journal");
    self->beside = folder_path(self->parent, "journal" COMPACTION_SUFFIX);
    open_lmdb(self);
    *state = self;
    return 0;
}

static int end(void **state)
{
    Fixture *self = *state;
    compaction_end(&self->compaction);
    lmdb_close(&self->lmdb);
    (void)folder_remove(self->folder, &problem);
    (void)folder_remove(self->beside, &problem);
    if (self->mounted) (void)umount(self->parent);
    int code = rmdir(self->parent); /* nothing else was left */
    free(self->folder);
    free(self->beside);
    g_free(self);
    return code;
}

/* --- what is in it --- */

static size_t value_of(uint64_t record, char room[static VALUE_MAX])
{
    size_t size = record % 500 == 0 ? LARGE : 20 + record * 37 % 700;
    memset(room, 'a' + (int)(record % 26), size);
    return size;
}

static void put_record(Transaction *to, uint64_t record, const char *value, size_t size,
                       unsigned int flags)
{
    Bytes key = {(const uint8_t *)&record, sizeof record};
    lmdb_put(to, RECORDS, key, (Bytes){(const uint8_t *)value, size}, flags);
}

static void put_word(Transaction *to, uint64_t record, const char *text)
{
    char word[64];
    int length = g_snprintf(word, sizeof word, "word=%s %05u", text, (unsigned)record);
    lmdb_put(to, WORDS, (Bytes){(const uint8_t *)word, (size_t)length},
             (Bytes){(const uint8_t *)text, strlen(text)}, 0);
}

static void delete_word(Transaction *to, uint64_t record, const char *text)
{
    char word[64];
    int length = g_snprintf(word, sizeof word, "word=%s %05u", text, (unsigned)record);
    lmdb_delete(to, WORDS, (Bytes){(const uint8_t *)word, (size_t)length});
}

static void commit(Transaction *transaction)
{
    char reason[LMDB_REASON_SIZE];
    if (lmdb_commit(transaction, reason) != COMMIT_DONE) fail_msg("%s", reason);
}

static void append(Fixture *self, uint64_t count)
{
    char value[VALUE_MAX];
    Transaction to;
    lmdb_begin(self->lmdb, &to);
    for (uint64_t i = 0; i < count; i++) {
        self->last++;
        put_record(&to, self->last, value, value_of(self->last, value), MDB_APPEND);
        put_word(&to, self->last, "meeting");
    }
    commit(&to);
}

static bool names(uint64_t record)
{
    return record % 7 == 0;
}

/* Some records and words have the name for a while, among those that never had it. */
static void write_and_erase(Fixture *self)
{
    char value[VALUE_MAX];
    Transaction to;
    append(self, COUNT);
    lmdb_begin(self->lmdb, &to);
    for (uint64_t i = 1; i <= COUNT; i++) {
        size_t size = value_of(i, value);
        memcpy(value, NAME, sizeof NAME - 1);
        if (names(i)) put_record(&to, i, value, size + 50, 0);
        if (names(i)) put_word(&to, i, NAME);
    }
    commit(&to);
    lmdb_begin(self->lmdb, &to);
    for (uint64_t i = 1; i <= COUNT; i++) {
        size_t size = value_of(i, value);
        if (names(i)) put_record(&to, i, value, size, 0);
        if (names(i)) delete_word(&to, i, NAME);
    }
    commit(&to);
}

static uint64_t count_words(Transaction *from)
{
    MDB_cursor *cursor = lmdb_cursor(from, WORDS);
    Bytes key = {0}, value;
    uint64_t count = 0;
    MDB_cursor_op move = MDB_FIRST;
    for (; lmdb_step(from, cursor, move, &key, &value); move = MDB_NEXT) {
        assert_int_equal(value.size, strlen("meeting"));
        count++;
    }
    mdb_cursor_close(cursor);
    return count;
}

static void check_holds(Fixture *self)
{
    char expected[VALUE_MAX];
    Transaction from = {0};
    Bytes value, last;
    lmdb_renew(self->lmdb, &from);
    for (uint64_t i = 1; i <= self->last; i++) {
        Bytes key = {(const uint8_t *)&i, sizeof i};
        assert_true(lmdb_get(&from, RECORDS, key, &value));
        assert_int_equal(value.size, value_of(i, expected));
        assert_memory_equal(value.data, expected, value.size);
    }
    assert_int_equal(lmdb_last(&from, RECORDS, &last), self->last > 0);
    if (self->last > 0) assert_memory_equal(last.data, &self->last, sizeof self->last);
    assert_int_equal(count_words(&from), self->last);
    assert_int_equal(from.error, 0);
    lmdb_abort(&from);
}

/* --- compacting --- */

static void begin_compaction(Fixture *self)
{
    if (compaction_begin(self->lmdb, &self->compaction, &problem) != STATUS_OK)
        fail_msg("%s", problem.message);
}

static bool step(Fixture *self, size_t bytes)
{
    bool done = false;
    if (compaction_step(self->compaction, bytes, &done, &problem) != STATUS_OK)
        fail_msg("%s", problem.message);
    return done;
}

static Compacted swap(Fixture *self)
{
    Compacted compacted;
    compaction_finish(&self->compaction);
    assert_int_equal(compaction_swap(self->lmdb, &compacted), COMPACTION_SWAPPED);
    assert_int_equal(compacted.code, STATUS_OK);
    assert_false(folder_exists(self->beside));
    return compacted;
}

static void what_was_deleted_or_replaced_is_in_no_file(void **state)
{
    Fixture *self = *state;
    write_and_erase(self);
    check_holds(self);
    assert_true(files_have(self->parent, NAME)); /* or this test would show nothing */
    begin_compaction(self);
    while (!step(self, 100 * 1000))
        continue;
    Compacted compacted = swap(self);
    assert_false(files_have(self->parent, NAME));
    assert_true(files_have(self->parent, "meeting"));
    assert_true(compacted.bytes < compacted.bytes_before);
    check_holds(self);
    append(self, 100);
    check_holds(self);
    lmdb_close(&self->lmdb);
    open_lmdb(self);
    check_holds(self);
}

static void every_key_is_copied_wherever_a_chunk_ends(void **state)
{
    static const size_t chunks[] = {1, 31, 700, 40 * 1000, EVERYTHING};
    Fixture *self = *state;
    append(self, 300);
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        begin_compaction(self);
        while (!step(self, chunks[i]))
            continue;
        (void)swap(self);
        check_holds(self);
    }
}

static void append_records(Fixture *self, uint64_t count)
{
    char value[VALUE_MAX];
    Transaction to;
    lmdb_begin(self->lmdb, &to);
    for (uint64_t i = 0; i < count; i++) {
        self->last++;
        put_record(&to, self->last, value, value_of(self->last, value), MDB_APPEND);
    }
    commit(&to);
}

static void what_is_appended_meanwhile_is_copied_too(void **state)
{
    Fixture *self = *state;
    Transaction from = {0};
    uint64_t rounds = 0;
    append(self, COUNT);
    begin_compaction(self);
    for (; !step(self, 50 * 1000); rounds++)
        append_records(self, 10);
    assert_true(rounds > 10);
    (void)swap(self);
    lmdb_renew(self->lmdb, &from);
    Bytes last;
    assert_true(lmdb_last(&from, RECORDS, &last));
    assert_memory_equal(last.data, &self->last, sizeof self->last);
    assert_int_equal(count_words(&from), COUNT);
    lmdb_abort(&from);
}

static void one_larger_than_a_first_map_is_copied(void **state)
{
    Fixture *self = *state;
    for (int i = 0; i < 9; i++)
        append(self, 6000);
    assert_true(lmdb_file_bytes(self->lmdb) > 20 * 1024 * 1024);
    begin_compaction(self);
    assert_true(step(self, EVERYTHING));
    (void)swap(self);
    check_holds(self);
}

static void an_empty_one_stays_empty(void **state)
{
    Fixture *self = *state;
    begin_compaction(self);
    assert_true(step(self, 1));
    (void)swap(self);
    check_holds(self);
    append(self, 3);
    check_holds(self);
}

/* --- what goes wrong --- */

static void given_up_midway_it_leaves_nothing(void **state)
{
    Fixture *self = *state;
    append(self, COUNT);
    begin_compaction(self);
    assert_false(step(self, 1000));
    assert_true(compaction_copied(self->lmdb) > 0);
    compaction_end(&self->compaction);
    assert_false(folder_exists(self->beside));
    assert_int_equal(compaction_copied(self->lmdb), 0);
    check_holds(self);
}

static void what_a_killed_one_left_is_written_over(void **state)
{
    Fixture *self = *state;
    append(self, 10);
    char *file = folder_path(self->beside, LMDB_FILE);
    assert_int_equal(folder_make(self->beside, &problem), STATUS_OK);
    assert_true(g_file_set_contents(file, NAME, sizeof NAME, NULL));
    free(file);
    begin_compaction(self);
    assert_true(step(self, EVERYTHING));
    (void)swap(self);
    assert_false(files_have(self->parent, NAME));
    check_holds(self);
}

static void a_copy_that_is_gone_leaves_the_old_one_in_its_place(void **state)
{
    Fixture *self = *state;
    Compacted compacted;
    append(self, 10);
    begin_compaction(self);
    assert_true(step(self, EVERYTHING));
    compaction_finish(&self->compaction);
    compaction_discard(self->lmdb);
    assert_int_equal(compaction_swap(self->lmdb, &compacted), COMPACTION_KEPT);
    assert_int_equal(compacted.code, STATUS_UNAVAILABLE);
    assert_non_null(strstr(compacted.message, self->beside));
    append(self, 10);
    check_holds(self);
}

static void a_full_disk_ends_it_and_leaves_nothing(void **state)
{
    Fixture *self = *state;
    bool done = false;
    append(self, COUNT);
    begin_compaction(self);
    assert_false(step(self, 1000));
    char *file = folder_path(self->beside, LMDB_FILE);
    int pages = faults_handle(file, 0);
    int kept = faults_begin(pages, "/dev/full", O_RDWR);
    assert_int_equal(compaction_step(self->compaction, 100 * 1000, &done, &problem),
                     STATUS_UNAVAILABLE);
    assert_non_null(strstr(problem.message, "no space left"));
    compaction_end(&self->compaction);
    close(kept);
    free(file);
    assert_false(folder_exists(self->beside));
    append(self, 10);
    check_holds(self);
}

static void without_room_it_is_not_begun(void **state)
{
    Fixture *self = *state;
    if (!self->mounted) skip();
    append(self, 9000);
    assert_int_equal(compaction_begin(self->lmdb, &self->compaction, &problem), STATUS_UNAVAILABLE);
    assert_non_null(strstr(problem.message, "no room on the disk"));
    assert_false(folder_exists(self->beside));
    check_holds(self);
}

#define WITH(test, setup) cmocka_unit_test_setup_teardown(test, setup, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(what_was_deleted_or_replaced_is_in_no_file, begin),
        WITH(every_key_is_copied_wherever_a_chunk_ends, begin),
        WITH(what_is_appended_meanwhile_is_copied_too, begin),
        WITH(one_larger_than_a_first_map_is_copied, begin),
        WITH(an_empty_one_stays_empty, begin),
        WITH(given_up_midway_it_leaves_nothing, begin),
        WITH(what_a_killed_one_left_is_written_over, begin),
        WITH(a_copy_that_is_gone_leaves_the_old_one_in_its_place, begin),
        WITH(a_full_disk_ends_it_and_leaves_nothing, begin),
        WITH(without_room_it_is_not_begun, begin_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
