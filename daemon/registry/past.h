/*
 * past - lists of events as they were known at a time.
 *
 * An event that has not changed since is answered from the views, as ever. Of one that has, the
 * image of that time is read from the journal and matched, some images in each request, so that no
 * request holds the loop; what was found is kept, within bounds, for the requests that follow. A
 * page is therefore empty, with a token to go on, until all of those images have been looked at.
 *
 * What replaced an instance of a series then is looked at as well, where it has changed since.
 *
 * Names of organisations and of events in the query mean what they mean now. An image is shown
 * where its own handling and the record's present one allow. Loop's thread only, with a snapshot.
 */
#ifndef PLENARY_REGISTRY_PAST_H
#define PLENARY_REGISTRY_PAST_H

#include "daemon/registry/page.h"

enum {
    PAST_ANSWERS = 4,                      /* kept at a time */
    PAST_IMAGES_PER_REQUEST = 50,          /* read and matched */
    PAST_BYTES_PER_REQUEST = 256 * 1024,   /* of those images */
    PAST_EVENTS_PER_REQUEST = 1024 * 1024, /* asked whether they have changed since */
    PAST_IDLE_REQUESTS = 64,               /* of others; then an unfinished answer makes room */
    PAST_SCRATCH_BYTES = 64 * 1024 * 1024, /* of one image, unpacked */
    PAST_RETRY_AFTER_MS = 500,
};

typedef struct Past Past;

/* NULL: no memory. */
Past *past_new(void);
void past_destroy(Past **self);

/* An event has changed: what was kept of it is to be looked at again. By apply; takes NULL. */
void past_changed(Past *self, uint32_t number);

/* The last change that was made at that time or before, by halving: times never run back. 0: there
 * was none. */
uint64_t past_sequence(State *state, int64_t time_us);

/* The revision that a change, or the last one before it, gave an event that is now at `last`. 0:
 * it was not there yet. */
uint32_t past_revision(State *state, uint32_t number, uint32_t last, uint64_t sequence);

/* A question, and the time that it is about. */
typedef struct PastQuestion {
    const QueryContext *context;
    const Resolved *resolved; /* not by relevance, which a valid request does not ask of the past */
    int64_t time_us;
    const Page *page; /* may be NULL */
} PastQuestion;

/* *page says by `sequences` which images are meant; `is_partial`: it is empty, and only tells to
 * go on. INVALID_ARGUMENT: the token is none of this question's. RESOURCE_EXHAUSTED: too many such
 * questions are asked at once, or too much that matches has changed since. */
StatusCode past_answer(const PastQuestion *question, EventPage *page, Problem *problem);

/* The token of the page that begins behind one of this page's events. False: the arena is full. */
bool past_token_after(const PastQuestion *question, const EventPage *page, size_t index,
                      ProtobufCBinaryData *token);

#endif
