/*
 * execute - runs a shell command with a text on its standard input, for a bounded time.
 *
 * The text lies in a file without a name, so that neither side can block the other. The child
 * gets the default signals. Main thread.
 */
#ifndef PLENARY_CLIENTS_EXECUTE_H
#define PLENARY_CLIENTS_EXECUTE_H

#include <stdbool.h>
#include <stddef.h>

enum {
    EXECUTE_TIMEOUT_MS = 60 * 1000,
    EXECUTE_REASON_SIZE = 160,
};

/* True where it ended with 0. False: `reason` says why not; after the time it is killed. */
bool execute(const char *command, const char *text, size_t length,
             char reason[static EXECUTE_REASON_SIZE]);

#endif
