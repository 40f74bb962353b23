/* What is read from disk, or looked into without being unpacked, may be any bytes. */
#include "daemon/registry/layout.h"
#include "daemon/registry/seal.h"
#include "proto/frame.h"
#include "proto/peek.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum {
    ARENA_BYTES = 8 * 1024 * 1024,
    FIELDS = 48,
};

static void *open_setup(void)
{
    Arena *arena = arena_new(ARENA_BYTES);
    FUZZ_DEMAND(arena != NULL);
    return arena;
}

static void close_setup(void *context)
{
    Arena *arena = context;
    arena_destroy(&arena);
}

static void check_head(Bytes value, Arena *arena)
{
    Head head;
    Head again;
    Head bare;
    bool decoded = head_decode(value, &head, arena);
    FUZZ_DEMAND(!decoded || head_decode(value, &bare, NULL));
    if (!decoded) return;
    Bytes encoded = head_encode(&head, arena);
    FUZZ_DEMAND(encoded.size == value.size);
    FUZZ_DEMAND(head_decode(encoded, &again, arena));
    FUZZ_DEMAND(strcmp(head.id, again.id) == 0 && head.sequence == again.sequence);
    FUZZ_DEMAND(head.revision == again.revision && head.withdrawn == again.withdrawn);
    FUZZ_DEMAND(head.tlp == again.tlp && head.audience_count == again.audience_count);
    for (size_t i = 0; i < head.audience_count; i++)
        FUZZ_DEMAND(strcmp(head.audience[i], again.audience[i]) == 0);
}

static void check_request_value(Bytes value)
{
    uint8_t hash[REQUEST_HASH_BYTES];
    uint8_t encoded[REQUEST_VALUE_BYTES];
    uint64_t sequence;
    if (!request_value_decode(value, hash, &sequence)) return;
    request_value_encode(hash, sequence, encoded);
    FUZZ_DEMAND(memcmp(encoded, value.data, sizeof encoded) == 0);
}

static void check_seal(Bytes packed)
{
    uint8_t digest[JOURNAL_DIGEST_BYTES] = {0};
    uint8_t content[JOURNAL_DIGEST_BYTES];
    (void)seal_digest(packed, digest);
    FUZZ_DEMAND(!seal_covers(packed, content) || !seal_chains(packed, digest));
}

/* What peek finds lies within the bytes; what unpacks has what peek says. */
static void check_peek(Bytes packed, Arena *arena)
{
    Problem problem;
    problem_clear(&problem);
    const Change *change = (const Change *)frame_unpack(
        packed.data, packed.size, &plenary__v1__change__descriptor, arena, &problem);
    for (uint32_t field = 0; field < FIELDS; field++) {
        const uint8_t *message;
        size_t size;
        uint64_t number;
        bool has = peek_has(packed.data, packed.size, field);
        FUZZ_DEMAND(!peek_varint(packed.data, packed.size, field, &number) || has);
        if (!peek_message(packed.data, packed.size, field, &message, &size)) continue;
        FUZZ_DEMAND(has && message >= packed.data && size <= packed.size);
        FUZZ_DEMAND((size_t)(message - packed.data) <= packed.size - size);
    }
    if (change && change->has_sequence)
        FUZZ_DEMAND(
            peek_has(packed.data, packed.size, plenary__v1__change__descriptor.fields[0].id));
}

static void run(void *context, const uint8_t *data, size_t size)
{
    const Bytes bytes = {data, size};
    arena_reset(context);
    check_head(bytes, context);
    check_request_value(bytes);
    check_seal(bytes);
    check_peek(bytes, context);
    (void)number_decode(bytes);
}

const FuzzTarget fuzz_target = {.open = open_setup, .run = run, .close = close_setup};
