#include "daemon/config.h"

#include "daemon/bus/limits.h"
#include "daemon/zpl.h"
#include "proto/manual.h"
#include "proto/nearest.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef enum KeyKind {
    KEY_FOLDER,
    KEY_NUMBER,  /* whole, within min and max */
    KEY_ADDRESS, /* tcp://address:port */
} KeyKind;

typedef struct Key {
    const char *path;
    size_t offset; /* in Config */
    KeyKind kind;
    uint64_t usual;
    uint64_t min;
    uint64_t max;
    const char *help;
} Key;

#define FOLDER(path, field, help)                                                                  \
    {                                                                                              \
        path, offsetof(Config, field), KEY_FOLDER, 0, 0, 0, help                                   \
    }
#define NUMBER(path, field, usual, min, max, help)                                                 \
    {                                                                                              \
        path, offsetof(Config, field), KEY_NUMBER, usual, min, max, help                           \
    }
#define ADDRESS(path, field, help)                                                                 \
    {                                                                                              \
        path, offsetof(Config, field), KEY_ADDRESS, 0, 0, 0, help                                  \
    }

static const Key keys[] = {
    FOLDER("folders/data", data, "where the records are kept"),
    FOLDER("folders/run", run, "where the sockets are"),
    FOLDER("search/aliases", aliases,
           "names of places, added to those built in; else \"aliases\" beside this file"),
    NUMBER("journal/map_mib", journal_map_mib, 65536, 64, 16777216,
           "address space of the journal; the file grows only with what it holds"),
    NUMBER("views/map_mib", views_map_mib, 65536, 64, 16777216,
           "address space of the views; the file grows only with what it holds"),
    NUMBER("views/delta_freeze_mib", delta_freeze_mib, 8, 1, 4096,
           "changes held in memory before they are folded into the views"),
    NUMBER("views/delta_max_mib", delta_max_mib, 128, 2, 16384,
           "changes held in memory at most; writing waits there"),
    NUMBER("views/fold_keys", fold_keys, 2000, 1, 1000000, "keys in one transaction of folding"),
    NUMBER("views/fold_pause_ms", fold_pause_ms, 2, 0, 1000,
           "pause between two transactions of folding"),
    NUMBER("requests/max", requests, DESK_TICKETS, 1, DESK_TICKETS, "requests on the way"),
    NUMBER("requests/max_per_connection", requests_per_connection, DESK_TICKETS_PER_PEER, 1,
           DESK_TICKETS, "of them, of one connection"),
    NUMBER("streams/max", streams, STREAMS_MAX, 1, STREAMS_MAX, "subscriptions"),
    NUMBER("streams/max_per_connection", streams_per_connection, STREAMS_PER_PEER, 1, STREAMS_MAX,
           "of them, of one connection"),
    NUMBER("broadcast/on", broadcast, 1, 0, 1, "what anybody may know is broadcast; 0: it is not"),
    NUMBER("broadcast/queue", broadcast_queue, BROADCAST_SEND_QUEUE, 1, BROADCAST_SEND_QUEUE_MAX,
           "messages that wait for one listener; what is more it misses"),
    ADDRESS("network/requests", network_requests,
            "where requests are taken over the network, with CURVE; needs \"plenaryd init\""),
    ADDRESS("network/stream", network_stream, "the same of subscriptions"),
};

enum {
    KEY_COUNT = sizeof keys / sizeof *keys,
    BOUNDS_SIZE = 128,
};

static uint64_t *number_of(Config *self, const Key *key)
{
    return (uint64_t *)(void *)((char *)self + key->offset);
}

void config_defaults(Config *self, const Paths *paths)
{
    *self = (Config){0};
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].kind == KEY_NUMBER) *number_of(self, &keys[i]) = keys[i].usual;
    memcpy(self->data, paths->data, sizeof self->data);
    memcpy(self->run, paths->run, sizeof self->run);
    const char *slash = strrchr(paths->config, '/');
    (void)snprintf(self->aliases_usual, sizeof self->aliases_usual, "%.*saliases",
                   slash ? (int)(slash + 1 - paths->config) : 0, paths->config);
}

