#include "daemon/run_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static StatusCode not_usable(const char *path, Problem *problem)
{
    return problem_set(problem, STATUS_FAILED_PRECONDITION, "%s: %s", path, strerror(errno));
}

StatusCode run_folder_path(const char *folder, const char *name, char path[static PATHS_SIZE],
                           Problem *problem)
{
    int length = snprintf(path, PATHS_SIZE, "%s/%s", folder, name);
    if (length <= PATHS_SOCKET_BYTES_MAX) return STATUS_OK;
    return problem_set(problem, STATUS_INVALID_ARGUMENT,
                       "%.150s/%s has more than the %d bytes that a socket's path may have: choose "
                       "a shorter folder",
                       folder, name, PATHS_SOCKET_BYTES_MAX);
}

/* Who can reach the sockets is the registry's admin: the folder is its owner's alone. One that
 * others may write in was made for something else, and is not touched. */
static StatusCode close_to_others(int folder, const char *path, Problem *problem)
{
    struct stat found;
    if (fstat(folder, &found) != 0) return not_usable(path, problem);
    if (found.st_uid != geteuid() || (found.st_mode & (S_ISVTX | S_IWGRP | S_IWOTH)))
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "others may write in %s: the sockets need a folder of their own", path);
    return fchmod(folder, S_IRWXU) == 0 ? STATUS_OK : not_usable(path, problem);
}

/* A second daemon over other data must not take the sockets of this one. */
static StatusCode lock_run_folder(int folder, const char *path, Problem *problem)
{
    if (flock(folder, LOCK_EX | LOCK_NB) == 0) return STATUS_OK;
    if (errno != EWOULDBLOCK) return not_usable(path, problem);
    return problem_set(problem, STATUS_FAILED_PRECONDITION, "another plenaryd serves in %s", path);
}

/* What a daemon that was killed left behind goes: a socket that is there is one that answers. Both
 * locks are held, so it is nobody else's. */
static StatusCode remove_stale_sockets(const char *folder, Problem *problem)
{
    static const char *const names[] = {RUN_REQUESTS, RUN_STREAM, RUN_BROADCAST};
    char path[PATHS_SIZE];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (run_folder_path(folder, names[i], path, problem) != STATUS_OK) return problem->code;
        (void)unlink(path);
    }
    return STATUS_OK;
}

StatusCode run_folder_take(const char *folder, int *lock, Problem *problem)
{
    int opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0) return not_usable(folder, problem);
    StatusCode code = close_to_others(opened, folder, problem);
    if (code == STATUS_OK) code = lock_run_folder(opened, folder, problem);
    if (code == STATUS_OK) code = remove_stale_sockets(folder, problem);
    if (code == STATUS_OK)
        *lock = opened;
    else
        (void)close(opened);
    return code;
}
