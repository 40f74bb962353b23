#include "tests/unit/daemon/bus/registered.h"

#include "daemon/bus/broadcast.h"
#include "daemon/bus/limits.h"
#include "proto/facets.h"

#include <czmq.h>
#include <endian.h>

#define CLEAR PLENARY__V1__HANDLING__TLP__CLEAR
#define GREEN PLENARY__V1__HANDLING__TLP__GREEN
#define AMBER PLENARY__V1__HANDLING__TLP__AMBER

enum {
    TRIES = 1500, /* of about 2 ms */
    QUIET_TRIES = 25,
    TEXTS_SIZE = 1024,
    TOPICS_OF_A_LARGE_EVENT = 400,
};

typedef struct Listening {
    Registered *registered;
    Broadcast *broadcast;
    char path[96];
    zsock_t *listener;
    bool listens; /* as it was told */
} Listening;

typedef struct Numbers {
    uint64_t sequence;
    uint64_t previous;
} Numbers;

static void note_listeners(void *context, bool listens)
{
    ((Listening *)context)->listens = listens;
}

static int set_up(void **state)
{
    static Listening self;
    void *registered;
    if (registered_open(&registered) != 0) return -1;
    self = (Listening){.registered = registered};
    (void)snprintf(self.path, sizeof self.path, "%s/broadcast.ipc", self.registered->folder);
    const BroadcastConfig config = {BROADCAST_SEND_QUEUE, note_listeners, &self};
    Problem problem;
    problem_clear(&problem);
    *state = &self;
    return broadcast_new(&config, &self.broadcast, &problem) == STATUS_OK &&
                   broadcast_open(self.broadcast, self.registered->registry, self.path, &problem) ==
                       STATUS_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    Listening *self = *state;
    void *registered = self->registered;
    zsock_destroy(&self->listener);
    broadcast_close(self->broadcast);
    broadcast_destroy(&self->broadcast);
    return registered_close(&registered);
}

static void turn(const Listening *self)
{
    registry_turn(self->registered->registry);
    while (broadcast_turn(self->broadcast))
        ;
    registry_rest(self->registered->registry);
}

static void turn_until(const Listening *self, bool listens)
{
    for (int i = 0; i < TRIES && self->listens != listens; i++) {
        turn(self);
        g_usleep(2000);
    }
    assert_int_equal(self->listens, listens);
}

/* One subscription: it counts as soon as the broadcast has it. */
static void listen_to(Listening *self, const char *topic)
{
    self->listener = zsock_new(ZMQ_SUB);
    zsock_set_subscribe(self->listener, topic);
    assert_int_equal(zsock_connect(self->listener, "ipc://%s", self->path), 0);
    turn_until(self, true);
}

static void stop_listening(Listening *self)
{
    zsock_destroy(&self->listener);
    turn_until(self, false);
}

/* The next message within some tries. False: none came. */
static bool hear_within(const Listening *self, int tries, char topic[static TEXTS_SIZE],
                        Numbers *numbers, Change **change)
{
    for (int i = 0; i < tries; i++) {
        turn(self);
        zpoller_t *poller = zpoller_new(self->listener, NULL);
        bool has = zpoller_wait(poller, 2) != NULL;
        zpoller_destroy(&poller);
        if (!has) continue;
        zmsg_t *message = zmsg_recv(self->listener);
        assert_int_equal(zmsg_size(message), 3);
        zframe_t *frame = zmsg_first(message);
        assert_true(zframe_size(frame) < TEXTS_SIZE);
        memcpy(topic, zframe_data(frame), zframe_size(frame));
        topic[zframe_size(frame)] = '\0';
        frame = zmsg_next(message);
        assert_int_equal(zframe_size(frame), BROADCAST_NUMBERS_BYTES);
        uint64_t raw[2];
        memcpy(raw, zframe_data(frame), sizeof raw);
        *numbers = (Numbers){le64toh(raw[0]), le64toh(raw[1])};
        frame = zmsg_next(message);
        *change = plenary__v1__change__unpack(NULL, zframe_size(frame), zframe_data(frame));
        assert_non_null(*change);
        zmsg_destroy(&message);
        return true;
    }
    return false;
}

/* The next message, which must be of this topic and change. Given. */
static Change *hear(const Listening *self, const char *topic, uint64_t sequence, uint64_t previous)
{
    char heard[TEXTS_SIZE];
    Numbers numbers;
    Change *change = NULL;
    assert_true(hear_within(self, TRIES, heard, &numbers, &change));
    assert_string_equal(heard, topic);
    assert_int_equal(numbers.sequence, sequence);
    assert_int_equal(numbers.previous, previous);
    assert_int_equal(change->sequence, sequence);
    return change;
}

