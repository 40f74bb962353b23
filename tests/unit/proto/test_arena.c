#include "proto/arena.h"

#include "tests/unit/proto/checks.h"

#include <stdalign.h>

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    Arena *arena = arena_new(1 << 20);
    for (size_t size = 0; size < 300; size++) {
        unsigned char *memory = arena_alloc(arena, size);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xA5, size);
    }
    arena_destroy(&arena);
    assert_null(arena);
}

static void memory_is_zeroed_after_a_reset_too(void **state)
{
    (void)state;
    Arena *arena = arena_new(1 << 20);
    memset(arena_alloc(arena, 8000), 0xA5, 8000);
    memset(arena_alloc(arena, 100000), 0xA5, 100000);
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    const unsigned char *memory = arena_alloc(arena, 8000);
    for (size_t i = 0; i < 8000; i++)
        assert_int_equal(memory[i], 0);
    arena_destroy(&arena);
}

static void allocations_do_not_overlap(void **state)
{
    (void)state;
    unsigned char *pieces[400];
    Arena *arena = arena_new(1 << 24);
    for (size_t i = 0; i < 400; i++) {
        pieces[i] = arena_alloc(arena, i * 37);
        memset(pieces[i], (int)(i & 0xFF), i * 37);
    }
    for (size_t i = 0; i < 400; i++) {
        for (size_t j = 0; j < i * 37; j++)
            assert_int_equal(pieces[i][j], i & 0xFF);
    }
    arena_destroy(&arena);
}

static void the_limit_holds(void **state)
{
    (void)state;
    Arena *arena = arena_new(1000);
    assert_null(arena_alloc(arena, 1001));
    assert_null(arena_alloc(arena, SIZE_MAX));
    assert_null(arena_array(arena, SIZE_MAX / 2, 3));
    assert_non_null(arena_alloc(arena, 600));
    assert_null(arena_alloc(arena, 401));
    assert_true(arena_has_refused(arena));
    assert_non_null(arena_alloc(arena, 384));
    assert_null(arena_alloc(arena, 1));
    arena_reset(arena);
    assert_false(arena_has_refused(arena));
    assert_non_null(arena_alloc(arena, 992));
    arena_destroy(&arena);
}

/* Rounding up to the alignment must not make room for more than the limit says. */
static void small_pieces_count_in_full(void **state)
{
    (void)state;
    Arena *arena = arena_new(1000);
    size_t count = 0;
    while (arena_alloc(arena, 1))
        count++;
    assert_true(count * alignof(max_align_t) <= 1000);
    arena_reset(arena);
    count = 0;
    while (count <= 1000 && arena_alloc(arena, 0))
        count++;
    assert_true(count <= 1000);
    arena_destroy(&arena);
}

static void sizes_that_round_over_are_refused(void **state)
{
    (void)state;
    Arena *arena = arena_new(SIZE_MAX);
    assert_null(arena_alloc(arena, SIZE_MAX));
    assert_null(arena_alloc(arena, SIZE_MAX - 8));
    assert_null(arena_strndup(arena, "x", SIZE_MAX));
    assert_non_null(arena_alloc(arena, 1));
    arena_destroy(&arena);
}

static void texts_are_copied(void **state)
{
    (void)state;
    char text[] = "Ташкент";
    Arena *arena = arena_new(1 << 16);
    const char *copy = arena_strdup(arena, text);
    const char *part = arena_strndup(arena, text, 4);
    text[0] = 'x';
    assert_string_equal(copy, "Ташкент");
    assert_string_equal(part, "Та");
    assert_null(arena_strdup(arena, NULL));
    assert_string_equal(arena_strndup(arena, NULL, 0), "");
    assert_string_equal(arena_printf(arena, "%s-%d", "a", 7), "a-7");
    arena_destroy(&arena);
}

static void protobuf_takes_its_memory_here(void **state)
{
    (void)state;
    Arena *arena = arena_new(1 << 16);
    ProtobufCAllocator *allocator = arena_allocator(arena);
    void *memory = allocator->alloc(allocator->allocator_data, 64);
    assert_non_null(memory);
    assert_true(arena_used(arena) >= 64);
    allocator->free(allocator->allocator_data, memory);
    assert_true(arena_used(arena) >= 64);
    arena_destroy(&arena);
}

static void destroying_nothing_is_fine(void **state)
{
    (void)state;
    Arena *arena = NULL;
    arena_destroy(&arena);
    arena_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(memory_is_zeroed_after_a_reset_too),
        cmocka_unit_test(allocations_do_not_overlap),
        cmocka_unit_test(the_limit_holds),
        cmocka_unit_test(small_pieces_count_in_full),
        cmocka_unit_test(sizes_that_round_over_are_refused),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(protobuf_takes_its_memory_here),
        cmocka_unit_test(destroying_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
