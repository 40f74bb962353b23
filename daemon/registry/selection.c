#include "daemon/registry/selection.h"

#include <stdlib.h>

static bool is_later(const Selection *self, size_t left, size_t right)
{
    return place_compare_in(self->descending, &self->places[left], &self->places[right]) > 0;
}

static void swap(Selection *self, size_t left, size_t right)
{
    Place place = self->places[left];
    self->places[left] = self->places[right];
    self->places[right] = place;
}

static void sift_up(Selection *self, size_t at)
{
    for (; at > 0 && is_later(self, at, (at - 1) / 2); at = (at - 1) / 2)
        swap(self, at, (at - 1) / 2);
}

static void sift_down(Selection *self)
{
    for (size_t at = 0;;) {
        size_t last = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < self->count; child++)
            if (is_later(self, child, last)) last = child;
        if (last == at) return;
        swap(self, at, last);
        at = last;
    }
}

bool selection_is_beyond(const Selection *self, const Place *place)
{
    return self->count == self->room &&
           place_compare_in(self->descending, place, &self->places[0]) > 0;
}

void selection_offer(Selection *self, const Place *place)
{
    if (self->count < self->room) {
        self->places[self->count] = *place;
        sift_up(self, self->count++);
        return;
    }
    if (selection_is_beyond(self, place)) return;
    self->places[0] = *place;
    sift_down(self);
}

static int ascending(const void *left, const void *right)
{
    return place_compare(left, right);
}

static int descending(const void *left, const void *right)
{
    return place_compare(right, left);
}

void selection_sort(Selection *self)
{
    qsort(self->places, self->count, sizeof *self->places,
          self->descending ? descending : ascending);
}
