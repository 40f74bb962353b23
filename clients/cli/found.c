#include "clients/cli/found.h"

#include "clients/cli/event_view.h"
#include "proto/aliases.h"
#include "proto/asked.h"
#include "proto/event_texts.h"
#include "proto/text.h"
#include "proto/words.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define MARK_ON  "\033[1;4m"   /* bold, underlined */
#define MARK_OFF "\033[22;24m" /* neither; the colour of the row stays */

enum {
    ARENA_BYTES = 1024 * 1024,
};

struct Found {
    Words *words;
    Aliases *aliases;
    Arena *arena;      /* of what was asked for */
    GHashTable *exact; /* folded words */
    GHashTable *stems;
    GPtrArray *beginnings;
};

/* --- what was asked for --- */

typedef struct Taking {
    Found *found;
    const AskedPart *part;
    char *last; /* folded: the last word of the part */
} Taking;

static void take_word(void *context, size_t position, const char *word, const char *stem)
{
    (void)position;
    Taking *taking = context;
    Found *found = taking->found;
    char *copy = arena_strdup(found->arena, word);
    if (!copy) return;
    g_hash_table_add(found->exact, copy);
    taking->last = copy;
    char *root = taking->part->exact ? NULL : arena_strdup(found->arena, stem);
    if (root) g_hash_table_add(found->stems, root);
}

static void take_part(Found *found, const AskedPart *part)
{
    Taking taking = {found, part, NULL};
    const char *text = arena_strndup(found->arena, part->text, part->length);
    if (!text) return;
    words_each(found->words, text, take_word, &taking);
    if (part->begins && taking.last) g_ptr_array_add(found->beginnings, taking.last);
}

/* The other names of a place, which parts beside each other may name together. */
static void take_places(Found *found, const Asked *asked, size_t from)
{
    static const AskedPart whole = {.exact = false};
    const char *name = "";
    for (size_t i = from; i < asked->count && i < from + ALIASES_NAME_WORDS_MAX; i++) {
        const AskedPart *part = &asked->parts[i];
        if (part->exact || part->negated) return;
        name = arena_printf(found->arena, "%s %.*s", name, (int)part->length, part->text);
        const char *key = name ? aliases_key(name, found->words, found->arena) : NULL;
        const char *const *names = NULL;
        size_t count = key ? aliases_find(found->aliases, key, &names) : 0;
        Taking taking = {found, &whole, NULL};
        for (size_t j = 0; j < count; j++)
            words_each(found->words, names[j], take_word, &taking);
        if (!name) return;
    }
}

static void take_question(Found *self, const char *text)
{
    Asked asked;
    char unused[PROBLEM_MESSAGE_SIZE];
    if (!asked_parse(text, &asked, unused)) return;
    for (size_t i = 0; i < asked.count; i++) {
        if (asked.parts[i].negated) continue;
        take_part(self, &asked.parts[i]);
        take_places(self, &asked, i);
    }
}

Found *found_new(const char *text)
{
    Found *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->exact = g_hash_table_new(g_str_hash, g_str_equal);
    self->stems = g_hash_table_new(g_str_hash, g_str_equal);
    self->beginnings = g_ptr_array_new();
    self->arena = arena_new(ARENA_BYTES);
    self->words = words_new();
    self->aliases = self->words ? aliases_new(self->words) : NULL;
    if (self->arena && self->aliases)
        take_question(self, text);
    else
        found_destroy(&self);
    return self;
}

void found_destroy(Found **self)
{
    if (!self || !*self) return;
    Found *found = *self;
    aliases_destroy(&found->aliases);
    words_destroy(&found->words);
    arena_destroy(&found->arena);
    g_hash_table_destroy(found->exact);
    g_hash_table_destroy(found->stems);
    g_ptr_array_free(found->beginnings, TRUE);
    free(found);
    *self = NULL;
}

/* --- words of what is shown --- */

typedef struct Judging {
    const Found *found;
    bool is_asked;
} Judging;

