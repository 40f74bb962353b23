#include "daemon/registry/term_set.h"

#include <string.h>

static void join(roaring_bitmap_t *set, roaring_bitmap_t *more)
{
    roaring_bitmap_or_inplace(set, more);
    roaring_bitmap_free(more);
}

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

roaring_bitmap_t *term_set_of_keys(Views *views, const char *const *keys, size_t count,
                                   TermReach *reach)
{
    if (count == 0) return roaring_bitmap_create();
    roaring_bitmap_t *set = read_facet(views, keys[0], strlen(keys[0]), reach);
    for (size_t i = 1; i < count && !reach->is_over; i++)
        join(set, read_facet(views, keys[i], strlen(keys[i]), reach));
    return set;
}

/* --- beginnings --- */

typedef struct Beginning {
    Views *views;
    TermReach *reach;
    size_t count;
    const roaring_bitmap_t *sets[TERM_SET_BEGUN_MAX];
} Beginning;

static bool take_begun(void *context, const char *facet, size_t length)
{
    Beginning *self = context;
    TermReach *reach = self->reach;
    if (self->count == TERM_SET_BEGUN_MAX) reach->is_broad = reach->is_over = true;
    if (reach->is_over) return false;
    self->sets[self->count++] = read_facet(self->views, facet, length, reach);
    return true;
}

roaring_bitmap_t *term_set_of_beginning(Views *views, const char *prefix, TermReach *reach)
{
    Beginning begun = {.views = views, .reach = reach};
    views_facet_names(views, prefix, NULL, false, take_begun, &begun);
    roaring_bitmap_t *set = roaring_bitmap_or_many(begun.count, begun.sets);
    for (size_t i = 0; i < begun.count; i++)
        roaring_bitmap_free((roaring_bitmap_t *)(uintptr_t)begun.sets[i]);
    return set;
}

/* --- whole terms --- */

static roaring_bitmap_t *own_set(Views *views, const ResolvedTerm *term, TermReach *reach)
{
    roaring_bitmap_t *set = term_set_of_keys(views, term->keys, term->count, reach);
    for (size_t i = 0; i < term->beginning_count && !reach->is_over; i++)
        join(set, term_set_of_beginning(views, term->beginnings[i], reach));
    return set;
}

roaring_bitmap_t *term_set_of_all(Views *views, const ResolvedTerm *words, size_t count,
                                  TermReach *reach)
{
    roaring_bitmap_t *set = own_set(views, &words[0], reach);
    for (size_t i = 1; i < count && !reach->is_over; i++) {
        roaring_bitmap_t *more = own_set(views, &words[i], reach);
        roaring_bitmap_and_inplace(set, more);
        roaring_bitmap_free(more);
    }
    return set;
}

roaring_bitmap_t *term_set(Views *views, const ResolvedTerm *term, TermReach *reach)
{
    roaring_bitmap_t *set = own_set(views, term, reach);
    for (size_t i = 0; i < term->way_count && !reach->is_over; i++)
        join(set, term_set_of_all(views, term->ways[i].words, term->ways[i].count, reach));
    return set;
}
