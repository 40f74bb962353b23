#include "proto/keyset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum {
    MANY = 5000,
    KEY_SIZE = 32,
};

static void a_key_is_new_once(void **state)
{
    (void)state;
    Arena *arena = arena_new(1 << 20);
    Keyset keys = {0};
    char key[KEY_SIZE];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < MANY; i++) {
            int length = snprintf(key, sizeof key, "word=%d", i);
            assert_int_equal(keyset_add(&keys, key, (size_t)length, arena), round == 0);
        }
    assert_int_equal(keys.count, MANY);
    arena_destroy(&arena);
}

static void keys_are_told_apart_by_every_byte_and_by_length(void **state)
{
    (void)state;
    Arena *arena = arena_new(1 << 20);
    Keyset keys = {0};
    assert_true(keyset_add(&keys, "", 0, arena));
    assert_false(keyset_add(&keys, "x", 0, arena));
    for (size_t length = 1; length < KEY_SIZE; length++) {
        char key[KEY_SIZE] = {0};
        assert_true(keyset_add(&keys, key, length, arena));
        key[length - 1] = 'x';
        assert_true(keyset_add(&keys, key, length, arena));
        assert_false(keyset_add(&keys, key, length, arena));
    }
    arena_destroy(&arena);
}

static void without_memory_every_key_is_new(void **state)
{
    (void)state;
    Arena *arena = arena_new(16);
    Keyset keys = {0};
    assert_true(keyset_add(&keys, "a", 1, arena));
    assert_true(keyset_add(&keys, "a", 1, arena));
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_new_once),
        cmocka_unit_test(keys_are_told_apart_by_every_byte_and_by_length),
        cmocka_unit_test(without_memory_every_key_is_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
