#include "daemon/bus/credit.h"

#include "daemon/bus/limits.h"
#include "daemon/bus/peer.h"
#include "proto/peek.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void without_credit_nothing_is_sent(void **state)
{
    (void)state;
    StreamCredit credit = {0};
    assert_false(credit_allows(&credit, 0, 0, 0));
    credit_add(&credit, 5, 0);
    assert_false(credit_allows(&credit, 0, 0, 0));
    credit_add(&credit, 0, 100);
    assert_true(credit_allows(&credit, 0, 0, 0));
}

static void messages_and_bytes_both_bound(void **state)
{
    (void)state;
    StreamCredit credit = {0};
    credit_add(&credit, 2, 1000);
    assert_true(credit_allows(&credit, 1, 999, 0));
    assert_false(credit_allows(&credit, 2, 10, 0));
    assert_false(credit_allows(&credit, 1, 1000, 0));
}

static void one_large_change_makes_a_debt_that_new_credit_pays_first(void **state)
{
    (void)state;
    StreamCredit credit = {0};
    credit_add(&credit, 10, 100);
    credit_spend(&credit, 1, 300);
    assert_false(credit_allows(&credit, 0, 0, 0));
    credit_add(&credit, 0, 200);
    assert_false(credit_allows(&credit, 0, 0, 0));
    credit_add(&credit, 0, 1);
    assert_true(credit_allows(&credit, 0, 0, 0));
}

static void credit_stops_at_its_limit_and_never_overflows(void **state)
{
    (void)state;
    StreamCredit credit = {0};
    for (int i = 0; i < 3; i++)
        credit_add(&credit, UINT64_MAX, UINT64_MAX);
    assert_int_equal(credit.messages, STREAMS_CREDIT_MESSAGES);
    assert_int_equal(credit.bytes, STREAMS_CREDIT_BYTES);
    assert_int_equal(credit.away, 0);
}

static void what_is_away_of_all_stops_only_who_has_much(void **state)
{
    (void)state;
    StreamCredit modest = {0};
    StreamCredit greedy = {0};
    credit_add(&modest, 100, STREAMS_CREDIT_BYTES);
    credit_add(&greedy, 100, STREAMS_CREDIT_BYTES);
    credit_spend(&greedy, 1, STREAMS_AWAY_FREE_BYTES);
    assert_true(credit_allows(&greedy, 0, 0, STREAMS_AWAY_BYTES - 1));
    assert_false(credit_allows(&greedy, 0, 0, STREAMS_AWAY_BYTES));
    assert_true(credit_allows(&modest, 0, 0, STREAMS_AWAY_BYTES));
    credit_add(&greedy, 1, STREAMS_AWAY_FREE_BYTES);
    assert_true(credit_allows(&greedy, 0, 0, STREAMS_AWAY_BYTES));
}

static void a_field_is_found_without_unpacking(void **state)
{
    (void)state;
    /* field 1: bytes "ab", field 6: varint 300, field 8: fixed32 */
    const uint8_t packed[] = {0x0A, 2, 'a', 'b', 0x30, 0xAC, 0x02, 0x45, 1, 2, 3, 4};
    uint64_t value = 0;
    assert_true(peek_varint(packed, sizeof packed, 6, &value));
    assert_int_equal(value, 300);
    assert_false(peek_varint(packed, sizeof packed, 1, &value));
    assert_true(peek_has(packed, sizeof packed, 8));
    assert_false(peek_has(packed, sizeof packed, 9));
}

static void broken_bytes_end_the_search(void **state)
{
    (void)state;
    const uint8_t beyond[] = {0x0A, 200, 'a'};
    const uint8_t endless[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    const uint8_t group[] = {0x0B, 0x30, 1};
    uint64_t value;
    assert_false(peek_has(beyond, sizeof beyond, 6));
    assert_false(peek_has(endless, sizeof endless, 6));
    assert_false(peek_varint(group, sizeof group, 6, &value));
    assert_false(peek_varint(group, 0, 6, &value));
}

static void only_ids_that_the_socket_gave_are_peers(void **state)
{
    (void)state;
    const uint8_t given[PEER_BYTES] = {0, 1, 2, 3, 4};
    const uint8_t chosen[PEER_BYTES] = {'a', 'd', 'm', 'i', 'n'};
    const uint8_t longer[PEER_BYTES + 1] = {0};
    uint8_t printed[PEER_BYTES];
    PeerId peer;
    assert_true(peer_parse(given, sizeof given, &peer));
    peer_print(peer, printed);
    assert_memory_equal(printed, given, sizeof given);
    assert_false(peer_parse(chosen, sizeof chosen, &peer));
    assert_false(peer_parse(longer, sizeof longer, &peer));
    assert_false(peer_parse(given, 0, &peer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_credit_nothing_is_sent),
        cmocka_unit_test(messages_and_bytes_both_bound),
        cmocka_unit_test(one_large_change_makes_a_debt_that_new_credit_pays_first),
        cmocka_unit_test(credit_stops_at_its_limit_and_never_overflows),
        cmocka_unit_test(what_is_away_of_all_stops_only_who_has_much),
        cmocka_unit_test(a_field_is_found_without_unpacking),
        cmocka_unit_test(broken_bytes_end_the_search),
        cmocka_unit_test(only_ids_that_the_socket_gave_are_peers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
