#include "daemon/registry/expand.h"

#include "daemon/registry/page_token.h"
#include "daemon/registry/selection.h"
#include "daemon/registry/sets.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    MONTHS_PER_YEAR = 12,
    KEY_SIZE = 32, /* "begins=2022-03" */
    NO_MONTH = -1,
    MONTHS_END = (MOMENT_YEAR_MAX + 1) * MONTHS_PER_YEAR,
    SHRINK = 16, /* a stretch that costs too much is taken in parts of this part */
    SHRINKS_MAX = 16,
};

typedef struct Expansion {
    const QueryContext *context;
    const Resolved *resolved;
    roaring_bitmap_t *singles; /* what of the answer does not recur, */
    roaring_bitmap_t *series;  /* and what does */
    roaring_bitmap_t *lasting; /* of the series those of which facets do not tell all, */
    int32_t lasting_month;     /* from then on */
    bool continues;            /* there was a page before, which ended at `after` */
    Place after;
    size_t limit;
    Place *places; /* limit + 1: one more tells whether there is a next page */
    size_t count;
    uint64_t cost;
    bool stopped;     /* it has cost enough: the next page begins behind `reached` */
    bool crowded;     /* no stretch is short enough */
    uint32_t shrinks; /* how often the present stretch was too long; kept in the token */
    Place reached;
} Expansion;

/* Starts from here on, up to there. */
typedef struct Stretch {
    int64_t from_s;
    int64_t to_s;
} Stretch;

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the page is too large");
}

static bool is_behind(const Expansion *self, const Place *place)
{
    if (!self->continues) return true;
    return place_compare_in(self->resolved->descending, place, &self->after) > 0;
}

static bool is_full(const Expansion *self)
{
    return self->count > self->limit;
}

/* --- one stretch --- */

static void offer(const Expansion *self, Selection *selection, int64_t start_s, uint32_t number)
{
    const Place place = {.key = start_s, .number = number};
    if (is_behind(self, &place)) selection_offer(selection, &place);
}

static void take_singles(Expansion *self, const roaring_bitmap_t *candidates, Stretch stretch,
                         Selection *selection)
{
    roaring_uint32_iterator_t at;
    roaring_init_iterator(candidates, &at);
    for (; at.has_value; roaring_advance_uint32_iterator(&at)) {
        const Column *column = columns_find(&self->context->state->columns, at.current_value);
        self->cost++;
        if (column && column->local_start_s >= stretch.from_s &&
            column->local_start_s < stretch.to_s)
            offer(self, selection, column->local_start_s, at.current_value);
    }
}

/* Those that start within the stretch and touch the range. Upwards it ends where the page does.
 * False: there are more than the page may cost. */
static bool take_series(Expansion *self, const Recurring *series, uint32_t number, Stretch stretch,
                        Selection *selection)
{
    RecurringSight sight;
    InstanceWalk walk = recurring_walk(series, self->context->caller, &sight);
    int64_t range_s = self->resolved->range.from_s;
    Instance instance;
    instances_seek(&walk, recurring_series(series),
                   stretch.from_s > range_s ? stretch.from_s : range_s);
    self->cost += EXPAND_COST_OF_SEEK;
    while (instances_next(&walk, &instance) && instance.local_start_s < stretch.to_s) {
        const Place place = {.key = instance.local_start_s, .number = number};
        self->cost += EXPAND_COST_OF_STEP;
        if (self->cost > EXPAND_COST_MAX) return false;
        if (!self->resolved->descending && selection_is_beyond(selection, &place)) break;
        if (instance.local_start_s >= stretch.from_s) offer(self, selection, place.key, number);
    }
    return true;
}

