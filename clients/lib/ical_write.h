/*
 * ical_write - a calendar (RFC 5545) of any number of events, written as they come.
 *
 * A calendar tells its zones before its events, and which they are and over what span is known
 * after the last one: events wait in a temporary file, so that memory does not grow with their
 * number. The same records in the same order make the same bytes. The file is the caller's. One
 * thread at a time.
 */
#ifndef PLENARY_CLIENTS_ICAL_WRITE_H
#define PLENARY_CLIENTS_ICAL_WRITE_H

#include "clients/lib/ical_event.h"
#include "proto/moment.h"
#include "proto/status.h"

#include <stdio.h>

enum {
    ICAL_EVENT_BYTES_MAX = 16 * 1024 * 1024, /* of scratch memory for one event */
};

typedef struct IcalWriter IcalWriter;

/* Writes to `file`; zones and lookup are lent until it is closed. UNAVAILABLE: no temporary file.
 */
StatusCode ical_writer_open(FILE *file, Zones *zones, const IcalLookup *lookup, IcalWriter **self,
                            Problem *problem);

/* A record of the directory, which import reads from the calendar. Before the first event. */
StatusCode ical_writer_organisation(IcalWriter *self, const Organisation *organisation,
                                    Problem *problem);

/* A valid event. RESOURCE_EXHAUSTED: it does not fit into memory. */
StatusCode ical_writer_event(IcalWriter *self, const Event *event, Problem *problem);

/* Ends the calendar. UNAVAILABLE: not all could be written. */
StatusCode ical_writer_end(IcalWriter *self, Problem *problem);

/* Takes NULL and a pointer to NULL; what was not ended stays half written. */
void ical_writer_close(IcalWriter **self);

#endif
