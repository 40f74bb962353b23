#include "daemon/registry/sets.h"

#include "daemon/registry/phrases.h"
#include "daemon/registry/term_set.h"
#include "proto/moment.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MONTH_KEY_SIZE = 32, /* "begins=2022-03" */
    MONTHS_PER_YEAR = 12,
    SECONDS_PER_DAY = 24 * 3600,
    MONTHS_LAZY = 8,        /* a union of more months than that is made lazily */
    MONTHS_LIKELY = 600,    /* that hold any event, of an open range */
    CHECKS_PER_MONTH = 256, /* event by event, for the cost of a month's bitmap */
    CHECKS_PER_SERIES = 64, /* that the look at one series costs more than at another event */
    STEPS_FIRST = 8,
    RANGE_TEXT_SIZE = 128,
};

/* What one evaluation shares. */
typedef struct Evaluation {
    const QueryContext *context;
    Views *views;
    roaring_bitmap_t *visible; /* NULL: the caller sees all */
    SetReport *report;         /* or NULL */
    TermReach *reach;          /* of all terms */
} Evaluation;

/* --- telling --- */

static void tell(const Evaluation *self, SetStep step)
{
    SetReport *report = self->report;
    if (!step.expression) return;
    if (report->count == report->capacity) {
        size_t capacity = report->capacity ? 2 * report->capacity : STEPS_FIRST;
        SetStep *grown = arena_array(self->context->arena, capacity, sizeof *grown);
        if (!grown) return;
        if (report->count) memcpy(grown, report->steps, report->count * sizeof *grown);
        report->steps = grown;
        report->capacity = capacity;
    }
    report->steps[report->count++] = step;
}

/* Each word by the first of its keys, the word itself. */
static const char *way_text(const Evaluation *self, const Way *way)
{
    const char *text = "";
    for (size_t i = 0; i < way->count && text; i++)
        text = arena_printf(self->context->arena, "%s%s%s%s", text, i ? " & " : "",
                            way->words[i].keys[0], way->words[i].beginning_count ? "*" : "");
    return text ? arena_printf(self->context->arena, "(%s)", text) : NULL;
}

static size_t alternative_count(const ResolvedTerm *term)
{
    return term->count + term->beginning_count + term->way_count;
}

/* The keys, then the beginnings, then the ways. */
static const char *alternative_text(const Evaluation *self, const ResolvedTerm *term, size_t index)
{
    if (index < term->count) return term->keys[index];
    index -= term->count;
    if (index < term->beginning_count)
        return arena_printf(self->context->arena, "%s*", term->beginnings[index]);
    return way_text(self, &term->ways[index - term->beginning_count]);
}

static const char *term_text(const Evaluation *self, const ResolvedTerm *term)
{
    Arena *arena = self->context->arena;
    size_t count = alternative_count(term);
    const char *text = count ? alternative_text(self, term, 0) : "nothing";
    for (size_t i = 1; i < count && i < SETS_KEYS_TOLD && text; i++) {
        const char *more = alternative_text(self, term, i);
        text = more ? arena_printf(arena, "%s | %s", text, more) : NULL;
    }
    if (text && count > SETS_KEYS_TOLD)
        text = arena_printf(arena, "%s | ... %zu in all", text, count);
    if (!text || !term->negated) return text;
    return arena_printf(arena, count > 1 ? "not (%s)" : "not %s", text);
}

static const char *phrase_text(const Evaluation *self, const Phrase *phrase)
{
    const char *text = "";
    for (size_t i = 0; i < phrase->count && text; i++)
        text = arena_printf(self->context->arena, "%s%s%s", text, i ? " " : "",
                            strchr(phrase->words[i].keys[0], '=') + 1);
    if (!text) return NULL;
    return arena_printf(self->context->arena, "%s\"%s\", read event by event",
                        phrase->negated ? "not " : "", text);
}

static void add_lies(const Evaluation *self, const ResolvedTerm *term, ViewsFacetSize *sum)
{
    ViewsFacetSize lies = term_set_lies(self->views, term);
    sum->base += lies.base;
    sum->delta += lies.delta;
}

static void tell_term(const Evaluation *self, const ResolvedTerm *term, uint64_t size,
                      const roaring_bitmap_t *left)
{
    if (!self->report) return;
    SetStep step = {term_text(self, term), size, roaring_bitmap_get_cardinality(left), {0, 0}};
    if (!self->visible) {
        add_lies(self, term, &step.lies);
        for (size_t i = 0; i < term->way_count; i++)
            for (size_t j = 0; j < term->ways[i].count; j++)
                add_lies(self, &term->ways[i].words[j], &step.lies);
    }
    tell(self, step);
}

