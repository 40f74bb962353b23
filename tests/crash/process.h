/*
 * process - a plenaryd in a home of its own, to be started, killed and asked.
 *
 * Programs are found by the environment: PLENARYD names the daemon. Whatever goes wrong here ends
 * the test with a message and exit code 1; the home stays for looking at.
 */
#ifndef PLENARY_TESTS_CRASH_PROCESS_H
#define PLENARY_TESTS_CRASH_PROCESS_H

#include "clients/lib/plenary.h"

#include <stdint.h>
#include <stdnoreturn.h>
#include <sys/types.h>

enum {
    PROCESS_READY_MS = 30000, /* under sanitizers and load */
    PROCESS_PATH_SIZE = 128,
};

typedef struct Process {
    char home[PROCESS_PATH_SIZE];
    pid_t pid; /* 0: not running */
} Process;

noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Shows the end of HOME/NAME.log before the failure. */
noreturn void fail_of(const Process *self, const char *name, const char *what);

uint64_t now_ms(void);
void sleep_ms(uint64_t ms);

/* A fresh home. `config` is the text of its plenaryd.zpl, or NULL. */
void process_home(Process *self, const char *config);

/* Starts `path` with `arguments` (NULL at the end); output goes to HOME/NAME.log. */
pid_t process_run(const Process *self, const char *name, const char *path,
                  const char *const *arguments);

/* Starts plenaryd; does not wait until it answers. */
void process_start(Process *self);

/* Waits until it answers. */
void process_ready(Process *self);

/* kill -9, and waits for the end. */
void process_kill(Process *self);

/* Asks it to stop and waits; anything but exit code 0 fails the test. */
void process_stop(Process *self);

/* `plenaryd --check` finds nothing. The daemon is not running. */
void process_check(const Process *self);

/* Removes the home. */
void process_forget(Process *self);

#endif
