/*
 * admission - who is let in from the network: the keys that are known, and how often they may come.
 *
 * Plain state and its rules, without sockets or clock; daemon/bus/zap.h owns one in its thread. A
 * key may make ZAP_KEY_BURST connections at once and ZAP_KEY_PER_S a second then; so may an
 * address, by its own numbers and whatever comes of them, known keys or not. How often addresses
 * came is remembered of ZAP_ADDRESSES_MAX; when there are more, all begin anew.
 */
#ifndef PLENARY_DAEMON_BUS_ADMISSION_H
#define PLENARY_DAEMON_BUS_ADMISSION_H

#include "proto/curve.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Admission Admission;

typedef enum AdmissionVerdict {
    ADMISSION_GRANTED,
    ADMISSION_UNKNOWN, /* the key is nobody's, or no longer anybody's */
    ADMISSION_LATER,   /* too many connections in too short a time */
    ADMISSION_MANY,    /* too many of the key are open; zap's to say, not admission_ask's */
} AdmissionVerdict;

/* A key that is let in. */
typedef struct AdmissionKey {
    uint8_t key[CURVE_KEY_BYTES];
    char fingerprint[CURVE_FINGERPRINT_SIZE];
} AdmissionKey;

/* Nobody is let in yet. NULL: no memory. */
Admission *admission_new(void);

/* Takes NULL and a pointer to NULL. */
void admission_destroy(Admission **self);

/* From now on these keys and no others; copied. How often a key came is kept. */
void admission_replace(Admission *self, const AdmissionKey *keys, size_t count);

/* May a connection be made from this address with this key? `now_ms` is of a clock that does not
 * jump. The fingerprint is given in any case. */
AdmissionVerdict admission_ask(Admission *self, const char *address,
                               const uint8_t key[static CURVE_KEY_BYTES], int64_t now_ms,
                               char fingerprint[static CURVE_FINGERPRINT_SIZE]);

size_t admission_keys(const Admission *self);

#endif
