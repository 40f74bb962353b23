/*
 * buckets - how many events of an answer have each value of a facet.
 *
 * One page of buckets, in the order of the facet's keys, none of them empty: what has no event that
 * the caller may see is not told, nor is its name in a token. An organisation is counted once,
 * under its id, by whatever of its names events know it; its parts are counted apart. The work for
 * one page is bounded: it may come back short, even empty, with a token to go on. For those who see
 * only a part it stops only at a bucket that they see. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_BUCKETS_H
#define PLENARY_REGISTRY_BUCKETS_H

#include "daemon/registry/query.h"

enum {
    BUCKETS_DEFAULT = 1000, /* of one page */
    BUCKETS_MAX = 1000,
    BUCKETS_KEYS_MAX = 2048,      /* of the facet, looked at for one page */
    BUCKETS_EVENTS_MAX = 2000000, /* in what these keys hold */
};

typedef struct BucketQuestion {
    const QueryContext *context;
    const Resolved *resolved;
    const roaring_bitmap_t *set; /* its answer */
    Facet facet;                 /* one of FACETS_COUNTED */
    const Page *page;            /* or NULL */
} BucketQuestion;

/* All in the context's arena. */
typedef struct BucketPage {
    Plenary__V1__Bucket **buckets;
    size_t count;
    ProtobufCBinaryData next; /* token; length 0: there are no more */
} BucketPage;

/* PERMISSION_DENIED: a facet that the caller may not ask for. INVALID_ARGUMENT: the token is not
 * one of this question's. */
StatusCode buckets_answer(const BucketQuestion *question, BucketPage *page, Problem *problem);

#endif
