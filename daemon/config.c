#include "daemon/config.h"

#include "proto/nearest.h"

#include <czmq.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    INDENT = 4,
    PATH_SIZE = 128,
};

typedef struct KeyRow {
    const char *path;
    size_t offset;
    uint64_t usual;
    uint64_t least;
    uint64_t most;
} KeyRow;

static const KeyRow rows[] = {
#define CONFIG_ROW(path, member, usual, least, most, help)                                         \
    {path, offsetof(Config, member), usual, least, most},
    CONFIG_KEYS(CONFIG_ROW)
#undef CONFIG_ROW
};

static const char *const paths[] = {
#define CONFIG_PATH(path, member, usual, least, most, help) path,
    CONFIG_KEYS(CONFIG_PATH)
#undef CONFIG_PATH
        "log/level",
};

enum {
    ROW_COUNT = sizeof rows / sizeof *rows,
    PATH_COUNT = sizeof paths / sizeof *paths,
};

static uint64_t *member_of(Config *config, const KeyRow *row)
{
    return (uint64_t *)(void *)((char *)config + row->offset);
}

Config config_defaults(void)
{
    Config config = {.log_level = LOG_LEVEL_INFO};
    for (size_t i = 0; i < ROW_COUNT; i++)
        *member_of(&config, &rows[i]) = rows[i].usual;
    return config;
}

/* --- the strict look at the lines --- */

/* What is wrong with a line; NULL: nothing. */
static const char *fault_of(const char *line, size_t depth)
{
    size_t indent = strspn(line, " ");
    if (strchr(line, '\t')) return "tabs are not allowed; indent by 4 spaces";
    if (indent % INDENT != 0 || indent / INDENT > depth) return "indent by 4 spaces a level";
    const char *value = strchr(line, '=');
    const char *mark = strchr(line, '#');
    if (value && mark && mark > value && !strchr(value, '"'))
        return "a value with \"#\" in it must be quoted; a comment needs a line of its own";
    return NULL;
}

static StatusCode check_lines(const char *file, char *text, Problem *problem)
{
    char *rest;
    size_t depth = 0; /* how deep the next line may be */
    unsigned number = 0;
    for (char *line = text; line; line = rest) {
        rest = strchr(line, '\n');
        if (rest) *rest++ = '\0';
        number++;
        size_t indent = strspn(line, " ");
        if (line[indent] == '\0' || line[indent] == '#') continue;
        const char *fault = fault_of(line, depth);
        if (fault)
            return problem_set(problem, STATUS_INVALID_ARGUMENT, "%s:%u: %s", file, number, fault);
        depth = indent / INDENT + (strchr(line, '=') ? 0 : 1);
    }
    return STATUS_OK;
}

/* --- the keys --- */

static StatusCode set_number(const char *file, const KeyRow *row, const char *value, Config *config,
                             Problem *problem)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || errno || number < row->least || number > row->most)
        return problem_set(problem, STATUS_INVALID_ARGUMENT,
                           "%s: %s: \"%s\" is not a number from %llu to %llu", file, row->path,
                           value, (unsigned long long)row->least, (unsigned long long)row->most);
    *member_of(config, row) = number;
    return STATUS_OK;
}

static StatusCode set_key(const char *file, const char *path, const char *value, Config *config,
                          Problem *problem)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strcmp(rows[i].path, path) == 0)
            return set_number(file, &rows[i], value, config, problem);
    if (strcmp(path, "log/level") == 0) {
        int level = log_level_find(value);
        if (level < 0)
            return problem_set(problem, STATUS_INVALID_ARGUMENT,
                               "%s: log/level: \"%s\" is none of error, warning, info, debug", file,
                               value);
        config->log_level = (LogLevel)level;
        return STATUS_OK;
    }
    const char *near = nearest(path, paths, PATH_COUNT);
    return problem_set(problem, STATUS_INVALID_ARGUMENT, "%s: there is no key %s%s%s%s", file, path,
                       near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static StatusCode read_sections(const char *file, zconfig_t *root, Config *config, Problem *problem)
{
    zhash_t *seen = zhash_new();
    StatusCode code = STATUS_OK;
    for (zconfig_t *section = zconfig_child(root); section && code == STATUS_OK;
         section = zconfig_next(section)) {
        for (zconfig_t *key = zconfig_child(section); key && code == STATUS_OK;
             key = zconfig_next(key)) {
            char path[PATH_SIZE];
            (void)snprintf(path, sizeof path, "%s/%s", zconfig_name(section), zconfig_name(key));
            if (zhash_insert(seen, path, seen) != 0)
                code = problem_set(problem, STATUS_INVALID_ARGUMENT, "%s: %s is set twice", file,
                                   path);
            else
                code = set_key(file, path, zconfig_value(key), config, problem);
        }
        if (!zconfig_child(section))
            code = set_key(file, zconfig_name(section), zconfig_value(section), config, problem);
    }
    zhash_destroy(&seen);
    return code;
}

/* The file's text. Given: free(). NULL: `problem` says why. */
static char *read_text(const char *file, Problem *problem)
{
    FILE *stream = fopen(file, "re");
    char *text = stream ? calloc(1, CONFIG_FILE_BYTES_MAX + 2) : NULL;
    size_t size = text ? fread(text, 1, CONFIG_FILE_BYTES_MAX + 1, stream) : 0;
    if (!text || ferror(stream) || size > CONFIG_FILE_BYTES_MAX) {
        problem_set(problem, STATUS_INVALID_ARGUMENT, "%s: %s", file,
                    stream && size > CONFIG_FILE_BYTES_MAX ? "it is too large" : strerror(errno));
        free(text);
        text = NULL;
    }
    if (stream) (void)fclose(stream);
    return text;
}

StatusCode config_read(const char *file, Config *config, Problem *problem)
{
    char *text = read_text(file, problem);
    char *lines = text ? strdup(text) : NULL;
    zconfig_t *root = NULL;
    StatusCode code = STATUS_INVALID_ARGUMENT;
    if (!lines) goto done;
    code = check_lines(file, lines, problem);
    if (code != STATUS_OK) goto done;
    root = zconfig_str_load(text);
    if (!root) {
        code = problem_set(problem, STATUS_INVALID_ARGUMENT, "%s: it is not ZPL", file);
        goto done;
    }
    code = read_sections(file, root, config, problem);
done:
    zconfig_destroy(&root);
    free(lines);
    free(text);
    return code;
}
