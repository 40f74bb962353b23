#include "bench/house.h"
#include "bench/series.h"
#include "bench/yardstick.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum {
    ENDPOINT_SIZE = HOUSE_PATH_SIZE + 64,
    PEER_ID_SIZE = 8,
    TIMEOUT_MS = 30000,
    WINDOW_BYTES = 4 * 1024 * 1024, /* of one queue; with both, as a subscriber has credit */
    QUEUE_MAX = 1000,
    ROUNDS = 3, /* the median counts */
};

/* The sender's side: a bare ROUTER that sends each message to each peer in turn. */
typedef struct Fan {
    const FanLoad *load;
    char endpoint[ENDPOINT_SIZE];
    void *context;
    void *socket;
    pthread_t thread;
    bool runs;
    bool failed;
} Fan;

/* The DEALERs, driven by one thread. */
typedef struct Crowd {
    void *context;
    void **sockets;
    zmq_pollitem_t *items;
    size_t *received;
} Crowd;

static int queue_of(const FanLoad *load)
{
    size_t messages = WINDOW_BYTES / (load->message_bytes ? load->message_bytes : 1);
    return messages < 2 ? 2 : messages > QUEUE_MAX ? QUEUE_MAX : (int)messages;
}

static void *open_socket(void *context, int type, int queue)
{
    int timeout_ms = TIMEOUT_MS;
    int linger_ms = 0;
    void *socket = zmq_socket(context, type);
    if (!socket) return NULL;
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
    zmq_setsockopt(socket, ZMQ_SNDTIMEO, &timeout_ms, sizeof timeout_ms);
    zmq_setsockopt(socket, ZMQ_SNDHWM, &queue, sizeof queue);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &queue, sizeof queue);
    zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    return socket;
}

static bool send_one(Fan *fan, const uint8_t *id, size_t id_size, const uint8_t *body)
{
    return zmq_send(fan->socket, id, id_size, ZMQ_SNDMORE) >= 0 &&
           zmq_send(fan->socket, body, fan->load->message_bytes, 0) >= 0;
}

/* Each peer's first message asks for a round; when all have asked, it begins. */
static bool serve_round(Fan *fan, uint8_t (*ids)[PEER_ID_SIZE], const uint8_t *body)
{
    const FanLoad *load = fan->load;
    int id_size = 0;
    for (size_t i = 0; i < load->peers; i++) {
        char asked[8];
        id_size = zmq_recv(fan->socket, ids[i], PEER_ID_SIZE, 0);
        if (id_size < 0 || zmq_recv(fan->socket, asked, sizeof asked, 0) < 0) return false;
    }
    for (size_t message = 0; message < load->messages; message++)
        for (size_t i = 0; i < load->peers; i++)
            if (!send_one(fan, ids[i], (size_t)id_size, body)) return false;
    return true;
}

static void *run_fan(void *context)
{
    Fan *fan = context;
    uint8_t(*ids)[PEER_ID_SIZE] = calloc(fan->load->peers, sizeof *ids);
    uint8_t *body = calloc(1, fan->load->message_bytes + 1);
    fan->failed = !ids || !body;
    for (int i = 0; i < ROUNDS && !fan->failed; i++)
        fan->failed = !serve_round(fan, ids, body);
    free(ids);
    free(body);
    return NULL;
}

static bool open_fan(Fan *fan, const char *folder)
{
    int mandatory = 1; /* wait for room instead of dropping */
    (void)snprintf(fan->endpoint, sizeof fan->endpoint, "ipc://%s/fan.ipc", folder);
    fan->context = zmq_ctx_new();
    fan->socket = fan->context ? open_socket(fan->context, ZMQ_ROUTER, queue_of(fan->load)) : NULL;
    if (!fan->socket) return false;
    zmq_setsockopt(fan->socket, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory);
    if (zmq_bind(fan->socket, fan->endpoint) != 0) return false;
    fan->runs = pthread_create(&fan->thread, NULL, run_fan, fan) == 0;
    return fan->runs;
}

static bool open_crowd(Crowd *crowd, const Fan *fan)
{
    size_t peers = fan->load->peers;
    crowd->context = zmq_ctx_new();
    crowd->sockets = calloc(peers, sizeof *crowd->sockets);
    crowd->items = calloc(peers, sizeof *crowd->items);
    crowd->received = calloc(peers, sizeof *crowd->received);
    if (!crowd->context || !crowd->sockets || !crowd->items || !crowd->received) return false;
    for (size_t i = 0; i < peers; i++) {
        void *socket = open_socket(crowd->context, ZMQ_DEALER, queue_of(fan->load));
        crowd->sockets[i] = socket;
        crowd->items[i] = (zmq_pollitem_t){.socket = socket, .events = ZMQ_POLLIN};
        if (!socket || zmq_connect(socket, fan->endpoint) != 0) return false;
    }
    return true;
}

static void close_both(Fan *fan, Crowd *crowd)
{
    for (size_t i = 0; i < fan->load->peers && crowd->sockets; i++)
        if (crowd->sockets[i]) zmq_close(crowd->sockets[i]);
    if (fan->runs) pthread_join(fan->thread, NULL);
    if (fan->socket) zmq_close(fan->socket);
    if (crowd->context) zmq_ctx_term(crowd->context);
    if (fan->context) zmq_ctx_term(fan->context);
    free(crowd->sockets);
    free(crowd->items);
    free(crowd->received);
}

/* Takes what has come to one peer. */
static void drain(void *socket, size_t *received)
{
    for (;;) {
        zmq_msg_t part;
        zmq_msg_init(&part);
        bool came = zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) >= 0;
        zmq_msg_close(&part);
        if (!came) return;
        ++*received;
    }
}

static bool take_round(Crowd *crowd, const FanLoad *load, double *per_second)
{
    memset(crowd->received, 0, load->peers * sizeof *crowd->received);
    int64_t start_ns = series_now_ns();
    for (size_t i = 0; i < load->peers; i++)
        if (zmq_send(crowd->sockets[i], "go", 2, 0) < 0) return false;
    for (size_t done = 0; done < load->peers;) {
        if (crowd->received[done] == load->messages) {
            done++;
            continue;
        }
        if (zmq_poll(crowd->items, (int)load->peers, TIMEOUT_MS) <= 0) return false;
        for (size_t i = 0; i < load->peers; i++)
            if (crowd->items[i].revents) drain(crowd->sockets[i], &crowd->received[i]);
    }
    int64_t took_ns = series_now_ns() - start_ns;
    *per_second = (double)(load->deliveries * load->peers) * 1e9 / (double)took_ns;
    return true;
}

bool yardstick_fan(const char *folder, const FanLoad *load, double *per_second, Trouble *trouble)
{
    Fan fan = {.load = load};
    Crowd crowd = {0};
    double rounds[ROUNDS];
    bool done = open_fan(&fan, folder) && open_crowd(&crowd, &fan);
    for (size_t i = 0; i < ROUNDS && done; i++)
        done = take_round(&crowd, load, &rounds[i]);
    close_both(&fan, &crowd);
    if (!done)
        return trouble_set(trouble, "bare ROUTER to %zu DEALERs: %s", load->peers,
                           zmq_strerror(zmq_errno()));
    *per_second = series_median(rounds, ROUNDS);
    return true;
}
