#include "clients/lib/position.h"

#include "clients/lib/lib_error.h"
#include "clients/lib/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAGIC "PLNCUR1\n"

enum {
    MAGIC_BYTES = 8,
    HEAD_BYTES = MAGIC_BYTES + 8 + 4,
    SUM_BYTES = 16,
    POSITION_FILE_MODE = 0600,
};

void position_after(Position *self, uint64_t sequence)
{
    *self = (Position){.sequence = sequence, .done = sequence};
}

bool position_at(Position *self, const Plenary__V1__Cursor *cursor)
{
    if (!cursor || !cursor->has_sequence) return false;
    size_t size = plenary__v1__cursor__get_packed_size(cursor);
    if (size > POSITION_CURSOR_BYTES_MAX) return false;
    *self = (Position){.cursor_size = size, .sequence = cursor->sequence, .done = cursor->sequence};
    plenary__v1__cursor__pack(cursor, self->cursor);
    return true;
}

bool position_equal(const Position *one, const Position *other)
{
    return one->sequence == other->sequence && one->done == other->done &&
           one->cursor_size == other->cursor_size &&
           memcmp(one->cursor, other->cursor, one->cursor_size) == 0;
}

/* --- the file's form --- */

static void put_number(uint8_t *out, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (uint8_t)(number >> (8 * i));
}

static uint64_t get_number(const uint8_t *in, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < bytes; i++)
        number |= (uint64_t)in[i] << (8 * i);
    return number;
}

size_t position_pack(const Position *self, uint8_t packed[static POSITION_BYTES_MAX])
{
    memcpy(packed, FILE_MAGIC, MAGIC_BYTES);
    put_number(packed + MAGIC_BYTES, self->done, 8);
    put_number(packed + MAGIC_BYTES + 8, self->cursor_size, 4);
    memcpy(packed + HEAD_BYTES, self->cursor, self->cursor_size);
    size_t size = HEAD_BYTES + self->cursor_size;
    crypto_generichash(packed + size, SUM_BYTES, packed, size, NULL, 0);
    return size + SUM_BYTES;
}

bool position_unpack(Position *self, const uint8_t *packed, size_t size)
{
    if (size < HEAD_BYTES + SUM_BYTES || memcmp(packed, FILE_MAGIC, MAGIC_BYTES) != 0) return false;
    uint8_t sum[SUM_BYTES];
    crypto_generichash(sum, SUM_BYTES, packed, size - SUM_BYTES, NULL, 0);
    if (memcmp(sum, packed + size - SUM_BYTES, SUM_BYTES) != 0) return false;

    uint64_t done = get_number(packed + MAGIC_BYTES, 8);
    size_t cursor_size = (size_t)get_number(packed + MAGIC_BYTES + 8, 4);
    if (cursor_size != size - HEAD_BYTES - SUM_BYTES) return false;
    Position read;
    position_after(&read, done);
    if (cursor_size) {
        Plenary__V1__Cursor *cursor =
            plenary__v1__cursor__unpack(NULL, cursor_size, packed + HEAD_BYTES);
        bool fits = position_at(&read, cursor);
        if (cursor) plenary__v1__cursor__free_unpacked(cursor, NULL);
        if (!fits || done < read.sequence) return false;
        read.done = done;
    }
    *self = read;
    return true;
}

/* --- reading and writing it --- */

static ssize_t read_file(int fd, uint8_t *out, size_t size)
{
    size_t have = 0;
    while (have < size) {
        ssize_t got = read(fd, out + have, size - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        if (got == 0) break;
        have += (size_t)got;
    }
    return (ssize_t)have;
}

PositionRead position_read(Position *self, const char *path, PlenaryError *error)
{
    uint8_t file[POSITION_BYTES_MAX + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return POSITION_ABSENT;
    ssize_t size = fd < 0 ? -1 : read_file(fd, file, sizeof file);
    int reason = errno;
    if (fd >= 0) close(fd);
    if (size < 0) {
        lib_error_set(error, PLENARY__V1__STATUS_CODE__FAILED_PRECONDITION,
                      "the cursor file %s cannot be read: %s", path, strerror(reason));
        return POSITION_BAD;
    }
    if (position_unpack(self, file, (size_t)size)) return POSITION_READ;
    lib_error_set(error, PLENARY__V1__STATUS_CODE__FAILED_PRECONDITION,
                  "the cursor file %s is damaged or is none; remove it to start anew", path);
    return POSITION_BAD;
}

bool position_write(const Position *self, const char *path, PlenaryError *error)
{
    Problem problem;
    uint8_t file[POSITION_BYTES_MAX];
    size_t size = position_pack(self, file);
    problem_clear(&problem);
    StatusCode code = replace_file(path, POSITION_FILE_MODE, file, size, NULL, &problem);
    if (code == STATUS_OK) return true;
    return lib_error_set(error, (Plenary__V1__StatusCode)code, "the cursor file %s",
                         problem.message);
}
