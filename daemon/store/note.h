/*
 * note - a small file in the store's folder that is replaced whole: what it is a pity, and no more,
 * to lose.
 *
 * It is written without waiting for the disk, so that it may be called on the loop; after a crash
 * of the machine it may be the old one, or empty. What it holds is for the reader to check. Loop's
 * thread only.
 */
#ifndef PLENARY_STORE_NOTE_H
#define PLENARY_STORE_NOTE_H

#include "daemon/store/bytes.h"

#include <stdbool.h>
#include <stdint.h>

/* False: there is none, or it has more than `most` bytes. Given: free(*data). */
bool note_read(const char *folder, const char *name, size_t most, uint8_t **data, size_t *size);

/* False: it could not be written; the old one is still there. */
bool note_write(const char *folder, const char *name, Bytes note);

#endif
