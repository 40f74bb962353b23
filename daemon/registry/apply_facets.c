#include "daemon/registry/apply_facets.h"

#include "proto/facets.h"

#include <glib.h>
#include <string.h>

/* The facets of the image before that the new one has not, yet. */
typedef struct FacetSet {
    GHashTable *keys; /* GBytes */
} FacetSet;

static GHashTable *new_keys(void)
{
    return g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
}

static void collect_facet(void *context, Facet facet, const char *key, size_t length)
{
    (void)facet;
    g_hash_table_add(((FacetSet *)context)->keys, g_bytes_new(key, length));
}

typedef struct FacetApplying {
    Views *views;
    uint32_t number;
    FacetSet *before; /* NULL: there was no image */
} FacetApplying;

static void add_facet(void *context, Facet facet, const char *key, size_t length)
{
    (void)facet;
    FacetApplying *applying = context;
    if (applying->before) {
        GBytes *lookup = g_bytes_new_static(key, length);
        g_hash_table_remove(applying->before->keys, lookup);
        g_bytes_unref(lookup);
    }
    views_facet_add(applying->views, key, length, applying->number);
}

static void remove_facets(const FacetApplying *applying)
{
    GHashTableIter iterator;
    gpointer key;
    g_hash_table_iter_init(&iterator, applying->before->keys);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        gsize length;
        const char *facet = g_bytes_get_data(key, &length);
        views_facet_remove(applying->views, facet, length, applying->number);
    }
}

void apply_facets(State *state, uint32_t number, const Event *event, const Event *before,
                  Arena *scratch)
{
    FacetSet set = {0};
    FacetApplying applying = {.views = state->views, .number = number};
    if (before) {
        set.keys = new_keys();
        applying.before = &set;
        facets_of_event(before, FACETS_EVERY, state->words, state->zones, scratch, collect_facet,
                        &set);
    }
    if (event)
        facets_of_event(event, FACETS_EVERY, state->words, state->zones, scratch, add_facet,
                        &applying);
    if (before) {
        remove_facets(&applying);
        g_hash_table_destroy(set.keys);
    }
}

/* --- against all facets --- */

/* What the events' images have, and what is to go. */
typedef struct Sweep {
    State *state;
    const roaring_bitmap_t *numbers;
    GHashTable *kept; /* by number: a set of keys */
    GPtrArray *gone;  /* GBytes: the number, then the key */
} Sweep;

static void keep_facets_of(Sweep *sweep, uint32_t number, Arena *scratch)
{
    Head head;
    FacetSet set = {new_keys()};
    g_hash_table_insert(sweep->kept, GUINT_TO_POINTER(number), set.keys);
    arena_reset(scratch);
    const Event *event = state_head(sweep->state, number, &head, scratch)
                             ? state_event(sweep->state, &head, scratch)
                             : NULL;
    if (event)
        facets_of_event(event, FACETS_EVERY, sweep->state->words, sweep->state->zones, scratch,
                        collect_facet, &set);
    apply_facets(sweep->state, number, event, NULL, scratch);
}

static bool is_kept(const Sweep *sweep, uint32_t number, const char *facet, size_t length)
{
    GHashTable *keys = g_hash_table_lookup(sweep->kept, GUINT_TO_POINTER(number));
    GBytes *key = g_bytes_new_static(facet, length);
    bool found = g_hash_table_contains(keys, key);
    g_bytes_unref(key);
    return found;
}

static bool sweep_facet(void *context, const char *facet, size_t length)
{
    Sweep *sweep = context;
    roaring_bitmap_t *events = views_facet(sweep->state->views, facet, length);
    roaring_bitmap_and_inplace(events, sweep->numbers);
    roaring_uint32_iterator_t each;
    for (roaring_init_iterator(events, &each); each.has_value;
         roaring_advance_uint32_iterator(&each)) {
        if (is_kept(sweep, each.current_value, facet, length)) continue;
        GByteArray *gone = g_byte_array_new();
        g_byte_array_append(gone, (const guint8 *)&each.current_value, sizeof each.current_value);
        g_byte_array_append(gone, (const guint8 *)facet, (guint)length);
        g_ptr_array_add(sweep->gone, g_byte_array_free_to_bytes(gone));
    }
    roaring_bitmap_free(events);
    return true;
}

/* After the walk, which reads what this writes. */
static void remove_gone(const Sweep *sweep)
{
    for (guint i = 0; i < sweep->gone->len; i++) {
        gsize size;
        const char *gone = g_bytes_get_data(g_ptr_array_index(sweep->gone, i), &size);
        uint32_t number;
        memcpy(&number, gone, sizeof number);
        views_facet_remove(sweep->state->views, gone + sizeof number, size - sizeof number, number);
    }
}

void apply_facets_anew(State *state, const roaring_bitmap_t *numbers, Arena *scratch)
{
    Sweep sweep = {
        .state = state,
        .numbers = numbers,
        .kept = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_destroy),
        .gone = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref),
    };
    roaring_uint32_iterator_t each;
    for (roaring_init_iterator(numbers, &each); each.has_value;
         roaring_advance_uint32_iterator(&each))
        keep_facets_of(&sweep, each.current_value, scratch);
    views_facet_names(state->views, "", "", false, sweep_facet, &sweep);
    remove_gone(&sweep);
    g_ptr_array_unref(sweep.gone);
    g_hash_table_destroy(sweep.kept);
}
