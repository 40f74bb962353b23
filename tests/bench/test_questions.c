#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/database.h"

#include <string.h>

enum {
    MINUTES_OF_DAY = 24 * 60,
    QUESTIONS = 300,
};

static bool are_the_same(const Question *one, const Question *other)
{
    return strcmp(one->country, other->country) == 0 && strcmp(one->city, other->city) == 0 &&
           strcmp(one->event_kind, other->event_kind) == 0 && one->year == other->year &&
           one->month == other->month && one->last_day == other->last_day &&
           strcmp(one->words[0], other->words[0]) == 0 &&
           strcmp(one->words[1], other->words[1]) == 0;
}

static void test_the_same_seed_gives_everybody_the_same_questions(void **state)
{
    (void)state;
    for (QuestionKind kind = 0; kind < QUESTION_KINDS; kind++) {
        Random one = random_of(3, kind);
        Random other = random_of(3, kind);
        Random third = random_of(4, kind);
        size_t others = 0;
        for (int i = 0; i < QUESTIONS; i++) {
            Question mine;
            Question yours;
            question_make(kind, &one, &mine);
            question_make(kind, &other, &yours);
            assert_true(are_the_same(&mine, &yours));
            question_make(kind, &third, &yours);
            others += !are_the_same(&mine, &yours);
        }
        assert_in_range(others, QUESTIONS * 9 / 10, QUESTIONS);
    }
}

static void test_words_are_whole_and_a_prefix_is_part_of_one(void **state)
{
    (void)state;
    Random random = random_of(1, 0);
    for (int i = 0; i < QUESTIONS; i++) {
        Question question;
        question_make(QUESTION_TWO_WORDS, &random, &question);
        assert_true(strlen(question.words[0]) > 4);
        assert_true(strlen(question.words[1]) > 1);
        assert_null(strpbrk(question.words[1], " ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
        question_make(QUESTION_PREFIX_AND_COUNTRY, &random, &question);
        assert_in_range(strlen(question.words[0]), 3, 5);
        assert_int_equal(strlen(question.country), 2);
    }
}

static void test_the_overlap_is_with_a_whole_month_ten_years_back(void **state)
{
    (void)state;
    Random random = random_of(1, 0);
    for (int i = 0; i < QUESTIONS; i++) {
        Question question;
        int32_t start;
        int32_t end;
        question_make(QUESTION_OVERLAP, &random, &question);
        database_bounds(&question, &start, &end);
        assert_int_equal(question.year, GENERATE_YEAR_LAST - 10);
        assert_in_range(end - start, 28 * MINUTES_OF_DAY, 31 * MINUTES_OF_DAY);
        assert_int_equal((end - start) % MINUTES_OF_DAY, 0);
    }
    const Question leap = {.year = 2016, .month = 2, .last_day = 29};
    int32_t start;
    int32_t end;
    database_bounds(&leap, &start, &end);
    assert_int_equal(end - start, 29 * MINUTES_OF_DAY);
}

static void test_a_row_has_what_the_event_has(void **state)
{
    (void)state;
    Arena *arena = arena_new(GENERATE_ARENA_BYTES);
    Zones *zones = zones_new();
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    Plenary__V1__Venue venue = PLENARY__V1__VENUE__INIT;
    Event event = PLENARY__V1__EVENT__INIT;
    DatabaseRow row;
    schedule.start = (char[]){"2019-12-31"};
    schedule.end = (char[]){"2020-01-31"};
    venue.country = (char[]){"UZ"};
    venue.city = (char[]){"Tashkent"};
    event.schedule = &schedule;
    event.venue = &venue;
    event.title = (char[]){"Precursors"};
    event.description = (char[]){"Of the second day"};
    event.number = 7;
    event.kind = PLENARY__V1__EVENT__KIND__TRAINING;
    event.status = PLENARY__V1__EVENT__STATUS__HELD;
    assert_true(database_row(&event, 9, zones, arena, &row));
    assert_int_equal(row.number, 7);
    assert_int_equal(row.updated, 9);
    assert_string_equal(row.kind, "training");
    assert_string_equal(row.status, "held");
    assert_string_equal(row.country, "UZ");
    assert_string_equal(row.city, "Tashkent");
    assert_int_equal(row.end - row.start, 32 * MINUTES_OF_DAY);
    assert_string_equal(row.texts[TEXT_TITLE], "Precursors\n");
    assert_non_null(strstr(row.texts[TEXT_NAME], "Tashkent\n"));
    assert_string_equal(row.texts[TEXT_REST], "Of the second day\n");
    int32_t first;
    int32_t last;
    database_months(&row, &first, &last);
    assert_int_equal(first, 2019 * 12 + 11);
    assert_int_equal(last, 2020 * 12); /* January is the last one: its end is February's first */
    zones_destroy(&zones);
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_seed_gives_everybody_the_same_questions),
        cmocka_unit_test(test_words_are_whole_and_a_prefix_is_part_of_one),
        cmocka_unit_test(test_the_overlap_is_with_a_whole_month_ten_years_back),
        cmocka_unit_test(test_a_row_has_what_the_event_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
