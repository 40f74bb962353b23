/*
 * backup - a copy of the journal up to some change, and the thread that writes it.
 *
 * A backup is one more reader of the log. The loop hands the changes over in order, a bounded
 * stretch a turn, as it does to a stream; the thread appends them to an environment of its own,
 * reads the whole copy back, and only then gives it its name. It never touches the live journal: no
 * reader stands still in it, and its map may grow meanwhile.
 *
 * The two sides exchange letters only. All functions below belong to the loop's thread.
 */
#ifndef PLENARY_STORE_BACKUP_H
#define PLENARY_STORE_BACKUP_H

#include "daemon/store/backup_folder.h"
#include "daemon/store/journal.h"

enum {
    BACKUP_LETTER_BYTES = 1024 * 1024, /* then a letter is full; a single change may be longer */
    BACKUP_LETTERS_MAX = 2,            /* on the way to the thread */
};

/* Does the change follow the one that has `digest`? Then that becomes its own digest. */
typedef bool backup_follows_fn(void *context, uint64_t sequence, Bytes change,
                               uint8_t digest[static JOURNAL_DIGEST_BYTES]);

/* All have been read: is the whole as it must be? */
typedef bool backup_whole_fn(void *context);

/* What judges a copy that is read back. Called on the backup's thread, which alone has `context`
 * from backup_start to backup_end. */
typedef struct BackupJudge {
    backup_follows_fn *follows;
    backup_whole_fn *whole;
    void *context;
} BackupJudge;

typedef struct BackupConfig {
    const char *folder;     /* to be made: see daemon/store/backup_folder.h */
    uint64_t last_sequence; /* the change that it ends with; 0: it has none */
    BackupJudge judge;
} BackupConfig;

/* How it ended. UNAVAILABLE: disk full or failing; INTERNAL: the journal does not hold. What was
 * not finished left nothing behind. */
typedef struct BackupResult {
    StatusCode code;
    uint64_t sequence;
    uint64_t bytes;
    int64_t duration_ms;
    char message[PROBLEM_MESSAGE_SIZE]; /* where it failed */
} BackupResult;

typedef struct Backup Backup;

/* Starts the thread. Given: backup_end. */
Backup *backup_start(const BackupConfig *config, const Journal *journal);

/* Gives up what is not finished, waits for the thread. Takes a pointer to NULL. */
void backup_end(Backup **self);

/* Hands over the next stretch of the journal where there is room for it. */
void backup_feed(Backup *self, Journal *journal);

/* Takes the thread's answers. True, once: it has ended so. */
bool backup_poll(Backup *self, BackupResult *result);

/* The last change that the copy has durably. */
uint64_t backup_copied(const Backup *self);

/* A zsock_t to poll for input: something waits for backup_poll. */
void *backup_socket(Backup *self);

#endif
