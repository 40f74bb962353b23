/*
 * export_calendar - what `plenary export --as ics` asks the registry beside the events themselves.
 *
 * A calendar shows organisations by their names, and refers to other events by their UIDs: the
 * directory is read at the start, the events referred to as they come up. Main thread; functions
 * that give an int give an exit code.
 */
#ifndef PLENARY_CLI_EXPORT_CALENDAR_H
#define PLENARY_CLI_EXPORT_CALENDAR_H

#include "clients/cli/session.h"
#include "clients/lib/ical_write.h"

#include <glib.h>
#include <stdio.h>

typedef struct ExportCalendar {
    Session *session;
    IcalLookup lookup;
    IcalWriter *writer;
    GHashTable *organisations; /* id -> Organisation, in the session's arena */
    GHashTable *uids;          /* event id -> UID, or "" where it cannot be seen */
    int code;                  /* of a question that could not be asked */
} ExportCalendar;

int export_calendar_open(ExportCalendar *self, Session *session, FILE *file);
int export_calendar_organisation(ExportCalendar *self, const Organisation *organisation);
int export_calendar_event(ExportCalendar *self, const Event *event);

/* Ends the calendar, if what came before is 0, and takes all down. */
int export_calendar_close(ExportCalendar *self, int code);

#endif
