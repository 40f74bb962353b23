/*
 * told - which named subscribers had acknowledged a change that they hear: best effort.
 *
 * What they hear is read from their queries as these mean something now, and as who sees all would
 * hear it. Everything lies in the question's arena. Loop's thread only, with a snapshot.
 */
#ifndef PLENARY_REGISTRY_TOLD_H
#define PLENARY_REGISTRY_TOLD_H

#include "daemon/registry/answer.h"

enum {
    TOLD_MATCHES_PER_REQUEST = 100, /* of a query with an image */
};

typedef struct ToldList ToldList;

/* The subscribers with their queries resolved. NULL: the arena is full. */
ToldList *told_list(const Question *question);

/* Has this request matched as much as it may? */
bool told_is_enough(const ToldList *self);

/* Adds to the reply who was told of a change. False: the arena is full. */
bool told_add(ToldList *self, const Change *change, Plenary__V1__ChangesReply *reply);

#endif
