#include "daemon/bus/monitor.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <zmq.h>

enum {
    /* Not those of accepts that fail: where files have run out, they come without end. */
    EVENTS = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED,
    ENDPOINT_BYTES = 64,
};

static void print_endpoint(MonitorDoor door, char endpoint[static ENDPOINT_BYTES])
{
    (void)snprintf(endpoint, ENDPOINT_BYTES, "inproc://plenary-connections-%u", (unsigned)door);
}

bool monitor_begin(void *socket, MonitorDoor door)
{
    char endpoint[ENDPOINT_BYTES];
    print_endpoint(door, endpoint);
    return zmq_socket_monitor(socket, endpoint, EVENTS) == 0;
}

void monitor_stop(void *socket)
{
    (void)zmq_socket_monitor(socket, NULL, 0);
}

void *monitor_connect(void *context, MonitorDoor door)
{
    const int no_bound = 0;
    char endpoint[ENDPOINT_BYTES];
    print_endpoint(door, endpoint);
    void *reader = zmq_socket(context, ZMQ_PAIR);
    if (!reader) return NULL;
    if (zmq_setsockopt(reader, ZMQ_RCVHWM, &no_bound, sizeof no_bound) == 0 &&
        zmq_connect(reader, endpoint) == 0)
        return reader;
    (void)zmq_close(reader);
    return NULL;
}

/* False: it is none of the network, or is not there any more. */
static bool find_peer(int fd, uint8_t address[static CONNECTIONS_ADDRESS_BYTES], uint16_t *port)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } peer;
    socklen_t size = sizeof peer;
    if (getpeername(fd, &peer.any, &size) != 0) return false;
    memset(address, 0, CONNECTIONS_ADDRESS_BYTES);
    if (peer.any.sa_family == AF_INET6) {
        memcpy(address, &peer.six.sin6_addr, CONNECTIONS_ADDRESS_BYTES);
        *port = ntohs(peer.six.sin6_port);
    } else if (peer.any.sa_family == AF_INET) {
        address[10] = address[11] = 0xFF;
        memcpy(address + 12, &peer.four.sin_addr, 4);
        *port = ntohs(peer.four.sin_port);
    }
    return peer.any.sa_family == AF_INET6 || peer.any.sa_family == AF_INET;
}

/* The first frame is the event and its value, in this machine's order (zmq_socket_monitor(3)). */
static bool take_first(void *reader, uint16_t *event, uint32_t *value)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    bool taken = zmq_msg_recv(&frame, reader, ZMQ_DONTWAIT) >= 0;
    *event = 0;
    if (taken && zmq_msg_size(&frame) == sizeof *event + sizeof *value) {
        memcpy(event, zmq_msg_data(&frame), sizeof *event);
        memcpy(value, (const char *)zmq_msg_data(&frame) + sizeof *event, sizeof *value);
    }
    bool more = taken && zmq_msg_more(&frame);
    zmq_msg_close(&frame);
    while (more) { /* the endpoint, which is always the same */
        zmq_msg_init(&frame);
        more = zmq_msg_recv(&frame, reader, ZMQ_DONTWAIT) >= 0 && zmq_msg_more(&frame);
        zmq_msg_close(&frame);
    }
    return taken;
}

bool monitor_take(void *reader, MonitorDoor door, MonitorEvent *event)
{
    uint16_t kind;
    uint32_t fd = 0;
    while (take_first(reader, &kind, &fd)) {
        if (kind != ZMQ_EVENT_ACCEPTED && kind != ZMQ_EVENT_DISCONNECTED) continue;
        *event = (MonitorEvent){.begins = kind == ZMQ_EVENT_ACCEPTED,
                                .connection = {.door = door, .fd = (int)fd}};
        Connection *one = &event->connection;
        if (event->begins) (void)find_peer(one->fd, one->address, &one->port);
        return true;
    }
    return false;
}

void monitor_end(const Connection *connection)
{
    uint8_t address[CONNECTIONS_ADDRESS_BYTES];
    uint16_t port = 0;
    if (!find_peer(connection->fd, address, &port) || port != connection->port ||
        memcmp(address, connection->address, sizeof address) != 0)
        return;
    (void)shutdown(connection->fd, SHUT_RDWR);
}
