/*
 * frame - the envelope on the wire: a message is one ZeroMQ frame, "PLN1" and a packed body.
 *
 * One frame, as libzmq 4.3.4 aborts where a connection ends amid a message of several
 * (docs/decisions/one-frame.md). Unpacking is bounded, for requests, replies and streams.
 */
#ifndef PLENARY_PROTO_FRAME_H
#define PLENARY_PROTO_FRAME_H

#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_VERSION "PLN1"

enum {
    FRAME_VERSION_BYTES = 4,
    FRAME_BODY_BYTES_MAX = 4 * 1024 * 1024,
    FRAME_BYTES_MAX = FRAME_VERSION_BYTES + FRAME_BODY_BYTES_MAX, /* MAXMSGSIZE of the sockets */
    FRAME_FIELDS_MAX =
        32768, /* of a message and those within it: they take more than their bytes */
};

/* What follows FRAME_VERSION; lent by the frame. False: it does not begin with that. */
bool frame_body(const void *frame, size_t length, const uint8_t **body, size_t *body_length);

/* Writes FRAME_VERSION; gives where the body goes. */
uint8_t *frame_begin(void *frame);

/* Unpacks a body into the arena. NULL: too large, too many fields, not such a message, or the arena
 * is full;
 * `problem` says which. */
ProtobufCMessage *frame_unpack(const void *data, size_t length,
                               const ProtobufCMessageDescriptor *descriptor, Arena *arena,
                               Problem *problem);

#endif
