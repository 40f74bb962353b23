#include "tests/property/model_instances.h"

#include <assert.h>
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "2022-03-03T09:00:00" without its marks. */
static struct icaltimetype time_of(const char *moment)
{
    char text[32];
    size_t length = 0;
    for (const char *at = moment; *at && length + 1 < sizeof text; at++)
        if (*at != '-' && *at != ':') text[length++] = *at;
    text[length] = '\0';
    return icaltime_from_string(text);
}

int64_t model_seconds(const char *moment)
{
    return (int64_t)icaltime_as_timet(time_of(moment));
}

void model_print_seconds(int64_t seconds, bool is_date, char text[static 24])
{
    struct icaltimetype time = icaltime_from_timet_with_zone((time_t)seconds, 0, NULL);
    int length =
        snprintf(text, 24, "%04d-%02d-%02d", time.year % 10000, time.month % 100, time.day % 100);
    if (!is_date)
        (void)snprintf(text + length, 24 - (size_t)length, "T%02d:%02d:%02d", time.hour % 100,
                       time.minute % 100, time.second % 100);
}

static void add(ModelInstances *self, size_t *capacity, int64_t start_s)
{
    if (self->count == *capacity) {
        *capacity = *capacity ? 2 * *capacity : 64;
        self->starts = realloc(self->starts, *capacity * sizeof *self->starts);
        assert(self->starts);
    }
    self->starts[self->count++] = start_s;
}

static int compare(const void *left, const void *right)
{
    const int64_t *a = left;
    const int64_t *b = right;
    return *a < *b ? -1 : *a > *b;
}

/* Each once, and not those that are left out. */
static void tidy(ModelInstances *self, const Plenary__V1__Recurrence *recurrence)
{
    size_t kept = 0;
    if (self->count) qsort(self->starts, self->count, sizeof *self->starts, compare);
    for (size_t i = 0; i < self->count; i++) {
        bool keeps = i == 0 || self->starts[i] != self->starts[i - 1];
        for (size_t j = 0; keeps && j < recurrence->n_exdate; j++)
            keeps = model_seconds(recurrence->exdate[j]) != self->starts[i];
        if (keeps) self->starts[kept++] = self->starts[i];
    }
    self->count = kept;
}

ModelInstances *model_instances_new(const Event *event)
{
    ModelInstances *self = calloc(1, sizeof *self);
    assert(self);
    const Schedule *schedule = event->schedule;
    if (!schedule) return self; /* of a withdrawn one little is kept */
    const char *end = schedule->end ? schedule->end : schedule->start;
    size_t capacity = 0;
    self->first_s = model_seconds(schedule->start);
    self->length_s =
        model_seconds(end) + (strlen(end) > strlen("2022-03-03") ? 0 : 86400) - self->first_s;
    if (!event->recurrence) {
        add(self, &capacity, self->first_s);
        return self;
    }
    add(self, &capacity, self->first_s);
    for (size_t i = 0; i < event->recurrence->n_rdate; i++)
        add(self, &capacity, model_seconds(event->recurrence->rdate[i]));
    for (size_t i = 0; i < self->count; i++)
        if (self->starts[i] < self->first_s) self->first_s = self->starts[i];
    if (event->recurrence->rrule) {
        struct icalrecurrencetype rule = icalrecurrencetype_from_string(event->recurrence->rrule);
        icalrecur_iterator *at = icalrecur_iterator_new(rule, time_of(schedule->start));
        assert(at);
        self->is_endless = rule.count == 0 && icaltime_is_null_time(rule.until);
        for (struct icaltimetype next = icalrecur_iterator_next(at);
             !icaltime_is_null_time(next) && (!self->is_endless || next.year < MODEL_YEARS_END);
             next = icalrecur_iterator_next(at))
            add(self, &capacity, (int64_t)icaltime_as_timet(next));
        icalrecur_iterator_free(at);
    }
    tidy(self, event->recurrence);
    return self;
}

void model_instances_destroy(ModelInstances **self)
{
    if (!*self) return;
    free((*self)->starts);
    free(*self);
    *self = NULL;
}
