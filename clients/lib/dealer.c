#include "clients/lib/dealer.h"

#include "clients/lib/lib_error.h"
#include "proto/frame.h"
#include "proto/paths.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

enum {
    DROPPED_AT_ONCE_MAX = 1000, /* bad messages passed over in one call */
    RECONNECT_FIRST_MS = 50,
    RECONNECT_LONGEST_MS = 500,
};

struct Dealer {
    void *context;
    void *socket;
    zmq_msg_t body; /* the message that is lent */
    char endpoint[PATHS_ENDPOINT_SIZE];
};

typedef struct SocketOption {
    int name;
    int value;
} SocketOption;

/* No ZMQ_HEARTBEAT_IVL: libzmq 4.3.4 can abort over it (docs/decisions/no-zmtp-heartbeats.md). */
static const SocketOption socket_options[] = {
    {ZMQ_LINGER, 0},
    {ZMQ_IMMEDIATE, 1},
    {ZMQ_SNDHWM, DEALER_QUEUE_MAX},
    {ZMQ_RCVHWM, DEALER_QUEUE_MAX},
    {ZMQ_RECONNECT_IVL, RECONNECT_FIRST_MS},
    {ZMQ_RECONNECT_IVL_MAX, RECONNECT_LONGEST_MS},
};

static bool configure(void *socket)
{
    int64_t message_bytes_max = FRAME_BODY_BYTES_MAX;
    if (zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &message_bytes_max, sizeof message_bytes_max) != 0)
        return false;
    for (size_t i = 0; i < sizeof socket_options / sizeof *socket_options; i++) {
        const SocketOption *option = &socket_options[i];
        if (zmq_setsockopt(socket, option->name, &option->value, sizeof option->value) != 0)
            return false;
    }
    return true;
}

Dealer *dealer_new(const char *endpoint, PlenaryError *error)
{
    size_t length = strlen(endpoint);
    if (length >= PATHS_ENDPOINT_SIZE) {
        lib_error_set(error, PLENARY__V1__STATUS_CODE__INVALID_ARGUMENT,
                      "the endpoint %.100s... is too long", endpoint);
        return NULL;
    }
    Dealer *self = calloc(1, sizeof *self);
    if (!self) goto exhausted;
    zmq_msg_init(&self->body);
    memcpy(self->endpoint, endpoint, length + 1);
    self->context = zmq_ctx_new();
    if (!self->context) goto exhausted;
    self->socket = zmq_socket(self->context, ZMQ_DEALER);
    if (!self->socket || !configure(self->socket)) goto exhausted;
    if (zmq_connect(self->socket, endpoint) != 0) {
        lib_error_set(error, PLENARY__V1__STATUS_CODE__INVALID_ARGUMENT, "%s: %s", endpoint,
                      zmq_strerror(errno));
        goto failed;
    }
    return self;

exhausted:
    lib_error_set(error, PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED,
                  "no connection could be made: %s", zmq_strerror(errno));
failed:
    dealer_destroy(&self);
    return NULL;
}

void dealer_destroy(Dealer **self)
{
    if (!self || !*self) return;
    Dealer *dealer = *self;
    zmq_msg_close(&dealer->body);
    if (dealer->socket) zmq_close(dealer->socket);
    if (dealer->context) {
        while (zmq_ctx_term(dealer->context) != 0 && errno == EINTR)
            ;
    }
    free(dealer);
    *self = NULL;
}

