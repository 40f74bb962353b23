/*
 * position - how far a subscriber has come, and the file that remembers it.
 *
 * A position is the registry's cursor, kept as it was packed, and the last change after it that
 * has been dealt with too: the registry gives a cursor for a batch, a subscriber may stop in the
 * middle of one. Without a cursor it means "after `sequence`".
 *
 * The file is replaced in one move (replace_file.h), so that it holds the old position or the new
 * one whatever happens. Form: "PLNCUR1\n", `done` in 8 bytes and the cursor's size in 4 (both
 * little-endian), the cursor, 16 bytes of BLAKE2b over all of that.
 */
#ifndef PLENARY_CLIENTS_POSITION_H
#define PLENARY_CLIENTS_POSITION_H

#include "clients/lib/plenary.h"

enum {
    POSITION_CURSOR_BYTES_MAX = 512,
    POSITION_BYTES_MAX = 8 + 8 + 4 + POSITION_CURSOR_BYTES_MAX + 16, /* as packed */
};

typedef struct Position {
    uint8_t cursor[POSITION_CURSOR_BYTES_MAX]; /* packed Cursor */
    size_t cursor_size;                        /* 0: none */
    uint64_t sequence;                         /* of the cursor, or where there is none */
    uint64_t done;                             /* never below `sequence` */
} Position;

typedef enum PositionRead {
    POSITION_READ,
    POSITION_ABSENT, /* there is no file yet */
    POSITION_BAD,    /* *error says why */
} PositionRead;

/* Just after `sequence`, without a cursor. */
void position_after(Position *self, uint64_t sequence);

/* At `cursor`. False, and unchanged: it has no sequence or is too large. */
bool position_at(Position *self, const Plenary__V1__Cursor *cursor);

bool position_equal(const Position *one, const Position *other);

/* In the file's form; gives the size. */
size_t position_pack(const Position *self, uint8_t packed[static POSITION_BYTES_MAX]);

/* False, and unchanged: damaged, or none at all. */
bool position_unpack(Position *self, const uint8_t *packed, size_t size);

PositionRead position_read(Position *self, const char *path, PlenaryError *error);
bool position_write(const Position *self, const char *path, PlenaryError *error);

#endif
