#include "daemon/registry/conflicts.h"

#include "daemon/registry/references.h"
#include "daemon/registry/sets.h"

#include <string.h>

enum {
    STEPS_MAX = 1500,                    /* of one walk: a few milliseconds */
    STEPS_OF_IMAGE = 5,                  /* loading one; looking up a key is 1 */
    IMAGES_BYTES_MAX = 16 * 1024 * 1024, /* of the arena */
    ZONES_APART_S = 27 * 3600,           /* two clocks on the wall differ by less */
};

/* The event whose conflicts are sought. */
typedef struct Subject {
    uint32_t number;
    const Column *column;
    ClashSide side;
    Clash **taken; /* what unseen events take of it */
    size_t taken_count;
} Subject;

StatusCode conflicts_begin(const QueryContext *context, const Resolved *resolved, size_t limit,
                           Conflicts *self, Problem *problem)
{
    roaring_bitmap_t *answer = NULL;
    StatusCode code = sets_answer(context, resolved, &answer, problem);
    if (code != STATUS_OK) return code;
    static const char all[] = "all";
    static const char cancelled[] = "status=cancelled";
    const State *state = context->state;
    *self = (Conflicts){
        .context = *context, .clash = {state->words, state->zones, context->arena}, .limit = limit};
    roaring_bitmap_t *gone = views_facet(state->views, cancelled, sizeof cancelled - 1);
    self->live = views_facet(state->views, all, sizeof all - 1);
    roaring_bitmap_andnot_inplace(self->live, gone);
    roaring_bitmap_free(gone);
    self->answer = answer;
    self->visible = access_visible(context->caller, state->views);
    return STATUS_OK;
}

void conflicts_end(Conflicts *self)
{
    roaring_bitmap_free(self->live);
    roaring_bitmap_free(self->answer);
    roaring_bitmap_free(self->visible);
}

bool conflicts_tired(const Conflicts *self)
{
    return self->steps >= STEPS_MAX || self->count >= self->limit ||
           arena_used(self->context.arena) >= IMAGES_BYTES_MAX;
}

/* --- what is told --- */

/* What tells an event apart, and nothing else of it. */
static Event *summary(const Event *event, Arena *arena)
{
    Event *brief = arena_alloc(arena, sizeof *brief);
    if (!brief) return NULL;
    plenary__v1__event__init(brief);
    brief->id = event->id;
    brief->has_number = event->has_number;
    brief->number = event->number;
    brief->uid = event->uid;
    brief->recurrence_id = event->recurrence_id;
    brief->has_kind = event->has_kind;
    brief->kind = event->kind;
    brief->title = event->title;
    brief->has_status = event->has_status;
    brief->status = event->status;
    brief->schedule = event->schedule;
    brief->has_format = event->has_format;
    brief->format = event->format;
    brief->venue = event->venue;
    return brief;
}

/* `second` NULL: one that may not be seen. False: the arena is full. */
static bool add_conflict(Conflicts *self, const Event *first, const Event *second, Clash **clashes,
                         size_t count)
{
    Arena *arena = self->context.arena;
    if (self->count == self->capacity) {
        size_t capacity = 2 * self->capacity + 16;
        Conflict **grown = arena_array(arena, capacity, sizeof(Conflict *));
        if (!grown) return false;
        if (self->count) memcpy(grown, self->found, self->count * sizeof *grown);
        self->found = grown;
        self->capacity = capacity;
    }
    Conflict *conflict = arena_alloc(arena, sizeof *conflict);
    if (!conflict) return false;
    plenary__v1__conflict__init(conflict);
    conflict->first = summary(first, arena);
    conflict->second = second ? summary(second, arena) : NULL;
    conflict->clashes = clashes;
    conflict->n_clashes = count;
    self->found[self->count++] = conflict;
    return conflict->first && (!second || conflict->second);
}

static bool same_clash(const Clash *left, const Clash *right)
{
    return left->kind == right->kind && strcmp(left->subject, right->subject) == 0;
}

/* By what the seen one says alone: nothing is told of the other. */
static bool is_doubtful(const ClashSide *side, const Clash *clash)
{
    for (size_t i = 0; i < side->person_count; i++)
        if (side->people[i].said == clash->subject)
            return side->possible || !side->people[side->people[i].same].certain;
    return side->possible;
}

/* That it is taken is told once, however many take it. */
static void add_taken(Subject *subject, Clash **clashes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t j = 0; j < subject->taken_count && !known; j++)
            known = same_clash(subject->taken[j], clashes[i]);
        if (known) continue;
        clashes[i]->possible = is_doubtful(&subject->side, clashes[i]);
        clashes[i]->has_possible = clashes[i]->possible;
        subject->taken[subject->taken_count++] = clashes[i];
    }
}

/* --- one event and its candidates --- */

static const Event *load(Conflicts *self, const Column *column)
{
    const Change *change = state_change(self->context.state, column->sequence, self->context.arena);
    self->steps += STEPS_OF_IMAGE;
    if (!change || change->record_case != PLENARY__V1__CHANGE__RECORD_EVENT) return NULL;
    self->steps += change->event->n_participants / 4;
    return change->event;
}

/* A pair that the query matches on both sides is found by the one that comes first. */
static bool is_found_by(const Conflicts *self, const Subject *subject, uint32_t number,
                        const Column *column)
{
    if (!roaring_bitmap_contains(self->answer, number)) return true;
    if (column->local_start_s != subject->column->local_start_s)
        return subject->column->local_start_s < column->local_start_s;
    return subject->number < number;
}

