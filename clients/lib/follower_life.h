/*
 * follower_life - one life of a follower: from what lies in the state folder until the program is
 * to end, or something failed that only a fresh start from the folder mends.
 *
 * follower.c reads the command line and lives life after life. Internal to the two. One thread.
 */
#ifndef PLENARY_CLIENTS_FOLLOWER_LIFE_H
#define PLENARY_CLIENTS_FOLLOWER_LIFE_H

#include "clients/lib/follower.h"

#include <stdbool.h>

/* What was asked for; lent to every life. */
typedef struct FollowerPlan {
    const FollowerProgram *program;
    void *context; /* of its reactions */
    const Arguments *arguments;
    const Query *query; /* NULL: everything */
    const char *state_folder;
    bool mirror_is_gone; /* the program was here before, and its mirror is not there any more */
    bool once;
    bool replays; /* starts with the first change, not with a snapshot */
    PlenaryOptions connection;
    int signals; /* signalfd of those that ask to end */
} FollowerPlan;

/* Lives. OK: it came to the end that was asked for. Other codes: why it cannot go on; what was not
 * committed is dropped, and the next life does it again. */
StatusCode life_run(const FollowerPlan *plan, Problem *problem);

/* Some failures pass: the disk is full, the registry is busy. Others do not. */
bool life_may_go_on(StatusCode code);

/* Waits so long. True: it is asked to end. */
bool life_pause(const FollowerPlan *plan, int wait_ms);

/* "plenary-notify: ..." and a newline, on standard error. */
void life_say(const FollowerPlan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
