/*
 * compacted - how it ended that journal or views were written anew.
 *
 * Plain data, and its making. UNAVAILABLE: no room, or a failing disk; what was there before goes
 * on. INTERNAL: what was there cannot be read.
 */
#ifndef PLENARY_STORE_COMPACTED_H
#define PLENARY_STORE_COMPACTED_H

#include "proto/status.h"

typedef struct Compacted {
    StatusCode code;
    uint64_t bytes_before; /* of the file, where it is OK */
    uint64_t bytes;
    char message[PROBLEM_MESSAGE_SIZE]; /* where it is not */
} Compacted;

Compacted compacted_not(StatusCode code, const char *message);

#endif
