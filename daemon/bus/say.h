/*
 * say - what the daemon says to a stream: one function for each kind of message.
 *
 * Packs and sends; keeps no state of any stream. Changes that several streams hear are packed once,
 * where their streams have the same number (most have 1), and shared. Loop's thread only, with a
 * snapshot.
 */
#ifndef PLENARY_DAEMON_BUS_SAY_H
#define PLENARY_DAEMON_BUS_SAY_H

#include "daemon/bus/door.h"
#include "daemon/bus/view.h"
#include "daemon/registry/registry.h"

typedef struct Say Say;

/* To whom. Lent. */
typedef struct SayTo {
    Say *say;
    Registry *registry;
    const Peer *peer; /* its key is not looked at */
    uint32_t number;  /* of the stream */
} SayTo;

/* Changes as they were packed last. All zero: not yet. Begins anew with say_unpack. */
typedef struct SayPacked {
    bool is_packed;
    uint32_t number; /* of the stream that it is for */
    zmq_msg_t frame;
} SayPacked;

StatusCode say_new(Say **self, Problem *problem);
void say_destroy(Say **self);
Door *say_door(Say *self);

/* `packed` is of these very changes. */
DoorOutput say_changes(const SayTo *to, const Plenary__V1__Changes *changes, SayPacked *packed);
void say_unpack(SayPacked *packed);
DoorOutput say_heartbeat(const SayTo *to, const View *view, uint64_t position);
DoorOutput say_caught_up(const SayTo *to, const View *view, uint64_t position);
DoorOutput say_resync(const SayTo *to, const View *view, const char *reason);
DoorOutput say_refused(const SayTo *to, const Problem *problem);
DoorOutput say_no_such_stream(const SayTo *to);

#endif
