#include "daemon/registry/apply.h"

#include "daemon/registry/apply_facets.h"
#include "daemon/registry/past.h"
#include "daemon/registry/phrases.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* --- tables --- */

static void put_number(State *state, ViewTable table, const Key *key, uint64_t value)
{
    Number number = number_encode(value);
    views_put(state->views, table, key_bytes(key), number_bytes(&number));
}

/* Times and handling are those of the image, or of the last one where it was withdrawn. */
static Head head_of(State *state, const Change *change, const Event *image)
{
    Head head = {
        .sequence = change->sequence,
        .revision = change->event->revision,
        .withdrawn = change->action == PLENARY__V1__CHANGE__ACTION__WITHDRAWN,
        .tlp = PLENARY__V1__HANDLING__TLP__GREEN,
    };
    (void)snprintf(head.id, sizeof head.id, "%s", change->event->id);
    if (!image) return head;
    head.recurs = image->recurrence != NULL;
    head.overrides = image->recurrence_id != NULL;
    if (image->schedule) schedule_span(state->zones, image->schedule, &head.span);
    if (image->handling && image->handling->has_tlp) head.tlp = image->handling->tlp;
    if (image->handling) {
        head.audience = image->handling->audience;
        head.audience_count = image->handling->n_audience;
    }
    return head;
}

/* What an instance of a series is replaced by has changed: so has the series. */
static void apply_recurrence(State *state, const Change *change, const Event *image)
{
    bool withdrawn = change->action == PLENARY__V1__CHANGE__ACTION__WITHDRAWN;
    if (!image) return;
    bool put =
        recurrences_put(state->recurrences, state->zones, image, change->sequence, withdrawn);
    assert(put);
    uint32_t series =
        image->recurrence_id ? recurrences_series_of(state->recurrences, image->uid) : 0;
    if (series) past_changed(state->past, series);
}

static void apply_names(State *state, const Event *event)
{
    Key id = key_id(event->id);
    Key uid = key_uid(event->uid, event->recurrence_id);
    put_number(state, VIEW_NAMES, &id, event->number);
    put_number(state, VIEW_NAMES, &uid, event->number);
}

static void apply_event(State *state, const Change *change, const Event *before, Arena *scratch)
{
    const Event *event = change->event;
    bool withdrawn = change->action == PLENARY__V1__CHANGE__ACTION__WITHDRAWN;
    apply_facets(state, event->number, withdrawn ? NULL : event, before, scratch);

    Head head = head_of(state, change, withdrawn ? before : event);
    Bytes value = head_encode(&head, scratch);
    assert(value.size);
    Key number = key_number(event->number);
    bool kept = columns_put(&state->columns, event->number, &head);
    assert(kept);
    apply_recurrence(state, change, withdrawn ? before : event);
    views_put(state->views, VIEW_HEADS, key_bytes(&number), value);

    Key version = key_version(event->number, event->revision);
    put_number(state, VIEW_VERSIONS, &version, change->sequence);
    if (!change->has_prior_sequence) apply_names(state, event);

    if (change->has_prior_sequence) {
        Key prior = key_sequence(change->prior_sequence);
        views_delete(state->views, VIEW_UPDATES, key_bytes(&prior));
    }
    Key updated = key_sequence(change->sequence);
    if (!withdrawn) put_number(state, VIEW_UPDATES, &updated, event->number);
    if (event->number > state->applied.last_number) state->applied.last_number = event->number;
    past_changed(state->past, event->number);
    phrases_changed(state->phrases, event->number);
}

static void apply_organisation(State *state, const Change *change)
{
    bool put = directory_put(state->directory, change->organisation, change->sequence);
    assert(put);
    Key id = key_text(change->organisation->id);
    put_number(state, VIEW_ORGANISATIONS, &id, change->sequence);
}

static void apply_principal(State *state, const Change *change)
{
    bool put = principals_put(state->principals, change->principal, change->sequence);
    assert(put);
    Key name = key_text(change->principal->name);
    put_number(state, VIEW_PRINCIPALS, &name, change->sequence);
}

/* --- requests --- */

/* The floor follows the changes' own time, so that every rebuild gives the same one. */
static void raise_request_floor(State *state, int64_t time_us)
{
    int64_t floor_ms = time_us / 1000 - (int64_t)REQUEST_ID_KEPT_S * 1000;
    uint8_t floor[ID_BYTES] = {0};
    for (size_t i = 0; floor_ms > 0 && i < 6; i++)
        floor[i] = (uint8_t)((uint64_t)floor_ms >> (8 * (5 - i)));
    if (memcmp(floor, state->request_floor, ID_BYTES) > 0)
        memcpy(state->request_floor, floor, ID_BYTES);
}

/* An erasure has no hash, as a name can be guessed by one, and leaves none in what it touches. */
static void apply_request(State *state, const Change *change)
{
    static const uint8_t no_hash[REQUEST_HASH_BYTES] = {0};
    raise_request_floor(state, state->applied.time_us);
    uint8_t id[ID_BYTES];
    if (!change->request_id || !id_parse(change->request_id, id)) return;
    if (memcmp(id, state->request_floor, ID_BYTES) < 0) return;
    Key key = key_request(change->request_id, change->by_principal);
    uint8_t value[REQUEST_VALUE_BYTES];
    request_value_encode(change->has_request_hash ? change->request_hash.data : no_hash,
                         change->sequence, value);
    views_put(state->views, VIEW_REQUESTS, key_bytes(&key), (Bytes){value, sizeof value});
}

/* --- a whole change --- */

void apply_change(State *state, const Change *change, const Event *before, Arena *scratch)
{
    assert(change->sequence == state->applied.sequence + 1);
    assert(change->digest.len == JOURNAL_DIGEST_BYTES);
    arena_reset(scratch);
    state->applied.sequence = change->sequence;
    memcpy(state->applied.digest, change->digest.data, JOURNAL_DIGEST_BYTES);
    if (change->time) instant_parse(change->time, &state->applied.time_us);

    switch (change->record_case) {
    case PLENARY__V1__CHANGE__RECORD_EVENT: apply_event(state, change, before, scratch); break;
    case PLENARY__V1__CHANGE__RECORD_ORGANISATION: apply_organisation(state, change); break;
    case PLENARY__V1__CHANGE__RECORD_PRINCIPAL: apply_principal(state, change); break;
    default: break; /* an erasure: see daemon/registry/apply_erased.h */
    }
    apply_request(state, change);
}

const Event *apply_image_before(State *state, const Change *change, Arena *arena)
{
    if (change->record_case != PLENARY__V1__CHANGE__RECORD_EVENT) return NULL;
    if (!change->has_prior_sequence) return NULL;
    const Change *prior = state_change(state, change->prior_sequence, arena);
    return prior && prior->record_case == PLENARY__V1__CHANGE__RECORD_EVENT ? prior->event : NULL;
}

void apply_mark(State *state, uint32_t epoch, const char *versions)
{
    ViewsMark mark = {.epoch = epoch, .sequence = state->applied.sequence};
    memcpy(mark.digest, state->applied.digest, JOURNAL_DIGEST_BYTES);
    memcpy(mark.request_floor, state->request_floor, ID_BYTES);
    (void)snprintf(mark.versions, sizeof mark.versions, "%s", versions);
    views_applied(state->views, &mark);
}
