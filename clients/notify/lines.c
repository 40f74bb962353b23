#include "clients/notify/lines.h"

#include "clients/lib/folders.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NOTE_COUNTED = 1,
    NOTE_REDACTS = 2, /* lines before are going to be redacted: they are no sign of the file */
    NOTE_REDACTS_UNSEEN = 3,
    SUM_BYTES = 16,
    TAIL_BYTES = 4096, /* before the length that counted: how the file is known again */
    FILE_MODE = 0666,
};

/* What counted. */
typedef struct Mark {
    uint64_t length;
    uint8_t path[SUM_BYTES]; /* of the whole path */
    uint8_t tail[SUM_BYTES]; /* of the last TAIL_BYTES of that length, or of its identity */
    bool redacts;
    bool unseen;
} Mark;

struct Lines {
    char *path; /* whole */
    int file;
    char *pending; /* added, not yet written */
    size_t pending_bytes;
    size_t pending_room;
    bool is_due; /* to redact lines, */
    bool unseen; /* also of what is not in the view */
    redact_sees_fn *sees;
    void *context;
};

static StatusCode fault(const Lines *self, int error, Problem *problem)
{
    return problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", self->path, strerror(error));
}

/* --- the note --- */

static void sum(const void *bytes, size_t size, uint8_t out[static SUM_BYTES])
{
    crypto_generichash(out, SUM_BYTES, bytes, size, NULL, 0);
}

/* An empty file is known again by what it is on its disk. */
static bool sum_identity(int file, uint8_t out[static SUM_BYTES])
{
    struct stat about;
    if (fstat(file, &about) != 0) return false;
    const uint64_t identity[] = {(uint64_t)about.st_dev, (uint64_t)about.st_ino};
    sum(identity, sizeof identity, out);
    return true;
}

/* False: the file does not have that many bytes, or cannot be read. */
static bool sum_tail(int file, uint64_t length, uint8_t out[static SUM_BYTES])
{
    uint8_t tail[TAIL_BYTES];
    size_t size = length < TAIL_BYTES ? (size_t)length : TAIL_BYTES;
    size_t have = 0;
    if (size == 0) return sum_identity(file, out);
    while (have < size) {
        ssize_t got = pread(file, tail + have, size - have, (off_t)(length - size + have));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        have += (size_t)got;
    }
    sum(tail, size, out);
    return true;
}

static void write_note(const Mark *mark, uint8_t note[static LINES_NOTE_BYTES])
{
    note[0] = !mark->redacts ? NOTE_COUNTED : mark->unseen ? NOTE_REDACTS_UNSEEN : NOTE_REDACTS;
    for (size_t i = 0; i < 8; i++)
        note[1 + i] = (uint8_t)(mark->length >> (8 * i));
    memcpy(note + 9, mark->path, SUM_BYTES);
    memcpy(note + 9 + SUM_BYTES, mark->tail, SUM_BYTES);
}

static bool read_note(const uint8_t *note, size_t size, Mark *mark)
{
    if (size != LINES_NOTE_BYTES || note[0] < NOTE_COUNTED || note[0] > NOTE_REDACTS_UNSEEN)
        return false;
    *mark = (Mark){.redacts = note[0] != NOTE_COUNTED, .unseen = note[0] == NOTE_REDACTS_UNSEEN};
    for (size_t i = 0; i < 8; i++)
        mark->length |= (uint64_t)note[1 + i] << (8 * i);
    memcpy(mark->path, note + 9, SUM_BYTES);
    memcpy(mark->tail, note + 9 + SUM_BYTES, SUM_BYTES);
    return true;
}

static bool sum_sign(int file, const Mark *mark, uint8_t out[static SUM_BYTES])
{
    return mark->redacts ? sum_identity(file, out) : sum_tail(file, mark->length, out);
}

/* --- opening --- */

/* A tail that did not count goes. */
static int cut(Lines *self, const void *note, size_t size)
{
    Mark mark;
    uint8_t path[SUM_BYTES];
    uint8_t tail[SUM_BYTES];
    struct stat about;
    if (!read_note(note, size, &mark)) return 0;
    if (fstat(self->file, &about) != 0) return errno;
    sum(self->path, strlen(self->path), path);
    if (memcmp(path, mark.path, SUM_BYTES) != 0) return 0;
    self->is_due = mark.redacts;
    self->unseen = mark.unseen;
    if ((uint64_t)about.st_size <= mark.length) return 0;
    if (!sum_sign(self->file, &mark, tail) || memcmp(tail, mark.tail, SUM_BYTES) != 0) return 0;
    return ftruncate(self->file, (off_t)mark.length) == 0 ? 0 : errno;
}

