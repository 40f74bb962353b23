/*
 * person_name - the name of a person, found in texts however it is written, and replaced there.
 *
 * A name is its folded words (words.h), so that case, marks and script do not matter, nor what
 * stands between the words. In a text it is found as the same words one after the other, also where
 * its last one has the 's of English, and where characters are escaped as URIs escape them (%20).
 * It is not found in other forms: declined, abbreviated, turned round. Texts are valid UTF-8.
 * Belongs to the thread of its Words.
 */
#ifndef PLENARY_PROTO_PERSON_NAME_H
#define PLENARY_PROTO_PERSON_NAME_H

#include "proto/arena.h"
#include "proto/status.h"
#include "proto/words.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    PERSON_NAME_WORDS_MAX = 64,
};

typedef struct PersonName PersonName;

/* Bytes of a text from `start` up to `end`. */
typedef struct TextRange {
    size_t start;
    size_t end;
} TextRange;

/* Lends the Words. NULL: INVALID_ARGUMENT, there is no word in it, or too much; or no memory. */
PersonName *person_name_new(Words *words, const char *name, Problem *problem);
void person_name_destroy(PersonName **self);

/* Are the words of `text` these, and no others? */
bool person_name_is(PersonName *self, const char *text);

/* Is it somewhere in `text`? Then *first is where. */
bool person_name_find(PersonName *self, const char *text, TextRange *first);

/* Has `text` any word in it? */
bool person_name_has_word(PersonName *self, const char *text);

/* Has `text` one of its words in it? */
bool person_name_shares(PersonName *self, const char *text);

/* `text` with `with` wherever the name was, cut to `limit` bytes, and without the name in any case:
 * where it cannot be told from what stands around it, `with` alone is left. `with` shares no word
 * with it. In the arena; NULL: it is full. */
char *person_name_replace(PersonName *self, const char *text, const char *with, size_t limit,
                          Arena *arena);

#endif
