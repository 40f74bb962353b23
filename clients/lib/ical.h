/*
 * ical - what writer and reader of iCalendar share: which word of RFC 5545 stands for which of
 * ours.
 *
 * docs/calendar.md has the whole mapping. A field that has a property of its own is written there.
 * What iCalendar has no word for, or only a coarser one, is carried in a property X-PLENARY-… of
 * the field's name (status_reason: X-PLENARY-STATUS-REASON), one for each element of a list: a text
 * as it is, a message as JSON. So what is written here comes back whole, and where another program
 * changed a standard property, that one counts.
 *
 * Static tables and pure functions; any thread.
 */
#ifndef PLENARY_CLIENTS_ICAL_H
#define PLENARY_CLIENTS_ICAL_H

#include "proto/arena.h"
#include "proto/contract.h"

#include <stdbool.h>
#include <stddef.h>

#define ICAL_CARRIED "X-PLENARY-" /* begins the name of a property or parameter of ours */

/* Of the calendar, not of an event: a record of the directory, as JSON. */
#define ICAL_ORGANISATION ICAL_CARRIED "ORGANISATION"

/* What was put at the end of DESCRIPTION for people to read. */
#define ICAL_NOTE ICAL_CARRIED "NOTE"

/* A component within an event that no field holds, as text. */
#define ICAL_COMPONENT ICAL_CARRIED "COMPONENT"

enum {
    ICAL_NAME_SIZE = 64,
};

/* Fields of Event that are carried, in the order in which they are written. */
extern const char *const ical_carried[];
extern const size_t ical_carried_count;

/* "X-PLENARY-STATUS-REASON" of status_reason. */
void ical_carried_name(const char *field, char name[static ICAL_NAME_SIZE]);

/* The field's name of what stands after X-PLENARY-; false: it does not begin so. */
bool ical_carried_field(const char *name, char field[static ICAL_NAME_SIZE]);

/* STATUS of a status; reading gives the plainest status that is written so. */
const char *ical_status_word(Plenary__V1__Event__Status status);
Plenary__V1__Event__Status ical_status_of(const char *word); /* UNSPECIFIED: none of ours */

/* CLASS of a handling, which may be NULL. */
const char *ical_class_word(const Handling *handling);

/* ROLE and PARTSTAT; "" where there is none to say. Reading gives UNSPECIFIED where the word says
 * nothing of ours. */
const char *ical_role_word(Plenary__V1__Participant__Role role);
Plenary__V1__Participant__Role ical_role_of(const char *word);
const char *ical_response_word(Plenary__V1__Participant__Response response);
Plenary__V1__Participant__Response ical_response_of(const char *word);

/* LOCATION: room, name, street, city and country as far as they are there. NULL: none is, or the
 * arena is full. */
const char *ical_location(const Venue *venue, Arena *arena);

/* May a property of that name be written from an extension, beside those that the mapping makes? */
bool ical_is_extension(const char *name);

#endif
