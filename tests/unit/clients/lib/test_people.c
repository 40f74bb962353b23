/* Who is meant by a name: never the wrong one. */
#include "clients/lib/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
    ARENA_BYTES = 16 * 1024 * 1024,
};

typedef struct World {
    Words *words;
    Arena *arena;
    json_t *list;
    People *people;
} World;

static int set_up(void **state)
{
    static World world;
    world.words = words_new();
    world.arena = arena_new(ARENA_BYTES);
    world.list = json_pack("[{s:s,s:s},{s:s},{s:s},{s:s},{s:s,s:s},{s:s,s:s},{s:s}]", //
                           "name", "Ivan Petrov", "email", "ivan@example.org",        //
                           "name", "Ырысбек Асанов",                                  //
                           "name", "Ivan Sidorov",                                    //
                           "name", "Muhammad Ali",                                    //
                           "name", "Anna Lee", "email", "anna@example.org",           //
                           "name", "Anna Lee", "email", "lee@example.org",            //
                           "name", "Aşgabat Gul");
    assert_non_null(world.words);
    assert_non_null(world.list);
    world.people = people_new(world.list, world.words, world.arena);
    assert_non_null(world.people);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    World *world = *state;
    json_decref(world->list);
    words_destroy(&world->words);
    arena_destroy(&world->arena);
    return 0;
}

static StatusCode find(const World *world, Person person, size_t *index, Problem *problem)
{
    problem_clear(problem);
    *index = SIZE_MAX;
    return people_find(world->people, &person, index, problem);
}

static void check_found(const World *world, Person person, size_t expected)
{
    Problem problem;
    size_t index;
    if (find(world, person, &index, &problem) != STATUS_OK)
        fail_msg("%s: %s", person.name, problem.message);
    assert_int_equal(index, expected);
}

static void check_refused(const World *world, Person person, StatusCode expected, const char *said)
{
    Problem problem;
    size_t index;
    assert_int_equal(find(world, person, &index, &problem), expected);
    assert_int_equal(index, SIZE_MAX);
    if (!strstr(problem.message, said)) fail_msg("\"%s\" has no \"%s\"", problem.message, said);
}

static void whole_names_are_found_in_any_script_and_case(void **state)
{
    check_found(*state, (Person){.name = "IVAN  petrov", .is_exact = true}, 0);
    check_found(*state, (Person){.name = "Иван Петров", .is_exact = true}, 0);
    check_found(*state, (Person){.name = "Yrysbek Asanov", .is_exact = true}, 1);
    check_found(*state, (Person){.name = "Asgabat Gul", .is_exact = true}, 6);
    check_found(*state, (Person){.name = "Ashgabat Gul", .is_exact = true}, 6);
}

static void the_beginning_of_words_will_do_where_it_fits_one_alone(void **state)
{
    check_found(*state, (Person){.name = "petr"}, 0);
    check_found(*state, (Person){.name = "iv pet"}, 0);
    check_found(*state, (Person){.name = "Ивáн с"}, 2);
    check_found(*state, (Person){.name = "ali"}, 3);
    check_refused(*state, (Person){.name = "pet iv"}, STATUS_NOT_FOUND, "");
    check_refused(*state, (Person){.name = "trov"}, STATUS_NOT_FOUND, "");
}

static void the_beginning_of_a_name_is_not_enough_where_it_must_be_exact(void **state)
{
    check_refused(*state, (Person){.name = "petrov", .is_exact = true}, STATUS_NOT_FOUND,
                  "did you mean \"Ivan Petrov <ivan@example.org>\"");
}

static void what_fits_several_is_refused_with_their_names(void **state)
{
    check_refused(*state, (Person){.name = "ivan"}, STATUS_INVALID_ARGUMENT,
                  "Ivan Petrov <ivan@example.org>, Ivan Sidorov");
    check_refused(*state, (Person){.name = "Anna Lee", .is_exact = true}, STATUS_INVALID_ARGUMENT,
                  "anna@example.org");
}

static void an_address_decides(void **state)
{
    check_found(*state, (Person){.name = "LEE@example.org"}, 5);
    check_found(*state, (Person){.email = "anna@example.org", .is_exact = true}, 4);
    check_found(*state, (Person){.name = "Anna Lee", .email = "lee@example.org"}, 5);
    check_found(*state, (Person){.name = "Ivan Sidorov", .email = "new@example.org"}, 2);
    check_refused(*state, (Person){.name = "Ivan Petrov", .email = "other@example.org"},
                  STATUS_NOT_FOUND, "Ivan Petrov");
    check_refused(*state, (Person){.email = "nobody@example.net"}, STATUS_NOT_FOUND, "nobody@");
}

static void a_slip_is_told_with_who_was_meant(void **state)
{
    check_refused(*state, (Person){.name = "Yrisbek Asanov"}, STATUS_NOT_FOUND, "Ырысбек Асанов");
    check_refused(*state, (Person){.name = "petrof"}, STATUS_NOT_FOUND, "Ivan Petrov");
    check_refused(*state, (Person){.name = "Xxxxxxx"}, STATUS_NOT_FOUND, "Muhammad Ali");
}

static void nobody_is_nobody(void **state)
{
    check_refused(*state, (Person){.name = NULL}, STATUS_INVALID_ARGUMENT, "missing");
    check_refused(*state, (Person){.name = "  "}, STATUS_INVALID_ARGUMENT, "missing");
    check_refused(*state, (Person){.name = "\""}, STATUS_NOT_FOUND, "");
    World *world = *state;
    World empty = *world;
    empty.people = people_new(NULL, world->words, world->arena);
    check_refused(&empty, (Person){.name = "Ivan"}, STATUS_NOT_FOUND, "nobody is on the list");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_names_are_found_in_any_script_and_case),
        cmocka_unit_test(the_beginning_of_words_will_do_where_it_fits_one_alone),
        cmocka_unit_test(the_beginning_of_a_name_is_not_enough_where_it_must_be_exact),
        cmocka_unit_test(what_fits_several_is_refused_with_their_names),
        cmocka_unit_test(an_address_decides),
        cmocka_unit_test(a_slip_is_told_with_who_was_meant),
        cmocka_unit_test(nobody_is_nobody),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
