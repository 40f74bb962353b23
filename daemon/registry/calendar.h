/*
 * calendar - how many events of a set touch each month, or each year.
 *
 * Months come from their facets; an event over ten years long, kept by year, is looked at by its
 * columns. A series counts in each month that an instance touches: in the ten years of which facets
 * tell, and beyond them where the range has an end. Stretches in which nothing lies are jumped
 * over. With a time range only the months or years that it touches are there. The set and the
 * context are lent. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_CALENDAR_H
#define PLENARY_REGISTRY_CALENDAR_H

#include "daemon/registry/query.h"

enum {
    CALENDAR_TEXT_SIZE = 16, /* "2022-03" */
    CALENDAR_END = INT32_MAX,
};

typedef struct Calendar Calendar;

typedef struct CalendarConfig {
    const QueryContext *context;
    const Resolved *resolved;
    const roaring_bitmap_t *set; /* its answer */
    bool whole;                  /* that is every event */
    bool by_year;
} CalendarConfig;

/* NULL: no memory. */
Calendar *calendar_open(const CalendarConfig *config);

/* Takes NULL and a pointer to NULL. */
void calendar_close(Calendar **self);

/* The first page of the calendar from `unit` on (0: from the beginning) that may hold an event: a
 * year, or year * 12 + month - 1. CALENDAR_END: there is none. */
int32_t calendar_next(const Calendar *self, int32_t unit);

/* Events of the set on that page; adds what it cost to look, in events, to *cost. */
uint64_t calendar_count(const Calendar *self, int32_t unit, uint64_t *cost);

/* "2022-03" or "2022", and back. */
void calendar_print(const Calendar *self, int32_t unit, char text[static CALENDAR_TEXT_SIZE]);
bool calendar_parse(const Calendar *self, const char *text, int32_t *unit);

#endif
