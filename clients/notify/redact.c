#include "clients/notify/redact.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOTHING "{}" /* where a line has no room for what it may keep */

typedef struct Redacting {
    FILE *lines;          /* read */
    int file;             /* written to */
    GHashTable *erased;   /* id, or number -> where the last line of that kind begins */
    redact_sees_fn *sees; /* NULL: lines of what is not in the view stay */
    void *context;
    char *line; /* at `at`, of `length` bytes without its newline */
    size_t room;
    size_t length;
    off_t at;
    off_t next;
} Redacting;

static bool next_line(Redacting *self)
{
    ssize_t length = getline(&self->line, &self->room, self->lines);
    if (length <= 0) return false;
    self->at = self->next;
    self->next += length;
    self->length = (size_t)length - (self->line[length - 1] == '\n');
    return true;
}

static void begin_again(Redacting *self)
{
    rewind(self->lines);
    self->next = 0;
}

/* NULL: it is none of ours. Given. */
static json_t *read_line(const Redacting *self)
{
    return json_loadb(self->line, self->length, 0, NULL);
}

/* NULL: it is about no event. */
static const char *id_in(const json_t *json)
{
    return json_string_value(json_object_get(json_object_get(json, "event"), "id"));
}

/* --- which events --- */

static bool is_erased(const json_t *json)
{
    const char *action = json_string_value(json_object_get(json, "action"));
    return action && strcmp(action, "erased") == 0;
}

/* Given. */
static char *key_of_number(json_int_t number)
{
    return g_strdup_printf("%" JSON_INTEGER_FORMAT, number);
}

/* Takes over the key. */
static void add_erased(Redacting *self, char *key)
{
    g_hash_table_replace(self->erased, key, g_memdup2(&self->at, sizeof self->at));
}

/* The line tells the event, or, of former images, the events' numbers. */
static void take_erased(Redacting *self, const json_t *json)
{
    size_t i;
    const json_t *erasure;
    if (id_in(json)) add_erased(self, g_strdup(id_in(json)));
    json_array_foreach(json_object_get(json, "erasures"), i, erasure)
    {
        const json_t *number = json_object_get(erasure, "number");
        if (json_is_integer(number)) add_erased(self, key_of_number(json_integer_value(number)));
    }
}

static void find_erased(Redacting *self)
{
    while (next_line(self)) {
        if (!strstr(self->line, "erased")) continue;
        json_t *json = read_line(self);
        if (is_erased(json)) take_erased(self, json);
        json_decref(json);
    }
}

static bool is_before(const Redacting *self, const char *key)
{
    const off_t *last = key ? g_hash_table_lookup(self->erased, key) : NULL;
    return last && self->at < *last;
}

static bool must_go(const Redacting *self, const json_t *json)
{
    const json_t *number = json_object_get(json_object_get(json, "event"), "number");
    if (is_before(self, id_in(json))) return true;
    if (!json_is_integer(number)) return false;
    if (self->sees && !self->sees(self->context, (uint32_t)json_integer_value(number))) return true;
    char *key = key_of_number(json_integer_value(number));
    bool before = is_before(self, key);
    g_free(key);
    return before;
}

/* --- what stays of a line --- */

static json_t *pick(const json_t *json, const char *const *names, size_t count)
{
    json_t *kept = json_object();
    for (size_t i = 0; i < count; i++)
        (void)json_object_set(kept, names[i], json_object_get(json, names[i]));
    return kept;
}

/* Given: free(). NULL: no memory. */
static char *what_stays(const json_t *json)
{
    static const char *const of_line[] = {"sequence", "action", "relation"};
    static const char *const of_event[] = {"id", "number", "revision"};
    json_t *kept = pick(json, of_line, sizeof of_line / sizeof *of_line);
    json_t *event =
        pick(json_object_get(json, "event"), of_event, sizeof of_event / sizeof *of_event);
    (void)json_object_set_new(kept, "event", event);
    char *text = json_dumps(kept, JSON_COMPACT);
    json_decref(kept);
    return text;
}

static int write_over(const Redacting *self)
{
    for (size_t done = 0; done < self->length;) {
        ssize_t written =
            pwrite(self->file, self->line + done, self->length - done, self->at + (off_t)done);
        if (written < 0 && errno != EINTR) return errno;
        if (written > 0) done += (size_t)written;
    }
    return 0;
}

static int redact_line(Redacting *self, const json_t *json)
{
    char *text = what_stays(json);
    if (!text) return ENOMEM;
    const char *kept = strlen(text) <= self->length ? text : NOTHING;
    memset(self->line, ' ', self->length);
    memcpy(self->line, kept, strlen(kept));
    free(text);
    return write_over(self);
}

static int redact_lines(Redacting *self)
{
    int error = 0;
    while (!error && next_line(self)) {
        json_t *json = read_line(self);
        if (must_go(self, json)) error = redact_line(self, json);
        json_decref(json);
    }
    return error;
}

/* --- the file --- */

static int run(Redacting *self)
{
    begin_again(self);
    find_erased(self);
    if (g_hash_table_size(self->erased) == 0 && !self->sees) return 0;
    begin_again(self);
    int error = redact_lines(self);
    if (!error && ferror(self->lines)) error = EIO;
    if (!error && fsync(self->file) != 0) error = errno;
    return error;
}

/* What is written by position goes to the end of a file that is open for appending. */
int redact_file(int file, redact_sees_fn *sees, void *context)
{
    int flags = fcntl(file, F_GETFL);
    int copy = fcntl(file, F_DUPFD_CLOEXEC, 0);
    Redacting redacting = {.file = file, .sees = sees, .context = context};
    redacting.lines = copy >= 0 ? fdopen(copy, "r") : NULL;
    if (flags < 0 || !redacting.lines || fcntl(file, F_SETFL, flags & ~O_APPEND) != 0) {
        int error = errno;
        if (redacting.lines) (void)fclose(redacting.lines);
        return error;
    }
    redacting.erased = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    int error = run(&redacting);
    if (fcntl(file, F_SETFL, flags) != 0 && !error) error = errno;
    g_hash_table_destroy(redacting.erased);
    free(redacting.line);
    (void)fclose(redacting.lines);
    return error;
}