static void tell_seen(const Evaluation *self, const char *expression, const roaring_bitmap_t *set)
{
    if (!self->report) return;
    uint64_t size = roaring_bitmap_get_cardinality(set);
    SetStep step = {expression, size, size, {0, 0}};
    if (!self->visible) step.lies = views_facet_size(self->views, expression, strlen(expression));
    tell(self, step);
}

/* --- terms --- */

/* A term with its events. */
typedef struct Factor {
    const ResolvedTerm *term;
    roaring_bitmap_t *set;
    uint64_t size;
} Factor;

static int smallest_first(const void *left, const void *right)
{
    const Factor *a = left;
    const Factor *b = right;
    return a->size < b->size ? -1 : a->size > b->size;
}

/* Cut to what is seen before its size counts for anything: what is not seen has no say in the order
 * either. */
static Factor load_factor(const Evaluation *self, const ResolvedTerm *term)
{
    Factor factor = {.term = term};
    factor.set = term_set(self->views, term, self->reach);
    if (self->visible) roaring_bitmap_and_inplace(factor.set, self->visible);
    factor.size = roaring_bitmap_get_cardinality(factor.set);
    return factor;
}

/* The beginning of a word that a term asks for, of itself or in a name of several words. */
static const char *beginning_of(const ResolvedTerm *term)
{
    if (term->beginning_count) return term->beginnings[0];
    for (size_t i = 0; i < term->way_count; i++)
        for (size_t j = 0; j < term->ways[i].count; j++)
            if (term->ways[i].words[j].beginning_count) return term->ways[i].words[j].beginnings[0];
    return "=";
}

/* The last term that was loaded is the one that was too much. */
static StatusCode refuse_reach(const Evaluation *self, const ResolvedTerm *term, Problem *problem)
{
    if (self->reach->is_broad)
        return problem_violation(problem, "query.text",
                                 "more than %d words begin with \"%.60s\"; write more of it, or "
                                 "the whole word in quotation marks",
                                 TERM_SET_BEGUN_MAX, strchr(beginning_of(term), '=') + 1);
    return problem_violation(problem, "query",
                             "too many values, words or beginnings of words are asked for at once, "
                             "with all their other names; ask for fewer");
}

/* Those that must hold, up to one that nothing has or that is too broad. */
static size_t load_factors(const Evaluation *self, const Resolved *resolved, Factor *factors)
{
    size_t count = 0;
    for (size_t i = 0; i < resolved->term_count; i++) {
        if (resolved->terms[i].negated) continue;
        Factor *factor = &factors[count++];
        *factor = load_factor(self, &resolved->terms[i]);
        if (factor->size == 0 || self->reach->is_over) break;
    }
    return count;
}

static roaring_bitmap_t *intersect(const Evaluation *self, Factor *factors, size_t count)
{
    qsort(factors, count, sizeof *factors, smallest_first);
    roaring_bitmap_t *set = count ? factors[0].set : NULL;
    if (set) tell_term(self, factors[0].term, factors[0].size, set);
    for (size_t i = 1; i < count; i++) {
        if (!roaring_bitmap_is_empty(set)) {
            roaring_bitmap_and_inplace(set, factors[i].set);
            tell_term(self, factors[i].term, factors[i].size, set);
        }
        roaring_bitmap_free(factors[i].set);
    }
    return set;
}

/* *set is NULL: no term must hold. */
static StatusCode intersect_terms(const Evaluation *self, const Resolved *resolved,
                                  roaring_bitmap_t **set, Problem *problem)
{
    StatusCode code = STATUS_OK;
    Factor *factors = calloc(resolved->term_count + 1, sizeof *factors);
    assert(factors);
    size_t count = load_factors(self, resolved, factors);
    if (count && self->reach->is_over) {
        code = refuse_reach(self, factors[count - 1].term, problem);
        for (size_t i = 0; i < count; i++)
            roaring_bitmap_free(factors[i].set);
    } else {
        *set = intersect(self, factors, count);
    }
    free(factors);
    return code;
}

static StatusCode take_away(const Evaluation *self, const Resolved *resolved, roaring_bitmap_t *set,
                            Problem *problem)
{
    StatusCode code = STATUS_OK;
    for (size_t i = 0; i < resolved->term_count && code == STATUS_OK; i++) {
        if (!resolved->terms[i].negated || roaring_bitmap_is_empty(set)) continue;
        Factor factor = load_factor(self, &resolved->terms[i]);
        roaring_bitmap_andnot_inplace(set, factor.set);
        tell_term(self, factor.term, factor.size, set);
        roaring_bitmap_free(factor.set);
        if (self->reach->is_over) code = refuse_reach(self, factor.term, problem);
    }
    return code;
}

/* --- the range --- */

/* The last second that is in it. */
static int64_t last_second(const LocalRange *range)
{
    return range->to_s == INT64_MAX ? INT64_MAX : range->to_s - 1;
}