/* False: it would cost too much, and the page is as it was. */
static bool take_stretch(Expansion *self, const roaring_bitmap_t *singles,
                         const roaring_bitmap_t *series, Stretch stretch)
{
    Selection selection = {.descending = self->resolved->descending,
                           .places = self->places + self->count,
                           .room = self->limit + 1 - self->count};
    const Recurrences *recurrences = self->context->state->recurrences;
    roaring_uint32_iterator_t at;
    take_singles(self, singles, stretch, &selection);
    roaring_init_iterator(series, &at);
    for (; at.has_value; roaring_advance_uint32_iterator(&at)) {
        const Recurring *found = recurrences_find(recurrences, at.current_value);
        if (found && !take_series(self, found, at.current_value, stretch, &selection)) return false;
    }
    selection_sort(&selection);
    self->count += selection.count;
    return true;
}

/* Nothing of the stretch that the page before has given is looked at again. */
static Stretch rest_of(const Expansion *self, Stretch stretch)
{
    if (!self->continues) return stretch;
    int64_t key = self->after.key;
    if (!self->resolved->descending && stretch.from_s < key) stretch.from_s = key;
    if (self->resolved->descending && stretch.to_s > key) stretch.to_s = key + 1;
    return stretch;
}

/* The part that comes first, as short as it has to be. */
static Stretch shrunk(const Expansion *self, Stretch stretch)
{
    int64_t length_s = stretch.to_s - stretch.from_s;
    for (uint32_t i = 0; i < self->shrinks && length_s > 1; i++)
        length_s = length_s > SHRINK ? length_s / SHRINK : 1;
    if (self->resolved->descending) return (Stretch){stretch.to_s - length_s, stretch.to_s};
    return (Stretch){stretch.from_s, stretch.from_s + length_s};
}

/* The next page begins with what starts there, or before there where the order goes down: numbers
 * begin with 1. */
static void stop_at(Expansion *self, int64_t start_s)
{
    self->stopped = true;
    self->reached = (Place){.key = start_s};
    if (self->continues && !is_behind(self, &self->reached)) self->reached = self->after;
    self->reached.score = self->shrinks;
}

/* True: all of the stretch is on the page, or on those before. */
static bool take_rest(Expansion *self, const roaring_bitmap_t *singles,
                      const roaring_bitmap_t *series, Stretch whole)
{
    bool goes_down = self->resolved->descending;
    Stretch stretch = rest_of(self, whole);
    if (stretch.from_s >= stretch.to_s) return true;
    uint64_t seeks = EXPAND_COST_OF_SEEK * roaring_bitmap_get_cardinality(series);
    Stretch part = shrunk(self, stretch);
    bool is_least = part.to_s - part.from_s == 1;
    bool fits = self->cost + seeks <= EXPAND_COST_MAX;
    bool taken = fits && take_stretch(self, singles, series, part);
    if (taken && is_full(self)) return false;
    if (taken && part.from_s == stretch.from_s && part.to_s == stretch.to_s) {
        self->shrinks = 0;
        return true;
    }
    self->crowded = seeks > EXPAND_COST_MAX || (fits && !taken && is_least);
    if (fits && !taken) self->shrinks++;
    if (taken)
        stop_at(self, goes_down ? part.from_s : part.to_s);
    else
        stop_at(self, goes_down ? stretch.to_s : stretch.from_s);
    return false;
}

/* --- months --- */

static void print_key(const char *name, int32_t month, char key[static KEY_SIZE])
{
    (void)snprintf(key, KEY_SIZE, "%s%04d-%02d", name, month / MONTHS_PER_YEAR,
                   month % MONTHS_PER_YEAR + 1);
}

static bool take_name(void *context, const char *facet, size_t length)
{
    int32_t *month = context;
    char text[KEY_SIZE + sizeof "-01"];
    const char *value = memchr(facet, '=', length);
    Moment moment;
    if (!value || length >= KEY_SIZE) return true;
    (void)snprintf(text, sizeof text, "%.*s-01", (int)(facet + length - value - 1), value + 1);
    if (!moment_parse(text, &moment)) return true;
    *month = moment.year * MONTHS_PER_YEAR + moment.month - 1;
    return false;
}

