#include "proto/person_name.h"

#include "proto/text.h"
#include "proto/validate.h"

#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA_BYTES = 64 * 1024,
    TEXT_FIRST_BYTES = 1024,
    CHARACTER_BYTES_MAX = 4,
    ESCAPE_BYTES = 3, /* "%20" */
    PASSES_MAX = 4,   /* what is left may read as the name again, where there are no spaces */
};

/* Folded; some fold in two ways. */
typedef struct NameWord {
    const char *text;
    const char *other;
} NameWord;

struct PersonName {
    Words *words;
    Arena *arena; /* of its words */
    size_t count;
    NameWord names[PERSON_NAME_WORDS_MAX];
    GArray *ranges;    /* where it was found last */
    GString *plain;    /* a text without its escapes, */
    GArray *positions; /* and where each byte of it, and its end, stand in the text: size_t */
};

/* --- its own words --- */

static void keep_word(void *context, size_t position, const char *word, const char *stem)
{
    (void)stem;
    PersonName *self = context;
    bool is_other = position < self->count;
    self->count = position + 1;
    if (position >= PERSON_NAME_WORDS_MAX) return;
    const char *copy = arena_strdup(self->arena, word);
    if (is_other)
        self->names[position].other = copy;
    else
        self->names[position].text = copy;
}

static PersonName *open_name(Words *words)
{
    PersonName *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->words = words;
    self->arena = arena_new(ARENA_BYTES);
    self->ranges = g_array_new(FALSE, FALSE, sizeof(TextRange));
    self->plain = g_string_sized_new(TEXT_FIRST_BYTES);
    self->positions = g_array_new(FALSE, FALSE, sizeof(size_t));
    if (!self->arena) person_name_destroy(&self);
    return self;
}

PersonName *person_name_new(Words *words, const char *name, Problem *problem)
{
    static_assert((int)PERSON_NAME_WORDS_MAX * 2 * ((int)WORDS_FOLDED_MAX + 1) <= (int)ARENA_BYTES,
                  "its words have room");
    size_t length = strlen(name);
    bool is_text = length <= VALIDATE_SHORT_BYTES_MAX && text_is_utf8(name, length);
    PersonName *self = is_text ? open_name(words) : NULL;
    if (self) words_each(words, name, keep_word, self);
    if (self && self->count > 0 && self->count <= PERSON_NAME_WORDS_MAX) return self;
    if (!is_text)
        (void)problem_set(problem, STATUS_INVALID_ARGUMENT,
                          "%s is no name: it is over %d bytes long, or no valid UTF-8",
                          text_quote(name).text, (int)VALIDATE_SHORT_BYTES_MAX);
    else if (!self)
        (void)problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
    else
        (void)problem_set(problem, STATUS_INVALID_ARGUMENT, "%s is no name: it has %s",
                          text_quote(name).text, self->count ? "too many words" : "no word in it");
    person_name_destroy(&self);
    return NULL;
}

void person_name_destroy(PersonName **self)
{
    if (!self || !*self) return;
    arena_destroy(&(*self)->arena);
    g_array_free((*self)->ranges, TRUE);
    g_string_free((*self)->plain, TRUE);
    g_array_free((*self)->positions, TRUE);
    free(*self);
    *self = NULL;
}

static bool is_called(const NameWord *name, const char *word)
{
    return strcmp(name->text, word) == 0 || (name->other && strcmp(name->other, word) == 0);
}

/* --- finding it --- */

/* Bit i of a set of words: the words up to name i were the last ones of the text. */
typedef struct Following {
    PersonName *name;
    uint64_t open;                        /* where the word being looked at would be the next one */
    uint64_t reached;                     /* by the word being looked at */
    size_t end;                           /* of that word */
    size_t count;                         /* of words begun */
    size_t starts[PERSON_NAME_WORDS_MAX]; /* of the last ones, by their number */
} Following;

static void begin_word(Following *self, size_t start, size_t end)
{
    self->end = end;
    self->open = self->reached << 1 | 1;
    self->reached = 0;
    self->starts[self->count++ % PERSON_NAME_WORDS_MAX] = start;
}

static void follow_word(void *context, size_t position, const char *word, size_t start, size_t end)
{
    static_assert(PERSON_NAME_WORDS_MAX <= 64, "a bit for each");
    Following *self = context;
    PersonName *name = self->name;
    if (position == self->count) begin_word(self, start, end);
    size_t last = name->count - 1;
    for (size_t i = end == self->end ? 0 : last; i <= last; i++) /* without its 's: only the last */
        if (self->open >> i & 1 && is_called(&name->names[i], word))
            self->reached |= UINT64_C(1) << i;
    if (!(self->reached >> last & 1)) return;
    TextRange range = {self->starts[(self->count - name->count) % PERSON_NAME_WORDS_MAX], end};
    g_array_append_val(name->ranges, range);
    self->open = self->reached = 0;
}

