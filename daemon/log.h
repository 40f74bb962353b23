/*
 * log - what happened, for the operator: one line an event, key=value, on one stream.
 *
 * Only the outermost layer logs. Lines carry time, level and event, then pairs; never what a
 * record contains. Loop's thread only.
 */
#ifndef PLENARY_DAEMON_LOG_H
#define PLENARY_DAEMON_LOG_H

#include <stdio.h>

/* name */
#define LOG_LEVELS(X)                                                                              \
    X(ERROR, "error")                                                                              \
    X(WARNING, "warning")                                                                          \
    X(INFO, "info")                                                                                \
    X(DEBUG, "debug")

typedef enum LogLevel {
#define LOG_MEMBER(id, name) LOG_LEVEL_##id,
    LOG_LEVELS(LOG_MEMBER)
#undef LOG_MEMBER
} LogLevel;

typedef struct Log {
    FILE *out;
    LogLevel most; /* further levels are not written */
} Log;

enum {
    LOG_VALUE_SIZE = 512,
};

/* The level called `name`; -1: there is none. */
int log_level_find(const char *name);

/* Writes "time=... level=info event=ready ...". `format` gives the pairs, "" for none. */
void log_write(const Log *self, LogLevel level, const char *event, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A value that may hold anything: quoted, and escaped where it must be. Gives `out`. */
const char *log_quote(const char *value, char out[static LOG_VALUE_SIZE]);

#endif
