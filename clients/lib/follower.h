/*
 * follower - what the programs that react on their own share: their arguments, a mirror, the
 * stream.
 *
 * plenary-notify, plenary-calendar and plenary-report are each a FollowerProgram: a name, some
 * options of its own and up to three reactions. follower_main does what is the same in all: the
 * filters of `plenary list`, --home, --state, --once; a snapshot at the first start and after
 * Resync; the stream after it; a clear line on stderr when the daemon is away and when it is back;
 * signals.
 *
 *   change -> mirror_apply -> hear(before, after)          each change, in order
 *   pause, or many changes -> keep -> mirror_commit        with the note and the position
 *   a person was erased    -> mirror_renew                 when it is quiet, once for many
 *   caught up and quiet    -> settle(mirror)               also once at every start
 *
 * What `keep` made durable is thus never behind the mirror, and mirror and position move as one:
 * killed anywhere, a program hears again what it had not kept, with the same image before it. The
 * note that `keep` gives comes back at the next start: a program that appends to a file finds there
 * how much of it counted. `settle` must give the same bytes for the same mirror.
 *
 * A reaction that fails says why, which is told on stderr. UNAVAILABLE, RESOURCE_EXHAUSTED,
 * DEADLINE_EXCEEDED and INTERNAL pass: `keep` and `settle` are called again after a while; after a
 * failed `hear` the program is ended and begun anew from what is durable. Other codes end it with
 * their exit code, and so does any with --once.
 *
 * One thread. Everything that a reaction is given is lent until it returns.
 */
#ifndef PLENARY_CLIENTS_FOLLOWER_H
#define PLENARY_CLIENTS_FOLLOWER_H

#include "clients/lib/mirror.h"
#include "clients/lib/options.h"
#include "clients/lib/plenary.h"

enum FollowerGroup {
    FOLLOWER_GROUP =
        1 << 2,            /* of the options that all followers have, after those of the filters */
    FOLLOWER_OWN = 1 << 3, /* of the program's own */
};

enum {
    FOLLOWER_BATCH_CHANGES = 1000, /* heard before they are kept */
    FOLLOWER_BATCH_BYTES = 32 * 1024 * 1024,
    FOLLOWER_RETRY_MS = 5000,        /* before what failed is tried again */
    FOLLOWER_SETTLE_EVERY_MS = 1000, /* while changes keep coming */
    FOLLOWER_RENEW_EVERY_MS = 60000, /* of the mirror, likewise */
};

/* An event came into the view, changed in it, or left it. Or a person was erased, which is no news
 * to tell: what a program keeps from before must go. That is heard once without an event, for
 * former images of what is not in the view any more, with their `erasures` for who may see all; and
 * of each event in the view. */
typedef struct FollowerNews {
    uint64_t sequence;    /* of the change; of the snapshot where there is no change */
    const Change *change; /* NULL: found by comparing a fresh snapshot with what was here */
    const Event *before;  /* NULL: it was not in the view */
    const Event *after;   /* NULL: it is not in the view any more */
    bool is_erased;       /* and `before` NULL, for it is not to be told */
} FollowerNews;

typedef struct FollowerNote {
    uint8_t bytes[MIRROR_NOTE_BYTES_MAX];
    size_t size;
} FollowerNote;

/* What a program may use until its `end`. Lent. */
typedef struct FollowerTools {
    const Arguments *arguments;
    const char *state_folder;
    PlenaryClient *client; /* for questions of its own */
    Mirror *mirror;
} FollowerTools;

/* Any of the reactions but `begin` and `end` may be NULL. */
typedef struct FollowerProgram {
    const char *name; /* "plenary-calendar" */
    const char
        *state_name; /* folder under the state folder, where --state says no other: "calendar" */
    const char *summary;   /* one line of the help */
    const char *example;   /* whole command lines, one a line */
    const char *details;   /* further words of the help, or NULL */
    const Option *options; /* of group FOLLOWER_OWN; ends with a row without a name */
    /* One of them, by which the first start hears all changes from the first one, in the place of a
     * snapshot. NULL: there is none. */
    const char *replay_option;
    /* Reads its options; `note` is that of the last commit, of size 0 where there is none.
     * INVALID_ARGUMENT names the option. Where it fails, `end` is not called; where the program is
     * begun anew, it was. */
    StatusCode (*begin)(void *context, const FollowerTools *tools, const FollowerNote *note,
                        Problem *problem);
    StatusCode (*hear)(void *context, const FollowerNews *news, Problem *problem);
    /* How many changes may be heard before `keep`; NULL: FOLLOWER_BATCH_CHANGES, the most. */
    size_t (*batch)(void *context);
    StatusCode (*keep)(void *context, FollowerNote *note, Problem *problem);
    StatusCode (*settle)(void *context, Mirror *mirror, Problem *problem);
    void (*end)(void *context);
} FollowerProgram;

/* Runs it to its end; gives the exit code of the process. */
int follower_main(const FollowerProgram *program, void *context, int argc, char **argv);

#endif
