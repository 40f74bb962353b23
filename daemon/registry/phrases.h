/*
 * phrases - which events have a phrase of a query: found out once, and known until they change.
 *
 * The bitmaps tell which events have all words of a phrase, not whether these stand one after the
 * other: such an event is read and looked through. What was found is kept for the phrases asked for
 * last, as two sets of events for each: those looked through, and those of them that have it. An
 * event that changes leaves both. One question looks through a bounded number of events; what is
 * more is left as a rest, which whoever answers questions works off in later turns before it asks
 * again (daemon/registry/reading.h). Access is no part of it: what is kept is of the texts alone.
 * Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_PHRASES_H
#define PLENARY_REGISTRY_PHRASES_H

#include "daemon/registry/query.h"

enum {
    PHRASES_KEPT = 32,
    PHRASES_RECORDS_AT_ONCE = 200,      /* read in one go, */
    PHRASES_BYTES_AT_ONCE = 512 * 1024, /* or after so many bytes of them */
    PHRASES_RETRY_AFTER_MS = 50,
    PHRASES_RECORD_BYTES = 64 * 1024 * 1024, /* of memory, to read one */
};

typedef struct Phrases Phrases;

/* What is to be looked through for one phrase. */
typedef struct PhraseRest PhraseRest;

/* NULL: no memory. */
Phrases *phrases_new(void);
void phrases_destroy(Phrases **self);

/* An event has changed. By apply; takes NULL. */
void phrases_changed(Phrases *self, uint32_t number);

/* A question is asked, for which `records` were read already. */
void phrases_begin(Phrases *self, uint64_t records);

/* Takes out of `set`, which holds what matches otherwise, what has not the phrase, or, where it is
 * negated, what has it; *candidates is how many of them have all its words. RESOURCE_EXHAUSTED: no
 * memory; or it is not known yet, and phrases_take_rest gives what is to be done first. */
StatusCode phrases_keep(const QueryContext *context, const Phrase *phrase, roaring_bitmap_t *set,
                        uint64_t *candidates, Problem *problem);

/* Records read for the question. */
uint64_t phrases_records(const Phrases *self);

/* What the question has left to do; NULL: nothing. Given: phrases_drop_rest, which takes NULL. */
bool phrases_has_rest(const Phrases *self);
PhraseRest *phrases_take_rest(Phrases *self);
void phrases_drop_rest(PhraseRest **rest);

/* Works at it for as long as one question may. RESOURCE_EXHAUSTED: an event cannot be read. */
StatusCode phrases_work(State *state, PhraseRest *rest, Problem *problem);
bool phrases_is_done(const PhraseRest *rest);

/* What is told to who does not wait for it: RESOURCE_EXHAUSTED, and when to come again. */
StatusCode phrases_tell_rest(const PhraseRest *rest, Problem *problem);

#endif
