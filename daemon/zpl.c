#include "daemon/zpl.h"

#include <czmq.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum {
    INDENT = 4,
    LINE_SIZE = 8192,
};

struct Zpl {
    zconfig_t *tree;
    size_t count;
    ZplEntry entries[ZPL_ENTRIES_MAX];
};

/* Where the reading stands. */
typedef struct Reading {
    Zpl *zpl;
    unsigned line;
    size_t depth;                      /* of the entry before */
    char path[ZPL_PATH_SIZE];          /* of the entry before */
    size_t lengths[ZPL_DEPTH_MAX + 1]; /* of its path up to each depth */
    Problem *problem;
} Reading;

#define REFUSE(reading, ...) refuse((reading)->problem, (reading)->line, __VA_ARGS__)

static StatusCode refuse(Problem *problem, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static StatusCode refuse(Problem *problem, unsigned line, const char *format, ...)
{
    char text[PROBLEM_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return problem_set(problem, STATUS_INVALID_ARGUMENT, "line %u: %s", line, text);
}

static bool is_name(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_';
}

static StatusCode check_value(const Reading *reading, const char *value)
{
    char quote = *value;
    if (quote == '"' || quote == '\'') {
        const char *end = strchr(value + 1, quote);
        if (!end) return REFUSE(reading, "a quote is not closed");
        if (end[1 + strspn(end + 1, " ")])
            return REFUSE(reading, "something follows the closing quote");
        return STATUS_OK;
    }
    if (!quote) return REFUSE(reading, "there is no value after the \"=\"");
    if (strchr(value, '#'))
        return REFUSE(reading, "quote a value that has a \"#\", or put the comment in a line of "
                               "its own");
    if (strpbrk(value, "\"'")) return REFUSE(reading, "a quote is amid the value");
    return STATUS_OK;
}

static StatusCode add_entry(Reading *reading, size_t depth, const char *name, size_t length,
                            bool has_value)
{
    Zpl *zpl = reading->zpl;
    size_t base = depth ? reading->lengths[depth - 1] : 0;
    if (zpl->count == ZPL_ENTRIES_MAX)
        return REFUSE(reading, "there are more than %d entries", ZPL_ENTRIES_MAX);
    if (base + 1 + length >= ZPL_PATH_SIZE) return REFUSE(reading, "the name is too long");
    if (depth) reading->path[base++] = '/';
    memcpy(reading->path + base, name, length);
    reading->path[base + length] = '\0';
    reading->lengths[depth] = base + length;
    reading->depth = depth + (has_value ? 0 : 1); /* only a section may have something below */
    for (size_t i = 0; i < zpl->count; i++)
        if (strcmp(zpl->entries[i].path, reading->path) == 0)
            return REFUSE(reading, "%s was there before, in line %u", reading->path,
                          zpl->entries[i].line);
    ZplEntry *entry = &zpl->entries[zpl->count++];
    *entry = (ZplEntry){.line = reading->line, .value = has_value ? "" : NULL};
    memcpy(entry->path, reading->path, sizeof entry->path);
    return STATUS_OK;
}

static StatusCode check_line(Reading *reading, const char *line)
{
    for (const char *at = line; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            return REFUSE(reading, "there is a tab or another control character");
    size_t indent = strspn(line, " ");
    const char *name = line + indent;
    if (!*name || *name == '#') return STATUS_OK;
    if (indent % INDENT) return REFUSE(reading, "indent by %d spaces a level", INDENT);
    size_t depth = indent / INDENT;
    if (depth > reading->depth || depth > ZPL_DEPTH_MAX)
        return REFUSE(reading, "it is indented too far");
    size_t length = 0;
    while (is_name(name[length]))
        length++;
    if (length == 0) return REFUSE(reading, "a name has only lower-case letters, digits and \"_\"");
    const char *rest = name + length + strspn(name + length, " ");
    bool has_value = *rest == '=';
    if (!has_value && *rest) return REFUSE(reading, "\"=\" is missing after the name");
    if (has_value && check_value(reading, rest + 1 + strspn(rest + 1, " ")) != STATUS_OK)
        return reading->problem->code;
    return add_entry(reading, depth, name, length, has_value);
}

static StatusCode check_lines(Reading *reading, const char *text)
{
    char line[LINE_SIZE];
    while (*text) {
        size_t length = strcspn(text, "\n");
        reading->line++;
        if (length >= sizeof line) return REFUSE(reading, "it is too long");
        memcpy(line, text, length);
        line[length] = '\0';
        StatusCode code = check_line(reading, line);
        if (code != STATUS_OK) return code;
        text += length + (text[length] == '\n');
    }
    return STATUS_OK;
}

/* zconfig's own reading gives the values. */
static StatusCode take_values(Zpl *zpl, const char *text, Problem *problem)
{
    zpl->tree = zconfig_str_load(text);
    if (!zpl->tree && zpl->count == 0) return STATUS_OK;
    for (size_t i = 0; i < zpl->count; i++) {
        ZplEntry *entry = &zpl->entries[i];
        zconfig_t *item = zpl->tree ? zconfig_locate(zpl->tree, entry->path) : NULL;
        if (!item) return refuse(problem, entry->line, "%s cannot be read", entry->path);
        if (entry->value) entry->value = zconfig_value(item);
    }
    return STATUS_OK;
}

StatusCode zpl_read(const char *text, size_t size, Zpl **self, Problem *problem)
{
    if (strlen(text) != size || !g_utf8_validate(text, (gssize)size, NULL))
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "it is not UTF-8 text");
    Zpl *made = calloc(1, sizeof *made);
    if (!made) return problem_set(problem, STATUS_INTERNAL, "no memory");
    Reading reading = {.zpl = made, .problem = problem};
    StatusCode code = check_lines(&reading, text);
    if (code == STATUS_OK) code = take_values(made, text, problem);
    if (code != STATUS_OK) {
        zpl_destroy(&made);
        return code;
    }
    *self = made;
    return STATUS_OK;
}

void zpl_destroy(Zpl **self)
{
    if (!self || !*self) return;
    zconfig_destroy(&(*self)->tree);
    free(*self);
    *self = NULL;
}

size_t zpl_count(const Zpl *self)
{
    return self->count;
}

const ZplEntry *zpl_entry(const Zpl *self, size_t position)
{
    return &self->entries[position];
}
