#include "daemon/machine.h"

#include "daemon/bus/limits.h"

#include <errno.h>
#include <malloc.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int64_t world_now_us(void *context)
{
    (void)context;
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void world_random(void *context, void *bytes, size_t size)
{
    (void)context;
    randombytes_buf(bytes, size);
}

World machine_world(void)
{
    return (World){.now_us = world_now_us, .random = world_random};
}

/* The second number of statm, in pages (proc(5)); 0: it is not known. */
uint64_t machine_resident_bytes(void)
{
    char text[128];
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) return 0;
    const char *second = fgets(text, sizeof text, file) ? strchr(text, ' ') : NULL;
    uint64_t pages = second ? strtoull(second, NULL, 10) : 0;
    (void)fclose(file);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* A fixed threshold, too: the C library moves one that was never set. */
void machine_keep_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, LIMIT_BLOCK_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, LIMIT_FREE_BYTES);
}

StatusCode machine_raise_files(Problem *problem)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return problem_set(problem, STATUS_INTERNAL, "getrlimit: %s", strerror(errno));
    if (limit.rlim_cur < LIMIT_OPEN_FILES) {
        limit.rlim_cur =
            limit.rlim_max < LIMIT_OPEN_FILES ? limit.rlim_max : (rlim_t)LIMIT_OPEN_FILES;
        (void)setrlimit(RLIMIT_NOFILE, &limit); /* with fewer, fewer can connect */
    }
    return STATUS_OK;
}

uint32_t machine_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    return limit.rlim_cur < LIMIT_OPEN_FILES ? (uint32_t)limit.rlim_cur
                                             : (uint32_t)LIMIT_OPEN_FILES;
}
