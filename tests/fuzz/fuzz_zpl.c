/* Any text as plenaryd.zpl. */
#include "daemon/config.h"
#include "daemon/zpl.h"
#include "proto/text.h"
#include "tests/fuzz/fuzz.h"

#include <stdbool.h>
#include <string.h>

static void *open_setup(void)
{
    return NULL;
}

static void close_setup(void *context)
{
    (void)context;
}

static void check_problem(const Problem *problem, StatusCode code)
{
    FUZZ_DEMAND(code == STATUS_INVALID_ARGUMENT && problem->code == code);
    FUZZ_DEMAND(*problem->message && text_is_utf8(problem->message, strlen(problem->message)));
}

/* Every entry has a path, and a value that stands in its line of the text. */
static void check_entries(const Zpl *zpl, const char *text)
{
    for (size_t i = 0; i < zpl_count(zpl); i++) {
        const ZplEntry *entry = zpl_entry(zpl, i);
        const char *line = text;
        for (unsigned number = 1; number < entry->line; number++)
            line = strchr(line, '\n') + 1;
        FUZZ_DEMAND(*entry->path && strlen(entry->path) < ZPL_PATH_SIZE);
        if (!entry->value || !*entry->value) continue;
        const char *at = strstr(line, entry->value);
        FUZZ_DEMAND(at && at + strlen(entry->value) <= line + strcspn(line, "\n"));
    }
}

static void run(void *context, const uint8_t *data, size_t size)
{
    (void)context;
    const Paths paths = {.data = "/data", .run = "/run"};
    char *text = fuzz_text(data, size);
    Zpl *zpl = NULL;
    Config config;
    Problem problem;
    problem_clear(&problem);
    StatusCode read = zpl_read(text, size, &zpl, &problem);
    if (read == STATUS_OK)
        check_entries(zpl, text);
    else
        check_problem(&problem, read);
    zpl_destroy(&zpl);

    problem_clear(&problem);
    config_defaults(&config, &paths);
    StatusCode parsed = config_parse(&config, text, size, &problem);
    FUZZ_DEMAND(read == STATUS_OK || parsed != STATUS_OK);
    if (parsed != STATUS_OK) check_problem(&problem, parsed);
    FUZZ_DEMAND(memchr(config.data, '\0', sizeof config.data) && config.data[0] == '/');
    free(text);
}

const FuzzTarget fuzz_target = {.open = open_setup, .run = run, .close = close_setup};
