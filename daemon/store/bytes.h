/*
 * bytes - bytes that are lent: who gives them says until when they may be read.
 */
#ifndef PLENARY_STORE_BYTES_H
#define PLENARY_STORE_BYTES_H

#include <stddef.h>
#include <stdint.h>

typedef struct Bytes {
    const uint8_t *data;
    size_t size;
} Bytes;

/* Below, equal to or above zero, as memcmp; a beginning orders before what it begins. */
int bytes_compare(Bytes a, Bytes b);

#endif
