#include "daemon/registry/calendar.h"

#include "daemon/registry/sets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MONTHS_PER_YEAR = 12,
    UNITS_END = (MOMENT_YEAR_MAX + 1) * MONTHS_PER_YEAR,
    KEY_SIZE = 32,         /* "month=2022-03" */
    COST_OF_SERIES = 1000, /* the look at one, in events of a bitmap */
};

struct Calendar {
    CalendarConfig config;
    MonthRange months; /* that may be counted */
    uint32_t *lasting; /* numbers of the set's events that are kept by year */
    size_t lasting_count;
    roaring_bitmap_t *series;  /* of the set: they go on where no facet tells of them */
    MonthRange lasting_months; /* which both may touch, beside what facets tell */
};

/* --- units --- */

static int32_t months_per_unit(const Calendar *self)
{
    return self->config.by_year ? MONTHS_PER_YEAR : 1;
}

void calendar_print(const Calendar *self, int32_t unit, char text[static CALENDAR_TEXT_SIZE])
{
    if (self->config.by_year)
        (void)snprintf(text, CALENDAR_TEXT_SIZE, "%04d", unit);
    else
        (void)snprintf(text, CALENDAR_TEXT_SIZE, "%04d-%02d", unit / MONTHS_PER_YEAR,
                       unit % MONTHS_PER_YEAR + 1);
}

bool calendar_parse(const Calendar *self, const char *text, int32_t *unit)
{
    char whole[CALENDAR_TEXT_SIZE + sizeof "-01-01"];
    Moment moment;
    if (strlen(text) >= CALENDAR_TEXT_SIZE) return false;
    (void)snprintf(whole, sizeof whole, "%s%s", text, self->config.by_year ? "-01-01" : "-01");
    if (!moment_parse(whole, &moment) || !moment.is_date) return false;
    *unit = self->config.by_year ? moment.year : moment.year * MONTHS_PER_YEAR + moment.month - 1;
    return true;
}

/* --- events kept by year --- */

typedef struct Union {
    Views *views;
    roaring_bitmap_t *events;
} Union;

static bool take_year(void *context, const char *facet, size_t length)
{
    const Union *all = context;
    roaring_bitmap_t *events = views_facet(all->views, facet, length);
    roaring_bitmap_or_inplace(all->events, events);
    roaring_bitmap_free(events);
    return true;
}

static void spread(Calendar *self, uint32_t number)
{
    const Column *column = columns_find(&self->config.context->state->columns, number);
    if (!column) return;
    MonthRange months = sets_months(&(LocalRange){column->local_start_s, column->local_end_s});
    if (months.first < self->lasting_months.first) self->lasting_months.first = months.first;
    if (months.last > self->lasting_months.last) self->lasting_months.last = months.last;
}

static bool find_lasting(Calendar *self)
{
    Union all = {self->config.context->state->views, roaring_bitmap_create()};
    views_facet_names(all.views, "year=", NULL, false, take_year, &all);
    roaring_bitmap_and_inplace(all.events, self->config.set);
    self->lasting_count = (size_t)roaring_bitmap_get_cardinality(all.events);
    self->lasting = calloc(self->lasting_count + 1, sizeof *self->lasting);
    if (self->lasting) roaring_bitmap_to_uint32_array(all.events, self->lasting);
    roaring_bitmap_free(all.events);
    for (size_t i = 0; self->lasting && i < self->lasting_count; i++)
        spread(self, self->lasting[i]);
    return self->lasting != NULL;
}

static uint64_t count_lasting(const Calendar *self, int32_t month, int32_t months)
{
    const LocalRange range = {moment_month_begins_s(month), moment_month_begins_s(month + months)};
    uint64_t count = 0;
    for (size_t i = 0; i < self->lasting_count; i++) {
        const Column *column =
            columns_find(&self->config.context->state->columns, self->lasting[i]);
        if (column && query_touches(&range, column->local_start_s, column->local_end_s)) count++;
    }
    return count;
}

/* --- series --- */

/* Those of the set of which facets do not tell all that is asked for. Where no end is asked for
 * there would be none to their months. */
static bool find_series(Calendar *self)
{
    const QueryContext *context = self->config.context;
    const Resolved *resolved = self->config.resolved;
    bool ends = resolved->has_range && resolved->range.to_s != INT64_MAX;
    self->series = roaring_bitmap_create();
    if (!self->series) return false;
    if (ends)
        recurrences_add_lasting(context->state->recurrences, resolved->range.to_s, self->series);
    roaring_bitmap_and_inplace(self->series, self->config.set);
    roaring_uint32_iterator_t at;
    roaring_init_iterator(self->series, &at);
    for (; at.has_value; roaring_advance_uint32_iterator(&at)) {
        const Recurring *series = recurrences_find(context->state->recurrences, at.current_value);
        int64_t from_s = recurring_told_until_s(series);
        MonthRange months = sets_months(&(LocalRange){from_s, resolved->range.to_s});
        if (months.first < self->lasting_months.first) self->lasting_months.first = months.first;
        if (months.last > self->lasting_months.last) self->lasting_months.last = months.last;
    }
    return true;
}

