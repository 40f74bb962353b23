/* A registry with series in it, for the tests of what recurs. */
#ifndef PLENARY_TESTS_UNIT_SERIES_FIXTURE_H
#define PLENARY_TESTS_UNIT_SERIES_FIXTURE_H

#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline int begin(void **state)
{
    Asker *asker = test_calloc(1, sizeof *asker);
    asker->harness = harness_new(&(HarnessOptions){.seed = 17});
    asker->caller = access_local();
    *state = asker;
    return 0;
}

static inline int end(void **state)
{
    Asker *asker = *state;
    harness_destroy(&asker->harness);
    test_free(asker);
    return 0;
}

static inline void must(const Reply *reply)
{
    if (reply->status) fail_msg("%s", reply->status->message);
}

/* What recurs by a rule, or (NULL) does not. */
typedef struct Row {
    const char *uid;
    const char *start;
    const char *end;
    const char *rrule;
} Row;

static inline void add_series(const Asker *asker, Row row)
{
    Draft draft;
    Plenary__V1__Recurrence recurrence = PLENARY__V1__RECURRENCE__INIT;
    ask_draft(&draft, "Series", row.uid);
    draft.schedule.start = ask_text(row.start);
    draft.schedule.end = ask_text(row.end);
    recurrence.rrule = ask_text(row.rrule);
    if (row.rrule) draft.event.recurrence = &recurrence;
    must(ask_register(asker, &draft.event));
}

/* In the place of the instance that starts then; with an audience only they see it. */
static inline void add_override(const Asker *asker, Row row, const char *instance,
                                const char *audience)
{
    Draft draft;
    char *group = ask_text(audience);
    ask_draft(&draft, "Moved", row.uid);
    draft.schedule.start = ask_text(row.start);
    draft.schedule.end = ask_text(row.end);
    draft.event.recurrence_id = ask_text(instance);
    if (audience) {
        draft.handling.has_tlp = 1;
        draft.handling.tlp = PLENARY__V1__HANDLING__TLP__RED;
        draft.handling.audience = &group;
        draft.handling.n_audience = 1;
        draft.event.handling = &draft.handling;
    }
    must(ask_register(asker, &draft.event));
}

static inline uint64_t count_on(const Asker *asker, const char *day)
{
    Query query = PLENARY__V1__QUERY__INIT;
    query.from = query.to = ask_text(day);
    return ask_count(asker, &query);
}

#endif
