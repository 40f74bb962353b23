#include "daemon/store/backup.h"

#include "daemon/store/clock.h"
#include "daemon/store/copyist.h"
#include "daemon/store/letter.h"

#include <assert.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Backup {
    zactor_t *copyist;
    GByteArray *letter; /* being filled: CopyistHead, then the changes */
    CopyistHead head;
    uint32_t on_the_way;
    uint64_t next; /* to be handed over */
    uint64_t last;
    uint64_t copied;
    int64_t started_ms;
    bool missing; /* the journal has a gap at `next` */
    bool over;
};

Backup *backup_start(const BackupConfig *config, const Journal *journal)
{
    CopyistConfig parts = {.last_sequence = config->last_sequence, .judge = config->judge};
    parts.meta.epoch = journal_epoch(journal);
    (void)snprintf(parts.folder, sizeof parts.folder, "%s", config->folder);
    (void)snprintf(parts.meta.registry_id, sizeof parts.meta.registry_id, "%s",
                   journal_registry_id(journal));
    Backup *self = calloc(1, sizeof *self);
    assert(self != NULL);
    self->next = 1;
    self->last = config->last_sequence;
    self->started_ms = clock_ms();
    self->letter = g_byte_array_new();
    self->copyist = copyist_start(&parts);
    return self;
}

void backup_end(Backup **self)
{
    if (self == NULL || *self == NULL) return;
    letter_end_actor(&(*self)->copyist);
    g_byte_array_unref((*self)->letter);
    free(*self);
    *self = NULL;
}

/* --- handing over --- */

static bool add_change(void *context, uint64_t sequence, Bytes change)
{
    Backup *self = context;
    self->missing = sequence != self->next;
    if (self->missing) return false;
    uint32_t size = (uint32_t)change.size;
    g_byte_array_append(self->letter, (const guint8 *)&size, sizeof size);
    g_byte_array_append(self->letter, change.data, size);
    self->head.count++;
    return self->next++ < self->last && self->letter->len < BACKUP_LETTER_BYTES;
}

void backup_feed(Backup *self, Journal *journal)
{
    if (self->over || self->missing || self->next > self->last) return;
    if (self->on_the_way >= BACKUP_LETTERS_MAX) return;
    memset(&self->head, 0, sizeof self->head); /* padding travels too */
    self->head.first_sequence = self->next;
    g_byte_array_set_size(self->letter, sizeof self->head);
    if (journal_scan(journal, self->next, SIZE_MAX, add_change, self) == 0) self->missing = true;
    if (self->head.count == 0) return;
    memcpy(self->letter->data, &self->head, sizeof self->head);
    letter_send(self->copyist, self->letter->data, self->letter->len);
    self->on_the_way++;
}

/* --- answers --- */

static bool end_with(Backup *self, const BackupResult *found, BackupResult *result)
{
    *result = *found;
    result->duration_ms = clock_ms() - self->started_ms;
    self->over = true;
    return true;
}

static bool take_answer(Backup *self, BackupResult *found)
{
    zframe_t *letter = letter_receive(self->copyist, 0);
    if (letter == NULL) return false;
    CopyistAnswer answer;
    assert(zframe_size(letter) == sizeof answer);
    memcpy(&answer, zframe_data(letter), sizeof answer);
    zframe_destroy(&letter);
    if (answer.copied > self->copied) self->copied = answer.copied;
    if (!answer.over) self->on_the_way--;
    *found = (BackupResult){.code = answer.code, .sequence = answer.copied, .bytes = answer.bytes};
    memcpy(found->message, answer.message, sizeof found->message);
    return answer.over;
}

bool backup_poll(Backup *self, BackupResult *result)
{
    BackupResult found;
    if (self->over) return false;
    for (uint32_t i = 0; i <= BACKUP_LETTERS_MAX; i++) {
        if (take_answer(self, &found)) return end_with(self, &found, result);
    }
    if (!self->missing) return false;
    found = (BackupResult){.code = STATUS_INTERNAL};
    (void)snprintf(found.message, sizeof found.message,
                   "change %llu is missing in the journal: check it with plenary verify",
                   (unsigned long long)self->next);
    return end_with(self, &found, result);
}

uint64_t backup_copied(const Backup *self)
{
    return self->copied;
}

void *backup_socket(Backup *self)
{
    return zactor_sock(self->copyist);
}
