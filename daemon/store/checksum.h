/*
 * checksum - BLAKE2b-512 of a file (RFC 7693), in the letters that b2sum prints.
 *
 * Any thread. Failures are told as UNAVAILABLE with the path and the system's reason.
 */
#ifndef PLENARY_STORE_CHECKSUM_H
#define PLENARY_STORE_CHECKSUM_H

#include "proto/status.h"

enum {
    CHECKSUM_SIZE = 129, /* 128 letters and NUL */
};

/* Also makes the file durable. */
StatusCode checksum_of_file(const char *path, char checksum[static CHECKSUM_SIZE],
                            Problem *problem);

/* Copies a file, which must be there, to one that must not be; gives the checksum of the bytes
 * that were read. The copy is durable, its name is not. */
StatusCode checksum_copy(const char *from, const char *to, char checksum[static CHECKSUM_SIZE],
                         Problem *problem);

#endif
