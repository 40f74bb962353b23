#include "clients/lib/folders.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FOLDER_MODE = 0700,
};

static StatusCode fault(const char *path, int error, Problem *problem)
{
    return problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(error));
}

StatusCode folders_sync(const char *path, Problem *problem)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return fault(path, errno, problem);
    int error = fsync(folder) == 0 ? 0 : errno;
    (void)close(folder);
    return error ? fault(path, error, problem) : STATUS_OK;
}

/* Makes the folder of this name, which lies in `outer`. */
static StatusCode make_one(const char *path, const char *outer, Problem *problem)
{
    struct stat about;
    if (mkdir(path, FOLDER_MODE) == 0) return folders_sync(outer, problem);
    if (errno != EEXIST) return fault(path, errno, problem);
    if (stat(path, &about) != 0) return fault(path, errno, problem);
    return S_ISDIR(about.st_mode) ? STATUS_OK : fault(path, ENOTDIR, problem);
}

StatusCode folders_make(const char *path, Problem *problem)
{
    StatusCode code = STATUS_OK;
    char *inner = calloc(2, strlen(path) + 1); /* and the outer one */
    if (!inner) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    char *outer = inner + strlen(path) + 1;
    for (const char *end = path; code == STATUS_OK && *end;) {
        end += strspn(end, "/");
        size_t outer_length = (size_t)(end - path);
        end += strcspn(end, "/");
        size_t length = (size_t)(end - path);
        if (length == outer_length) break; /* slashes at the end */
        memcpy(inner, path, length);
        memcpy(outer, path, outer_length);
        code = make_one(inner, outer_length ? outer : ".", problem);
    }
    free(inner);
    return code;
}
