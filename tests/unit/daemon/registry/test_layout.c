/* Keys order as their numbers do, and values come back as they were. */
#include "daemon/registry/layout.h"

#include "proto/validate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int compare(const Key *left, const Key *right)
{
    size_t size = left->size < right->size ? left->size : right->size;
    int order = memcmp(left->bytes, right->bytes, size);
    return order ? order : (left->size > right->size) - (left->size < right->size);
}

static void keys_order_as_numbers_do(void **unused)
{
    (void)unused;
    static const uint32_t numbers[] = {0,   1,     127,   128,      255,
                                       256, 65535, 65536, 1U << 31, UINT32_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        Key key = key_number(numbers[i]);
        Key sequence = key_sequence((uint64_t)numbers[i] << 20);
        assert_int_equal(key_to_number(key_bytes(&key)), numbers[i]);
        assert_int_equal(key_to_sequence(key_bytes(&sequence)), (uint64_t)numbers[i] << 20);
        if (i == 0) continue;
        Key before = key_number(numbers[i - 1]);
        Key sequence_before = key_sequence((uint64_t)numbers[i - 1] << 20);
        assert_true(compare(&before, &key) < 0);
        assert_true(compare(&sequence_before, &sequence) < 0);
        Key last_of_before = key_version(numbers[i - 1], UINT32_MAX);
        Key first = key_version(numbers[i], 0);
        assert_true(compare(&last_of_before, &first) < 0);
    }
}

static void names_of_different_kinds_never_meet(void **unused)
{
    (void)unused;
    char uid[VALIDATE_UID_BYTES_MAX + 1];
    memset(uid, 'u', sizeof uid - 1);
    uid[sizeof uid - 1] = '\0';
    Key longest = key_uid(uid, "2022-03-03T09:00:00");
    assert_true(longest.size <= LAYOUT_KEY_SIZE);
    Key id = key_id("0190f000-0000-7000-8000-000000000000");
    Key same = key_uid("0190f000-0000-7000-8000-000000000000", NULL);
    assert_true(compare(&id, &same) != 0);
    Key one = key_uid("a", "b");
    Key other = key_uid("ab", NULL);
    assert_true(compare(&one, &other) != 0);
    Key request = key_request("0190f000-0000-7000-8000-000000000000", "local");
    Key later = key_request("0190f000-0001-7000-8000-000000000000", "a");
    assert_true(compare(&request, &later) < 0); /* old ones expire from the left */
}

static void a_head_comes_back_as_it_was(void **unused)
{
    (void)unused;
    Arena *arena = arena_new(SIZE_MAX);
    char *audience[] = {(char[]){"unodc"}, (char[]){""}, (char[]){"customs experts"}};
    const Head head = {
        .id = "0190f000-0000-7000-8000-000000000001",
        .sequence = UINT64_MAX - 1,
        .revision = UINT32_MAX,
        .withdrawn = true,
        .span = {.whole_days = true,
                 .local_start_s = -62135596800,
                 .local_end_s = 253402300799,
                 .utc_start_s = -1,
                 .utc_end_s = INT64_MIN},
        .tlp = PLENARY__V1__HANDLING__TLP__RED,
        .audience = audience,
        .audience_count = 3,
    };
    Bytes value = head_encode(&head, arena);
    Head read;
    assert_true(head_decode(value, &read, arena));
    assert_string_equal(read.id, head.id);
    assert_int_equal(read.sequence, head.sequence);
    assert_int_equal(read.revision, head.revision);
    assert_true(read.withdrawn && read.span.whole_days);
    assert_int_equal(read.span.local_start_s, head.span.local_start_s);
    assert_int_equal(read.span.local_end_s, head.span.local_end_s);
    assert_int_equal(read.span.utc_start_s, head.span.utc_start_s);
    assert_int_equal(read.span.utc_end_s, head.span.utc_end_s);
    assert_int_equal(read.tlp, head.tlp);
    assert_int_equal(read.audience_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(read.audience[i], audience[i]);
    assert_true(head_decode(value, &read, NULL));
    assert_int_equal(read.audience_count, 0);
    arena_destroy(&arena);
}

static void damaged_values_are_refused_not_read(void **unused)
{
    (void)unused;
    Arena *arena = arena_new(SIZE_MAX);
    char *audience[] = {(char[]){"unodc"}};
    const Head head = {
        .id = "0190f000-0000-7000-8000-000000000001", .audience = audience, .audience_count = 1};
    Bytes value = head_encode(&head, arena);
    Head read;
    for (size_t size = 0; size < value.size; size++) {
        bool bare = size == value.size - sizeof "unodc"; /* it ends before the audience */
        assert_int_equal(head_decode((Bytes){value.data, size}, &read, arena), bare);
    }
    uint8_t request[REQUEST_VALUE_BYTES] = {0};
    uint8_t hash[REQUEST_HASH_BYTES];
    uint64_t sequence;
    assert_true(request_value_decode((Bytes){request, sizeof request}, hash, &sequence));
    assert_false(request_value_decode((Bytes){request, sizeof request - 1}, hash, &sequence));
    assert_int_equal(number_decode((Bytes){request, 7}), 0);
    arena_destroy(&arena);
}

static void numbers_and_requests_come_back(void **unused)
{
    (void)unused;
    Number number = number_encode(0x0102030405060708);
    assert_int_equal(number_decode(number_bytes(&number)), 0x0102030405060708);
    uint8_t hash[REQUEST_HASH_BYTES] = {1, 2, 3};
    uint8_t read[REQUEST_HASH_BYTES];
    uint8_t value[REQUEST_VALUE_BYTES];
    uint64_t sequence;
    request_value_encode(hash, UINT64_MAX, value);
    assert_true(request_value_decode((Bytes){value, sizeof value}, read, &sequence));
    assert_memory_equal(read, hash, sizeof hash);
    assert_int_equal(sequence, UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_order_as_numbers_do),
        cmocka_unit_test(names_of_different_kinds_never_meet),
        cmocka_unit_test(a_head_comes_back_as_it_was),
        cmocka_unit_test(damaged_values_are_refused_not_read),
        cmocka_unit_test(numbers_and_requests_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
