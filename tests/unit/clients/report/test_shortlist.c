/* The first ones of any number are kept, in whatever order they come. */
#include "clients/report/shortlist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    MOST = 10,
    OFFERED = 1000,
    STEPS = 7, /* no divisor of what is offered: a walk in steps meets each once */
};

static size_t freed;

static void free_number(void *item)
{
    freed++;
    free(item);
}

static void offer(Shortlist *list, ShortlistKey key)
{
    if (!shortlist_offer(list, &key)) return;
    uint32_t *item = malloc(sizeof *item);
    assert_non_null(item);
    *item = key.number;
    shortlist_put(list, &key, item);
}

static uint32_t number_at(const Shortlist *list, size_t index)
{
    return *(const uint32_t *)shortlist_item(list, index);
}

static Shortlist *list_of(size_t most)
{
    Shortlist *list = shortlist_new(most, free_number);
    assert_non_null(list);
    return list;
}

static void the_first_ones_stay_in_order(void **state)
{
    (void)state;
    for (uint32_t start = 0; start < STEPS; start++) {
        Shortlist *list = list_of(MOST);
        for (uint32_t i = 0; i < OFFERED; i++) {
            uint32_t number = (start + i * STEPS) % OFFERED;
            offer(list, (ShortlistKey){.first = number, .number = number});
        }
        shortlist_sort(list);
        assert_int_equal(shortlist_seen(list), OFFERED);
        assert_int_equal(shortlist_count(list), MOST);
        for (size_t i = 0; i < MOST; i++)
            assert_int_equal(number_at(list, i), OFFERED - 1 - i);
        shortlist_destroy(&list);
        assert_null(list);
    }
}

static void equal_ones_go_by_the_next_part_of_the_key(void **state)
{
    (void)state;
    Shortlist *list = list_of(MOST);
    offer(list, (ShortlistKey){.first = 1, .second = 5, .number = 30, .index = 0});
    offer(list, (ShortlistKey){.first = 1, .second = 6, .number = 40, .index = 0});
    offer(list, (ShortlistKey){.first = 1, .second = 5, .number = 20, .index = 1});
    offer(list, (ShortlistKey){.first = INT64_MIN, .second = INT64_MIN, .number = 10});
    offer(list, (ShortlistKey){.first = 2, .second = INT64_MIN, .number = 50});
    shortlist_sort(list);
    static const uint32_t expected[] = {50, 40, 20, 30, 10};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_int_equal(number_at(list, i), expected[i]);
    shortlist_destroy(&list);
}

static void everything_that_was_put_is_freed(void **state)
{
    (void)state;
    freed = 0;
    size_t put = 0;
    Shortlist *list = list_of(1);
    for (uint32_t i = 0; i < MOST; i++) {
        offer(list, (ShortlistKey){.first = i, .number = i});
        put++;
    }
    assert_int_equal(freed, put - 1);
    shortlist_destroy(&list);
    assert_int_equal(freed, put);
    shortlist_destroy(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_ones_stay_in_order),
        cmocka_unit_test(equal_ones_go_by_the_next_part_of_the_key),
        cmocka_unit_test(everything_that_was_put_is_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
