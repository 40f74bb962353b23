/*
 * A harness as any compiler builds it: runs every file of the folders given, in the order of their
 * names. `fuzz_NAME FOLDER...`
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

enum {
    PATH_SIZE = 1024,
};

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void replay_file(void *setup, const char *path)
{
    struct stat about;
    FILE *file = fopen(path, "rb");
    FUZZ_DEMAND(file && fstat(fileno(file), &about) == 0);
    size_t size = (size_t)about.st_size;
    uint8_t *data = malloc(size + 1);
    FUZZ_DEMAND(data && fread(data, 1, size, file) == size);
    (void)fclose(file);
    /* Said before: when it aborts, this was the input. */
    (void)fprintf(stderr, "%s\n", path);
    /* Memory of just its size, so that a sanitizer sees what is read beyond it. */
    uint8_t *exact = realloc(data, size ? size : 1);
    FUZZ_DEMAND(exact != NULL);
    fuzz_target.run(setup, exact, size);
    if (fuzz_target.settle) fuzz_target.settle(setup);
    free(exact);
}

static size_t replay_folder(void *setup, const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_input, alphasort);
    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE];
        FUZZ_DEMAND(snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name) < PATH_SIZE);
        replay_file(setup, path);
        free(entries[i]);
    }
    free(entries);
    return count > 0 ? (size_t)count : 0;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    void *setup = fuzz_target.open();
    for (int i = 1; i < argc; i++)
        count += replay_folder(setup, argv[i]);
    fuzz_target.close(setup);
    (void)printf("%zu inputs\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