/* The nearest month from `month` on, in the query's order, of which the facet tells. */
static int32_t next_told(const Expansion *self, const char *name, int32_t month)
{
    char first[KEY_SIZE];
    int32_t told = NO_MONTH;
    print_key(name, month, first);
    views_facet_names(self->context->state->views, name, first, self->resolved->descending,
                      take_name, &told);
    return told;
}

/* In which anything may start. */
static int32_t next_month(const Expansion *self, int32_t month)
{
    if (month >= self->lasting_month) return month;
    int32_t begins = next_told(self, "begins=", month);
    int32_t touched = next_told(self, "month=", month);
    if (self->resolved->descending) return begins > touched ? begins : touched;
    int32_t next = self->lasting_month;
    if (begins != NO_MONTH && begins < next) next = begins;
    return touched != NO_MONTH && touched < next ? touched : next;
}

static roaring_bitmap_t *events_of(const Expansion *self, const char *name, int32_t month,
                                   const roaring_bitmap_t *among)
{
    char key[KEY_SIZE];
    print_key(name, month, key);
    roaring_bitmap_t *events = views_facet(self->context->state->views, key, strlen(key));
    roaring_bitmap_and_inplace(events, among);
    return events;
}

/* The series of which an instance may touch that month. */
static roaring_bitmap_t *series_of(const Expansion *self, int32_t month)
{
    roaring_bitmap_t *series = events_of(self, "month=", month, self->series);
    if (roaring_bitmap_is_empty(self->lasting)) return series;
    roaring_bitmap_t *lasting = roaring_bitmap_create();
    assert(lasting);
    recurrences_add_lasting(self->context->state->recurrences, moment_month_begins_s(month),
                            lasting);
    roaring_bitmap_and_inplace(lasting, self->lasting);
    roaring_bitmap_or_inplace(series, lasting);
    roaring_bitmap_free(lasting);
    return series;
}

static bool take_month(Expansion *self, int32_t month)
{
    const LocalRange *range = &self->resolved->range;
    Stretch stretch = {moment_month_begins_s(month), moment_month_begins_s(month + 1)};
    if (stretch.from_s < range->from_s) stretch.from_s = range->from_s;
    if (stretch.to_s > range->to_s) stretch.to_s = range->to_s;
    roaring_bitmap_t *singles = events_of(self, "begins=", month, self->singles);
    roaring_bitmap_t *series = series_of(self, month);
    bool taken = take_rest(self, singles, series, stretch);
    roaring_bitmap_free(singles);
    roaring_bitmap_free(series);
    return taken;
}

static bool add_year(void *context, const char *facet, size_t length)
{
    const Expansion *self = ((void **)context)[0];
    roaring_bitmap_t *events = views_facet(self->context->state->views, facet, length);
    roaring_bitmap_or_inplace(((void **)context)[1], events);
    roaring_bitmap_free(events);
    return true;
}

/* What has started before the range and touches it: all of it touches its first month. */
static bool take_started(Expansion *self)
{
    const LocalRange *range = &self->resolved->range;
    int32_t month = sets_month_of(range->from_s);
    if (range->from_s == INT64_MIN) return true;
    roaring_bitmap_t *singles = events_of(self, "month=", month, self->singles);
    roaring_bitmap_t *series = series_of(self, month);
    void *years[] = {self, singles};
    views_facet_names(self->context->state->views, "year=", NULL, false, add_year, years);
    roaring_bitmap_and_inplace(singles, self->singles);
    bool taken = take_rest(self, singles, series,
                           (Stretch){moment_month_begins_s(MONTHS_PER_YEAR), range->from_s});
    roaring_bitmap_free(singles);
    roaring_bitmap_free(series);
    return taken;
}

/* True: to the end of the range. */
static bool walk_months(Expansion *self)
{
    bool goes_down = self->resolved->descending;
    int32_t first = sets_month_of(self->resolved->range.from_s);
    int32_t last = sets_month_of(self->resolved->range.to_s - 1);
    int32_t month = goes_down ? last : first;
    if (self->continues) {
        int32_t reached = sets_month_of(self->after.key);
        if (goes_down ? reached < month : reached > month) month = reached;
    }
    for (int walked = 0; month >= first && month <= last; walked++) {
        month = next_month(self, month);
        if (month < first || month > last) return true;
        if (walked == EXPAND_MONTHS_MAX) {
            stop_at(self, moment_month_begins_s(goes_down ? month + 1 : month));
            return false;
        }
        if (!take_month(self, month)) return false;
        month += goes_down ? -1 : 1;
    }
    return true;
}