static void heard_only(const Listening *self, const char *topic, uint64_t sequence,
                       uint64_t previous)
{
    plenary__v1__change__free_unpacked(hear(self, topic, sequence, previous), NULL);
}

static void assert_silence(const Listening *self)
{
    char heard[TEXTS_SIZE];
    Numbers numbers;
    Change *change = NULL;
    if (hear_within(self, QUIET_TRIES, heard, &numbers, &change))
        fail_msg("heard %s %llu", heard, (unsigned long long)numbers.sequence);
}

/* What was told of an event that can no longer be seen. */
static void assert_bare(Change *change, const char *id)
{
    assert_int_equal(change->action, PLENARY__V1__CHANGE__ACTION__WITHDRAWN);
    assert_string_equal(change->event->id, id);
    assert_null(change->event->title);
    assert_null(change->event->venue);
    assert_null(change->event->handling);
    assert_null(change->by_principal);
    plenary__v1__change__free_unpacked(change, NULL);
}

/* --- writing --- */

static void put(const Listening *self, const char *country, Plenary__V1__Handling__Tlp tlp)
{
    registered_put(self->registered, NULL, &(Wanted){country, tlp, NULL});
}

static void revise(const Listening *self, const Wanted *wanted)
{
    char id[ID_TEXT_SIZE];
    memcpy(id, self->registered->last_id, sizeof id);
    registered_put(self->registered, id, wanted);
}

/* A clear event with as many topics, or that is part of another one. */
static void put_with(const Listening *self, char **topics, size_t count, char *part_of)
{
    Event event = PLENARY__V1__EVENT__INIT;
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    Handling handling = PLENARY__V1__HANDLING__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Plenary__V1__RegisterEvent registering = PLENARY__V1__REGISTER_EVENT__INIT;
    char title[] = "A session";
    char day[] = "2022-03-03";
    schedule.start = day;
    handling.has_tlp = 1;
    handling.tlp = CLEAR;
    event.has_kind = 1;
    event.kind = PLENARY__V1__EVENT__KIND__MEETING;
    event.title = title;
    event.schedule = &schedule;
    event.handling = &handling;
    event.topics = topics;
    event.n_topics = count;
    event.part_of = part_of;
    registering.event = &event;
    request.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
    request.register_event = &registering;
    registered_do(self->registered, &request);
}

static void put_organisation(const Listening *self)
{
    Request request = PLENARY__V1__REQUEST__INIT;
    Plenary__V1__PutOrganisation putting = PLENARY__V1__PUT_ORGANISATION__INIT;
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    char id[] = "unodc";
    char email[] = "desk@example.org";
    organisation.id = organisation.name = id;
    organisation.email = email;
    organisation.has_kind = 1;
    organisation.kind = PLENARY__V1__ORGANISATION__KIND__INTERNATIONAL;
    putting.organisation = &organisation;
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_ORGANISATION;
    request.put_organisation = &putting;
    registered_do(self->registered, &request);
}

/* --- the tests --- */

static void a_change_goes_to_each_topic_of_its_event_and_to_no_other(void **state)
{
    Listening *self = *state;
    listen_to(self, "");
    put(self, "UZ", CLEAR);
    heard_only(self, "all;", 1, 0);
    heard_only(self, "kind=meeting;", 1, 0);
    heard_only(self, "status=confirmed;", 1, 0);
    heard_only(self, "country=UZ;", 1, 0);
    heard_only(self, "month=2022-03;", 1, 0);
    assert_silence(self);
}

static void a_topic_does_not_hear_one_whose_name_only_begins_like_it(void **state)
{
    Listening *self = *state;
    listen_to(self, "country=U;");
    put(self, "UZ", CLEAR);
    assert_silence(self);
}

static void what_is_told_has_no_contacts_principals_or_digests(void **state)
{
    Listening *self = *state;
    listen_to(self, "all;");
    put(self, "UZ", CLEAR);
    Change *change = hear(self, "all;", 1, 0);
    assert_string_equal(change->event->participants[0]->name, "Ada");
    assert_null(change->event->participants[0]->email);
    assert_null(change->by_principal);
    assert_null(change->request_id);
    assert_false(change->has_request_hash);
    assert_false(change->has_salt);
    assert_false(change->has_content_digest);
    assert_false(change->has_digest);
    plenary__v1__change__free_unpacked(change, NULL);
}

