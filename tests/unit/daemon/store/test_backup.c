/* A backup is whole under its name, or nothing is there; and the live journal goes on meanwhile. */
#include "daemon/store/backup.h"
#include "daemon/store/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#define REGISTRY "0b7e8a2e-5a0e-7c11-8d8e-0d1c2b3a4f5e"

enum {
    TINY_MAP_BYTES = 96 * 1024,
    WAIT_MS = 20 * 1000,
    CHANGES = 900, /* more than one letter */
};

typedef struct Fixture {
    char parent[64];
    char *live;
    char *folder; /* of the backup */
    char *partial;
    char *taken; /* where a backup is copied to */
    Journal *journal;
    Backup *backup;
    uint64_t last;
    bool mounted;
    uint64_t judged; /* the last change that was read back */
} Fixture;

static Problem problem;

static void open_journal(const char *folder, Journal **journal)
{
    JournalConfig config = {.folder = folder, .map_bytes = TINY_MAP_BYTES, .registry_id = REGISTRY};
    if (journal_open(&config, journal, &problem) != STATUS_OK) fail_msg("%s", problem.message);
}

static int begin(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    strcpy(self->parent, "/tmp/plenary-backup-XXXXXX");
    if (mkdtemp(self->parent) == NULL) return -1;
    self->live = folder_path(self->parent, "live");
    self->folder = folder_path(self->parent, "backup");
    self->partial = folder_path(self->parent, "backup.partial");
    self->taken = folder_path(self->parent, "taken");
    open_journal(self->live, &self->journal);
    *state = self;
    return 0;
}

static int run(const char *command, const char *folder)
{
    char *line = g_strdup_printf("%s '%s'", command, folder);
    int code = system(line); /* NOLINT(cert-env33-c): a path of our own making */
    g_free(line);
    return code;
}

static int end(void **state)
{
    Fixture *self = *state;
    backup_end(&self->backup);
    journal_close(&self->journal);
    if (self->mounted) (void)run("umount", self->parent);
    int code = run("rm -rf", self->parent);
    free(self->live);
    free(self->folder);
    free(self->partial);
    free(self->taken);
    g_free(self);
    return code;
}

/* --- a journal whose bytes follow from the sequence --- */

static size_t change_of(uint64_t sequence, uint8_t room[static 4096])
{
    size_t size = 9 + sequence * 37 % 3000;
    memset(room, (int)(sequence * 11), size);
    memcpy(room, &sequence, sizeof sequence);
    return size;
}

static void submit(Fixture *self, uint32_t count)
{
    uint8_t change[4096];
    journal_group_begin(self->journal, self->last + 1);
    for (uint32_t i = 0; i < count; i++) {
        self->last++;
        journal_group_add(self->journal, change, change_of(self->last, change));
    }
    journal_group_submit(self->journal);
}

static void await_groups(Fixture *self)
{
    GroupResult result;
    for (int i = 0; i < WAIT_MS && journal_groups_in_flight(self->journal) > 0; i++) {
        if (journal_poll(self->journal, &result))
            assert_int_equal(result.outcome, GROUP_DURABLE);
        else
            g_usleep(1000);
    }
    assert_int_equal(journal_groups_in_flight(self->journal), 0);
}

static void fill(Fixture *self, uint32_t count)
{
    submit(self, count);
    await_groups(self);
}

/* The digest stands for the sequence. */
static bool follows(void *last, uint64_t sequence, Bytes change,
                    uint8_t digest[static JOURNAL_DIGEST_BYTES])
{
    uint64_t before, own;
    memcpy(&before, digest, sizeof before);
    memcpy(&own, change.data, sizeof own);
    memcpy(digest, &own, sizeof own);
    *(uint64_t *)last = own;
    return own == before + 1 && own == sequence;
}

static bool follows_to_500(void *last, uint64_t sequence, Bytes change,
                           uint8_t digest[static JOURNAL_DIGEST_BYTES])
{
    return follows(last, sequence, change, digest) && sequence <= 500;
}

/* Counted from one, and not ending at 666. */
static bool is_whole(void *last)
{
    return *(const uint64_t *)last != 666;
}

static void start(Fixture *self, uint64_t last, backup_follows_fn *rule)
{
    const BackupConfig config = {
        .folder = self->folder, .last_sequence = last, .judge = {rule, is_whole, &self->judged}};
    self->backup = backup_start(&config, self->journal);
}

/* One turn, as the loop makes it. True: it is over. */
static bool turn(Fixture *self, BackupResult *result)
{
    GroupResult group;
    while (journal_poll(self->journal, &group))
        assert_int_equal(group.outcome, GROUP_DURABLE);
    journal_renew(self->journal);
    bool over = backup_poll(self->backup, result);
    if (!over) backup_feed(self->backup, self->journal);
    journal_release(self->journal);
    return over;
}

