#include "clients/lib/context.h"

#include "clients/lib/folders.h"
#include "clients/lib/replace_file.h"

#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEME "tcp://"
#define NEW    ".new" /* what replace_file writes beside */

enum {
    FILE_MODE = 0600,
    FILE_BYTES_MAX = 4096,
};

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789-_.";

/* What is wrong with a value; NULL: nothing. */
typedef const char *check_fn(const char *value);

typedef struct Line {
    const char *name;
    size_t offset; /* in Context */
    size_t size;
    check_fn *check;
} Line;

bool context_read_port(const char *endpoint, size_t *before, unsigned *port)
{
    const char *colon = strrchr(endpoint, ':');
    size_t scheme = strlen(SCHEME);
    if (strncmp(endpoint, SCHEME, scheme) != 0 || !colon || colon <= endpoint + scheme)
        return false;
    char *end = NULL;
    unsigned long number = strtoul(colon + 1, &end, 10);
    if (colon[1] < '0' || colon[1] > '9' || *end || number == 0 || number > UINT16_MAX)
        return false;
    *before = (size_t)(colon - endpoint);
    *port = (unsigned)number;
    return true;
}

static const char *check_endpoint(const char *value)
{
    size_t before;
    unsigned port;
    return context_read_port(value, &before, &port) ? NULL : "it is no tcp://HOST:PORT";
}

static const char *check_server_key(const char *value)
{
    uint8_t bytes[CURVE_KEY_BYTES];
    bool good = curve_parse(value, bytes) && curve_is_public(bytes);
    return good ? NULL : "it is no public key of 40 characters";
}

/* Whether the file is there is asked by who uses it. */
static const char *check_path(const char *value)
{
    return *value == '/' ? NULL : "it is not a whole path, from \"/\" on";
}

#define LINE(name, field, check)                                                                   \
    {                                                                                              \
        name, offsetof(Context, field), sizeof(((Context *)0)->field), check                       \
    }

static const Line lines[] = {
    LINE("requests", requests, check_endpoint),
    LINE("stream", stream, check_endpoint),
    LINE("server-key", server_key, check_server_key),
    LINE("key", key, check_path),
};

enum {
    LINE_COUNT = sizeof lines / sizeof *lines,
};

static StatusCode fault(const char *path, Problem *problem)
{
    return problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(errno));
}

static bool is_half_written(const char *name)
{
    const char *end = strrchr(name, '.');
    return end && strcmp(end, NEW) == 0;
}

StatusCode context_check_name(const char *name, Problem *problem)
{
    size_t length = strlen(name);
    bool good = length > 0 && length < CONTEXT_NAME_SIZE && name[0] != '.' &&
                strspn(name, name_characters) == length && !is_half_written(name) &&
                strcmp(name, CONTEXT_LOCAL) != 0;
    if (good) return STATUS_OK;
    return problem_set(problem, STATUS_INVALID_ARGUMENT,
                       "\"%.70s\" cannot be the name of a context: it has letters, digits, \"-\", "
                       "\"_\" and \".\", %d at most, does not begin with \".\" or end with \"" NEW
                       "\", and is not \"" CONTEXT_LOCAL "\"",
                       name, CONTEXT_NAME_SIZE - 1);
}

/* --- paths --- */

static StatusCode find_path(const char *state, const char *name, char path[static PATHS_SIZE],
                            Problem *problem)
{
    if (context_check_name(name, problem) != STATUS_OK) return problem->code;
    int length = snprintf(path, PATHS_SIZE, "%s/contexts/%s", state, name);
    if (length < PATHS_SIZE) return STATUS_OK;
    return problem_set(problem, STATUS_INVALID_ARGUMENT, "the folder's path is too long");
}

static StatusCode find_use_path(const char *state, char path[static PATHS_SIZE], Problem *problem)
{
    int length = snprintf(path, PATHS_SIZE, "%s/context", state);
    if (length < PATHS_SIZE) return STATUS_OK;
    return problem_set(problem, STATUS_INVALID_ARGUMENT, "the folder's path is too long");
}

/* --- reading --- */

