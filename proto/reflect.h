/*
 * reflect - the values of a message's fields, found by protobuf-c's descriptors.
 *
 * What works for every message (json, diff, validate) stands on these. Nothing is owned, nothing
 * can fail; pure, any thread.
 */
#ifndef PLENARY_PROTO_REFLECT_H
#define PLENARY_PROTO_REFLECT_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

/* Bytes that one value of the type takes in the generated struct. */
size_t reflect_size(ProtobufCType type);

/* How many values the field has: any number of a repeated one, else 0 (absent) or 1. */
size_t reflect_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);

/* The value at `index`, below reflect_count; it is of the type that the struct has there. Lent. */
const void *reflect_at(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                       size_t index);

/* Makes room for values to be written: the single value's place, marked present (its oneof now
 * names it), or `values`, an array of `count`, as the repeated field's. Gives where to write. */
void *reflect_set(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, void *values,
                  size_t count);

static inline bool reflect_is_repeated(const ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED;
}

/* What a value of type STRING, MESSAGE or ENUM holds. */
static inline const char *reflect_text(const void *value)
{
    return *(char *const *)value;
}

static inline const ProtobufCMessage *reflect_message(const void *value)
{
    return *(ProtobufCMessage *const *)value;
}

static inline int reflect_enum(const void *value)
{
    return *(const int *)value;
}

#endif
