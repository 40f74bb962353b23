/*
 * erase - a person in an event's image: where they are named, and taking them out.
 *
 * Who is called so (person_name.h) goes whole from the participants, with all that is told of them,
 * and from an agenda's speakers. Every other text of the image may name them: all of its strings
 * are looked through, as the descriptors give them, but for codes, moments and identifiers. There
 * the name stays, or a text takes its place. A UID that holds the name is told and stays, for
 * others know the event by it. Pure; an Eraser belongs to the thread of its Words.
 */
#ifndef PLENARY_PROTO_ERASE_H
#define PLENARY_PROTO_ERASE_H

#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/person_name.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    ERASE_TEXT_BYTES_MAX = 128,        /* of what takes a name's place */
    ERASE_EXCERPT_BEFORE = 24,         /* characters before the name */
    ERASE_EXCERPT_CHARACTERS_MAX = 72, /* with the name */
};

typedef struct Eraser Eraser;

typedef enum MentionKind {
    MENTION_ENTRY, /* a participant, a speaker: goes whole */
    MENTION_TEXT,  /* a text with the name in it: goes where there is a text in its place */
    MENTION_KEPT,  /* a UID: stays in any case */
} MentionKind;

/* Each text is told once, however often the name is in it. All is lent. */
typedef struct Mention {
    MentionKind kind;
    const char *path; /* "participants[2]", "outcomes[0].text" */
    const char *text; /* that the name is in; NULL: of an entry */
    TextRange name;   /* in the text */
} Mention;

typedef void eraser_mention_fn(void *context, const Mention *mention);

typedef struct Erased {
    size_t entries; /* that went */
    size_t texts;   /* that were changed */
} Erased;

/* Lends the Words. NULL: INVALID_ARGUMENT, it is no name; or no memory. */
Eraser *eraser_new(Words *words, const char *name, Problem *problem);
void eraser_destroy(Eraser **self);

/* May `text` take the name's place? INVALID_ARGUMENT: it is too long or not of one line; or has no
 * word in it, or one of the name's, for with what stands around it that could be the name. */
StatusCode eraser_check_text(const Eraser *self, const char *text, Problem *problem);

/* Does the image name the person, in an entry or a text? `each`, which may be NULL, hears every
 * place, also what is kept. */
bool eraser_finds(const Eraser *self, const Event *event, eraser_mention_fn *each, void *context);

/* Takes the person out. `text` is NULL (names in texts stay) or was checked; an e-mail address with
 * the name in it goes whole then. What was valid stays so, within the bounds of each text and of
 * the record. New texts are in the arena, and *erased is added to. False: the arena is full, and
 * the event half done. With a text, eraser_finds is false afterwards. */
bool eraser_apply(const Eraser *self, Event *event, const char *text, Arena *arena, Erased *erased);

/* Some words around the name, on one line. In the arena; NULL: of an entry, or it is full. */
char *eraser_excerpt(const Mention *mention, Arena *arena);

#endif
