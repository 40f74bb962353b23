/*
 * explain - how a question was answered, as its reply tells it.
 *
 * What is told is what sets_answer and page_answer have written into the context's report: sizes
 * of visible events only, and where bitmaps lie for those who see all. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_EXPLAIN_H
#define PLENARY_REGISTRY_EXPLAIN_H

#include "daemon/registry/sets.h"

/* For SetReport.started_us. */
int64_t explain_now_us(const State *state);

/* The context's report, in its arena. False: the arena is full. */
bool explain_report(const QueryContext *context, Plenary__V1__Explanation **explanation);

#endif
