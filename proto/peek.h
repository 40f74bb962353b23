/*
 * peek - looks into a packed message without unpacking it.
 *
 * For what must be quick (a change, or a record in it, that is passed on as it is) or cannot be
 * unpacked (the correlation of a request that is broken further on). Pure; takes any bytes.
 */
#ifndef PLENARY_PROTO_PEEK_H
#define PLENARY_PROTO_PEEK_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first varint with this field number at the top level. False: there is none before the end or
 * before what is no protobuf. */
bool peek_varint(const uint8_t *data, size_t size, uint32_t field, uint64_t *value);

/* Is there such a field, of any type? */
bool peek_has(const uint8_t *data, size_t size, uint32_t field);

/* The first message with this field number, its length before it, within `data`: what can be sent
 * on under another field number as it is. False: there is none. */
bool peek_message(const uint8_t *data, size_t size, uint32_t field, const uint8_t **message,
                  size_t *message_size);

/* The first text, bytes or message with this field number, without its length. False: there is
 * none. */
bool peek_text(const uint8_t *data, size_t size, uint32_t field, const uint8_t **text,
               size_t *text_size);

/* How many fields there are, in messages within it too; beyond `most` it stops. Those of messages
 * deeper than PEEK_DEPTH_MAX, and what comes after what is no protobuf, are not counted. */
enum { PEEK_DEPTH_MAX = 24 };
size_t peek_fields(const ProtobufCMessageDescriptor *descriptor, const uint8_t *data, size_t size,
                   size_t most);

#endif
