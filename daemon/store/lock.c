#include "daemon/store/lock.h"

#include "daemon/store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { LOCK_MODE = 0600, PID_TEXT_SIZE = 32 };

static StatusCode locked_by_another(int lock, const char *folder, Problem *problem)
{
    char pid[PID_TEXT_SIZE];
    ssize_t length = pread(lock, pid, sizeof pid - 1, 0);
    pid[length > 0 ? length : 0] = '\0';
    pid[strcspn(pid, "\n")] = '\0';
    return problem_set(problem, STATUS_FAILED_PRECONDITION,
                       "%s is in use by another plenaryd (pid %s)", folder,
                       pid[0] == '\0' ? "unknown" : pid);
}

/* The pid is for people: a full disk that cannot hold it is no reason not to start. */
static void write_pid(int lock)
{
    char pid[PID_TEXT_SIZE];
    int length = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(lock, 0) == 0) (void)!pwrite(lock, pid, (size_t)length, 0);
}

StatusCode lock_take(const char *folder, int *lock, Problem *problem)
{
    char *path = folder_path(folder, "lock");
    if (path == NULL) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    StatusCode code = STATUS_OK;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, LOCK_MODE);
    if (file < 0) {
        code = problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(errno));
    } else if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            code = locked_by_another(file, folder, problem);
        else
            code = problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(errno));
    }
    free(path);
    if (code != STATUS_OK) {
        if (file >= 0) (void)close(file);
        return code;
    }
    write_pid(file);
    *lock = file;
    return STATUS_OK;
}