static BackupResult await(Fixture *self)
{
    BackupResult result = {0};
    for (int i = 0; i < WAIT_MS; i++) {
        if (turn(self, &result)) {
            backup_end(&self->backup);
            return result;
        }
        g_usleep(1000);
    }
    fail_msg("the backup did not end");
    return result;
}

static bool check_change(void *context, uint64_t sequence, Bytes change)
{
    uint8_t expected[4096];
    assert_int_equal(sequence, ++*(uint64_t *)context);
    assert_int_equal(change.size, change_of(sequence, expected));
    assert_memory_equal(change.data, expected, change.size);
    return true;
}

static void check_backup(Fixture *self, uint64_t last)
{
    Journal *copy = NULL;
    uint64_t seen = 0;
    assert_int_equal(folder_make(self->taken, &problem), STATUS_OK);
    if (backup_folder_copy(self->folder, self->taken, &problem) != STATUS_OK)
        fail_msg("%s", problem.message);
    open_journal(self->taken, &copy);
    journal_renew(copy);
    assert_int_equal(journal_scan(copy, 1, SIZE_MAX, check_change, &seen), last);
    journal_release(copy);
    assert_string_equal(journal_registry_id(copy), REGISTRY);
    assert_int_equal(journal_epoch(copy), 1);
    journal_close(&copy);
}

static void check_nothing_is_left(const Fixture *self)
{
    assert_int_not_equal(access(self->folder, F_OK), 0);
    assert_int_not_equal(access(self->partial, F_OK), 0);
}

/* --- what is whole --- */

static void it_holds_every_change_up_to_the_last(void **state)
{
    Fixture *self = *state;
    fill(self, CHANGES);
    start(self, CHANGES - 10, follows);
    BackupResult result = await(self);
    assert_int_equal(result.code, STATUS_OK);
    assert_int_equal(result.sequence, CHANGES - 10);
    assert_true(result.bytes > 1024 * 1024);
    check_backup(self, CHANGES - 10);
    assert_int_not_equal(access(self->partial, F_OK), 0);
}

static void an_empty_journal_has_a_backup_too(void **state)
{
    Fixture *self = *state;
    start(self, 0, follows);
    assert_int_equal(await(self).code, STATUS_OK);
    check_backup(self, 0);
}

/* No reader of the backup's is alive when the map must grow, and no write waits for it. */
static void the_journal_grows_while_it_is_copied(void **state)
{
    Fixture *self = *state;
    BackupResult result;
    fill(self, CHANGES);
    uint64_t before = journal_file_bytes(self->journal);
    start(self, CHANGES, follows);
    assert_false(turn(self, &result)); /* the first letter is on the way */
    while (journal_file_bytes(self->journal) < 4 * before)
        fill(self, 200);
    assert_int_equal(await(self).code, STATUS_OK);
    check_backup(self, CHANGES);
}

static void what_a_killed_daemon_left_is_cleared_away(void **state)
{
    Fixture *self = *state;
    char journal[BACKUP_PATH_SIZE];
    assert_int_equal(backup_folder_begin(self->folder, journal, &problem), STATUS_OK);
    char *half = folder_path(journal, "data.mdb");
    assert_true(g_file_set_contents(half, "half", 4, NULL));
    free(half);
    fill(self, 3);
    start(self, 3, follows);
    assert_int_equal(await(self).code, STATUS_OK);
    check_backup(self, 3);
}

/* --- what is refused or fails --- */

static void a_folder_that_is_there_is_left_as_it_is(void **state)
{
    Fixture *self = *state;
    assert_int_equal(folder_make(self->folder, &problem), STATUS_OK);
    start(self, 0, follows);
    BackupResult result = await(self);
    assert_int_equal(result.code, STATUS_ALREADY_EXISTS);
    assert_non_null(strstr(result.message, self->folder));
    assert_int_equal(rmdir(self->folder), 0); /* it is still there, and empty */
    check_nothing_is_left(self);
}

static void a_folder_in_no_folder_is_refused(void **state)
{
    Fixture *self = *state;
    free(self->folder);
    self->folder = folder_path(self->parent, "no/such/place");
    start(self, 0, follows);
    assert_int_equal(await(self).code, STATUS_FAILED_PRECONDITION);
}

static void files_of_others_are_not_removed(void **state)
{
    Fixture *self = *state;
    assert_int_equal(folder_make(self->partial, &problem), STATUS_OK);
    char *file = folder_path(self->partial, "diary");
    assert_true(g_file_set_contents(file, "dear", 4, NULL));
    start(self, 0, follows);
    BackupResult result = await(self);
    assert_int_equal(result.code, STATUS_FAILED_PRECONDITION);
    assert_non_null(strstr(result.message, self->partial));
    assert_int_equal(access(file, F_OK), 0);
    free(file);
}

