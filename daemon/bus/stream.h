/*
 * stream - one subscription: what it hears, how far it is, how much it may be sent.
 *
 * Plain state and its small rules; daemon/bus/streams.h owns the streams, their socket and their
 * turns. Loop's thread only.
 */
#ifndef PLENARY_DAEMON_BUS_STREAM_H
#define PLENARY_DAEMON_BUS_STREAM_H

#include "daemon/bus/credit.h"
#include "daemon/bus/limits.h"
#include "daemon/bus/peer.h"
#include "daemon/bus/view.h"
#include "daemon/registry/registry.h"

typedef struct Stream {
    Peer peer; /* its id is with `number` the key */
    uint32_t number;
    char name[STREAMS_NAME_BYTES + 1]; /* of a named subscriber, or "" */
    uint8_t *query;                    /* packed, to be resolved again; NULL: everything */
    size_t query_bytes;
    Arena *arena; /* of the view */
    View view;
    bool is_stale;         /* the view is of before a change of the directory or of rights */
    bool is_misfit;        /* the query means something else than when it subscribed: to be ended */
    bool has_other_rights; /* why it is a misfit */
    bool is_ended;         /* to be swept up */
    uint64_t position;     /* everything up to this change has been looked at and sent */
    uint64_t caught_up_at; /* the last change when it subscribed */
    bool is_caught_up;     /* and this was said */
    uint64_t acknowledged; /* as the subscriber said */
    StreamCredit credit;
    int64_t lease_until_ms;
    int64_t said_ms;  /* when something was last sent */
    int64_t retry_ms; /* not before: its queue was full */
    int64_t back_off_ms;
} Stream;

/* A stream of the caller's connection that stands where the subscription wants it. *misfit is set,
 * and no stream given, where the cursor does not fit: *view (in `arena`) then says what it would
 * have heard. */
StatusCode stream_new(Registry *registry, const Peer *peer, const Caller *caller,
                      const Subscribe *subscribe, Arena *arena, Stream **stream,
                      const char **misfit, View *view, Problem *problem);

void stream_destroy(Stream **self);

/* After principals have changed: has who hears it the same rights still? With others it is a
 * misfit, and its view is made anew by stream_refresh. UNAUTHENTICATED: nothing more may be sent.
 */
StatusCode stream_renew(Stream *self, const Principals *principals, Problem *problem);

/* Resolves the query anew after the directory or the rights have changed, and takes the new view
 * where it means something else now; the stream is then a misfit, and so it is where that cannot be
 * told. */
void stream_refresh(Stream *self, State *state);

/* May something be sent to it, as far as credit goes? */
bool stream_may_be_sent(const Stream *self, int64_t all_away);

/* For a hash table of streams by their key. */
unsigned stream_hash(const void *stream);
int stream_equal(const void *one, const void *other);

#endif
