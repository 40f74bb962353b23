/*
 * ical_vevent - the lines of a VEVENT become an event, as the JSON that files of records have.
 *
 * Values are not checked here, but where iCalendar itself says what they must be: who builds the
 * event from the JSON and validates it checks them with the rules of any file. Properties that no
 * field holds become extensions. One thread at a time.
 */
#ifndef PLENARY_CLIENTS_ICAL_VEVENT_H
#define PLENARY_CLIENTS_ICAL_VEVENT_H

#include "clients/lib/ical_line.h"
#include "proto/moment.h"
#include "proto/status.h"

#include <jansson.h>
#include <stddef.h>

/* What the calendar around the event says. All is lent. */
typedef struct IcalSurroundings {
    Zones *zones;
    void *context;
    /* X-LIC-LOCATION of the VTIMEZONE with this TZID, or NULL. */
    const char *(*location)(void *context, const char *tzid);
    const char *method; /* of the calendar, or NULL */
} IcalSurroundings;

/* Reads an event; scratch memory comes from the arena. Adds a violation, named by the field, for
 * each property that is not as it must be. Gives an object even then, with what could be read:
 * given, the caller owns it. NULL: no memory. */
json_t *ical_vevent_read(const IcalLine *lines, size_t count, const IcalSurroundings *around,
                         Arena *arena, Problem *problem);

#endif
