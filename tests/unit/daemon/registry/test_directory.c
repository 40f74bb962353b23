/* Organisations by every name that they go by, with their parts. */
#include "daemon/registry/directory.h"

#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct Fixture {
    Arena *arena;
    Words *words;
    Directory *directory;
} Fixture;

static int begin(void **state)
{
    Fixture *world = test_calloc(1, sizeof *world);
    world->arena = arena_new(SIZE_MAX);
    world->words = words_new();
    world->directory = directory_new(world->words);
    *state = world;
    return 0;
}

static int end(void **state)
{
    Fixture *world = *state;
    directory_destroy(&world->directory);
    words_destroy(&world->words);
    arena_destroy(&world->arena);
    test_free(world);
    return 0;
}

static void put(const Fixture *world, const char *id, const char *name, const char *acronym,
                const char *part_of)
{
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    organisation.id = ask_text(id);
    organisation.name = ask_text(name);
    organisation.acronym = ask_text(acronym);
    organisation.part_of = ask_text(part_of);
    assert_true(directory_put(world->directory, &organisation, 1));
}

/* The ids that a name means, in order, with a space after each. */
static const char *resolve(const Fixture *world, const char *name, bool with_parts)
{
    const char *ids[DIRECTORY_MATCHES_MAX];
    size_t count = directory_resolve(world->directory, name, with_parts, world->arena, ids);
    const char *text = "";
    for (size_t i = 0; i < count; i++)
        text = arena_printf(world->arena, "%s%s ", text, ids[i]);
    return text;
}

static void an_organisation_is_found_by_every_name_folded(void **state)
{
    const Fixture *world = *state;
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    Plenary__V1__OrganisationTranslation russian = PLENARY__V1__ORGANISATION_TRANSLATION__INIT;
    Plenary__V1__OrganisationTranslation *translations[] = {&russian};
    char *aliases[] = {ask_text("Drugs Office")};
    organisation.id = ask_text("unodc");
    organisation.name = ask_text("Office on Drugs and Crime");
    organisation.acronym = ask_text("UNODC");
    organisation.aliases = aliases;
    organisation.n_aliases = 1;
    organisation.translations = translations;
    organisation.n_translations = 1;
    russian.name = ask_text("Ташкент");
    russian.acronym = ask_text("УНП");
    assert_true(directory_put(world->directory, &organisation, 5));
    static const char *const names[] = {"unodc",        "UNODC",    "office on drugs  and CRIME",
                                        "drugs office", "tashkent", "УНП"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(resolve(world, names[i], false), "unodc ");
    assert_string_equal(resolve(world, "office", false), "");
    assert_string_equal(resolve(world, "", false), "");
    assert_int_equal(directory_find(world->directory, "unodc")->sequence, 5);
}

static void a_name_may_mean_several(void **state)
{
    const Fixture *world = *state;
    put(world, "a", "Customs", "SCC", NULL);
    put(world, "b", "State Customs Committee", "scc", NULL);
    put(world, "scc", "Another", NULL, NULL);
    assert_string_equal(resolve(world, "SCC", false), "a b ");
    assert_string_equal(resolve(world, "scc", false), "scc a b "); /* its id comes first */
}

static void names_that_were_given_up_are_forgotten(void **state)
{
    const Fixture *world = *state;
    put(world, "a", "Old name", "OLD", "top");
    put(world, "top", "Top", NULL, NULL);
    put(world, "a", "New name", NULL, NULL);
    assert_string_equal(resolve(world, "old name", false), "");
    assert_string_equal(resolve(world, "old", false), "");
    assert_string_equal(resolve(world, "new name", false), "a ");
    assert_string_equal(resolve(world, "top", true), "top ");
    assert_int_equal(directory_count(world->directory), 2);
}

static void parts_of_parts_follow(void **state)
{
    const Fixture *world = *state;
    put(world, "c", "C", NULL, "b"); /* before what it is part of */
    put(world, "b", "B", NULL, "a");
    put(world, "a", "A", NULL, NULL);
    put(world, "z", "Z", NULL, NULL);
    assert_string_equal(resolve(world, "a", true), "a b c ");
    assert_string_equal(resolve(world, "b", true), "b c ");
    assert_string_equal(resolve(world, "a", false), "a ");
}

static void loops_are_told_and_never_walked_for_ever(void **state)
{
    const Fixture *world = *state;
    put(world, "a", "A", NULL, NULL);
    put(world, "b", "B", NULL, "a");
    put(world, "c", "C", NULL, "b");
    assert_true(directory_loops(world->directory, "a", "a"));
    assert_true(directory_loops(world->directory, "a", "c"));
    assert_false(directory_loops(world->directory, "c", "a"));
    assert_false(directory_loops(world->directory, "new", "c"));
    assert_false(directory_loops(world->directory, "a", NULL));
    put(world, "a", "A", NULL, "c"); /* as a damaged journal might have it */
    assert_string_equal(resolve(world, "a", true), "a b c ");
    assert_true(directory_loops(world->directory, "new", "a"));
}

static void nesting_has_a_bound(void **state)
{
    const Fixture *world = *state;
    put(world, "0", "0", NULL, NULL);
    for (int i = 1; i <= DIRECTORY_DEPTH_MAX; i++) {
        const char *id = arena_printf(world->arena, "%d", i);
        const char *above = arena_printf(world->arena, "%d", i - 1);
        assert_int_equal(directory_loops(world->directory, id, above), false);
        put(world, id, id, NULL, above);
    }
    assert_true(directory_loops(world->directory, "deeper",
                                arena_printf(world->arena, "%d", DIRECTORY_DEPTH_MAX)));
}

static void more_parts_than_a_name_may_mean_are_cut(void **state)
{
    const Fixture *world = *state;
    const char *ids[DIRECTORY_MATCHES_MAX];
    put(world, "top", "Top", NULL, NULL);
    for (int i = 0; i < DIRECTORY_MATCHES_MAX + 10; i++)
        put(world, arena_printf(world->arena, "part%03d", i), "Part", NULL, "top");
    assert_int_equal(directory_resolve(world->directory, "top", true, world->arena, ids),
                     DIRECTORY_MATCHES_MAX);
    assert_int_equal(directory_resolve(world->directory, "Part", false, world->arena, ids),
                     DIRECTORY_MATCHES_MAX);
}

static void they_are_walked_in_the_order_of_ids(void **state)
{
    const Fixture *world = *state;
    put(world, "b", "B", NULL, NULL);
    put(world, "a", "A", NULL, NULL);
    put(world, "c", "C", NULL, NULL);
    const char *after = NULL;
    char order[8] = "";
    for (const DirectoryEntry *entry; (entry = directory_next(world->directory, after));) {
        after = entry->organisation->id;
        strcat(order, after);
    }
    assert_string_equal(order, "abc");
    assert_string_equal(directory_next(world->directory, "aa")->organisation->id, "b");
    assert_null(directory_next(world->directory, "c"));
    assert_null(directory_find(world->directory, "aa"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_organisation_is_found_by_every_name_folded),
        TEST(a_name_may_mean_several),
        TEST(names_that_were_given_up_are_forgotten),
        TEST(parts_of_parts_follow),
        TEST(loops_are_told_and_never_walked_for_ever),
        TEST(nesting_has_a_bound),
        TEST(more_parts_than_a_name_may_mean_are_cut),
        TEST(they_are_walked_in_the_order_of_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
