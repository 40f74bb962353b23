/*
 * cursor - a position in this journal, as a subscriber keeps it and shows it again.
 *
 * It names the registry, the epoch, the change and the view, so that a cursor from another
 * history, or of other rights, is noticed. Loop's thread only, with a snapshot.
 */
#ifndef PLENARY_DAEMON_BUS_CURSOR_H
#define PLENARY_DAEMON_BUS_CURSOR_H

#include "daemon/bus/view.h"
#include "daemon/registry/registry.h"

enum {
    CURSOR_DIGEST_BYTES = 8, /* of a change's digest */
};

/* A cursor with the memory that it needs; `view` is lent. */
typedef struct CursorText {
    Cursor message;
    uint8_t digest[JOURNAL_DIGEST_BYTES];
} CursorText;

/* The cursor after the change `sequence`, which is applied (or 0). Its message points into
 * `text`, `view` and the journal. */
void cursor_make(Registry *registry, const View *view, uint64_t sequence, CursorText *text);

/* NULL where the cursor fits, else why it does not. Static. */
const char *cursor_misfit(Registry *registry, const View *view, const Cursor *cursor);

#endif
