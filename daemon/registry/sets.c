#include "daemon/registry/sets.h"

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

/* Keeps of `set` what touches the range. */
static void apply_range(const QueryContext *context, const LocalRange *range, roaring_bitmap_t *set)
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

/* --- phrases --- */

/* What may have the words of a phrase one after the other: of `set`, what has all of them. */
static roaring_bitmap_t *phrase_candidates(Views *views, const Phrase *phrase,
                                           const roaring_bitmap_t *set)
{
    bool unused = false;
    roaring_bitmap_t *events = term_set_of_all(views, phrase->words, phrase->count, &unused);
    roaring_bitmap_and_inplace(events, set);
    return events;
}

typedef struct PhraseCheck {
    const QueryContext *context;
    const Phrase *phrase;
    Arena *arena; /* of one event */
    roaring_bitmap_t *set;
    bool full;
} PhraseCheck;

/* Takes the event out where it is not as the phrase asks. */
static bool check_phrase(uint32_t number, void *context)
{
    PhraseCheck *check = context;
    State *state = check->context->state;
    const Column *column = columns_find(&state->columns, number);
    arena_reset(check->arena);
    const Change *change = column ? state_change(state, column->sequence, check->arena) : NULL;
    check->full = column && (!change || !change->event);
    if (check->full) return false;
    bool has = change && phrase_is_in(check->phrase, change->event, state->words);
    if (has == check->phrase->negated) roaring_bitmap_remove(check->set, number);
    return true;
}

static StatusCode apply_phrase(const QueryContext *context, const Phrase *phrase, Arena *arena,
                               roaring_bitmap_t *set, Problem *problem)
{
    roaring_bitmap_t *candidates = phrase_candidates(context->state->views, phrase, set);
    uint64_t count = roaring_bitmap_get_cardinality(candidates);
    PhraseCheck check = {.context = context, .phrase = phrase, .arena = arena, .set = set};
    if (count <= SETS_PHRASE_EVENTS_MAX) roaring_iterate(candidates, check_phrase, &check);
    roaring_bitmap_free(candidates);
    if (check.full)
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "an event is too large to be read");
    if (count <= SETS_PHRASE_EVENTS_MAX) return STATUS_OK;
    return problem_violation(problem, "query.text",
                             "%llu events have all words of the phrase, and %d are looked through "
                             "at most; add a word, a date or another filter",
                             (unsigned long long)count, SETS_PHRASE_EVENTS_MAX);
}

static StatusCode apply_phrases(const QueryContext *context, const Resolved *resolved,
                                roaring_bitmap_t *set, Problem *problem)
{
    StatusCode code = STATUS_OK;
    Arena *arena = arena_new(SETS_EVENT_BYTES_MAX);
    if (!arena) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
    for (size_t i = 0; i < resolved->phrase_count && code == STATUS_OK; i++)
        code = apply_phrase(context, &resolved->phrases[i], arena, set, problem);
    arena_destroy(&arena);
    return code;
}

StatusCode sets_answer(const QueryContext *context, const Resolved *resolved,
                       roaring_bitmap_t **set, Problem *problem)
{
    Views *views = context->state->views;
    roaring_bitmap_t *made = access_visible(context->caller, views);
    StatusCode code = STATUS_OK;
    for (size_t i = 0; i < resolved->term_count && code == STATUS_OK; i++)
        code = apply_term(views, &resolved->terms[i], made, problem);
    if (code == STATUS_OK && resolved->has_range) apply_range(context, &resolved->range, made);
    if (code == STATUS_OK && resolved->phrase_count > 0)
        code = apply_phrases(context, resolved, made, problem);
    if (code == STATUS_OK)
        *set = made;
    else
        roaring_bitmap_free(made);
    return code;
}
