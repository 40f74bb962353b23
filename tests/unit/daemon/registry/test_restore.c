/* What a backup under load holds is the registry as of its sequence; restored, it is one again. */
#include "daemon/registry/restore.h"

#include "daemon/registry/registry.h"
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

enum {
    FOLDER_SIZE = 512,
    BEFORE = 300,
    TURNS_MAX = 100000,
};

typedef struct Fixture {
    Asker asker;
    char backup[FOLDER_SIZE]; /* within the harness' own folder, which goes with it */
    char other[FOLDER_SIZE];  /* another registry's folder */
    GString *said;
    Problem problem;
} Fixture;

static void name_folders(Fixture *self)
{
    const char *folder = harness_store_config(self->asker.harness)->folder;
    (void)snprintf(self->backup, sizeof self->backup, "%s/backup", folder);
    (void)snprintf(self->other, sizeof self->other, "%s/other", folder);
}

static int begin(void **state)
{
    Fixture *self = test_calloc(1, sizeof *self);
    self->asker.harness = harness_new(&(HarnessOptions){.seed = 11});
    self->asker.caller = access_local();
    self->said = g_string_new("");
    name_folders(self);
    *state = self;
    return 0;
}

static int end(void **state)
{
    Fixture *self = *state;
    harness_destroy(&self->asker.harness);
    g_string_free(self->said, TRUE);
    test_free(self);
    return 0;
}

static void register_some(const Fixture *self, int count)
{
    Draft draft;
    char title[64];
    for (int i = 0; i < count; i++) {
        (void)snprintf(title, sizeof title, "Meeting %d", i);
        ask_draft(&draft, title, NULL);
        assert_int_equal(ask_code(ask_register(&self->asker, &draft.event)), STATUS_OK);
    }
}

static uint64_t sequence_of(const Fixture *self)
{
    return registry_applied(harness_registry(self->asker.harness));
}

/* --- backing up --- */

static void ask_backup(const Fixture *self, const char *folder)
{
    Plenary__V1__BackupRegistry body = PLENARY__V1__BACKUP_REGISTRY__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.folder = ask_text(folder);
    request.verb_case = PLENARY__V1__REQUEST__VERB_BACKUP_REGISTRY;
    request.backup_registry = &body;
    request.has_correlation = 1;
    request.correlation = 77;
    harness_send(self->asker.harness, &request);
}

static void back_up(const Fixture *self)
{
    ask_backup(self, self->backup);
    Reply *reply = harness_take(self->asker.harness);
    if (reply->status) fail_msg("%s", reply->status->message);
    plenary__v1__reply__free_unpacked(reply, NULL);
}

static void say(void *context, const char *line)
{
    g_string_append_printf(context, "%s\n", line);
}

static StatusCode restore_into(Fixture *self, const char *folder, const char *backup)
{
    StoreConfig config = *harness_store_config(self->asker.harness);
    config.folder = folder;
    problem_clear(&self->problem);
    g_string_truncate(self->said, 0);
    return restore_registry(&config, backup, say, self->said, &self->problem);
}

static void check_restores(Fixture *self)
{
    if (restore_into(self, self->other, self->backup) != STATUS_OK)
        fail_msg("%s", self->problem.message);
}

/* Every view of it is right, and it ends where it should. */
static void check_other(Fixture *self, uint64_t sequence, uint32_t epoch)
{
    StoreConfig config = *harness_store_config(self->asker.harness);
    Store *store = NULL;
    config.folder = self->other;
    problem_clear(&self->problem);
    g_string_truncate(self->said, 0);
    if (rebuild_check(&config, say, self->said, &self->problem) != STATUS_OK)
        fail_msg("%s%s", self->said->str, self->problem.message);
    assert_non_null(strstr(self->said->str, "fits"));
    assert_int_equal(store_open(&config, &store, &self->problem), STATUS_OK);
    journal_renew(store->journal);
    assert_int_equal(journal_last(store->journal), sequence);
    journal_release(store->journal);
    assert_int_equal(journal_epoch(store->journal), epoch);
    assert_string_equal(journal_registry_id(store->journal), config.registry_id);
    store_close(&store);
}

static void it_holds_what_was_there_when_it_was_asked_for(void **state)
{
    Fixture *self = *state;
    register_some(self, BEFORE);
    ask_backup(self, self->backup);
    const Reply *done = NULL;
    uint64_t sequence = sequence_of(self);
    for (int i = 0; i < TURNS_MAX && !done; i++) {
        Draft draft;
        ask_draft(&draft, "Meanwhile", NULL);
        const Reply *reply = ask_register(&self->asker, &draft.event);
        assert_int_equal(ask_code(reply), STATUS_OK);
        if (reply->result_case == PLENARY__V1__REPLY__RESULT_BACKUP) done = reply;
    }
    assert_non_null(done);
    assert_int_equal(done->correlation, 77);
    assert_int_equal(done->backup->sequence, sequence);
    assert_true(done->backup->bytes > 0);
    assert_true(sequence_of(self) > sequence);
    check_restores(self);
    check_other(self, sequence, 2);
}

static void a_second_one_is_refused_while_one_is_under_way(void **state)
{
    Fixture *self = *state;
    register_some(self, BEFORE);
    ask_backup(self, self->backup);
    ask_backup(self, self->other);
    Reply *second = harness_take(self->asker.harness);
    assert_int_equal(ask_code(second), STATUS_FAILED_PRECONDITION);
    assert_non_null(strstr(second->status->message, self->backup));
    plenary__v1__reply__free_unpacked(second, NULL);
    assert_true(ask_status(&self->asker)->daemon->has_backup_sequence);
    Reply *first = harness_take(self->asker.harness);
    assert_int_equal(ask_code(first), STATUS_OK);
    plenary__v1__reply__free_unpacked(first, NULL);
    assert_false(ask_status(&self->asker)->daemon->has_backup_sequence);
    ask_backup(self, self->other); /* and now it may be */
    Reply *third = harness_take(self->asker.harness);
    assert_int_equal(ask_code(third), STATUS_OK);
    plenary__v1__reply__free_unpacked(third, NULL);
}

