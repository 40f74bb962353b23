/*
 * people - which participant of an event a person means by what they wrote.
 *
 * A participant is meant by the e-mail address, or by the whole name in any script and case; or,
 * where that is not asked to be exact, by the beginning of any words of the name ("petr" for Ivan
 * Petrov, "iv pet" too) where it fits one of them alone. The wrong person is never guessed: what
 * fits several is refused with their names. Lends the list and the Words; one thread.
 */
#ifndef PLENARY_CLIENTS_PEOPLE_H
#define PLENARY_CLIENTS_PEOPLE_H

#include "proto/arena.h"
#include "proto/status.h"
#include "proto/words.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    PEOPLE_TOLD_MAX = 8, /* names in a message; further ones are counted */
};

typedef struct People People;

/* Who is looked for: a name, an address, or both. */
typedef struct Person {
    const char *name;
    const char *email;
    bool is_exact; /* no beginnings */
} Person;

/* `participants` is an event's list as JSON, or NULL. In the arena, as are the answers' texts.
 * NULL: no memory. */
People *people_new(const json_t *participants, Words *words, Arena *arena);

/* Where the person stands in the list. NOT_FOUND: who was probably meant, or who is there.
 * INVALID_ARGUMENT: it fits several, or nobody is named. */
StatusCode people_find(const People *self, const Person *person, size_t *index, Problem *problem);

#endif
