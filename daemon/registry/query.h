/*
 * query - a question about events, as set algebra over facets.
 *
 * Resolving turns a Query as asked (names, acronyms, aliases, text) into a Resolved one whose
 * terms are facet keys only; it reads the directory. A Resolved is then answered from the views
 * (daemon/registry/page.h) or put to a single image (streams), by the same rules: what you can
 * find, you can hear. Everything lives in the arena that is given. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_QUERY_H
#define PLENARY_REGISTRY_QUERY_H

#include "daemon/registry/phrase.h"
#include "daemon/registry/state.h"
#include "daemon/registry/term.h"
#include "proto/facets.h"
#include "proto/status.h"

enum {
    QUERY_VIEW_HASH_BYTES = 16,
    QUERY_WORDS_MAX = 64, /* of one text */
};

/* What a query needs to be read and answered. Lent. */
typedef struct QueryContext {
    State *state;
    const Caller *caller;
    Arena *arena;
    struct SetReport *report; /* filled as the answer is made (daemon/registry/sets.h); or NULL */

    /* Which instances of a series are replaced, for query_matches alone; NULL: none is. */
    instance_replaced_fn *is_replaced;
    void *replaced_context;
} QueryContext;

/* A stretch of local time, half open; an event that touches it matches. */
typedef struct LocalRange {
    int64_t from_s;
    int64_t to_s;
} LocalRange;

typedef struct Resolved {
    size_t term_count;
    ResolvedTerm *terms; /* all must hold */
    size_t slot_count;   /* of the terms and of the words of their ways */
    size_t phrase_count;
    Phrase *phrases; /* all must hold, or, negated, none */
    FacetMask mask;  /* of the facets that the terms are about */
    bool has_range;
    LocalRange range;
    Plenary__V1__Query__Order order;
    bool descending;
} Resolved;

/* `query` is valid (validate_query), or NULL: everything. PERMISSION_DENIED: it asks for a facet
 * that the caller may not ask for. */
StatusCode query_resolve(const QueryContext *context, const Query *query, Resolved **resolved,
                         Problem *problem);

/* True where it has no terms, text or range: it also hears organisations and principals. */
bool query_is_everything(const Resolved *resolved);

/* Of the resolved terms, the range and the caller's rights; not of the order. */
void query_hash(const QueryContext *context, const Resolved *resolved,
                uint8_t hash[static QUERY_VIEW_HASH_BYTES]);

/* Does one image match, by the same rules as the index (access is not part of it)? Of a series an
 * instance has to touch the range. */
bool query_matches(const QueryContext *context, const Resolved *resolved, const Event *event);

/* The part of it that the index cannot tell: are the words of its phrases, or of those negated
 * not, one after the other? */
bool query_has_phrases(const QueryContext *context, const Resolved *resolved, const Event *event);

/* The local second as a moment, within the years that there are. */
Moment query_clamp(int64_t local_s);

/* Does an event that lies there touch the range? One without length counts as a second long. */
bool query_touches(const LocalRange *range, int64_t local_start_s, int64_t local_end_s);

#endif
