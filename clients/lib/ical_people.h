/*
 * ical_people - organisations and participants of an event as ORGANIZER and ATTENDEE.
 *
 * Each is an ATTENDEE, in order; the first organiser (or host) is the ORGANIZER too. Whoever has no
 * address that the reader may see gets a URN that is made from the name, so that it is the same in
 * every file. What iCalendar has no parameter for is in parameters X-PLENARY-… of the field's name.
 */
#ifndef PLENARY_CLIENTS_ICAL_PEOPLE_H
#define PLENARY_CLIENTS_ICAL_PEOPLE_H

#include "clients/lib/ical_event.h"
#include "clients/lib/ical_line.h"

#include <jansson.h>
#include <stdbool.h>

void ical_people_write(IcalPen *pen, const Event *event, const IcalLookup *lookup);

/* Puts what an ATTENDEE says into `event`, the JSON of an event. False: it is neither a person nor
 * a group (a room, say). */
bool ical_people_read_attendee(const IcalLine *line, json_t *event);

/* Puts an ORGANIZER that is not ours into the event's organisations, if it is not there already.
 * Ours (with its role) is an ATTENDEE too: nothing is done and false is given. */
bool ical_people_read_organizer(const IcalLine *line, json_t *event);

#endif
