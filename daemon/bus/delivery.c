#include "daemon/bus/delivery.h"

#include "daemon/registry/answer.h"
#include "proto/facets.h"
#include "proto/fields.h"
#include "proto/peek.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static Plenary__V1__Delivery__Relation relation_of(uint64_t action)
{
    switch (action) {
    case PLENARY__V1__CHANGE__ACTION__REGISTERED: return PLENARY__V1__DELIVERY__RELATION__ENTERED;
    case PLENARY__V1__CHANGE__ACTION__WITHDRAWN: return PLENARY__V1__DELIVERY__RELATION__LEFT;
    case PLENARY__V1__CHANGE__ACTION__ERASED: return PLENARY__V1__DELIVERY__RELATION__AGAIN;
    default: return PLENARY__V1__DELIVERY__RELATION__CHANGED;
    }
}

/* Packs a change to be sent in the place of the journal's bytes. */
static bool keep(const DeliveryContext *context, const Change *change, Heard *heard)
{
    size_t size = change ? plenary__v1__change__get_packed_size(change) : 0;
    uint8_t *data = size ? arena_alloc(context->kept, size) : NULL;
    if (!data) return false;
    plenary__v1__change__pack(change, data);
    heard->change = (Bytes){data, size};
    return true;
}

/* --- events --- */

static bool matches(const DeliveryContext *context, const Event *event)
{
    const View *view = context->view;
    const QueryContext query = {context->state, &view->caller, context->scratch};
    return access_sees(&view->caller, event->handling) &&
           query_matches(&query, view->resolved, event);
}

/* Does the handling that the record has now allow showing an image of it? */
static bool sees_now(const DeliveryContext *context, const Event *event)
{
    Head head;
    if (context->view->sees_all) return true;
    return state_head(context->state, event->number, &head, context->scratch) &&
           state_sees_head(&context->view->caller, &head);
}

static bool make_left(const DeliveryContext *context, const Change *change, Heard *heard)
{
    Change bare = PLENARY__V1__CHANGE__INIT;
    Event identifiers = PLENARY__V1__EVENT__INIT;
    const Event *event = change->event;
    identifiers.id = event->id;
    identifiers.uid = event->uid;
    identifiers.recurrence_id = event->recurrence_id;
    identifiers.has_number = event->has_number;
    identifiers.number = event->number;
    identifiers.has_revision = event->has_revision;
    identifiers.revision = event->revision;
    bare.has_sequence = 1;
    bare.sequence = change->sequence;
    bare.time = change->time;
    bare.has_action = 1;
    bare.action = change->action == PLENARY__V1__CHANGE__ACTION__ERASED
                      ? PLENARY__V1__CHANGE__ACTION__ERASED
                      : PLENARY__V1__CHANGE__ACTION__WITHDRAWN;
    bare.record_case = PLENARY__V1__CHANGE__RECORD_EVENT;
    bare.event = &identifiers;
    heard->relation = PLENARY__V1__DELIVERY__RELATION__LEFT;
    return keep(context, &bare, heard);
}

static bool make_shown(const DeliveryContext *context, const Change *change, Bytes packed,
                       Heard *heard)
{
    if (context->view->sees_all) {
        heard->change = packed;
        return true;
    }
    const Change *seen = access_show_change(&context->view->caller, change, context->scratch);
    const Event *event =
        answer_show_event(context->state, &context->view->caller, change->event, context->scratch);
    if (!seen || !event) return false;
    Change shown = *seen;
    shown.event = (Event *)(uintptr_t)event;
    if (context->wants_images) heard->after = event;
    return keep(context, &shown, heard);
}

static const Event *image_of(const DeliveryContext *context, const Change *change)
{
    bool matched = change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT &&
                   change->action != PLENARY__V1__CHANGE__ACTION__WITHDRAWN &&
                   matches(context, change->event);
    return matched ? change->event : NULL;
}