static void judge(void *context, size_t position, const char *word, const char *stem)
{
    (void)position;
    Judging *judging = context;
    const Found *found = judging->found;
    judging->is_asked |= g_hash_table_contains(found->exact, word) ||
                         (stem && g_hash_table_contains(found->stems, stem));
    for (guint i = 0; i < found->beginnings->len; i++)
        judging->is_asked |= g_str_has_prefix(word, g_ptr_array_index(found->beginnings, i));
}

static bool is_asked(const Found *self, const char *text, size_t length)
{
    Judging judging = {self, false};
    char *word = g_strndup(text, length);
    words_each(self->words, word, judge, &judging);
    g_free(word);
    return judging.is_asked;
}

static bool is_word_character(const char *text)
{
    gunichar c = g_utf8_get_char(text);
    return g_unichar_isalnum(c) || g_unichar_ismark(c) || c == '\'' || c == 0x2019 || c == 0x02BC;
}

/* Behind a sequence of the terminal, "ESC [ … m"; elsewhere the same place. */
static const char *skip_sequence(const char *text)
{
    if (text[0] != '\033' || text[1] != '[') return text;
    const char *end = strchr(text, 'm');
    return end ? end + 1 : text;
}

/* The next word at or behind `text`; NULL: there is none. */
static const char *next_word(const char *text, size_t *length)
{
    while (*text) {
        const char *behind = skip_sequence(text);
        if (behind == text && is_word_character(text)) break;
        text = behind == text ? text_next(text) : behind;
    }
    const char *end = text;
    while (*end && is_word_character(end))
        end = text_next(end);
    *length = (size_t)(end - text);
    return *length ? text : NULL;
}

const char *found_first(Found *self, const char *text, size_t *length)
{
    const char *word;
    for (word = next_word(text, length); word; word = next_word(word + *length, length))
        if (is_asked(self, word, *length)) return word;
    return NULL;
}

void found_print(Found *self, const char *line, FILE *file)
{
    size_t length;
    const char *word;
    while ((word = found_first(self, line, &length))) {
        (void)fprintf(file, "%.*s" MARK_ON "%.*s" MARK_OFF, (int)(word - line), line, (int)length,
                      word);
        line = word + length;
    }
    (void)fputs(line, file);
}

/* --- quoting --- */

/* At most so many characters back, but not into the middle of a word. */
static const char *step_back(const char *text, const char *at)
{
    const char *start = at;
    for (int i = 0; i < FOUND_BEFORE_CHARACTERS && start > text; i++)
        start = g_utf8_prev_char(start);
    if (start == text) return start;
    while (start < at && is_word_character(start))
        start = text_next(start);
    while (start < at && !is_word_character(start))
        start = text_next(start);
    return start;
}

static const char *quote(const char *text, const char *word, Arena *arena)
{
    const char *start = step_back(text, word);
    const char *end = start;
    for (int i = 0; i < FOUND_CHARACTERS && *end; i++)
        end = text_next(end);
    char *quoted = arena_printf(arena, "%s%.*s%s", start > text ? "… " : "", (int)(end - start),
                                start, *end ? "…" : "");
    for (char *at = quoted; at && *at; at++)
        if (*at == '\n' || *at == '\t') *at = ' ';
    return quoted;
}

typedef struct Quoting {
    Found *found;
    Arena *arena;
    const char *quoted;
} Quoting;

static void quote_text(void *context, TextWeight weight, const char *text)
{
    (void)weight;
    Quoting *quoting = context;
    size_t length;
    const char *word = quoting->quoted ? NULL : found_first(quoting->found, text, &length);
    if (word) quoting->quoted = quote(text, word, quoting->arena);
}

const char *found_quote(Found *self, const Event *event, Arena *arena)
{
    size_t length;
    Quoting quoting = {self, arena, NULL};
    if (event->title && found_first(self, event->title, &length)) return NULL;
    if (found_first(self, event_place(event, arena), &length)) return NULL;
    event_texts(event, quote_text, &quoting);
    return quoting.quoted;
}

/* --- for a listing --- */

static const char *note(void *context, const void *record, Arena *arena)
{
    return found_quote(context, record, arena);
}

static void print_line(void *context, const char *line, FILE *file)
{
    found_print(context, line, file);
}

ListingMarks found_marks(Found *self)
{
    return (ListingMarks){.context = self, .note = note, .print_line = print_line};
}
