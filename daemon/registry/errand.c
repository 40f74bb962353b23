#include "daemon/registry/errand.h"

#include "daemon/store/clock.h"

#include <stdio.h>
#include <string.h>

/* --- all of them --- */

static bool is_busy(const Errand *self)
{
    return self->backup || self->compacting != COMPACTING_NOTHING;
}

static StatusCode refuse_second(const Errand *self, Problem *problem)
{
    if (!self->backup)
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "the registry is being compacted; plenary status says how far that is");
    return problem_set(problem, STATUS_FAILED_PRECONDITION,
                       "a backup to %s is under way already; plenary status says how far it is",
                       self->health->backup.folder);
}

static void note_asker(Errand *self, const Request *request, uint64_t ticket)
{
    self->ticket = ticket;
    self->asked = (Request)PLENARY__V1__REQUEST__INIT;
    self->asked.has_correlation = request->has_correlation;
    self->asked.correlation = request->correlation;
}

/* --- backup --- */

static bool follows(void *erasures, uint64_t sequence, Bytes change,
                    uint8_t digest[static JOURNAL_DIGEST_BYTES])
{
    return erasures_take(erasures, sequence, change, digest);
}

static bool is_whole(void *erasures)
{
    uint64_t first;
    return erasures_open(erasures, &first) == 0;
}

StatusCode begin_backup_registry(Errand *self, const Request *request, uint64_t ticket,
                                 Problem *problem)
{
    const State *state = self->outbox.state;
    const char *folder = request->backup_registry->folder;
    BackupHealth *health = &self->health->backup;
    if (is_busy(self)) return refuse_second(self, problem);
    self->erasures = erasures_new();
    if (!self->erasures) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    const BackupConfig config = {.folder = folder,
                                 .last_sequence = state->applied.sequence,
                                 .judge = {follows, is_whole, self->erasures}};
    self->backup = backup_start(&config, state->journal);
    note_asker(self, request, ticket);
    health->running = true;
    health->begun++;
    health->sequence = 0;
    (void)snprintf(health->folder, sizeof health->folder, "%s", folder);
    return STATUS_OK;
}

static void confirm_backup(Errand *self, const BackupResult *result)
{
    Reply reply = PLENARY__V1__REPLY__INIT;
    Plenary__V1__BackupReply body = PLENARY__V1__BACKUP_REPLY__INIT;
    body.has_sequence = body.has_bytes = body.has_duration_ms = 1;
    body.sequence = result->sequence;
    body.bytes = result->bytes;
    body.duration_ms = (uint64_t)result->duration_ms;
    reply.result_case = PLENARY__V1__REPLY__RESULT_BACKUP;
    reply.backup = &body;
    self->health->backup.done++;
    outbox_send(&self->outbox, self->ticket, &self->asked, &reply);
}

static void refuse_backup(Errand *self, const Problem *problem)
{
    BackupHealth *health = &self->health->backup;
    health->failed++;
    (void)snprintf(health->failure, sizeof health->failure, "%s", problem->message);
    outbox_refuse(&self->outbox, self->ticket, &self->asked, problem);
}

static void end_backup(Errand *self)
{
    backup_end(&self->backup);
    erasures_destroy(&self->erasures);
}

static void finish_backup(Errand *self, const BackupResult *result)
{
    Problem problem;
    problem_clear(&problem);
    self->health->backup.running = false;
    if (result->code == STATUS_OK) {
        confirm_backup(self, result);
    } else {
        problem_set(&problem, result->code, "%s", result->message);
        refuse_backup(self, &problem);
    }
    end_backup(self);
}

static void turn_backup(Errand *self)
{
    BackupResult result;
    bool over = backup_poll(self->backup, &result);
    self->health->backup.sequence = backup_copied(self->backup);
    if (over)
        finish_backup(self, &result);
    else
        backup_feed(self->backup, self->outbox.state->journal);
}

/* --- compacting: the journal, then the views --- */

