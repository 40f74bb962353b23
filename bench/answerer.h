/*
 * answerer - who answers questions, and what an answer took: Plenary, or a database beside it.
 *
 * A page's time ends when its records can be used: `records_ns` is from asking to a page of
 * unpacked events. `reply_ns` is the part of it until all bytes are there. One thread.
 */
#ifndef PLENARY_BENCH_ANSWERER_H
#define PLENARY_BENCH_ANSWERER_H

#include "bench/question.h"
#include "bench/trouble.h"

typedef struct Answer {
    int64_t reply_ns;
    int64_t records_ns;
    int64_t quickest_ns; /* the same, of all askings the quickest; 0: it is not told */
    int64_t own_ns;      /* as the daemon itself says; 0: it does not say */
    int64_t total_ns;    /* a question of its own for the total; 0: it came with the page */
    uint64_t found;      /* events of the page, or buckets */
    uint64_t total; /* events that match, or of all buckets together; 0 where it was not asked */
    size_t bytes;   /* of the reply, or of the records in it */
} Answer;

typedef bool answerer_ask_fn(void *self, const Question *question, Answer *answer,
                             Trouble *trouble);

typedef struct Answerer {
    const char *name;
    answerer_ask_fn *ask;
    void *self;
} Answerer;

#endif
