#include "daemon/registry/page.h"

#include "daemon/registry/page_token.h"
#include "daemon/registry/rank.h"
#include "daemon/registry/selection.h"
#include "daemon/registry/sets.h"
#include "proto/moment.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MONTH_TEXT_SIZE = 32,
    NUMBERS_AT_ONCE = 64,
};

typedef struct Paging {
    const QueryContext *context;
    const Resolved *resolved;
    const roaring_bitmap_t *set;
    bool continues; /* there was a page before, which ended at `after` */
    Place after;
    size_t limit;
    Place *places; /* limit + 1: one more tells whether there is a next page */
    size_t count;
    size_t walked; /* months or changes, so far */
    size_t months_max;
    uint64_t events; /* in these months */
    bool stopped;    /* it has cost enough: the next page begins behind `reached` */
    Place reached;
} Paging;

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the page is too large");
}

static bool is_behind(const Paging *paging, const Place *place)
{
    if (!paging->continues) return true;
    return place_compare_in(paging->resolved->descending, place, &paging->after) > 0;
}

static bool is_full(const Paging *paging)
{
    return paging->count > paging->limit;
}

static bool place_of(const Paging *paging, uint32_t number, Place *place)
{
    *place = (Place){.number = number};
    if (paging->resolved->order == PLENARY__V1__QUERY__ORDER__NUMBER) return true;
    const Column *column = columns_find(&paging->context->state->columns, number);
    if (!column) return false;
    place->key = paging->resolved->order == PLENARY__V1__QUERY__ORDER__UPDATED
                     ? (int64_t)column->sequence
                     : column->local_start_s;
    return true;
}

/* --- small sets: the first ones of all --- */

/* Of a large registry nearly every column lies outside the processor's caches: those of several
 * events are fetched side by side. */
static void offer_all(const Paging *paging, Selection *selection, const uint32_t *numbers,
                      uint32_t count)
{
    const Columns *columns = &paging->context->state->columns;
    for (uint32_t i = 0; i < count; i++)
        columns_fetch(columns, numbers[i]);
    for (uint32_t i = 0; i < count; i++) {
        Place place;
        if (place_of(paging, numbers[i], &place) && is_behind(paging, &place))
            selection_offer(selection, &place);
    }
}

/* Appends the members of `set` to the page, in order, those behind the page before only. Takes no
 * memory beyond the page's: a very full month costs no more than looking at each of its events. */
static void take_sorted(Paging *paging, const roaring_bitmap_t *set)
{
    Selection selection = {.descending = paging->resolved->descending,
                           .places = paging->places + paging->count,
                           .room = paging->limit + 1 - paging->count};
    SetReport *report = paging->context->report;
    if (report) report->sorted += roaring_bitmap_get_cardinality(set);
    roaring_uint32_iterator_t iterator;
    roaring_init_iterator(set, &iterator);
    uint32_t numbers[NUMBERS_AT_ONCE];
    for (uint32_t count;
         (count = roaring_read_uint32_iterator(&iterator, numbers, NUMBERS_AT_ONCE)) > 0;)
        offer_all(paging, &selection, numbers, count);
    selection_sort(&selection);
    paging->count += selection.count;
}

/* --- large sets, by start: month after month --- */

/* Of the month that "begins=2022-03" names. False: it names none. */
static bool first_second(const char *facet, size_t length, int64_t *local_s)
{
    char text[MONTH_TEXT_SIZE];
    Moment moment;
    size_t name = strlen("begins=");
    if (length <= name || length - name >= sizeof text - strlen("-01")) return false;
    (void)snprintf(text, sizeof text, "%.*s-01", (int)(length - name), facet + name);
    if (!moment_parse(text, &moment)) return false;
    *local_s = moment_local_s(&moment);
    return true;
}

static bool is_far(const Paging *paging)
{
    return paging->walked >= paging->months_max || paging->events > PAGE_EVENTS_WALKED_MAX;
}

static bool take_month(void *context, const char *facet, size_t length)
{
    Paging *paging = context;
    int64_t month_s;
    if (is_far(paging) && first_second(facet, length, &month_s)) {
        /* Numbers begin with 1: what starts at the month's first second is behind (it, 0). */
        paging->stopped = true;
        if (!paging->resolved->descending) paging->reached = (Place){.key = month_s};
        return false;
    }
    roaring_bitmap_t *month = views_facet(paging->context->state->views, facet, length);
    paging->walked++;
    paging->events += roaring_bitmap_get_cardinality(month);
    roaring_bitmap_and_inplace(month, paging->set);
    take_sorted(paging, month);
    roaring_bitmap_free(month);
    if (first_second(facet, length, &month_s)) paging->reached = (Place){.key = month_s};
    return !is_full(paging);
}

