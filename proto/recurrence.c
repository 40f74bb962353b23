#include "proto/recurrence.h"

struct Series {
    int64_t first_s;
    int64_t length_s;
};

Series *series_compile(const Event *event, Zones *zones, Arena *arena)
{
    Span span;
    if (!event->schedule || !schedule_span(zones, event->schedule, &span)) return NULL;
    Series *self = arena_alloc(arena, sizeof *self);
    if (!self) return NULL;
    self->first_s = span.local_start_s;
    self->length_s = span.local_end_s - span.local_start_s;
    return self;
}

size_t series_size_bytes(const Series *self)
{
    return sizeof *self;
}

void series_bounds(const Series *self, int64_t *first_start_s, int64_t *last_end_s)
{
    *first_start_s = self->first_s;
    *last_end_s = self->first_s + self->length_s;
}

void series_seek(const Series *self, int64_t local_s, SeriesWalk *walk)
{
    *walk = (SeriesWalk){.series = self, .from_s = local_s};
}

SeriesStep series_next(SeriesWalk *walk, Instance *instance)
{
    const Series *series = walk->series;
    if (walk->extra++ || series->first_s + series->length_s <= walk->from_s) return SERIES_END;
    *instance = (Instance){series->first_s, series->first_s + series->length_s};
    return SERIES_INSTANCE;
}