static void fill(Expansion *self)
{
    if (self->resolved->descending)
        (void)(walk_months(self) && take_started(self));
    else
        (void)(take_started(self) && walk_months(self));
}

/* --- a page --- */

static bool split(Expansion *self, roaring_bitmap_t *set)
{
    const Recurrences *recurrences = self->context->state->recurrences;
    self->series = roaring_bitmap_and(set, recurrences_series(recurrences));
    self->lasting = roaring_bitmap_create();
    self->singles = set;
    if (!self->series || !self->lasting) return false;
    roaring_bitmap_andnot_inplace(self->singles, self->series);
    recurrences_add_lasting(recurrences, self->resolved->range.to_s, self->lasting);
    roaring_bitmap_and_inplace(self->lasting, self->series);
    int64_t lasting_s = recurrences_lasting_from_s(recurrences, self->lasting);
    self->lasting_month = lasting_s == INT64_MAX ? MONTHS_END : sets_month_of(lasting_s);
    return true;
}

static StatusCode write_page(Expansion *self, EventPage *page, Problem *problem)
{
    page->count = self->count < self->limit ? self->count : self->limit;
    page->is_partial = true;
    page->places = self->places;
    page->numbers = arena_array(self->context->arena, page->count, sizeof *page->numbers);
    if (!page->numbers) return out_of_memory(problem);
    for (size_t i = 0; i < page->count; i++)
        page->numbers[i] = self->places[i].number;
    if (is_full(self)) {
        self->reached = self->places[page->count - 1];
        self->reached.score = self->shrinks;
    }
    if ((is_full(self) || self->stopped) &&
        !page_token_write(self->context, self->resolved, PAGE_TOKEN_INSTANCES, &self->reached,
                          &page->next))
        return out_of_memory(problem);
    return STATUS_OK;
}

static StatusCode refuse_crowd(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED,
                       "more than %d series go on at one time there; ask for less, by a filter",
                       EXPAND_COST_MAX / EXPAND_COST_OF_SEEK);
}

StatusCode expand_answer(const QueryContext *context, const Resolved *resolved, const Page *request,
                         EventPage *page, Problem *problem)
{
    Expansion self = {.context = context,
                      .resolved = resolved,
                      .limit = page_limit(request, PAGE_EVENTS_DEFAULT, PAGE_EVENTS_MAX)};
    StatusCode code = STATUS_OK;
    roaring_bitmap_t *set = NULL;
    *page = (EventPage){0};
    self.continues = request && request->has_token;
    if (self.continues)
        code = page_token_read(context, resolved, PAGE_TOKEN_INSTANCES, &request->token,
                               &self.after, problem);
    if (code == STATUS_OK) code = sets_answer(context, resolved, &set, problem);
    if (code != STATUS_OK) return code;
    self.shrinks = self.after.score < SHRINKS_MAX ? self.after.score : SHRINKS_MAX;
    self.places = arena_array(context->arena, self.limit + 1, sizeof *self.places);
    bool made = self.places && split(&self, set);
    if (made) fill(&self);
    roaring_bitmap_free(set);
    if (self.series) roaring_bitmap_free(self.series);
    if (self.lasting) roaring_bitmap_free(self.lasting);
    if (!made) return out_of_memory(problem);
    return self.crowded ? refuse_crowd(problem) : write_page(&self, page, problem);
}

bool expand_token_after(const QueryContext *context, const Resolved *resolved,
                        const EventPage *page, size_t taken, ProtobufCBinaryData *token)
{
    return page_token_write(context, resolved, PAGE_TOKEN_INSTANCES, &page->places[taken - 1],
                            token);
}
