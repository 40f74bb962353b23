#include "proto/aliases.h"

#include "proto/text.h"

#include <assert.h>
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char built_in[] =
#include <plenary/v1/aliases.inc>
    ;

struct Aliases {
    GHashTable *places; /* key -> GPtrArray of names, one that several keys share */
    GPtrArray *owned;   /* every such array */
    size_t name_count;
};

static void free_names(gpointer names)
{
    g_ptr_array_free(names, TRUE);
}

void aliases_destroy(Aliases **self)
{
    if (!self || !*self) return;
    g_hash_table_destroy((*self)->places);
    g_ptr_array_free((*self)->owned, TRUE);
    free(*self);
    *self = NULL;
}

Aliases *aliases_new(Words *words)
{
    Problem problem;
    Aliases *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->owned = g_ptr_array_new_with_free_func(free_names);
    problem_clear(&problem);
    StatusCode code = aliases_add(self, built_in, sizeof built_in - 1, words, &problem);
    assert(code == STATUS_OK);
    return self;
}

/* --- keys --- */

/* A name in its first folding, its second (ş: sh, s), or by its stems. */
typedef enum KeyForm {
    KEY_WORDS,
    KEY_OTHER,
    KEY_STEMS,
    KEY_FORMS,
} KeyForm;

typedef struct KeyWriter {
    KeyForm form;
    GString *key;
    size_t last_start; /* where the last word begins */
    size_t count;
} KeyWriter;

static void write_word(void *context, size_t position, const char *word, const char *stem)
{
    KeyWriter *writer = context;
    bool again = position + 1 == writer->count;
    if (again && writer->form != KEY_OTHER) return;
    if (again) {
        g_string_truncate(writer->key, writer->last_start);
    } else {
        if (writer->count > 0) g_string_append_c(writer->key, ' ');
        writer->last_start = writer->key->len;
        writer->count++;
    }
    g_string_append(writer->key, writer->form == KEY_STEMS && stem ? stem : word);
}

static GString *write_key(const char *name, KeyForm form, Words *words, size_t *count)
{
    KeyWriter writer = {.form = form, .key = g_string_new("")};
    words_each(words, name, write_word, &writer);
    if (count) *count = writer.count;
    return writer.key;
}

const char *aliases_key(const char *name, Words *words, Arena *arena)
{
    GString *key = write_key(name, KEY_WORDS, words, NULL);
    const char *copy = arena_strndup(arena, key->str, key->len);
    g_string_free(key, TRUE);
    return copy;
}

size_t aliases_find(const Aliases *self, const char *key, const char *const **names)
{
    const GPtrArray *place = g_hash_table_lookup(self->places, key);
    if (!place) return 0;
    *names = (const char *const *)place->pdata;
    return place->len;
}

/* --- lines --- */

typedef struct LineReader {
    Aliases *aliases;
    Words *words;
    unsigned line;
    Problem *problem;
    GPtrArray *place; /* of this line */
} LineReader;

static StatusCode refuse(const LineReader *reader, const char *why, const char *name)
{
    return problem_set(reader->problem, STATUS_INVALID_ARGUMENT, "line %u: %s%s%s", reader->line,
                       name ? text_quote(name).text : "", name ? ": " : "", why);
}

static GPtrArray *place_of(const LineReader *reader, const char *name)
{
    GString *key = write_key(name, KEY_WORDS, reader->words, NULL);
    GPtrArray *place = g_hash_table_lookup(reader->aliases->places, key->str);
    g_string_free(key, TRUE);
    return place;
}

/* Keys of words name one place; what two places share of the others stays with the first. */
static void index_name(const LineReader *reader, const char *name)
{
    for (KeyForm form = 0; form < KEY_FORMS; form++) {
        GString *key = write_key(name, form, reader->words, NULL);
        if (form == KEY_WORDS || !g_hash_table_contains(reader->aliases->places, key->str))
            g_hash_table_replace(reader->aliases->places, g_strdup(key->str), reader->place);
        g_string_free(key, TRUE);
    }
}

