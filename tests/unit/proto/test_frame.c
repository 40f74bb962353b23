#include "proto/frame.h"

#include "proto/peek.h"
#include "tests/unit/proto/checks.h"
#include "tests/unit/proto/samples.h"

static Arena *arena;
static Problem problem;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(64 * 1024 * 1024);
    problem_clear(&problem);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

static const ProtobufCMessageDescriptor *const request = &plenary__v1__request__descriptor;

static bool is_ours(const void *frame, size_t length)
{
    const uint8_t *body;
    size_t size;
    if (!frame_body(frame, length, &body, &size)) return false;
    assert_ptr_equal(body, (const uint8_t *)frame + 4);
    assert_int_equal(size, length - 4);
    return true;
}

static void what_begins_with_pln1_is_ours(void **state)
{
    (void)state;
    uint8_t frame[8] = "";
    assert_true(is_ours("PLN1", 4));
    assert_true(is_ours("PLN10", 5));
    assert_false(is_ours("PLN2", 4));
    assert_false(is_ours("PLN1", 3));
    assert_false(is_ours("", 0));
    assert_false(is_ours(NULL, 0));
    assert_ptr_equal(frame_begin(frame), frame + 4);
    assert_true(is_ours(frame, sizeof frame));
}

static void a_packed_message_comes_back(void **state)
{
    (void)state;
    Random random = {.state = 5};
    for (int i = 0; i < 50; i++) {
        ProtobufCMessage *message = sample_message(&random, request, arena);
        size_t size = protobuf_c_message_get_packed_size(message);
        uint8_t *packed = arena_alloc(arena, size);
        uint8_t *again = arena_alloc(arena, size);
        protobuf_c_message_pack(message, packed);
        ProtobufCMessage *read = frame_unpack(packed, size, request, arena, &problem);
        assert_non_null(read);
        assert_int_equal(protobuf_c_message_get_packed_size(read), size);
        protobuf_c_message_pack(read, again);
        assert_memory_equal(packed, again, size);
    }
}

/* Fields that take no bytes to speak of unpack to far more. */
static void too_many_fields_are_refused_before_they_are_unpacked(void **state)
{
    (void)state;
    enum { EACH = 3, COUNT = FRAME_FIELDS_MAX + 1 };
    static uint8_t packed[COUNT * EACH + 8];
    for (size_t i = 0; i < COUNT; i++)
        memcpy(packed + i * EACH, "\x9a\x06\x00", EACH); /* field 99, empty */
    assert_null(frame_unpack(packed, (size_t)COUNT * EACH, request, arena, &problem));
    assert_int_equal(problem.code, STATUS_INVALID_ARGUMENT);
    assert_non_null(frame_unpack(packed, (size_t)(COUNT - 1) * EACH, request, arena, &problem));
}

static void fields_within_messages_are_counted_too(void **state)
{
    (void)state;
    const uint8_t two_within[] = "\x10\x05\x52\x04\x10\x01\x18\x01"; /* 2: 5, 10: {2: 1, 3: 1} */
    const uint8_t broken[] = "\x10\x05\x52\x7f\x10";
    assert_int_equal(peek_fields(request, two_within, 8, 100), 4);
    assert_int_equal(peek_fields(request, two_within, 8, 2), 3); /* stops */
    assert_int_equal(peek_fields(request, broken, 5, 100), 1);
    assert_int_equal(peek_fields(request, NULL, 0, 100), 0);
}

static void an_empty_body_is_an_empty_message(void **state)
{
    (void)state;
    assert_non_null(frame_unpack("", 0, request, arena, &problem));
    assert_non_null(frame_unpack(NULL, 0, request, arena, &problem));
}

static void junk_is_refused(void **state)
{
    (void)state;
    assert_null(frame_unpack("\xFF\xFF\xFF", 3, request, arena, &problem));
    assert_int_equal(problem.code, STATUS_INVALID_ARGUMENT);
    assert_string_equal(problem.message, "the message is not a valid plenary.v1.Request");
}

static void a_body_too_large_is_refused(void **state)
{
    (void)state;
    assert_null(frame_unpack("", FRAME_BODY_BYTES_MAX + 1, request, arena, &problem));
    assert_int_equal(problem.code, STATUS_INVALID_ARGUMENT);
    assert_string_equal(problem.message, "a message of 4194305 bytes is over the limit of 4194304");
}

static void a_full_arena_is_told_from_junk(void **state)
{
    (void)state;
    Arena *small = arena_new(300);
    static const uint8_t packed[] = {0x0A, 0x01, 'x'};
    while (arena_alloc(small, 16)) {
    }
    assert_null(frame_unpack(packed, sizeof packed, request, small, &problem));
    assert_int_equal(problem.code, STATUS_RESOURCE_EXHAUSTED);
    arena_destroy(&small);
}

static void an_arena_of_any_size_is_enough_or_told(void **state)
{
    (void)state;
    Random random = {.state = 3};
    ProtobufCMessage *message = sample_message(&random, &plenary__v1__event__descriptor, arena);
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = arena_alloc(arena, size);
    protobuf_c_message_pack(message, packed);
    bool enough = false;
    for (size_t limit = 0; !enough; limit += 16) {
        Arena *small = arena_new(limit);
        enough = frame_unpack(packed, size, &plenary__v1__event__descriptor, small, &problem);
        if (!enough) assert_int_equal(problem.code, STATUS_RESOURCE_EXHAUSTED);
        arena_destroy(&small);
    }
}

/* What random bytes, and messages with random bytes changed, unpack to is nothing or a message. */
static void broken_bodies_give_nothing_or_a_message(void **state)
{
    (void)state;
    Random random = {.state = 11};
    for (int i = 0; i < 2000; i++) {
        ProtobufCMessage *message = sample_message(&random, request, arena);
        size_t size = protobuf_c_message_get_packed_size(message);
        uint8_t *packed = arena_alloc(arena, size + 1);
        protobuf_c_message_pack(message, packed);
        for (int j = 0; size > 0 && j < 3; j++)
            packed[random_below(&random, size)] = (uint8_t)random_next(&random);
        ProtobufCMessage *read =
            frame_unpack(packed, random_below(&random, size + 1), request, arena, &problem);
        if (read) assert_true(protobuf_c_message_check(read));
        arena_reset(arena);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(what_begins_with_pln1_is_ours),
        CASE(a_packed_message_comes_back),
        CASE(too_many_fields_are_refused_before_they_are_unpacked),
        CASE(fields_within_messages_are_counted_too),
        CASE(an_empty_body_is_an_empty_message),
        CASE(junk_is_refused),
        CASE(a_body_too_large_is_refused),
        CASE(a_full_arena_is_told_from_junk),
        CASE(an_arena_of_any_size_is_enough_or_told),
        CASE(broken_bodies_give_nothing_or_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
