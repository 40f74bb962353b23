/*
 * page_token - where the next page of an answer begins, as opaque bytes.
 *
 * A token holds a hash of the question and of the caller's rights, the order, and the place behind
 * which the page before ended: it is refused with any other question. It tells nothing that the
 * caller has not seen. Pure but for the context's arena.
 */
#ifndef PLENARY_REGISTRY_PAGE_TOKEN_H
#define PLENARY_REGISTRY_PAGE_TOKEN_H

#include "daemon/registry/place.h"
#include "daemon/registry/query.h"

/* Pages of what; no token of one kind is one of another. */
typedef enum PageTokenKind {
    PAGE_TOKEN_EVENTS = 0,
    PAGE_TOKEN_INSTANCES = 0x40, /* a bit beside those of the order */
} PageTokenKind;

/* False: the arena is full. */
bool page_token_write(const QueryContext *context, const Resolved *resolved, PageTokenKind kind,
                      const Place *place, ProtobufCBinaryData *token);

/* INVALID_ARGUMENT: it is none of this question's; *place is then untouched. */
StatusCode page_token_read(const QueryContext *context, const Resolved *resolved,
                           PageTokenKind kind, const ProtobufCBinaryData *token, Place *place,
                           Problem *problem);

#endif