/* The change before this one, NULL where there is none. */
static bool find_prior(const DeliveryContext *context, const Change *change, const Change **prior)
{
    *prior = NULL;
    if (!change->has_prior_sequence) return true;
    *prior = state_change(context->state, change->prior_sequence, context->scratch);
    return *prior != NULL;
}

/* By its own handling alone, whatever the query. */
static bool is_in_sight(const DeliveryContext *context, const Change *change)
{
    return change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT &&
           change->action != PLENARY__V1__CHANGE__ACTION__WITHDRAWN &&
           access_sees(&context->view->caller, change->event->handling);
}

static bool make_event(const DeliveryContext *context, const Change *change, Bytes packed,
                       Heard *heard)
{
    const Change *prior;
    if (!find_prior(context, change, &prior)) return false;
    if (prior && !context->view->sees_all &&
        is_in_sight(context, prior) != is_in_sight(context, change))
        heard->cause = change;
    const Event *before = prior ? image_of(context, prior) : NULL;
    const Event *after = image_of(context, change);
    if (!before && !after) return true;
    if (before && context->wants_images) {
        heard->before =
            answer_show_event(context->state, &context->view->caller, before, context->scratch);
        if (!heard->before) return false;
    }
    if (!after || !sees_now(context, change->event)) return make_left(context, change, heard);
    heard->relation = before ? PLENARY__V1__DELIVERY__RELATION__CHANGED
                             : PLENARY__V1__DELIVERY__RELATION__ENTERED;
    return make_shown(context, change, packed, heard);
}

/* --- those that are heard again --- */

static void take_numbers(const roaring_bitmap_t *events, Again *again)
{
    uint64_t count = roaring_bitmap_get_cardinality(events);
    again->too_many = count > BATCH_AGAIN;
    again->count = again->too_many ? 0 : (size_t)count;
    if (!again->too_many) roaring_bitmap_to_uint32_array(events, again->numbers);
}

static roaring_bitmap_t *referring(const DeliveryContext *context, const Event *turned)
{
    const char *key = facet_key(FACET_REFERS, turned->id, NULL, context->scratch);
    return key ? views_facet(context->state->views, key, strlen(key)) : NULL;
}

static roaring_bitmap_t *written_anew(const Change *erased)
{
    roaring_bitmap_t *events = roaring_bitmap_create();
    for (size_t i = 0; events && i < erased->n_erasures; i++)
        roaring_bitmap_add(events, erased->erasures[i]->number);
    return events;
}

void delivery_find_again(const DeliveryContext *context, const Change *cause, Again *again)
{
    bool erased = cause->action == PLENARY__V1__CHANGE__ACTION__ERASED;
    *again = (Again){.sequence = cause->sequence, .erased = erased};
    (void)snprintf(again->time, sizeof again->time, "%s", cause->time);
    roaring_bitmap_t *events = erased ? written_anew(cause) : referring(context, cause->event);
    if (!events) {
        again->too_many = true; /* of memory: a snapshot tells as well */
        return;
    }
    if (!roaring_bitmap_is_empty(events)) {
        roaring_bitmap_t *visible = access_visible(&context->view->caller, context->state->views);
        roaring_bitmap_and_inplace(events, visible);
        roaring_bitmap_free(visible);
    }
    take_numbers(events, again);
    roaring_bitmap_free(events);
}

/* The event as it is now, with what is said of the change because of which it is heard. */
static Change because_of(const Again *again, const Event *event)
{
    Change change = PLENARY__V1__CHANGE__INIT;
    change.has_sequence = 1;
    change.sequence = again->sequence;
    change.time = (char *)(uintptr_t)again->time;
    change.has_action = again->erased;
    change.action = PLENARY__V1__CHANGE__ACTION__ERASED;
    change.record_case = PLENARY__V1__CHANGE__RECORD_EVENT;
    change.event = (Event *)(uintptr_t)event;
    return change;
}

/* May it have matched by what an erasure took from it, a participant or a part of any text? Who was
 * never shown it hears of something that means nothing to them. */