/* --- one key --- */

static const Key *find_key(const char *path)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i].path, path) == 0) return &keys[i];
    return NULL;
}

/* True for what stands before a key's last "/". */
static bool is_section(const char *path)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strncmp(keys[i].path, path, length) == 0 && keys[i].path[length] == '/') return true;
    return false;
}

static StatusCode refuse_unknown(const ZplEntry *entry, Problem *problem)
{
    const char *paths[KEY_COUNT];
    for (size_t i = 0; i < KEY_COUNT; i++)
        paths[i] = keys[i].path;
    const char *near = nearest(entry->path, paths, KEY_COUNT);
    return problem_set(problem, STATUS_INVALID_ARGUMENT, "line %u: there is no key %s%s%s%s",
                       entry->line, entry->path, near ? "; do you mean " : "", near ? near : "",
                       near ? "?" : "");
}

static StatusCode take_folder(Config *self, const Key *key, const ZplEntry *entry, Problem *problem)
{
    size_t length = strlen(entry->value);
    if (entry->value[0] != '/' || length >= PATHS_SIZE)
        return problem_set(problem, STATUS_INVALID_ARGUMENT,
                           "line %u: %s: it is not a whole path, from \"/\" on", entry->line,
                           key->path);
    memcpy((char *)self + key->offset, entry->value, length + 1);
    return STATUS_OK;
}

/* An address of this machine and a port: a name could come to mean another machine. */
static bool is_address(const char *text)
{
    static const char scheme[] = "tcp://";
    const char *colon = strrchr(text, ':');
    if (strncmp(text, scheme, sizeof scheme - 1) != 0) return false;
    const char *host = text + sizeof scheme - 1;
    if (colon <= host || strspn(host, "0123456789abcdefABCDEF.:[]*") != strlen(host)) return false;
    char *end = NULL;
    unsigned long port = strtoul(colon + 1, &end, 10);
    return colon[1] >= '0' && colon[1] <= '9' && !*end && port >= 1 && port <= UINT16_MAX;
}

static StatusCode take_address(Config *self, const Key *key, const ZplEntry *entry,
                               Problem *problem)
{
    size_t length = strlen(entry->value);
    if (length >= CONFIG_ADDRESS_SIZE || !is_address(entry->value))
        return problem_set(
            problem, STATUS_INVALID_ARGUMENT,
            "line %u: %s: \"%.60s\" is not tcp://ADDRESS:PORT, as tcp://10.0.0.5:5570", entry->line,
            key->path, entry->value);
    memcpy((char *)self + key->offset, entry->value, length + 1);
    return STATUS_OK;
}

static StatusCode take_number(Config *self, const Key *key, const ZplEntry *entry, Problem *problem)
{
    char *end = NULL;
    bool begins = entry->value[0] >= '0' && entry->value[0] <= '9';
    errno = 0;
    uint64_t number = begins ? strtoull(entry->value, &end, 10) : 0;
    if (!begins || *end || errno || number < key->min || number > key->max)
        return problem_set(problem, STATUS_INVALID_ARGUMENT,
                           "line %u: %s: \"%.40s\" is not a whole number from %" PRIu64
                           " to %" PRIu64,
                           entry->line, key->path, entry->value, key->min, key->max);
    *number_of(self, key) = number;
    return STATUS_OK;
}

static StatusCode take_entry(Config *self, const ZplEntry *entry, Problem *problem)
{
    const Key *key = find_key(entry->path);
    if (!entry->value && is_section(entry->path)) return STATUS_OK;
    if (!key) return refuse_unknown(entry, problem);
    if (!entry->value)
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "line %u: %s has no value",
                           entry->line, entry->path);
    switch (key->kind) {
    case KEY_FOLDER: return take_folder(self, key, entry, problem);
    case KEY_ADDRESS: return take_address(self, key, entry, problem);
    default: return take_number(self, key, entry, problem);
    }
}

