/*
 * ical_read - the records of a calendar file (RFC 5545), one after the other.
 *
 * Every VEVENT is one record, as the JSON document {"event": …} that files of records have; so are
 * the organisations that a calendar of ours carries. VTIMEZONEs say what TZIDs mean. Other
 * components (VTODO, …) are no events and are told as such. Memory holds one event at a time.
 *
 * One thread at a time. The file is the caller's, and must be one that can be read twice.
 */
#ifndef PLENARY_CLIENTS_ICAL_READ_H
#define PLENARY_CLIENTS_ICAL_READ_H

#include "proto/moment.h"
#include "proto/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    ICAL_RECORD_BYTES_MAX = 16 * 1024 * 1024, /* of one component that is read */
    ICAL_RECORD_LINES_MAX = 16 * 1024,
    ICAL_DEPTH_MAX = 8,    /* components within components */
    ICAL_ZONES_MAX = 4096, /* VTIMEZONEs of one file */
};

/* Lent for the call. */
typedef struct IcalRecord {
    size_t number;          /* from 1; 0: the file itself */
    size_t line;            /* where it begins, or in the file's case where it is wrong */
    const char *uid;        /* NULL: it says none */
    const json_t *json;     /* NULL: nothing could be read */
    const Problem *problem; /* OK, or what is wrong: it is no record then */
} IcalRecord;

/* False ends the reading. */
typedef bool ical_record_fn(void *context, const IcalRecord *record);

void ical_read(FILE *file, Zones *zones, ical_record_fn *each, void *context);

#endif