static void what_is_not_for_everybody_is_on_no_topic(void **state)
{
    Listening *self = *state;
    listen_to(self, "");
    put(self, "UZ", GREEN);
    revise(self, &(Wanted){"KZ", GREEN, NULL});
    registered_withdraw(self->registered);
    put(self, "UZ", AMBER);
    registered_put(self->registered, NULL, &(Wanted){"UZ", CLEAR, "security"});
    assert_silence(self);
}

static void a_move_is_heard_where_the_event_was_and_where_it_is(void **state)
{
    Listening *self = *state;
    listen_to(self, "country=");
    put(self, "UZ", CLEAR);
    heard_only(self, "country=UZ;", 1, 0);
    revise(self, &(Wanted){"KZ", CLEAR, NULL});
    Change *change = hear(self, "country=UZ;", 2, 1);
    assert_string_equal(change->event->venue->country, "KZ");
    plenary__v1__change__free_unpacked(change, NULL);
    heard_only(self, "country=KZ;", 2, 0);
    assert_silence(self);
}

static void what_is_protected_now_leaves_its_old_topics_bare(void **state)
{
    Listening *self = *state;
    listen_to(self, "country=");
    put(self, "UZ", CLEAR);
    heard_only(self, "country=UZ;", 1, 0);
    revise(self, &(Wanted){"KZ", AMBER, NULL});
    assert_bare(hear(self, "country=UZ;", 2, 1), self->registered->last_id);
    revise(self, &(Wanted){"KG", AMBER, NULL});
    assert_silence(self);
    revise(self, &(Wanted){"TJ", CLEAR, NULL});
    heard_only(self, "country=TJ;", 4, 0);
    revise(self, &(Wanted){"TJ", CLEAR, "security"});
    assert_bare(hear(self, "country=TJ;", 5, 4), self->registered->last_id);
    assert_silence(self);
}

static void what_is_withdrawn_leaves_its_topics_bare(void **state)
{
    Listening *self = *state;
    listen_to(self, "country=");
    put(self, "UZ", CLEAR);
    heard_only(self, "country=UZ;", 1, 0);
    registered_withdraw(self->registered);
    assert_bare(hear(self, "country=UZ;", 2, 1), self->registered->last_id);
    assert_silence(self);
}

/* What is applied in one turn is published after it: the record is protected already. */
static void an_image_is_not_shown_once_the_record_is_protected(void **state)
{
    Listening *self = *state;
    listen_to(self, "country=");
    put(self, "UZ", CLEAR);
    revise(self, &(Wanted){"KZ", CLEAR, NULL});
    revise(self, &(Wanted){"KG", AMBER, NULL});
    assert_bare(hear(self, "country=UZ;", 2, 0), self->registered->last_id);
    assert_bare(hear(self, "country=KZ;", 3, 0), self->registered->last_id);
    assert_silence(self);
}

static void a_reference_to_what_cannot_be_seen_is_neither_told_nor_a_topic(void **state)
{
    Listening *self = *state;
    char id[ID_TEXT_SIZE];
    listen_to(self, "part_of=");
    put(self, "UZ", AMBER);
    memcpy(id, self->registered->last_id, sizeof id);
    put_with(self, NULL, 0, id);
    assert_silence(self);
    put(self, "UZ", CLEAR);
    memcpy(id, self->registered->last_id, sizeof id);
    put_with(self, NULL, 0, id);
    char *topic = g_strdup_printf("part_of=%s;", id);
    heard_only(self, topic, 4, 0);
    g_free(topic);

    stop_listening(self);
    listen_to(self, "kind=");
    put(self, "UZ", AMBER);
    put_with(self, NULL, 0, self->registered->last_id);
    Change *change = hear(self, "kind=meeting;", 6, 0);
    assert_null(change->event->part_of);
    plenary__v1__change__free_unpacked(change, NULL);
}

static void an_organisation_has_a_topic_of_its_own(void **state)
{
    Listening *self = *state;
    listen_to(self, "");
    put_organisation(self);
    heard_only(self, "all;", 1, 0);
    Change *change = hear(self, "organisation=unodc;", 1, 0);
    assert_string_equal(change->organisation->name, "unodc");
    assert_null(change->organisation->email);
    plenary__v1__change__free_unpacked(change, NULL);
    assert_silence(self);
}

static void each_topic_counts_for_itself(void **state)
{
    Listening *self = *state;
    listen_to(self, "country=");
    put(self, "UZ", CLEAR);
    put(self, "KG", CLEAR);
    put(self, "UZ", CLEAR);
    put(self, "UZ", AMBER);
    put(self, "UZ", CLEAR);
    heard_only(self, "country=UZ;", 1, 0);
    heard_only(self, "country=KG;", 2, 0);
    heard_only(self, "country=UZ;", 3, 1);
    heard_only(self, "country=UZ;", 5, 3);
}

