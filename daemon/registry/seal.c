#include "daemon/registry/seal.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* Fields 14 and 15 of plenary.v1.Change as they lie on the wire: tag, length, 32 bytes. */
enum {
    TAG_CONTENT_DIGEST = 14 << 3 | 2,
    TAG_DIGEST = 15 << 3 | 2,
    FIELD_BYTES = 2 + JOURNAL_DIGEST_BYTES,
    TAIL_BYTES = 2 * FIELD_BYTES,
};

void seal_hash(Bytes bytes, uint8_t hash[static JOURNAL_DIGEST_BYTES])
{
    crypto_generichash(hash, JOURNAL_DIGEST_BYTES, bytes.data, bytes.size, NULL, 0);
}

static void chain(const uint8_t *previous, const uint8_t *content, uint8_t *digest)
{
    uint8_t both[2 * JOURNAL_DIGEST_BYTES];
    memcpy(both, previous, JOURNAL_DIGEST_BYTES);
    memcpy(both + JOURNAL_DIGEST_BYTES, content, JOURNAL_DIGEST_BYTES);
    seal_hash((Bytes){both, sizeof both}, digest);
}

static uint8_t *put_field(uint8_t *out, int tag, const uint8_t *digest)
{
    *out++ = (uint8_t)tag;
    *out++ = JOURNAL_DIGEST_BYTES;
    memcpy(out, digest, JOURNAL_DIGEST_BYTES);
    return out + JOURNAL_DIGEST_BYTES;
}

/* The two digests within packed bytes; false: the tail is not theirs. */
static bool tail_of(Bytes packed, const uint8_t **content, const uint8_t **digest)
{
    if (packed.size < TAIL_BYTES) return false;
    const uint8_t *tail = packed.data + packed.size - TAIL_BYTES;
    if (tail[0] != TAG_CONTENT_DIGEST || tail[1] != JOURNAL_DIGEST_BYTES) return false;
    if (tail[FIELD_BYTES] != TAG_DIGEST || tail[FIELD_BYTES + 1] != JOURNAL_DIGEST_BYTES)
        return false;
    *content = tail + 2;
    *digest = tail + FIELD_BYTES + 2;
    return true;
}

/* Packs all but the digests, with room for them behind. NULL: the arena is full. */
static uint8_t *pack_content(const Change *change, size_t *size, Arena *arena)
{
    assert(!change->has_content_digest && !change->has_digest);
    *size = protobuf_c_message_get_packed_size(&change->base);
    uint8_t *packed = arena_alloc(arena, *size + TAIL_BYTES);
    if (packed) protobuf_c_message_pack(&change->base, packed);
    return packed;
}

Bytes seal_change(Change *change, const uint8_t previous[static JOURNAL_DIGEST_BYTES], Arena *arena)
{
    size_t content_size;
    uint8_t *packed = pack_content(change, &content_size, arena);
    if (!packed) return (Bytes){0};

    uint8_t content[JOURNAL_DIGEST_BYTES];
    uint8_t digest[JOURNAL_DIGEST_BYTES];
    seal_hash((Bytes){packed, content_size}, content);
    chain(previous, content, digest);
    uint8_t *tail = packed + content_size;
    put_field(put_field(tail, TAG_CONTENT_DIGEST, content), TAG_DIGEST, digest);

    change->has_content_digest = change->has_digest = 1;
    change->content_digest = (ProtobufCBinaryData){JOURNAL_DIGEST_BYTES, tail + 2};
    change->digest = (ProtobufCBinaryData){JOURNAL_DIGEST_BYTES, tail + FIELD_BYTES + 2};
    return (Bytes){packed, content_size + TAIL_BYTES};
}

bool seal_digest(Bytes packed, uint8_t digest[static JOURNAL_DIGEST_BYTES])
{
    const uint8_t *content;
    const uint8_t *found;
    if (!tail_of(packed, &content, &found)) return false;
    memcpy(digest, found, JOURNAL_DIGEST_BYTES);
    return true;
}

bool seal_chains(Bytes packed, const uint8_t previous[static JOURNAL_DIGEST_BYTES])
{
    const uint8_t *content;
    const uint8_t *digest;
    if (!tail_of(packed, &content, &digest)) return false;
    uint8_t wanted[JOURNAL_DIGEST_BYTES];
    chain(previous, content, wanted);
    return memcmp(wanted, digest, sizeof wanted) == 0;
}

bool seal_covers(Bytes packed, uint8_t content[static JOURNAL_DIGEST_BYTES])
{
    const uint8_t *sealed;
    const uint8_t *digest;
    memset(content, 0, JOURNAL_DIGEST_BYTES);
    if (!tail_of(packed, &sealed, &digest)) return false;
    seal_hash((Bytes){packed.data, packed.size - TAIL_BYTES}, content);
    return memcmp(content, sealed, JOURNAL_DIGEST_BYTES) == 0;
}

Bytes seal_again(Change *change, uint8_t content[static JOURNAL_DIGEST_BYTES], Arena *arena)
{
    assert(change->has_content_digest && change->content_digest.len == JOURNAL_DIGEST_BYTES);
    assert(change->has_digest && change->digest.len == JOURNAL_DIGEST_BYTES);
    size_t size;
    change->has_content_digest = change->has_digest = 0;
    uint8_t *packed = pack_content(change, &size, arena);
    change->has_content_digest = change->has_digest = 1;
    if (!packed) return (Bytes){0};
    seal_hash((Bytes){packed, size}, content);
    uint8_t *tail = put_field(packed + size, TAG_CONTENT_DIGEST, change->content_digest.data);
    put_field(tail, TAG_DIGEST, change->digest.data);
    return (Bytes){packed, size + TAIL_BYTES};
}
