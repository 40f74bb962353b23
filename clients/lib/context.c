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

enum {
    FILE_MODE = 0600,
    FILE_BYTES_MAX = 4096,
};

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789-_.";

typedef struct Line {
    const char *name;
    size_t offset; /* in Context */
    size_t size;
} Line;

#define LINE(name, field)                                                                          \
    {                                                                                              \
        name, offsetof(Context, field), sizeof(((Context *)0)->field)                              \
    }

static const Line lines[] = {
    LINE("requests", requests),
    LINE("stream", stream),
    LINE("server-key", server_key),
    LINE("key", key),
};

enum {
    LINE_COUNT = sizeof lines / sizeof *lines,
};

static StatusCode fault(const char *path, Problem *problem)
{
    return problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(errno));
}

StatusCode context_check_name(const char *name, Problem *problem)
{
    size_t length = strlen(name);
    bool good = length > 0 && length < CONTEXT_NAME_SIZE && name[0] != '.' &&
                strspn(name, name_characters) == length && strcmp(name, CONTEXT_LOCAL) != 0;
    if (good) return STATUS_OK;
    return problem_set(problem, STATUS_INVALID_ARGUMENT,
                       "\"%.70s\" cannot be the name of a context: it has letters, digits, \"-\", "
                       "\"_\" and \".\", %d at most, and is not \"" CONTEXT_LOCAL "\"",
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
    size_t size = fread(text, 1, FILE_BYTES_MAX - 1, file);
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    if (failed) return fault(path, problem);
    text[size] = '\0';
    return STATUS_OK;
}

/* `name = "value"`; false: the line is not so. */
static bool take_line(char *line, Context *context)
{
    char *equals = strstr(line, " = \"");
    size_t length = strlen(line);
    if (!equals || line[length - 1] != '"') return false;
    line[length - 1] = '\0';
    *equals = '\0';
    const char *value = equals + strlen(" = \"");
    for (size_t i = 0; i < LINE_COUNT; i++) {
        if (strcmp(lines[i].name, line) != 0) continue;
        if (strlen(value) >= lines[i].size || strchr(value, '"')) return false;
        memcpy((char *)context + lines[i].offset, value, strlen(value) + 1);
        return true;
    }
    return false;
}

static bool parse(char *text, Context *context)
{
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line && *line != '#' && !take_line(line, context)) return false;
    for (size_t i = 0; i < LINE_COUNT; i++)
        if (!*((const char *)context + lines[i].offset)) return false;
    return true;
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
    if (code != STATUS_OK) return code;
    if (!parse(text, &found))
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "%s is no context", path);
    *context = found;
    return STATUS_OK;
}

/* --- writing --- */

static bool is_one_line(const char *value)
{
    return *value && !strpbrk(value, "\"\n\r");
}

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
        if (!is_one_line(value))
            return problem_set(problem, STATUS_INVALID_ARGUMENT,
                               "%s: it is empty, or has quotes or line breaks", lines[i].name);
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
        return problem->code;
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
        const char *end = strrchr(entry->d_name, '.');
        problem_clear(&problem);
        if (end && strcmp(end, ".new") == 0) continue; /* of replace_file */
        if (context_check_name(entry->d_name, &problem) != STATUS_OK) continue;
        memcpy(names[count++], entry->d_name, strlen(entry->d_name) + 1);
    }
    (void)closedir(folder);
    qsort(names, count, sizeof *names, compare);
    return count;
}