StatusCode begin_compact_registry(Errand *self, const Request *request, uint64_t ticket,
                                  Problem *problem)
{
    CompactingHealth *health = &self->health->compacting;
    if (is_busy(self)) return refuse_second(self, problem);
    note_asker(self, request, ticket);
    self->compacting = COMPACTING_JOURNAL;
    self->started_ms = clock_ms();
    health->running = true;
    health->begun++;
    health->bytes = 0;
    journal_compact(self->outbox.state->journal);
    return STATUS_OK;
}

static void confirm_compacting(Errand *self, const Compacted *views)
{
    const Compacted *journal = &self->journal;
    CompactingHealth *health = &self->health->compacting;
    Reply reply = PLENARY__V1__REPLY__INIT;
    Plenary__V1__CompactReply body = PLENARY__V1__COMPACT_REPLY__INIT;
    body.has_journal_bytes_before = body.has_journal_bytes = 1;
    body.has_views_bytes_before = body.has_views_bytes = body.has_duration_ms = 1;
    body.journal_bytes_before = journal->bytes_before;
    body.journal_bytes = journal->bytes;
    body.views_bytes_before = views->bytes_before;
    body.views_bytes = views->bytes;
    body.duration_ms = (uint64_t)(clock_ms() - self->started_ms);
    reply.result_case = PLENARY__V1__REPLY__RESULT_COMPACT;
    reply.compact = &body;
    health->done++;
    health->bytes_before = journal->bytes_before + views->bytes_before;
    health->bytes = journal->bytes + views->bytes;
    outbox_send(&self->outbox, self->ticket, &self->asked, &reply);
}

static void refuse_compacting(Errand *self, const Problem *problem)
{
    CompactingHealth *health = &self->health->compacting;
    health->failed++;
    (void)snprintf(health->failure, sizeof health->failure, "%s", problem->message);
    outbox_refuse(&self->outbox, self->ticket, &self->asked, problem);
}

static void end_compacting(Errand *self)
{
    self->compacting = COMPACTING_NOTHING;
    self->health->compacting.running = false;
}

static void fail_compacting(Errand *self, const Compacted *compacted)
{
    Problem problem;
    problem_clear(&problem);
    bool half = self->compacting == COMPACTING_VIEWS;
    problem_set(&problem, compacted->code, "%s%s",
                half ? "the journal is compacted, the views are not: " : "", compacted->message);
    end_compacting(self);
    refuse_compacting(self, &problem);
}

static void take_compacted(Errand *self, const Compacted *compacted)
{
    if (compacted->code != STATUS_OK) {
        fail_compacting(self, compacted);
    } else if (self->compacting == COMPACTING_JOURNAL) {
        self->journal = *compacted;
        self->compacting = COMPACTING_VIEWS;
        views_compact(self->outbox.state->views);
    } else {
        end_compacting(self);
        confirm_compacting(self, compacted);
    }
}

static void turn_compacting(Errand *self)
{
    Compacted compacted;
    const State *state = self->outbox.state;
    bool journal = self->compacting == COMPACTING_JOURNAL;
    self->health->compacting.bytes =
        journal ? journal_compacted_bytes(state->journal)
                : self->journal.bytes + views_compacted_bytes(state->views);
    if (journal ? journal_compacted(state->journal, &compacted)
                : views_compacted(state->views, &compacted))
        take_compacted(self, &compacted);
}

/* --- turns --- */

void errand_turn(Errand *self)
{
    if (self->backup) turn_backup(self);
    if (self->compacting != COMPACTING_NOTHING) turn_compacting(self);
}

void *errand_socket(Errand *self)
{
    return self->backup ? backup_socket(self->backup) : NULL;
}

/* What the store still does for a compaction ends when it is closed. */
void errand_end(Errand *self, const Problem *problem)
{
    bool backup = self->backup != NULL;
    if (!is_busy(self)) return;
    end_backup(self);
    self->health->backup.running = false;
    end_compacting(self);
    if (backup)
        refuse_backup(self, problem);
    else
        refuse_compacting(self, problem);
}
