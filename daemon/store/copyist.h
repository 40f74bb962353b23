/*
 * copyist - the backup's thread: appends what it is handed, reads it all back, gives it its name.
 *
 * Letters to it: CopyistHead, then for each change its size as uint32_t and its bytes. Letters
 * from it: a CopyistAnswer for each that it took, and one that says that it is over. After a
 * failure it takes nothing more. Ended before it is over, it removes what it made.
 */
#ifndef PLENARY_STORE_COPYIST_H
#define PLENARY_STORE_COPYIST_H

#include "daemon/store/backup.h"
#include "daemon/store/journal_file.h"

#include <czmq.h>

typedef struct CopyistConfig {
    char folder[BACKUP_PATH_SIZE];
    JournalMeta meta;
    uint64_t last_sequence;
    BackupJudge judge;
} CopyistConfig;

typedef struct CopyistHead {
    uint64_t first_sequence;
    uint32_t count;
} CopyistHead;

typedef struct CopyistAnswer {
    bool over;
    uint64_t copied; /* the last change that is durable */
    StatusCode code; /* where it is over */
    uint64_t bytes;  /* of the copy */
    char message[PROBLEM_MESSAGE_SIZE];
} CopyistAnswer;

zactor_t *copyist_start(const CopyistConfig *config);

#endif