static void what_nobody_heard_is_not_told_later(void **state)
{
    Listening *self = *state;
    put(self, "UZ", CLEAR);
    turn(self);
    listen_to(self, "country=");
    put(self, "UZ", CLEAR);
    heard_only(self, "country=UZ;", 2, 0);
    stop_listening(self);
    put(self, "UZ", CLEAR);
    turn(self);
    listen_to(self, "country=");
    put(self, "UZ", CLEAR);
    heard_only(self, "country=UZ;", 4, 0); /* 3 was not counted: what was before is not known */
}

static void the_last_listener_to_go_ends_the_work(void **state)
{
    Listening *self = *state;
    listen_to(self, "all;");
    zsock_t *other = zsock_new(ZMQ_SUB);
    zsock_set_subscribe(other, "all;");
    assert_int_equal(zsock_connect(other, "ipc://%s", self->path), 0);
    g_usleep(100000);
    turn(self);
    zsock_destroy(&other);
    g_usleep(100000);
    turn(self);
    assert_true(self->listens);
    put(self, "UZ", CLEAR);
    heard_only(self, "all;", 1, 0);
    stop_listening(self);
}

static void what_is_no_subscription_is_dropped_and_counted(void **state)
{
    Listening *self = *state;
    zsock_t *talker = zsock_new(ZMQ_XSUB);
    assert_int_equal(zsock_connect(talker, "ipc://%s", self->path), 0);
    assert_int_equal(zstr_send(talker, "PLN1"), 0);
    for (int i = 0; i < TRIES && broadcast_refused(self->broadcast) == 0; i++) {
        turn(self);
        g_usleep(2000);
    }
    assert_int_equal(broadcast_refused(self->broadcast), 1);
    assert_false(self->listens);
    zsock_destroy(&talker);
}

/* Each event brings topics that no other has: what is remembered of them must stay bounded. */
static void a_full_memory_begins_anew_and_says_so(void **state)
{
    Listening *self = *state;
    static char names[TOPICS_OF_A_LARGE_EVENT][FACET_KEY_MAX];
    static char *topics[TOPICS_OF_A_LARGE_EVENT];
    const size_t length = 400;
    uint64_t last = 0;
    unsigned forgotten = 0;
    listen_to(self, "all;");
    const size_t events = BROADCAST_KNOWN_BYTES / (TOPICS_OF_A_LARGE_EVENT * length) + 2;
    for (size_t i = 0; i < events; i++) {
        for (size_t j = 0; j < TOPICS_OF_A_LARGE_EVENT; j++) {
            memset(names[j], 'a', length);
            (void)snprintf(names[j] + length, sizeof names[j] - length, "%zu.%zu", i, j);
            topics[j] = names[j];
        }
        put_with(self, topics, TOPICS_OF_A_LARGE_EVENT, NULL);
        char topic[TEXTS_SIZE];
        Numbers numbers;
        Change *change;
        assert_true(hear_within(self, TRIES, topic, &numbers, &change));
        assert_true(numbers.previous == last || numbers.previous == 0);
        if (i > 0 && numbers.previous == 0) forgotten++;
        last = numbers.sequence;
        plenary__v1__change__free_unpacked(change, NULL);
    }
    assert_int_equal(forgotten, 1);
}

int main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ONE(a_change_goes_to_each_topic_of_its_event_and_to_no_other),
        ONE(a_topic_does_not_hear_one_whose_name_only_begins_like_it),
        ONE(what_is_told_has_no_contacts_principals_or_digests),
        ONE(what_is_not_for_everybody_is_on_no_topic),
        ONE(a_move_is_heard_where_the_event_was_and_where_it_is),
        ONE(what_is_protected_now_leaves_its_old_topics_bare),
        ONE(what_is_withdrawn_leaves_its_topics_bare),
        ONE(an_image_is_not_shown_once_the_record_is_protected),
        ONE(a_reference_to_what_cannot_be_seen_is_neither_told_nor_a_topic),
        ONE(an_organisation_has_a_topic_of_its_own),
        ONE(each_topic_counts_for_itself),
        ONE(what_nobody_heard_is_not_told_later),
        ONE(the_last_listener_to_go_ends_the_work),
        ONE(what_is_no_subscription_is_dropped_and_counted),
        ONE(a_full_memory_begins_anew_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
