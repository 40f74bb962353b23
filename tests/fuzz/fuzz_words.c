/* Any valid UTF-8: its words, and the whole of it folded as one value. */
#include "proto/arena.h"
#include "proto/text.h"
#include "proto/words.h"
#include "tests/fuzz/fuzz.h"

#include <glib.h>
#include <string.h>

enum {
    ARENA_BYTES = 16 * 1024 * 1024,
};

typedef struct Setup {
    Words *words;
    Arena *arena;
} Setup;

typedef struct Seen {
    size_t position;
    size_t count;
} Seen;

static void *open_setup(void)
{
    Setup *self = calloc(1, sizeof *self);
    FUZZ_DEMAND(self != NULL);
    self->words = words_new();
    self->arena = arena_new(ARENA_BYTES);
    FUZZ_DEMAND(self->words && self->arena);
    return self;
}

static void close_setup(void *context)
{
    Setup *self = context;
    words_destroy(&self->words);
    arena_destroy(&self->arena);
    free(self);
}

static void check_folded(const char *text)
{
    size_t length = strlen(text);
    FUZZ_DEMAND(length > 0 && length <= WORDS_FOLDED_MAX);
    FUZZ_DEMAND(text_is_utf8(text, length));
    FUZZ_DEMAND(text_find_control(text, length) == length);
}

static void check_word(void *context, size_t position, const char *word, const char *stem)
{
    Seen *seen = context;
    FUZZ_DEMAND(position < WORDS_PER_TEXT_MAX && position >= seen->position);
    FUZZ_DEMAND(seen->count == 0 ? position == 0 : position <= seen->position + 1);
    check_folded(word);
    if (stem) check_folded(stem);
    seen->position = position;
    seen->count++;
}

static void check_value(Setup *self, const char *value)
{
    const char *once = words_fold(self->words, value, self->arena);
    FUZZ_DEMAND(once && text_is_utf8(once, strlen(once)));
    const char *twice = words_fold(self->words, once, self->arena);
    FUZZ_DEMAND(twice && strcmp(once, twice) == 0);
    const char *other = words_fold_other(self->words, value, self->arena);
    if (other) FUZZ_DEMAND(text_is_utf8(other, strlen(other)) && strcmp(once, other) != 0);
}

static void run(void *context, const uint8_t *data, size_t size)
{
    Setup *self = context;
    char *bytes = fuzz_text(data, size);
    char *text = g_utf8_make_valid(bytes, -1);
    Seen first = {0};
    Seen again = {0};
    arena_reset(self->arena);
    words_each(self->words, text, check_word, &first);
    words_each(self->words, text, check_word, &again); /* from what is kept now */
    FUZZ_DEMAND(first.count == again.count && first.position == again.position);
    check_value(self, text);
    g_free(text);
    free(bytes);
}

const FuzzTarget fuzz_target = {.open = open_setup, .run = run, .close = close_setup};
