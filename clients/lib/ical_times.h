/*
 * ical_times - moments and lengths of time as iCalendar writes them (RFC 5545 section 3.3).
 *
 * An event has one zone, that of its DTSTART; what another property says in another zone is brought
 * into it. One thread at a time.
 */
#ifndef PLENARY_CLIENTS_ICAL_TIMES_H
#define PLENARY_CLIENTS_ICAL_TIMES_H

#include "clients/lib/ical_line.h"
#include "clients/lib/ical_vevent.h"
#include "proto/moment.h"
#include "proto/status.h"

#include <stdbool.h>

typedef struct IcalTime {
    Moment moment;
    const char *zone; /* IANA name; NULL: floating, or a date */
} IcalTime;

/* The value is the line's own, or one of its list. False: a violation at `field` says why. */
bool ical_time_read(const IcalLine *line, const char *value, const IcalSurroundings *around,
                    const char *field, IcalTime *time, Problem *problem);

/* The moment on the clocks of another zone; as it is where either is floating. */
Moment ical_time_in(const IcalTime *time, const char *zone, Zones *zones);

/* The end of what begins at `start` and lasts as a DURATION says: of whole days the last one.
 * False: it is no length, or it ends outside of the years that there are. */
bool ical_time_after(const IcalTime *start, const char *duration, Zones *zones, Moment *end);

#endif
