/* Every move of status, from each to each. */
#include "daemon/registry/transitions.h"

#include "proto/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define STATUS(name) PLENARY__V1__EVENT__STATUS__##name

enum { STATUSES = 5 };

static const Plenary__V1__Event__Status statuses[STATUSES] = {
    STATUS(TENTATIVE), STATUS(CONFIRMED), STATUS(POSTPONED), STATUS(CANCELLED), STATUS(HELD)};

/* Row: from; column: to, in the order above. */
static const char *const allowed[STATUSES] = {
    "yyyyn", /* tentative */
    "nyyyy", /* confirmed */
    "nyyyn", /* postponed */
    "nnnyn", /* cancelled: only reinstating leads out */
    "nnyyy", /* held */
};

static void every_move_is_as_the_table_says(void **unused)
{
    (void)unused;
    for (int from = 0; from < STATUSES; from++)
        for (int to = 0; to < STATUSES; to++)
            assert_int_equal(transitions_allow(statuses[from], statuses[to]),
                             allowed[from][to] == 'y');
}

static void what_may_follow_is_told_as_it_is(void **unused)
{
    (void)unused;
    for (int from = 0; from < STATUSES; from++)
        for (int to = 0; to < STATUSES; to++) {
            const char *name =
                json_enum_name(&plenary__v1__event__status__descriptor, (int)statuses[to]);
            bool told = strstr(transitions_from(statuses[from]), name) != NULL;
            assert_int_equal(told, from != to && allowed[from][to] == 'y');
        }
}

static void an_absent_status_is_confirmed(void **unused)
{
    (void)unused;
    Event event = PLENARY__V1__EVENT__INIT;
    assert_int_equal(transitions_status(&event), STATUS(CONFIRMED));
    event.has_status = 1;
    event.status = STATUS(HELD);
    assert_int_equal(transitions_status(&event), STATUS(HELD));
}

static void no_status_that_there_is_not_leads_anywhere(void **unused)
{
    (void)unused;
    assert_false(transitions_allow(STATUS(STATUS_UNSPECIFIED), STATUS(CONFIRMED)));
    assert_string_equal(transitions_from(STATUS(STATUS_UNSPECIFIED)), "nothing");
    for (int from = 0; from < STATUSES; from++)
        assert_false(transitions_allow(statuses[from], STATUS(STATUS_UNSPECIFIED)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_move_is_as_the_table_says),
        cmocka_unit_test(what_may_follow_is_told_as_it_is),
        cmocka_unit_test(an_absent_status_is_confirmed),
        cmocka_unit_test(no_status_that_there_is_not_leads_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
