/*
 * id - UUIDs of version 7 (RFC 9562 section 5.7), from a time and random bytes that are given.
 *
 * Pure: no clock and no randomness of its own, so that deciding can be replayed.
 */
#ifndef PLENARY_PROTO_ID_H
#define PLENARY_PROTO_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ID_BYTES = 16,
    ID_TEXT_SIZE = 37, /* 36 characters and NUL */
    ID_RANDOM_BYTES = 10,
};

/* A UUIDv7 of milliseconds since 1970 and random bytes, as text. */
void id_make(int64_t time_ms, const uint8_t random[static ID_RANDOM_BYTES],
             char text[static ID_TEXT_SIZE]);

/* The 16 bytes of a UUID of any version in lower case; false: it is none. */
bool id_parse(const char *text, uint8_t bytes[static ID_BYTES]);

void id_print(const uint8_t bytes[static ID_BYTES], char text[static ID_TEXT_SIZE]);

/* Milliseconds since 1970 within a UUIDv7. */
int64_t id_time_ms(const uint8_t bytes[static ID_BYTES]);

#endif
