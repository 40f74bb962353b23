#include "clients/lib/monitor.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define ENDPOINT "inproc://monitor"
#define EVENTS                                                                                     \
    (ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED | \
     ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |                      \
     ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_SUCCEEDED)

struct Monitor {
    void *watched;
    void *socket;
    int hung_up;   /* handshakes that the server broke off, one after the other */
    uint16_t last; /* event; 0: none was told */
    bool found[MONITOR_FINDINGS];
};

/* The end that we read has no bound: else a queue of events that nobody reads would stop the
 * thread that makes them. They come a few for each attempt to connect. */
static bool watch(Monitor *self, void *context)
{
    const int no_bound = 0;
    if (zmq_socket_monitor(self->watched, ENDPOINT, EVENTS) != 0) return false;
    self->socket = zmq_socket(context, ZMQ_PAIR);
    return self->socket &&
           zmq_setsockopt(self->socket, ZMQ_RCVHWM, &no_bound, sizeof no_bound) == 0 &&
           zmq_connect(self->socket, ENDPOINT) == 0;
}

Monitor *monitor_new(void *context, void *socket)
{
    Monitor *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->watched = socket;
    if (!watch(self, context)) monitor_destroy(&self);
    return self;
}

void monitor_destroy(Monitor **self)
{
    if (!self || !*self) return;
    (void)zmq_socket_monitor((*self)->watched, NULL, 0);
    if ((*self)->socket) zmq_close((*self)->socket);
    free(*self);
    *self = NULL;
}

/* --- events --- */

static void note_hung_up(Monitor *self)
{
    if (++self->hung_up < MONITOR_HUNG_UP_MAX) return;
    self->hung_up = 0;
    self->found[MONITOR_HUNG_UP] = true;
}

/* After a connection that ended, "retried" tells that the next attempt is awaited. Without
 * anything in between, that an attempt came to nothing before there was a socket to be closed. */
static void note_retried(Monitor *self)
{
    if (self->last == 0 || self->last == ZMQ_EVENT_CONNECT_RETRIED)
        self->found[MONITOR_NO_ADDRESS] = true;
}

static void note_connected(Monitor *self)
{
    self->found[MONITOR_NO_LISTENER] = false;
    self->found[MONITOR_NO_ADDRESS] = false;
}

static void note(Monitor *self, uint16_t event)
{
    switch (event) {
    case ZMQ_EVENT_CONNECTED: note_connected(self); break;
    case ZMQ_EVENT_CONNECT_RETRIED: note_retried(self); break;
    case ZMQ_EVENT_CLOSED: self->found[MONITOR_NO_LISTENER] = true; break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: self->hung_up = 0; break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: self->found[MONITOR_REFUSED] = true; break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: note_hung_up(self); break;
    default: break;
    }
    self->last = event;
}

/* An event is a number of 16 bits, a value of 32, and in a second frame where. */
static void take_event(Monitor *self, zmq_msg_t *frame)
{
    uint16_t event;
    if (zmq_msg_size(frame) < sizeof event) return;
    memcpy(&event, zmq_msg_data(frame), sizeof event);
    note(self, event);
}

static void take_events(Monitor *self)
{
    for (bool is_event = true;; is_event = !is_event) {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        bool got = zmq_msg_recv(&frame, self->socket, ZMQ_DONTWAIT) >= 0;
        if (got && is_event) take_event(self, &frame);
        zmq_msg_close(&frame);
        if (!got) return;
    }
}

bool monitor_take(Monitor *self, MonitorFinding finding)
{
    if (!self) return false;
    take_events(self);
    bool found = self->found[finding];
    self->found[finding] = false;
    return found;
}