int32_t sets_month_of(int64_t local_s)
{
    Moment moment = query_clamp(local_s);
    return moment.year * MONTHS_PER_YEAR + moment.month - 1;
}

MonthRange sets_months(const LocalRange *range)
{
    return (MonthRange){sets_month_of(range->from_s), sets_month_of(last_second(range))};
}

typedef struct RangeSearch {
    const QueryContext *context;
    const LocalRange *range;
    const char *name;                  /* "month=" or "year=" */
    char last[MONTH_KEY_SIZE];         /* of the keys that the range touches */
    char inside_first[MONTH_KEY_SIZE]; /* keys from here ... */
    char inside_last[MONTH_KEY_SIZE];  /* ... to here lie wholly inside */
    bool lazy;                         /* many months: their union is put in order at the end */
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
    if (inside && search->lazy)
        roaring_bitmap_lazy_or_inplace(search->inside, events, true);
    else
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
    Moment last = query_clamp(last_second(search->range));
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
    (void)snprintf(search->last, sizeof search->last, "year=%04d",
                   query_clamp(last_second(search->range)).year);
    search->inside_first[0] = '\x7f'; /* above every key: nothing is taken unchecked */
    search->inside_first[1] = '\0';
    views_facet_names(search->context->state->views, "year=", first, false, take_month, search);
}

/* Events that are compared with the range one by one. */
typedef struct Check {
    const QueryContext *context;
    const LocalRange *range;
    roaring_bitmap_t *kept;
} Check;

bool sets_event_touches(const QueryContext *context, const LocalRange *range, uint32_t number)
{
    const State *state = context->state;
    const Column *column = columns_find(&state->columns, number);
    if (!column) return false;
    const Recurring *series = column->recurs ? recurrences_find(state->recurrences, number) : NULL;
    return series ? recurring_touches(series, context->caller, range->from_s, range->to_s)
                  : query_touches(range, column->local_start_s, column->local_end_s);
}

static bool check_event(uint32_t number, void *context)
{
    Check *check = context;
    if (sets_event_touches(check->context, check->range, number))
        roaring_bitmap_add(check->kept, number);
    return true;
}

/* Adds to `kept` what of `set` touches the range. */
static void check_events(const Evaluation *self, const LocalRange *range,
                         const roaring_bitmap_t *set, roaring_bitmap_t *kept)
{
    Check check = {self->context, range, kept};
    if (self->report) self->report->checked += roaring_bitmap_get_cardinality(set);
    roaring_iterate(set, check_event, &check);
}

/* The day where it is an end of one, else the second. */
static void print_end(int64_t local_s, bool is_day, char text[static MOMENT_TEXT_SIZE])
{
    Moment moment = query_clamp(local_s);
    moment.is_date = is_day;
    moment_print(&moment, text);
}

static void print_range(const LocalRange *range, const char *how, char text[static RANGE_TEXT_SIZE])
{
    char from[MOMENT_TEXT_SIZE];
    char to[MOMENT_TEXT_SIZE];
    print_end(range->from_s, range->from_s % SECONDS_PER_DAY == 0, from);
    print_end(last_second(range), range->to_s % SECONDS_PER_DAY == 0, to);
    if (range->to_s == INT64_MAX)
        (void)snprintf(text, RANGE_TEXT_SIZE, "touches %s and after, %s", from, how);
    else if (range->from_s == INT64_MIN)
        (void)snprintf(text, RANGE_TEXT_SIZE, "touches %s and before, %s", to, how);
    else
        (void)snprintf(text, RANGE_TEXT_SIZE, "touches %s to %s, %s", from, to, how);
}

static void tell_range(const Evaluation *self, const LocalRange *range, const char *how,
                       uint64_t size, const roaring_bitmap_t *left)
{
    char text[RANGE_TEXT_SIZE];
    if (!self->report) return;
    print_range(range, how, text);
    tell(self, (SetStep){arena_strdup(self->context->arena, text),
                         size,
                         roaring_bitmap_get_cardinality(left),
                         {0, 0}});
}

/* Months tell of a series as it is without what replaces its instances, and not for ever. */
static void search_series(const RangeSearch *search)
{
    const Recurrences *recurrences = search->context->state->recurrences;
    roaring_bitmap_t *doubtful =
        roaring_bitmap_and(search->inside, recurrences_replaced(recurrences));
    roaring_bitmap_andnot_inplace(search->inside, doubtful);
    recurrences_add_lasting(recurrences, search->range->to_s, doubtful);
    roaring_bitmap_or_inplace(search->touched, doubtful);
    roaring_bitmap_free(doubtful);
}