/* NOT_FOUND: there is no file. `text` has FILE_BYTES_MAX. */
static StatusCode read_text(const char *path, char *text, Problem *problem)
{
    FILE *file = fopen(path, "re");
    if (!file && errno == ENOENT)
        return problem_set(problem, STATUS_NOT_FOUND, "%s is not there", path);
    if (!file) return fault(path, problem);
    size_t size = fread(text, 1, FILE_BYTES_MAX, file);
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    if (failed) return fault(path, problem);
    bool is_text = size < FILE_BYTES_MAX && !memchr(text, '\0', size);
    text[is_text ? size : 0] = '\0';
    if (is_text) return STATUS_OK;
    return problem_set(problem, STATUS_INVALID_ARGUMENT, "%s is too long for a context, or no text",
                       path);
}

static const Line *find_line(const char *name)
{
    for (size_t i = 0; i < LINE_COUNT; i++)
        if (strcmp(lines[i].name, name) == 0) return &lines[i];
    return NULL;
}

static char *value_of(Context *context, const Line *line)
{
    return (char *)context + line->offset;
}

/* Of the file's value, or of one that is to be written. */
static const char *check_value(const Line *line, const char *value)
{
    if (!*value || strpbrk(value, "\"\n\r")) return "it is empty, or has quotes or line breaks";
    return strlen(value) < line->size ? line->check(value) : "it is too long";
}

/* `name = "value"`. Gives what is wrong with the line, and of which name; NULL: nothing. */
static const char *take_line(char *text, Context *context, const char **name)
{
    char *equals = strstr(text, " = \"");
    size_t length = strlen(text);
    const Line *line;
    *name = "";
    if (!equals || text[length - 1] != '"') return "it is not NAME = \"VALUE\"";
    *equals = text[length - 1] = '\0';
    line = find_line(text);
    if (!line) return "a context has requests, stream, server-key and key, and nothing else";
    *name = line->name;
    if (*value_of(context, line)) return "it was said before";
    const char *value = equals + strlen(" = \"");
    const char *wrong = check_value(line, value);
    if (!wrong) memcpy(value_of(context, line), value, strlen(value) + 1);
    return wrong;
}

static StatusCode parse(const char *path, char *text, Context *context, Problem *problem)
{
    char *rest = text;
    int number = 1;
    for (char *line; (line = strsep(&rest, "\n")); number++) {
        const char *name;
        const char *wrong = *line && *line != '#' ? take_line(line, context, &name) : NULL;
        if (wrong)
            return problem_set(problem, STATUS_INVALID_ARGUMENT, "%s: line %d: %s%s%s", path,
                               number, name, *name ? ": " : "", wrong);
    }
    for (size_t i = 0; i < LINE_COUNT; i++)
        if (!*value_of(context, &lines[i]))
            return problem_set(problem, STATUS_INVALID_ARGUMENT, "%s: there is no %s in it", path,
                               lines[i].name);
    return STATUS_OK;
}

StatusCode context_read(const char *state, const char *name, Context *context, Problem *problem)
{
    char path[PATHS_SIZE];
    char text[FILE_BYTES_MAX];
    Context found = {.requests = ""};
    if (find_path(state, name, path, problem) != STATUS_OK) return problem->code;
    StatusCode code = read_text(path, text, problem);
    if (code == STATUS_NOT_FOUND)
        return problem_set(problem, code,
                           "there is no context \"%s\": see \"plenary context list\"", name);
    if (code == STATUS_OK) code = parse(path, text, &found, problem);
    if (code != STATUS_OK) return code;
    memcpy(found.name, name, strlen(name) + 1);
    *context = found;
    return STATUS_OK;
}

/* --- writing --- */

StatusCode context_add(const char *state, const char *name, const Context *context,
                       Problem *problem)
{
    char path[PATHS_SIZE];
    char text[FILE_BYTES_MAX];
    int size = 0;
    if (find_path(state, name, path, problem) != STATUS_OK) return problem->code;
    if (access(path, F_OK) == 0)
        return problem_set(problem, STATUS_ALREADY_EXISTS,
                           "there is a context \"%s\" already: \"plenary context remove %s\"", name,
                           name);
    for (size_t i = 0; i < LINE_COUNT; i++) {
        const char *value = (const char *)context + lines[i].offset;
        const char *wrong = check_value(&lines[i], value);
        if (wrong)
            return problem_set(problem, STATUS_INVALID_ARGUMENT, "%s: %s", lines[i].name, wrong);
        size += snprintf(text + size, sizeof text - (size_t)size, "%s = \"%s\"\n", lines[i].name,
                         value);
    }
    char *slash = strrchr(path, '/');
    *slash = '\0';
    if (folders_make(path, problem) != STATUS_OK) return problem->code;
    *slash = '/';
    return replace_file(path, FILE_MODE, text, (size_t)size, NULL, problem);
}

