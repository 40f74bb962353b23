#include "daemon/registry/phrase.h"

#include "proto/event_texts.h"

#include <assert.h>
#include <string.h>

typedef struct Following {
    const Phrase *phrase;
    Words *words;
    uint64_t matched; /* bit i: the words up to the i-th end at the position before */
    uint64_t here;    /* bit i: the word at `position` is the i-th */
    size_t position;
    bool found;
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

static void follow_text(void *context, TextWeight weight, const char *text)
{
    (void)weight;
    Following *following = context;
    if (following->found) return;
    following->matched = following->here = 0;
    following->position = 0;
    words_each(following->words, text, follow_word, following);
    end_position(following);
}

bool phrase_is_in(const Phrase *self, const Event *event, Words *words)
{
    Following following = {.phrase = self, .words = words};
    assert(self->count > 0 && self->count <= PHRASE_WORDS_MAX);
    event_texts(event, follow_text, &following);
    return following.found;
}
