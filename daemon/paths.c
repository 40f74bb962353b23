#include "daemon/paths.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static StatusCode join(char out[static PATHS_SIZE], const char *folder, const char *rest,
                       Problem *problem)
{
    int length = snprintf(out, PATHS_SIZE, "%s%s%s", folder, *rest ? "/" : "", rest);
    if (length < 0 || length >= PATHS_SIZE)
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "the path %.100s/... is too long",
                           folder);
    return STATUS_OK;
}

static const char *set_variable(paths_variable_fn *variable, const char *name)
{
    const char *value = variable(name);
    return value && *value ? value : NULL;
}

/* The XDG rules say to ignore a relative path. */
static const char *xdg_variable(paths_variable_fn *variable, const char *name)
{
    const char *value = set_variable(variable, name);
    return value && *value == '/' ? value : NULL;
}

static StatusCode xdg_folder(paths_variable_fn *variable, const char *name, const char *under_home,
                             const char *rest, char out[static PATHS_SIZE], Problem *problem)
{
    const char *folder = xdg_variable(variable, name);
    if (folder) return join(out, folder, rest, problem);
    char base[PATHS_SIZE];
    const char *home = set_variable(variable, "HOME");
    StatusCode code = join(base, home ? home : "", under_home, problem);
    return code == STATUS_OK ? join(out, base, rest, problem) : code;
}

static StatusCode find_in_home(const char *home, Paths *paths, Problem *problem)
{
    StatusCode code = join(paths->data, home, "data", problem);
    if (code == STATUS_OK) code = join(paths->run, home, "run", problem);
    if (code == STATUS_OK) code = join(paths->config, home, "plenaryd.zpl", problem);
    return code;
}

static StatusCode find_for_person(paths_variable_fn *variable, const char *runtime, Paths *paths,
                                  Problem *problem)
{
    StatusCode code = join(paths->run, runtime, "plenary", problem);
    if (code == STATUS_OK)
        code =
            xdg_folder(variable, "XDG_DATA_HOME", ".local/share", "plenary", paths->data, problem);
    if (code == STATUS_OK)
        code = xdg_folder(variable, "XDG_CONFIG_HOME", ".config", "plenary/plenaryd.zpl",
                          paths->config, problem);
    return code;
}

static StatusCode find_for_service(const char *state, const char *runtime, Paths *paths,
                                   Problem *problem)
{
    StatusCode code = join(paths->data, state ? state : "/var/lib/plenary", "", problem);
    if (code == STATUS_OK) code = join(paths->run, runtime ? runtime : "/run/plenary", "", problem);
    if (code == STATUS_OK) code = join(paths->config, "/etc/plenary", "plenaryd.zpl", problem);
    return code;
}

StatusCode paths_find(const char *home, paths_variable_fn *variable, Paths *paths, Problem *problem)
{
    if (!home || !*home) home = set_variable(variable, "PLENARY_HOME");
    if (home) return find_in_home(home, paths, problem);
    const char *state = set_variable(variable, "STATE_DIRECTORY");
    const char *runtime = set_variable(variable, "RUNTIME_DIRECTORY");
    const char *person = xdg_variable(variable, "XDG_RUNTIME_DIR");
    if (!state && !runtime && person) return find_for_person(variable, person, paths, problem);
    return find_for_service(state, runtime, paths, problem);
}

StatusCode paths_make_folder(const char *folder, Problem *problem)
{
    char path[PATHS_SIZE];
    StatusCode code = join(path, folder, "", problem);
    if (code != STATUS_OK) return code;
    for (char *at = path + 1;; at++) {
        char kept = *at;
        if (kept != '/' && kept != '\0') continue;
        *at = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return problem_set(problem, STATUS_FAILED_PRECONDITION, "cannot make the folder %s: %s",
                               path, strerror(errno));
        if (kept == '\0') return STATUS_OK;
        *at = kept;
    }
}