/* --- a whole file --- */

StatusCode config_parse(Config *self, const char *text, size_t size, Problem *problem)
{
    Zpl *zpl;
    StatusCode code = zpl_read(text, size, &zpl, problem);
    if (code != STATUS_OK) return code;
    for (size_t i = 0; i < zpl_count(zpl) && code == STATUS_OK; i++)
        code = take_entry(self, zpl_entry(zpl, i), problem);
    zpl_destroy(&zpl);
    if (code == STATUS_OK && self->delta_max_mib < 2 * self->delta_freeze_mib)
        code = problem_set(problem, STATUS_INVALID_ARGUMENT,
                           "views/delta_max_mib must be twice views/delta_freeze_mib or more");
    if (code == STATUS_OK && !self->network_requests[0] != !self->network_stream[0])
        code = problem_set(problem, STATUS_INVALID_ARGUMENT,
                           "network/requests and network/stream: one without the other is of no "
                           "use");
    return code;
}

static StatusCode read_file(const char *path, char *text, size_t *size, Problem *problem)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return problem_set(problem, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_FAILED_PRECONDITION,
                           "cannot read %s: %s", path, strerror(errno));
    *size = fread(text, 1, LIMIT_CONFIG_BYTES, file);
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    if (failed) return problem_set(problem, STATUS_FAILED_PRECONDITION, "cannot read %s", path);
    if (*size == LIMIT_CONFIG_BYTES)
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "%s has %d bytes or more", path,
                           LIMIT_CONFIG_BYTES);
    text[*size] = '\0';
    return STATUS_OK;
}

StatusCode config_load(Config *self, const char *path, Problem *problem)
{
    size_t size = 0;
    char *text = malloc(LIMIT_CONFIG_BYTES);
    if (!text) return problem_set(problem, STATUS_INTERNAL, "no memory");
    StatusCode code = read_file(path, text, &size, problem);
    if (code == STATUS_OK && (code = config_parse(self, text, size, problem)) != STATUS_OK) {
        Problem inner = *problem;
        problem_set(problem, code, "%.150s: %s", path, inner.message);
    }
    free(text);
    return code;
}

void config_print_keys(FILE *stream)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        const Key *key = &keys[i];
        (void)fprintf(stream, "  %-28s  %s", key->path, key->help);
        if (key->kind == KEY_NUMBER)
            (void)fprintf(stream, " (%" PRIu64 "; from %" PRIu64 " to %" PRIu64 ")", key->usual,
                          key->min, key->max);
        (void)fprintf(stream, "\n");
    }
}

typedef struct KindWords {
    const char *value;  /* for the manual */
    const char *bounds; /* NULL: they are the key's own */
} KindWords;

static const KindWords kind_words[] = {
    [KEY_FOLDER] = {"FOLDER", "A whole path, from \"/\" on."},
    [KEY_NUMBER] = {"NUMBER", NULL},
    [KEY_ADDRESS] = {"ADDRESS", "tcp://ADDRESS:PORT, the address one of this machine's, or *. "
                                "Where nothing is said it does not listen on the network."},
};

void config_print_manual(FILE *stream)
{
    char bounds[BOUNDS_SIZE];
    manual_list(stream);
    for (size_t i = 0; i < KEY_COUNT; i++) {
        const Key *key = &keys[i];
        const KindWords *words = &kind_words[key->kind];
        manual_item(stream, MANUAL_KEY, key->path, words->value);
        manual_text(stream, key->help);
        (void)snprintf(bounds, sizeof bounds,
                       "From %" PRIu64 " to %" PRIu64 "; %" PRIu64 " where nothing is said.",
                       key->min, key->max, key->usual);
        manual_paragraph(stream);
        manual_text(stream, words->bounds ? words->bounds : bounds);
    }
    manual_list_end(stream);
}
