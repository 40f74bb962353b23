#include "proto/frame.h"

#include "proto/peek.h"

#include <string.h>

bool frame_body(const void *frame, size_t length, const uint8_t **body, size_t *body_length)
{
    if (length < FRAME_VERSION_BYTES || memcmp(frame, FRAME_VERSION, FRAME_VERSION_BYTES) != 0)
        return false;
    *body = (const uint8_t *)frame + FRAME_VERSION_BYTES;
    *body_length = length - FRAME_VERSION_BYTES;
    return true;
}

uint8_t *frame_begin(void *frame)
{
    memcpy(frame, FRAME_VERSION, FRAME_VERSION_BYTES);
    return (uint8_t *)frame + FRAME_VERSION_BYTES;
}

ProtobufCMessage *frame_unpack(const void *data, size_t length,
                               const ProtobufCMessageDescriptor *descriptor, Arena *arena,
                               Problem *problem)
{
    if (length > FRAME_BODY_BYTES_MAX) {
        problem_set(problem, STATUS_INVALID_ARGUMENT,
                    "a message of %zu bytes is over the limit of %d", length, FRAME_BODY_BYTES_MAX);
        return NULL;
    }
    if (peek_fields(descriptor, data, length, FRAME_FIELDS_MAX) > FRAME_FIELDS_MAX) {
        problem_set(problem, STATUS_INVALID_ARGUMENT, "a message has at most %d fields",
                    FRAME_FIELDS_MAX);
        return NULL;
    }
    ProtobufCMessage *message =
        protobuf_c_message_unpack(descriptor, arena_allocator(arena), length, data);
    if (message) return message;
    if (arena_has_refused(arena))
        problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the message needs too much memory");
    else
        problem_set(problem, STATUS_INVALID_ARGUMENT, "the message is not a valid %s",
                    descriptor->name);
    return NULL;
}
