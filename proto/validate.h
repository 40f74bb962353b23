/*
 * validate - whether a record, a query or a request is as it must be.
 *
 * Each function adds a violation to `problem` for every field that is not ("schedule.end:
 * 2022-03-01 is before start 2022-03-03"; list elements by position, "participants[2].email") and
 * returns the resulting code. Pure but for zone data. Clients validate before they send, the
 * daemon before it decides. What needs the registry's state (unknown references, transitions) is
 * decided there, not here.
 *
 * Fields are named from the record, the query or the verb on, also within a request: a client
 * that sent one event reads "schedule.end", not "register_event.event.schedule.end". Problems are
 * added to, not cleared. Any thread, one at a time per Zones.
 */
#ifndef PLENARY_PROTO_VALIDATE_H
#define PLENARY_PROTO_VALIDATE_H

#include "proto/contract.h"
#include "proto/moment.h"
#include "proto/status.h"

#include <stdbool.h>

enum {
    VALIDATE_TITLE_BYTES_MAX = 1024,
    VALIDATE_SHORT_BYTES_MAX = 512,      /* names, cities, categories, ... */
    VALIDATE_TEXT_BYTES_MAX = 64 * 1024, /* descriptions, notes, outcome texts */
    VALIDATE_URI_BYTES_MAX = 2048,
    VALIDATE_UID_BYTES_MAX = 255,
    VALIDATE_LIST_MAX = 1024,               /* elements of any list */
    VALIDATE_RECORD_BYTES_MAX = 256 * 1024, /* of a packed record */
    VALIDATE_TERMS_MAX = 64,                /* of a query */
    VALIDATE_TERM_VALUES_MAX = 256,
    VALIDATE_SLUG_BYTES_MAX = 64,    /* an organisation's id, a principal's name */
    VALIDATE_KEYS_MAX = 2,           /* of a principal: the old one and the new one */
    VALIDATE_GROUPS_MAX = 64,        /* of a principal */
    VALIDATE_TOKEN_BYTES_MAX = 1024, /* of a page */
    VALIDATE_FOLDER_BYTES_MAX = 960, /* a path of the daemon's machine */
    VALIDATE_PAGE_LIMIT_MAX = 1000,  /* records of one page */
    VALIDATE_ERASED_MAX = 32,        /* images that one request takes a person out of */
    VALIDATE_DEPTH_MAX = 16,         /* messages within messages */
    VALIDATE_HOURS_MAX = 10000,      /* of a training */
};

/* A whole event as it would be stored. Unknown fields (protobuf) are violations too. */
StatusCode validate_event(const Event *event, Zones *zones, Problem *problem);

StatusCode validate_organisation(const Organisation *organisation, Zones *zones, Problem *problem);

StatusCode validate_principal(const Principal *principal, Problem *problem);

/* Known facets that may be asked, parsable dates, sizes within bounds. */
StatusCode validate_query(const Query *query, Problem *problem);

/* The request's own form: a verb, request ids that are UUIDv7 where the verb writes, valid UTF-8
 * in every string, and the records and queries within. Every door calls it. */
StatusCode validate_request(const Request *request, Zones *zones, Problem *problem);

/* Valid UTF-8 without control characters other than newline and tab, in every string of any
 * message, and no unknown fields; protobuf-c checks neither. `path` names the message in
 * violations ("" at the top). */
StatusCode validate_message(const ProtobufCMessage *message, const char *path, Problem *problem);

/* True for a UUID of version 7 in lower case. */
bool validate_is_uuid7(const char *text);

/* True for a code of ISO 3166-1 alpha-2. */
bool validate_is_country(const char *text);

#endif