static int open_file(const char *path)
{
    return open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, FILE_MODE);
}

/* Its name is durable too. */
static StatusCode sync_name(const Lines *self, Problem *problem)
{
    char *folder = strdup(self->path);
    if (!folder) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    char *slash = strrchr(folder, '/');
    if (slash) slash[slash == folder] = '\0';
    StatusCode code = folders_sync(slash ? folder : ".", problem);
    free(folder);
    return code;
}

StatusCode lines_open(const char *path, const void *note, size_t size, Lines **self,
                      Problem *problem)
{
    StatusCode code;
    Lines *made = calloc(1, sizeof *made);
    if (!made) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    made->file = open_file(path);
    if (made->file >= 0) made->path = realpath(path, NULL);
    if (!made->path) {
        code = problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(errno));
        goto failed;
    }
    int error = cut(made, note, size);
    code = error ? fault(made, error, problem) : sync_name(made, problem);
    if (code != STATUS_OK) goto failed;
    *self = made;
    return STATUS_OK;

failed:
    lines_close(&made);
    return code;
}

void lines_close(Lines **self)
{
    if (!self || !*self) return;
    if ((*self)->file >= 0) (void)close((*self)->file);
    free((*self)->path);
    free((*self)->pending);
    free(*self);
    *self = NULL;
}

/* --- writing --- */

/* What could not be written stays pending. */
static int write_pending(Lines *self)
{
    size_t done = 0;
    int error = 0;
    while (done < self->pending_bytes && !error) {
        ssize_t written = write(self->file, self->pending + done, self->pending_bytes - done);
        if (written >= 0)
            done += (size_t)written;
        else if (errno != EINTR)
            error = errno;
    }
    if (done) memmove(self->pending, self->pending + done, self->pending_bytes - done);
    self->pending_bytes -= done;
    return error;
}

StatusCode lines_add(Lines *self, const char *line, Problem *problem)
{
    size_t length = strlen(line);
    if (self->pending_bytes + length > self->pending_room) {
        size_t room = 2 * (self->pending_bytes + length);
        char *pending = realloc(self->pending, room);
        if (!pending) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
        self->pending = pending;
        self->pending_room = room;
    }
    memcpy(self->pending + self->pending_bytes, line, length);
    self->pending_bytes += length;
    int error = self->pending_bytes >= LINES_PENDING_BYTES_MAX ? write_pending(self) : 0;
    return error ? fault(self, error, problem) : STATUS_OK;
}

static int redact(const Lines *self)
{
    return redact_file(self->file, self->unseen ? self->sees : NULL, self->context);
}

/* Somebody has renamed or removed it: what was written stays there, what comes goes into a new one.
 */
static int follow_name(Lines *self)
{
    struct stat ours;
    struct stat named;
    if (fstat(self->file, &ours) != 0) return errno;
    if (stat(self->path, &named) == 0 && named.st_ino == ours.st_ino && named.st_dev == ours.st_dev)
        return 0;
    if (fsync(self->file) != 0) return errno;
    int error = self->is_due ? redact(self) : 0;
    if (error) return error;
    int file = open_file(self->path);
    if (file < 0) return errno;
    (void)close(self->file);
    self->file = file;
    return 0;
}

static int mark_end(Lines *self, uint8_t note[static LINES_NOTE_BYTES])
{
    struct stat about;
    Mark mark = {.redacts = self->is_due, .unseen = self->unseen};
    if (fsync(self->file) != 0 || fstat(self->file, &about) != 0) return errno;
    mark.length = (uint64_t)about.st_size;
    sum(self->path, strlen(self->path), mark.path);
    if (!sum_sign(self->file, &mark, mark.tail)) return EIO;
    write_note(&mark, note);
    return 0;
}

StatusCode lines_keep(Lines *self, uint8_t note[static LINES_NOTE_BYTES], Problem *problem)
{
    int error = write_pending(self);
    if (!error) error = follow_name(self);
    if (!error) error = mark_end(self, note);
    return error ? fault(self, error, problem) : STATUS_OK;
}

/* --- redacting --- */

void lines_ask(Lines *self, redact_sees_fn *sees, void *context)
{
    self->sees = sees;
    self->context = context;
}

void lines_erase(Lines *self, bool unseen)
{
    self->is_due = true;
    self->unseen = self->unseen || unseen;
}

bool lines_is_due(const Lines *self)
{
    return self->is_due;
}

StatusCode lines_redact(Lines *self, Problem *problem)
{
    int error = redact(self);
    if (error) return fault(self, error, problem);
    self->is_due = self->unseen = false;
    return STATUS_OK;
}
