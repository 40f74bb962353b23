#include "daemon/bus/desk.h"

#include "daemon/bus/limits.h"
#include "daemon/bus/lines.h"
#include "daemon/bus/tickets.h"
#include "daemon/bus/ticks.h"
#include "proto/fields.h"
#include "proto/frame.h"
#include "proto/peek.h"
#include "proto/validate.h"

#include <stdlib.h>

struct Desk {
    Door *door;
    Tickets *tickets;
    Lines *lines; /* of what was received and not begun */
    Arena *arena; /* of one request; NULL when the registry has kept it */
    Registry *registry;
    bool is_open;
    uint64_t lost;
};

StatusCode desk_new(const DeskConfig *config, Desk **self, Problem *problem)
{
    const EndpointLimits door = {DESK_RECEIVE_QUEUE, DESK_SEND_QUEUE, FRAME_BYTES_MAX};
    const TicketLimits limits = {
        .count = config->requests,
        .count_per_peer = config->requests_per_connection,
        .bytes = DESK_TICKET_BYTES,
        .bytes_per_peer = DESK_TICKET_BYTES_PER_PEER,
        .count_per_owner = DESK_TICKETS_PER_KEY,
        .bytes_per_owner = DESK_TICKET_BYTES_PER_KEY,
    };
    Desk *made = calloc(1, sizeof *made);
    if (!made) return problem_set(problem, STATUS_INTERNAL, "no memory for the desk");
    StatusCode code = door_new(&door, &made->door, problem);
    made->arena = arena_new(DESK_ARENA_BYTES);
    made->tickets = tickets_new(&limits);
    made->lines = lines_new();
    if (code == STATUS_OK && (!made->arena || !made->tickets || !made->lines))
        code = problem_set(problem, STATUS_INTERNAL, "no memory for the desk");
    if (code != STATUS_OK) {
        desk_destroy(&made);
        return code;
    }
    *self = made;
    return STATUS_OK;
}

void desk_destroy(Desk **self)
{
    if (!self || !*self) return;
    lines_destroy(&(*self)->lines);
    tickets_destroy(&(*self)->tickets);
    door_destroy(&(*self)->door);
    arena_destroy(&(*self)->arena);
    free(*self);
    *self = NULL;
}

StatusCode desk_open(Desk *self, Registry *registry, const char *path, Problem *problem)
{
    self->registry = registry;
    StatusCode code = door_open(self->door, path, problem);
    self->is_open = code == STATUS_OK;
    return code;
}

StatusCode desk_open_network(Desk *self, const DoorNetwork *network, Problem *problem)
{
    return door_open_network(self->door, network, problem);
}

static bool may_always(void *desk, PeerOwner owner)
{
    (void)desk;
    (void)owner;
    return true;
}

/* What was not begun gets no reply: its client asks again. */
void desk_close(Desk *self)
{
    LinesMessage waiting;
    door_close(self->door);
    self->is_open = false;
    while (lines_take(self->lines, may_always, self, &waiting)) {
        tickets_close(self->tickets, waiting.ticket);
        zmq_msg_close(&waiting.frame);
    }
}

/* --- replies --- */

/* False: no memory. */
static bool pack_reply(const Reply *reply, size_t size, zmq_msg_t *frame)
{
    uint8_t *body;
    if (!door_frame(frame, size, &body)) return false;
    plenary__v1__reply__pack(reply, body);
    return true;
}

/* The same reply, or, where it is too large for a message, one that says so. */
static bool pack_bounded(const Reply *reply, zmq_msg_t *frame)
{
    size_t size = plenary__v1__reply__get_packed_size(reply);
    if (size <= FRAME_BODY_BYTES_MAX) return pack_reply(reply, size, frame);
    Problem problem;
    StatusMessage told;
    Reply refusal = PLENARY__V1__REPLY__INIT;
    problem_clear(&problem);
    problem_set(&problem, STATUS_RESOURCE_EXHAUSTED,
                "the answer has %zu bytes, over the limit of %d: ask for a smaller page", size,
                FRAME_BODY_BYTES_MAX);
    problem_to_message(&problem, &told);
    refusal.status = &told.status;
    refusal.has_correlation = reply->has_correlation;
    refusal.correlation = reply->correlation;
    return pack_reply(&refusal, plenary__v1__reply__get_packed_size(&refusal), frame);
}

static void forget_ticket(void *desk, uint64_t ticket)
{
    registry_forget(((Desk *)desk)->registry, ticket);
}

static void lose_reply(Desk *self, uint64_t ticket)
{
    self->lost++;
    tickets_close(self->tickets, ticket);
}

void desk_reply(void *desk, uint64_t ticket, const Reply *reply)
{
    Desk *self = desk;
    Peer peer;
    zmq_msg_t frame;
    if (!tickets_peer(self->tickets, ticket, &peer)) return; /* its peer is gone */
    if (!pack_bounded(reply, &frame)) {
        lose_reply(self, ticket);
        return;
    }
    switch (door_send(self->door, &peer, &frame)) {
    case DOOR_SENT: tickets_close(self->tickets, ticket); break;
    case DOOR_GONE: tickets_drop_peer(self->tickets, peer.id, forget_ticket, self); break;
    case DOOR_FULL:
        if (!tickets_hold(self->tickets, ticket, &frame, ticks_ms() + DESK_HELD_MS))
            lose_reply(self, ticket);
        break;
    }
    zmq_msg_close(&frame);
}

