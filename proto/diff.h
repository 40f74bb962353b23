/*
 * diff - what differs between two images of a record.
 *
 * Works by protobuf-c's descriptors, so it knows every field that the contract has. Elements of
 * lists are matched by what they are or are called (proto/align.h), and told by their place after
 * the change; those that are gone by the place they had. Registry's own fields (revision, updated,
 * ...) are left out. What differs is told down to single values ("schedule.end",
 * "participants[2].role"), an element that came to a list or left it as one; aspects are told of
 * events only. The result lives in the arena. Pure; one thread at a time per arena.
 */
#ifndef PLENARY_PROTO_DIFF_H
#define PLENARY_PROTO_DIFF_H

#include "proto/arena.h"
#include "proto/contract.h"

#include <stdbool.h>

/* `before` or `after` may be NULL: every field then is new, or gone. Both have the same type
 * (Event, Organisation, Principal). NULL: the arena is full. */
Difference *diff_records(const ProtobufCMessage *before, const ProtobufCMessage *after,
                         Arena *arena);

/* True where nothing differs but the registry's own fields. Cheaper than a difference: allocates
 * nothing. Two NULL are the same. */
bool diff_same(const ProtobufCMessage *before, const ProtobufCMessage *after);

/* "schedule", "text", ... Static. */
const char *diff_aspect_name(Plenary__V1__Difference__Aspect aspect);

#endif
