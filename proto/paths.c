#include "proto/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static bool join(char out[static PATHS_SIZE], const char *folder, const char *rest,
                 Problem *problem)
{
    char path[PATHS_SIZE];
    int length = snprintf(path, sizeof path, "%s%s%s", folder, *rest ? "/" : "", rest);
    if (length < 0 || length >= PATHS_SIZE) {
        problem_set(problem, STATUS_INVALID_ARGUMENT, "the path %.100s/... is too long", folder);
        return false;
    }
    memcpy(out, path, (size_t)length + 1);
    return true;
}

/* An XDG folder: of the variable where it is set and absolute (the XDG rules say to ignore a
 * relative one), else under $HOME. */
static bool xdg_folder(const char *variable, const char *under_home, char out[static PATHS_SIZE],
                       Problem *problem)
{
    const char *folder = environment(variable);
    if (folder && folder[0] == '/') return join(out, folder, "plenary", problem);
    const char *home = environment("HOME");
    return join(out, home ? home : "", under_home, problem);
}

static bool find_in_home(const char *home, Paths *paths, Problem *problem)
{
    return join(paths->data, home, "data", problem) && join(paths->run, home, "run", problem) &&
           join(paths->state, home, "state", problem) &&
           join(paths->config, home, "plenaryd.zpl", problem);
}

static bool find_for_person(const char *runtime, Paths *paths, Problem *problem)
{
    char config[PATHS_SIZE];
    return join(paths->run, runtime, "plenary", problem) &&
           xdg_folder("XDG_DATA_HOME", ".local/share/plenary", paths->data, problem) &&
           xdg_folder("XDG_STATE_HOME", ".local/state/plenary", paths->state, problem) &&
           xdg_folder("XDG_CONFIG_HOME", ".config/plenary", config, problem) &&
           join(paths->config, config, "plenaryd.zpl", problem);
}

static bool find_for_service(const char *data, const char *run, Paths *paths, Problem *problem)
{
    if (!data) data = "/var/lib/plenary";
    if (!run) run = "/run/plenary";
    return join(paths->data, data, "", problem) && join(paths->run, run, "", problem) &&
           join(paths->state, data, "state", problem) &&
           join(paths->config, "/etc/plenary", "plenaryd.zpl", problem);
}

bool paths_find(const char *home, Paths *paths, Problem *problem)
{
    if (!home || !*home) home = environment("PLENARY_HOME");
    if (home) return find_in_home(home, paths, problem);
    const char *data = environment("STATE_DIRECTORY");
    const char *run = environment("RUNTIME_DIRECTORY");
    const char *runtime = environment("XDG_RUNTIME_DIR");
    if (!data && !run && runtime && runtime[0] == '/')
        return find_for_person(runtime, paths, problem);
    return find_for_service(data, run, paths, problem);
}

bool paths_endpoint(const Paths *paths, const char *name, char endpoint[static PATHS_ENDPOINT_SIZE],
                    Problem *problem)
{
    static const char scheme[] = "ipc://";
    const size_t scheme_bytes = sizeof scheme - 1;
    char path[sizeof scheme + PATHS_SIZE];
    int length = snprintf(path, sizeof path, "%s%s/%s.ipc", scheme, paths->run, name);
    if (length < 0 || (size_t)length - scheme_bytes > PATHS_SOCKET_BYTES_MAX) {
        problem_set(problem, STATUS_INVALID_ARGUMENT,
                    "%.150s/%s.ipc is longer than the %d bytes that a socket's path may have; "
                    "choose a shorter home",
                    paths->run, name, PATHS_SOCKET_BYTES_MAX);
        return false;
    }
    memcpy(endpoint, path, (size_t)length + 1);
    return true;
}
