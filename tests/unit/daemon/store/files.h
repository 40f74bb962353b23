/*
 * files - what the bytes of a folder's files have in them, for tests: whatever LMDB says of them.
 */
#ifndef PLENARY_TESTS_STORE_FILES_H
#define PLENARY_TESTS_STORE_FILES_H

#include <glib.h>
#include <stdbool.h>
#include <string.h>

static inline bool files_one_has(const char *path, const char *text)
{
    char *bytes = NULL;
    gsize size = 0;
    if (!g_file_get_contents(path, &bytes, &size, NULL)) return false;
    const gsize length = strlen(text);
    bool found = false;
    for (gsize i = 0; !found && i + length <= size; i++) {
        const char *next = memchr(bytes + i, text[0], size - i);
        if (next == NULL) break;
        i = (gsize)(next - bytes);
        found = i + length <= size && memcmp(next, text, length) == 0;
    }
    g_free(bytes);
    return found;
}

/* Some file in the folder, or in a folder of its own, has this text. */
static inline bool files_have(const char *folder, const char *text) /* NOLINT(misc-no-recursion) */
{
    GDir *listing = g_dir_open(folder, 0, NULL);
    bool found = false;
    const char *name;
    while (listing != NULL && !found && (name = g_dir_read_name(listing)) != NULL) {
        char *path = g_build_filename(folder, name, NULL);
        found = g_file_test(path, G_FILE_TEST_IS_DIR) ? files_have(path, text)
                                                      : files_one_has(path, text);
        g_free(path);
    }
    if (listing != NULL) g_dir_close(listing);
    return found;
}

#endif
