/*
 * replace_file - a file that is replaced in one move, and only when its bytes change.
 *
 * What is new is written beside (NAME.new) and compared with what is there. Where nothing differs
 * the file is left as it is, its time included: who watches it is not woken for nothing. Where
 * something does, it is made durable, renamed over the file, and the folder is made durable too.
 * Whoever opens the file sees the old one or the new one, whole; a crash leaves at most NAME.new,
 * which the next replacement takes away. A link is followed, and a file keeps its permissions.
 *
 * Two who replace the same file at once may lose one's bytes for the other's, never mix them. One
 * thread at a time; memory does not grow with the file. UNAVAILABLE names the file and the reason.
 */
#ifndef PLENARY_CLIENTS_REPLACE_FILE_H
#define PLENARY_CLIENTS_REPLACE_FILE_H

#include "proto/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

typedef struct ReplaceFile ReplaceFile;

/* Begins a new content. `mode` is what a file that is not there yet gets, less the umask.
 * FAILED_PRECONDITION: there is something else than a file. On failure nothing is given. */
StatusCode replace_open(const char *path, mode_t mode, ReplaceFile **self, Problem *problem);

/* Where to write it. Lent; errors of writing show at replace_commit. */
FILE *replace_stream(ReplaceFile *self);

/* Puts it in place and ends the replacement, whatever comes of it. *changed (may be NULL): whether
 * the bytes were others. After a failure what was there is still there. */
StatusCode replace_commit(ReplaceFile **self, bool *changed, Problem *problem);

/* Drops what was written. Takes NULL and a pointer to NULL. */
void replace_cancel(ReplaceFile **self);

/* All of it for bytes that are in memory. */
StatusCode replace_file(const char *path, mode_t mode, const void *bytes, size_t size,
                        bool *changed, Problem *problem);

#endif
