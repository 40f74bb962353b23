/*
 * Recurring events. The lines of an input are a rule, a start, an end and a zone; then rdates, and
 * exdates, which begin with '-'.
 */
#include "proto/recurrence.h"
#include "tests/fuzz/fuzz.h"

#include <stdbool.h>
#include <string.h>

enum {
    LINES = 4,
    DATES_MAX = 8,
    INSTANCES = 40, /* looked at */
    TIRED_MAX = 3,
    ARENA_BYTES = 64 * 1024,
};

typedef struct Setup {
    Zones *zones;
    Arena *arena;
} Setup;

static void *open_setup(void)
{
    Setup *self = calloc(1, sizeof *self);
    FUZZ_DEMAND(self != NULL);
    self->zones = zones_new();
    self->arena = arena_new(ARENA_BYTES);
    FUZZ_DEMAND(self->zones && self->arena);
    return self;
}

static void close_setup(void *context)
{
    Setup *self = context;
    zones_destroy(&self->zones);
    arena_destroy(&self->arena);
    free(self);
}

static SeriesStep next(SeriesWalk *walk, Instance *instance)
{
    SeriesStep step = series_next(walk, instance);
    for (int i = 0; step == SERIES_TIRED && i < TIRED_MAX; i++)
        step = series_next(walk, instance);
    return step;
}

/* A walk that begins at a moment finds the first instance that ends after it. */
static void check_seek(const Series *series, int64_t local_s, const Instance *instances,
                       size_t count)
{
    SeriesWalk walk;
    Instance found;
    size_t i = 0;
    while (i < count && instances[i].local_end_s <= local_s && instances[i].local_start_s < local_s)
        i++;
    if (i == count) return;
    series_seek(series, local_s, &walk);
    SeriesStep step = next(&walk, &found);
    FUZZ_DEMAND(step != SERIES_END);
    if (step == SERIES_INSTANCE) FUZZ_DEMAND(found.local_start_s == instances[i].local_start_s);
}

static void check_series(const Series *series)
{
    FUZZ_DEMAND(series != NULL);
    SeriesWalk walk;
    Instance instances[INSTANCES];
    size_t count = 0;
    int64_t first_s;
    int64_t end_s;
    SeriesStep step = SERIES_INSTANCE;
    series_bounds(series, &first_s, &end_s);
    series_seek(series, INT64_MIN, &walk);
    while (count < INSTANCES && step == SERIES_INSTANCE) {
        Instance *found = &instances[count];
        step = next(&walk, found);
        if (step != SERIES_INSTANCE) break;
        FUZZ_DEMAND(found->local_end_s >= found->local_start_s);
        FUZZ_DEMAND(found->local_start_s >= first_s && found->local_end_s <= end_s);
        FUZZ_DEMAND(count == 0 || found->local_start_s > instances[count - 1].local_start_s);
        count++;
    }
    if (step == SERIES_END) FUZZ_DEMAND(series_next(&walk, &instances[0]) == SERIES_END);
    for (size_t i = 0; i < count; i++) {
        check_seek(series, instances[i].local_start_s - 1, instances, count);
        check_seek(series, instances[i].local_start_s, instances, count);
        check_seek(series, instances[i].local_end_s, instances, count);
    }
}

static char *take_line(char **at)
{
    char *line = *at;
    *at += strcspn(*at, "\n");
    if (**at) *(*at)++ = '\0';
    return line;
}

static void run(void *context, const uint8_t *data, size_t size)
{
    Setup *self = context;
    Event event = PLENARY__V1__EVENT__INIT;
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    Plenary__V1__Recurrence recurrence = PLENARY__V1__RECURRENCE__INIT;
    char *rdates[DATES_MAX];
    char *exdates[DATES_MAX];
    char *text = fuzz_text(data, size);
    char *at = text;
    char *lines[LINES];
    for (size_t i = 0; i < LINES; i++)
        lines[i] = take_line(&at);
    while (*at && recurrence.n_rdate < DATES_MAX && recurrence.n_exdate < DATES_MAX) {
        char *date = take_line(&at);
        if (*date == '-')
            exdates[recurrence.n_exdate++] = date + 1;
        else
            rdates[recurrence.n_rdate++] = date;
    }
    recurrence.rrule = lines[0];
    recurrence.rdate = rdates;
    recurrence.exdate = exdates;
    schedule.start = lines[1];
    schedule.end = *lines[2] ? lines[2] : NULL;
    schedule.time_zone = *lines[3] ? lines[3] : NULL;
    event.schedule = &schedule;
    event.recurrence = &recurrence;
    arena_reset(self->arena);
    Span span;
    if (schedule_span(self->zones, &schedule, &span) && span.local_end_s >= span.local_start_s)
        check_series(series_compile(&event, self->zones, self->arena));
    free(text);
}

const FuzzTarget fuzz_target = {
    .open = open_setup, .run = run, .settle = NULL, .close = close_setup};
