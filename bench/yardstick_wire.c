#include "bench/series.h"
#include "bench/yardstick.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum {
    ENDPOINT_SIZE = 640,
    PEER_ID_MAX = 64,
    RECEIVE_TIMEOUT_MS = 30000,
    QUEUE_MESSAGES = 4096,
};

/* The ROUTER's side: answers `rounds` messages with `replies` messages each. */
typedef struct Peer {
    char endpoint[ENDPOINT_SIZE];
    size_t reply_bytes;
    size_t rounds;
    size_t replies;
    void *context;
    void *socket;
    pthread_t thread;
    bool runs;
    bool failed;
} Peer;

typedef struct Caller {
    void *context;
    void *socket;
    uint8_t *request;
    size_t request_bytes;
} Caller;

static void *open_socket(void *context, int type)
{
    int timeout_ms = RECEIVE_TIMEOUT_MS;
    int queue = QUEUE_MESSAGES;
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

static bool receive(void *socket)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    bool received = zmq_msg_recv(&frame, socket, 0) >= 0;
    zmq_msg_close(&frame);
    return received;
}

static bool answer(Peer *peer, const uint8_t *reply)
{
    uint8_t id[PEER_ID_MAX];
    int id_size = zmq_recv(peer->socket, id, sizeof id, 0);
    if (id_size < 0 || !receive(peer->socket)) return false;
    for (size_t i = 0; i < peer->replies; i++) {
        if (zmq_send(peer->socket, id, (size_t)id_size, ZMQ_SNDMORE) < 0 ||
            zmq_send(peer->socket, reply, peer->reply_bytes, 0) < 0)
            return false;
    }
    return true;
}

static void *run_peer(void *context)
{
    Peer *peer = context;
    uint8_t *reply = calloc(1, peer->reply_bytes + 1);
    peer->failed = !reply;
    for (size_t i = 0; i < peer->rounds && !peer->failed; i++)
        peer->failed = !answer(peer, reply);
    free(reply);
    return NULL;
}

static bool open_pair(Peer *peer, Caller *caller, const char *folder)
{
    int mandatory = 1; /* wait for room instead of dropping */
    (void)snprintf(peer->endpoint, sizeof peer->endpoint, "ipc://%s/yardstick.ipc", folder);
    peer->context = zmq_ctx_new();
    caller->context = zmq_ctx_new();
    if (!peer->context || !caller->context) return false;
    peer->socket = open_socket(peer->context, ZMQ_ROUTER);
    caller->socket = open_socket(caller->context, ZMQ_DEALER);
    caller->request = calloc(1, caller->request_bytes + 1);
    if (!peer->socket || !caller->socket || !caller->request) return false;
    zmq_setsockopt(peer->socket, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory);
    if (zmq_bind(peer->socket, peer->endpoint) != 0) return false;
    if (zmq_connect(caller->socket, peer->endpoint) != 0) return false;
    peer->runs = pthread_create(&peer->thread, NULL, run_peer, peer) == 0;
    return peer->runs;
}

static void close_pair(Peer *peer, Caller *caller)
{
    if (caller->socket) zmq_close(caller->socket);
    if (peer->runs) pthread_join(peer->thread, NULL);
    if (peer->socket) zmq_close(peer->socket);
    if (caller->context) zmq_ctx_term(caller->context);
    if (peer->context) zmq_ctx_term(peer->context);
    free(caller->request);
}

static bool ask(Caller *caller)
{
    return zmq_send(caller->socket, caller->request, caller->request_bytes, 0) >= 0;
}

/* Replies come in order here, so the oldest request is the one that is answered. */
static bool go_round(Caller *caller, size_t count, size_t in_flight, int64_t *sent_ns,
                     Series *series)
{
    size_t sent = 0;
    for (size_t received = 0; received < count; received++) {
        for (; sent < count && sent - received < in_flight; sent++) {
            sent_ns[sent % in_flight] = series_now_ns();
            if (!ask(caller)) return false;
        }
        if (!receive(caller->socket)) return false;
        series_add(series, series_now_ns() - sent_ns[received % in_flight]);
    }
    return true;
}

bool yardstick_round_trips(const char *folder, size_t request_bytes, size_t reply_bytes,
                           size_t count, size_t in_flight, WireFigures *figures, Trouble *trouble)
{
    Peer peer = {.reply_bytes = reply_bytes, .rounds = count, .replies = 1};
    Caller caller = {.request_bytes = request_bytes};
    Series series;
    int64_t *sent_ns = calloc(in_flight, sizeof *sent_ns);
    bool ready = series_init(&series, count);
    bool done = false;
    if (sent_ns && ready && open_pair(&peer, &caller, folder)) {
        int64_t start_ns = series_now_ns();
        done = go_round(&caller, count, in_flight, sent_ns, &series);
        figures->per_second = (double)count * 1e9 / (double)(series_now_ns() - start_ns);
        figures->p50_us = series_percentile_us(&series, 50);
        figures->p99_us = series_percentile_us(&series, 99);
    }
    close_pair(&peer, &caller);
    series_free(&series);
    free(sent_ns);
    return done || trouble_set(trouble, "bare DEALER/ROUTER: %s", zmq_strerror(zmq_errno()));
}

bool yardstick_one_way(const char *folder, size_t record_bytes, size_t batch, size_t count,
                       WireFigures *figures, Trouble *trouble)
{
    size_t messages = (count + batch - 1) / batch;
    Peer peer = {.reply_bytes = record_bytes * batch, .rounds = 1, .replies = messages};
    Caller caller = {.request_bytes = 1};
    bool done = open_pair(&peer, &caller, folder) && ask(&caller);
    int64_t start_ns = series_now_ns();
    for (size_t i = 0; i < messages && done; i++)
        done = receive(caller.socket);
    int64_t took_ns = series_now_ns() - start_ns;
    figures->per_second = (double)(messages * batch) * 1e9 / (double)took_ns;
    close_pair(&peer, &caller);
    return done || trouble_set(trouble, "bare ROUTER to DEALER: %s", zmq_strerror(zmq_errno()));
}