static StatusCode add_name(LineReader *reader, const char *name)
{
    size_t count;
    g_string_free(write_key(name, KEY_WORDS, reader->words, &count), TRUE);
    if (count == 0) return refuse(reader, "a name is empty, or has no word", NULL);
    if (count > ALIASES_NAME_WORDS_MAX || strlen(name) > ALIASES_NAME_BYTES_MAX)
        return refuse(reader, "it is too long for a name", name);
    GPtrArray *known = place_of(reader, name);
    if (known == reader->place) return STATUS_OK;
    if (known) return refuse(reader, "it is the name of another place already", name);
    if (reader->place->len == ALIASES_OF_PLACE_MAX)
        return refuse(reader, "the place has too many names", name);
    if (reader->aliases->name_count == ALIASES_NAMES_MAX)
        return refuse(reader, "there are too many names", NULL);
    reader->aliases->name_count++;
    g_ptr_array_add(reader->place, g_strdup(name));
    index_name(reader, name);
    return STATUS_OK;
}

/* The place of the first name that is known already, or a new one. */
static void find_place(LineReader *reader, char **names)
{
    reader->place = NULL;
    for (size_t i = 0; names[i] && !reader->place; i++)
        reader->place = place_of(reader, names[i]);
    if (reader->place) return;
    reader->place = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(reader->aliases->owned, reader->place);
}

static StatusCode add_line(LineReader *reader, char *line)
{
    StatusCode code = STATUS_OK;
    line[strcspn(line, "#")] = '\0';
    if (text_is_blank(line)) return STATUS_OK;
    if (text_find_control(line, strlen(line)) != strlen(line))
        return refuse(reader, "it has a control character", NULL);
    if (!strchr(line, '=')) return refuse(reader, "one name alone; \"=\" is missing", NULL);
    char **names = g_strsplit(line, "=", -1);
    for (size_t i = 0; names[i]; i++)
        g_strstrip(names[i]);
    find_place(reader, names);
    for (size_t i = 0; names[i] && code == STATUS_OK; i++)
        code = add_name(reader, names[i]);
    g_strfreev(names);
    return code;
}

StatusCode aliases_add(Aliases *self, const char *text, size_t size, Words *words, Problem *problem)
{
    LineReader reader = {.aliases = self, .words = words, .problem = problem};
    StatusCode code = STATUS_OK;
    const char *end = text + size;
    while (text < end && code == STATUS_OK) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t length = (size_t)((stop ? stop : end) - text);
        reader.line++;
        if (memchr(text, '\0', length) || !text_is_utf8(text, length))
            return refuse(&reader, "it is no UTF-8", NULL);
        char *line = g_strndup(text, length);
        code = add_line(&reader, g_strchomp(line));
        g_free(line);
        text += length + (stop ? 1 : 0);
    }
    return code;
}

/* --- files --- */

static StatusCode read_failed(const char *path, Problem *problem)
{
    StatusCode code = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_FAILED_PRECONDITION;
    return problem_set(problem, code, "%s: %s", path, strerror(errno));
}

StatusCode aliases_load(Aliases *self, const char *path, Words *words, Problem *problem)
{
    FILE *file = fopen(path, "re");
    if (!file) return read_failed(path, problem);
    char *text = malloc(ALIASES_FILE_BYTES_MAX + 1);
    size_t size = text ? fread(text, 1, ALIASES_FILE_BYTES_MAX + 1, file) : 0;
    StatusCode code = STATUS_OK;
    if (!text)
        code = problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
    else if (ferror(file))
        code = read_failed(path, problem);
    else if (size > ALIASES_FILE_BYTES_MAX)
        code = problem_set(problem, STATUS_INVALID_ARGUMENT, "%s: it is over %d bytes", path,
                           ALIASES_FILE_BYTES_MAX);
    else
        code = aliases_add(self, text, size, words, problem);
    if (code == STATUS_INVALID_ARGUMENT && strncmp(problem->message, "line ", 5) == 0) {
        const Problem found = *problem;
        problem_set(problem, code, "%s: %s", path, found.message);
    }
    free(text);
    (void)fclose(file);
    return code;
}
