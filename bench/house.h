/*
 * house - the private folder that a run lives in, and the plenaryd that it starts there.
 *
 * The folder is on a real disk, never in memory: a durable commit must cost what it costs. The
 * daemon is a child of this process; house_leave ends it and removes the folder, unless the folder
 * was given to be kept.
 */
#ifndef PLENARY_BENCH_HOUSE_H
#define PLENARY_BENCH_HOUSE_H

#include "bench/trouble.h"

#include <stdint.h>
#include <sys/types.h>

enum {
    HOUSE_PATH_SIZE = 512,
    HOUSE_TYPE_SIZE = 32,
    HOUSE_START_TIMEOUT_MS = 120000,
    HOUSE_STOP_TIMEOUT_MS = 60000,
};

typedef struct House {
    char home[HOUSE_PATH_SIZE];
    char program[HOUSE_PATH_SIZE];
    char file_system[HOUSE_TYPE_SIZE]; /* "ext4" */
    pid_t daemon;                      /* 0: none runs */
    bool kept;                         /* the folder stays */
} House;

/* Makes a folder within `parent` (NULL: $TMPDIR, else /var/tmp) and finds plenaryd: `program`,
 * else beside this program, else in PATH. */
bool house_enter(House *self, const char *parent, const char *program, Trouble *trouble);

/* The same with `folder` itself, which is made where it is not there, and kept. */
bool house_enter_kept(House *self, const char *folder, const char *program, Trouble *trouble);

/* Kills a daemon that still runs, removes the folder. */
void house_leave(House *self);

/* Starts plenaryd and waits until it answers; *took_ms is the time from its start on. */
bool house_start(House *self, double *took_ms, Trouble *trouble);

/* Ends it in order (SIGTERM), or at once as a power cut would (SIGKILL). */
bool house_stop(House *self, Trouble *trouble);
bool house_kill(House *self, Trouble *trouble);

/* Empties and removes a folder with all that is in it. */
void house_remove(const char *folder);

/* Bytes on disk of everything within the folder `name` of the daemon's data. */
uint64_t house_bytes(const House *self, const char *name);

/* Resident memory of the daemon. */
uint64_t house_resident_bytes(const House *self);

#endif
