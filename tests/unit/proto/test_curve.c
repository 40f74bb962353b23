/* Keys of CURVE, as libzmq writes and derives them. */
#include "proto/curve.h"

#include "tests/unit/proto/checks.h"

#include <sodium.h>
#include <zmq.h>

static void keys_are_written_and_derived_as_libzmq_does(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        uint8_t secret[CURVE_KEY_BYTES];
        uint8_t parsed[CURVE_KEY_BYTES];
        char text[CURVE_TEXT_SIZE];
        char derived[CURVE_TEXT_SIZE];
        CurvePair pair;
        randombytes_buf(secret, sizeof secret);
        curve_pair_make(secret, &pair);
        assert_non_null(zmq_z85_encode(text, secret, sizeof secret));
        assert_string_equal(pair.secret_key, text);
        assert_int_equal(zmq_curve_public(derived, text), 0);
        assert_string_equal(pair.public_key, derived);
        assert_true(curve_parse(text, parsed));
        assert_memory_equal(parsed, secret, sizeof secret);
        assert_true(curve_pair_fits(&pair));
        pair.public_key[0] = pair.public_key[0] == 'a' ? 'b' : 'a';
        assert_false(curve_pair_fits(&pair));
    }
}

static void pairs_of_libzmq_are_taken(void **state)
{
    (void)state;
    CurvePair pair;
    assert_int_equal(zmq_curve_keypair(pair.public_key, pair.secret_key), 0);
    assert_true(curve_pair_fits(&pair));
    curve_pair_clear(&pair);
    assert_string_equal(pair.secret_key, "");
}

#define FORTY "0123456789012345678901234567890123456789"

static void what_is_no_key_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "0123456789",
        "01234567890123456789012345678901234567890",
        "012345678901234567890123456789012345678 ",
        "012345678901234567890123456789012345678\"",
        "0123456789012345678901234567890123456\xD1\x8F\xD1",
        "#####67890123456789012345678901234567890", /* over 2^32 - 1 */
    };
    uint8_t key[CURVE_KEY_BYTES] = {7};
    char fingerprint[CURVE_FINGERPRINT_SIZE];
    assert_true(curve_parse(FORTY, key));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint8_t before[CURVE_KEY_BYTES];
        memcpy(before, key, sizeof before);
        assert_false(curve_parse(wrong[i], key));
        assert_memory_equal(key, before, sizeof before);
        assert_false(curve_fingerprint_of(wrong[i], fingerprint));
    }
}

static void points_of_small_order_are_nobodys_key(void **state)
{
    (void)state;
    uint8_t key[CURVE_KEY_BYTES] = {0};
    assert_false(curve_is_public(key));
    key[0] = 1;
    assert_false(curve_is_public(key));
    key[0] = 9; /* the base point */
    assert_true(curve_is_public(key));
}

static void a_fingerprint_is_blake2b_of_the_key(void **state)
{
    (void)state;
    uint8_t key[CURVE_KEY_BYTES] = {0};
    char fingerprint[CURVE_FINGERPRINT_SIZE];
    curve_fingerprint(key, fingerprint);
    /* head -c 32 /dev/zero | b2sum -l 128 */
    assert_string_equal(fingerprint, "ff0f22492f44bac4c4b30ae58d0e8daa");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_written_and_derived_as_libzmq_does),
        cmocka_unit_test(pairs_of_libzmq_are_taken),
        cmocka_unit_test(what_is_no_key_is_refused),
        cmocka_unit_test(points_of_small_order_are_nobodys_key),
        cmocka_unit_test(a_fingerprint_is_blake2b_of_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
