#include "proto/peek.h"

enum {
    VARINT_BYTES_MAX = 10,
    WIRE_VARINT = 0,
    WIRE_FIXED64 = 1,
    WIRE_BYTES = 2,
    WIRE_FIXED32 = 5,
};

typedef struct Walk {
    const uint8_t *at;
    const uint8_t *end;
} Walk;

static bool take_varint(Walk *walk, uint64_t *value)
{
    uint64_t taken = 0;
    for (unsigned i = 0; i < VARINT_BYTES_MAX && walk->at < walk->end; i++) {
        uint8_t byte = *walk->at++;
        taken |= (uint64_t)(byte & 0x7FU) << (7 * i);
        if (byte < 0x80U) {
            *value = taken;
            return true;
        }
    }
    return false;
}

static bool skip_bytes(Walk *walk, uint64_t count)
{
    if (count > (uint64_t)(walk->end - walk->at)) return false;
    walk->at += count;
    return true;
}

static bool skip_value(Walk *walk, uint64_t wire_type)
{
    uint64_t value;
    switch (wire_type) {
    case WIRE_VARINT: return take_varint(walk, &value);
    case WIRE_FIXED64: return skip_bytes(walk, 8);
    case WIRE_BYTES: return take_varint(walk, &value) && skip_bytes(walk, value);
    case WIRE_FIXED32: return skip_bytes(walk, 4);
    default: return false;
    }
}

/* Stands before the value of the field when it gives true. */
static bool find_field(Walk *walk, uint32_t field, uint64_t *wire_type)
{
    uint64_t tag;
    while (take_varint(walk, &tag)) {
        *wire_type = tag & 7U;
        if (tag >> 3 == field) return true;
        if (!skip_value(walk, *wire_type)) return false;
    }
    return false;
}

bool peek_varint(const uint8_t *data, size_t size, uint32_t field, uint64_t *value)
{
    Walk walk = {data, data + size};
    uint64_t wire_type;
    return find_field(&walk, field, &wire_type) && wire_type == WIRE_VARINT &&
           take_varint(&walk, value);
}

bool peek_has(const uint8_t *data, size_t size, uint32_t field)
{
    Walk walk = {data, data + size};
    uint64_t wire_type;
    return find_field(&walk, field, &wire_type);
}

bool peek_message(const uint8_t *data, size_t size, uint32_t field, const uint8_t **message,
                  size_t *message_size)
{
    Walk walk = {data, data + size};
    uint64_t wire_type;
    if (!find_field(&walk, field, &wire_type) || wire_type != WIRE_BYTES) return false;
    const uint8_t *from = walk.at;
    if (!skip_value(&walk, wire_type)) return false;
    *message = from;
    *message_size = (size_t)(walk.at - from);
    return true;
}

bool peek_text(const uint8_t *data, size_t size, uint32_t field, const uint8_t **text,
               size_t *text_size)
{
    Walk walk = {data, data + size};
    uint64_t wire_type;
    uint64_t length;
    if (!find_field(&walk, field, &wire_type) || wire_type != WIRE_BYTES) return false;
    if (!take_varint(&walk, &length) || length > (uint64_t)(walk.end - walk.at)) return false;
    *text = walk.at;
    *text_size = (size_t)length;
    return true;
}
