#include "clients/lib/dealer.h"

#include "clients/lib/lib_error.h"
#include "clients/lib/monitor.h"
#include "proto/frame.h"
#include "proto/key_file.h"

#include <arpa/inet.h>
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
    DROPPED_AT_ONCE_MAX = 1000, /* frames passed over in one call */
    RECONNECT_FIRST_MS = 50,
    RECONNECT_LONGEST_MS = 500,
    KEEPALIVE_IDLE_S = 60,
    UNANSWERED_MS = 60000, /* what was sent and not confirmed: the connection is given up */
    WHERE_SIZE = PATHS_ENDPOINT_SIZE + CONTEXT_NAME_SIZE + 16,
};

struct Dealer {
    void *context;
    void *socket;
    Monitor *monitor; /* NULL: without CURVE */
    zmq_msg_t frame;  /* the message that is lent */
    char endpoint[PATHS_ENDPOINT_SIZE];
    char where[WHERE_SIZE]; /* for a person */
    bool is_name;           /* the host is named, not numbered */
    bool is_ipv4;           /* addresses of IPv4 alone are asked for */
    bool is_second;         /* family of addresses that is tried, after the first one failed */
    bool is_known;          /* one of them has an address of that name */
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
    int64_t message_bytes_max = FRAME_BYTES_MAX;
    if (zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &message_bytes_max, sizeof message_bytes_max) != 0)
        return false;
    for (size_t i = 0; i < sizeof socket_options / sizeof *socket_options; i++) {
        const SocketOption *option = &socket_options[i];
        if (zmq_setsockopt(socket, option->name, &option->value, sizeof option->value) != 0)
            return false;
    }
    return true;
}

static bool set_text(void *socket, int option, const char *text)
{
    return zmq_setsockopt(socket, option, text, strlen(text)) == 0;
}

static const SocketOption network_options[] = {
    {ZMQ_IPV6, 1},
    {ZMQ_TCP_KEEPALIVE, 1},
    {ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S},
    {ZMQ_TCP_MAXRT, UNANSWERED_MS},
};

static bool secure(Dealer *self, const DealerTarget *target)
{
    if (!target->server_key[0]) return true;
    for (size_t i = 0; i < sizeof network_options / sizeof *network_options; i++) {
        const SocketOption *option = &network_options[i];
        if (zmq_setsockopt(self->socket, option->name, &option->value, sizeof option->value) != 0)
            return false;
    }
    if (!set_text(self->socket, ZMQ_CURVE_SERVERKEY, target->server_key) ||
        !set_text(self->socket, ZMQ_CURVE_PUBLICKEY, target->own.public_key) ||
        !set_text(self->socket, ZMQ_CURVE_SECRETKEY, target->own.secret_key))
        return false;
    self->monitor = monitor_new(self->context, self->socket);
    return self->monitor != NULL;
}

static bool is_name(const char *endpoint)
{
    char host[PATHS_ENDPOINT_SIZE];
    struct in_addr address;
    const char *begin = strstr(endpoint, "://");
    const char *colon = strrchr(endpoint, ':');
    if (!begin || colon <= begin) return false;
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - begin - 3), begin + 3);
    return !strchr(host, ':') && inet_pton(AF_INET, host, &address) != 1;
}

