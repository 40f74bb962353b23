#include "proto/words.h"

#include "proto/latin.h"
#include "proto/lexicon.h"
#include "proto/text.h"

#include <assert.h>
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/uversion.h>

/* Our own rules; raised with every change of them. */
#define RULES_VERSION    "2"
#define SNOWBALL_VERSION "2.2.0"

enum {
    ASCII_END = 128,
    BMP_END = 0xFFFF, /* beyond it a character takes two units of UTF-16 */
    VALUE_FIRST_BYTES = 256,
};

static_assert((int)WORDS_CHARACTERS_MAX == (int)LEXICON_CHARACTERS_MAX &&
                  (int)WORDS_CACHE_ENTRIES == (int)LEXICON_ENTRIES,
              "words are kept by the lexicon");
static_assert((int)LATIN_WORD_SIZE == (int)WORDS_FOLDED_MAX + 1, "a folded word and NUL");

struct Words {
    Lexicon *lexicon;
    UBreakIterator *dictionary;
    GString *value; /* that is being folded */
    uint64_t record;
};

Words *words_new(void)
{
    UErrorCode error = U_ZERO_ERROR;
    Words *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->lexicon = lexicon_new();
    self->value = g_string_sized_new(VALUE_FIRST_BYTES);
    self->dictionary = ubrk_open(UBRK_WORD, "", NULL, 0, &error);
    if (U_FAILURE(error) || !self->lexicon) words_destroy(&self);
    return self;
}

void words_destroy(Words **self)
{
    if (!self || !*self) return;
    if ((*self)->dictionary) ubrk_close((*self)->dictionary);
    lexicon_destroy(&(*self)->lexicon);
    g_string_free((*self)->value, TRUE);
    free(*self);
    *self = NULL;
}

const char *words_version(void)
{
    return "icu " U_ICU_VERSION "; snowball " SNOWBALL_VERSION "; rules " RULES_VERSION;
}

/* --- one word --- */

static bool is_word_character(UChar32 c)
{
    if (c < ASCII_END) return g_ascii_isalnum((gchar)c);
    return u_isalnum(c) || U_GET_GC_MASK(c) & U_GC_M_MASK;
}

/* Within words and around them: apostrophes, soft hyphens, joiners. */
static bool is_left_out(UChar32 c)
{
    return latin_is_apostrophe(c) || (c >= ASCII_END && U_GET_GC_MASK(c) & U_GC_CF_MASK);
}

static UChar32 next_character(const char **text)
{
    unsigned char first = (unsigned char)**text;
    UChar32 c = first < ASCII_END ? first : (UChar32)g_utf8_get_char(*text);
    *text = text_next(*text);
    return c;
}

/* Adds the characters of one word at the front of `text` while there is room; where they end. */
static const char *take_word(Word *word, const char *text)
{
    while (word->characters < LEXICON_CHARACTERS_MAX) {
        const char *next = word_add_ascii(word, text);
        if (next == text) {
            UChar32 c = next_character(&next);
            if (is_left_out(c)) {
                text = next;
                continue;
            }
            if (!is_word_character(c)) break;
            if (word->characters < LEXICON_CHARACTERS_MAX) word_add(word, c);
        }
        text = next;
    }
    return text;
}

/* --- the words of a text --- */

typedef struct Splitting {
    Words *words;
    words_fn *each;
    words_place_fn *each_place; /* in the place of `each` */
    void *context;
    size_t position;
    size_t limit;
    bool only_new;
    const char *text;
    const char *from; /* where the word being given stands */
    const char *to;
    Word word;
} Splitting;

static const char *without_left_out(const char *from, const char *to)
{
    while (to > from) {
        const char *last = g_utf8_prev_char(to);
        if (!is_left_out((UChar32)g_utf8_get_char(last))) break;
        to = last;
    }
    return to;
}

static void give_place(const Splitting *splitting, size_t position, const Folded *folded,
                       const char *to)
{
    const char *from = splitting->from;
    for (const char *next = from; next < to && is_left_out(next_character(&next));)
        from = next;
    size_t start = (size_t)(from - splitting->text);
    size_t end = (size_t)(to - splitting->text);
    const char *words[] = {folded->bytes + folded->text,
                           folded->other ? folded->bytes + folded->other : NULL};
    for (size_t i = 0; i < 2 && words[i] && *words[i]; i++)
        splitting->each_place(splitting->context, position, words[i], start, end);
}

/* The word without the 's at its end, where it has one. */
static void give_owner(const Splitting *splitting, size_t position, const Word *word,
                       const char *to)
{
    if (word->characters < 2 || (to[-1] != 's' && to[-1] != 'S')) return;
    const char *end = to - 1;
    if (end == splitting->from) return;
    if (!latin_is_apostrophe((int32_t)g_utf8_get_char(g_utf8_prev_char(end)))) return;
    Word owner;
    word_begin(&owner);
    for (const char *at = word->text; owner.characters + 1 < word->characters;)
        word_add(&owner, next_character(&at));
    give_place(splitting, position, lexicon_find(splitting->words->lexicon, &owner),
               without_left_out(splitting->from, end));
}

