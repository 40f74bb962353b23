/*
 * complain - what went wrong, on standard error, and the exit code that says so.
 *
 * The main thread's. Exit codes are those of the status table (proto/status.h), and these.
 */
#ifndef PLENARY_CLI_COMPLAIN_H
#define PLENARY_CLI_COMPLAIN_H

#include "clients/lib/plenary.h"
#include "proto/status.h"

enum ExitCode {
    CLI_DONE = 0,
    CLI_FAILED = 1,  /* of this machine: a file, memory, an editor */
    CLI_USAGE = 2,   /* unknown verb, kind or option */
    CLI_INVALID = 6, /* a value that is not valid */
};

/* "plenary: ..." and a newline. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, and gives the exit code back. */
int complain_code(int exit_code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Every violation in a line of its own, or else the message. `about` ("file.yaml, record 2") goes
 * before each where it is not NULL. Gives the exit code. */
int complain_problem(const Problem *problem, const char *about);

/* The same of a refusal by the registry, with what can be done about it. */
int complain_status(const Plenary__V1__Status *status, const char *about);

/* What went wrong on this side of the wire. */
int complain_error(const PlenaryError *error);

#endif
