#include "daemon/registry/layout.h"

#include <assert.h>
#include <string.h>

enum {
    HEAD_FIXED_BYTES = ID_BYTES + 8 + 4 + 1 + 1 + 1 + 4 * 8,
};

/* Of a head; the bits of one byte. */
enum {
    FLAG_WITHDRAWN = 1,
    FLAG_RECURS = 2,
    FLAG_OVERRIDES = 4,
};

/* The first byte of a key in `names` says what kind of name follows. */
enum {
    NAME_ID = 'i',
    NAME_UID = 'u',
};

static void put_big(uint8_t *out, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
}

static uint64_t get_big(const uint8_t *in, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | in[i];
    return value;
}

static uint8_t *put_little(uint8_t *out, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)(value >> (8 * i));
    return out + size;
}

static uint64_t get_little(const uint8_t **in, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value |= (uint64_t)(*in)[i] << (8 * i);
    *in += size;
    return value;
}

Bytes key_bytes(const Key *key)
{
    return (Bytes){key->bytes, key->size};
}

static void key_append(Key *key, const void *data, size_t size)
{
    assert(key->size + size <= sizeof key->bytes);
    memcpy(key->bytes + key->size, data, size);
    key->size += size;
}

Key key_number(uint32_t number)
{
    Key key = {.size = 4};
    put_big(key.bytes, number, 4);
    return key;
}

Key key_version(uint32_t number, uint32_t revision)
{
    Key key = {.size = 8};
    put_big(key.bytes, number, 4);
    put_big(key.bytes + 4, revision, 4);
    return key;
}

Key key_sequence(uint64_t sequence)
{
    Key key = {.size = 8};
    put_big(key.bytes, sequence, 8);
    return key;
}

Key key_id(const char *id)
{
    Key key = {.bytes = {NAME_ID}, .size = 1};
    key_append(&key, id, strlen(id));
    return key;
}

Key key_uid(const char *uid, const char *recurrence_id)
{
    Key key = {.bytes = {NAME_UID}, .size = 1};
    key_append(&key, uid, strlen(uid) + 1);
    if (recurrence_id) key_append(&key, recurrence_id, strlen(recurrence_id));
    return key;
}

Key key_text(const char *text)
{
    Key key = {.size = 0};
    key_append(&key, text, strlen(text));
    return key;
}

Key key_request(const char *request_id, const char *principal)
{
    Key key = {.size = ID_BYTES};
    bool parsed = id_parse(request_id, key.bytes);
    assert(parsed);
    key_append(&key, principal, strlen(principal));
    return key;
}

uint32_t key_to_number(Bytes key)
{
    assert(key.size >= 4);
    return (uint32_t)get_big(key.data, 4);
}

uint64_t key_to_sequence(Bytes key)
{
    assert(key.size >= 8);
    return get_big(key.data, 8);
}

Number number_encode(uint64_t value)
{
    Number number;
    put_little(number.bytes, value, sizeof number.bytes);
    return number;
}

Bytes number_bytes(const Number *number)
{
    return (Bytes){number->bytes, sizeof number->bytes};
}

uint64_t number_decode(Bytes value)
{
    const uint8_t *in = value.data;
    return value.size == 8 ? get_little(&in, 8) : 0;
}

static size_t audience_size(const Head *head)
{
    size_t size = 0;
    for (size_t i = 0; i < head->audience_count; i++)
        size += strlen(head->audience[i]) + 1;
    return size;
}

static uint64_t flags_of(const Head *head)
{
    return (head->withdrawn ? FLAG_WITHDRAWN : 0U) | (head->recurs ? FLAG_RECURS : 0U) |
           (head->overrides ? FLAG_OVERRIDES : 0U);
}

Bytes head_encode(const Head *head, Arena *arena)
{
    size_t size = HEAD_FIXED_BYTES + audience_size(head);
    uint8_t *value = arena_alloc(arena, size);
    if (!value) return (Bytes){0};
    bool parsed = id_parse(head->id, value);
    assert(parsed);
    uint8_t *out = value + ID_BYTES;
    out = put_little(out, head->sequence, 8);
    out = put_little(out, head->revision, 4);
    out = put_little(out, flags_of(head), 1);
    out = put_little(out, head->span.whole_days, 1);
    out = put_little(out, (uint64_t)head->tlp, 1);
    out = put_little(out, (uint64_t)head->span.local_start_s, 8);
    out = put_little(out, (uint64_t)head->span.local_end_s, 8);
    out = put_little(out, (uint64_t)head->span.utc_start_s, 8);
    out = put_little(out, (uint64_t)head->span.utc_end_s, 8);
    for (size_t i = 0; i < head->audience_count; i++) {
        size_t length = strlen(head->audience[i]) + 1;
        memcpy(out, head->audience[i], length);
        out += length;
    }
    return (Bytes){value, size};
}

/* The rest of a head's value: texts, each with its NUL. */
static bool audience_decode(const uint8_t *in, const uint8_t *end, Head *head, Arena *arena)
{
    if (in == end || !arena) return true;
    if (end[-1] != '\0') return false;
    size_t count = 0;
    for (const uint8_t *at = in; at < end; at++)
        count += *at == '\0';
    head->audience = arena_array(arena, count, sizeof *head->audience);
    char *texts = arena_strndup(arena, (const char *)in, (size_t)(end - in));
    if (!head->audience || !texts) return false;
    for (size_t i = 0; i < count; i++, texts += strlen(texts) + 1)
        head->audience[i] = texts;
    head->audience_count = count;
    return true;
}

bool head_decode(Bytes value, Head *head, Arena *arena)
{
    if (value.size < HEAD_FIXED_BYTES) return false;
    *head = (Head){0};
    const uint8_t *in = value.data;
    id_print(in, head->id);
    in += ID_BYTES;
    head->sequence = get_little(&in, 8);
    head->revision = (uint32_t)get_little(&in, 4);
    uint64_t flags = get_little(&in, 1);
    head->withdrawn = (flags & FLAG_WITHDRAWN) != 0;
    head->recurs = (flags & FLAG_RECURS) != 0;
    head->overrides = (flags & FLAG_OVERRIDES) != 0;
    head->span.whole_days = get_little(&in, 1) != 0;
    head->tlp = (Plenary__V1__Handling__Tlp)get_little(&in, 1);
    head->span.local_start_s = (int64_t)get_little(&in, 8);
    head->span.local_end_s = (int64_t)get_little(&in, 8);
    head->span.utc_start_s = (int64_t)get_little(&in, 8);
    head->span.utc_end_s = (int64_t)get_little(&in, 8);
    return audience_decode(in, value.data + value.size, head, arena);
}

void request_value_encode(const uint8_t hash[static REQUEST_HASH_BYTES], uint64_t sequence,
                          uint8_t value[static REQUEST_VALUE_BYTES])
{
    memcpy(value, hash, REQUEST_HASH_BYTES);
    put_little(value + REQUEST_HASH_BYTES, sequence, 8);
}

bool request_value_decode(Bytes value, uint8_t hash[static REQUEST_HASH_BYTES], uint64_t *sequence)
{
    if (value.size != REQUEST_VALUE_BYTES) return false;
    memcpy(hash, value.data, REQUEST_HASH_BYTES);
    const uint8_t *in = value.data + REQUEST_HASH_BYTES;
    *sequence = get_little(&in, 8);
    return true;
}