Dealer *dealer_new(const DealerTarget *target, PlenaryError *error)
{
    Dealer *self = calloc(1, sizeof *self);
    if (!self) goto exhausted;
    zmq_msg_init(&self->frame);
    memcpy(self->endpoint, target->endpoint, sizeof self->endpoint);
    (void)snprintf(self->where, sizeof self->where, "%s%s%s%s", target->endpoint,
                   target->name[0] ? " (context " : "", target->name, target->name[0] ? ")" : "");
    self->is_name = is_name(self->endpoint);
    self->context = zmq_ctx_new();
    if (!self->context) goto exhausted;
    self->socket = zmq_socket(self->context, ZMQ_DEALER);
    if (!self->socket || !configure(self->socket) || !secure(self, target)) goto exhausted;
    if (zmq_connect(self->socket, self->endpoint) != 0) {
        lib_error_set(error, PLENARY__V1__STATUS_CODE__INVALID_ARGUMENT, "%s: %s", self->endpoint,
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
    zmq_msg_close(&dealer->frame);
    monitor_destroy(&dealer->monitor);
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
    zmq_msg_t frame;
    assert(size <= FRAME_BODY_BYTES_MAX);
    if (zmq_msg_init_size(&frame, FRAME_VERSION_BYTES + size) != 0) return false;
    memcpy(frame_begin(zmq_msg_data(&frame)), body, size);
    bool sent = zmq_msg_send(&frame, self->socket, ZMQ_DONTWAIT) >= 0;
    if (!sent) zmq_msg_close(&frame);
    return sent;
}

bool dealer_receive(Dealer *self, const uint8_t **body, size_t *size)
{
    bool is_first = true; /* of its message: where there are several frames, none is ours */
    for (int dropped = 0; dropped < DROPPED_AT_ONCE_MAX; dropped++) {
        if (zmq_msg_recv(&self->frame, self->socket, ZMQ_DONTWAIT) < 0) return false;
        bool is_last = !zmq_msg_more(&self->frame);
        if (is_first && is_last &&
            frame_body(zmq_msg_data(&self->frame), zmq_msg_size(&self->frame), body, size))
            return true;
        is_first = is_last;
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

/* --- who is there --- */

static void connect_again(Dealer *self)
{
    (void)zmq_disconnect(self->socket, self->endpoint);
    (void)zmq_connect(self->socket, self->endpoint);
}

/* libzmq does not try again by itself after a refusal. */
bool dealer_refused(Dealer *self, PlenaryError *error)
{
    if (!monitor_take(self->monitor, MONITOR_REFUSED)) return false;
    connect_again(self);
    lib_error_set(error, PLENARY__V1__STATUS_CODE__UNAUTHENTICATED,
                  "%s does not let this key in: it is nobody's there, or was revoked; an admin "
                  "registers it with \"plenary principal\"",
                  self->where);
    return true;
}

/* A host's name may have addresses of both families, of which libzmq takes the first one, of IPv6
 * where there is one: a server that listens at its address of IPv4 would not be found. What came
 * to nothing is tried with the other family before anybody is told. False: it was. */
static bool try_other_family(Dealer *self)
{
    bool had_both = self->is_second || !self->is_name;
    self->is_second = !had_both;
    if (had_both) return false;
    self->is_ipv4 = !self->is_ipv4;
    const int with_ipv6 = !self->is_ipv4;
    (void)zmq_setsockopt(self->socket, ZMQ_IPV6, &with_ipv6, sizeof with_ipv6);
    connect_again(self);
    return true;
}

/* `before` and `after` stand around the words for where. */
static bool say_absent(const Dealer *self, const char *before, const char *after,
                       PlenaryError *error)
{
    lib_error_set(error, PLENARY__V1__STATUS_CODE__UNAVAILABLE, "%s%s%s", before, self->where,
                  after);
    return true;
}

static bool is_absent(Dealer *self, PlenaryError *error)
{
    if (monitor_take(self->monitor, MONITOR_HUNG_UP))
        return say_absent(self, "",
                          " hangs up before anything is said: its key is not the one that is known "
                          "here, or it has too many connections",
                          error);
    bool no_listener = monitor_take(self->monitor, MONITOR_NO_LISTENER);
    bool no_address = monitor_take(self->monitor, MONITOR_NO_ADDRESS);
    if (!no_listener && !no_address) return false;
    self->is_known |= no_listener;
    if (try_other_family(self)) return false;
    bool is_known = self->is_known;
    self->is_known = false;
    return is_known
               ? say_absent(self, "no plenaryd listens at ", ", or no way leads there", error)
               : say_absent(self, "no way is known to ", ": there is no host of that name", error);
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

bool dealer_nobody_there(Dealer *self, bool by_connecting, PlenaryError *error)
{
    if (is_absent(self, error)) return true;
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

const char *dealer_where(const Dealer *self)
{
    return self->where;
}

int dealer_fd(Dealer *self)
{
    int fd = -1;
    size_t size = sizeof fd;
    if (zmq_getsockopt(self->socket, ZMQ_FD, &fd, &size) != 0) return -1;
    return fd;
}

/* --- where to --- */

static bool take_problem(const Problem *problem, PlenaryError *error)
{
    return lib_error_set(error, (Plenary__V1__StatusCode)problem->code, "%s", problem->message);
}

static bool put_text(char *text, size_t size, const char *from)
{
    size_t length = strlen(from);
    if (length >= size) return false;
    memcpy(text, from, length + 1);
    return true;
}

static bool read_keys(DealerTarget *target, const char *server_key, const char *key_file,
                      PlenaryError *error)
{
    Problem problem;
    uint8_t bytes[CURVE_KEY_BYTES];
    problem_clear(&problem);
    if (!curve_parse(server_key, bytes) || !curve_is_public(bytes) ||
        !put_text(target->server_key, sizeof target->server_key, server_key))
        return lib_error_set(error, PLENARY__V1__STATUS_CODE__INVALID_ARGUMENT,
                             "the server's key is no public key of 40 characters");
    if (key_file_read_pair(key_file, &target->own, &problem) != STATUS_OK)
        return take_problem(&problem, error);
    return true;
}

static bool find_endpoint(const PlenaryOptions *options, const char *endpoint, DealerTarget *target,
                          PlenaryError *error)
{
    if (!put_text(target->endpoint, sizeof target->endpoint, endpoint))
        return lib_error_set(error, PLENARY__V1__STATUS_CODE__INVALID_ARGUMENT,
                             "the endpoint %.100s... is too long", endpoint);
    if (options->server_key && options->key_file)
        return read_keys(target, options->server_key, options->key_file, error);
    if (options->server_key || options->key_file || strncmp(endpoint, "tcp:", 4) == 0)
        return lib_error_set(error, PLENARY__V1__STATUS_CODE__INVALID_ARGUMENT,
                             "%s: over the network it takes the server's key and one's own",
                             endpoint);
    return true;
}

static bool find_context(const Context *context, DealerDoor door, DealerTarget *target,
                         PlenaryError *error)
{
    (void)put_text(target->name, sizeof target->name, context->name);
    (void)put_text(target->endpoint, sizeof target->endpoint,
                   door == DEALER_STREAM ? context->stream : context->requests);
    return read_keys(target, context->server_key, context->key, error);
}

static bool find_home(const PlenaryOptions *options, DealerDoor door, DealerTarget *target,
                      PlenaryError *error)
{
    Paths paths;
    Problem problem;
    Context context;
    bool is_local;
    problem_clear(&problem);
    if (!paths_find(options->home, &paths, &problem)) return take_problem(&problem, error);
    if (context_find(paths.state, options->context, &is_local, &context, &problem) != STATUS_OK)
        return take_problem(&problem, error);
    if (!is_local) return find_context(&context, door, target, error);
    if (paths_endpoint(&paths, door == DEALER_STREAM ? "stream" : "requests", target->endpoint,
                       &problem))
        return true;
    return take_problem(&problem, error);
}

Dealer *dealer_connect(const PlenaryOptions *options, DealerDoor door, PlenaryError *error)
{
    DealerTarget target = {.server_key = ""};
    const char *endpoint =
        door == DEALER_STREAM ? options->stream_endpoint : options->requests_endpoint;
    bool found = endpoint ? find_endpoint(options, endpoint, &target, error)
                          : find_home(options, door, &target, error);
    Dealer *self = found ? dealer_new(&target, error) : NULL;
    curve_pair_clear(&target.own);
    return self;
}
