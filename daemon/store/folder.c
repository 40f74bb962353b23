#include "daemon/store/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { FOLDER_MODE = 0700 };

char *folder_path(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL) (void)snprintf(path, size, "%s/%s", folder, name);
    return path;
}

bool folder_exists(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static StatusCode fault(Problem *problem, const char *path, const char *what)
{
    return problem_set(problem, STATUS_UNAVAILABLE, "%s: %s: %s", path, what, strerror(errno));
}

StatusCode folder_sync(const char *path, Problem *problem)
{
    int handle = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) return fault(problem, path, "cannot open the folder");
    StatusCode code = STATUS_OK;
    if (fsync(handle) != 0) code = fault(problem, path, "cannot sync the folder");
    (void)close(handle);
    return code;
}

/* The folder that holds `path`. Given: free. NULL: no memory. */
static char *parent_of(const char *path)
{
    char *copy = strdup(path); /* dirname writes into what it is given */
    char *parent = copy ? strdup(dirname(copy)) : NULL;
    free(copy);
    return parent;
}

StatusCode folder_make(const char *path, Problem *problem)
{
    if (folder_exists(path)) return STATUS_OK;
    char *parent = parent_of(path);
    if (parent == NULL) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    StatusCode code = folder_make(parent, problem);
    if (code == STATUS_OK && mkdir(path, FOLDER_MODE) != 0)
        code = fault(problem, path, "cannot make the folder");
    if (code == STATUS_OK) code = folder_sync(parent, problem);
    free(parent);
    return code;
}

uint64_t folder_room(const char *path)
{
    struct statvfs about;
    if (statvfs(path, &about) != 0) return UINT64_MAX;
    return (uint64_t)about.f_bavail * about.f_frsize;
}

StatusCode folder_remove(const char *path, Problem *problem)
{
    DIR *listing = opendir(path);
    if (listing == NULL) {
        if (errno == ENOENT) return STATUS_OK;
        return fault(problem, path, "cannot list the folder");
    }
    StatusCode code = STATUS_OK;
    struct dirent *entry;
    while (code == STATUS_OK && (entry = readdir(listing)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (unlinkat(dirfd(listing), entry->d_name, 0) != 0)
            code = fault(problem, path, "cannot remove what it holds");
    }
    (void)closedir(listing);
    if (code == STATUS_OK && rmdir(path) != 0)
        code = fault(problem, path, "cannot remove the folder");
    return code;
}
