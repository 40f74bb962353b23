#include "daemon/bus/endpoint.h"

#include "daemon/bus/limits.h"
#include "proto/paths.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#define SCHEME "ipc://"

static bool set_option(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

/* No ZMTP heartbeats: in libzmq 4.3.4 the timer of a connection that was closed while its receive
 * queue was full ends the process (assertion !_io_error, zeromq/libzmq issue 4364). Streams have
 * leases instead, and the end of a local connection is always told. */
bool endpoint_limit(void *socket, const EndpointLimits *limits)
{
    const int64_t message_bytes = limits->message_bytes;
    return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &message_bytes, sizeof message_bytes) == 0 &&
           set_option(socket, ZMQ_RCVHWM, limits->receive_queue) &&
           set_option(socket, ZMQ_SNDHWM, limits->send_queue) &&
           set_option(socket, ZMQ_HANDSHAKE_IVL, DOOR_HANDSHAKE_MS) &&
           set_option(socket, ZMQ_BACKLOG, DOOR_BACKLOG) &&
           set_option(socket, ZMQ_LINGER, DOOR_LINGER_MS);
}

StatusCode endpoint_open(Endpoint *self, void *socket, const char *path, Problem *problem)
{
    Endpoint made;
    int length = snprintf(made.text, sizeof made.text, SCHEME "%s", path);
    if (strlen(path) > PATHS_SOCKET_BYTES_MAX || length >= (int)sizeof made.text)
        return problem_set(problem, STATUS_INVALID_ARGUMENT,
                           "%s has more than the %d bytes that a socket's path may have: choose a "
                           "shorter folder",
                           path, PATHS_SOCKET_BYTES_MAX);
    /* libzmq removes what is at the path before it binds. */
    if (zmq_bind(socket, made.text) != 0)
        return problem_set(problem, STATUS_UNAVAILABLE, "cannot listen at %s: %s", path,
                           zmq_strerror(errno));
    *self = made;
    return STATUS_OK;
}

/* The endpoint is not unbound: libzmq would end the connections that came in by it, with the
 * replies that are on their way. */
void endpoint_close(Endpoint *self)
{
    if (strncmp(self->text, SCHEME, strlen(SCHEME)) == 0) (void)unlink(self->text + strlen(SCHEME));
    self->text[0] = '\0';
}

/* --- the network --- */

static bool set_text(void *socket, int option, const char *text)
{
    return zmq_setsockopt(socket, option, text, strlen(text)) == 0;
}

/* The domain is set always. That it is enforced cannot be said in this libzmq (a draft): where
 * nobody answers its question, it lets everybody in, but without a User-Id, and the door drops
 * what they send. A host that vanished is found by TCP itself, as there are no heartbeats. */
static bool secure(void *socket, const CurvePair *server)
{
    return set_option(socket, ZMQ_CURVE_SERVER, 1) &&
           set_text(socket, ZMQ_CURVE_SECRETKEY, server->secret_key) &&
           set_text(socket, ZMQ_ZAP_DOMAIN, ENDPOINT_ZAP_DOMAIN) &&
           set_option(socket, ZMQ_IPV6, 1) && set_option(socket, ZMQ_TCP_KEEPALIVE, 1) &&
           set_option(socket, ZMQ_TCP_KEEPALIVE_IDLE, DOOR_KEEPALIVE_IDLE_S) &&
           set_option(socket, ZMQ_TCP_KEEPALIVE_INTVL, DOOR_KEEPALIVE_EVERY_S) &&
           set_option(socket, ZMQ_TCP_KEEPALIVE_CNT, DOOR_KEEPALIVE_COUNT) &&
           set_option(socket, ZMQ_TCP_MAXRT, DOOR_UNANSWERED_MS);
}

StatusCode endpoint_open_network(Endpoint *self, void *socket, const char *address,
                                 const CurvePair *server, Problem *problem)
{
    Endpoint made;
    int length = snprintf(made.text, sizeof made.text, "%s", address);
    if (length >= (int)sizeof made.text)
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "the address %.60s... is too long",
                           address);
    if (!secure(socket, server))
        return problem_set(problem, STATUS_INTERNAL, "libzmq does not take CURVE: %s",
                           zmq_strerror(errno));
    if (zmq_bind(socket, made.text) != 0)
        return problem_set(problem, STATUS_UNAVAILABLE, "cannot listen at %s: %s", address,
                           zmq_strerror(errno));
    *self = made;
    return STATUS_OK;
}
