#include "daemon/bus/admission.h"

#include "daemon/bus/limits.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum {
    TOKEN = 1000, /* one connection: what one a second gives in so many milliseconds */
};

/* A token bucket: full at first. */
typedef struct Bucket {
    int64_t level;
    int64_t at_ms;
} Bucket;

typedef struct BucketSize {
    int64_t burst;
    int64_t per_s;
} BucketSize;

static const BucketSize of_key = {ZAP_KEY_BURST, ZAP_KEY_PER_S};
static const BucketSize of_address = {ZAP_ADDRESS_BURST, ZAP_ADDRESS_PER_S};

typedef struct Known {
    AdmissionKey key; /* begins with what the table is keyed by */
    Bucket bucket;
} Known;

struct Admission {
    GHashTable *keys;      /* Known, by its 32 bytes */
    GHashTable *addresses; /* Bucket, by its text */
};

static guint hash_key(gconstpointer key)
{
    guint hash;
    memcpy(&hash, key, sizeof hash); /* public keys are evenly spread, and chosen by admins */
    return hash;
}

static gboolean equal_keys(gconstpointer one, gconstpointer other)
{
    return memcmp(one, other, CURVE_KEY_BYTES) == 0;
}

static GHashTable *make_keys(void)
{
    return g_hash_table_new_full(hash_key, equal_keys, NULL, g_free);
}

Admission *admission_new(void)
{
    Admission *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->keys = make_keys();
    self->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return self;
}

void admission_destroy(Admission **self)
{
    if (!self || !*self) return;
    g_hash_table_destroy((*self)->keys);
    g_hash_table_destroy((*self)->addresses);
    free(*self);
    *self = NULL;
}

size_t admission_keys(const Admission *self)
{
    return g_hash_table_size(self->keys);
}

/* --- buckets --- */

static Bucket fill(const BucketSize *size, int64_t now_ms)
{
    return (Bucket){size->burst * TOKEN, now_ms};
}

/* False: it is empty. */
static bool take(Bucket *bucket, const BucketSize *size, int64_t now_ms)
{
    int64_t full = size->burst * TOKEN;
    int64_t passed_ms = now_ms - bucket->at_ms;
    bucket->at_ms = now_ms;
    bucket->level = passed_ms > full ? full : bucket->level + passed_ms * size->per_s;
    if (bucket->level > full) bucket->level = full;
    if (bucket->level < TOKEN) return false;
    bucket->level -= TOKEN;
    return true;
}

static bool take_of_address(Admission *self, const char *address, int64_t now_ms)
{
    Bucket *bucket = g_hash_table_lookup(self->addresses, address);
    if (!bucket) {
        if (g_hash_table_size(self->addresses) >= ZAP_ADDRESSES_MAX)
            g_hash_table_remove_all(self->addresses);
        bucket = g_new(Bucket, 1);
        *bucket = fill(&of_address, now_ms);
        g_hash_table_insert(self->addresses, g_strdup(address), bucket);
    }
    return take(bucket, &of_address, now_ms);
}

/* --- keys --- */

void admission_replace(Admission *self, const AdmissionKey *keys, size_t count)
{
    GHashTable *made = make_keys();
    for (size_t i = 0; i < count; i++) {
        const Known *old = g_hash_table_lookup(self->keys, keys[i].key);
        Known *known = g_malloc(sizeof *known); /* ends the program where there is no memory */
        *known = (Known){keys[i], old ? old->bucket : fill(&of_key, 0)};
        g_hash_table_replace(made, known->key.key, known);
    }
    g_hash_table_destroy(self->keys);
    self->keys = made;
}

AdmissionVerdict admission_ask(Admission *self, const char *address,
                               const uint8_t key[static CURVE_KEY_BYTES], int64_t now_ms,
                               char fingerprint[static CURVE_FINGERPRINT_SIZE])
{
    Known *known = g_hash_table_lookup(self->keys, key);
    if (known)
        memcpy(fingerprint, known->key.fingerprint, CURVE_FINGERPRINT_SIZE);
    else
        curve_fingerprint(key, fingerprint);
    if (!take_of_address(self, address, now_ms)) return ADMISSION_LATER;
    if (!known) return ADMISSION_UNKNOWN;
    return take(&known->bucket, &of_key, now_ms) ? ADMISSION_GRANTED : ADMISSION_LATER;
}
