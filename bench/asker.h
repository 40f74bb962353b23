/*
 * asker - puts questions to a plenaryd, as a client would.
 *
 * Each question goes out for the reply's bytes, unpacked by nobody; through libplenary, unpacked,
 * once or several times; and with the wish to explain, for the daemon's own time. What is measured
 * so stays what a client of the library has. One thread.
 */
#ifndef PLENARY_BENCH_ASKER_H
#define PLENARY_BENCH_ASKER_H

#include "bench/answerer.h"

typedef struct Asker Asker;

enum {
    ASKER_ROUNDS = 3, /* the quickest of so many is what a question costs, less a bad moment */
};

/* `rounds` for the records. NULL with the trouble: no memory or sockets are left. */
Asker *asker_new(const char *home, int rounds, Trouble *trouble);
void asker_destroy(Asker **self);

/* An answerer_ask_fn. */
bool asker_ask(void *self, const Question *question, Answer *answer, Trouble *trouble);

#endif
