#include "daemon/store/note.h"

#include "daemon/store/folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    NOTE_MODE = 0600,
    NAME_SIZE = 64,
};

bool note_read(const char *folder, const char *name, size_t most, uint8_t **data, size_t *size)
{
    char *path = folder_path(folder, name);
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    free(path);
    uint8_t *bytes = file >= 0 ? malloc(most + 1) : NULL;
    ssize_t length = bytes ? read(file, bytes, most + 1) : -1;
    if (file >= 0) (void)close(file);
    if (length < 0 || (size_t)length > most) {
        free(bytes);
        return false;
    }
    *data = bytes;
    *size = (size_t)length;
    return true;
}

static bool write_file(const char *path, Bytes note)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, NOTE_MODE);
    if (file < 0) return false;
    bool written = write(file, note.data, note.size) == (ssize_t)note.size;
    return close(file) == 0 && written;
}

bool note_write(const char *folder, const char *name, Bytes note)
{
    char beside[NAME_SIZE];
    (void)snprintf(beside, sizeof beside, "%s.new", name);
    char *path = folder_path(folder, name);
    char *new_path = folder_path(folder, beside);
    bool written = path && new_path && write_file(new_path, note) && rename(new_path, path) == 0;
    if (!written && new_path) (void)unlink(new_path);
    free(path);
    free(new_path);
    return written;
}
