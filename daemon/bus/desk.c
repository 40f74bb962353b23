#include "daemon/bus/desk.h"

#include "daemon/bus/router.h"
#include "daemon/bus/tickets.h"
#include "daemon/limits.h"
#include "proto/frame.h"
#include "proto/validate.h"

#include <assert.h>
#include <stdlib.h>

struct Desk {
    Router *router;
    Registry *registry;
    Tickets *tickets;
    Arena *arena; /* of one request */
};

Desk *desk_new(void)
{
    Desk *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->tickets = tickets_new(LIMIT_REQUESTS, LIMIT_REQUESTS_PER_CONNECTION);
    self->arena = arena_new(LIMIT_REQUEST_ARENA_BYTES);
    if (!self->tickets || !self->arena) desk_destroy(&self);
    return self;
}

void desk_destroy(Desk **self)
{
    if (!self || !*self) return;
    router_destroy(&(*self)->router);
    tickets_destroy(&(*self)->tickets);
    arena_destroy(&(*self)->arena);
    free(*self);
    *self = NULL;
}

StatusCode desk_open(Desk *self, const char *endpoint, Registry *registry, Problem *problem)
{
    self->registry = registry;
    self->router = router_new(endpoint, problem);
    return self->router ? STATUS_OK : problem->code;
}

void *desk_socket(Desk *self)
{
    return router_socket(self->router);
}

size_t desk_waiting(const Desk *self)
{
    return tickets_count(self->tickets);
}

/* --- replies --- */

/* A reply over the bound of a frame is told instead of sent. What cannot be delivered is lost:
 * the client repeats its request, and nothing is done twice. */
static void send_reply(Desk *self, const Peer *peer, const Reply *reply)
{
    if (protobuf_c_message_get_packed_size(&reply->base) <= FRAME_BODY_BYTES_MAX) {
        (void)router_send(self->router, peer, &reply->base);
        return;
    }
    Problem problem;
    StatusMessage message;
    Reply told = PLENARY__V1__REPLY__INIT;
    problem_clear(&problem);
    problem_set(&problem, STATUS_RESOURCE_EXHAUSTED, "the reply is too large for one message");
    problem_to_message(&problem, &message);
    told.has_correlation = reply->has_correlation;
    told.correlation = reply->correlation;
    told.status = &message.status;
    (void)router_send(self->router, peer, &told.base);
}

void desk_reply(void *desk, uint64_t ticket, const Reply *reply)
{
    Desk *self = desk;
    Peer peer;
    bool known = tickets_take(self->tickets, ticket, &peer);
    assert(known);
    if (self->router) send_reply(self, &peer, reply);
}

/* Refuses what never became a request of the registry's. */
static void refuse(Desk *self, const Peer *peer, const Request *request, const Problem *problem)
{
    StatusMessage message;
    Reply reply = PLENARY__V1__REPLY__INIT;
    problem_to_message(problem, &message);
    reply.has_correlation = request && request->has_correlation;
    reply.correlation = reply.has_correlation ? request->correlation : 0;
    reply.status = &message.status;
    send_reply(self, peer, &reply);
}

/* --- requests --- */

/* Over ipc the folder's mode is the gate: whoever can open the socket is the local admin. */
static Caller caller_of(const Peer *peer)
{
    (void)peer;
    return access_local();
}

static void handle(Desk *self, const RouterMessage *message)
{
    Problem problem;
    uint64_t ticket;
    problem_clear(&problem);
    arena_reset(self->arena);
    const Request *request = (const Request *)frame_unpack(
        message->body, message->size, &plenary__v1__request__descriptor, self->arena, &problem);
    State *state = registry_state(self->registry);
    if (request && validate_request(request, state->zones, &problem) == STATUS_OK) {
        if (tickets_give(self->tickets, &message->peer, &ticket)) {
            Caller caller = caller_of(&message->peer);
            registry_handle(self->registry, &caller, request, ticket);
            return;
        }
        problem_set(&problem, STATUS_RESOURCE_EXHAUSTED, "too many requests are on the way");
        problem.retry_after_ms = LIMIT_RETRY_AFTER_MS;
    }
    refuse(self, &message->peer, request, &problem);
}

static void refuse_envelope(Desk *self, const RouterMessage *message)
{
    Problem problem;
    if (!message->answerable) return;
    problem_clear(&problem);
    problem_set(&problem, STATUS_INVALID_ARGUMENT, "a message is two frames: %s and a request",
                FRAME_VERSION);
    refuse(self, &message->peer, NULL, &problem);
}

bool desk_drain(Desk *self)
{
    RouterMessage message;
    for (int i = 0; i < LIMIT_REQUESTS_PER_TURN; i++) {
        if (!router_receive(self->router, &message)) return false;
        if (message.valid)
            handle(self, &message);
        else
            refuse_envelope(self, &message);
    }
    return true;
}