static void walk_months(Paging *paging)
{
    char first[MONTH_TEXT_SIZE] = "";
    if (paging->continues) {
        int64_t from_s = paging->after.key;
        /* Downwards (a month's first second, 0) has all of that month before it. */
        if (paging->resolved->descending && paging->after.number == 0 && from_s > INT64_MIN)
            from_s--;
        Moment moment = query_clamp(from_s);
        (void)snprintf(first, sizeof first, "begins=%04d-%02d", moment.year, moment.month);
    }
    views_facet_names(paging->context->state->views, "begins=", first, paging->resolved->descending,
                      take_month, paging);
}

/* --- large sets, by number --- */

static void walk_numbers_up(Paging *paging)
{
    roaring_uint32_iterator_t iterator;
    roaring_init_iterator(paging->set, &iterator);
    if (paging->continues && paging->after.number == UINT32_MAX) return; /* nothing is above */
    if (paging->continues)
        roaring_move_uint32_iterator_equalorlarger(&iterator, paging->after.number + 1);
    for (; iterator.has_value && !is_full(paging); roaring_advance_uint32_iterator(&iterator))
        paging->places[paging->count++] = (Place){.number = iterator.current_value};
}

static void walk_numbers_down(Paging *paging)
{
    uint64_t rank = roaring_bitmap_get_cardinality(paging->set);
    if (paging->continues)
        rank =
            paging->after.number ? roaring_bitmap_rank(paging->set, paging->after.number - 1) : 0;
    uint32_t number;
    while (rank > 0 && !is_full(paging) &&
           roaring_bitmap_select(paging->set, (uint32_t)(--rank), &number))
        paging->places[paging->count++] = (Place){.number = number};
}

/* --- large sets, by the latest change --- */

static bool take_updated(void *context, Bytes key, Bytes value)
{
    Paging *paging = context;
    Place place = {.key = (int64_t)key_to_sequence(key), .number = (uint32_t)number_decode(value)};
    paging->stopped = paging->walked++ == PAGE_CHANGES_WALKED_MAX;
    if (paging->stopped) return false;
    paging->reached = place;
    if (!roaring_bitmap_contains(paging->set, place.number) || !is_behind(paging, &place))
        return true;
    paging->places[paging->count++] = place;
    return !is_full(paging);
}

static void walk_updates(Paging *paging)
{
    Views *views = paging->context->state->views;
    Key start = {.size = 0};
    if (paging->continues)
        start = key_sequence((uint64_t)paging->after.key + (paging->resolved->descending ? 0 : 1));
    if (paging->resolved->descending)
        views_scan_back(views, VIEW_UPDATES, key_bytes(&start), take_updated, paging);
    else
        views_scan(views, VIEW_UPDATES, key_bytes(&start), take_updated, paging);
}

/* Looking at each event of the set is cheaper than walking past those that are not in it. */
static bool is_small(const Paging *paging, uint64_t total)
{
    return total <= PAGE_SORTED_MAX ||
           total <= paging->context->state->applied.last_number / PAGE_SORTED_PART;
}

/* A few months often hold a page of an answer that would be long to sort. False: they do not. */
static bool walk_few_months(Paging *paging)
{
    const Paging before = *paging;
    paging->months_max = paging->walked + PAGE_MONTHS_TRIED;
    walk_months(paging);
    bool found = !paging->stopped;
    if (!found) paging->count = before.count;
    paging->months_max = before.months_max;
    paging->walked = before.walked;
    paging->events = before.events;
    paging->stopped = before.stopped;
    paging->reached = before.reached;
    return found;
}

static void fill_by_start(Paging *paging, uint64_t total)
{
    if (!is_small(paging, total)) {
        walk_months(paging);
        return;
    }
    /* What touches a range lies close together, and nothing of it in the first months. */
    bool tries = total > PAGE_SORTED_MAX && !paging->resolved->has_range &&
                 total > paging->context->state->applied.last_number / PAGE_TRIED_PART;
    if (!tries || !walk_few_months(paging)) take_sorted(paging, paging->set);
}

static void fill_in_order(Paging *paging, uint64_t total)
{
    bool descending_order = paging->resolved->descending;
    switch (paging->resolved->order) {
    case PLENARY__V1__QUERY__ORDER__NUMBER:
        if (descending_order)
            walk_numbers_down(paging);
        else
            walk_numbers_up(paging);
        return;
    case PLENARY__V1__QUERY__ORDER__UPDATED:
        if (is_small(paging, total))
            take_sorted(paging, paging->set);
        else
            walk_updates(paging);
        return;
    default: fill_by_start(paging, total);
    }
}

void page_fill(const QueryContext *context, const Resolved *resolved, const roaring_bitmap_t *set,
               const Place *after, PageFill *out)
{
    /* A page takes one more than its limit. */
    Paging paging = {.context = context,
                     .resolved = resolved,
                     .set = set,
                     .continues = after != NULL,
                     .limit = out->limit - 1,
                     .months_max = PAGE_MONTHS_WALKED_MAX,
                     .places = out->places};
    if (after) paging.after = *after;
    fill_in_order(&paging, roaring_bitmap_get_cardinality(set));
    out->count = paging.count;
    out->stopped = paging.stopped;
    out->reached = paging.reached;
}

