#include "proto/reflect.h"

#include <stdint.h>
#include <string.h>

size_t reflect_size(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32: return sizeof(uint32_t);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64: return sizeof(uint64_t);
    case PROTOBUF_C_TYPE_FLOAT: return sizeof(float);
    case PROTOBUF_C_TYPE_DOUBLE: return sizeof(double);
    case PROTOBUF_C_TYPE_BOOL: return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_ENUM: return sizeof(int);
    case PROTOBUF_C_TYPE_STRING: return sizeof(char *);
    case PROTOBUF_C_TYPE_BYTES: return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_MESSAGE: return sizeof(ProtobufCMessage *);
    }
    return 0;
}

static const void *within(const ProtobufCMessage *message, size_t offset)
{
    return (const char *)message + offset;
}

static bool is_pointer(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE;
}

size_t reflect_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const void *quantifier = within(message, field->quantifier_offset);
    if (reflect_is_repeated(field)) return *(const size_t *)quantifier;
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        if (*(const uint32_t *)quantifier != field->id) return 0;
        if (!is_pointer(field)) return 1;
    }
    if (is_pointer(field)) {
        const void *pointer = *(void *const *)within(message, field->offset);
        return pointer && pointer != field->default_value;
    }
    return field->label != PROTOBUF_C_LABEL_OPTIONAL || *(const protobuf_c_boolean *)quantifier;
}

const void *reflect_at(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                       size_t index)
{
    const void *place = within(message, field->offset);
    if (!reflect_is_repeated(field)) return place;
    return *(char *const *)place + index * reflect_size(field->type);
}

void *reflect_set(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, void *values,
                  size_t count)
{
    char *place = (char *)message + field->offset;
    char *quantifier = (char *)message + field->quantifier_offset;
    if (reflect_is_repeated(field)) {
        memcpy(place, &values, sizeof values);
        memcpy(quantifier, &count, sizeof count);
        return values;
    }
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        memcpy(quantifier, &field->id, sizeof field->id);
    } else if (!is_pointer(field) && field->label == PROTOBUF_C_LABEL_OPTIONAL) {
        const protobuf_c_boolean present = 1;
        memcpy(quantifier, &present, sizeof present);
    }
    return place;
}
