#include "proto/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MODE_SECRET = S_IRUSR | S_IWUSR,
    MODE_PUBLIC = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH,
};

/* --- writing --- */

static StatusCode no_file(const char *path, Problem *problem)
{
    if (errno == EEXIST)
        return problem_set(problem, STATUS_ALREADY_EXISTS,
                           "%s is there already, and is not written over", path);
    return problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(errno));
}

static bool write_all(int file, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t written = write(file, text, left);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text += written;
        left -= (size_t)written;
    }
    return true;
}

/* The name in the folder is durable too. What a folder does not let be synced is no reason to
 * fail: the key is there. */
static void sync_folder(const char *path)
{
    char folder[KEY_FILE_PATH_SIZE];
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) + 1 : 1;
    (void)snprintf(folder, sizeof folder, "%.*s", length, slash ? path : ".");
    int opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0) return;
    (void)fsync(opened);
    (void)close(opened);
}

/* A file that is not there yet; one that could not be written whole is taken away. */
static StatusCode make(const char *path, mode_t mode, const char *text, Problem *problem)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (file < 0) return no_file(path, problem);
    bool written = write_all(file, text) && fsync(file) == 0;
    int error = errno;
    if (close(file) != 0 && written) {
        written = false;
        error = errno;
    }
    if (written) {
        sync_folder(path);
        return STATUS_OK;
    }
    (void)unlink(path);
    errno = error == EEXIST ? EIO : error;
    return no_file(path, problem);
}

static StatusCode public_path(const char *path, char other[static KEY_FILE_PATH_SIZE],
                              Problem *problem)
{
    int length = snprintf(other, KEY_FILE_PATH_SIZE, "%s" KEY_FILE_PUBLIC, path);
    if (length < KEY_FILE_PATH_SIZE) return STATUS_OK;
    return problem_set(problem, STATUS_INVALID_ARGUMENT,
                       "the path of the key has %zu bytes or more", (size_t)KEY_FILE_PATH_SIZE);
}

StatusCode key_file_make_public(const char *path, const CurvePair *pair, Problem *problem)
{
    char other[KEY_FILE_PATH_SIZE];
    char text[KEY_FILE_BYTES_MAX];
    if (public_path(path, other, problem) != STATUS_OK) return problem->code;
    (void)snprintf(text, sizeof text,
                   "# A public key of CURVE: it may be handed out.\n"
                   "curve\n"
                   "    public-key = \"%s\"\n",
                   pair->public_key);
    if (access(other, F_OK) == 0) return STATUS_OK;
    return make(other, MODE_PUBLIC, text, problem);
}

StatusCode key_file_make(const char *path, const CurvePair *pair, Problem *problem)
{
    char other[KEY_FILE_PATH_SIZE];
    char text[KEY_FILE_BYTES_MAX];
    if (public_path(path, other, problem) != STATUS_OK) return problem->code;
    const char *there = access(path, F_OK) == 0 ? path : access(other, F_OK) == 0 ? other : NULL;
    if (there) {
        errno = EEXIST;
        return no_file(there, problem);
    }
    (void)snprintf(text, sizeof text,
                   "# A key pair of CURVE: this file is its owner's alone. What may be handed out\n"
                   "# is in the file of the same name that ends with " KEY_FILE_PUBLIC ".\n"
                   "curve\n"
                   "    public-key = \"%s\"\n"
                   "    secret-key = \"%s\"\n",
                   pair->public_key, pair->secret_key);
    StatusCode code = make(path, MODE_SECRET, text, problem);
    sodium_memzero(text, sizeof text);
    return code == STATUS_OK ? key_file_make_public(path, pair, problem) : code;
}

/* --- reading --- */

