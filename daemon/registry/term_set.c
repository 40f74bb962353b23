#include "daemon/registry/term_set.h"

#include "proto/mark.h"

#include <stdio.h>
#include <string.h>

static void join(roaring_bitmap_t *set, roaring_bitmap_t *more)
{
    roaring_bitmap_or_inplace(set, more);
    roaring_bitmap_free(more);
}

/* --- keys --- */

/* The events with a facet, which is paid for. */
static roaring_bitmap_t *read_facet(Views *views, const char *facet, size_t length,
                                    TermReach *reach)
{
    roaring_bitmap_t *events = views_facet(views, facet, length);
    uint64_t cost = 1 + roaring_bitmap_get_cardinality(events) / TERM_SET_EVENTS_PER_COST;
    if (cost > TERM_SET_FACET_COST_MAX) cost = TERM_SET_FACET_COST_MAX;
    reach->cost += reach->is_blind ? TERM_SET_BLIND_COST : cost;
    if (reach->cost > TERM_SET_COST_MAX) reach->is_over = true;
    return events;
}

enum {
    MARKS = TEXT_TITLE + 1, /* under which a word may be kept, none among them */
};

typedef struct KeySum {
    Views *views;
    TermReach *reach;
    const roaring_bitmap_t *within; /* no others are asked for; NULL: all are */
    roaring_bitmap_t *sets[MARKS];  /* by weight; NULL: only the sizes are asked for */
    ViewsFacetSize lies;
} KeySum;

static void add_facet(KeySum *sum, const char *key, size_t length, TextWeight weight)
{
    if (sum->sets[weight]) {
        roaring_bitmap_t *events = read_facet(sum->views, key, length, sum->reach);
        if (sum->within) roaring_bitmap_and_inplace(events, sum->within);
        join(sum->sets[weight], events);
        return;
    }
    ViewsFacetSize lies = views_facet_size(sum->views, key, length);
    sum->lies.base += lies.base;
    sum->lies.delta += lies.delta;
}

/* Under each mark. */
static void add_marked(KeySum *sum, const char *key, size_t length)
{
    char marked[FACET_KEY_MAX + MARK_BYTES_MAX];
    memcpy(marked, key, length);
    for (int weight = TEXT_TITLE; weight >= TEXT_REST; weight--)
        add_facet(sum, marked, mark_put(marked, length, (TextWeight)weight), (TextWeight)weight);
}

static bool is_among(const char *key, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i], key) == 0) return true;
    return false;
}

/* A word that is its own stem has no key of its stem; unless it is added anyway, it is here. */
static void add_own_stem(KeySum *sum, const char *stem, const char *const *keys, size_t count)
{
    char word[FACET_KEY_MAX + 1];
    (void)snprintf(word, sizeof word, "word%s", strchr(stem, '='));
    if (!is_among(word, keys, count)) add_marked(sum, word, strlen(word));
}

/* What is no word is a name. */
static void add_key(KeySum *sum, const char *key, const char *const *keys, size_t count)
{
    size_t length = strlen(key);
    if (!mark_fits(key, length)) {
        add_facet(sum, key, length, TEXT_NAME);
        return;
    }
    add_marked(sum, key, length);
    if (*key == 's') add_own_stem(sum, key, keys, count);
}

roaring_bitmap_t *term_set_of_keys(Views *views, const char *const *keys, size_t count,
                                   TermReach *reach)
{
    roaring_bitmap_t *set = roaring_bitmap_create();
    KeySum sum = {.views = views, .reach = reach, .sets = {set, set, set}};
    for (size_t i = 0; i < count && !reach->is_over; i++)
        add_key(&sum, keys[i], keys, count);
    return set;
}

ViewsFacetSize term_set_lies(Views *views, const ResolvedTerm *term)
{
    KeySum sum = {.views = views};
    for (size_t i = 0; i < term->count; i++)
        add_key(&sum, term->keys[i], term->keys, term->count);
    return sum.lies;
}

/* --- beginnings --- */

typedef struct Begun {
    Views *views;
    TermReach *reach;
    size_t word_count;
    size_t counts[MARKS];
    const roaring_bitmap_t *sets[MARKS][TERM_SET_BEGUN_MAX];
    char last[FACET_KEY_MAX];
    size_t last_length;
} Begun;

/* The keys of one word, which differ in their marks, stand beside each other. */
static bool is_last_word(Begun *begun, const char *key, size_t length)
{
    if (length == begun->last_length && memcmp(begun->last, key, length) == 0) return true;
    memcpy(begun->last, key, length);
    begun->last_length = length;
    return false;
}

static bool take_begun(void *context, const char *facet, size_t length)
{
    Begun *begun = context;
    TermReach *reach = begun->reach;
    TextWeight weight;
    size_t unmarked = mark_cut(facet, length, &weight);
    if (unmarked > sizeof begun->last) return true;
    if (!is_last_word(begun, facet, unmarked) && begun->word_count++ == TERM_SET_BEGUN_MAX)
        reach->is_broad = reach->is_over = true;
    if (reach->is_over) return false;
    begun->sets[weight][begun->counts[weight]++] = read_facet(begun->views, facet, length, reach);
    return true;
}

