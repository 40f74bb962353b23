/*
 * event_texts - every text of an event that words are taken from, with what it weighs.
 *
 * The one list of them: what is found by its words, what a phrase is looked for in, what a program
 * shows of what was found. Contacts (email, phone) are never among them. Pure; any thread.
 */
#ifndef PLENARY_PROTO_EVENT_TEXTS_H
#define PLENARY_PROTO_EVENT_TEXTS_H

#include "proto/contract.h"

/* What a word says of the event by where it stands. */
typedef enum TextWeight {
    TEXT_REST,  /* descriptions, agenda, papers, outcomes */
    TEXT_NAME,  /* people, places, organisations, topics, the series */
    TEXT_TITLE, /* the title and its translations */
} TextWeight;

/* `text` is lent, and never NULL. */
typedef void event_text_fn(void *context, TextWeight weight, const char *text);

/* The titles first, then the names, then the rest. */
void event_texts(const Event *event, event_text_fn *each, void *context);

#endif
