#include "daemon/registry/page.h"

#include "daemon/registry/rank.h"
#include "daemon/registry/sets.h"
#include "proto/moment.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TOKEN_ORDER_BYTE = QUERY_VIEW_HASH_BYTES,
    TOKEN_KEY_BYTE = TOKEN_ORDER_BYTE + 1,
    TOKEN_NUMBER_BYTE = TOKEN_KEY_BYTE + 8,
    TOKEN_SCORE_BYTE = TOKEN_NUMBER_BYTE + 4,
    TOKEN_BYTES = TOKEN_SCORE_BYTE + 4,
    MONTH_TEXT_SIZE = 32,
};

/* What events are ordered by: the key of the query's order, then the number. */
typedef struct Place {
    int64_t key; /* local start, or head sequence, or 0 */
    uint32_t number;
    uint32_t score; /* in the order of relevance; in it, places of one score are compared */
} Place;

typedef struct Paging {
    const QueryContext *context;
    const Resolved *resolved;
    const roaring_bitmap_t *set;
    bool continues; /* there was a page before, which ended at `after` */
    Place after;
    size_t limit;
    Place *places; /* limit + 1: one more tells whether there is a next page */
    size_t count;
} Paging;

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the page is too large");
}

static int compare_places(const Place *left, const Place *right)
{
    if (left->key != right->key) return left->key < right->key ? -1 : 1;
    if (left->number != right->number) return left->number < right->number ? -1 : 1;
    return 0;
}

static int ascending(const void *left, const void *right)
{
    return compare_places(left, right);
}

static int descending(const void *left, const void *right)
{
    return compare_places(right, left);
}

