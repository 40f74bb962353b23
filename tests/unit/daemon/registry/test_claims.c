/* Claims are taken all or none, shared or alone, and nobody overtakes who waits. */
#include "daemon/registry/claims.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct Fixture {
    Arena *arena;
    Claims *claims;
} Fixture;

static int begin(void **state)
{
    Fixture *world = test_calloc(1, sizeof *world);
    world->arena = arena_new(SIZE_MAX);
    world->claims = claims_new();
    *state = world;
    return 0;
}

static int end(void **state)
{
    Fixture *world = *state;
    claims_destroy(&world->claims);
    arena_destroy(&world->arena);
    test_free(world);
    return 0;
}

/* "+a" is exclusive, "a" shared; words are separated by one space. */
static ClaimList list_of(const Fixture *world, const char *text)
{
    ClaimList list = {0};
    char *words = arena_strdup(world->arena, text);
    char *rest = NULL;
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        bool exclusive = *word == '+';
        assert_true(claim_add(&list, word + exclusive, exclusive, world->arena));
    }
    return list;
}

static bool take(const Fixture *world, const char *text)
{
    ClaimList list = list_of(world, text);
    return claims_take(world->claims, &list);
}

static void give_back(const Fixture *world, const char *text)
{
    ClaimList list = list_of(world, text);
    claims_give_back(world->claims, &list);
}

static void reserve(const Fixture *world, const char *text)
{
    ClaimList list = list_of(world, text);
    claims_reserve(world->claims, &list);
}

static void two_claims_fit_where_both_are_shared_or_differ(void **state)
{
    static const struct {
        const char *held, *wanted;
        bool fits;
    } rows[] = {
        {"a", "a", true},        {"+a", "a", false},   {"a", "+a", false},
        {"+a", "+a", false},     {"+a", "+b", true},   {"+a b", "b +c", true},
        {"+a b", "c +b", false}, {"a b", "a b", true}, {"+x a", "+y a", true},
    };
    const Fixture *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(take(world, rows[i].held));
        assert_int_equal(take(world, rows[i].wanted), rows[i].fits);
        if (rows[i].fits) give_back(world, rows[i].wanted);
        give_back(world, rows[i].held);
    }
}

static void none_is_kept_where_not_all_fit(void **state)
{
    const Fixture *world = *state;
    assert_true(take(world, "+b"));
    assert_false(take(world, "+a +b +c"));
    assert_true(take(world, "+a +c"));
}

static void a_shared_claim_lasts_until_the_last_gives_it_back(void **state)
{
    const Fixture *world = *state;
    assert_true(take(world, "a"));
    assert_true(take(world, "a"));
    give_back(world, "a");
    assert_false(take(world, "+a"));
    give_back(world, "a");
    assert_true(take(world, "+a"));
}

static void the_same_claim_twice_is_one_and_the_stronger(void **state)
{
    const Fixture *world = *state;
    ClaimList list = list_of(world, "a +a a +b b");
    assert_int_equal(list.count, 2);
    assert_true(list.claims[0].exclusive && list.claims[1].exclusive);
    assert_true(claims_take(world->claims, &list));
    claims_give_back(world->claims, &list);
    assert_true(take(world, "+a +b"));
}

static void nobody_overtakes_who_waits_for_the_same(void **state)
{
    const Fixture *world = *state;
    assert_true(take(world, "a"));
    assert_false(take(world, "+a +b")); /* it must wait, so ... */
    reserve(world, "+a +b");
    assert_false(take(world, "a"));  /* ... no later one may share what it wants alone, */
    assert_false(take(world, "+b")); /* nor take what is still free */
    assert_true(take(world, "+c"));
    claims_drop_reservations(world->claims); /* the pass is over */
    give_back(world, "a");
    assert_true(take(world, "+a +b"));
}

static void a_shared_wish_that_waits_lets_others_share(void **state)
{
    const Fixture *world = *state;
    assert_true(take(world, "+a"));
    reserve(world, "a b");
    assert_true(take(world, "b"));
    assert_false(take(world, "+b"));
    reserve(world, "+b"); /* the stronger wish stands */
    reserve(world, "b");
    assert_false(take(world, "b"));
}

static void a_long_list_is_kept_whole(void **state)
{
    const Fixture *world = *state;
    ClaimList list = {0};
    for (int i = 0; i < 1000; i++)
        assert_true(
            claim_add(&list, arena_printf(world->arena, "event %d", i), true, world->arena));
    assert_true(claims_take(world->claims, &list));
    for (int i = 0; i < 1000; i += 111) {
        ClaimList one = {0};
        assert_true(
            claim_add(&one, arena_printf(world->arena, "event %d", i), false, world->arena));
        assert_false(claims_take(world->claims, &one));
    }
    Arena *small = arena_new(8);
    ClaimList none = {0};
    assert_false(claim_add(&none, "a", true, small));
    assert_false(claim_add(&none, NULL, true, world->arena));
    arena_destroy(&small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_claims_fit_where_both_are_shared_or_differ),
        TEST(none_is_kept_where_not_all_fit),
        TEST(a_shared_claim_lasts_until_the_last_gives_it_back),
        TEST(the_same_claim_twice_is_one_and_the_stronger),
        TEST(nobody_overtakes_who_waits_for_the_same),
        TEST(a_shared_wish_that_waits_lets_others_share),
        TEST(a_long_list_is_kept_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