/* Takes away what touches the range only where it is replaced. */
static void remove_replaced(const Calendar *self, const LocalRange *range, roaring_bitmap_t *events,
                            uint64_t *cost)
{
    const QueryContext *context = self->config.context;
    roaring_bitmap_t *doubtful =
        roaring_bitmap_and(events, recurrences_replaced(context->state->recurrences));
    roaring_bitmap_and_inplace(doubtful, self->config.set);
    *cost += COST_OF_SERIES * roaring_bitmap_get_cardinality(doubtful);
    roaring_uint32_iterator_t at;
    roaring_init_iterator(doubtful, &at);
    for (; at.has_value; roaring_advance_uint32_iterator(&at))
        if (!sets_event_touches(context, range, at.current_value))
            roaring_bitmap_remove(events, at.current_value);
    roaring_bitmap_free(doubtful);
}

/* Adds what touches the range where facets tell nothing any more. */
static void add_untold(const Calendar *self, const LocalRange *range, roaring_bitmap_t *events,
                       uint64_t *cost)
{
    const QueryContext *context = self->config.context;
    *cost += COST_OF_SERIES * roaring_bitmap_get_cardinality(self->series);
    roaring_uint32_iterator_t at;
    roaring_init_iterator(self->series, &at);
    for (; at.has_value; roaring_advance_uint32_iterator(&at)) {
        const Recurring *series = recurrences_find(context->state->recurrences, at.current_value);
        if (recurring_told_until_s(series) < range->to_s &&
            sets_event_touches(context, range, at.current_value))
            roaring_bitmap_add(events, at.current_value);
    }
}

/* --- the calendar --- */

/* A year is counted whole: what is in the answer may touch it outside of the range alone. */
static MonthRange whole_units(const Calendar *self, MonthRange months)
{
    int32_t step = months_per_unit(self);
    return (MonthRange){months.first - months.first % step,
                        months.last + step - 1 - months.last % step};
}

Calendar *calendar_open(const CalendarConfig *config)
{
    Calendar *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->config = *config;
    self->months = config->resolved->has_range
                       ? whole_units(self, sets_months(&config->resolved->range))
                       : (MonthRange){0, UNITS_END - 1};
    self->lasting_months = (MonthRange){UNITS_END, -1};
    if (!find_lasting(self) || !find_series(self)) calendar_close(&self);
    return self;
}

void calendar_close(Calendar **self)
{
    if (!self || !*self) return;
    if ((*self)->series) roaring_bitmap_free((*self)->series);
    free((*self)->lasting);
    free(*self);
    *self = NULL;
}

static bool take_next(void *context, const char *facet, size_t length)
{
    int32_t *month = context;
    const Calendar by_month = {.config = {.by_year = false}};
    char text[KEY_SIZE];
    size_t name = strlen("month=");
    if (length >= sizeof text || length <= name) return true;
    memcpy(text, facet + name, length - name);
    text[length - name] = '\0';
    return !calendar_parse(&by_month, text, month);
}

/* The first month from `month` on whose facet there is. */
static int32_t next_month(const Calendar *self, int32_t month)
{
    char first[KEY_SIZE];
    int32_t next = UNITS_END;
    (void)snprintf(first, sizeof first, "month=%04d-%02d", month / MONTHS_PER_YEAR,
                   month % MONTHS_PER_YEAR + 1);
    views_facet_names(self->config.context->state->views, "month=", first, false, take_next, &next);
    return next;
}

int32_t calendar_next(const Calendar *self, int32_t unit)
{
    int32_t step = months_per_unit(self);
    if (unit < 0 || unit >= UNITS_END / step) return CALENDAR_END;
    int32_t month = unit * step > self->months.first ? unit * step : self->months.first;
    bool lasts = month >= self->lasting_months.first && month <= self->lasting_months.last;
    int32_t next = lasts ? month : next_month(self, month);
    if (!lasts && self->lasting_months.first > month && self->lasting_months.first < next)
        next = self->lasting_months.first;
    return next <= self->months.last && next < UNITS_END ? next / step : CALENDAR_END;
}

uint64_t calendar_count(const Calendar *self, int32_t unit, uint64_t *cost)
{
    Views *views = self->config.context->state->views;
    int32_t step = months_per_unit(self);
    int32_t first = unit * step;
    roaring_bitmap_t *events = NULL;
    for (int32_t month = first; month < first + step; month++) {
        char key[KEY_SIZE];
        int length = snprintf(key, sizeof key, "month=%04d-%02d", month / MONTHS_PER_YEAR,
                              month % MONTHS_PER_YEAR + 1);
        roaring_bitmap_t *more = views_facet(views, key, (size_t)length);
        *cost += roaring_bitmap_get_cardinality(more);
        if (events) {
            roaring_bitmap_or_inplace(events, more);
            roaring_bitmap_free(more);
        } else {
            events = more;
        }
    }
    *cost += self->lasting_count;
    const LocalRange range = {moment_month_begins_s(first), moment_month_begins_s(first + step)};
    remove_replaced(self, &range, events, cost);
    add_untold(self, &range, events, cost);
    uint64_t count = self->config.whole ? roaring_bitmap_get_cardinality(events)
                                        : roaring_bitmap_and_cardinality(events, self->config.set);
    roaring_bitmap_free(events);
    return count + count_lasting(self, first, step);
}
