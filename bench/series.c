#include "bench/series.h"

#include <stdlib.h>
#include <time.h>

int64_t series_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

bool series_init(Series *self, size_t capacity)
{
    *self = (Series){.capacity = capacity};
    self->durations_ns = calloc(capacity ? capacity : 1, sizeof *self->durations_ns);
    return self->durations_ns != NULL;
}

void series_free(Series *self)
{
    free(self->durations_ns);
    *self = (Series){0};
}

void series_add(Series *self, int64_t duration_ns)
{
    if (self->count < self->capacity) self->durations_ns[self->count++] = duration_ns;
}

static int by_duration(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one;
    int64_t b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

double series_percentile_us(Series *self, unsigned percent)
{
    if (self->count == 0) return 0;
    qsort(self->durations_ns, self->count, sizeof *self->durations_ns, by_duration);
    size_t rank = (self->count * percent + 99) / 100;
    return (double)self->durations_ns[rank ? rank - 1 : 0] / 1000.0;
}

static int by_figure(const void *one, const void *other)
{
    double a = *(const double *)one;
    double b = *(const double *)other;
    return (a > b) - (a < b);
}

double series_median(double *figures, size_t count)
{
    qsort(figures, count, sizeof *figures, by_figure);
    return figures[count / 2];
}
