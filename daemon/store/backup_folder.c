#include "daemon/store/backup_folder.h"

#include "daemon/store/checksum.h"
#include "daemon/store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTIAL ".partial"
#define DATA    "journal/data.mdb"
#define SUMS    "B2SUMS"

enum {
    SUMS_MODE = 0600,
    SUMS_SIZE = CHECKSUM_SIZE + sizeof DATA + 2, /* two blanks, newline, NUL */
};

static StatusCode too_long(const char *folder, Problem *problem)
{
    return problem_set(problem, STATUS_INVALID_ARGUMENT, "%.200s…: the path is too long", folder);
}

static StatusCode fault(Problem *problem, const char *path)
{
    return problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(errno));
}

/* DIR, what is appended to it, and a name within it. False: too long. */
static bool path_in(const char *folder, const char *suffix, const char *name,
                    char path[static BACKUP_PATH_SIZE])
{
    return snprintf(path, BACKUP_PATH_SIZE, "%s%s/%s", folder, suffix, name) < BACKUP_PATH_SIZE;
}

/* Leaves what is none of a backup's, and so the folder. */
static void remove_partial(const char *folder)
{
    Problem ignored;
    char path[BACKUP_PATH_SIZE];
    if (path_in(folder, PARTIAL, "journal", path)) (void)folder_remove(path, &ignored);
    if (path_in(folder, PARTIAL, SUMS, path)) (void)unlink(path);
    if (path_in(folder, PARTIAL, "", path)) (void)rmdir(path);
}

void backup_folder_discard(const char *folder)
{
    remove_partial(folder);
}

static StatusCode check_place(const char *folder, Problem *problem)
{
    struct stat found;
    char parent[BACKUP_PATH_SIZE];
    (void)snprintf(parent, sizeof parent, "%s", folder);
    if (lstat(folder, &found) == 0)
        return problem_set(problem, STATUS_ALREADY_EXISTS,
                           "%s is there already: a backup wants a folder of its own", folder);
    const char *holder = dirname(parent);
    if (!folder_exists(holder))
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "%s, where the backup is to be, is no folder that is there", holder);
    return STATUS_OK;
}

StatusCode backup_folder_begin(const char *folder, char journal[static BACKUP_PATH_SIZE],
                               Problem *problem)
{
    char partial[BACKUP_PATH_SIZE];
    char path[BACKUP_PATH_SIZE];
    if (!path_in(folder, PARTIAL, DATA, path)) return too_long(folder, problem);
    StatusCode code = check_place(folder, problem);
    if (code != STATUS_OK) return code;
    remove_partial(folder); /* of a daemon that was killed */
    (void)snprintf(partial, sizeof partial, "%s%s", folder, PARTIAL);
    if (folder_exists(partial))
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "%s holds what is no backup's: it is in the way", partial);
    (void)path_in(folder, PARTIAL, "journal", path);
    code = folder_make(path, problem);
    if (code == STATUS_OK)
        memcpy(journal, path, sizeof path);
    else
        remove_partial(folder);
    return code;
}

/* --- finishing --- */

static StatusCode write_sums(const char *path, const char *checksum, Problem *problem)
{
    char line[SUMS_SIZE];
    int length = snprintf(line, sizeof line, "%s  %s\n", checksum, DATA);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, SUMS_MODE);
    if (file < 0) return fault(problem, path);
    StatusCode code = STATUS_OK;
    if (write(file, line, (size_t)length) != length || fsync(file) != 0)
        code = fault(problem, path);
    (void)close(file);
    return code;
}

static StatusCode give_name(const char *folder, Problem *problem)
{
    char partial[BACKUP_PATH_SIZE];
    char parent[BACKUP_PATH_SIZE];
    (void)snprintf(partial, sizeof partial, "%s%s", folder, PARTIAL);
    (void)snprintf(parent, sizeof parent, "%s", folder);
    if (rename(partial, folder) != 0) return fault(problem, folder);
    return folder_sync(dirname(parent), problem);
}

StatusCode backup_folder_finish(const char *folder, uint64_t *bytes, Problem *problem)
{
    struct stat data;
    char checksum[CHECKSUM_SIZE];
    char path[BACKUP_PATH_SIZE];
    (void)path_in(folder, PARTIAL, "journal/lock.mdb", path);
    (void)unlink(path); /* LMDB makes it anew where it is wanted */
    (void)path_in(folder, PARTIAL, DATA, path);
    StatusCode code = checksum_of_file(path, checksum, problem);
    if (code != STATUS_OK) return code;
    if (stat(path, &data) != 0) return fault(problem, path);
    (void)path_in(folder, PARTIAL, SUMS, path);
    code = write_sums(path, checksum, problem);
    (void)path_in(folder, PARTIAL, "journal", path);
    if (code == STATUS_OK) code = folder_sync(path, problem);
    (void)path_in(folder, PARTIAL, "", path);
    if (code == STATUS_OK) code = folder_sync(path, problem);
    if (code == STATUS_OK) code = give_name(folder, problem);
    if (code == STATUS_OK) *bytes = (uint64_t)data.st_size;
    return code;
}

/* --- restoring --- */

static StatusCode no_backup(const char *folder, const char *why, Problem *problem)
{
    return problem_set(problem, STATUS_FAILED_PRECONDITION, "%s is no backup: %s", folder, why);
}

/* What the checksum must be. */
static StatusCode read_sums(const char *folder, char checksum[static CHECKSUM_SIZE],
                            Problem *problem)
{
    char line[SUMS_SIZE] = "";
    char path[BACKUP_PATH_SIZE];
    if (!path_in(folder, "", SUMS, path)) return too_long(folder, problem);
    if (!folder_exists(folder)) return no_backup(folder, "there is no such folder", problem);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return no_backup(folder, "it has no " SUMS, problem);
    ssize_t length = read(file, line, sizeof line - 1);
    (void)close(file);
    if (length != (ssize_t)sizeof line - 1 || strcmp(line + CHECKSUM_SIZE - 1, "  " DATA "\n") != 0)
        return no_backup(folder, "its " SUMS " is not as it was made", problem);
    memcpy(checksum, line, CHECKSUM_SIZE - 1);
    checksum[CHECKSUM_SIZE - 1] = '\0';
    return STATUS_OK;
}

StatusCode backup_folder_copy(const char *folder, const char *journal, Problem *problem)
{
    char from[BACKUP_PATH_SIZE];
    char to[BACKUP_PATH_SIZE];
    char promised[CHECKSUM_SIZE];
    char found[CHECKSUM_SIZE];
    StatusCode code = read_sums(folder, promised, problem);
    if (code != STATUS_OK) return code;
    if (!path_in(folder, "", DATA, from)) return too_long(folder, problem);
    if (!path_in(journal, "", "data.mdb", to)) return too_long(journal, problem);
    code = checksum_copy(from, to, found, problem);
    if (code == STATUS_OK && strcmp(promised, found) != 0)
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "%s is damaged: its checksum is not that of %s/" SUMS, from, folder);
    return code;
}