/* The value of `name = "value"`, of CURVE_TEXT_SIZE; false: the line is another's. */
static bool take_key(const char *line, const char *name, char key[static CURVE_TEXT_SIZE])
{
    line += strspn(line, " \t");
    size_t length = strlen(name);
    if (strncmp(line, name, length) != 0) return false;
    line += length;
    line += strspn(line, " \t");
    if (*line++ != '=') return false;
    line += strspn(line, " \t");
    if (*line++ != '"') return false;
    const char *end = strchr(line, '"');
    if (!end || end - line != CURVE_TEXT_SIZE - 1) return false;
    memcpy(key, line, CURVE_TEXT_SIZE - 1);
    key[CURVE_TEXT_SIZE - 1] = '\0';
    return true;
}

static void parse(char *text, CurvePair *pair)
{
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (!take_key(line, "public-key", pair->public_key))
            (void)take_key(line, "secret-key", pair->secret_key);
}

/* `text` has KEY_FILE_BYTES_MAX. */
static StatusCode read_open(int file, const char *path, char *text, Problem *problem)
{
    size_t size = 0;
    ssize_t got = 1;
    while (size < KEY_FILE_BYTES_MAX && got > 0) {
        got = read(file, text + size, KEY_FILE_BYTES_MAX - size);
        if (got < 0 && errno != EINTR)
            return problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(errno));
        if (got > 0) size += (size_t)got;
    }
    if (size == KEY_FILE_BYTES_MAX)
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "%s is too long for a file of a key",
                           path);
    text[size] = '\0';
    return STATUS_OK;
}

/* Whose it is, is asked of the file that was opened and not of its name. */
static StatusCode check_owner(int file, const char *path, Problem *problem)
{
    struct stat found;
    if (fstat(file, &found) != 0)
        return problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(errno));
    if (found.st_mode & (S_IRWXG | S_IRWXO))
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "others may read %s, which holds a secret key: chmod 600 it, and think "
                           "about who has read it",
                           path);
    return STATUS_OK;
}

static StatusCode read_keys(const char *path, bool secret, CurvePair *pair, Problem *problem)
{
    char text[KEY_FILE_BYTES_MAX];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return problem_set(problem, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_UNAVAILABLE,
                           "%s: %s", path, strerror(errno));
    StatusCode code = secret ? check_owner(file, path, problem) : STATUS_OK;
    if (code == STATUS_OK) code = read_open(file, path, text, problem);
    (void)close(file);
    if (code == STATUS_OK) parse(text, pair);
    sodium_memzero(text, sizeof text);
    return code;
}

static StatusCode check_public(const char *path, const CurvePair *pair, Problem *problem)
{
    uint8_t key[CURVE_KEY_BYTES];
    if (curve_parse(pair->public_key, key) && curve_is_public(key)) return STATUS_OK;
    return problem_set(problem, STATUS_INVALID_ARGUMENT, "%s holds no public key", path);
}

StatusCode key_file_read_public(const char *path, CurvePair *pair, Problem *problem)
{
    CurvePair read = {.public_key = ""};
    StatusCode code = read_keys(path, false, &read, problem);
    if (code == STATUS_OK) code = check_public(path, &read, problem);
    if (code == STATUS_OK) {
        *pair = (CurvePair){.public_key = ""};
        memcpy(pair->public_key, read.public_key, sizeof pair->public_key);
    }
    curve_pair_clear(&read);
    return code;
}

StatusCode key_file_read_pair(const char *path, CurvePair *pair, Problem *problem)
{
    CurvePair read = {.public_key = ""};
    StatusCode code = read_keys(path, true, &read, problem);
    if (code == STATUS_OK) code = check_public(path, &read, problem);
    if (code == STATUS_OK && !curve_pair_fits(&read))
        code = problem_set(problem, STATUS_INVALID_ARGUMENT,
                           read.secret_key[0] ? "%s holds a secret key that is not its public key's"
                                              : "%s holds no secret key",
                           path);
    if (code == STATUS_OK) *pair = read;
    curve_pair_clear(&read);
    return code;
}
