/* What a group puts in the place of changes before it is durable together with what it adds, or
 * nothing of either is. */
#include "daemon/store/folder.h"
#include "daemon/store/journal.h"
#include "tests/unit/daemon/store/faults.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

enum {
    TINY_MAP_BYTES = 96 * 1024,
    LARGE_MAP_BYTES = 64 * 1024 * 1024,
    CHANGES_MAX = 400,
    CHANGE_BYTES_MAX = 20 * 1000, /* several pages */
    FIRST_CHANGES = 10,
};

/* What the journal must hold: of each change its size, and a byte that it consists of. */
typedef struct Expected {
    size_t size;
    uint8_t byte;
} Expected;

typedef struct Fixture {
    char folder[64];
    char data[96];
    Journal *journal;
    Expected changes[CHANGES_MAX + 1]; /* by sequence */
    uint64_t last;
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

static void add(Fixture *self, size_t size)
{
    uint8_t change[CHANGE_BYTES_MAX];
    self->last++;
    self->changes[self->last] = (Expected){size, (uint8_t)self->last};
    memset(change, (int)self->last, size);
    journal_group_add(self->journal, change, size);
}

static void replace(Fixture *self, uint64_t sequence, size_t size)
{
    uint8_t change[CHANGE_BYTES_MAX];
    uint8_t byte = (uint8_t)(200 + sequence);
    if (sequence <= self->last) self->changes[sequence] = (Expected){size, byte};
    memset(change, byte, size);
    journal_group_replace(self->journal, sequence, change, size);
}

static void check_result(Fixture *self, GroupOutcome outcome)
{
    GroupResult result;
    for (int i = 0; i < 10000; i++) {
        if (!journal_poll(self->journal, &result)) {
            g_usleep(500);
            continue;
        }
        if (result.outcome != outcome)
            fail_msg("outcome %d: %s", (int)result.outcome, result.reason);
        return;
    }
    fail_msg("no result came");
}

static bool check_change(void *fixture, uint64_t sequence, Bytes change)
{
    const Fixture *self = fixture;
    const Expected *expected = &self->changes[sequence];
    assert_int_equal(change.size, expected->size);
    for (size_t i = 0; i < change.size; i++)
        assert_int_equal(change.data[i], expected->byte);
    return true;
}

static void check_holds(Fixture *self)
{
    journal_renew(self->journal);
    assert_int_equal(journal_last(self->journal), self->last);
    assert_int_equal(journal_scan(self->journal, 1, SIZE_MAX, check_change, self), self->last);
    journal_release(self->journal);
}

static int begin_with(void **state, uint64_t map_bytes)
{
    Fixture *self = g_new0(Fixture, 1);
    strcpy(self->folder, "/tmp/plenary-replacing-XXXXXX");
    if (mkdtemp(self->folder) == NULL) return -1;
    (void)g_snprintf(self->data, sizeof self->data, "%s/data.mdb", self->folder);
    open_journal(self, map_bytes);
    journal_group_begin(self->journal, 1);
    for (int i = 0; i < FIRST_CHANGES; i++)
        add(self, 1000);
    journal_group_submit(self->journal);
    check_result(self, GROUP_DURABLE);
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

static void what_is_replaced_and_what_is_added_is_kept_across_a_restart(void **state)
{
    Fixture *self = *state;
    journal_group_begin(self->journal, self->last + 1);
    add(self, 300);
    add(self, CHANGE_BYTES_MAX);
    replace(self, 1, 1000);
    replace(self, 4, 3);
    replace(self, 5, CHANGE_BYTES_MAX);
    replace(self, 10, 1001);
    journal_group_submit(self->journal);
    check_result(self, GROUP_DURABLE);
    check_holds(self);
    journal_group_begin(self->journal, self->last + 1);
    add(self, 1);
    replace(self, 5, 9); /* once more, and it shrinks */
    replace(self, 12, 40);
    journal_group_submit(self->journal);
    check_result(self, GROUP_DURABLE);
    journal_close(&self->journal);
    open_journal(self, LARGE_MAP_BYTES);
    check_holds(self);
}

/* Submits a group of which nothing may be kept, however it ends. */
static void submit_in_vain(Fixture *self, uint64_t replaced)
{
    uint64_t last = self->last;
    Expected before[CHANGES_MAX + 1];
    memcpy(before, self->changes, sizeof before);
    journal_group_begin(self->journal, last + 1);
    add(self, 500);
    replace(self, 3, 700);
    replace(self, replaced, 2000);
    journal_group_submit(self->journal);
    self->last = last;
    memcpy(self->changes, before, sizeof before);
}

static void check_goes_on(Fixture *self)
{
    check_holds(self);
    journal_acknowledge_failure(self->journal);
    journal_group_begin(self->journal, self->last + 1);
    add(self, 500);
    replace(self, 3, 700);
    journal_group_submit(self->journal);
    check_result(self, GROUP_DURABLE);
    check_holds(self);
}

static void a_full_disk_leaves_both_undone(void **state)
{
    Fixture *self = *state;
    int pages = faults_handle(self->data, 0);
    int kept = faults_begin(pages, "/dev/full", O_RDWR);
    submit_in_vain(self, 7);
    submit_in_vain(self, 8);
    check_result(self, GROUP_NO_SPACE);
    check_result(self, GROUP_BEHIND);
    faults_end(pages, kept);
    check_goes_on(self);
}

static void where_the_replaced_one_is_not_there_nothing_is_done(void **state)
{
    Fixture *self = *state;
    submit_in_vain(self, 0);
    check_result(self, GROUP_MISSING);
    check_goes_on(self);
}

static void the_map_grows_and_the_whole_group_is_done_again(void **state)
{
    Fixture *self = *state;
    for (int round = 0; round < 4; round++) {
        journal_group_begin(self->journal, self->last + 1);
        for (int i = 0; i < 5; i++)
            add(self, 2000);
        for (uint64_t i = 1; i <= FIRST_CHANGES; i++)
            replace(self, i, round % 2 == 0 ? CHANGE_BYTES_MAX : 3000);
        journal_group_submit(self->journal);
        check_result(self, GROUP_DURABLE);
        check_holds(self);
    }
    assert_true(journal_file_bytes(self->journal) > TINY_MAP_BYTES);
}

#define WITH(test, setup) cmocka_unit_test_setup_teardown(test, setup, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(what_is_replaced_and_what_is_added_is_kept_across_a_restart, begin),
        WITH(a_full_disk_leaves_both_undone, begin),
        WITH(where_the_replaced_one_is_not_there_nothing_is_done, begin),
        WITH(the_map_grows_and_the_whole_group_is_done_again, begin_tiny),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
