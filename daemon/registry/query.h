/*
 * query - a question about events, as set algebra over facets.
 *
 * Resolving turns a Query as asked (names, acronyms, aliases, text) into a Resolved one whose
 * terms are facet keys only; it reads the directory. A Resolved is then answered from the views
 * (list, count) or put to a single image (streams): what you can find, you can hear.
 * Everything lives in the arena that is given. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_QUERY_H
#define PLENARY_REGISTRY_QUERY_H

#include "daemon/registry/access.h"
#include "daemon/store/store.h"
#include "proto/facets.h"
#include "proto/status.h"

enum {
    QUERY_VIEW_HASH_BYTES = 16,
    QUERY_PAGE_DEFAULT = 100,
    QUERY_PAGE_MAX = 1000,
    QUERY_PAGE_BYTES_MAX = 2 * 1024 * 1024, /* a page ends early before it grows over this */
};

typedef struct Resolved Resolved;

/* What a query needs to be read and answered. Lent. */
typedef struct QueryContext {
    Views *views;
    Words *words;
    Zones *zones;
    const Caller *caller;
    Arena *arena;
} QueryContext;

/* `query` may be NULL: everything. */
StatusCode query_resolve(const QueryContext *context, const Query *query, Resolved **resolved,
                         Problem *problem);

/* True where it has no terms, text or range: it also hears organisations and principals. */
bool query_is_everything(const Resolved *resolved);

/* Of the resolved terms and the caller's rights. */
void query_hash(const QueryContext *context, const Resolved *resolved,
                uint8_t hash[static QUERY_VIEW_HASH_BYTES]);

/* Does one image match, by the same rules as the index (access is not part of it)? */
bool query_matches(const QueryContext *context, const Resolved *resolved, const Event *event);

/* The number of visible events that match. */
uint64_t query_count(const QueryContext *context, const Resolved *resolved);

/* One page of visible matches as event numbers in the query's order. *next is NULL on the last
 * page, else a token in the arena. A forged or foreign token is INVALID_ARGUMENT. */
StatusCode query_page(const QueryContext *context, const Resolved *resolved, const Page *page,
                      uint32_t **numbers, size_t *count, ProtobufCBinaryData *next, uint64_t *total,
                      Problem *problem);

#endif
