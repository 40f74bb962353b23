/*
 * principals - who may ask, in memory, by name and by the fingerprint of each key.
 *
 * A view of the journal like the directory: filled from the `principals` table at the start, kept
 * by apply, and owner of copies of the records. Those that were revoked stay in it, so that their
 * names and keys are never given again. Loop's thread only; other threads (ZAP) get copies, made
 * by principals_each_key whenever principals_generation is another one.
 */
#ifndef PLENARY_REGISTRY_PRINCIPALS_H
#define PLENARY_REGISTRY_PRINCIPALS_H

#include "daemon/registry/access.h"
#include "proto/curve.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Principals Principals;

typedef struct PrincipalEntry {
    const Principal *principal;
    uint64_t sequence; /* of the change that made this image */
} PrincipalEntry;

/* NULL: no memory. */
Principals *principals_new(void);
void principals_destroy(Principals **self);

/* Puts a copy in the place of what has this name. False: no memory. */
bool principals_put(Principals *self, const Principal *principal, uint64_t sequence);

static inline bool principal_is_revoked(const Principal *principal)
{
    return principal->revoked != NULL;
}

/* Absent means TLP:GREEN. */
Plenary__V1__Handling__Tlp principal_clearance(const Principal *principal);

/* Those that are not revoked. */
size_t principals_count(const Principals *self);

/* Another number after each put: what was looked up before may be out of date. */
uint64_t principals_generation(const Principals *self);

/* By name, or by a key; revoked ones are found. NULL: there is none. Lent until the next put. */
const PrincipalEntry *principals_find(const Principals *self, const char *name);
const PrincipalEntry *principals_find_key(const Principals *self, const char *fingerprint);

/* In the order of names: the first that is above `after` (NULL: the very first); NULL at the
 * end. */
const PrincipalEntry *principals_next(const Principals *self, const char *after);

/* Who asks with the key of this fingerprint. UNAUTHENTICATED: nobody's key, or that of one that
 * was revoked; *caller is then untouched. The caller's strings are lent until the next put;
 * `problem` may be NULL. */
StatusCode principals_caller(const Principals *self, const char *fingerprint, Caller *caller,
                             Problem *problem);

/* The caller as it is by now: who asks without a key stays as they are; any other gets the rights
 * that their principal has now, or UNAUTHENTICATED. */
StatusCode principals_renew(const Principals *self, Caller *caller, Problem *problem);

/* Every key that is let in, in no order. */
typedef void principals_key_fn(void *context, const uint8_t key[static CURVE_KEY_BYTES],
                               const char *fingerprint, const Principal *principal);
void principals_each_key(const Principals *self, principals_key_fn *each, void *context);

#endif
