/*
 * folder - making, syncing and removing folders so that a crash finds them whole.
 *
 * Any thread. Failures are told as UNAVAILABLE with the path and the system's reason.
 */
#ifndef PLENARY_STORE_FOLDER_H
#define PLENARY_STORE_FOLDER_H

#include "proto/status.h"

#include <stdbool.h>
#include <stdint.h>

/* "folder/name"; NULL: no memory. Given: free. */
char *folder_path(const char *folder, const char *name);

bool folder_exists(const char *path);

/* Makes `path`, and what it lies in, with mode 0700 where it is not there, and syncs the folder
 * that holds it. */
StatusCode folder_make(const char *path, Problem *problem);

/* Makes the names in a folder durable. */
StatusCode folder_sync(const char *path, Problem *problem);

/* Bytes that may still be written on the disk that `path` is on. Where it does not say, UINT64_MAX:
 * writing finds out. */
uint64_t folder_room(const char *path);

/* Removes a folder of plain files; one that is not there is no fault. */
StatusCode folder_remove(const char *path, Problem *problem);

#endif