/* A whole and its parts have place and people in common, as have a series and its instances. */
static bool belong_together(Conflicts *self, const Event *one, const Event *other)
{
    State *state = self->context.state;
    Arena *arena = self->context.arena;
    return strcmp(one->uid, other->uid) == 0 ||
           references_lie_within(state, one->part_of, other->id, arena) ||
           references_lie_within(state, other->part_of, one->id, arena);
}

static ConflictsProgress compare(Conflicts *self, Subject *subject, uint32_t number)
{
    const Column *column = columns_find(&self->context.state->columns, number);
    bool seen = roaring_bitmap_contains(self->visible, number);
    if (!column || !is_found_by(self, subject, number, column)) return CONFLICTS_DONE;
    if (!seen && self->place.taken_said) return CONFLICTS_DONE;
    const Event *event = load(self, column);
    ClashSide side;
    if (!event || !clash_prepare(&self->clash, event, &side)) return CONFLICTS_FULL;
    if (belong_together(self, subject->side.event, event)) return CONFLICTS_DONE;
    size_t count = 0;
    Clash **clashes =
        arena_array(self->context.arena, subject->side.person_count + 1, sizeof(Clash *));
    if (!clashes || !clash_find(&self->clash, &subject->side, &side, clashes, &count))
        return CONFLICTS_FULL;
    if (count == 0) return CONFLICTS_DONE;
    if (!seen) {
        add_taken(subject, clashes, count);
        return CONFLICTS_DONE;
    }
    return add_conflict(self, subject->side.event, event, clashes, count) ? CONFLICTS_DONE
                                                                          : CONFLICTS_FULL;
}

typedef struct Gathering {
    Conflicts *conflicts;
    roaring_bitmap_t *set;
} Gathering;

static void gather_key(void *context, Facet facet, const char *key, size_t length)
{
    (void)facet;
    Gathering *gathering = context;
    roaring_bitmap_t *events = views_facet(gathering->conflicts->context.state->views, key, length);
    roaring_bitmap_or_inplace(gathering->set, events);
    roaring_bitmap_free(events);
    gathering->conflicts->steps++;
}

/* Who shares the place or a person, about that time. Given: roaring_bitmap_free. */
static roaring_bitmap_t *candidates_of(Conflicts *self, const Subject *subject)
{
    const State *state = self->context.state;
    Gathering gathering = {self, roaring_bitmap_create()};
    facets_of_event(subject->side.event, FACET_BIT(FACET_VENUE) | FACET_BIT(FACET_PERSON),
                    state->words, state->zones, self->context.arena, gather_key, &gathering);
    roaring_bitmap_and_inplace(gathering.set, self->live);
    roaring_bitmap_remove(gathering.set, subject->number);
    if (roaring_bitmap_is_empty(gathering.set)) return gathering.set;
    const LocalRange about = {subject->column->local_start_s - ZONES_APART_S,
                              subject->column->local_end_s + ZONES_APART_S};
    sets_keep_touching(&self->context, &about, gathering.set);
    return gathering.set;
}

/* Where the next page goes on within this event. */
static void cut_before(Conflicts *self, const Subject *subject, uint32_t last)
{
    self->place.number = subject->number;
    self->place.candidate = last;
    self->place.taken_said |= subject->taken_count > 0;
}

static ConflictsProgress compare_all(Conflicts *self, Subject *subject,
                                     roaring_bitmap_t *candidates)
{
    uint32_t last = self->place.candidate;
    roaring_uint32_iterator_t at;
    roaring_init_iterator(candidates, &at);
    if (last) roaring_move_uint32_iterator_equalorlarger(&at, last + 1);
    for (; at.has_value; roaring_advance_uint32_iterator(&at)) {
        if (self->candidates > 0 && conflicts_tired(self)) {
            cut_before(self, subject, last);
            return CONFLICTS_CUT;
        }
        self->candidates++;
        if (compare(self, subject, at.current_value) == CONFLICTS_FULL) return CONFLICTS_FULL;
        last = at.current_value;
    }
    return CONFLICTS_DONE;
}

static bool begin_subject(Conflicts *self, uint32_t number, Subject *subject)
{
    *subject =
        (Subject){.number = number, .column = columns_find(&self->context.state->columns, number)};
    const Event *event = subject->column ? load(self, subject->column) : NULL;
    if (!event || !clash_prepare(&self->clash, event, &subject->side)) return false;
    subject->taken =
        arena_array(self->context.arena, subject->side.person_count + 1, sizeof(Clash *));
    return subject->taken != NULL;
}

ConflictsProgress conflicts_of_event(Conflicts *self, uint32_t number)
{
    Subject subject;
    if (number != self->place.number) {
        self->place.candidate = 0;
        self->place.taken_said = false;
    }
    if (!begin_subject(self, number, &subject)) return CONFLICTS_FULL;
    if (!subject.side.counts) return CONFLICTS_DONE;
    roaring_bitmap_t *candidates = candidates_of(self, &subject);
    ConflictsProgress progress = compare_all(self, &subject, candidates);
    roaring_bitmap_free(candidates);
    if (progress != CONFLICTS_FULL && subject.taken_count > 0 &&
        !add_conflict(self, subject.side.event, NULL, subject.taken, subject.taken_count))
        return CONFLICTS_FULL;
    return progress;
}
