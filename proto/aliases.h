/*
 * aliases - the names that one place goes by: Toshkent = Tashkent.
 *
 * A table that the program is built with (proto/aliases.txt, installed beside it to be read), and a
 * file that an operator may add to it, in the same form: a line for a place, its names with "="
 * between, "#" before a remark. Names that fold to the same words are one, so that no script needs
 * a name of its own. A line that has a name of another one adds to it. Names are found by their
 * words, in any case, script and spelling, or by the stems of these.
 *
 * Filled once by one thread, then read by any.
 */
#ifndef PLENARY_PROTO_ALIASES_H
#define PLENARY_PROTO_ALIASES_H

#include "proto/status.h"
#include "proto/words.h"

#include <stddef.h>

enum {
    ALIASES_NAMES_MAX = 16384,
    ALIASES_OF_PLACE_MAX = 16,
    ALIASES_NAME_BYTES_MAX = 128,
    ALIASES_NAME_WORDS_MAX = 4,
    ALIASES_FILE_BYTES_MAX = 1024 * 1024,
};

typedef struct Aliases Aliases;

/* With the names that are built in. */
Aliases *aliases_new(Words *words);
void aliases_destroy(Aliases **self);

/* Adds the lines of a text. INVALID_ARGUMENT: "line 3: ..."; the lines before it are then added. */
StatusCode aliases_add(Aliases *self, const char *text, size_t size, Words *words,
                       Problem *problem);

/* The same of a file; problems name it. NOT_FOUND: there is none. */
StatusCode aliases_load(Aliases *self, const char *path, Words *words, Problem *problem);

/* Every name of the place that `key` means (words, folded, with single spaces), also that one, as
 * it was written. Gives how many; 0: it is not the name of a place. Lent. */
size_t aliases_find(const Aliases *self, const char *key, const char *const **names);

/* The key of a name, in the arena: its words, folded, with single spaces. NULL: the arena is full.
 */
const char *aliases_key(const char *name, Words *words, Arena *arena);

#endif
