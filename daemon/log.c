#include "daemon/log.h"

#include "proto/moment.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

enum {
    PAIRS_SIZE = 2048,
};

static const char *const names[] = {
#define LOG_NAME(id, name) name,
    LOG_LEVELS(LOG_NAME)
#undef LOG_NAME
};

int log_level_find(const char *name)
{
    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++)
        if (strcmp(names[i], name) == 0) return i;
    return -1;
}

void log_write(const Log *self, LogLevel level, const char *event, const char *format, ...)
{
    char time[INSTANT_TEXT_SIZE];
    char pairs[PAIRS_SIZE];
    struct timespec now;
    va_list arguments;
    if (level > self->most) return;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    instant_print((int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000, time);
    va_start(arguments, format);
    (void)vsnprintf(pairs, sizeof pairs, format, arguments);
    va_end(arguments);
    (void)fprintf(self->out, "time=%s level=%s event=%s%s%s\n", time, names[level], event,
                  *pairs ? " " : "", pairs);
    (void)fflush(self->out);
}

const char *log_quote(const char *value, char out[static LOG_VALUE_SIZE])
{
    size_t length = 0;
    out[length++] = '"';
    for (; *value && length < LOG_VALUE_SIZE - 4; value++) {
        if (*value == '"' || *value == '\\') out[length++] = '\\';
        out[length++] = (unsigned char)*value < ' ' ? ' ' : *value;
    }
    out[length++] = '"';
    out[length] = '\0';
    return out;
}
