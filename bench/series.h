/*
 * series - how long things took: many durations, and what is said of them.
 *
 * Any thread, one at a time.
 */
#ifndef PLENARY_BENCH_SERIES_H
#define PLENARY_BENCH_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Series {
    int64_t *durations_ns;
    size_t count;
    size_t capacity;
} Series;

/* Nanoseconds of the monotonic clock, which all threads share. */
int64_t series_now_ns(void);

/* Room for `capacity` durations. False: no memory. */
bool series_init(Series *self, size_t capacity);
void series_free(Series *self);

/* Past the capacity, durations are dropped. */
void series_add(Series *self, int64_t duration_ns);

/* Microseconds under which `percent` of the durations lie; 0 where there are none. Sorts. */
double series_percentile_us(Series *self, unsigned percent);

/* The middle one of some figures, which it sorts. */
double series_median(double *figures, size_t count);

#endif
