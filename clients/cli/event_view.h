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

/* Of an event: "Tashkent, UZ"; "" where it is nowhere. */
const char *event_place(const void *record, Arena *arena);

/* Of an event: "3–4 Mar 2022". */
const char *event_when(const void *record, Arena *arena);

/* The lower-case name of an action: "registered". Static. */
const char *action_name(int action);

#endif
