/*
 * curve - the keys of CURVE (ZeroMQ RFC 26): Curve25519, written in Z85 (RFC 32), and their
 * fingerprints.
 *
 * A key is meant by its fingerprint in tables, in the log and between people: 32 hexadecimal
 * digits, BLAKE2b-128 of the 32 bytes. Pure: random bytes are given. Any thread.
 */
#ifndef PLENARY_PROTO_CURVE_H
#define PLENARY_PROTO_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CURVE_KEY_BYTES = 32,
    CURVE_TEXT_SIZE = 41,        /* 40 characters of Z85 and NUL */
    CURVE_FINGERPRINT_SIZE = 33, /* 32 hexadecimal digits and NUL */
};

/* As text. Whoever holds one with a secret clears it by curve_pair_clear. */
typedef struct CurvePair {
    char public_key[CURVE_TEXT_SIZE];
    char secret_key[CURVE_TEXT_SIZE]; /* "": it is not known */
} CurvePair;

/* The 32 bytes of a key in Z85; false: it is none. */
bool curve_parse(const char *text, uint8_t key[static CURVE_KEY_BYTES]);

void curve_print(const uint8_t key[static CURVE_KEY_BYTES], char text[static CURVE_TEXT_SIZE]);

/* Could this be somebody's public key? A point of small order makes every secret shared with it
 * zero (RFC 7748 section 6.1). */
bool curve_is_public(const uint8_t key[static CURVE_KEY_BYTES]);

void curve_fingerprint(const uint8_t key[static CURVE_KEY_BYTES],
                       char fingerprint[static CURVE_FINGERPRINT_SIZE]);

/* The same of a key in Z85; false: it is none. */
bool curve_fingerprint_of(const char *text, char fingerprint[static CURVE_FINGERPRINT_SIZE]);

/* The pair that has these 32 random bytes as its secret. */
void curve_pair_make(const uint8_t secret[static CURVE_KEY_BYTES], CurvePair *pair);

/* Is the secret the public key's? */
bool curve_pair_fits(const CurvePair *pair);

/* Leaves nothing of it in memory. */
void curve_pair_clear(CurvePair *pair);

#endif
