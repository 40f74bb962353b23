/*
 * backup_folder - what a backup is on a disk, and how it comes to be there whole or not at all.
 *
 *   DIR/journal/data.mdb   an LMDB environment: the journal up to some change
 *   DIR/B2SUMS             its checksum, for `b2sum -c` and for the restore
 *
 * It is made under the name DIR.partial; what has the name DIR is whole. Any thread; one at a
 * time for a folder.
 */
#ifndef PLENARY_STORE_BACKUP_FOLDER_H
#define PLENARY_STORE_BACKUP_FOLDER_H

#include "proto/status.h"

#include <stdint.h>

enum {
    BACKUP_PATH_SIZE = 1024,
};

/* Makes DIR.partial, empty, and gives the folder that its journal goes to. ALREADY_EXISTS: there
 * is something called DIR. FAILED_PRECONDITION: the folder that DIR is to lie in is not there. */
StatusCode backup_folder_begin(const char *folder, char journal[static BACKUP_PATH_SIZE],
                               Problem *problem);

/* The journal is in it and closed: adds the checksum, makes all durable, gives it its name. */
StatusCode backup_folder_finish(const char *folder, uint64_t *bytes, Problem *problem);

/* Removes DIR.partial. */
void backup_folder_discard(const char *folder);

/* Copies a backup's journal into the folder `journal`, which is there and empty.
 * FAILED_PRECONDITION: DIR is no backup, or is not what its checksum says. */
StatusCode backup_folder_copy(const char *folder, const char *journal, Problem *problem);

#endif