/* Adds to each of `sets`, which may be the same, the words that begin so. */
static void add_beginning(KeySum *sum, const char *prefix)
{
    Begun begun = {.views = sum->views, .reach = sum->reach};
    views_facet_names(sum->views, prefix, NULL, false, take_begun, &begun);
    for (size_t weight = 0; weight < MARKS; weight++) {
        roaring_bitmap_t *events = roaring_bitmap_or_many(begun.counts[weight], begun.sets[weight]);
        if (sum->within) roaring_bitmap_and_inplace(events, sum->within);
        join(sum->sets[weight], events);
        for (size_t i = 0; i < begun.counts[weight]; i++)
            roaring_bitmap_free((roaring_bitmap_t *)(uintptr_t)begun.sets[weight][i]);
    }
}

static void add_beginnings(KeySum *sum, const ResolvedTerm *term)
{
    for (size_t i = 0; i < term->beginning_count && !sum->reach->is_over; i++)
        add_beginning(sum, term->beginnings[i]);
}

/* --- whole terms --- */

static roaring_bitmap_t *own_set(Views *views, const ResolvedTerm *term, TermReach *reach)
{
    roaring_bitmap_t *set = term_set_of_keys(views, term->keys, term->count, reach);
    KeySum sum = {.views = views, .reach = reach, .sets = {set, set, set}};
    add_beginnings(&sum, term);
    return set;
}

static roaring_bitmap_t *set_of_all(Views *views, const Way *way, TermReach *reach)
{
    roaring_bitmap_t *set = own_set(views, &way->words[0], reach);
    for (size_t i = 1; i < way->count && !reach->is_over; i++) {
        roaring_bitmap_t *more = own_set(views, &way->words[i], reach);
        roaring_bitmap_and_inplace(set, more);
        roaring_bitmap_free(more);
    }
    return set;
}

roaring_bitmap_t *term_set(Views *views, const ResolvedTerm *term, TermReach *reach)
{
    roaring_bitmap_t *set = own_set(views, term, reach);
    for (size_t i = 0; i < term->way_count && !reach->is_over; i++)
        join(set, set_of_all(views, &term->ways[i], reach));
    return set;
}

/* --- by the places of words --- */

static KeySum sum_of_places(Views *views, const roaring_bitmap_t *within, TermReach *reach)
{
    KeySum sum = {.views = views, .reach = reach, .within = within};
    for (size_t i = 0; i < MARKS; i++)
        sum.sets[i] = roaring_bitmap_create();
    return sum;
}

/* What stands in a title counts for a name's place and for the rest as well. */
static void add_up(roaring_bitmap_t *const sets[MARKS])
{
    for (size_t i = MARKS - 1; i > 0; i--)
        roaring_bitmap_or_inplace(sets[i - 1], sets[i]);
}

static roaring_bitmap_t *all_of(roaring_bitmap_t *const sets[MARKS])
{
    const roaring_bitmap_t *all[MARKS];
    for (size_t i = 0; i < MARKS; i++)
        all[i] = sets[i];
    return roaring_bitmap_or_many(MARKS, all);
}

static void add_keys(KeySum *sum, const ResolvedTerm *term, size_t from, size_t to)
{
    for (size_t i = from; i < to && !sum->reach->is_over; i++)
        add_key(sum, term->keys[i], term->keys, term->count);
}

/* Adds to `sets` where all of the way's words stand in places that weigh so much. */
static void add_way(const KeySum *about, const Way *way, roaring_bitmap_t *const sets[MARKS])
{
    roaring_bitmap_t *all[MARKS] = {NULL};
    for (size_t i = 0; i < way->count && !about->reach->is_over; i++) {
        KeySum sum = sum_of_places(about->views, about->within, about->reach);
        add_keys(&sum, &way->words[i], 0, way->words[i].count);
        add_beginnings(&sum, &way->words[i]);
        add_up(sum.sets);
        for (size_t place = 0; place < MARKS; place++) {
            if (i > 0) roaring_bitmap_and_inplace(sum.sets[place], all[place]);
            if (i > 0) roaring_bitmap_free(all[place]);
            all[place] = sum.sets[place];
        }
    }
    for (size_t place = 0; place < MARKS && all[place]; place++)
        join(sets[place], all[place]);
}

void term_set_places(Views *views, const ResolvedTerm *term, const roaring_bitmap_t *within,
                     TermReach *reach, TermPlaces *places)
{
    KeySum sum = sum_of_places(views, within, reach);
    add_keys(&sum, term, 0, term->exact_count);
    places->exact = all_of(sum.sets);
    add_keys(&sum, term, term->exact_count, term->count);
    for (size_t i = 0; i < term->way_count && !reach->is_over; i++)
        add_way(&sum, &term->ways[i], sum.sets);
    places->whole = all_of(sum.sets);
    add_beginnings(&sum, term);
    add_up(sum.sets);
    places->title = sum.sets[TEXT_TITLE];
    places->name = sum.sets[TEXT_NAME];
    roaring_bitmap_free(sum.sets[TEXT_REST]);
}
