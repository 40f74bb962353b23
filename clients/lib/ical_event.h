/*
 * ical_event - an event as a VEVENT component.
 *
 * Times of DTSTAMP, CREATED and LAST-MODIFIED are the record's, never the clock's: the same record
 * makes the same bytes. Nothing of the event is kept. One thread at a time.
 */
#ifndef PLENARY_CLIENTS_ICAL_EVENT_H
#define PLENARY_CLIENTS_ICAL_EVENT_H

#include "proto/arena.h"
#include "proto/contract.h"

#include <stdbool.h>
#include <stdio.h>

/* What is asked while events are written. What is given is lent until the next question. */
typedef struct IcalLookup {
    void *context;
    /* The organisation with this id; NULL: not in the directory. */
    const Organisation *(*organisation)(void *context, const char *id);
    /* The UID of the event with this id, or NULL: it is then referred to by its id. */
    const char *(*uid)(void *context, const char *event_id);
} IcalLookup;

/* Writes a valid event; scratch memory comes from the arena. False: it is full. */
bool ical_event_write(FILE *file, const Event *event, const IcalLookup *lookup, Arena *arena);

/* The zone whose TZID the event's times have, which has to be told in the calendar; NULL: none. */
const char *ical_event_zone(const Event *event);

#endif
