#include "daemon/bus/say.h"

#include "daemon/bus/cursor.h"
#include "daemon/bus/limits.h"

#include <stdlib.h>

struct Say {
    Door *door;
};

StatusCode say_new(Say **self, Problem *problem)
{
    const EndpointLimits limits = {STREAMS_RECEIVE_QUEUE, STREAMS_SEND_QUEUE,
                                   STREAMS_MESSAGE_BYTES};
    Say *made = calloc(1, sizeof *made);
    if (!made) return problem_set(problem, STATUS_INTERNAL, "no memory for the streams");
    StatusCode code = door_new(&limits, &made->door, problem);
    if (code != STATUS_OK) {
        say_destroy(&made);
        return code;
    }
    *self = made;
    return STATUS_OK;
}

void say_destroy(Say **self)
{
    if (!self || !*self) return;
    door_destroy(&(*self)->door);
    free(*self);
    *self = NULL;
}

Door *say_door(Say *self)
{
    return self->door;
}

/* False: no memory. */
static bool pack(StreamMessage *message, uint32_t number, zmq_msg_t *frame)
{
    uint8_t *body;
    message->has_stream = 1;
    message->stream = number;
    size_t size = plenary__v1__stream_message__get_packed_size(message);
    if (!door_frame(frame, size, &body)) return false;
    plenary__v1__stream_message__pack(message, body);
    return true;
}

/* Without memory for the message the stream is behind, as with a full queue. */
static DoorOutput say(const SayTo *to, StreamMessage *message)
{
    zmq_msg_t frame;
    if (!pack(message, to->number, &frame)) return DOOR_FULL;
    DoorOutput output = door_send(to->say->door, to->peer, &frame);
    zmq_msg_close(&frame);
    return output;
}

void say_unpack(SayPacked *packed)
{
    if (packed->is_packed) zmq_msg_close(&packed->frame);
    packed->is_packed = false;
}

DoorOutput say_changes(const SayTo *to, const Plenary__V1__Changes *changes, SayPacked *packed)
{
    if (packed->is_packed && packed->number != to->number) say_unpack(packed);
    if (!packed->is_packed) {
        StreamMessage message = PLENARY__V1__STREAM_MESSAGE__INIT;
        message.body_case = PLENARY__V1__STREAM_MESSAGE__BODY_CHANGES;
        message.changes = (Plenary__V1__Changes *)(uintptr_t)changes;
        if (!pack(&message, to->number, &packed->frame)) return DOOR_FULL;
        packed->number = to->number;
        packed->is_packed = true;
    }
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    DoorOutput output = DOOR_FULL;
    if (zmq_msg_copy(&frame, &packed->frame) == 0)
        output = door_send(to->say->door, to->peer, &frame);
    zmq_msg_close(&frame);
    return output;
}

DoorOutput say_heartbeat(const SayTo *to, const View *view, uint64_t position)
{
    StreamMessage message = PLENARY__V1__STREAM_MESSAGE__INIT;
    Plenary__V1__Heartbeat heartbeat = PLENARY__V1__HEARTBEAT__INIT;
    CursorText cursor;
    char time[INSTANT_TEXT_SIZE];
    const World *world = &registry_state(to->registry)->world;
    instant_print(world->now_us(world->context), time);
    cursor_make(to->registry, view, position, &cursor);
    heartbeat.cursor = &cursor.message;
    heartbeat.time = time;
    message.body_case = PLENARY__V1__STREAM_MESSAGE__BODY_HEARTBEAT;
    message.heartbeat = &heartbeat;
    return say(to, &message);
}

DoorOutput say_caught_up(const SayTo *to, const View *view, uint64_t position)
{
    StreamMessage message = PLENARY__V1__STREAM_MESSAGE__INIT;
    Plenary__V1__CaughtUp caught_up = PLENARY__V1__CAUGHT_UP__INIT;
    CursorText cursor;
    cursor_make(to->registry, view, position, &cursor);
    caught_up.cursor = &cursor.message;
    message.body_case = PLENARY__V1__STREAM_MESSAGE__BODY_CAUGHT_UP;
    message.caught_up = &caught_up;
    return say(to, &message);
}

DoorOutput say_resync(const SayTo *to, const View *view, const char *reason)
{
    StreamMessage message = PLENARY__V1__STREAM_MESSAGE__INIT;
    Plenary__V1__Resync resync = PLENARY__V1__RESYNC__INIT;
    CursorText cursor;
    cursor_make(to->registry, view, registry_applied(to->registry), &cursor);
    resync.cursor = &cursor.message;
    resync.reason = (char *)(uintptr_t)reason;
    message.body_case = PLENARY__V1__STREAM_MESSAGE__BODY_RESYNC;
    message.resync = &resync;
    return say(to, &message);
}

DoorOutput say_refused(const SayTo *to, const Problem *problem)
{
    StreamMessage message = PLENARY__V1__STREAM_MESSAGE__INIT;
    StatusMessage told;
    problem_to_message(problem, &told);
    message.body_case = PLENARY__V1__STREAM_MESSAGE__BODY_REFUSED;
    message.refused = &told.status;
    return say(to, &message);
}

DoorOutput say_no_such_stream(const SayTo *to)
{
    StreamMessage message = PLENARY__V1__STREAM_MESSAGE__INIT;
    Plenary__V1__NoSuchStream nothing = PLENARY__V1__NO_SUCH_STREAM__INIT;
    message.body_case = PLENARY__V1__STREAM_MESSAGE__BODY_NO_SUCH_STREAM;
    message.no_such_stream = &nothing;
    return say(to, &message);
}