static void give(Splitting *splitting, Word *word)
{
    Words *words = splitting->words;
    size_t position = splitting->position;
    if (word->length == 0 || position == splitting->limit) return;
    Folded *folded = lexicon_find(words->lexicon, word);
    const char *text = folded->bytes + folded->text;
    const char *stem = folded->stem ? folded->bytes + folded->stem : NULL;
    if (!*text) return;
    splitting->position++;
    if (splitting->each_place) {
        const char *to = without_left_out(splitting->from, splitting->to);
        give_place(splitting, position, folded, to);
        give_owner(splitting, position, word, to);
        return;
    }
    if (splitting->only_new && folded->record == words->record) return;
    if (splitting->only_new) folded->record = words->record;
    splitting->each(splitting->context, position, text, stem);
    if (folded->other)
        splitting->each(splitting->context, position, folded->bytes + folded->other, stem);
}

/* Behind the next character that is a word's, of which there is one. */
static const char *behind_next(const char *text)
{
    while (is_left_out(next_character(&text))) {
    }
    return text;
}

/* The words that ICU's dictionaries find in a run without spaces. */
static void give_parts(Splitting *splitting)
{
    UChar units[LEXICON_BYTES_MAX];
    int32_t length = 0;
    UErrorCode error = U_ZERO_ERROR;
    UBreakIterator *dictionary = splitting->words->dictionary;
    const char *at = splitting->word.text;
    u_strFromUTF8(units, LEXICON_BYTES_MAX, &length, at, (int32_t)splitting->word.length, &error);
    ubrk_setText(dictionary, units, length, &error);
    if (U_FAILURE(error)) return;
    int32_t unit = 0;
    splitting->to = splitting->from;
    for (int32_t end = ubrk_next(dictionary); end != UBRK_DONE; end = ubrk_next(dictionary)) {
        Word part;
        word_begin(&part);
        splitting->from = splitting->to;
        while (unit < end) {
            UChar32 c = next_character(&at);
            word_add(&part, c);
            unit += c > BMP_END ? 2 : 1;
            splitting->to = behind_next(splitting->to);
        }
        give(splitting, &part);
    }
}

static void end_word(Splitting *splitting)
{
    if (splitting->word.needs_dictionary)
        give_parts(splitting);
    else
        give(splitting, &splitting->word);
    word_begin(&splitting->word);
}

static void split(Splitting *splitting, const char *text)
{
    splitting->text = text;
    word_begin(&splitting->word);
    while (*text && splitting->position < splitting->limit) {
        const char *end = take_word(&splitting->word, text);
        splitting->from = text;
        splitting->to = end;
        end_word(splitting);
        text = end == text ? text_next(text) : end;
    }
}

void words_each(Words *self, const char *text, words_fn *each, void *context)
{
    Splitting splitting = {
        .words = self, .each = each, .context = context, .limit = WORDS_PER_TEXT_MAX};
    split(&splitting, text);
}

void words_each_place(Words *self, const char *text, words_place_fn *each, void *context)
{
    Splitting splitting = {
        .words = self, .each_place = each, .context = context, .limit = SIZE_MAX};
    split(&splitting, text);
}

void words_begin(Words *self)
{
    self->record++;
}

void words_each_new(Words *self, const char *text, words_fn *each, void *context)
{
    Splitting splitting = {.words = self,
                           .each = each,
                           .context = context,
                           .limit = WORDS_PER_TEXT_MAX,
                           .only_new = true};
    split(&splitting, text);
}

/* --- a whole value --- */

typedef struct Folding {
    Words *words;
    LatinSounds sounds;
    bool has_other; /* a word folds in two ways */
    GString *out;
    Word word;
} Folding;

static void append_word(Folding *folding)
{
    Word *word = &folding->word;
    if (word->is_ascii) {
        g_string_append_len(folding->out, word->text, (gssize)word->length);
    } else {
        const Folded *folded = lexicon_find(folding->words->lexicon, word);
        bool bare = folding->sounds == LATIN_BARE && folded->other;
        g_string_append(folding->out, folded->bytes + (bare ? folded->other : folded->text));
        folding->has_other = folding->has_other || folded->other;
    }
    word_begin(word);
}

/* Between words: any spaces become one, any dash a hyphen, quotation marks nothing. */
static void append_between(GString *out, UChar32 c)
{
    uint32_t mask = U_GET_GC_MASK(c);
    if (c == '"' || mask & (U_GC_PI_MASK | U_GC_PF_MASK)) return;
    if (mask & (U_GC_Z_MASK | U_GC_CC_MASK)) {
        if (out->len > 0 && out->str[out->len - 1] != ' ') g_string_append_c(out, ' ');
        return;
    }
    if (mask & U_GC_PD_MASK) c = '-';
    g_string_append_unichar(out, (gunichar)c);
}

/* NULL: it was asked for the other way, and there is none; or the arena is full. */
static const char *fold_value(Words *self, const char *value, LatinSounds sounds, Arena *arena)
{
    Folding folding = {.words = self, .sounds = sounds, .out = self->value};
    GString *out = g_string_truncate(self->value, 0);
    word_begin(&folding.word);
    while (*value) {
        const char *end = take_word(&folding.word, value);
        append_word(&folding);
        if (end == value)
            append_between(out, next_character(&value));
        else
            value = end;
    }
    if (out->len > 0 && out->str[out->len - 1] == ' ') g_string_truncate(out, out->len - 1);
    bool is_wanted = sounds == LATIN_ENGLISH || folding.has_other;
    return is_wanted ? arena_strndup(arena, out->str, out->len) : NULL;
}

const char *words_fold(Words *self, const char *value, Arena *arena)
{
    return fold_value(self, value, LATIN_ENGLISH, arena);
}

const char *words_fold_other(Words *self, const char *value, Arena *arena)
{
    if (g_str_is_ascii(value)) return NULL;
    return fold_value(self, value, LATIN_BARE, arena);
}
