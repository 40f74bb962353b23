#include "proto/words.h"

#include <glib.h>
#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utrans.h>
#include <unicode/uversion.h>

/* Our own rules; raised with every change of them. */
#define RULES_VERSION    "1"
#define SNOWBALL_VERSION "2.2.0"

enum {
    WORD_CHARACTERS_MAX = 64, /* of one word before folding; further ones are cut */
    UNITS_MAX = 1024,         /* UTF-16 units of one text being folded */
    CHARACTER_BYTES_MAX = 6,
    ABC = 128, /* below it lies ASCII */
};

/* What folding one word or value gave; in the cache. */
typedef struct Folded {
    char *text;
    char *other; /* the second way, or NULL */
    char *stem;  /* or NULL */
} Folded;

struct Words {
    UTransliterator *latin;
    struct sb_stemmer *english;
    struct sb_stemmer *russian;
    GHashTable *words;  /* as written -> Folded, of words that are not ASCII */
    GHashTable *values; /* the same of whole values */
    GHashTable *stems;  /* ASCII word -> its stem: stemming costs five times a look-up */
};

static void folded_free(gpointer data)
{
    Folded *folded = data;
    g_free(folded->text);
    g_free(folded->other);
    g_free(folded->stem);
    g_free(folded);
}

static GHashTable *cache_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, folded_free);
}

/* Full: everything is forgotten, which costs less than keeping an order would. */
static void cache_put(GHashTable *cache, const char *key, gpointer value)
{
    if (g_hash_table_size(cache) >= WORDS_CACHE_ENTRIES) g_hash_table_remove_all(cache);
    g_hash_table_insert(cache, g_strdup(key), value);
}

Words *words_new(void)
{
    static const char rules[] = "Russian-Latin/BGN; Any-Latin; Latin-ASCII; Lower";
    UChar id[sizeof rules];
    UErrorCode error = U_ZERO_ERROR;
    Words *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    u_charsToUChars(rules, id, sizeof rules);
    self->latin = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &error);
    self->english = sb_stemmer_new("english", "UTF_8");
    self->russian = sb_stemmer_new("russian", "UTF_8");
    self->words = cache_new();
    self->values = cache_new();
    self->stems = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (U_FAILURE(error) || !self->english || !self->russian) words_destroy(&self);
    return self;
}

void words_destroy(Words **self)
{
    if (!self || !*self) return;
    if ((*self)->latin) utrans_close((*self)->latin);
    sb_stemmer_delete((*self)->english);
    sb_stemmer_delete((*self)->russian);
    g_hash_table_destroy((*self)->words);
    g_hash_table_destroy((*self)->values);
    g_hash_table_destroy((*self)->stems);
    free(*self);
    *self = NULL;
}

const char *words_version(void)
{
    return "icu " U_ICU_VERSION "; snowball " SNOWBALL_VERSION "; rules " RULES_VERSION;
}

/* --- letters that the transliterators of ICU leave or mistake --- */

typedef struct Letter {
    UChar32 from;
    const char *to;
} Letter;

/* Central Asian Cyrillic, and the two signs, which are not heard. */
static const Letter cyrillic[] = {
    {0x049B, "q"},  {0x04B3, "h"}, {0x0493, "gh"}, {0x04B7, "j"}, {0x04E9, "o"},
    {0x04A3, "ng"}, {0x04AF, "u"}, {0x04D9, "a"},  {0x044A, ""},  {0x044C, ""},
};

/* Turkish, Azeri and Turkmen letters as English writes their sound: aşgabat, ashgabat. */
static const Letter turkic[] = {{0x015F, "sh"}, {0x00E7, "ch"}, {0x011F, "gh"}};

static const char *letter_in(const Letter *letters, size_t count, UChar32 from)
{
    for (size_t i = 0; i < count; i++)
        if (letters[i].from == from) return letters[i].to;
    return NULL;
}

#define LETTER_IN(letters, from) letter_in(letters, sizeof(letters) / sizeof *(letters), from)

