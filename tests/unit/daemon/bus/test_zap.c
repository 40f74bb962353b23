#include "daemon/bus/zap.h"

#include "daemon/bus/admission.h"
#include "daemon/bus/door.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <czmq.h>

enum {
    TRIES = 500, /* of 2 ms */
    FEW = 50,
    ACCOUNTS = 10, /* each waited for as long as TRIES */
    SEND_MS = 200,
};

static const ConnectionsLimits few = {
    .all = 100,
    .per_address = 50,
    .per_key = 2,
    .silent = 50,
    .silent_per_address = 50,
    .silent_per_key = 50,
    .silent_ms = 400,
    .burst_of_address = 1000,
    .per_s_of_address = 1000,
    .addresses = 10,
};

/* A door with both sockets, and one client's pair. */
typedef struct Gate {
    char folder[32];
    char path[64];
    char address[64];
    Zap *zap;
    Door *door;
    Principals *principals;
    CurvePair server;
    CurvePair own;
    char fingerprint[CURVE_FINGERPRINT_SIZE];
    zsock_t *client;
} Gate;

static void make_pair(uint8_t number, CurvePair *pair)
{
    const uint8_t secret[CURVE_KEY_BYTES] = {number, 7, 7};
    curve_pair_make(secret, pair);
}

static int open_door(Gate *self)
{
    Problem problem;
    size_t size = sizeof self->address;
    const EndpointLimits limits = {.receive_queue = 100, .send_queue = 100, .message_bytes = 1000};
    problem_clear(&problem);
    if (door_new(&limits, &self->door, &problem) != STATUS_OK) return -1;
    if (door_open(self->door, self->path, &problem) != STATUS_OK) return -1;
    const DoorNetwork network = {"tcp://127.0.0.1:*", &self->server, self->zap, MONITOR_REQUESTS,
                                 1000};
    if (door_open_network(self->door, &network, &problem) != STATUS_OK) return -1;
    return zmq_getsockopt(door_network_socket(self->door), ZMQ_LAST_ENDPOINT, self->address, &size);
}

/* The last test's handler may still be there: libzmq closes sockets in a thread of its own. */
static int open_zap(Gate *self)
{
    Problem problem;
    problem_clear(&problem);
    for (int i = 0; i < TRIES; i++) {
        if (zap_new(&few, &self->zap, &problem) == STATUS_OK) return 0;
        zclock_sleep(2);
    }
    return -1;
}

static int open_gate(void **state)
{
    static Gate self;
    self = (Gate){.folder = "/tmp/plenary-zap-XXXXXX"};
    if (!mkdtemp(self.folder)) return -1;
    (void)snprintf(self.path, sizeof self.path, "%s/door.ipc", self.folder);
    make_pair(1, &self.server);
    make_pair(2, &self.own);
    (void)curve_fingerprint_of(self.own.public_key, self.fingerprint);
    self.principals = principals_new();
    *state = &self;
    return open_zap(&self) == 0 ? open_door(&self) : -1;
}

static int close_gate(void **state)
{
    Gate *self = *state;
    zsock_destroy(&self->client);
    door_close(self->door);
    door_destroy(&self->door);
    zap_destroy(&self->zap);
    principals_destroy(&self->principals);
    return remove(self->folder);
}

/* Azamat with the client's key, and revoked or not. */
static void put_azamat(const Gate *self, bool revoked)
{
    Plenary__V1__Principal principal = PLENARY__V1__PRINCIPAL__INIT;
    Plenary__V1__PrincipalKey key = PLENARY__V1__PRINCIPAL_KEY__INIT;
    Plenary__V1__PrincipalKey *keys[] = {&key};
    char name[] = "azamat";
    char when[] = "2022-03-03T09:00:00Z";
    principal.name = name;
    key.public_key = (char *)(uintptr_t)self->own.public_key;
    key.fingerprint = (char *)(uintptr_t)self->fingerprint;
    principal.keys = keys;
    principal.n_keys = 1;
    if (revoked) principal.revoked = when;
    assert_true(principals_put(self->principals, &principal, 1));
    zap_know(self->zap, self->principals);
}

static zsock_t *make_client(const Gate *self, const char *server_key)
{
    zsock_t *client = zsock_new(ZMQ_DEALER);
    if (server_key) {
        zsock_set_curve_serverkey(client, server_key);
        zsock_set_curve_publickey(client, self->own.public_key);
        zsock_set_curve_secretkey(client, self->own.secret_key);
    }
    /* Who was refused for good before it says something may say it to nobody. */
    zsock_set_sndtimeo(client, SEND_MS);
    assert_int_equal(zsock_connect(client, "%s", self->address), 0);
    return client;
}

static void connect_client(Gate *self, const char *server_key)
{
    self->client = make_client(self, server_key);
    zstr_send(self->client, "PLN1hello");
}

static DoorInput receive(const Gate *self, Peer *peer, int tries)
{
    zmq_msg_t body;
    DoorInput input = DOOR_NOTHING;
    zmq_msg_init(&body);
    for (int i = 0; i < tries && input == DOOR_NOTHING; i++) {
        input = door_receive(self->door, peer, &body);
        if (input == DOOR_NOTHING) zclock_sleep(2);
    }
    zmq_msg_close(&body);
    return input;
}

static void a_known_key_is_let_in_and_named(void **state)
{
    Gate *self = *state;
    Peer peer;
    Caller caller;
    Problem problem;
    problem_clear(&problem);
    put_azamat(self, false);
    connect_client(self, self->server.public_key);
    assert_int_equal(receive(self, &peer, TRIES), DOOR_MESSAGE);
    assert_string_equal(peer.key, self->fingerprint);
    assert_true(peer_is_remote(peer.id));
    assert_int_equal(peer_caller(&peer, self->principals, &caller, &problem), STATUS_OK);
    assert_string_equal(caller.principal, "azamat");
    assert_int_equal(caller.connection, peer.id);
    put_azamat(self, true); /* the connection is there, the rights are not */
    assert_int_equal(peer_caller(&peer, self->principals, &caller, &problem),
                     STATUS_UNAUTHENTICATED);
}

