/*
 * ical_zone - VTIMEZONE components (RFC 5545 section 3.6.5), made from the system's tzdata.
 *
 * A component says what the clocks of a zone do over a span of local time and, where its changes
 * follow a yearly rule, ever after. It begins with what holds at the start of the span's first
 * year. Changes that follow no rule (Casablanca's) are told one by one: to the end of the span, or,
 * where the span is open because an event recurs, for ICAL_ZONE_AHEAD_YEARS.
 *
 * The same tzdata and span make the same bytes. One thread at a time.
 */
#ifndef PLENARY_CLIENTS_ICAL_ZONE_H
#define PLENARY_CLIENTS_ICAL_ZONE_H

#include "proto/moment.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
    ICAL_ZONE_AHEAD_YEARS = 60,
};

typedef struct IcalZoneSpan {
    int64_t first_s; /* local seconds, as moment_local_s gives them */
    int64_t last_s;
    bool open;
} IcalZoneSpan;

/* Writes the component of a known zone. False: no memory. */
bool ical_zone_write(FILE *file, Zones *zones, const char *zone, const IcalZoneSpan *span);

#endif
