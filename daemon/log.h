/*
 * log - one line for each thing that happened: key=value, lower case, to one stream.
 *
 *   time=2022-03-03T09:00:00.000000Z level=info event=ready version=0.1.0
 *
 * A line is begun, given its fields, and written whole. Values are quoted where they need it, and
 * cut where they are too long. Only the daemon's outermost layer logs, and never what a record
 * says. One thread.
 */
#ifndef PLENARY_DAEMON_LOG_H
#define PLENARY_DAEMON_LOG_H

#include <stdint.h>
#include <stdio.h>

enum {
    LOG_LINE_SIZE = 1024,
};

typedef enum LogLevel {
    LOG_LEVEL_INFO,
    LOG_LEVEL_WARNING,
    LOG_LEVEL_ERROR,
} LogLevel;

typedef struct LogLine {
    char text[LOG_LINE_SIZE];
    size_t length;
} LogLine;

/* `time_us` since 1970. `event` says what happened ("disk full"). */
void log_begin(LogLine *line, int64_t time_us, LogLevel level, const char *event);

void log_text(LogLine *line, const char *key, const char *value);
void log_number(LogLine *line, const char *key, int64_t value);

/* Writes the line, newline included, in one go. */
void log_end(LogLine *line, FILE *stream);

#endif
