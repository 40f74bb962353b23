#include "daemon/bus/admission.h"

#include "daemon/bus/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int open_admission(void **state)
{
    *state = admission_new();
    return *state ? 0 : -1;
}

static int close_admission(void **state)
{
    Admission *self = *state;
    admission_destroy(&self);
    return 0;
}

static AdmissionKey key_of(uint8_t number)
{
    AdmissionKey key = {.key = {number, 1, 2, 3}};
    curve_fingerprint(key.key, key.fingerprint);
    return key;
}

static AdmissionVerdict ask(Admission *self, const char *address, uint8_t number, int64_t now_ms)
{
    char fingerprint[CURVE_FINGERPRINT_SIZE];
    const AdmissionKey key = key_of(number);
    AdmissionVerdict verdict = admission_ask(self, address, key.key, now_ms, fingerprint);
    assert_string_equal(fingerprint, key.fingerprint); /* in any case */
    return verdict;
}

static void only_the_keys_of_the_last_table_are_let_in(void **state)
{
    Admission *self = *state;
    const AdmissionKey first[] = {key_of(1), key_of(2)};
    const AdmissionKey then[] = {key_of(2), key_of(3)};
    assert_int_equal(ask(self, "a", 1, 0), ADMISSION_UNKNOWN);
    admission_replace(self, first, 2);
    assert_int_equal(ask(self, "a", 1, 0), ADMISSION_GRANTED);
    assert_int_equal(ask(self, "a", 3, 0), ADMISSION_UNKNOWN);
    admission_replace(self, then, 2);
    assert_int_equal(ask(self, "a", 1, 0), ADMISSION_UNKNOWN);
    assert_int_equal(ask(self, "a", 2, 0), ADMISSION_GRANTED);
    assert_int_equal(ask(self, "a", 3, 0), ADMISSION_GRANTED);
    admission_replace(self, NULL, 0);
    assert_int_equal(ask(self, "a", 2, 0), ADMISSION_UNKNOWN);
    assert_int_equal(admission_keys(self), 0);
}

/* From an address each, so that theirs is not the bound. */
static void a_key_that_comes_too_often_waits_and_others_do_not(void **state)
{
    Admission *self = *state;
    const AdmissionKey keys[] = {key_of(1), key_of(2)};
    char address[16];
    admission_replace(self, keys, 2);
    for (int i = 0; i < ZAP_KEY_BURST; i++) {
        (void)snprintf(address, sizeof address, "%d", i);
        assert_int_equal(ask(self, address, 1, 1000), ADMISSION_GRANTED);
    }
    assert_int_equal(ask(self, "b", 1, 1000), ADMISSION_LATER);
    assert_int_equal(ask(self, "b", 2, 1000), ADMISSION_GRANTED);
    admission_replace(self, keys, 2); /* another table is no new beginning */
    assert_int_equal(ask(self, "b", 1, 1000), ADMISSION_LATER);
    for (int i = 0; i < ZAP_KEY_PER_S; i++)
        assert_int_equal(ask(self, "c", 1, 2000), ADMISSION_GRANTED);
    assert_int_equal(ask(self, "c", 1, 2000), ADMISSION_LATER);
}

static void an_address_is_bounded_whatever_its_keys_are(void **state)
{
    Admission *self = *state;
    const AdmissionKey keys[] = {key_of(1)};
    admission_replace(self, keys, 1);
    for (int i = 0; i < ZAP_ADDRESS_BURST; i++)
        assert_int_equal(ask(self, "a", 9, 0), ADMISSION_UNKNOWN);
    assert_int_equal(ask(self, "a", 9, 0), ADMISSION_LATER);
    assert_int_equal(ask(self, "a", 1, 0), ADMISSION_LATER);
    assert_int_equal(ask(self, "b", 1, 0), ADMISSION_GRANTED);
}

static void addresses_are_forgotten_when_there_are_too_many(void **state)
{
    Admission *self = *state;
    char address[16];
    for (int i = 0; i <= ZAP_ADDRESS_BURST; i++)
        (void)ask(self, "a", 9, 0);
    assert_int_equal(ask(self, "a", 9, 0), ADMISSION_LATER);
    for (int i = 0; i < ZAP_ADDRESSES_MAX; i++) {
        (void)snprintf(address, sizeof address, "%d", i);
        (void)ask(self, address, 9, 0);
    }
    assert_int_equal(ask(self, "a", 9, 0), ADMISSION_UNKNOWN);
}

/* Long after, a bucket is full, and not fuller. */
static void a_long_rest_is_no_credit(void **state)
{
    Admission *self = *state;
    const AdmissionKey keys[] = {key_of(1)};
    char address[16];
    int granted = 0;
    admission_replace(self, keys, 1);
    assert_int_equal(ask(self, "a", 1, 0), ADMISSION_GRANTED);
    for (int i = 0; i < 2 * ZAP_KEY_BURST; i++) {
        (void)snprintf(address, sizeof address, "%d", i);
        granted += ask(self, address, 1, INT64_MAX / 2) == ADMISSION_GRANTED;
    }
    assert_int_equal(granted, ZAP_KEY_BURST);
}

int main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, open_admission, close_admission)
    const struct CMUnitTest tests[] = {
        ONE(only_the_keys_of_the_last_table_are_let_in),
        ONE(a_key_that_comes_too_often_waits_and_others_do_not),
        ONE(an_address_is_bounded_whatever_its_keys_are),
        ONE(addresses_are_forgotten_when_there_are_too_many),
        ONE(a_long_rest_is_no_credit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
