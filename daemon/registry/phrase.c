#include "daemon/registry/phrase.h"

#include "proto/event_texts.h"

#include <assert.h>
#include <string.h>

enum {
    ASCII_END = 128,
};

typedef struct Following {
    const Phrase *phrase;
    Words *words;
    uint64_t matched; /* bit i: the words up to the i-th end at the position before */
    uint64_t here;    /* bit i: the word at `position` is the i-th */
    size_t position;
    bool found;
    const char *mark; /* the longest word that folds in one way; NULL: there is none */
} Following;

static const char *word_of(const char *key)
{
    return strchr(key, '=') + 1;
}

/* Bit i: the word is the phrase's i-th. */
static uint64_t bits_of(const Phrase *phrase, const char *word)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < phrase->count; i++)
        for (size_t j = 0; j < phrase->words[i].count; j++)
            if (strcmp(word_of(phrase->words[i].keys[j]), word) == 0) bits |= UINT64_C(1) << i;
    return bits;
}

/* The position is left; its word's foldings are all known. */
static void end_position(Following *following)
{
    following->matched = (following->matched << 1U | 1U) & following->here;
    following->here = 0;
    if (following->matched >> (following->phrase->count - 1) & 1U) following->found = true;
}

static void follow_word(void *context, size_t position, const char *word, const char *stem)
{
    (void)stem;
    Following *following = context;
    if (position != following->position) end_position(following);
    following->position = position;
    following->here |= bits_of(following->phrase, word);
}

/* --- most texts are passed over by one of the words --- */

static const char *longest_word(const Phrase *phrase)
{
    const char *longest = NULL;
    for (size_t i = 0; i < phrase->count; i++) {
        const char *word = word_of(phrase->words[i].keys[0]);
        if (phrase->words[i].count == 1 && (!longest || strlen(word) > strlen(longest)))
            longest = word;
    }
    return longest;
}

/* A letter of ASCII in lower case; a digit as it is. */
static char lower(char c)
{
    return (char)(c | 0x20);
}

static bool begins_with(const char *text, const char *word)
{
    while (*word && lower(*text) == *word) {
        text++;
        word++;
    }
    return *word == '\0';
}

/* False: the word is not in the text. Folding ASCII changes its case alone, and leaves
 * apostrophes out; what else there is in a text is folded to be known. */
static bool may_have(const char *text, const char *word)
{
    for (; *text; text++) {
        if ((unsigned char)*text >= ASCII_END || *text == '\'' || *text == '`') return true;
        if (lower(*text) == *word && begins_with(text, word)) return true;
    }
    return false;
}

static void follow_text(void *context, TextWeight weight, const char *text)
{
    (void)weight;
    Following *following = context;
    if (following->found || (following->mark && !may_have(text, following->mark))) return;
    following->matched = following->here = 0;
    following->position = 0;
    words_each(following->words, text, follow_word, following);
    end_position(following);
}

bool phrase_is_in(const Phrase *self, const Event *event, Words *words)
{
    Following following = {.phrase = self, .words = words, .mark = longest_word(self)};
    assert(self->count > 0 && self->count <= PHRASE_WORDS_MAX);
    event_texts(event, follow_text, &following);
    return following.found;
}
