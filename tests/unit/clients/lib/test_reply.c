/* A reply that lies in one piece of memory, or few, is the reply that was sent. */
#include "clients/lib/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    EVENTS = 3000,
};

/* Given: free. */
static uint8_t *pack(const Plenary__V1__Reply *reply, size_t *size)
{
    *size = plenary__v1__reply__get_packed_size(reply);
    uint8_t *packed = malloc(*size + 1);
    assert_non_null(packed);
    plenary__v1__reply__pack(reply, packed);
    return packed;
}

static uint8_t *pack_events(Plenary__V1__Event *event, size_t *size)
{
    static Plenary__V1__Event *events[EVENTS];
    Plenary__V1__EventsReply body = PLENARY__V1__EVENTS_REPLY__INIT;
    Plenary__V1__Reply reply = PLENARY__V1__REPLY__INIT;
    for (size_t i = 0; i < EVENTS; i++)
        events[i] = event;
    body.n_events = EVENTS;
    body.events = events;
    reply.has_correlation = 1;
    reply.correlation = 7;
    reply.result_case = PLENARY__V1__REPLY__RESULT_EVENTS;
    reply.events = &body;
    return pack(&reply, size);
}

static void it_is_what_was_sent(Plenary__V1__Event *event)
{
    size_t size, again_size;
    uint8_t *packed = pack_events(event, &size);
    Plenary__V1__Reply *reply = reply_unpack(packed, size);
    assert_non_null(reply);
    assert_int_equal(reply->events->n_events, EVENTS);
    uint8_t *again = pack(reply, &again_size);
    assert_int_equal(again_size, size);
    assert_memory_equal(again, packed, size);
    free(again);
    free(packed);
    reply_free(reply);
}

static void a_reply_is_read_as_it_was_sent(void **state)
{
    (void)state;
    Plenary__V1__Event event = PLENARY__V1__EVENT__INIT;
    event.title = (char[]){"Training on border control"};
    event.has_number = 1;
    event.number = 12;
    it_is_what_was_sent(&event);
}

/* Of two bytes each on the wire, of some hundreds in memory. */
static void a_reply_that_takes_far_more_memory_than_bytes_is_read_too(void **state)
{
    (void)state;
    Plenary__V1__Event event = PLENARY__V1__EVENT__INIT;
    it_is_what_was_sent(&event);
}

static void what_is_cut_off_is_no_reply(void **state)
{
    (void)state;
    size_t size;
    Plenary__V1__Event event = PLENARY__V1__EVENT__INIT;
    event.title = (char[]){"Training on border control"};
    uint8_t *packed = pack_events(&event, &size);
    for (size_t cut = 1; cut < 40; cut++)
        assert_null(reply_unpack(packed, size - cut));
    free(packed);
}

static void nothing_is_an_empty_reply_and_freeing_none_is_nothing(void **state)
{
    (void)state;
    Plenary__V1__Reply *reply = reply_unpack((const uint8_t *)"", 0);
    assert_non_null(reply);
    assert_null(reply->status);
    reply_free(reply);
    reply_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reply_is_read_as_it_was_sent),
        cmocka_unit_test(a_reply_that_takes_far_more_memory_than_bytes_is_read_too),
        cmocka_unit_test(what_is_cut_off_is_no_reply),
        cmocka_unit_test(nothing_is_an_empty_reply_and_freeing_none_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
