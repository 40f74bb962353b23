/*
 * fake_daemon - a ROUTER in a thread that answers by a script, in the place of a plenaryd.
 *
 * The script is called in the fake's thread for each message of our form, and `tick` every few
 * milliseconds. The test reads what they noted after fake_stop, or through atomics.
 */
#ifndef TESTS_FAKE_DAEMON_H
#define TESTS_FAKE_DAEMON_H

#include "proto/frame.h"

#include <assert.h>
#include <protobuf-c/protobuf-c.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

enum {
    FAKE_TICK_MS = 10,
    FAKE_PEER_MAX = 64,
    FAKE_PATH_SIZE = 96,
};

typedef struct FakePeer {
    uint8_t id[FAKE_PEER_MAX];
    size_t size;
} FakePeer;

typedef struct Fake Fake;
typedef void fake_script_fn(Fake *fake, const FakePeer *peer, const uint8_t *body, size_t size);
typedef void fake_tick_fn(Fake *fake);

struct Fake {
    char home[FAKE_PATH_SIZE / 2];
    char endpoint[FAKE_PATH_SIZE];
    fake_script_fn *script;
    fake_tick_fn *tick;
    void *context; /* the script's */
    void *zmq;
    void *socket;
    pthread_t thread;
    atomic_bool stops;
};

static inline void fake_send_frame(Fake *fake, const FakePeer *peer, const char *version,
                                   const void *body, size_t size)
{
    uint8_t *frame = malloc(FRAME_VERSION_BYTES + size);
    assert(frame);
    memcpy(frame, version, FRAME_VERSION_BYTES);
    memcpy(frame + FRAME_VERSION_BYTES, body, size);
    zmq_send(fake->socket, peer->id, peer->size, ZMQ_SNDMORE);
    zmq_send(fake->socket, frame, FRAME_VERSION_BYTES + size, 0);
    free(frame);
}

static inline void fake_send(Fake *fake, const FakePeer *peer, const ProtobufCMessage *message)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = malloc(size + 1);
    assert(packed);
    protobuf_c_message_pack(message, packed);
    fake_send_frame(fake, peer, FRAME_VERSION, packed, size);
    free(packed);
}

static inline void fake_take_message(Fake *fake)
{
    FakePeer peer;
    static _Thread_local uint8_t frame[5 * 1024 * 1024];
    const uint8_t *body = NULL;
    size_t body_size = 0;
    int id_size = zmq_recv(fake->socket, peer.id, sizeof peer.id, 0);
    int size = zmq_recv(fake->socket, frame, sizeof frame, 0);
    int more = 1;
    size_t more_size = sizeof more;
    zmq_getsockopt(fake->socket, ZMQ_RCVMORE, &more, &more_size);
    assert(id_size > 0 && size >= 0 && !more);
    bool is_ours = frame_body(frame, (size_t)size, &body, &body_size);
    assert(is_ours);
    assert(peer.id[0] == 0); /* the client set no routing id */
    peer.size = (size_t)id_size;
    if (fake->script) fake->script(fake, &peer, body, body_size);
}

static inline void *fake_run(void *context)
{
    Fake *fake = context;
    while (!atomic_load(&fake->stops)) {
        zmq_pollitem_t item = {.socket = fake->socket, .events = ZMQ_POLLIN};
        zmq_poll(&item, 1, FAKE_TICK_MS);
        if (item.revents & ZMQ_POLLIN) fake_take_message(fake);
        if (fake->tick) fake->tick(fake);
    }
    return NULL;
}

/* A private home; `name` is "requests" or "stream". */
static inline void fake_init(Fake *fake, const char *name, fake_script_fn *script, void *context)
{
    *fake = (Fake){.script = script, .context = context};
    (void)snprintf(fake->home, sizeof fake->home, "/tmp/plenary-test-XXXXXX");
    char run[FAKE_PATH_SIZE];
    assert(mkdtemp(fake->home));
    (void)snprintf(run, sizeof run, "%s/run", fake->home);
    assert(mkdir(run, 0700) == 0);
    (void)snprintf(fake->endpoint, sizeof fake->endpoint, "ipc://%s/run/%s.ipc", fake->home, name);
}

static inline void fake_start(Fake *fake)
{
    int linger_ms = 200;
    int unlimited = 0;
    atomic_store(&fake->stops, false);
    fake->zmq = zmq_ctx_new();
    fake->socket = zmq_socket(fake->zmq, ZMQ_ROUTER);
    zmq_setsockopt(fake->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    zmq_setsockopt(fake->socket, ZMQ_SNDHWM, &unlimited, sizeof unlimited);
    assert(zmq_bind(fake->socket, fake->endpoint) == 0);
    assert(pthread_create(&fake->thread, NULL, fake_run, fake) == 0);
}

static inline void fake_stop(Fake *fake)
{
    if (!fake->zmq) return;
    atomic_store(&fake->stops, true);
    pthread_join(fake->thread, NULL);
    zmq_close(fake->socket);
    zmq_ctx_term(fake->zmq);
    fake->zmq = NULL;
}

static inline void fake_remove(Fake *fake)
{
    char command[FAKE_PATH_SIZE];
    fake_stop(fake);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", fake->home);
    assert(system(command) == 0);
}

#endif
