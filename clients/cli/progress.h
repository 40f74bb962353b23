/*
 * progress - a bar on standard error for what takes over a second.
 *
 * Nothing is shown where standard error is no terminal. Main thread; cannot fail.
 */
#ifndef PLENARY_CLI_PROGRESS_H
#define PLENARY_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Progress {
    const char *what; /* static: "records" */
    uint64_t total;   /* 0: not known */
    int64_t start_ms;
    int64_t shown_ms; /* 0: not yet */
    bool wanted;
} Progress;

Progress progress_start(const char *what, uint64_t total);

/* Cheap; draws at most ten times a second. */
void progress_show(Progress *self, uint64_t done);

/* Takes the bar away. */
void progress_end(Progress *self);

#endif