static bool is_behind(const Paging *paging, const Place *place)
{
    if (!paging->continues) return true;
    int order = compare_places(place, &paging->after);
    return paging->resolved->descending ? order < 0 : order > 0;
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

/* --- small sets: sorted whole --- */

/* Appends the members of `set` to the page, in order, those behind the page before only. */
static bool take_sorted(Paging *paging, const roaring_bitmap_t *set)
{
    size_t size = roaring_bitmap_get_cardinality(set);
    if (size == 0) return true;
    uint32_t *numbers = malloc(size * sizeof *numbers);
    Place *places = malloc(size * sizeof *places);
    bool taken = numbers && places;
    if (!taken) goto done;
    roaring_bitmap_to_uint32_array(set, numbers);
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        if (place_of(paging, numbers[i], &places[count]) && is_behind(paging, &places[count]))
            count++;
    qsort(places, count, sizeof *places, paging->resolved->descending ? descending : ascending);
    for (size_t i = 0; i < count && !is_full(paging); i++)
        paging->places[paging->count++] = places[i];
done:
    free(places);
    free(numbers);
    return taken;
}

/* --- large sets, by start: month after month --- */

typedef struct MonthWalk {
    Paging *paging;
    bool failed;
} MonthWalk;

static bool take_month(void *context, const char *facet, size_t length)
{
    MonthWalk *walk = context;
    roaring_bitmap_t *month = views_facet(walk->paging->context->state->views, facet, length);
    roaring_bitmap_and_inplace(month, walk->paging->set);
    walk->failed = !take_sorted(walk->paging, month);
    roaring_bitmap_free(month);
    return !walk->failed && !is_full(walk->paging);
}

static bool walk_months(Paging *paging)
{
    MonthWalk walk = {.paging = paging};
    char first[MONTH_TEXT_SIZE] = "";
    if (paging->continues) {
        Moment moment = query_clamp(paging->after.key);
        (void)snprintf(first, sizeof first, "begins=%04d-%02d", moment.year, moment.month);
    }
    views_facet_names(paging->context->state->views, "begins=", first, paging->resolved->descending,
                      take_month, &walk);
    return !walk.failed;
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
    Place place = {(int64_t)key_to_sequence(key), (uint32_t)number_decode(value)};
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

static bool fill_in_order(Paging *paging, uint64_t total)
{
    if (total <= PAGE_SORTED_MAX) return take_sorted(paging, paging->set);
    switch (paging->resolved->order) {
    case PLENARY__V1__QUERY__ORDER__NUMBER:
        if (paging->resolved->descending)
            walk_numbers_down(paging);
        else
            walk_numbers_up(paging);
        return true;
    case PLENARY__V1__QUERY__ORDER__UPDATED: walk_updates(paging); return true;
    default: return walk_months(paging);
    }
}

/* --- by relevance: the events of one score after the other, each by start --- */

static bool was_given(const Paging *paging, uint32_t score)
{
    return paging->resolved->descending ? score < paging->after.score : score > paging->after.score;
}

static bool fill_score(Paging *paging, const roaring_bitmap_t *set, uint32_t score)
{
    size_t first = paging->count;
    paging->set = set;
    bool filled = fill_in_order(paging, roaring_bitmap_get_cardinality(set));
    for (size_t i = first; i < paging->count; i++)
        paging->places[i].score = score;
    return filled;
}

static bool fill_by_rank(Paging *paging)
{
    Rank *rank = rank_new(paging->context, paging->resolved, paging->set);
    bool filled = rank != NULL;
    bool continues = paging->continues;
    uint32_t score;
    while (filled && !is_full(paging)) {
        const roaring_bitmap_t *set = rank_next(rank, paging->resolved->descending, &score);
        if (!set) break;
        if (continues && was_given(paging, score)) continue;
        paging->continues = continues && score == paging->after.score;
        filled = fill_score(paging, set, score);
    }
    rank_destroy(&rank);
    return filled;
}

static bool fill(Paging *paging, uint64_t total)
{
    return paging->resolved->order == PLENARY__V1__QUERY__ORDER__RELEVANCE
               ? fill_by_rank(paging)
               : fill_in_order(paging, total);
}

/* --- tokens: hash of the query, order, place --- */

static uint8_t order_byte(const Resolved *resolved)
{
    return (uint8_t)((int)resolved->order << 1 | resolved->descending);
}

static bool write_token(const QueryContext *context, const Resolved *resolved, const Place *place,
                        ProtobufCBinaryData *token)
{
    uint8_t *bytes = arena_alloc(context->arena, TOKEN_BYTES);
    if (!bytes) return false;
    query_hash(context, resolved, bytes);
    bytes[TOKEN_ORDER_BYTE] = order_byte(resolved);
    Key key = key_sequence((uint64_t)place->key);
    Key number = key_number(place->number);
    Key score = key_number(place->score);
    memcpy(bytes + TOKEN_KEY_BYTE, key.bytes, key.size);
    memcpy(bytes + TOKEN_NUMBER_BYTE, number.bytes, number.size);
    memcpy(bytes + TOKEN_SCORE_BYTE, score.bytes, score.size);
    *token = (ProtobufCBinaryData){TOKEN_BYTES, bytes};
    return true;
}

static StatusCode read_token(Paging *paging, const ProtobufCBinaryData *token, Problem *problem)
{
    uint8_t hash[QUERY_VIEW_HASH_BYTES];
    query_hash(paging->context, paging->resolved, hash);
    if (token->len != TOKEN_BYTES || memcmp(token->data, hash, sizeof hash) != 0 ||
        token->data[TOKEN_ORDER_BYTE] != order_byte(paging->resolved))
        return problem_violation(problem, "page.token", "it is none of this query's");
    paging->continues = true;
    paging->after.key = (int64_t)key_to_sequence((Bytes){token->data + TOKEN_KEY_BYTE, 8});
    paging->after.number = key_to_number((Bytes){token->data + TOKEN_NUMBER_BYTE, 4});
    paging->after.score = key_to_number((Bytes){token->data + TOKEN_SCORE_BYTE, 4});
    return STATUS_OK;
}

bool page_token_after(const QueryContext *context, const Resolved *resolved, const EventPage *page,
                      size_t taken, ProtobufCBinaryData *token)
{
    const Paging paging = {.context = context, .resolved = resolved};
    Place place;
    if (!place_of(&paging, page->numbers[taken - 1], &place)) return false;
    place.score = page->scores[taken - 1];
    return write_token(context, resolved, &place, token);
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
    page->scores = arena_array(paging->context->arena, page->count, sizeof *page->scores);
    if (!page->numbers || !page->scores) return out_of_memory(problem);
    for (size_t i = 0; i < page->count; i++) {
        page->numbers[i] = paging->places[i].number;
        page->scores[i] = paging->places[i].score;
    }
    if (is_full(paging) && !write_token(paging->context, paging->resolved,
                                        &paging->places[page->count - 1], &page->next))
        return out_of_memory(problem);
    return STATUS_OK;
}

StatusCode page_answer(const QueryContext *context, const Resolved *resolved, const Page *request,
                       EventPage *page, Problem *problem)
{
    Paging paging = {.context = context,
                     .resolved = resolved,
                     .limit = page_limit(request, PAGE_EVENTS_DEFAULT, PAGE_EVENTS_MAX)};
    if (request && request->has_token) {
        StatusCode code = read_token(&paging, &request->token, problem);
        if (code != STATUS_OK) return code;
    }
    paging.places = arena_array(context->arena, paging.limit + 1, sizeof *paging.places);
    if (!paging.places) return out_of_memory(problem);

    *page = (EventPage){0};
    roaring_bitmap_t *set = NULL;
    StatusCode code = sets_answer(context, resolved, &set, problem);
    if (code != STATUS_OK) return code;
    paging.set = set;
    page->total = roaring_bitmap_get_cardinality(set);
    bool filled = fill(&paging, page->total);
    roaring_bitmap_free(set);
    return filled ? write_page(&paging, page, problem) : out_of_memory(problem);
}

StatusCode page_count(const QueryContext *context, const Resolved *resolved, uint64_t *count,
                      Problem *problem)
{
    roaring_bitmap_t *set = NULL;
    StatusCode code = sets_answer(context, resolved, &set, problem);
    if (code != STATUS_OK) return code;
    *count = roaring_bitmap_get_cardinality(set);
    roaring_bitmap_free(set);
    return STATUS_OK;
}
