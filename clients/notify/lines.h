/*
 * lines - a file of lines that are written exactly once.
 *
 * What was written counts when the note that lines_keep gives is durable somewhere else. At the
 * next start the file is cut to the note: a longer one has a tail that did not count, and its lines
 * will come again. Only our own tail is cut: the note knows the file's path and the last bytes that
 * counted, and a file that does not have them there (rotated, another one) is appended to as it is.
 *
 * A line may say that a person was erased from an event. Then what the lines before tell of it goes
 * (redact.h), after that line counts: lines_keep, and when its note is durable, lines_redact. Until
 * then the note says that it is due, and knows the file by what it is on its disk.
 *
 * A file that is renamed away while it is written is left at the next lines_keep, and one of its
 * name begun anew. One thread.
 */
#ifndef PLENARY_NOTIFY_LINES_H
#define PLENARY_NOTIFY_LINES_H

#include "clients/notify/redact.h"
#include "proto/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LINES_NOTE_BYTES = 1 + 8 + 16 + 16,
    LINES_PENDING_BYTES_MAX = 1024 * 1024, /* before they are written, to count later */
};

typedef struct Lines Lines;

/* Opens or makes it. `note` is that of the last lines_keep that became durable; size 0: there is
 * none, and what the file has is left alone. UNAVAILABLE: the disk. */
StatusCode lines_open(const char *path, const void *note, size_t size, Lines **self,
                      Problem *problem);

/* Takes a pointer to NULL. What was not kept is cut away at the next lines_open. */
void lines_close(Lines **self);

/* Adds a line, with its newline. UNAVAILABLE: the disk; the file is to be opened anew. */
StatusCode lines_add(Lines *self, const char *line, Problem *problem);

/* Makes what was added durable; *note is for lines_open. UNAVAILABLE: the disk; may be tried again.
 */
StatusCode lines_keep(Lines *self, uint8_t note[static LINES_NOTE_BYTES], Problem *problem);

/* How lines_redact asks what is in the view. */
void lines_ask(Lines *self, redact_sees_fn *sees, void *context);

/* A line that was added says that somebody was erased; `unseen`: from what is not in the view too.
 */
void lines_erase(Lines *self, bool unseen);

/* True: lines_redact is due, also since before a start. */
bool lines_is_due(const Lines *self);

/* What the lines told of it before goes from the file. After lines_keep, when its note is durable.
 * UNAVAILABLE: the disk; it is due still. */
StatusCode lines_redact(Lines *self, Problem *problem);

#endif