/* --- by relevance: the events of one score after the other, each by start --- */

static bool was_given(const Paging *paging, uint32_t score)
{
    return paging->resolved->descending ? score < paging->after.score : score > paging->after.score;
}

/* The walk over the months has one bound for all scores: it may stop before the first month of one,
 * and the next page then begins before everything that has this score. */
static void fill_score(Paging *paging, const roaring_bitmap_t *set, uint32_t score)
{
    static const Place before_the_first = {.key = INT64_MIN};
    static const Place before_the_last = {.key = INT64_MAX, .number = UINT32_MAX};
    size_t first = paging->count;
    paging->set = set;
    if (paging->continues)
        paging->reached = paging->after;
    else
        paging->reached = paging->resolved->descending ? before_the_last : before_the_first;
    fill_in_order(paging, roaring_bitmap_get_cardinality(set));
    paging->reached.score = score;
    for (size_t i = first; i < paging->count; i++)
        paging->places[i].score = score;
}

/* False: no memory. */
static bool fill_by_rank(Paging *paging)
{
    Rank *rank = rank_new(paging->context, paging->resolved, paging->set);
    if (!rank) return false;
    bool continues = paging->continues;
    while (!is_full(paging) && !paging->stopped) {
        uint32_t score;
        const roaring_bitmap_t *set = rank_next(rank, paging->resolved->descending, &score);
        if (!set) break;
        if (continues && was_given(paging, score)) continue;
        paging->continues = continues && score == paging->after.score;
        fill_score(paging, set, score);
    }
    rank_destroy(&rank);
    return true;
}

static bool fill(Paging *paging, uint64_t total)
{
    if (paging->resolved->order == PLENARY__V1__QUERY__ORDER__RELEVANCE)
        return fill_by_rank(paging);
    fill_in_order(paging, total);
    return true;
}

static StatusCode read_token(Paging *paging, const ProtobufCBinaryData *token, Problem *problem)
{
    paging->continues = true;
    return page_token_read(paging->context, paging->resolved, PAGE_TOKEN_EVENTS, token,
                           &paging->after, problem);
}

bool page_token_after(const QueryContext *context, const Resolved *resolved, const EventPage *page,
                      size_t taken, ProtobufCBinaryData *token)
{
    return page_token_write(context, resolved, PAGE_TOKEN_EVENTS, &page->places[taken - 1], token);
}

/* --- a page --- */

uint32_t page_limit(const Page *page, uint32_t usual, uint32_t most)
{
    uint32_t limit = page && page->has_limit && page->limit ? page->limit : usual;
    return limit < most ? limit : most;
}

static StatusCode write_page(Paging *paging, EventPage *page, Problem *problem)
{
    page->count = paging->count < paging->limit ? paging->count : paging->limit;
    page->numbers = arena_array(paging->context->arena, page->count, sizeof *page->numbers);
    if (!page->numbers) return out_of_memory(problem);
    page->places = paging->places;
    for (size_t i = 0; i < page->count; i++)
        page->numbers[i] = paging->places[i].number;
    const Place *last = is_full(paging)   ? &paging->places[page->count - 1]
                        : paging->stopped ? &paging->reached
                                          : NULL;
    if (last &&
        !page_token_write(paging->context, paging->resolved, PAGE_TOKEN_EVENTS, last, &page->next))
        return out_of_memory(problem);
    return STATUS_OK;
}

StatusCode page_answer_of(const QueryContext *context, const Resolved *resolved,
                          const roaring_bitmap_t *set, const Page *request, EventPage *page,
                          Problem *problem)
{
    Paging paging = {.context = context,
                     .resolved = resolved,
                     .set = set,
                     .limit = page_limit(request, PAGE_EVENTS_DEFAULT, PAGE_EVENTS_MAX),
                     .months_max = PAGE_MONTHS_WALKED_MAX};
    if (request && request->has_token) {
        StatusCode code = read_token(&paging, &request->token, problem);
        if (code != STATUS_OK) return code;
    }
    paging.places = arena_array(context->arena, paging.limit + 1, sizeof *paging.places);
    if (!paging.places) return out_of_memory(problem);
    *page = (EventPage){.total = roaring_bitmap_get_cardinality(set)};
    return fill(&paging, page->total) ? write_page(&paging, page, problem) : out_of_memory(problem);
}

StatusCode page_answer(const QueryContext *context, const Resolved *resolved, const Page *request,
                       EventPage *page, Problem *problem)
{
    roaring_bitmap_t *set = NULL;
    StatusCode code = sets_answer(context, resolved, &set, problem);
    if (code != STATUS_OK) return code;
    code = page_answer_of(context, resolved, set, request, page, problem);
    roaring_bitmap_free(set);
    return code;
}
