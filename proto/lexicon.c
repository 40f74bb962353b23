#include "proto/lexicon.h"

#include "proto/latin.h"
#include "proto/text.h"

#include <assert.h>
#include <glib.h>
#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

enum {
    CACHE_WAYS = 4, /* places in which a word may be kept */
    CACHE_SETS = LEXICON_ENTRIES / CACHE_WAYS,
    ASCII_END = 128,
};

static_assert((CACHE_SETS & (CACHE_SETS - 1)) == 0, "sets are chosen by a mask");

static const uint64_t hash_seed = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
static const uint64_t hash_prime = UINT64_C(0x100000001b3);

/* The places of the words whose hashes choose them, and the upper half of their hashes, so that
 * only what is likely the same word is looked at. */
typedef struct Set {
    uint32_t tags[CACHE_WAYS];
    Folded *words[CACHE_WAYS];
} Set;

struct Lexicon {
    Latin *latin;
    struct sb_stemmer *english;
    struct sb_stemmer *russian;
    uint32_t next_way; /* the place that is given up next */
    Set sets[CACHE_SETS];
};

Lexicon *lexicon_new(void)
{
    Lexicon *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->latin = latin_new();
    self->english = sb_stemmer_new("english", "UTF_8");
    self->russian = sb_stemmer_new("russian", "UTF_8");
    if (!self->latin || !self->english || !self->russian) lexicon_destroy(&self);
    return self;
}

void lexicon_destroy(Lexicon **self)
{
    if (!self || !*self) return;
    for (size_t set = 0; set < CACHE_SETS; set++)
        for (size_t way = 0; way < CACHE_WAYS; way++)
            g_free((*self)->sets[set].words[way]);
    latin_destroy(&(*self)->latin);
    sb_stemmer_delete((*self)->english);
    sb_stemmer_delete((*self)->russian);
    free(*self);
    *self = NULL;
}

/* --- words --- */

void word_begin(Word *word)
{
    word->length = word->characters = 0;
    word->hash = hash_seed;
    word->is_ascii = true;
    word->needs_dictionary = false;
}

/* Scripts that are written without spaces. */
static bool has_no_spaces(UChar32 c)
{
    if (u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC)) return true;
    if (u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT) return true;
    UErrorCode error = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript(c, &error);
    return script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA;
}

void word_add(Word *word, int32_t character)
{
    UChar32 c = character;
    size_t start = word->length;
    word->characters++;
    if (c < ASCII_END) {
        word->text[word->length++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    } else {
        word->is_ascii = false;
        word->needs_dictionary = word->needs_dictionary || has_no_spaces(c);
        word->length +=
            (size_t)g_unichar_to_utf8((gunichar)u_tolower(c), word->text + word->length);
    }
    for (; start < word->length; start++)
        word->hash = (word->hash ^ (unsigned char)word->text[start]) * hash_prime;
}

const char *word_add_ascii(Word *word, const char *text)
{
    char *out = word->text + word->length;
    uint64_t hash = word->hash;
    size_t room = LEXICON_CHARACTERS_MAX - word->characters;
    size_t taken = 0;
    for (; taken < room && g_ascii_isalnum(text[taken]); taken++) {
        /* of letters bit 5 is what tells the case; digits have it */
        out[taken] = (char)(text[taken] | 0x20);
        hash = (hash ^ (unsigned char)out[taken]) * hash_prime;
    }
    word->hash = hash;
    word->length += taken;
    word->characters += taken;
    return text + taken;
}

/* --- folding --- */

static bool is_cyrillic(const char *word)
{
    UErrorCode error = U_ZERO_ERROR;
    for (; *word; word = text_next(word))
        if (uscript_getScript((UChar32)g_utf8_get_char(word), &error) == USCRIPT_CYRILLIC)
            return true;
    return false;
}

/* Lent until the stemmer's next word. */
static const char *stem_of(struct sb_stemmer *stemmer, const char *lower, size_t length)
{
    return (const char *)sb_stemmer_stem(stemmer, (const sb_symbol *)lower, (int)length);
}

/* `other` and `stem` may be empty: there is none. */
static Folded *folded_new(const Word *word, const char *text, const char *other, const char *stem)
{
    const char *const texts[] = {text, other, stem};
    uint16_t starts[] = {0, 0, 0};
    char bytes[sizeof word->text + 3 * LATIN_WORD_SIZE];
    size_t size = word->length + 1;
    memcpy(bytes, word->text, size);
    for (size_t i = 0; i < 3; i++) {
        if (i > 0 && !*texts[i]) continue;
        starts[i] = (uint16_t)size;
        size = (size_t)(g_stpcpy(bytes + size, texts[i]) + 1 - bytes);
    }
    Folded *folded = g_malloc(sizeof *folded + size);
    *folded = (Folded){.hash = word->hash,
                       .length = (uint16_t)word->length,
                       .text = starts[0],
                       .other = starts[1],
                       .stem = starts[2]};
    memcpy(folded->bytes, bytes, size);
    return folded;
}

/* Folded already. */
static Folded *fold_ascii(Lexicon *self, const Word *word)
{
    const char *stem = stem_of(self->english, word->text, word->length);
    Folded *folded = folded_new(word, "", "", stem ? stem : "");
    folded->text = 0;
    return folded;
}

static Folded *fold_foreign(Lexicon *self, const Word *word)
{
    char text[LATIN_WORD_SIZE];
    char other[LATIN_WORD_SIZE];
    char lower[LATIN_WORD_SIZE];
    char stem[LATIN_WORD_SIZE] = "";
    latin_fold(self->latin, word->text, LATIN_ENGLISH, text);
    latin_fold(self->latin, word->text, LATIN_BARE, other);
    if (is_cyrillic(word->text)) {
        size_t length = latin_normalise(self->latin, word->text, lower);
        const char *found = stem_of(self->russian, lower, length);
        if (found) latin_fold(self->latin, found, LATIN_ENGLISH, stem);
    }
    return folded_new(word, text, strcmp(text, other) != 0 ? other : "", stem);
}

static bool is_word(const Folded *folded, const Word *word)
{
    return folded && folded->hash == word->hash && folded->length == word->length &&
           memcmp(folded->bytes, word->text, word->length) == 0;
}

Folded *lexicon_find(Lexicon *self, Word *word)
{
    uint32_t tag = (uint32_t)(word->hash >> 32);
    Set *set = &self->sets[(word->hash ^ tag) & (CACHE_SETS - 1)];
    word->text[word->length] = '\0';
    for (size_t way = 0; way < CACHE_WAYS; way++)
        if (set->tags[way] == tag && is_word(set->words[way], word)) return set->words[way];
    size_t way = self->next_way++ % CACHE_WAYS;
    Folded *folded = word->is_ascii ? fold_ascii(self, word) : fold_foreign(self, word);
    g_free(set->words[way]);
    set->tags[way] = tag;
    set->words[way] = folded;
    return folded;
}
