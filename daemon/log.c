#include "daemon/log.h"

#include "proto/moment.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

static const char *level_name(LogLevel level)
{
    switch (level) {
    case LOG_LEVEL_INFO: return "info";
    case LOG_LEVEL_WARNING: return "warning";
    case LOG_LEVEL_ERROR: return "error";
    }
    return "unknown";
}

/* One character is kept for the newline. */
static void add_bytes(LogLine *line, const char *bytes, size_t length)
{
    size_t room = LOG_LINE_SIZE - 1 - line->length;
    if (length > room) length = room;
    memcpy(line->text + line->length, bytes, length);
    line->length += length;
}

static void add(LogLine *line, const char *text)
{
    add_bytes(line, text, strlen(text));
}

static bool is_plain(const char *value)
{
    if (!*value) return false;
    for (const char *at = value; *at; at++)
        if ((unsigned char)*at <= ' ' || *at == '"' || *at == '\\' || *at == '=' || *at == 0x7F)
            return false;
    return true;
}

static void add_quoted(LogLine *line, const char *value)
{
    add(line, "\"");
    for (const char *at = value; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        char escaped[8];
        if (byte < ' ' || byte == 0x7F) {
            (void)snprintf(escaped, sizeof escaped, "\\x%02x", byte);
            add(line, escaped);
        } else {
            if (byte == '"' || byte == '\\') add(line, "\\");
            add_bytes(line, at, 1);
        }
    }
    add(line, "\"");
}

void log_begin(LogLine *line, int64_t time_us, LogLevel level, const char *event)
{
    char time[INSTANT_TEXT_SIZE];
    line->length = 0;
    instant_print(time_us, time);
    add(line, "time=");
    add(line, time);
    log_text(line, "level", level_name(level));
    log_text(line, "event", event);
}

void log_text(LogLine *line, const char *key, const char *value)
{
    add(line, " ");
    add(line, key);
    add(line, "=");
    if (is_plain(value))
        add(line, value);
    else
        add_quoted(line, value);
}

void log_number(LogLine *line, const char *key, int64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, value);
    log_text(line, key, text);
}

void log_end(LogLine *line, FILE *stream)
{
    line->text[line->length++] = '\n';
    (void)fwrite(line->text, 1, line->length, stream);
    (void)fflush(stream);
}
