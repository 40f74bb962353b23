#include "clients/cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    PROGRESS_AFTER_MS = 1000,
    PROGRESS_EVERY_MS = 100,
    PROGRESS_BAR = 30, /* columns */
};

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

Progress progress_start(const char *what, uint64_t total)
{
    return (Progress){
        .what = what, .total = total, .start_ms = now_ms(), .wanted = isatty(STDERR_FILENO)};
}

void progress_show(Progress *self, uint64_t done)
{
    char bar[PROGRESS_BAR + 1];
    if (!self->wanted) return;
    int64_t now = now_ms();
    if (now - self->start_ms < PROGRESS_AFTER_MS || now - self->shown_ms < PROGRESS_EVERY_MS)
        return;
    self->shown_ms = now;
    uint64_t total = self->total > done ? self->total : done;
    size_t full = total ? (size_t)(done * PROGRESS_BAR / total) : 0;
    memset(bar, '#', full);
    memset(bar + full, '.', PROGRESS_BAR - full);
    bar[PROGRESS_BAR] = '\0';
    uint64_t rate = done * 1000 / (uint64_t)(now - self->start_ms);
    (void)fprintf(stderr, "\r[%s] %" PRIu64 " of %" PRIu64 " %s, %" PRIu64 "/s\033[K", bar, done,
                  total, self->what, rate);
}

void progress_end(Progress *self)
{
    if (self->shown_ms) (void)fputs("\r\033[K", stderr);
    self->shown_ms = 0;
}