static void an_answer_goes_back_over_the_network(void **state)
{
    Gate *self = *state;
    Peer peer;
    zmq_msg_t frame;
    uint8_t *body;
    put_azamat(self, false);
    connect_client(self, self->server.public_key);
    assert_int_equal(receive(self, &peer, TRIES), DOOR_MESSAGE);
    assert_true(door_frame(&frame, 4, &body));
    memcpy(body, (const uint8_t[]){'g', 'o', 'o', 'd'}, 4);
    assert_int_equal(door_send(self->door, &peer, &frame), DOOR_SENT);
    zmq_msg_close(&frame);
    char *text = zstr_recv(self->client);
    assert_string_equal(text, "PLN1good");
    zstr_free(&text);
    /* The same bytes without the bit are another peer, of the other socket. */
    assert_true(door_frame(&frame, 0, &body));
    peer.id &= ~PEER_IS_REMOTE;
    assert_int_equal(door_send(self->door, &peer, &frame), DOOR_GONE);
    zmq_msg_close(&frame);
}

/* Waits for an account. */
static bool hear_refused(const Gate *self, ZapRefused *refused)
{
    for (int i = 0; i < TRIES; i++) {
        if (zap_take_refused(self->zap, refused)) return true;
        zclock_sleep(2);
    }
    return false;
}

static void an_unknown_key_is_not_let_in_and_told(void **state)
{
    Gate *self = *state;
    Peer peer;
    ZapRefused refused;
    zap_know(self->zap, self->principals);
    connect_client(self, self->server.public_key);
    assert_int_equal(receive(self, &peer, FEW), DOOR_NOTHING);
    assert_true(hear_refused(self, &refused));
    assert_true(refused.unknown > 0);
    assert_string_equal(refused.fingerprint, self->fingerprint);
    assert_string_equal(refused.address, "127.0.0.1");
}

static void a_revoked_key_is_not_let_in(void **state)
{
    Gate *self = *state;
    Peer peer;
    put_azamat(self, false);
    put_azamat(self, true);
    connect_client(self, self->server.public_key);
    assert_int_equal(receive(self, &peer, FEW), DOOR_NOTHING);
}

static void a_key_has_so_many_connections_at_a_time(void **state)
{
    Gate *self = *state;
    Peer peer;
    ZapRefused refused;
    zsock_t *others[2];
    put_azamat(self, false);
    for (size_t i = 0; i < 2; i++) {
        others[i] = make_client(self, self->server.public_key);
        zstr_send(others[i], "PLN1hello");
        assert_int_equal(receive(self, &peer, TRIES), DOOR_MESSAGE);
    }
    connect_client(self, self->server.public_key);
    bool told = false;
    for (int i = 0; i < ACCOUNTS && !told; i++)
        told = hear_refused(self, &refused) && refused.many > 0;
    assert_true(told);
    assert_int_equal(receive(self, &peer, FEW), DOOR_NOTHING);
    zsock_destroy(&others[0]);
    assert_int_equal(receive(self, &peer, TRIES), DOOR_MESSAGE); /* it came again */
    zsock_destroy(&others[1]);
}

static void who_says_nothing_is_ended_and_makes_room(void **state)
{
    Gate *self = *state;
    Peer peer;
    zsock_t *silent[2];
    put_azamat(self, false);
    for (size_t i = 0; i < 2; i++) {
        silent[i] = make_client(self, self->server.public_key);
        zsock_set_reconnect_ivl(silent[i], -1);
    }
    zclock_sleep(FEW);
    connect_client(self, self->server.public_key);
    assert_int_equal(receive(self, &peer, ACCOUNTS * TRIES), DOOR_MESSAGE);
    for (size_t i = 0; i < 2; i++)
        zsock_destroy(&silent[i]);
}

static void without_curve_nothing_comes_in(void **state)
{
    Gate *self = *state;
    Peer peer;
    put_azamat(self, false);
    connect_client(self, NULL);
    assert_int_equal(receive(self, &peer, FEW), DOOR_NOTHING);
}

/* libzmq lets everybody in where nobody answers its question; the door does not hear them. */
static void without_a_handler_nobody_is_heard(void **state)
{
    Gate *self = *state;
    Peer peer;
    put_azamat(self, false);
    monitor_stop(door_network_socket(self->door)); /* nobody would read its events */
    zap_destroy(&self->zap);
    connect_client(self, self->server.public_key);
    assert_int_not_equal(receive(self, &peer, FEW), DOOR_MESSAGE);
}

static void there_is_one_handler(void **state)
{
    (void)state;
    Zap *second;
    Problem problem;
    problem_clear(&problem);
    assert_int_equal(zap_new(&few, &second, &problem), STATUS_INTERNAL);
}

int main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, open_gate, close_gate)
    const struct CMUnitTest tests[] = {
        ONE(a_known_key_is_let_in_and_named),
        ONE(an_answer_goes_back_over_the_network),
        ONE(an_unknown_key_is_not_let_in_and_told),
        ONE(a_revoked_key_is_not_let_in),
        ONE(a_key_has_so_many_connections_at_a_time),
        ONE(who_says_nothing_is_ended_and_makes_room),
        ONE(without_curve_nothing_comes_in),
        ONE(without_a_handler_nobody_is_heard),
        ONE(there_is_one_handler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