/* Apostrophes of any kind within a word are left out: O'zbekiston, Analyst's. */
static bool is_apostrophe(UChar32 c)
{
    return c == '\'' || c == 0x2018 || c == 0x2019 || c == 0x02BB || c == 0x02BC || c == '`';
}

static bool is_word_character(UChar32 c)
{
    return u_isalnum(c) || U_GET_GC_MASK(c) & U_GC_M_MASK;
}

/* --- folding --- */

static bool put_ascii(UChar *units, int32_t *length, const char *text)
{
    for (; *text; text++) {
        if (*length == UNITS_MAX) return false;
        units[(*length)++] = (UChar)*text;
    }
    return true;
}

static int32_t put_unit(UChar *units, int32_t length, UChar32 c)
{
    if (U_IS_BMP(c)) {
        units[length++] = (UChar)c;
    } else {
        units[length++] = (UChar)U16_LEAD(c);
        units[length++] = (UChar)U16_TRAIL(c);
    }
    return length;
}

/* Lower case, with our own letters put in the place of theirs; what is too long is cut. */
static int32_t prepare(const char *text, bool english_sounds, UChar *units)
{
    int32_t length = 0;
    for (; *text && length < UNITS_MAX - 2; text = g_utf8_next_char(text)) {
        UChar32 c = u_tolower((UChar32)g_utf8_get_char(text));
        const char *letter = LETTER_IN(cyrillic, c);
        if (!letter && english_sounds) letter = LETTER_IN(turkic, c);
        if (letter) {
            if (!put_ascii(units, &length, letter)) break;
        } else if (!is_apostrophe(c)) {
            length = put_unit(units, length, c);
        }
    }
    return length;
}

/* Transliterated to ASCII. Given: g_free. What ICU cannot write in ASCII stays as UTF-8. */
static char *to_latin(Words *self, const char *text, bool english_sounds)
{
    UChar units[UNITS_MAX];
    char folded[4 * UNITS_MAX];
    UErrorCode error = U_ZERO_ERROR;
    int32_t length = prepare(text, english_sounds, units);
    int32_t limit = length;
    utrans_transUChars(self->latin, units, &length, UNITS_MAX, 0, &limit, &error);
    if (U_FAILURE(error)) return g_strdup(text);
    int32_t size = 0;
    u_strToUTF8(folded, sizeof folded, &size, units, length < UNITS_MAX ? length : UNITS_MAX,
                &error);
    return g_strndup(folded, U_SUCCESS(error) ? (gsize)size : 0);
}

/* Cuts at a bound, between characters. */
static void cut(char *text, size_t bytes_max)
{
    size_t length = strlen(text);
    if (length <= bytes_max) return;
    length = bytes_max;
    while (length > 0 && ((unsigned char)text[length] & 0xC0U) == 0x80U)
        length--;
    text[length] = '\0';
}

/* Of a word: only letters and digits stay, for a letter may become a sign (ʹ, ·). */
static char *only_letters(char *text)
{
    char *out = text;
    for (const char *at = text; *at;) {
        const char *next = g_utf8_next_char(at);
        size_t size = (size_t)(next - at);
        if (u_isalnum((UChar32)g_utf8_get_char(at))) {
            memmove(out, at, size);
            out += size;
        }
        at = next;
    }
    *out = '\0';
    cut(text, WORDS_FOLDED_MAX);
    return text;
}

/* --- stems --- */

static bool has_script(const char *word, UScriptCode script)
{
    UErrorCode error = U_ZERO_ERROR;
    for (; *word; word = g_utf8_next_char(word))
        if (uscript_getScript((UChar32)g_utf8_get_char(word), &error) == script) return true;
    return false;
}

/* Lent until the stemmer's next word. */
static const char *stem_of(struct sb_stemmer *stemmer, const char *lower)
{
    return (const char *)sb_stemmer_stem(stemmer, (const sb_symbol *)lower, (int)strlen(lower));
}

static char *lower_of(const char *word)
{
    return g_utf8_strdown(word, -1);
}

static char *fold_stem(Words *self, const char *word)
{
    if (!has_script(word, USCRIPT_CYRILLIC)) return NULL;
    char *lower = lower_of(word);
    char *stem = only_letters(to_latin(self, stem_of(self->russian, lower), true));
    g_free(lower);
    return stem;
}

