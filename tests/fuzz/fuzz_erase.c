/* A name, and an event made of any texts: what is taken out is found no more, and what stays is
 * text as it was. */
#include "proto/erase.h"
#include "proto/text.h"
#include "proto/validate.h"
#include "tests/fuzz/fuzz.h"

#include <glib.h>
#include <string.h>

enum {
    ARENA_BYTES = 64 * 1024 * 1024,
    TEXTS = 5, /* a name, and what is in four texts of an event; lines of the input */
};

typedef struct Setup {
    Words *words;
    Arena *arena;
} Setup;

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

static void check_mention(void *context, const Mention *mention)
{
    FUZZ_DEMAND(mention->text != NULL || mention->kind == MENTION_ENTRY);
    if (!mention->text) return;
    size_t length = strlen(mention->text);
    FUZZ_DEMAND(mention->name.start < mention->name.end && mention->name.end <= length);
    FUZZ_DEMAND(text_is_utf8(mention->text, mention->name.start));
    FUZZ_DEMAND(text_is_utf8(mention->text + mention->name.start, length - mention->name.start));
    FUZZ_DEMAND(text_is_utf8(mention->text, mention->name.end));
    char *excerpt = eraser_excerpt(mention, context);
    FUZZ_DEMAND(excerpt && text_is_utf8(excerpt, strlen(excerpt)));
}

static void check_text(const char *text, size_t limit)
{
    FUZZ_DEMAND(text_is_utf8(text, strlen(text)));
    FUZZ_DEMAND(strlen(text) <= limit);
}

static void check(Setup *self, const Eraser *eraser, char *const *texts)
{
    Event event = PLENARY__V1__EVENT__INIT;
    Participant participant = PLENARY__V1__PARTICIPANT__INIT;
    Participant *participants[] = {&participant};
    Plenary__V1__Document document = PLENARY__V1__DOCUMENT__INIT;
    Plenary__V1__Document *documents[] = {&document};
    Erased erased = {0, 0};
    Problem problem;
    problem_clear(&problem);
    event.title = texts[1];
    event.description = texts[2];
    participant.name = texts[3];
    document.uri = texts[4];
    event.n_participants = event.n_documents = 1;
    event.participants = participants;
    event.documents = documents;
    bool found = eraser_finds(eraser, &event, check_mention, self->arena);
    const char *text =
        eraser_check_text(eraser, "name erased", &problem) ? "xyz qq" : "name erased";
    if (eraser_check_text(eraser, text, &problem)) return;
    FUZZ_DEMAND(eraser_apply(eraser, &event, text, self->arena, &erased));
    FUZZ_DEMAND(found == (erased.entries + erased.texts > 0));
    FUZZ_DEMAND(!eraser_finds(eraser, &event, NULL, NULL));
    if (event.title != texts[1]) check_text(event.title, VALIDATE_TITLE_BYTES_MAX);
    if (event.description != texts[2]) check_text(event.description, VALIDATE_TEXT_BYTES_MAX);
    if (document.uri != texts[4]) check_text(document.uri, VALIDATE_URI_BYTES_MAX);
}

static void run(void *context, const uint8_t *data, size_t size)
{
    Setup *self = context;
    char *bytes = fuzz_text(data, size);
    char *valid = g_utf8_make_valid(bytes, -1);
    char **texts = g_strsplit(valid, "\n", TEXTS);
    Problem problem;
    arena_reset(self->arena);
    problem_clear(&problem);
    Eraser *eraser =
        g_strv_length(texts) == TEXTS ? eraser_new(self->words, texts[0], &problem) : NULL;
    if (eraser) check(self, eraser, texts);
    eraser_destroy(&eraser);
    g_strfreev(texts);
    g_free(valid);
    free(bytes);
}

const FuzzTarget fuzz_target = {.open = open_setup, .run = run, .close = close_setup};
