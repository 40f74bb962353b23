/*
 * run_folder - the folder of the sockets: its owner's alone, and one daemon's at a time.
 *
 * Who can reach the sockets is the registry's admin. Loop's thread only.
 */
#ifndef PLENARY_DAEMON_RUN_FOLDER_H
#define PLENARY_DAEMON_RUN_FOLDER_H

#include "proto/paths.h"
#include "proto/status.h"

#define RUN_REQUESTS  "requests.ipc"
#define RUN_STREAM    "stream.ipc"
#define RUN_BROADCAST "broadcast.ipc"

/* Closes the folder to others, locks it, and removes the sockets of a daemon that was killed. The
 * store must be locked already: then they are nobody else's. Given: *lock, a file descriptor. */
StatusCode run_folder_take(const char *folder, int *lock, Problem *problem);

/* INVALID_ARGUMENT: the path is longer than a socket's may be. */
StatusCode run_folder_path(const char *folder, const char *name, char path[static PATHS_SIZE],
                           Problem *problem);

#endif
