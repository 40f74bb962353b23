/*
 * remember - keeps what is known of named subscribers from one run of the daemon to the next.
 *
 * A note in the data folder (SubscribersNote), written now and then and at a clean stop. It is best
 * effort: after a crash it is a few seconds old, and where it is not of this journal (a restored
 * one) or cannot be read, nothing is known yet. Loop's thread only.
 */
#ifndef PLENARY_DAEMON_REMEMBER_H
#define PLENARY_DAEMON_REMEMBER_H

#include "daemon/registry/registry.h"

enum {
    REMEMBER_EVERY_MS = 5000,
};

/* What was written last; all zero at first. */
typedef struct Remember {
    uint64_t version;
    int64_t written_ms;
} Remember;

/* Gives back to the registry what the note says. */
void remember_read(Remember *self, Registry *registry, const char *folder);

/* Writes the note where there is something new, and it is time or `now`. `now_ms` is of any clock
 * that does not jump. */
void remember_write(Remember *self, Registry *registry, const char *folder, int64_t now_ms,
                    bool now);

#endif