static bool may_have_matched(const DeliveryContext *context, const Again *again)
{
    const Resolved *resolved = context->view->resolved;
    FacetMask of_texts = 0;
    for (int facet = 0; facet < FACET_COUNT; facet++)
        if (facet_info((Facet)facet)->form == FACET_FOLDED) of_texts |= FACET_BIT(facet);
    return again->erased && ((resolved->mask & of_texts) || resolved->phrase_count > 0);
}

bool delivery_make_again(const DeliveryContext *context, const Again *again, uint32_t number,
                         Heard *heard)
{
    Head head;
    const Caller *caller = &context->view->caller;
    *heard = (Heard){0};
    arena_reset(context->scratch);
    if (!state_head(context->state, number, &head, context->scratch)) return false;
    const Event *event = state_event(context->state, &head, context->scratch);
    if (!event) return false;
    Change change = because_of(again, event);
    if (!matches(context, event))
        return !may_have_matched(context, again) || make_left(context, &change, heard);
    const Event *shown = answer_show_event(context->state, caller, event, context->scratch);
    if (!shown) return false;
    change.event = (Event *)(uintptr_t)shown;
    if (context->wants_images) heard->after = shown;
    heard->relation = PLENARY__V1__DELIVERY__RELATION__AGAIN;
    return keep(context, &change, heard);
}

/* --- other records: heard by views of the directory --- */

static bool make_other(const DeliveryContext *context, const Change *change, Heard *heard)
{
    const Caller *caller = &context->view->caller;
    const Change *seen = access_show_change(caller, change, context->scratch);
    if (!seen) return false;
    Change shown = *seen;
    if (change->record_case == PLENARY__V1__CHANGE__RECORD_ORGANISATION) {
        shown.organisation = (Organisation *)(uintptr_t)access_show_organisation(
            caller, change->organisation, context->scratch);
        if (!shown.organisation) return false;
        if (context->wants_images) heard->organisation = shown.organisation;
    }
    heard->relation = relation_of(change->action);
    return keep(context, &shown, heard);
}

/* That somebody was erased, and no more: copies hold former images, also of what is in sight no
 * longer, and must follow. A listener of the broadcast has none. */
static bool make_erased(const DeliveryContext *context, const Change *change, Heard *heard)
{
    Change bare = PLENARY__V1__CHANGE__INIT;
    heard->cause = change;
    if (context->wants_images || heard->change.size > 0) return true;
    bare.has_sequence = 1;
    bare.sequence = change->sequence;
    bare.time = change->time;
    bare.has_action = 1;
    bare.action = change->action;
    heard->relation = relation_of(change->action);
    return keep(context, &bare, heard);
}

bool delivery_make(const DeliveryContext *context, Bytes packed, Heard *heard)
{
    const View *view = context->view;
    assert(!context->wants_images || !view->sees_all);
    *heard = (Heard){0};
    uint64_t action = 0;
    bool hears_all = view->is_everything && view->sees_all;
    if (hears_all) {
        (void)peek_varint(packed.data, packed.size, FIELD_CHANGE_ACTION, &action);
        *heard = (Heard){relation_of(action), packed};
        if (action != PLENARY__V1__CHANGE__ACTION__ERASED) return true;
    }
    arena_reset(context->scratch);
    const Change *change = (const Change *)protobuf_c_message_unpack(
        &plenary__v1__change__descriptor, arena_allocator(context->scratch), packed.size,
        packed.data);
    if (!change) return false;
    if (change->action == PLENARY__V1__CHANGE__ACTION__ERASED)
        return make_erased(context, change, heard);
    if (change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT)
        return make_event(context, change, packed, heard);
    /* Principals are for admins alone, and an admin's view of everything was served above. */
    if (!view->hears_directory || change->record_case == PLENARY__V1__CHANGE__RECORD_PRINCIPAL)
        return true;
    return make_other(context, change, heard);
}
