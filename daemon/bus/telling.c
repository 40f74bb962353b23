#include "daemon/bus/telling.h"

#include "daemon/registry/answer.h"
#include "daemon/registry/apply.h"

#include <string.h>

typedef Plenary__V1__Delivery__Relation Relation;

#define RELATION(name) PLENARY__V1__DELIVERY__RELATION__##name

/* --- changes that pass as they are --- */

enum {
    FIELD_ACTION = 6,
    WIRE_VARINT = 0,
    WIRE_BYTES = 2,
    VARINT_BYTES_MAX = 10,
};

static bool take_varint(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
    *value = 0;
    for (unsigned i = 0; i < VARINT_BYTES_MAX && *at < end; i++) {
        uint8_t byte = *(*at)++;
        *value |= (uint64_t)(byte & 0x7FU) << (7 * i);
        if (!(byte & 0x80U)) return true;
    }
    return false;
}

/* The action alone, without unpacking: the fields before it are few and small. */
static int peek_action(Bytes packed)
{
    const uint8_t *at = packed.data;
    const uint8_t *end = at + packed.size;
    uint64_t tag;
    uint64_t value;
    while (take_varint(&at, end, &tag) && take_varint(&at, end, &value)) {
        if (tag >> 3 == FIELD_ACTION) return (int)value;
        if ((tag & 7) == WIRE_BYTES) {
            if (value > (uint64_t)(end - at)) break;
            at += value;
        } else if ((tag & 7) != WIRE_VARINT) {
            break;
        }
    }
    return PLENARY__V1__CHANGE__ACTION__ACTION_UNSPECIFIED;
}

static void fill(Delivery *delivery, Relation relation, Bytes change)
{
    plenary__v1__delivery__init(delivery);
    delivery->has_relation = delivery->has_change = 1;
    delivery->relation = relation;
    delivery->change.data = (uint8_t *)(uintptr_t)change.data;
    delivery->change.len = change.size;
}

static bool tell_as_it_is(Bytes packed, Delivery *delivery)
{
    switch (peek_action(packed)) {
    case PLENARY__V1__CHANGE__ACTION__REGISTERED: fill(delivery, RELATION(ENTERED), packed); break;
    case PLENARY__V1__CHANGE__ACTION__WITHDRAWN: fill(delivery, RELATION(LEFT), packed); break;
    default: fill(delivery, RELATION(CHANGED), packed); break;
    }
    return true;
}

/* --- changes that are looked at --- */

static Bytes pack(const Change *change, Arena *arena)
{
    size_t size = protobuf_c_message_get_packed_size(&change->base);
    uint8_t *packed = arena_alloc(arena, size);
    if (!packed) return (Bytes){0};
    protobuf_c_message_pack(&change->base, packed);
    return (Bytes){packed, size};
}

/* Only the identifiers, the same for every reason. */
static bool tell_withdrawn(const Change *change, Arena *arena, Delivery *delivery)
{
    Event event = PLENARY__V1__EVENT__INIT;
    Change bare = PLENARY__V1__CHANGE__INIT;
    event.id = change->event->id;
    event.uid = change->event->uid;
    event.recurrence_id = change->event->recurrence_id;
    event.has_number = event.has_revision = 1;
    event.number = change->event->number;
    event.revision = change->event->revision;
    bare.has_sequence = bare.has_action = 1;
    bare.sequence = change->sequence;
    bare.time = change->time;
    bare.action = PLENARY__V1__CHANGE__ACTION__WITHDRAWN;
    bare.record_case = PLENARY__V1__CHANGE__RECORD_EVENT;
    bare.event = &event;
    Bytes packed = pack(&bare, arena);
    fill(delivery, RELATION(LEFT), packed);
    return packed.size > 0;
}

/* The change with its record as the listener may see it. */
static bool tell_shown(State *state, const Listener *listener, const Change *change,
                       Relation relation, Arena *arena, Delivery *delivery)
{
    const Change *seen = access_show_change(&listener->caller, change, arena);
    if (!seen) return false;
    Change shown = *seen;
    if (change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT)
        shown.event =
            (Event *)(uintptr_t)answer_show_event(state, &listener->caller, change->event, arena);
    if (change->record_case == PLENARY__V1__CHANGE__RECORD_ORGANISATION)
        shown.organisation = (Organisation *)(uintptr_t)access_show_organisation(
            &listener->caller, change->organisation, arena);
    Bytes packed = pack(&shown, arena);
    fill(delivery, relation, packed);
    return packed.size > 0;
}

/* Is this image in the listener's view, by its own handling? */
static bool in_view(State *state, const Listener *listener, const Event *image, Arena *arena)
{
    const QueryContext context = {state, &listener->caller, arena};
    return image && access_sees(&listener->caller, image->handling) &&
           query_matches(&context, listener->resolved, image);
}

/* May the listener see the record as it is handled now? */
static bool sees_now(State *state, const Listener *listener, uint32_t number, Arena *arena)
{
    Head head;
    return access_sees_all(&listener->caller) ||
           (state_head(state, number, &head, arena) && state_sees_head(&listener->caller, &head));
}

static bool tell_event(State *state, const Listener *listener, const Change *change, Arena *arena,
                       Delivery *delivery)
{
    bool withdrawn = change->action == PLENARY__V1__CHANGE__ACTION__WITHDRAWN;
    const Event *before = apply_image_before(state, change, arena);
    bool was_in = in_view(state, listener, before, arena);
    bool is_in = in_view(state, listener, withdrawn ? NULL : change->event, arena);
    if (!was_in && !is_in) return false;
    if (!is_in || !sees_now(state, listener, change->event->number, arena))
        return tell_withdrawn(change, arena, delivery);
    return tell_shown(state, listener, change, was_in ? RELATION(CHANGED) : RELATION(ENTERED),
                      arena, delivery);
}

/* Organisations are heard by whoever filters nothing, principals by admins only. */
static bool tell_directory(State *state, const Listener *listener, const Change *change,
                           Arena *arena, Delivery *delivery)
{
    bool principal = change->record_case == PLENARY__V1__CHANGE__RECORD_PRINCIPAL;
    if (!query_is_everything(listener->resolved)) return false;
    if (principal && !access_sees_all(&listener->caller)) return false;
    return tell_shown(state, listener, change,
                      change->has_prior_sequence ? RELATION(CHANGED) : RELATION(ENTERED), arena,
                      delivery);
}

bool telling_of(State *state, const Listener *listener, Bytes packed, Arena *arena,
                Delivery *delivery)
{
    if (listener->hears_everything) return tell_as_it_is(packed, delivery);
    const Change *change = (const Change *)protobuf_c_message_unpack(
        &plenary__v1__change__descriptor, arena_allocator(arena), packed.size, packed.data);
    if (!change) return false;
    switch (change->record_case) {
    case PLENARY__V1__CHANGE__RECORD_EVENT:
        return tell_event(state, listener, change, arena, delivery);
    case PLENARY__V1__CHANGE__RECORD_ORGANISATION:
    case PLENARY__V1__CHANGE__RECORD_PRINCIPAL:
        return tell_directory(state, listener, change, arena, delivery);
    default: return false;
    }
}
