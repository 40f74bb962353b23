#include "clients/lib/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BESIDE ".new"

enum {
    COMPARE_BYTES = 16 * 1024, /* at a time */
    ALL_PERMISSIONS = 07777,
};

struct ReplaceFile {
    char *path; /* of the file itself, where a link led to it */
    char *beside;
    FILE *file;
};

static StatusCode fault(Problem *problem, const char *path)
{
    (void)problem_set(problem, STATUS_UNAVAILABLE, "%s cannot be written: %s", path,
                      strerror(errno));
    return STATUS_UNAVAILABLE;
}

static void release(ReplaceFile **self)
{
    if (!*self) return;
    free((*self)->path);
    free((*self)->beside);
    free(*self);
    *self = NULL;
}

/* --- opening --- */

static bool find_names(ReplaceFile *self, const char *path)
{
    self->path = realpath(path, NULL);
    if (!self->path && errno != ENOENT) return false;
    if (!self->path) self->path = strdup(path);
    if (!self->path) return false;
    size_t size = strlen(self->path) + sizeof BESIDE;
    self->beside = malloc(size);
    if (self->beside) (void)snprintf(self->beside, size, "%s" BESIDE, self->path);
    return self->beside != NULL;
}

/* Made anew in any case: what is left there may be another's, or a link to elsewhere. */
static bool open_beside(ReplaceFile *self, mode_t mode, const struct stat *old)
{
    if (unlink(self->beside) != 0 && errno != ENOENT) return false;
    int descriptor = open(self->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0) return false;
    bool kept = !old || fchmod(descriptor, old->st_mode & ALL_PERMISSIONS) == 0;
    self->file = kept ? fdopen(descriptor, "w") : NULL;
    if (self->file) return true;
    int reason = errno;
    (void)close(descriptor);
    (void)unlink(self->beside);
    errno = reason;
    return false;
}

StatusCode replace_open(const char *path, mode_t mode, ReplaceFile **self, Problem *problem)
{
    struct stat old;
    StatusCode code;
    ReplaceFile *opened = calloc(1, sizeof *opened);
    if (!opened || !find_names(opened, path)) goto unwritable;
    bool exists = stat(opened->path, &old) == 0;
    if (exists && !S_ISREG(old.st_mode)) {
        code = STATUS_FAILED_PRECONDITION;
        (void)problem_set(problem, code, "%s cannot be written: it is not a file", path);
        goto failed;
    }
    if (!open_beside(opened, mode, exists ? &old : NULL)) goto unwritable;
    *self = opened;
    return STATUS_OK;

unwritable:
    code = fault(problem, path);
failed:
    release(&opened);
    return code;
}

FILE *replace_stream(ReplaceFile *self)
{
    return self->file;
}

/* --- putting it in place --- */

static bool same_bytes(FILE *one, FILE *other)
{
    char left[COMPARE_BYTES];
    char right[COMPARE_BYTES];
    for (;;) {
        size_t size = fread(left, 1, sizeof left, one);
        if (fread(right, 1, sizeof right, other) != size) return false;
        if (memcmp(left, right, size) != 0 || ferror(one) || ferror(other)) return false;
        if (size < sizeof left) return true;
    }
}

/* What cannot be read counts as different: it is replaced. */
static bool is_same(const ReplaceFile *self)
{
    FILE *old = fopen(self->path, "re");
    FILE *fresh = old ? fopen(self->beside, "re") : NULL;
    bool same = fresh && same_bytes(old, fresh);
    if (old) (void)fclose(old);
    if (fresh) (void)fclose(fresh);
    return same;
}

/* The new name is durable when the folder is. */
static bool sync_folder_of(char *path)
{
    char *slash = strrchr(path, '/');
    char kept = slash ? slash[1] : '\0';
    if (slash) slash[1] = '\0';
    int folder = open(slash ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (slash) slash[1] = kept;
    if (folder < 0) return false;
    bool synced = fsync(folder) == 0;
    (void)close(folder);
    return synced;
}

static bool put_in_place(ReplaceFile *self, bool same)
{
    if (same) return unlink(self->beside) == 0;
    return fsync(fileno(self->file)) == 0 && rename(self->beside, self->path) == 0;
}

StatusCode replace_commit(ReplaceFile **self, bool *changed, Problem *problem)
{
    ReplaceFile *it = *self;
    StatusCode code = STATUS_OK;
    bool written = fflush(it->file) == 0 && !ferror(it->file);
    bool same = written && is_same(it);
    written = written && put_in_place(it, same) && sync_folder_of(it->path);
    if (!written) code = fault(problem, it->path);
    if (fclose(it->file) != 0 && code == STATUS_OK) code = fault(problem, it->path);
    if (code != STATUS_OK) (void)unlink(it->beside);
    if (code == STATUS_OK && changed) *changed = !same;
    release(self);
    return code;
}

void replace_cancel(ReplaceFile **self)
{
    if (!*self) return;
    (void)fclose((*self)->file);
    (void)unlink((*self)->beside);
    release(self);
}

StatusCode replace_file(const char *path, mode_t mode, const void *bytes, size_t size,
                        bool *changed, Problem *problem)
{
    ReplaceFile *self = NULL;
    StatusCode code = replace_open(path, mode, &self, problem);
    if (code != STATUS_OK) return code;
    (void)fwrite(bytes, 1, size, self->file);
    return replace_commit(&self, changed, problem);
}
