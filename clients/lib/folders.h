/*
 * folders - makes folders so that a crash finds them.
 *
 * Any thread. UNAVAILABLE: the disk; it names the path and the system's reason.
 */
#ifndef PLENARY_CLIENTS_FOLDERS_H
#define PLENARY_CLIENTS_FOLDERS_H

#include "proto/status.h"

/* Makes `path`, and what it lies in, for its owner alone where it is not there. */
StatusCode folders_make(const char *path, Problem *problem);

/* Makes the names in a folder durable. */
StatusCode folders_sync(const char *path, Problem *problem);

#endif