/* --- one word --- */

static const Folded *fold_word(Words *self, const char *word)
{
    Folded *folded = g_hash_table_lookup(self->words, word);
    if (folded) return folded;
    folded = g_new0(Folded, 1);
    folded->text = only_letters(to_latin(self, word, true));
    folded->other = only_letters(to_latin(self, word, false));
    if (strcmp(folded->text, folded->other) == 0) g_clear_pointer(&folded->other, g_free);
    folded->stem = fold_stem(self, word);
    cache_put(self->words, word, folded);
    return folded;
}

/* Lent until the cache is full. */
static const char *english_stem(Words *self, const char *word)
{
    const char *stem = g_hash_table_lookup(self->stems, word);
    if (stem) return stem;
    char *made = g_strdup(stem_of(self->english, word));
    cache_put(self->stems, word, made);
    return made;
}

/* A word that is being collected, and who wants it. */
typedef struct Splitting {
    Words *words;
    words_fn *each;
    void *context;
    size_t position;
    char word[WORD_CHARACTERS_MAX * CHARACTER_BYTES_MAX + 1];
    size_t length;
    size_t characters;
    bool ascii;
} Splitting;

static void end_word(Splitting *splitting)
{
    if (splitting->length == 0) return;
    splitting->word[splitting->length] = '\0';
    size_t position = splitting->position++;
    if (splitting->ascii) {
        splitting->each(splitting->context, position, splitting->word,
                        english_stem(splitting->words, splitting->word));
    } else {
        const Folded *folded = fold_word(splitting->words, splitting->word);
        if (*folded->text)
            splitting->each(splitting->context, position, folded->text, folded->stem);
        if (folded->other && *folded->other)
            splitting->each(splitting->context, position, folded->other, folded->stem);
    }
    splitting->length = splitting->characters = 0;
    splitting->ascii = true;
}

static void add_character(Splitting *splitting, UChar32 c)
{
    if (splitting->characters == WORD_CHARACTERS_MAX) return;
    splitting->characters++;
    if (c < ABC) {
        splitting->word[splitting->length++] = (char)g_ascii_tolower((gchar)c);
        return;
    }
    splitting->ascii = false;
    splitting->length +=
        (size_t)g_unichar_to_utf8((gunichar)c, splitting->word + splitting->length);
}

void words_each(Words *self, const char *text, words_fn *each, void *context)
{
    Splitting splitting = {.words = self, .each = each, .context = context, .ascii = true};
    for (; *text && splitting.position < WORDS_PER_TEXT_MAX; text = g_utf8_next_char(text)) {
        UChar32 c = (UChar32)g_utf8_get_char(text);
        if (c < ABC ? g_ascii_isalnum(c) : is_word_character(c))
            add_character(&splitting, c);
        else if (!is_apostrophe(c))
            end_word(&splitting);
    }
    if (splitting.position < WORDS_PER_TEXT_MAX) end_word(&splitting);
}

/* --- a whole value --- */

/* Single spaces between words, none around; ASCII letters in lower case. In place. */
static char *collapse(char *text)
{
    char *out = text;
    for (const char *at = text; *at; at++) {
        if (!g_ascii_isspace(*at))
            *out++ = g_ascii_tolower(*at);
        else if (out > text && out[-1] != ' ')
            *out++ = ' ';
    }
    if (out > text && out[-1] == ' ') out--;
    *out = '\0';
    return text;
}

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= ABC || is_apostrophe(*text)) return false;
    return true;
}

const char *words_fold(Words *self, const char *value, Arena *arena)
{
    if (is_plain(value)) {
        char *copy = arena_strdup(arena, value);
        return copy ? collapse(copy) : NULL;
    }
    Folded *folded = g_hash_table_lookup(self->values, value);
    if (!folded) {
        folded = g_new0(Folded, 1);
        folded->text = collapse(to_latin(self, value, true));
        cache_put(self->values, value, folded);
    }
    return arena_strdup(arena, folded->text);
}
