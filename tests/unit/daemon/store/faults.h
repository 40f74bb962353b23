/*
 * faults - a disk that fails, for tests: LMDB's own file handles are made to point elsewhere.
 *
 * An environment has its data file open twice: the first handle takes the pages, the second the
 * meta pages that make them count.
 */
#ifndef PLENARY_TESTS_STORE_FAULTS_H
#define PLENARY_TESTS_STORE_FAULTS_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FAULTS_HANDLES_MAX = 1024 };

/* The `nth` handle of this process for the file `path`; -1: there is none. */
static inline int faults_handle(const char *path, int nth)
{
    for (int handle = 0; handle < FAULTS_HANDLES_MAX; handle++) {
        char link[64], target[512];
        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
        ssize_t length = readlink(link, target, sizeof target - 1);
        if (length < 0) continue;
        target[length] = '\0';
        if (strcmp(target, path) == 0 && nth-- == 0) return handle;
    }
    return -1;
}

/* Puts `device` in the place of a handle; gives what faults_end wants. */
static inline int faults_begin(int handle, const char *device, int flags)
{
    int kept = dup(handle);
    int broken = open(device, flags | O_CLOEXEC);
    if (dup2(broken, handle) != handle) return -1;
    close(broken);
    return kept;
}

static inline void faults_end(int handle, int kept)
{
    (void)dup2(kept, handle);
    close(kept);
}

#endif
