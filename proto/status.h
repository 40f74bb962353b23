/*
 * status - the one set of outcomes, for code, wire, log and exit code.
 *
 * A function that can fail returns a StatusCode and, where a person can act on it, fills the
 * Problem that its caller lends it. Problems are plain memory of a fixed size: they need no
 * cleanup, may be copied, and may be used by any thread that owns them.
 */
#ifndef PLENARY_PROTO_STATUS_H
#define PLENARY_PROTO_STATUS_H

#include "proto/contract.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* name (as in gRPC), exit code of the command line */
#define STATUS_TABLE(X)                                                                            \
    X(OK, 0)                                                                                       \
    X(INVALID_ARGUMENT, 6)                                                                         \
    X(DEADLINE_EXCEEDED, 7)                                                                        \
    X(NOT_FOUND, 3)                                                                                \
    X(ALREADY_EXISTS, 5)                                                                           \
    X(PERMISSION_DENIED, 4)                                                                        \
    X(RESOURCE_EXHAUSTED, 7)                                                                       \
    X(FAILED_PRECONDITION, 6)                                                                      \
    X(ABORTED, 5)                                                                                  \
    X(INTERNAL, 1)                                                                                 \
    X(UNAVAILABLE, 7)                                                                              \
    X(UNAUTHENTICATED, 4)

typedef enum StatusCode {
#define STATUS_MEMBER(name, exit_code) STATUS_##name = PLENARY__V1__STATUS_CODE__##name,
    STATUS_TABLE(STATUS_MEMBER)
#undef STATUS_MEMBER
} StatusCode;

enum {
    PROBLEM_VIOLATIONS_MAX = 16, /* further ones are counted in the message, not kept */
    PROBLEM_FIELD_SIZE = 96,
    PROBLEM_MESSAGE_SIZE = 320,
};

/* A field that is not as it must be, and why. */
typedef struct Violation {
    char field[PROBLEM_FIELD_SIZE];
    char message[PROBLEM_MESSAGE_SIZE];
} Violation;

typedef struct Problem {
    StatusCode code;
    uint32_t retry_after_ms; /* 0: no advice */
    size_t violation_count;  /* of those kept */
    size_t violations_more;  /* of those not kept */
    char message[PROBLEM_MESSAGE_SIZE];
    Violation violations[PROBLEM_VIOLATIONS_MAX];
} Problem;

/* "INVALID_ARGUMENT"; "UNKNOWN" for a number that is none of ours. Static. */
const char *status_name(StatusCode code);

/* Exit code of the command line; 1 for a number that is none of ours. */
int status_exit_code(StatusCode code);

/* Makes `problem` empty: OK, no message, no violations. */
void problem_clear(Problem *problem);

/* Sets code and message; violations stay. Returns `code`, so that callers can return the call.
 * A message too long is cut between UTF-8 characters; what is no valid UTF-8 in it, or a control
 * character, becomes '?', whatever the arguments were. */
StatusCode problem_set(Problem *problem, StatusCode code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a violation and sets code INVALID_ARGUMENT; the first one also becomes the message,
 * "field: message" (without a field, for what concerns the whole, the message alone). Those over
 * PROBLEM_VIOLATIONS_MAX are counted after it: " (and 3 more)". Always returns
 * STATUS_INVALID_ARGUMENT. */
StatusCode problem_violation(Problem *problem, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As many more violations, of which nothing is kept but that they are; one that is kept follows. */
void problem_count_more(Problem *problem, size_t count);

/* A problem as it goes over the wire, with the memory that the message points to. Texts are lent
 * by the problem. */
typedef struct StatusMessage {
    Plenary__V1__Status status;
    Plenary__V1__Violation violations[PROBLEM_VIOLATIONS_MAX];
    Plenary__V1__Violation *pointers[PROBLEM_VIOLATIONS_MAX];
} StatusMessage;

void problem_to_message(const Problem *problem, StatusMessage *message);

#endif
