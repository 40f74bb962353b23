#include "daemon/registry/runs.h"

#include <stdlib.h>

void runs_clear(Runs *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->runs[i].places);
    *self = (Runs){.count = 0};
}

static Run *open_run(Runs *self)
{
    if (self->count && self->runs[self->count - 1].count < RUN_PLACES)
        return &self->runs[self->count - 1];
    if (self->count == RUNS_MAX) return NULL;
    Run *run = &self->runs[self->count];
    run->places = malloc(RUN_PLACES * sizeof *run->places);
    if (!run->places) return NULL;
    self->count++;
    return run;
}

bool runs_put(Runs *self, Place place)
{
    Run *run = open_run(self);
    if (!run) return false;
    run->places[run->count++] = place;
    run->sorted = false;
    return true;
}

static int ascending(const void *left, const void *right)
{
    return place_compare(left, right);
}

/* The index of the first place above `after`. */
static size_t first_above(const Run *run, const Place *after)
{
    size_t low = 0;
    size_t high = run->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (place_compare(&run->places[middle], after) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How many places of a run are behind `after`, in the order that is asked for. */
static size_t places_left(Run *run, bool descending, const Place *after)
{
    if (!run->sorted) qsort(run->places, run->count, sizeof *run->places, ascending);
    run->sorted = true;
    if (!after) return run->count;
    size_t above = first_above(run, after);
    if (!descending) return run->count - above;
    return above && place_compare(&run->places[above - 1], after) == 0 ? above - 1 : above;
}

static const Place *next_of(const Run *run, bool descending, size_t left)
{
    return &run->places[descending ? left - 1 : run->count - left];
}

/* The run whose next place comes first; NULL: none has any left. */
static const Place *take_first(const Runs *self, bool descending, size_t left[static RUNS_MAX])
{
    const Place *first = NULL;
    size_t of = 0;
    for (size_t i = 0; i < self->count; i++) {
        if (left[i] == 0) continue;
        const Place *place = next_of(&self->runs[i], descending, left[i]);
        if (first && place_compare_in(descending, place, first) >= 0) continue;
        first = place;
        of = i;
    }
    if (first) left[of]--;
    return first;
}

size_t runs_take(Runs *self, bool descending, const Place *after, runs_wants_fn *wants,
                 void *context, Place *places, size_t limit)
{
    size_t left[RUNS_MAX];
    size_t taken = 0;
    for (size_t i = 0; i < self->count; i++)
        left[i] = places_left(&self->runs[i], descending, after);
    while (taken < limit) {
        const Place *place = take_first(self, descending, left);
        if (!place) break;
        if (wants(context, place->number)) places[taken++] = *place;
    }
    return taken;
}
