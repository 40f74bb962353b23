/*
 * stream - the state of one subscription.
 *
 * Owned by streams; memory of the resolved query lies in the stream's own arena. Loop's thread.
 */
#ifndef PLENARY_BUS_STREAM_H
#define PLENARY_BUS_STREAM_H

#include "daemon/bus/router.h"
#include "daemon/bus/telling.h"
#include "daemon/registry/registry.h"

enum {
    STREAM_DIGEST_PREFIX_BYTES = 8,
};

typedef struct Stream {
    Peer peer;
    uint32_t number; /* chosen by the client */
    Arena *arena;
    Listener listener;
    uint8_t view_hash[QUERY_VIEW_HASH_BYTES];
    uint64_t position;     /* the last change that was read */
    uint64_t caught_up_at; /* the journal's end at the subscription */
    bool caught_up;
    uint64_t credit_messages;
    uint64_t credit_bytes;
    int64_t said_ms;       /* when something was last sent */
    int64_t heard_ms;      /* when the client last said something */
    int64_t wait_until_ms; /* its peer's queue was full */
} Stream;

/* A cursor with the memory that it points to. */
typedef struct StreamCursor {
    Cursor cursor;
    uint8_t digest[JOURNAL_DIGEST_BYTES];
} StreamCursor;

/* Makes a stream of a valid subscription at its start. Code OK and *resync set: the cursor does
 * not fit, and there is no stream. `resync` is static text. */
StatusCode stream_new(Registry *registry, const Peer *peer, const Caller *caller,
                      const Subscribe *subscribe, int64_t now_ms, Stream **stream,
                      const char **resync, Problem *problem);
void stream_destroy(Stream **self);

/* Adds credit, up to the bounds. */
void stream_add_credit(Stream *self, uint32_t messages, uint64_t bytes);

/* The cursor of this stream at a sequence. */
void stream_cursor(const Stream *self, Registry *registry, uint64_t sequence, StreamCursor *out);

/* The cursor of the journal's end, for who has no stream. */
void stream_head_cursor(Registry *registry, StreamCursor *out);

#endif