/* Gives the number of words in the text. */
static size_t find_in(PersonName *self, const char *text)
{
    Following following = {.name = self};
    g_array_set_size(self->ranges, 0);
    words_each_place(self->words, text, follow_word, &following);
    return following.count;
}

/* The character whose bytes are escaped at `text`: how many they are; 0: there is none. */
static size_t escaped_character(const char *text, char out[static CHARACTER_BYTES_MAX])
{
    for (size_t count = 0; count < CHARACTER_BYTES_MAX; text += ESCAPE_BYTES) {
        if (text[0] != '%' || !g_ascii_isxdigit(text[1]) || !g_ascii_isxdigit(text[2])) return 0;
        out[count++] = (char)(g_ascii_xdigit_value(text[1]) << 4 | g_ascii_xdigit_value(text[2]));
        if (out[0] && text_is_utf8(out, count)) return count;
    }
    return 0;
}

static void take_byte(PersonName *self, char byte, const char *at, const char *text)
{
    size_t position = (size_t)(at - text);
    g_string_append_c(self->plain, byte);
    g_array_append_val(self->positions, position);
}

/* False: nothing is escaped in it. */
static bool read_plain(PersonName *self, const char *text)
{
    char character[CHARACTER_BYTES_MAX];
    const char *at = text;
    bool is_escaped = false;
    if (!strchr(text, '%')) return false;
    g_string_truncate(self->plain, 0);
    g_array_set_size(self->positions, 0);
    while (*at) {
        size_t count = escaped_character(at, character);
        for (size_t i = 0; i < count; i++, at += ESCAPE_BYTES)
            take_byte(self, character[i], at, text);
        is_escaped |= count > 0;
        if (count == 0) take_byte(self, *at, at, text);
        if (count == 0) at++;
    }
    size_t length = (size_t)(at - text);
    g_array_append_val(self->positions, length);
    return is_escaped;
}

/* Everywhere that it is, from the front. */
static bool find_all(PersonName *self, const char *text)
{
    (void)find_in(self, text);
    if (self->ranges->len > 0) return true;
    if (!read_plain(self, text)) return false;
    (void)find_in(self, self->plain->str);
    for (guint i = 0; i < self->ranges->len; i++) {
        TextRange *range = &g_array_index(self->ranges, TextRange, i);
        range->start = g_array_index(self->positions, size_t, range->start);
        range->end = g_array_index(self->positions, size_t, range->end);
    }
    return self->ranges->len > 0;
}

bool person_name_is(PersonName *self, const char *text)
{
    return find_in(self, text) == self->count && self->ranges->len == 1;
}

bool person_name_has_word(PersonName *self, const char *text)
{
    return find_in(self, text) > 0;
}

bool person_name_find(PersonName *self, const char *text, TextRange *first)
{
    if (!find_all(self, text)) return false;
    *first = g_array_index(self->ranges, TextRange, 0);
    return true;
}

typedef struct Sharing {
    const PersonName *name;
    bool shares;
} Sharing;

static void judge_word(void *context, size_t position, const char *word, const char *stem)
{
    (void)position;
    (void)stem;
    Sharing *sharing = context;
    for (size_t i = 0; i < sharing->name->count; i++)
        sharing->shares |= is_called(&sharing->name->names[i], word);
}

bool person_name_shares(PersonName *self, const char *text)
{
    Sharing sharing = {self, false};
    words_each(self->words, text, judge_word, &sharing);
    return sharing.shares;
}

/* --- replacing it --- */

static char *put_in_place(const PersonName *self, const char *text, const char *with, size_t limit,
                          Arena *arena)
{
    size_t done = 0;
    GString *out = g_string_sized_new(TEXT_FIRST_BYTES);
    for (guint i = 0; i < self->ranges->len; i++) {
        const TextRange *range = &g_array_index(self->ranges, TextRange, i);
        g_string_append_len(out, text + done, (gssize)(range->start - done));
        g_string_append(out, with);
        done = range->end;
    }
    g_string_append(out, text + done);
    char *copy = arena_strndup(arena, out->str, text_cut(out->str, out->len, limit));
    g_string_free(out, TRUE);
    return copy;
}

char *person_name_replace(PersonName *self, const char *text, const char *with, size_t limit,
                          Arena *arena)
{
    char *replaced = arena_strdup(arena, text);
    for (int pass = 0; replaced && find_all(self, replaced); pass++) {
        if (pass == PASSES_MAX)
            return arena_strndup(arena, with, text_cut(with, strlen(with), limit));
        replaced = put_in_place(self, replaced, with, limit, arena);
    }
    return replaced;
}
