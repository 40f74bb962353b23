#include "daemon/store/checksum.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum {
    CHECKSUM_BYTES = 64,
    CHECKSUM_MODE = 0600,
    CHECKSUM_BLOCK = 64 * 1024, /* read at once */
};

static StatusCode fault(Problem *problem, const char *path)
{
    const char *why =
        errno == ENOSPC || errno == EDQUOT ? "no space left on the disk" : strerror(errno);
    return problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, why);
}

static bool write_all(int file, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, bytes, size);
        if (written < 0 && errno != EINTR) return false;
        if (written <= 0) continue;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

typedef struct Ends {
    int from;
    int to; /* -1: nowhere */
    const char *from_path, *to_path;
} Ends;

static StatusCode pass(const Ends *ends, crypto_generichash_state *hash, Problem *problem)
{
    uint8_t block[CHECKSUM_BLOCK];
    for (;;) {
        ssize_t size = read(ends->from, block, sizeof block);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return fault(problem, ends->from_path);
        if (size == 0) return STATUS_OK;
        (void)crypto_generichash_update(hash, block, (size_t)size);
        if (ends->to >= 0 && !write_all(ends->to, block, (size_t)size))
            return fault(problem, ends->to_path);
    }
}

static StatusCode hash_ends(const Ends *ends, char checksum[static CHECKSUM_SIZE], Problem *problem)
{
    uint8_t digest[CHECKSUM_BYTES];
    crypto_generichash_state hash;
    (void)crypto_generichash_init(&hash, NULL, 0, sizeof digest);
    StatusCode code = pass(ends, &hash, problem);
    bool copies = ends->to >= 0;
    if (code == STATUS_OK && fsync(copies ? ends->to : ends->from) != 0)
        code = fault(problem, copies ? ends->to_path : ends->from_path);
    if (code != STATUS_OK) return code;
    (void)crypto_generichash_final(&hash, digest, sizeof digest);
    (void)sodium_bin2hex(checksum, CHECKSUM_SIZE, digest, sizeof digest);
    return STATUS_OK;
}

StatusCode checksum_of_file(const char *path, char checksum[static CHECKSUM_SIZE], Problem *problem)
{
    Ends ends = {.from = open(path, O_RDONLY | O_CLOEXEC), .to = -1, .from_path = path};
    if (ends.from < 0) return fault(problem, path);
    StatusCode code = hash_ends(&ends, checksum, problem);
    (void)close(ends.from);
    return code;
}

StatusCode checksum_copy(const char *from, const char *to, char checksum[static CHECKSUM_SIZE],
                         Problem *problem)
{
    Ends ends = {.from = open(from, O_RDONLY | O_CLOEXEC), .from_path = from, .to_path = to};
    if (ends.from < 0) return fault(problem, from);
    StatusCode code = STATUS_OK;
    ends.to = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, CHECKSUM_MODE);
    if (ends.to < 0)
        code = fault(problem, to);
    else
        code = hash_ends(&ends, checksum, problem);
    (void)close(ends.from);
    if (ends.to >= 0) (void)close(ends.to);
    return code;
}