static void who_may_only_read_may_not_back_up(void **state)
{
    Fixture *self = *state;
    self->asker.caller.role = PLENARY__V1__PRINCIPAL__ROLE__READER;
    Plenary__V1__BackupRegistry body = PLENARY__V1__BACKUP_REGISTRY__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.folder = self->backup;
    request.verb_case = PLENARY__V1__REQUEST__VERB_BACKUP_REGISTRY;
    request.backup_registry = &body;
    assert_int_equal(ask_code(ask(&self->asker, &request)), STATUS_PERMISSION_DENIED);
    assert_int_not_equal(access(self->backup, F_OK), 0);
}

static void a_registry_that_stops_gives_it_up_and_says_so(void **state)
{
    Fixture *self = *state;
    register_some(self, BEFORE);
    ask_backup(self, self->backup);
    harness_close(self->asker.harness);
    Reply *reply = harness_take_made(self->asker.harness);
    assert_int_equal(ask_code(reply), STATUS_UNAVAILABLE);
    plenary__v1__reply__free_unpacked(reply, NULL);
    assert_int_not_equal(access(self->backup, F_OK), 0);
    harness_open(self->asker.harness);
}

/* --- restoring --- */

static void the_epoch_is_above_both(void **state)
{
    Fixture *self = *state;
    register_some(self, 3);
    back_up(self);
    for (uint32_t epoch = 2; epoch <= 4; epoch++) {
        check_restores(self);
        check_other(self, 3, epoch);
    }
    assert_int_equal(access(self->other, F_OK), 0);
}

static void it_goes_on_where_the_backup_ended(void **state)
{
    Fixture *self = *state;
    register_some(self, 3);
    back_up(self);
    register_some(self, 2);
    harness_close(self->asker.harness);
    StatusCode code =
        restore_into(self, harness_store_config(self->asker.harness)->folder, self->backup);
    if (code != STATUS_OK) fail_msg("%s", self->problem.message);
    assert_non_null(strstr(self->said->str, "journal.replaced-1"));
    harness_open(self->asker.harness);
    assert_int_equal(sequence_of(self), 3);
    register_some(self, 1);
    assert_int_equal(sequence_of(self), 4);
    harness_check(self->asker.harness);
}

static void a_daemon_that_runs_is_left_alone(void **state)
{
    Fixture *self = *state;
    register_some(self, 3);
    back_up(self);
    register_some(self, 1);
    assert_int_equal(
        restore_into(self, harness_store_config(self->asker.harness)->folder, self->backup),
        STATUS_FAILED_PRECONDITION);
    assert_int_equal(sequence_of(self), 4);
}

static void flip_in(const char *path, long offset)
{
    FILE *file = fopen(path, "r+e");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ 1, file), byte ^ 1);
    assert_int_equal(fclose(file), 0);
}

static size_t find(const char *bytes, size_t size, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(bytes + i, text, length) == 0) return i;
    fail_msg("\"%s\" is not there", text);
    return 0;
}

static void make_sums_fit(const Fixture *self)
{
    char command[2 * FOLDER_SIZE];
    (void)snprintf(command, sizeof command, "cd '%s' && b2sum journal/data.mdb > B2SUMS",
                   self->backup);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a path of our own making */
}

/* Somebody changed what a change says, and the checksum too: the digests still tell. */
static void a_change_that_was_tampered_with_is_refused(void **state)
{
    Fixture *self = *state;
    char path[FOLDER_SIZE + 32];
    gchar *bytes;
    gsize size;
    register_some(self, 3);
    back_up(self);
    (void)snprintf(path, sizeof path, "%s/journal/data.mdb", self->backup);
    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    flip_in(path, (long)find(bytes, size, "Meeting 1"));
    g_free(bytes);
    assert_int_equal(restore_into(self, self->other, self->backup), STATUS_FAILED_PRECONDITION);
    make_sums_fit(self);
    assert_int_equal(restore_into(self, self->other, self->backup), STATUS_FAILED_PRECONDITION);
    assert_non_null(strstr(self->said->str, "change 2: its digests do not hold"));
}

static void a_journal_that_cannot_be_read_is_replaced_and_kept(void **state)
{
    Fixture *self = *state;
    char path[FOLDER_SIZE + 32];
    register_some(self, 3);
    back_up(self);
    check_restores(self);
    (void)snprintf(path, sizeof path, "%s/journal/data.mdb", self->other);
    assert_true(g_file_set_contents(path, "rubbish", 7, NULL));
    check_restores(self);
    assert_non_null(strstr(self->said->str, "cannot be read"));
    check_other(self, 3, 2);
    (void)snprintf(path, sizeof path, "%s/journal.replaced-1/data.mdb", self->other);
    assert_int_equal(access(path, F_OK), 0);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(it_holds_what_was_there_when_it_was_asked_for),
        WITH(a_second_one_is_refused_while_one_is_under_way),
        WITH(who_may_only_read_may_not_back_up),
        WITH(a_registry_that_stops_gives_it_up_and_says_so),
        WITH(the_epoch_is_above_both),
        WITH(it_goes_on_where_the_backup_ended),
        WITH(a_daemon_that_runs_is_left_alone),
        WITH(a_change_that_was_tampered_with_is_refused),
        WITH(a_journal_that_cannot_be_read_is_replaced_and_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
