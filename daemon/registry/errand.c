#include "daemon/registry/errand.h"

#include <stdio.h>

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
    if (self->backup)
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "a backup to %s is under way already; plenary status says how far it is",
                           self->health->folder);
    self->erasures = erasures_new();
    if (!self->erasures) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    const BackupConfig config = {.folder = folder,
                                 .last_sequence = state->applied.sequence,
                                 .judge = {follows, is_whole, self->erasures}};
    self->backup = backup_start(&config, state->journal);
    self->ticket = ticket;
    self->asked = (Request)PLENARY__V1__REQUEST__INIT;
    self->asked.has_correlation = request->has_correlation;
    self->asked.correlation = request->correlation;
    self->health->running = true;
    self->health->begun++;
    self->health->sequence = 0;
    (void)snprintf(self->health->folder, sizeof self->health->folder, "%s", folder);
    return STATUS_OK;
}

static void confirm(Errand *self, const BackupResult *result)
{
    Reply reply = PLENARY__V1__REPLY__INIT;
    Plenary__V1__BackupReply body = PLENARY__V1__BACKUP_REPLY__INIT;
    body.has_sequence = body.has_bytes = body.has_duration_ms = 1;
    body.sequence = result->sequence;
    body.bytes = result->bytes;
    body.duration_ms = (uint64_t)result->duration_ms;
    reply.result_case = PLENARY__V1__REPLY__RESULT_BACKUP;
    reply.backup = &body;
    self->health->done++;
    outbox_send(&self->outbox, self->ticket, &self->asked, &reply);
}

static void refuse(Errand *self, const Problem *problem)
{
    self->health->failed++;
    (void)snprintf(self->health->failure, sizeof self->health->failure, "%s", problem->message);
    outbox_refuse(&self->outbox, self->ticket, &self->asked, problem);
}

static void end_backup(Errand *self)
{
    backup_end(&self->backup);
    erasures_destroy(&self->erasures);
}

static void finish(Errand *self, const BackupResult *result)
{
    Problem problem;
    problem_clear(&problem);
    self->health->running = false;
    if (result->code == STATUS_OK) {
        confirm(self, result);
    } else {
        problem_set(&problem, result->code, "%s", result->message);
        refuse(self, &problem);
    }
    end_backup(self);
}

void errand_turn(Errand *self)
{
    BackupResult result;
    if (!self->backup) return;
    bool over = backup_poll(self->backup, &result);
    self->health->sequence = backup_copied(self->backup);
    if (over)
        finish(self, &result);
    else
        backup_feed(self->backup, self->outbox.state->journal);
}

void *errand_socket(Errand *self)
{
    return self->backup ? backup_socket(self->backup) : NULL;
}

void errand_end(Errand *self, const Problem *problem)
{
    if (!self->backup) return;
    end_backup(self);
    self->health->running = false;
    refuse(self, problem);
}