bool dealer_send(Dealer *self, const void *body, size_t size)
{
    assert(size <= FRAME_BODY_BYTES_MAX);
    if (zmq_send(self->socket, FRAME_VERSION, FRAME_VERSION_BYTES, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0)
        return false;
    /* Once the first frame was taken, the second one is too: the queue's bound counts messages by
     * their last frame, and what is sent into a dying connection is dropped, not refused. */
    return zmq_send(self->socket, body, size, ZMQ_DONTWAIT) >= 0;
}

/* Receives one whole message. False: none is there. *good says whether it has our form. */
static bool receive_message(Dealer *self, bool *good)
{
    *good = false;
    int frames = 0;
    bool is_ours = false;
    do {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, self->socket, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&frame);
            return false;
        }
        if (frames == 0) is_ours = frame_is_version(zmq_msg_data(&frame), zmq_msg_size(&frame));
        if (frames == 1) zmq_msg_move(&self->body, &frame);
        zmq_msg_close(&frame);
        frames++;
        int more = 0;
        size_t more_size = sizeof more;
        zmq_getsockopt(self->socket, ZMQ_RCVMORE, &more, &more_size);
        if (!more) break;
    } while (true);
    *good = is_ours && frames == 2;
    return true;
}

bool dealer_receive(Dealer *self, const uint8_t **body, size_t *size)
{
    for (int dropped = 0; dropped < DROPPED_AT_ONCE_MAX; dropped++) {
        bool good = false;
        if (!receive_message(self, &good)) return false;
        if (!good) continue;
        *body = zmq_msg_data(&self->body);
        *size = zmq_msg_size(&self->body);
        return true;
    }
    return false;
}

bool dealer_is_connected(Dealer *self)
{
    int events = 0;
    size_t size = sizeof events;
    return zmq_getsockopt(self->socket, ZMQ_EVENTS, &events, &size) == 0 && events & ZMQ_POLLOUT;
}

bool dealer_wait(Dealer *self, bool for_room, int timeout_ms)
{
    zmq_pollitem_t item = {.socket = self->socket, .events = ZMQ_POLLIN};
    if (for_room) item.events = ZMQ_POLLIN | ZMQ_POLLOUT;
    return zmq_poll(&item, 1, timeout_ms) >= 0 || errno != EINTR;
}

/* A connect(2) by which nothing is sent. The listener sees a connection that closes at once. */
static bool refuses_connections(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) return false;
    memcpy(address.sun_path, path, length + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return false;
    bool refused = connect(fd, (const struct sockaddr *)&address, sizeof address) != 0 &&
                   (errno == ECONNREFUSED || errno == ENOENT);
    close(fd);
    return refused;
}

bool dealer_nobody_there(const Dealer *self, bool by_connecting, PlenaryError *error)
{
    static const char scheme[] = "ipc://";
    if (strncmp(self->endpoint, scheme, sizeof scheme - 1) != 0) return false;
    const char *path = self->endpoint + sizeof scheme - 1;
    if (access(path, F_OK) != 0 && errno == EACCES) {
        lib_error_set(error, PLENARY__V1__STATUS_CODE__UNAVAILABLE,
                      "%s may not be opened by this user: only who runs plenaryd may", path);
        return true;
    }
    bool nobody = access(path, F_OK) != 0 || (by_connecting && refuses_connections(path));
    if (nobody)
        lib_error_set(error, PLENARY__V1__STATUS_CODE__UNAVAILABLE,
                      "no plenaryd answers at %s; start it with: plenaryd", path);
    return nobody;
}

const char *dealer_endpoint(const Dealer *self)
{
    return self->endpoint;
}

int dealer_fd(Dealer *self)
{
    int fd = -1;
    size_t size = sizeof fd;
    if (zmq_getsockopt(self->socket, ZMQ_FD, &fd, &size) != 0) return -1;
    return fd;
}

Dealer *dealer_connect(const char *endpoint, const char *home, const char *name,
                       PlenaryError *error)
{
    if (endpoint) return dealer_new(endpoint, error);
    char found[PATHS_ENDPOINT_SIZE];
    Paths paths;
    Problem problem;
    problem_clear(&problem);
    if (paths_find(home, &paths, &problem) && paths_endpoint(&paths, name, found, &problem))
        return dealer_new(found, error);
    lib_error_set(error, (Plenary__V1__StatusCode)problem.code, "%s", problem.message);
    return NULL;
}
