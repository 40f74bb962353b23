#include "daemon/store/copyist.h"

#include "daemon/store/letter.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    COPY_MAP_BYTES = 16 * 1024 * 1024, /* to begin with */
    READ_BACK_CHANGES = 1000,          /* between two looks whether to end */
};

typedef struct Copyist {
    CopyistConfig config;
    zsock_t *pipe;
    char journal[BACKUP_PATH_SIZE]; /* folder of the copy's environment */
    Lmdb *lmdb;                     /* of the copy; NULL: not open */
    uint64_t copied;
    bool over; /* finished, or failed and cleared away */
} Copyist;

/* --- writing --- */

static void put_changes(Transaction *transaction, const CopyistHead *head, const uint8_t *next)
{
    for (uint32_t i = 0; i < head->count; i++) {
        uint32_t size;
        memcpy(&size, next, sizeof size);
        next += sizeof size;
        journal_file_append(transaction, head->first_sequence + i, (Bytes){next, size});
        next += size;
    }
}

static StatusCode cannot_write(const Copyist *self, const char *reason, Problem *problem)
{
    return problem_set(problem, STATUS_UNAVAILABLE, "the backup cannot be written to %s: %s",
                       self->config.folder, reason);
}

/* One durable transaction; the copy's map is nobody else's and grows as it must. */
static StatusCode append(Copyist *self, const CopyistHead *head, const uint8_t *changes,
                         Problem *problem)
{
    for (;;) {
        char reason[LMDB_REASON_SIZE] = "";
        Transaction transaction;
        lmdb_begin(self->lmdb, &transaction);
        if (head == NULL)
            journal_file_put_meta(&transaction, &self->config.meta);
        else
            put_changes(&transaction, head, changes);
        CommitResult result = lmdb_commit(&transaction, reason);
        if (result == COMMIT_DONE) return STATUS_OK;
        if (result != COMMIT_MAP_FULL) return cannot_write(self, reason, problem);
        StatusCode code = lmdb_grow(self->lmdb, problem);
        if (code != STATUS_OK) return code;
    }
}

static StatusCode open_copy(Copyist *self, Problem *problem)
{
    return journal_file_open(self->journal, COPY_MAP_BYTES, &self->lmdb, problem);
}

static StatusCode begin(Copyist *self, Problem *problem)
{
    StatusCode code = backup_folder_begin(self->config.folder, self->journal, problem);
    if (code == STATUS_OK) code = open_copy(self, problem);
    if (code == STATUS_OK) code = append(self, NULL, NULL, problem);
    return code;
}

/* --- reading back --- */

static StatusCode does_not_hold(uint64_t sequence, Problem *problem)
{
    return problem_set(problem, STATUS_INTERNAL,
                       "change %llu of the journal does not follow the one before: check it with "
                       "plenary verify",
                       (unsigned long long)sequence);
}

static StatusCode read_changes(const Copyist *self, Transaction *snapshot, MDB_cursor *cursor,
                               Problem *problem)
{
    const BackupJudge *judge = &self->config.judge;
    uint8_t digest[JOURNAL_DIGEST_BYTES] = {0};
    uint64_t count = 0;
    Bytes key = {0};
    Bytes change;
    MDB_cursor_op move = MDB_FIRST;
    for (; lmdb_step(snapshot, cursor, move, &key, &change); move = MDB_NEXT) {
        uint64_t sequence;
        memcpy(&sequence, key.data, sizeof sequence);
        if (sequence != ++count || !judge->follows(judge->context, sequence, change, digest))
            return does_not_hold(count, problem);
        if (count % READ_BACK_CHANGES == 0 && letter_waits(self->pipe)) /* all else has come */
            return problem_set(problem, STATUS_UNAVAILABLE, "the backup was given up");
    }
    if (snapshot->error == 0 && count == self->config.last_sequence && judge->whole(judge->context))
        return STATUS_OK;
    return problem_set(problem, STATUS_INTERNAL, "the copy in %s cannot be read back",
                       self->config.folder);
}

/* As it will be found: closed, opened again, from the first change to the last. */
static StatusCode read_back(Copyist *self, Problem *problem)
{
    Transaction snapshot = {0};
    lmdb_close(&self->lmdb);
    StatusCode code = open_copy(self, problem);
    if (code != STATUS_OK) return code;
    lmdb_renew(self->lmdb, &snapshot);
    MDB_cursor *cursor = lmdb_cursor(&snapshot, JOURNAL_CHANGES);
    code = read_changes(self, &snapshot, cursor, problem);
    if (cursor != NULL) mdb_cursor_close(cursor);
    lmdb_abort(&snapshot);
    return code;
}

/* --- the end --- */

static void tell(const Copyist *self, const CopyistAnswer *answer)
{
    CopyistAnswer letter;
    memset(&letter, 0, sizeof letter); /* padding travels too */
    letter.over = answer->over;
    letter.copied = self->copied;
    letter.code = answer->code;
    letter.bytes = answer->bytes;
    (void)snprintf(letter.message, sizeof letter.message, "%s", answer->message);
    letter_send(self->pipe, &letter, sizeof letter);
}

static void give_up(Copyist *self)
{
    if (self->over) return;
    lmdb_close(&self->lmdb);
    if (self->journal[0] != '\0') backup_folder_discard(self->config.folder);
    self->over = true;
}

static void fail(Copyist *self, const Problem *problem)
{
    CopyistAnswer answer = {.over = true, .code = problem->code};
    (void)snprintf(answer.message, sizeof answer.message, "%s", problem->message);
    give_up(self);
    tell(self, &answer);
}

static StatusCode finish(Copyist *self, Problem *problem)
{
    CopyistAnswer answer = {.over = true};
    StatusCode code = read_back(self, problem);
    lmdb_close(&self->lmdb);
    if (code == STATUS_OK) code = backup_folder_finish(self->config.folder, &answer.bytes, problem);
    if (code != STATUS_OK) return code;
    self->over = true;
    tell(self, &answer);
    return STATUS_OK;
}

static void take(Copyist *self, zframe_t *letter)
{
    Problem problem;
    CopyistHead head;
    if (self->over) return;
    assert(zframe_size(letter) >= sizeof head);
    memcpy(&head, zframe_data(letter), sizeof head);
    problem_clear(&problem);
    StatusCode code = append(self, &head, zframe_data(letter) + sizeof head, &problem);
    if (code == STATUS_OK) {
        self->copied = head.first_sequence + head.count - 1;
        tell(self, &(CopyistAnswer){0});
    }
    if (code == STATUS_OK && self->copied == self->config.last_sequence)
        code = finish(self, &problem);
    if (code != STATUS_OK) fail(self, &problem);
}

static void copyist_actor(zsock_t *pipe, void *config)
{
    Copyist self = {.config = *(const CopyistConfig *)config, .pipe = pipe};
    Problem problem;
    problem_clear(&problem);
    letter_ready(pipe);
    StatusCode code = begin(&self, &problem);
    if (code == STATUS_OK && self.config.last_sequence == 0) code = finish(&self, &problem);
    if (code != STATUS_OK) fail(&self, &problem);
    zframe_t *letter;
    while ((letter = letter_receive(pipe, LETTER_WAIT_FOREVER)) != NULL) {
        bool end = letter_is_end(letter);
        if (!end) take(&self, letter);
        zframe_destroy(&letter);
        if (end) break;
    }
    give_up(&self);
}

zactor_t *copyist_start(const CopyistConfig *config)
{
    CopyistConfig lent = *config;
    return letter_start_actor(copyist_actor, &lent);
}
