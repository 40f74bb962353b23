#include "proto/latin.h"

#include "proto/text.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

enum {
    UNITS_MAX = 2048, /* UTF-16 units while a word is transliterated */
    BYTES_MAX = 3 * UNITS_MAX,
    CHARACTER_BYTES_MAX = 6, /* that GLib may write */
    SUBSTITUTE = 0xFFFD,
    PASSES_MAX = 3, /* for letters that the rules leave or give are letters that we replace */
};

/* A word on its way, in UTF-8. */
typedef struct Draft {
    char text[BYTES_MAX + 1];
    size_t length;
} Draft;

struct Latin {
    UTransliterator *rules;
    const UNormalizer2 *composed; /* ICU's own */
};

Latin *latin_new(void)
{
    static const char id[] = "Russian-Latin/BGN; Any-Latin; Latin-ASCII; Lower";
    UChar units[sizeof id];
    UErrorCode error = U_ZERO_ERROR;
    Latin *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    u_charsToUChars(id, units, sizeof id);
    self->rules = utrans_openU(units, -1, UTRANS_FORWARD, NULL, 0, NULL, &error);
    self->composed = unorm2_getNFKCInstance(&error);
    if (U_FAILURE(error)) latin_destroy(&self);
    return self;
}

void latin_destroy(Latin **self)
{
    if (!self || !*self) return;
    if ((*self)->rules) utrans_close((*self)->rules);
    free(*self);
    *self = NULL;
}

/* --- letters that ICU's rules leave, or write as signs --- */

typedef struct Letter {
    UChar32 from;
    const char *to;
} Letter;

/* Cyrillic of Central Asia and of the Caucasus, Azeri ə, and the two signs, which are not heard. */
static const Letter regional[] = {
    {0x049B, "q"},  {0x04B3, "h"}, {0x0493, "gh"}, {0x04B7, "j"}, {0x04E9, "o"}, {0x04A3, "ng"},
    {0x04AF, "u"},  {0x04D9, "a"}, {0x044A, ""},   {0x044C, ""},  {0x04B1, "u"}, {0x04BB, "h"},
    {0x04F7, "gh"}, {0x04B9, "j"}, {0x049D, "g"},  {0x04A1, "q"}, {0x0259, "a"},
};

static const Letter english[] = {{0x015F, "sh"}, {0x00E7, "ch"}, {0x011F, "gh"}};

static const char *letter_in(const Letter *letters, size_t count, UChar32 from)
{
    for (size_t i = 0; i < count; i++)
        if (letters[i].from == from) return letters[i].to;
    return NULL;
}

#define LETTER_IN(letters, from) letter_in(letters, sizeof(letters) / sizeof *(letters), from)

bool latin_is_apostrophe(int32_t character)
{
    static const int32_t others[] = {0x00B4, 0x2018, 0x2019, 0x201B, 0x2032, 0xFF07};
    if (character < others[0]) return character == '\'' || character == '`';
    if (character >= 0x02B9 && character <= 0x02BF) return true; /* modifier letters */
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] == character) return true;
    return false;
}

/* --- drafts --- */

static void put_character(Draft *draft, gunichar c)
{
    if (draft->length + CHARACTER_BYTES_MAX > BYTES_MAX) return;
    draft->length += (size_t)g_unichar_to_utf8(c, draft->text + draft->length);
}

/* 0: ICU could not read it. */
static int32_t to_units(const char *text, UChar units[static UNITS_MAX])
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t length = 0;
    u_strFromUTF8WithSub(units, UNITS_MAX, &length, text, -1, SUBSTITUTE, NULL, &error);
    return U_SUCCESS(error) ? length : 0;
}

static void from_units(const UChar *units, int32_t length, Draft *draft)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t size = 0;
    u_strToUTF8WithSub(draft->text, BYTES_MAX, &size, units, length, SUBSTITUTE, NULL, &error);
    draft->length = U_SUCCESS(error) ? (size_t)size : 0;
    draft->text[draft->length] = '\0';
}

/* Composed and in lower case. */
static void normalise(const Latin *self, const char *word, Draft *lower)
{
    UChar raw[UNITS_MAX];
    UChar units[UNITS_MAX];
    Draft composed;
    UErrorCode error = U_ZERO_ERROR;
    int32_t length = to_units(word, raw);
    length = unorm2_normalize(self->composed, raw, length, units, UNITS_MAX, &error);
    from_units(units, U_SUCCESS(error) ? length : 0, &composed);
    lower->length = 0;
    for (const char *at = composed.text; *at; at = text_next(at))
        put_character(lower, (gunichar)u_tolower((UChar32)g_utf8_get_char(at)));
    lower->text[lower->length] = '\0';
}

/* Our own letters in the place of ICU's. */
static void replace_letters(const Draft *word, LatinSounds sounds, Draft *draft)
{
    draft->length = 0;
    for (const char *at = word->text; *at; at = text_next(at)) {
        UChar32 c = (UChar32)g_utf8_get_char(at);
        const char *letter = LETTER_IN(regional, c);
        if (!letter && sounds == LATIN_ENGLISH) letter = LETTER_IN(english, c);
        for (; letter && *letter; letter++)
            put_character(draft, (gunichar)*letter);
        if (!letter && !latin_is_apostrophe(c)) put_character(draft, (gunichar)c);
    }
    draft->text[draft->length] = '\0';
}

static void transliterate(const Latin *self, Draft *draft)
{
    UChar units[UNITS_MAX];
    UErrorCode error = U_ZERO_ERROR;
    int32_t length = to_units(draft->text, units);
    int32_t limit = length;
    utrans_transUChars(self->rules, units, &length, UNITS_MAX, 0, &limit, &error);
    if (U_SUCCESS(error)) from_units(units, length, draft);
}

/* Other characters are left out; a letter may have become a sign (ʹ, ·). */
static void keep_letters(Draft *draft)
{
    size_t length = 0;
    for (const char *at = draft->text; *at;) {
        const char *next = text_next(at);
        size_t size = (size_t)(next - at);
        if (u_isalnum((UChar32)g_utf8_get_char(at))) {
            memmove(draft->text + length, at, size);
            length += size;
        }
        at = next;
    }
    draft->text[length] = '\0';
    draft->length = length;
}

/* Cut between characters where it is too long. */
static size_t write_out(const Draft *draft, char out[static LATIN_WORD_SIZE])
{
    size_t length = text_cut(draft->text, draft->length, LATIN_WORD_SIZE - 1);
    memcpy(out, draft->text, length);
    out[length] = '\0';
    return length;
}

size_t latin_normalise(Latin *self, const char *word, char out[static LATIN_WORD_SIZE])
{
    Draft lower;
    normalise(self, word, &lower);
    return write_out(&lower, out);
}

size_t latin_fold(Latin *self, const char *word, LatinSounds sounds,
                  char out[static LATIN_WORD_SIZE])
{
    Draft draft;
    Draft before;
    normalise(self, word, &draft);
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        before = draft;
        replace_letters(&before, sounds, &draft);
        transliterate(self, &draft);
        keep_letters(&draft);
        if (g_str_is_ascii(draft.text)) break;
        normalise(self, draft.text, &draft);
        if (strcmp(before.text, draft.text) == 0) break;
    }
    return write_out(&draft, out);
}
