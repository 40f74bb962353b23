/*
 * event_view - how events, organisations and changes of an event look in lists.
 *
 * Static tables for a Listing.
 */
#ifndef PLENARY_CLI_EVENT_VIEW_H
#define PLENARY_CLI_EVENT_VIEW_H

#include "clients/lib/output.h"

extern const RecordKind event_kind;
extern const RecordKind organisation_kind;

/* "Tashkent, UZ"; "" where it is nowhere. */
const char *event_place(const void *event, Arena *arena);

/* "3–4 Mar 2022". */
const char *event_when(const void *event, Arena *arena);

/* The lower-case name of an action: "registered". Static. */
const char *action_name(int action);

#endif
