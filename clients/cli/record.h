/*
 * record - the event or the organisation that a document holds.
 *
 * Pure but for zone data; main thread.
 */
#ifndef PLENARY_CLI_RECORD_H
#define PLENARY_CLI_RECORD_H

#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/moment.h"
#include "proto/status.h"

#include <jansson.h>
#include <stdbool.h>

/* One of the two. */
typedef struct Record {
    Event *event;
    Organisation *organisation;
} Record;

/* The record of a document, which is an object with one key, `event` or `organisation`; or, where
 * `bare` is allowed, the event itself. Made in the arena, valid. On failure `problem` names the
 * fields. */
StatusCode record_read(const json_t *json, bool bare, Zones *zones, Arena *arena, Record *record,
                       Problem *problem);

#endif