/* Of the months that the range touches. */
static void apply_months(const Evaluation *self, const LocalRange *range, bool lazy,
                         roaring_bitmap_t *set)
{
    RangeSearch search = {.context = self->context,
                          .range = range,
                          .lazy = lazy,
                          .inside = roaring_bitmap_create(),
                          .touched = roaring_bitmap_create()};
    search_months(&search);
    if (lazy) roaring_bitmap_repair_after_lazy(search.inside);
    search_years(&search);
    search_series(&search);
    roaring_bitmap_and_inplace(search.inside, set);
    roaring_bitmap_and_inplace(search.touched, set);
    roaring_bitmap_andnot_inplace(search.touched, search.inside);
    uint64_t size = roaring_bitmap_get_cardinality(search.inside) +
                    roaring_bitmap_get_cardinality(search.touched);
    check_events(self, range, search.touched, search.inside);
    roaring_bitmap_and_inplace(set, search.inside);
    tell_range(self, range, "by its months", size, set);
    roaring_bitmap_free(search.inside);
    roaring_bitmap_free(search.touched);
}

static void apply_each(const Evaluation *self, const LocalRange *range, roaring_bitmap_t *set)
{
    roaring_bitmap_t *kept = roaring_bitmap_create();
    assert(kept);
    uint64_t size = roaring_bitmap_get_cardinality(set);
    check_events(self, range, set, kept);
    roaring_bitmap_and_inplace(set, kept);
    roaring_bitmap_free(kept);
    tell_range(self, range, "event by event", size, set);
}

/* Keeps of `set` what touches the range, the cheaper way. */
static void apply_range(const Evaluation *self, const LocalRange *range, roaring_bitmap_t *set)
{
    MonthRange touched = sets_months(range);
    uint64_t months = (uint64_t)(touched.last - touched.first) + 1;
    if (months > MONTHS_LIKELY) months = MONTHS_LIKELY;
    uint64_t checks =
        roaring_bitmap_get_cardinality(set) +
        CHECKS_PER_SERIES * roaring_bitmap_and_cardinality(
                                set, recurrences_series(self->context->state->recurrences));
    if (checks <= months * CHECKS_PER_MONTH)
        apply_each(self, range, set);
    else
        apply_months(self, range, months > MONTHS_LAZY, set);
}

void sets_keep_touching(const QueryContext *context, const LocalRange *range, roaring_bitmap_t *set)
{
    const Evaluation self = {.context = context, .views = context->state->views};
    apply_range(&self, range, set);
}

/* --- phrases --- */

static StatusCode apply_phrases(const Evaluation *self, const Resolved *resolved,
                                roaring_bitmap_t *set, Problem *problem)
{
    StatusCode code = STATUS_OK;
    for (size_t i = 0; i < resolved->phrase_count && code == STATUS_OK; i++) {
        const Phrase *phrase = &resolved->phrases[i];
        uint64_t candidates = 0;
        if (roaring_bitmap_is_empty(set)) break;
        code = phrases_keep(self->context, phrase, set, &candidates, problem);
        if (code != STATUS_OK || !self->report) continue;
        self->report->loaded = phrases_records(self->context->state->phrases);
        tell(self, (SetStep){phrase_text(self, phrase),
                             candidates,
                             roaring_bitmap_get_cardinality(set),
                             {0, 0}});
    }
    return code;
}

/* --- the answer --- */

/* What all terms that must hold leave of what is seen. A withdrawn event has no facets: where a
 * term must hold, "all" adds nothing. */
static StatusCode begin(const Evaluation *self, const Resolved *resolved, roaring_bitmap_t **set,
                        Problem *problem)
{
    StatusCode code = intersect_terms(self, resolved, set, problem);
    if (code != STATUS_OK || *set) return code;
    if (self->visible) {
        *set = roaring_bitmap_copy(self->visible);
        return STATUS_OK;
    }
    *set = access_visible(self->context->caller, self->views);
    tell_seen(self, "all", *set);
    return STATUS_OK;
}

StatusCode sets_answer(const QueryContext *context, const Resolved *resolved,
                       roaring_bitmap_t **set, Problem *problem)
{
    Views *views = context->state->views;
    TermReach reach = {0};
    Evaluation self = {
        .context = context, .views = views, .report = context->report, .reach = &reach};
    if (!access_sees_all(context->caller)) {
        reach.is_blind = true;
        self.visible = access_visible(context->caller, views);
        tell_seen(&self, "visible", self.visible);
    }
    roaring_bitmap_t *made = NULL;
    StatusCode code = begin(&self, resolved, &made, problem);
    if (code == STATUS_OK) code = take_away(&self, resolved, made, problem);
    if (code == STATUS_OK && resolved->has_range && !roaring_bitmap_is_empty(made))
        apply_range(&self, &resolved->range, made);
    if (code == STATUS_OK) code = apply_phrases(&self, resolved, made, problem);
    if (self.visible) roaring_bitmap_free(self.visible);
    if (code == STATUS_OK)
        *set = made;
    else if (made)
        roaring_bitmap_free(made);
    return code;
}
