#include "clients/report/shortlist.h"

#include <assert.h>
#include <stdlib.h>

typedef struct Place {
    ShortlistKey key;
    void *item;
} Place;

/* Until it is sorted, the places are a heap with the last one of the order on top. */
struct Shortlist {
    Place *places;
    size_t count;
    size_t most;
    size_t seen;
    bool is_sorted;
    shortlist_free_fn *free_item;
};

Shortlist *shortlist_new(size_t most, shortlist_free_fn *free_item)
{
    Shortlist *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    *self = (Shortlist){.most = most, .free_item = free_item};
    self->places = calloc(most, sizeof *self->places);
    if (!self->places) shortlist_destroy(&self);
    return self;
}

void shortlist_destroy(Shortlist **self)
{
    if (!*self) return;
    for (size_t i = 0; i < (*self)->count; i++)
        (*self)->free_item((*self)->places[i].item);
    free((*self)->places);
    free(*self);
    *self = NULL;
}

/* Below 0: `a` comes before `b`. */
static int compare(const ShortlistKey *a, const ShortlistKey *b)
{
    if (a->first != b->first) return a->first > b->first ? -1 : 1;
    if (a->second != b->second) return a->second > b->second ? -1 : 1;
    if (a->number != b->number) return a->number < b->number ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static int compare_places(const void *a, const void *b)
{
    return compare(&((const Place *)a)->key, &((const Place *)b)->key);
}

bool shortlist_offer(Shortlist *self, const ShortlistKey *key)
{
    assert(!self->is_sorted);
    self->seen++;
    return self->count < self->most || compare(key, &self->places[0].key) < 0;
}

static bool is_later(const Shortlist *self, size_t one, size_t other)
{
    return compare(&self->places[one].key, &self->places[other].key) > 0;
}

static void swap(Shortlist *self, size_t one, size_t other)
{
    Place kept = self->places[one];
    self->places[one] = self->places[other];
    self->places[other] = kept;
}

static void rise(Shortlist *self, size_t at)
{
    for (; at > 0 && is_later(self, at, (at - 1) / 2); at = (at - 1) / 2)
        swap(self, at, (at - 1) / 2);
}

static void sink(Shortlist *self, size_t at)
{
    for (;;) {
        size_t latest = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < self->count; child++)
            if (is_later(self, child, latest)) latest = child;
        if (latest == at) return;
        swap(self, at, latest);
        at = latest;
    }
}

void shortlist_put(Shortlist *self, const ShortlistKey *key, void *item)
{
    if (self->count < self->most) {
        self->places[self->count] = (Place){*key, item};
        rise(self, self->count++);
        return;
    }
    assert(compare(key, &self->places[0].key) < 0);
    self->free_item(self->places[0].item);
    self->places[0] = (Place){*key, item};
    sink(self, 0);
}

size_t shortlist_seen(const Shortlist *self)
{
    return self->seen;
}

size_t shortlist_count(const Shortlist *self)
{
    return self->count;
}

void shortlist_sort(Shortlist *self)
{
    qsort(self->places, self->count, sizeof *self->places, compare_places);
    self->is_sorted = true;
}

const void *shortlist_item(const Shortlist *self, size_t index)
{
    assert(index < self->count);
    return self->places[index].item;
}
