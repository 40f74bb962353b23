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

typedef struct KeySum {
    Views *views;
    TextWeight least;
    TermReach *reach;
    roaring_bitmap_t *set; /* NULL: only the sizes are asked for */
    ViewsFacetSize lies;
} KeySum;

static void add_facet(KeySum *sum, const char *key, size_t length)
{
    if (sum->set) {
        join(sum->set, read_facet(sum->views, key, length, sum->reach));
        return;
    }
    ViewsFacetSize lies = views_facet_size(sum->views, key, length);
    sum->lies.base += lies.base;
    sum->lies.delta += lies.delta;
}

/* Under each mark that weighs enough. */
static void add_marked(KeySum *sum, const char *key, size_t length)
{
    char marked[FACET_KEY_MAX + MARK_BYTES_MAX];
    memcpy(marked, key, length);
    for (int weight = TEXT_TITLE; weight >= (int)sum->least; weight--)
        add_facet(sum, marked, mark_put(marked, length, (TextWeight)weight));
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
        if (sum->least <= TEXT_NAME) add_facet(sum, key, length);
        return;
    }
    add_marked(sum, key, length);
    if (*key == 's') add_own_stem(sum, key, keys, count);
}

roaring_bitmap_t *term_set_of_keys(Views *views, const char *const *keys, size_t count,
                                   TextWeight least, TermReach *reach)
{
    KeySum sum = {.views = views, .least = least, .reach = reach, .set = roaring_bitmap_create()};
    for (size_t i = 0; i < count && !reach->is_over; i++)
        add_key(&sum, keys[i], keys, count);
    return sum.set;
}

ViewsFacetSize term_set_lies(Views *views, const ResolvedTerm *term)
{
    KeySum sum = {.views = views, .least = TEXT_REST};
    for (size_t i = 0; i < term->count; i++)
        add_key(&sum, term->keys[i], term->keys, term->count);
    return sum.lies;
}

/* --- beginnings --- */

enum {
    MARKS = TEXT_TITLE + 1, /* under which a word may be kept, none among them */
};

typedef struct Begun {
    Views *views;
    TextWeight least;
    TermReach *reach;
    size_t word_count;
    size_t count;
    const roaring_bitmap_t *sets[TERM_SET_BEGUN_MAX * MARKS];
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
    if (weight < begun->least || unmarked > sizeof begun->last) return true;
    if (!is_last_word(begun, facet, unmarked) && begun->word_count++ == TERM_SET_BEGUN_MAX)
        reach->is_broad = reach->is_over = true;
    if (reach->is_over) return false;
    begun->sets[begun->count++] = read_facet(begun->views, facet, length, reach);
    return true;
}

static roaring_bitmap_t *set_of_beginning(Views *views, const char *prefix, TextWeight least,
                                          TermReach *reach)
{
    Begun begun = {.views = views, .least = least, .reach = reach};
    views_facet_names(views, prefix, NULL, false, take_begun, &begun);
    roaring_bitmap_t *set = roaring_bitmap_or_many(begun.count, begun.sets);
    for (size_t i = 0; i < begun.count; i++)
        roaring_bitmap_free((roaring_bitmap_t *)(uintptr_t)begun.sets[i]);
    return set;
}

/* --- whole terms --- */

static roaring_bitmap_t *own_set(Views *views, const ResolvedTerm *term, TextWeight least,
                                 TermReach *reach)
{
    roaring_bitmap_t *set = term_set_of_keys(views, term->keys, term->count, least, reach);
    for (size_t i = 0; i < term->beginning_count && !reach->is_over; i++)
        join(set, set_of_beginning(views, term->beginnings[i], least, reach));
    return set;
}

static roaring_bitmap_t *set_of_all(Views *views, const ResolvedTerm *words, size_t count,
                                    TextWeight least, TermReach *reach)
{
    roaring_bitmap_t *set = own_set(views, &words[0], least, reach);
    for (size_t i = 1; i < count && !reach->is_over; i++) {
        roaring_bitmap_t *more = own_set(views, &words[i], least, reach);
        roaring_bitmap_and_inplace(set, more);
        roaring_bitmap_free(more);
    }
    return set;
}

roaring_bitmap_t *term_set(Views *views, const ResolvedTerm *term, TextWeight least,
                           TermReach *reach)
{
    roaring_bitmap_t *set = own_set(views, term, least, reach);
    for (size_t i = 0; i < term->way_count && !reach->is_over; i++)
        join(set, set_of_all(views, term->ways[i].words, term->ways[i].count, least, reach));
    return set;
}
