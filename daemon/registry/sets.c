#include "daemon/registry/sets.h"

#include "daemon/registry/phrase_set.h"
#include "daemon/registry/term_set.h"
#include "proto/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MONTH_KEY_SIZE = 32, /* "begins=2022-03" */
};

/* --- terms --- */

static StatusCode apply_term(Views *views, const ResolvedTerm *term, roaring_bitmap_t *set,
                             Problem *problem)
{
    bool broad = false;
    roaring_bitmap_t *events = term_set(views, term, &broad);
    if (term->negated)
        roaring_bitmap_andnot_inplace(set, events);
    else
        roaring_bitmap_and_inplace(set, events);
    roaring_bitmap_free(events);
    if (!broad) return STATUS_OK;
    return problem_violation(problem, "query.text",
                             "more than %d words begin with \"%.60s\"; write more of it, or "
                             "the whole word in quotation marks",
                             TERM_SET_BEGUN_MAX, strchr(term->keys[0], '=') + 1);
}

/* --- the range --- */

typedef struct RangeSearch {
    const QueryContext *context;
    const LocalRange *range;
    const char *name;                  /* "month=" or "year=" */
    char last[MONTH_KEY_SIZE];         /* of the keys that the range touches */
    char inside_first[MONTH_KEY_SIZE]; /* keys from here ... */
    char inside_last[MONTH_KEY_SIZE];  /* ... to here lie wholly inside */
    roaring_bitmap_t *inside;
    roaring_bitmap_t *touched;
} RangeSearch;

static bool take_month(void *context, const char *facet, size_t length)
{
    RangeSearch *search = context;
    char key[MONTH_KEY_SIZE];
    if (length >= sizeof key) return true;
    memcpy(key, facet, length);
    key[length] = '\0';
    if (strcmp(key, search->last) > 0) return false;
    bool inside = strcmp(key, search->inside_first) >= 0 && strcmp(key, search->inside_last) <= 0;
    roaring_bitmap_t *events = views_facet(search->context->state->views, facet, length);
    roaring_bitmap_or_inplace(inside ? search->inside : search->touched, events);
    roaring_bitmap_free(events);
    return true;
}

static void print_month(const char *name, int32_t year, int32_t month, char *key)
{
    if (month < 1) {
        month = 12;
        year--;
    }
    (void)snprintf(key, MONTH_KEY_SIZE, "%s%04d-%02d", name, year, month);
}

static bool starts_month(const Moment *moment)
{
    return moment->day == 1 && moment->hour + moment->minute + moment->second == 0;
}

/* Months touched by the range, and those of them that lie wholly inside. */
static void search_months(RangeSearch *search)
{
    Moment from = query_clamp(search->range->from_s);
    Moment last =
        query_clamp(search->range->to_s == INT64_MAX ? INT64_MAX : search->range->to_s - 1);
    Moment end = query_clamp(search->range->to_s);
    char first[MONTH_KEY_SIZE];
    print_month("month=", from.year, from.month, first);
    print_month("month=", last.year, last.month, search->last);
    print_month("month=", end.year, end.month - 1, search->inside_last);
    if (starts_month(&from))
        (void)snprintf(search->inside_first, MONTH_KEY_SIZE, "%s", first);
    else if (from.month == 12)
        print_month("month=", from.year + 1, 1, search->inside_first);
    else
        print_month("month=", from.year, from.month + 1, search->inside_first);
    views_facet_names(search->context->state->views, "month=", first, false, take_month, search);
}

/* Very long events are kept by year; they are few, and all of them are checked. */
static void search_years(RangeSearch *search)
{
    char first[MONTH_KEY_SIZE];
    (void)snprintf(first, sizeof first, "year=%04d", query_clamp(search->range->from_s).year);
    (void)snprintf(
        search->last, sizeof search->last, "year=%04d",
        query_clamp(search->range->to_s == INT64_MAX ? INT64_MAX : search->range->to_s - 1).year);
    search->inside_first[0] = '\x7f'; /* above every key: nothing is taken unchecked */
    search->inside_first[1] = '\0';
    views_facet_names(search->context->state->views, "year=", first, false, take_month, search);
}

typedef struct EndCheck {
    const RangeSearch *search;
    roaring_bitmap_t *set;
} EndCheck;

static bool check_end(uint32_t number, void *context)
{
    EndCheck *check = context;
    const Column *column = columns_find(&check->search->context->state->columns, number);
    if (column && query_touches(check->search->range, column->local_start_s, column->local_end_s))
        roaring_bitmap_add(check->set, number);
    return true;
}

void sets_keep_touching(const QueryContext *context, const LocalRange *range, roaring_bitmap_t *set)
{
    RangeSearch search = {.context = context,
                          .range = range,
                          .inside = roaring_bitmap_create(),
                          .touched = roaring_bitmap_create()};
    search_months(&search);
    search_years(&search);
    roaring_bitmap_and_inplace(search.inside, set);
    roaring_bitmap_and_inplace(search.touched, set);
    roaring_bitmap_andnot_inplace(search.touched, search.inside);

    EndCheck check = {&search, search.inside};
    roaring_iterate(search.touched, check_end, &check);
    roaring_bitmap_and_inplace(set, search.inside);
    roaring_bitmap_free(search.inside);
    roaring_bitmap_free(search.touched);
}

StatusCode sets_answer(const QueryContext *context, const Resolved *resolved,
                       roaring_bitmap_t **set, Problem *problem)
{
    Views *views = context->state->views;
    roaring_bitmap_t *made = access_visible(context->caller, views);
    StatusCode code = STATUS_OK;
    for (size_t i = 0; i < resolved->term_count && code == STATUS_OK; i++)
        code = apply_term(views, &resolved->terms[i], made, problem);
    if (code == STATUS_OK && resolved->has_range)
        sets_keep_touching(context, &resolved->range, made);
    if (code == STATUS_OK && resolved->phrase_count > 0)
        code = phrase_set_keep(context, resolved, made, problem);
    if (code == STATUS_OK)
        *set = made;
    else
        roaring_bitmap_free(made);
    return code;
}
