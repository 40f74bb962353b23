/*
 * hash - a quick hash of short keys, for tables in memory.
 *
 * Neither kept on disk nor sent: it may be another one tomorrow, and on another machine. It does
 * not stand against somebody who looks for collisions: tables that use it stay bounded without it.
 */
#ifndef PLENARY_PROTO_HASH_H
#define PLENARY_PROTO_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Eight bytes at a time. */
static inline uint32_t hash_bytes(const void *bytes, size_t size)
{
    static const uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
    static const uint64_t prime = UINT64_C(0xff51afd7ed558ccd);
    const uint8_t *from = bytes;
    uint64_t hash = seed ^ size;
    while (size > 0) {
        uint64_t chunk = 0;
        size_t taken = size < sizeof chunk ? size : sizeof chunk;
        memcpy(&chunk, from, taken);
        hash = (hash ^ chunk) * prime;
        hash ^= hash >> 32;
        from += taken;
        size -= taken;
    }
    return (uint32_t)hash;
}

#endif
