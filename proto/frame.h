/*
 * frame - the envelope on the wire: "PLN1", then one packed message.
 *
 * Packing and unpacking of one message body with bounds, for requests, replies and streams.
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
    FRAME_BODY_BYTES_MAX = 4 * 1024 * 1024, /* MAXMSGSIZE of the sockets */
    FRAME_FIELDS_MAX =
        32768, /* of a message and those within it: they take more than their bytes */
};

/* True where the frame is FRAME_VERSION. */
bool frame_is_version(const void *data, size_t length);

/* Unpacks a body into the arena. NULL: too large, too many fields, not such a message, or the arena
 * is full;
 * `problem` says which. */
ProtobufCMessage *frame_unpack(const void *data, size_t length,
                               const ProtobufCMessageDescriptor *descriptor, Arena *arena,
                               Problem *problem);

#endif