/* Tries held replies again, each once at most. */
static void send_held(Desk *self)
{
    size_t count = tickets_held(self->tickets);
    if (count > DESK_HELD_PER_TURN) count = DESK_HELD_PER_TURN;
    int64_t now_ms = count ? ticks_ms() : 0;
    while (count-- > 0 && tickets_held(self->tickets) > 0) {
        HeldReply held = tickets_next_held(self->tickets);
        switch (door_send(self->door, &held.peer, held.frame)) {
        case DOOR_SENT: tickets_close(self->tickets, held.ticket); break;
        case DOOR_GONE: tickets_drop_peer(self->tickets, held.peer.id, forget_ticket, self); break;
        case DOOR_FULL:
            if (now_ms >= held.until_ms) lose_reply(self, held.ticket);
            break;
        }
    }
}

/* --- requests --- */

/* For a request that gets no ticket, or has none any more. A peer that does not read is not told.
 */
static void refuse(Desk *self, const Peer *peer, uint64_t correlation, const Problem *problem)
{
    StatusMessage told;
    Reply reply = PLENARY__V1__REPLY__INIT;
    zmq_msg_t frame;
    problem_to_message(problem, &told);
    reply.status = &told.status;
    reply.has_correlation = 1;
    reply.correlation = correlation;
    if (!pack_bounded(&reply, &frame)) return;
    if (door_send(self->door, peer, &frame) == DOOR_FULL) self->lost++;
    zmq_msg_close(&frame);
}

/* The registry has it afterwards, with its ticket; or it is refused. */
static void handle(Desk *self, const LinesMessage *message, Request *request)
{
    Problem problem;
    Caller caller;
    const State *state = registry_state(self->registry);
    problem_clear(&problem);
    if (validate_request(request, state->zones, &problem) == STATUS_OK &&
        peer_caller(&message->peer, state->principals, &caller, &problem) == STATUS_OK) {
        registry_handle(self->registry, &caller, request, &self->arena, message->ticket);
        return;
    }
    tickets_close(self->tickets, message->ticket);
    refuse(self, &message->peer, request->correlation, &problem);
}

/* An empty arena. False: no memory. */
static bool make_room(Desk *self)
{
    if (self->arena)
        arena_reset(self->arena);
    else
        self->arena = arena_new(DESK_ARENA_BYTES);
    return self->arena != NULL;
}

/* False: it shows none. */
static bool peek_correlation(Bytes body, uint64_t *correlation)
{
    return peek_varint(body.data, body.size, FIELD_REQUEST_CORRELATION, correlation);
}

static void serve_message(Desk *self, LinesMessage *message)
{
    Problem problem;
    uint64_t correlation;
    problem_clear(&problem);
    if (!tickets_begin(self->tickets, message->ticket)) return; /* its peer is gone */
    Request *request = NULL;
    Bytes body = door_body(&message->frame);
    bool has_room = make_room(self);
    if (has_room)
        request = (Request *)frame_unpack(body.data, body.size, &plenary__v1__request__descriptor,
                                          self->arena, &problem);
    if (request) {
        handle(self, message, request);
        return;
    }
    tickets_close(self->tickets, message->ticket);
    if (has_room && peek_correlation(body, &correlation)) /* else it comes again */
        refuse(self, &message->peer, correlation, &problem);
}

static bool may_begin(void *desk, PeerOwner owner)
{
    const Desk *self = desk;
    if (owner == PEER_OF_MACHINE) return true;
    return tickets_at_work(self->tickets, owner) < DESK_AT_WORK_PER_KEY &&
           tickets_held_of(self->tickets, owner) < DESK_HELD_PER_KEY;
}

/* Those that wait, each in their turn. True: there may be more. */
static bool serve(Desk *self, int64_t until_us)
{
    LinesMessage message;
    while (lines_take(self->lines, may_begin, self, &message)) {
        serve_message(self, &message);
        zmq_msg_close(&message.frame);
        if (ticks_us() >= until_us) return lines_count(self->lines) > 0;
    }
    return false;
}

/* Into its line, or refused where that is too long. False: nothing waits. */
static bool receive(Desk *self)
{
    Peer peer;
    Problem problem;
    uint64_t correlation;
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    DoorInput input = door_receive(self->door, &peer, &frame);
    if (input == DOOR_MESSAGE) {
        uint64_t ticket = tickets_open(self->tickets, &peer, zmq_msg_size(&frame));
        if (ticket) {
            lines_add(self->lines, &peer, ticket, &frame);
        } else if (peek_correlation(door_body(&frame), &correlation)) {
            problem_clear(&problem);
            problem_set(&problem, STATUS_RESOURCE_EXHAUSTED,
                        "too many requests are on the way; try again shortly");
            problem.retry_after_ms = DESK_RETRY_AFTER_MS;
            refuse(self, &peer, correlation, &problem);
        }
    }
    zmq_msg_close(&frame);
    return input != DOOR_NOTHING;
}

bool desk_turn(Desk *self)
{
    send_held(self);
    if (!self->is_open) return false;
    int64_t now_us = ticks_us();
    bool more = true;
    /* What is left with libzmq holds back who sends it. */
    int most = lines_count(self->lines) > 0 ? DESK_MESSAGES_IN_LINE : DESK_MESSAGES_PER_TURN;
    for (int i = 0; more && i < most; i++) {
        more = receive(self);
        if (ticks_us() >= now_us + DESK_RECEIVE_US) break;
    }
    return serve(self, now_us + DESK_TURN_US) || more;
}

int desk_wait_ms(const Desk *self)
{
    return tickets_held(self->tickets) ? DESK_HELD_RETRY_MS : -1;
}

DeskState desk_state(const Desk *self)
{
    return (DeskState){
        .refused = door_refused(self->door),
        .lost = self->lost,
        .tickets = tickets_count(self->tickets),
    };
}

void *desk_socket(Desk *self)
{
    return door_socket(self->door);
}

void *desk_network_socket(Desk *self)
{
    return door_network_socket(self->door);
}
