#include "daemon/bus/door.h"

#include "daemon/bus/limits.h"
#include "proto/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <czmq.h>

enum {
    TRIES = 500, /* of 2 ms */
    SEND_QUEUE = 4,
};

typedef struct Doorway {
    char folder[32];
    char path[64];
    Door *door;
    zsock_t *client;
} Doorway;

static int open_doorway(void **state)
{
    static Doorway self;
    const EndpointLimits limits = {
        .receive_queue = 100, .send_queue = SEND_QUEUE, .message_bytes = 1000};
    Problem problem;
    problem_clear(&problem);
    self = (Doorway){.folder = "/tmp/plenary-door-XXXXXX"};
    if (!mkdtemp(self.folder)) return -1;
    (void)snprintf(self.path, sizeof self.path, "%s/door.ipc", self.folder);
    if (door_new(&limits, &self.door, &problem) != STATUS_OK) return -1;
    if (door_open(self.door, self.path, &problem) != STATUS_OK) return -1;
    self.client = zsock_new(ZMQ_DEALER);
    zsock_set_rcvhwm(self.client, 1);
    *state = &self;
    return zsock_connect(self.client, "ipc://%s", self.path);
}

static int close_doorway(void **state)
{
    Doorway *self = *state;
    zsock_destroy(&self->client);
    door_close(self->door);
    door_destroy(&self->door);
    return remove(self->folder); /* and so nothing is left in it */
}

/* Waits for the next thing that comes in. */
static DoorInput receive(const Doorway *self, PeerId *peer, char text[static 64])
{
    Peer from;
    zmq_msg_t frame;
    DoorInput input = DOOR_NOTHING;
    zmq_msg_init(&frame);
    for (int i = 0; i < TRIES && input == DOOR_NOTHING; i++) {
        input = door_receive(self->door, &from, &frame);
        if (input == DOOR_NOTHING) zclock_sleep(2);
    }
    text[0] = '\0';
    if (input == DOOR_MESSAGE) *peer = from.id;
    if (input == DOOR_MESSAGE)
        (void)snprintf(text, 64, "%.*s", (int)door_body(&frame).size,
                       (const char *)door_body(&frame).data);
    zmq_msg_close(&frame);
    return input;
}

static DoorOutput answer(const Doorway *self, PeerId peer, const char *text)
{
    zmq_msg_t frame;
    uint8_t *body;
    assert_true(door_frame(&frame, strlen(text), &body));
    for (size_t i = 0; text[i]; i++)
        body[i] = (uint8_t)text[i];
    const Peer to = {.id = peer};
    DoorOutput output = door_send(self->door, &to, &frame);
    zmq_msg_close(&frame);
    return output;
}

static void a_message_comes_in_and_an_answer_goes_out(void **state)
{
    const Doorway *self = *state;
    PeerId peer;
    char text[64];
    zstr_send(self->client, "PLN1hello");
    assert_int_equal(receive(self, &peer, text), DOOR_MESSAGE);
    assert_string_equal(text, "hello");
    assert_int_equal(answer(self, peer, "good day"), DOOR_SENT);
    char *frame = zstr_recv(self->client);
    assert_string_equal(frame, "PLN1good day");
    zstr_free(&frame);
}

static void other_frames_are_dropped_and_counted(void **state)
{
    const Doorway *self = *state;
    PeerId peer;
    char text[64];
    zmsg_t *many = zmsg_new();
    for (int i = 0; i < 3 * DOOR_DISCARD_PARTS; i++)
        zmsg_addstr(many, "PLN1");
    zstr_send(self->client, "PLN2of another version");
    zstr_sendx(self->client, "PLN1", "in two frames", NULL);
    zstr_sendx(self->client, "", "PLN1as a REQ sends", NULL);
    zmsg_send(&many, self->client);
    zstr_send(self->client, "PLN1at last");
    DoorInput input = DOOR_REFUSED;
    int dropped = 0;
    while (input == DOOR_REFUSED) {
        input = receive(self, &peer, text);
        dropped += input == DOOR_REFUSED;
    }
    assert_string_equal(text, "at last");
    assert_int_equal(door_refused(self->door), 4);
    assert_true(dropped > 4); /* the long one was dropped some frames at a time */
}

static void a_client_that_chose_its_id_is_not_served(void **state)
{
    const Doorway *self = *state;
    PeerId peer;
    char text[64];
    zsock_t *proud = zsock_new(ZMQ_DEALER);
    zsock_set_identity(proud, "admin");
    assert_int_equal(zsock_connect(proud, "ipc://%s", self->path), 0);
    zstr_send(proud, "PLN1it is me");
    assert_int_equal(receive(self, &peer, text), DOOR_REFUSED);
    zsock_destroy(&proud);
}

static void a_peer_that_does_not_read_fills_only_its_own_queue(void **state)
{
    const Doorway *self = *state;
    static char large[900];
    PeerId slow;
    PeerId quick;
    char text[64];
    memset(large, 'x', sizeof large - 1);
    zstr_send(self->client, "PLN1slow");
    assert_int_equal(receive(self, &slow, text), DOOR_MESSAGE);
    DoorOutput output = DOOR_SENT;
    for (int i = 0; i < 100000 && output == DOOR_SENT; i++)
        output = answer(self, slow, large);
    assert_int_equal(output, DOOR_FULL);

    zsock_t *other = zsock_new(ZMQ_DEALER);
    assert_int_equal(zsock_connect(other, "ipc://%s", self->path), 0);
    zstr_send(other, "PLN1quick");
    assert_int_equal(receive(self, &quick, text), DOOR_MESSAGE);
    assert_int_equal(answer(self, quick, "here"), DOOR_SENT);
    zsock_destroy(&other);
}

static void a_peer_that_is_gone_is_told(void **state)
{
    Doorway *self = *state;
    PeerId peer;
    char text[64];
    zstr_send(self->client, "PLN1hello");
    assert_int_equal(receive(self, &peer, text), DOOR_MESSAGE);
    zsock_destroy(&self->client);
    DoorOutput output = DOOR_SENT;
    for (int i = 0; i < TRIES && output != DOOR_GONE; i++) {
        output = answer(self, peer, "x");
        zclock_sleep(2);
    }
    assert_int_equal(output, DOOR_GONE);
    assert_int_equal(answer(self, peer + 1000, "nobody"), DOOR_GONE);
}

static void a_path_too_long_is_refused_and_says_so(void **state)
{
    (void)state;
    const EndpointLimits limits = {1, 1, 1000};
    char path[PATHS_SOCKET_BYTES_MAX + 2];
    Door *door;
    Problem problem;
    problem_clear(&problem);
    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    assert_int_equal(door_new(&limits, &door, &problem), STATUS_OK);
    assert_int_equal(door_open(door, path, &problem), STATUS_INVALID_ARGUMENT);
    assert_non_null(strstr(problem.message, "107 bytes"));
    door_destroy(&door);
}

int main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, open_doorway, close_doorway)
    const struct CMUnitTest tests[] = {
        ONE(a_message_comes_in_and_an_answer_goes_out),
        ONE(other_frames_are_dropped_and_counted),
        ONE(a_client_that_chose_its_id_is_not_served),
        ONE(a_peer_that_does_not_read_fills_only_its_own_queue),
        ONE(a_peer_that_is_gone_is_told),
        cmocka_unit_test(a_path_too_long_is_refused_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