static void a_change_that_does_not_follow_is_told_and_nothing_is_left(void **state)
{
    Fixture *self = *state;
    fill(self, CHANGES);
    start(self, CHANGES, follows_to_500);
    BackupResult result = await(self);
    assert_int_equal(result.code, STATUS_INTERNAL);
    assert_non_null(strstr(result.message, "change 501"));
    check_nothing_is_left(self);
}

static void a_gap_in_the_journal_is_told(void **state)
{
    Fixture *self = *state;
    fill(self, 3);
    start(self, 5, follows); /* which were promised, and are not there */
    BackupResult result = await(self);
    assert_int_equal(result.code, STATUS_INTERNAL);
    assert_non_null(strstr(result.message, "change 4 is missing"));
    check_nothing_is_left(self);
}

static void given_up_midway_it_leaves_nothing(void **state)
{
    Fixture *self = *state;
    BackupResult result;
    fill(self, CHANGES);
    start(self, CHANGES, follows);
    assert_false(turn(self, &result)); /* the first letter of two */
    for (int i = 0; i < WAIT_MS && backup_copied(self->backup) == 0; i++) {
        assert_false(backup_poll(self->backup, &result));
        g_usleep(1000);
    }
    assert_true(folder_exists(self->partial));
    backup_end(&self->backup);
    check_nothing_is_left(self);
}

static void a_full_disk_leaves_nothing(void **state)
{
    Fixture *self = *state;
    fill(self, CHANGES);
    char *disk = folder_path(self->parent, "disk");
    assert_int_equal(folder_make(disk, &problem), STATUS_OK);
    bool mounted = mount("tmpfs", disk, "tmpfs", 0, "size=600k") == 0;
    free(self->folder);
    free(self->partial);
    self->folder = folder_path(disk, "backup");
    self->partial = folder_path(disk, "backup.partial");
    if (mounted) {
        start(self, CHANGES, follows);
        BackupResult result = await(self);
        assert_int_equal(result.code, STATUS_UNAVAILABLE);
        assert_non_null(strstr(result.message, "space"));
        check_nothing_is_left(self);
        assert_int_equal(run("umount", disk), 0);
    }
    free(disk);
    if (!mounted) skip();
}

/* --- a backup that was damaged --- */

static void make_backup(Fixture *self)
{
    fill(self, CHANGES);
    start(self, CHANGES, follows);
    assert_int_equal(await(self).code, STATUS_OK);
    assert_int_equal(folder_make(self->taken, &problem), STATUS_OK);
}

static void check_refused(Fixture *self, const char *why)
{
    problem_clear(&problem);
    assert_int_equal(backup_folder_copy(self->folder, self->taken, &problem),
                     STATUS_FAILED_PRECONDITION);
    if (!strstr(problem.message, why)) fail_msg("%s", problem.message);
}

static void one_wrong_byte_is_found(void **state)
{
    Fixture *self = *state;
    make_backup(self);
    char *data = folder_path(self->folder, "journal/data.mdb");
    FILE *file = fopen(data, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, 300000, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, 300000, SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ 1, file), byte ^ 1);
    assert_int_equal(fclose(file), 0);
    check_refused(self, "damaged");
    free(data);
}

static void a_file_cut_short_is_found(void **state)
{
    Fixture *self = *state;
    make_backup(self);
    char *data = folder_path(self->folder, "journal/data.mdb");
    assert_int_equal(truncate(data, 300000), 0);
    check_refused(self, "damaged");
    free(data);
}

static void a_folder_without_its_checksum_is_no_backup(void **state)
{
    Fixture *self = *state;
    make_backup(self);
    char *sums = folder_path(self->folder, "B2SUMS");
    assert_int_equal(truncate(sums, 20), 0);
    check_refused(self, "not as it was made");
    assert_int_equal(unlink(sums), 0);
    check_refused(self, "no B2SUMS");
    free(sums);
}

/* The same letters as coreutils' b2sum, so that it needs no program of ours. */
static void b2sum_agrees(void **state)
{
    Fixture *self = *state;
    make_backup(self);
    char *command = g_strdup_printf("cd '%s' && b2sum --quiet -c B2SUMS", self->folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a path of our own making */
    g_free(command);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(it_holds_every_change_up_to_the_last),
        WITH(an_empty_journal_has_a_backup_too),
        WITH(the_journal_grows_while_it_is_copied),
        WITH(what_a_killed_daemon_left_is_cleared_away),
        WITH(a_folder_that_is_there_is_left_as_it_is),
        WITH(a_folder_in_no_folder_is_refused),
        WITH(files_of_others_are_not_removed),
        WITH(a_change_that_does_not_follow_is_told_and_nothing_is_left),
        WITH(a_gap_in_the_journal_is_told),
        WITH(given_up_midway_it_leaves_nothing),
        WITH(a_full_disk_leaves_nothing),
        WITH(one_wrong_byte_is_found),
        WITH(a_file_cut_short_is_found),
        WITH(a_folder_without_its_checksum_is_no_backup),
        WITH(b2sum_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
