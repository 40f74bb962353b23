/* What is sealed is verified, and any flipped bit is found. */
#include "daemon/registry/seal.h"

#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static Bytes seal_one(Change *change, Draft *draft, const uint8_t *previous, Arena *arena)
{
    static uint8_t salt[SEAL_SALT_BYTES] = {1, 2, 3};
    plenary__v1__change__init(change);
    ask_draft(draft, "Sealed", "one@example");
    change->has_sequence = 1;
    change->sequence = 1;
    change->record_case = PLENARY__V1__CHANGE__RECORD_EVENT;
    change->event = &draft->event;
    change->has_salt = 1;
    change->salt = (ProtobufCBinaryData){sizeof salt, salt};
    return seal_change(change, previous, arena);
}

static bool holds(Bytes packed, const uint8_t previous[static JOURNAL_DIGEST_BYTES])
{
    uint8_t content[JOURNAL_DIGEST_BYTES];
    return seal_covers(packed, content) && seal_chains(packed, previous);
}

static void a_sealed_change_holds_and_unpacks_with_its_digests(void **unused)
{
    (void)unused;
    Arena *arena = arena_new(SIZE_MAX);
    const uint8_t previous[JOURNAL_DIGEST_BYTES] = {9};
    uint8_t digest[JOURNAL_DIGEST_BYTES];
    Change change;
    Draft draft;
    Bytes packed = seal_one(&change, &draft, previous, arena);
    assert_true(holds(packed, previous));
    assert_true(seal_digest(packed, digest));
    const Change *read =
        plenary__v1__change__unpack(arena_allocator(arena), packed.size, packed.data);
    assert_non_null(read);
    assert_memory_equal(read->digest.data, digest, sizeof digest);
    assert_memory_equal(change.digest.data, digest, sizeof digest);
    assert_memory_equal(read->content_digest.data, change.content_digest.data, sizeof digest);
    assert_string_equal(read->event->title, "Sealed");
    arena_destroy(&arena);
}

/* BLAKE2b-256 of the content, then of the previous digest and that: as docs say. */
static void the_digests_are_what_another_program_would_compute(void **unused)
{
    (void)unused;
    Arena *arena = arena_new(SIZE_MAX);
    const uint8_t previous[JOURNAL_DIGEST_BYTES] = {9};
    uint8_t both[2 * JOURNAL_DIGEST_BYTES];
    uint8_t wanted[JOURNAL_DIGEST_BYTES];
    Change change;
    Draft draft;
    Bytes packed = seal_one(&change, &draft, previous, arena);
    Change bare = change;
    bare.has_content_digest = bare.has_digest = 0;
    size_t size = plenary__v1__change__get_packed_size(&bare);
    uint8_t *content = arena_alloc(arena, size);
    plenary__v1__change__pack(&bare, content);
    seal_hash((Bytes){content, size}, wanted);
    assert_memory_equal(change.content_digest.data, wanted, sizeof wanted);
    memcpy(both, previous, sizeof previous);
    memcpy(both + sizeof previous, wanted, sizeof wanted);
    seal_hash((Bytes){both, sizeof both}, wanted);
    assert_memory_equal(change.digest.data, wanted, sizeof wanted);
    assert_memory_equal(packed.data, content, size);
    arena_destroy(&arena);
}

static void every_flipped_bit_is_found(void **unused)
{
    (void)unused;
    Arena *arena = arena_new(SIZE_MAX);
    uint8_t previous[JOURNAL_DIGEST_BYTES] = {9};
    Change change;
    Draft draft;
    Bytes packed = seal_one(&change, &draft, previous, arena);
    uint8_t *bytes = (uint8_t *)(uintptr_t)packed.data;
    for (size_t bit = 0; bit < 8 * packed.size; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        assert_false(holds(packed, previous));
        bytes[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    }
    assert_true(holds(packed, previous));
    previous[31] ^= 1;
    assert_false(holds(packed, previous));
    arena_destroy(&arena);
}

static void what_is_cut_or_no_change_is_refused(void **unused)
{
    (void)unused;
    Arena *arena = arena_new(SIZE_MAX);
    const uint8_t previous[JOURNAL_DIGEST_BYTES] = {9};
    uint8_t digest[JOURNAL_DIGEST_BYTES];
    Change change;
    Draft draft;
    Bytes packed = seal_one(&change, &draft, previous, arena);
    for (size_t size = 0; size < packed.size; size++) {
        assert_false(holds((Bytes){packed.data, size}, previous));
        assert_false(seal_digest((Bytes){packed.data, size}, digest));
    }
    arena_destroy(&arena);
}

static void a_full_arena_is_told(void **unused)
{
    (void)unused;
    Arena *arena = arena_new(64);
    const uint8_t previous[JOURNAL_DIGEST_BYTES] = {0};
    Change change;
    Draft draft;
    assert_int_equal(seal_one(&change, &draft, previous, arena).size, 0);
    assert_false(change.has_digest);
    arena_destroy(&arena);
}

/* As an erasure does: another title and salt. */
static void what_is_sealed_again_keeps_its_place_in_the_chain(void **unused)
{
    (void)unused;
    static uint8_t salt[SEAL_SALT_BYTES] = {4, 5, 6};
    Arena *arena = arena_new(SIZE_MAX);
    const uint8_t previous[JOURNAL_DIGEST_BYTES] = {9};
    uint8_t before[JOURNAL_DIGEST_BYTES];
    uint8_t after[JOURNAL_DIGEST_BYTES];
    uint8_t told[JOURNAL_DIGEST_BYTES];
    uint8_t found[JOURNAL_DIGEST_BYTES];
    Change change;
    Draft draft;
    Bytes packed = seal_one(&change, &draft, previous, arena);
    assert_true(seal_digest(packed, before));
    draft.event.title = ask_text("Another");
    change.salt.data = salt;
    Bytes again = seal_again(&change, told, arena);
    assert_true(again.size > 0);
    assert_true(seal_digest(again, after));
    assert_memory_equal(before, after, sizeof before);
    assert_true(seal_chains(again, previous));
    assert_false(holds(again, previous));
    assert_false(seal_covers(again, found));
    assert_memory_equal(found, told, sizeof told);
    assert_true(seal_covers(packed, found));
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_change_holds_and_unpacks_with_its_digests),
        cmocka_unit_test(the_digests_are_what_another_program_would_compute),
        cmocka_unit_test(every_flipped_bit_is_found),
        cmocka_unit_test(what_is_cut_or_no_change_is_refused),
        cmocka_unit_test(a_full_arena_is_told),
        cmocka_unit_test(what_is_sealed_again_keeps_its_place_in_the_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
