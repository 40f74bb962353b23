#include "daemon/registry/term_set.h"

#include <string.h>

static void join(roaring_bitmap_t *set, roaring_bitmap_t *more)
{
    roaring_bitmap_or_inplace(set, more);
    roaring_bitmap_free(more);
}

roaring_bitmap_t *term_set_of_keys(Views *views, const char *const *keys, size_t count)
{
    if (count == 0) return roaring_bitmap_create();
    roaring_bitmap_t *set = views_facet(views, keys[0], strlen(keys[0]));
    for (size_t i = 1; i < count; i++)
        join(set, views_facet(views, keys[i], strlen(keys[i])));
    return set;
}

/* --- beginnings --- */

typedef struct Begun {
    Views *views;
    size_t count;
    const roaring_bitmap_t *sets[TERM_SET_BEGUN_MAX];
    bool broad;
} Begun;

static bool take_begun(void *context, const char *facet, size_t length)
{
    Begun *begun = context;
    begun->broad = begun->count == TERM_SET_BEGUN_MAX;
    if (begun->broad) return false;
    begun->sets[begun->count++] = views_facet(begun->views, facet, length);
    return true;
}

roaring_bitmap_t *term_set_of_beginning(Views *views, const char *prefix, bool *broad)
{
    Begun begun = {.views = views};
    views_facet_names(views, prefix, NULL, false, take_begun, &begun);
    roaring_bitmap_t *set = roaring_bitmap_or_many(begun.count, begun.sets);
    for (size_t i = 0; i < begun.count; i++)
        roaring_bitmap_free((roaring_bitmap_t *)(uintptr_t)begun.sets[i]);
    if (begun.broad) *broad = true;
    return set;
}

/* --- whole terms --- */

static roaring_bitmap_t *own_set(Views *views, const ResolvedTerm *term, bool *broad)
{
    roaring_bitmap_t *set = term_set_of_keys(views, term->keys, term->count);
    for (size_t i = 0; i < term->beginning_count; i++)
        join(set, term_set_of_beginning(views, term->beginnings[i], broad));
    return set;
}

roaring_bitmap_t *term_set_of_all(Views *views, const ResolvedTerm *words, size_t count,
                                  bool *broad)
{
    roaring_bitmap_t *set = own_set(views, &words[0], broad);
    for (size_t i = 1; i < count; i++) {
        roaring_bitmap_t *more = own_set(views, &words[i], broad);
        roaring_bitmap_and_inplace(set, more);
        roaring_bitmap_free(more);
    }
    return set;
}

roaring_bitmap_t *term_set(Views *views, const ResolvedTerm *term, bool *broad)
{
    roaring_bitmap_t *set = own_set(views, term, broad);
    for (size_t i = 0; i < term->way_count; i++)
        join(set, term_set_of_all(views, term->ways[i].words, term->ways[i].count, broad));
    return set;
}