StatusCode context_remove(const char *state, const char *name, Problem *problem)
{
    char path[PATHS_SIZE];
    char used[CONTEXT_NAME_SIZE] = "";
    if (find_path(state, name, path, problem) != STATUS_OK) return problem->code;
    if (context_in_use(state, used, problem) != STATUS_OK) return problem->code;
    if (unlink(path) != 0 && errno == ENOENT)
        return problem_set(problem, STATUS_NOT_FOUND, "there is no context \"%s\"", name);
    if (access(path, F_OK) == 0) return fault(path, problem);
    return strcmp(used, name) == 0 ? context_use(state, CONTEXT_LOCAL, problem) : STATUS_OK;
}

/* --- which one --- */

StatusCode context_in_use(const char *state, char name[static CONTEXT_NAME_SIZE], Problem *problem)
{
    char path[PATHS_SIZE];
    char text[FILE_BYTES_MAX] = "";
    if (find_use_path(state, path, problem) != STATUS_OK) return problem->code;
    StatusCode code = read_text(path, text, problem);
    if (code == STATUS_NOT_FOUND) problem_clear(problem);
    if (code == STATUS_NOT_FOUND) (void)snprintf(text, sizeof text, CONTEXT_LOCAL);
    if (code != STATUS_OK && code != STATUS_NOT_FOUND) return code;
    text[strcspn(text, "\n")] = '\0';
    if (strcmp(text, CONTEXT_LOCAL) != 0 && context_check_name(text, problem) != STATUS_OK)
        return problem_set(problem, STATUS_INVALID_ARGUMENT,
                           "%s: it names no context; \"plenary context use local\" mends it", path);
    (void)snprintf(name, CONTEXT_NAME_SIZE, "%.*s", CONTEXT_NAME_SIZE - 1, text);
    return STATUS_OK;
}

StatusCode context_use(const char *state, const char *name, Problem *problem)
{
    char path[PATHS_SIZE];
    char text[CONTEXT_NAME_SIZE + 1];
    Context context;
    bool is_local = strcmp(name, CONTEXT_LOCAL) == 0;
    if (!is_local && context_read(state, name, &context, problem) != STATUS_OK)
        return problem->code;
    if (find_use_path(state, path, problem) != STATUS_OK) return problem->code;
    if (folders_make(state, problem) != STATUS_OK) return problem->code;
    int size = snprintf(text, sizeof text, "%s\n", name);
    return replace_file(path, FILE_MODE, text, (size_t)size, NULL, problem);
}

StatusCode context_find(const char *state, const char *name, bool *is_local, Context *context,
                        Problem *problem)
{
    char used[CONTEXT_NAME_SIZE] = "";
    if (!name) name = getenv("PLENARY_CONTEXT");
    if (!name || !*name) {
        if (context_in_use(state, used, problem) != STATUS_OK) return problem->code;
        name = used;
    }
    bool local = strcmp(name, CONTEXT_LOCAL) == 0;
    if (!local && context_read(state, name, context, problem) != STATUS_OK) return problem->code;
    *is_local = local;
    return STATUS_OK;
}

/* --- all of them --- */

static int compare(const void *one, const void *other)
{
    return strcmp(one, other);
}

size_t context_list(const char *state, char names[][CONTEXT_NAME_SIZE])
{
    char path[PATHS_SIZE];
    Problem problem;
    size_t count = 0;
    if (snprintf(path, sizeof path, "%s/contexts", state) >= (int)sizeof path) return 0;
    DIR *folder = opendir(path);
    if (!folder) return 0;
    for (struct dirent *entry; count < CONTEXT_MAX && (entry = readdir(folder));) {
        problem_clear(&problem);
        if (context_check_name(entry->d_name, &problem) != STATUS_OK) continue;
        memcpy(names[count++], entry->d_name, strlen(entry->d_name) + 1);
    }
    (void)closedir(folder);
    qsort(names, count, sizeof *names, compare);
    return count;
}
