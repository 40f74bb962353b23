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

/* --- counting --- */

/* A message whose fields are being counted. */
typedef struct Counted {
    const ProtobufCMessageDescriptor *descriptor;
    Walk walk;
} Counted;

/* The message within that the value is, which is entered; NULL: it is none. The walk stands before
 * the value, which is skipped. False: it is no protobuf. */
static bool enter(Counted *self, uint64_t tag, Counted *within)
{
    const uint64_t wire_type = tag & 7U;
    within->descriptor = NULL;
    if (wire_type != WIRE_BYTES) return skip_value(&self->walk, wire_type);
    uint64_t length;
    if (!take_varint(&self->walk, &length)) return false;
    const uint8_t *begin = self->walk.at;
    if (!skip_bytes(&self->walk, length)) return false;
    const ProtobufCFieldDescriptor *field =
        tag >> 3 <= UINT32_MAX
            ? protobuf_c_message_descriptor_get_field(self->descriptor, (unsigned)(tag >> 3))
            : NULL;
    if (field && field->type == PROTOBUF_C_TYPE_MESSAGE) {
        within->descriptor = field->descriptor;
        within->walk = (Walk){begin, self->walk.at};
    }
    return true;
}

size_t peek_fields(const ProtobufCMessageDescriptor *descriptor, const uint8_t *data, size_t size,
                   size_t most)
{
    if (size == 0) return 0; /* there may be no data either */
    Counted messages[PEEK_DEPTH_MAX] = {{descriptor, {data, data + size}}};
    size_t depth = 1;
    size_t count = 0;
    while (depth > 0 && count <= most) {
        Counted within;
        Counted *last = &messages[depth - 1];
        uint64_t tag;
        if (!take_varint(&last->walk, &tag) || !enter(last, tag, &within)) {
            depth--;
            continue;
        }
        count++;
        if (within.descriptor && depth < PEEK_DEPTH_MAX) messages[depth++] = within;
    }
    return count;
}
