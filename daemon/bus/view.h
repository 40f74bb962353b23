/*
 * view - what one subscriber hears: a query, resolved, the rights of who asks, and whether it
 * hears the directory too.
 *
 * Streams with the same hash hear the same, byte for byte. A view lives in the arena that it was
 * made in. Loop's thread only.
 */
#ifndef PLENARY_DAEMON_BUS_VIEW_H
#define PLENARY_DAEMON_BUS_VIEW_H

#include "daemon/registry/query.h"

typedef struct View {
    Caller caller; /* with strings of its own */
    Resolved *resolved;
    bool is_everything;   /* no terms: hears every kind of record */
    bool hears_directory; /* the organisations, as `is_everything` does too */
    bool sees_all;
    uint8_t hash[QUERY_VIEW_HASH_BYTES];
} View;

/* `query` is valid, or NULL: everything. `directory`: whatever the query, the organisations too. */
StatusCode view_make(State *state, const Caller *caller, const Query *query, bool directory,
                     Arena *arena, View *view, Problem *problem);

bool view_equal(const View *one, const View *other);

#endif
