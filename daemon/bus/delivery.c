#include "daemon/bus/delivery.h"

#include "daemon/registry/answer.h"
#include "proto/peek.h"

#include <assert.h>

enum {
    ACTION_FIELD = 6, /* of Change */
};

static Plenary__V1__Delivery__Relation relation_of(uint64_t action)
{
    switch (action) {
    case PLENARY__V1__CHANGE__ACTION__REGISTERED: return PLENARY__V1__DELIVERY__RELATION__ENTERED;
    case PLENARY__V1__CHANGE__ACTION__WITHDRAWN: return PLENARY__V1__DELIVERY__RELATION__LEFT;
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
    bare.action = PLENARY__V1__CHANGE__ACTION__WITHDRAWN;
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

/* *image is what the record was before, where that matches; NULL where it does not. */
static bool find_before(const DeliveryContext *context, const Change *change, const Event **image)
{
    *image = NULL;
    if (!change->has_prior_sequence) return true;
    const Change *prior = state_change(context->state, change->prior_sequence, context->scratch);
    if (prior) *image = image_of(context, prior);
    return prior != NULL;
}

static bool make_event(const DeliveryContext *context, const Change *change, Bytes packed,
                       Heard *heard)
{
    const Event *before;
    if (!find_before(context, change, &before)) return false;
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

bool delivery_make(const DeliveryContext *context, Bytes packed, Heard *heard)
{
    const View *view = context->view;
    assert(!context->wants_images || !view->sees_all);
    *heard = (Heard){0};
    if (view->is_everything && view->sees_all) {
        uint64_t action = 0;
        (void)peek_varint(packed.data, packed.size, ACTION_FIELD, &action);
        *heard = (Heard){relation_of(action), packed};
        return true;
    }
    arena_reset(context->scratch);
    const Change *change = (const Change *)protobuf_c_message_unpack(
        &plenary__v1__change__descriptor, arena_allocator(context->scratch), packed.size,
        packed.data);
    if (!change) return false;
    if (change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT)
        return make_event(context, change, packed, heard);
    /* Principals are for admins alone, and an admin's view of everything was served above. */
    if (!view->hears_directory || change->record_case == PLENARY__V1__CHANGE__RECORD_PRINCIPAL)
        return true;
    return make_other(context, change, heard);
}
