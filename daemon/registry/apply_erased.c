#include "daemon/registry/apply_erased.h"

#include "daemon/registry/apply_facets.h"
#include "daemon/registry/past.h"
#include "daemon/registry/phrases.h"
#include "daemon/registry/subscribers.h"

#include <assert.h>
#include <string.h>

/* By the hash of a request one could guess whether a name was in it. */
static void forget_request_hash(State *state, const Change *touched)
{
    static const uint8_t no_hash[REQUEST_HASH_BYTES] = {0};
    uint8_t hash[REQUEST_HASH_BYTES];
    uint8_t value[REQUEST_VALUE_BYTES];
    uint64_t sequence;
    Bytes found;
    if (!touched->request_id) return;
    Key key = key_request(touched->request_id, touched->by_principal);
    if (!views_get(state->views, VIEW_REQUESTS, key_bytes(&key), &found) ||
        !request_value_decode(found, hash, &sequence))
        return;
    request_value_encode(no_hash, sequence, value);
    views_put(state->views, VIEW_REQUESTS, key_bytes(&key), (Bytes){value, sizeof value});
}

static void note_digest(State *state, const Plenary__V1__Erasure *erasure)
{
    assert(erasure->content_digest.len == JOURNAL_DIGEST_BYTES);
    Key key = key_sequence(erasure->sequence);
    views_put(state->views, VIEW_ERASURES, key_bytes(&key),
              (Bytes){erasure->content_digest.data, erasure->content_digest.len});
}

/* Gives the change that was written anew, as it now is. NULL: it is no event's any more. */
static const Change *apply_one(State *state, const Plenary__V1__Erasure *erasure, Arena *scratch)
{
    arena_reset(scratch);
    const Change *touched = state_change(state, erasure->sequence, scratch);
    note_digest(state, erasure);
    if (!touched || touched->record_case != PLENARY__V1__CHANGE__RECORD_EVENT) return NULL;
    forget_request_hash(state, touched);
    past_changed(state->past, erasure->number);
    phrases_changed(state->phrases, erasure->number);
    return touched;
}

static bool is_latest(State *state, const Plenary__V1__Erasure *erasure, Arena *scratch)
{
    Head head;
    return state_head(state, erasure->number, &head, scratch) && !head.withdrawn &&
           head.sequence == erasure->sequence;
}

void apply_erased(State *state, const Change *change, const Event *const *before, Arena *scratch)
{
    for (size_t i = 0; i < change->n_erasures; i++) {
        const Plenary__V1__Erasure *erasure = change->erasures[i];
        const Change *touched = apply_one(state, erasure, scratch);
        if (touched && is_latest(state, erasure, scratch))
            apply_facets(state, erasure->number, touched->event, before[i], scratch);
    }
    subscribers_forget_names(state->subscribers);
    state->fold_to = change->sequence;
}

void apply_erased_again(State *state, const Change *change, roaring_bitmap_t *numbers,
                        Arena *scratch)
{
    for (size_t i = 0; i < change->n_erasures; i++) {
        const Plenary__V1__Erasure *erasure = change->erasures[i];
        if (apply_one(state, erasure, scratch)) roaring_bitmap_add(numbers, erasure->number);
    }
}
