/* Local moments as they are kept. */
#include "proto/canonical.h"

#include "proto/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum {
    ARENA_BYTES = 64 * 1024,
};

static void every_moment_gets_its_seconds(void **state)
{
    (void)state;
    static const char given[] =
        "{\"recurrenceId\": \"2022-03-03T09:00\", \"previousStart\": \"2022-02-03T09:00\","
        " \"schedule\": {\"start\": \"2022-03-03T09:00\", \"end\": \"2022-03-03T10:00:30\"},"
        " \"recurrence\": {\"rdate\": [\"2022-03-10T09:00\", \"2022-03-11\"],"
        "                  \"exdate\": [\"2022-03-17T09:00\"]},"
        " \"agenda\": [{\"start\": \"2022-03-03T09:15\", \"end\": \"2022-03-03T09:30\"}]}";
    Arena *arena = arena_new(ARENA_BYTES);
    Problem problem;
    ProtobufCMessage *message;
    json_t *json = json_loads(given, 0, NULL);
    problem_clear(&problem);
    assert_int_equal(
        json_to_message(json, &plenary__v1__event__descriptor, arena, &message, &problem),
        STATUS_OK);
    json_decref(json);

    Event *event = (Event *)message;
    assert_true(canonical_event(event, arena));
    assert_string_equal(event->recurrence_id, "2022-03-03T09:00:00");
    assert_string_equal(event->previous_start, "2022-02-03T09:00:00");
    assert_string_equal(event->schedule->start, "2022-03-03T09:00:00");
    assert_string_equal(event->schedule->end, "2022-03-03T10:00:30");
    assert_string_equal(event->recurrence->rdate[0], "2022-03-10T09:00:00");
    assert_string_equal(event->recurrence->rdate[1], "2022-03-11");
    assert_string_equal(event->recurrence->exdate[0], "2022-03-17T09:00:00");
    assert_string_equal(event->agenda[0]->start, "2022-03-03T09:15:00");
    assert_string_equal(event->agenda[0]->end, "2022-03-03T09:30:00");
    arena_destroy(&arena);
}

static void an_event_without_moments_stays_as_it_is(void **state)
{
    (void)state;
    Arena *arena = arena_new(ARENA_BYTES);
    Event event = PLENARY__V1__EVENT__INIT;
    assert_true(canonical_event(&event, arena));
    assert_null(event.recurrence_id);
    assert_int_equal(arena_used(arena), 0);
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_moment_gets_its_seconds),
        cmocka_unit_test(an_event_without_moments_stays_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
