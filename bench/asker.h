/*
 * asker - puts questions to a plenaryd, as a client would.
 *
 * Each question goes out three times: for the reply's bytes, unpacked by nobody; through
 * libplenary, unpacked; and with the wish to explain, for the daemon's own time. What is measured
 * so stays what a client of the library has. One thread.
 */
#ifndef PLENARY_BENCH_ASKER_H
#define PLENARY_BENCH_ASKER_H

#include "bench/answerer.h"

typedef struct Asker Asker;

/* NULL with the trouble: no memory or sockets are left. */
Asker *asker_new(const char *home, Trouble *trouble);
void asker_destroy(Asker **self);

/* An answerer_ask_fn. */
bool asker_ask(void *self, const Question *question, Answer *answer, Trouble *trouble);

#endif
