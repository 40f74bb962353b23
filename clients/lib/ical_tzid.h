/*
 * ical_tzid - which zone of the system's tzdata a calendar means by a TZID.
 *
 * A TZID is any text. It is found as an IANA name, by the X-LIC-LOCATION of its VTIMEZONE, as an
 * IANA name after a vendor's prefix ("/mozilla.org/20070129_1/Europe/London"), or as one of the
 * names that Windows has. Pure but for zone data.
 */
#ifndef PLENARY_CLIENTS_ICAL_TZID_H
#define PLENARY_CLIENTS_ICAL_TZID_H

#include "proto/moment.h"

/* The IANA name, a part of one of the texts or static; NULL: it cannot be told. `location` may be
 * NULL. */
const char *ical_tzid_zone(Zones *zones, const char *tzid, const char *location);

#endif
