#include "daemon/registry/conflicts.h"

#include "daemon/registry/references.h"
#include "daemon/registry/sets.h"
#include "daemon/registry/term_set.h"

#include <string.h>

enum {
    STEPS_OF_IMAGE = 5,                  /* loading one; looking up a key is 1 */
    IMAGES_BYTES_MAX = 16 * 1024 * 1024, /* of the arena */
    INSTANCES_PER_STEP = 10,             /* looked at */
};

/* The event whose conflicts are sought. */
typedef struct Subject {
    uint32_t number; /* 0: it has none yet */
    int64_t start_s; /* of its first instance, by the clock on the wall */
    ClashSide side;
    const ClashSide *before; /* what that clashed with is known; NULL: nothing is */
    Clash **taken;           /* what unseen events take of it */
    size_t taken_count;
    Overlap taken_when; /* the first of them */
} Subject;

void conflicts_begin_alone(const QueryContext *context, size_t limit, size_t steps_max,
                           Conflicts *self)
{
    static const char all[] = "all";
    static const char cancelled[] = "status=cancelled";
    const State *state = context->state;
    *self = (Conflicts){
        .context = *context,
        .clash = {.words = state->words,
                  .zones = state->zones,
                  .arena = context->arena,
                  .directory = state->directory,
                  .view = {.now_s = state->world.now_us(state->world.context) / 1000000}},
        .limit = limit,
        .steps_max = steps_max < CONFLICTS_STEPS_MAX ? steps_max : CONFLICTS_STEPS_MAX,
        .bytes_before = arena_used(context->arena),
    };
    roaring_bitmap_t *gone = views_facet(state->views, cancelled, sizeof cancelled - 1);
    self->live = views_facet(state->views, all, sizeof all - 1);
    roaring_bitmap_andnot_inplace(self->live, gone);
    roaring_bitmap_free(gone);
    self->visible = access_visible(context->caller, state->views);
}

StatusCode conflicts_begin(const QueryContext *context, const Resolved *resolved, size_t limit,
                           Conflicts *self, Problem *problem)
{
    roaring_bitmap_t *answer = NULL;
    StatusCode code = sets_answer(context, resolved, &answer, problem);
    if (code != STATUS_OK) return code;
    conflicts_begin_alone(context, limit, CONFLICTS_STEPS_MAX, self);
    self->clash.view.has_range = resolved->has_range;
    self->clash.view.from_s = resolved->range.from_s;
    self->clash.view.to_s = resolved->range.to_s;
    self->answer = answer;
    return STATUS_OK;
}

void conflicts_end(Conflicts *self)
{
    roaring_bitmap_free(self->live);
    if (self->answer) roaring_bitmap_free(self->answer);
    roaring_bitmap_free(self->visible);
}

bool conflicts_tired(const Conflicts *self)
{
    return self->steps >= self->steps_max || self->count >= self->limit ||
           arena_used(self->context.arena) - self->bytes_before >= IMAGES_BYTES_MAX;
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

/* NULL where the event does not recur, or the arena is full. */
static Schedule *instance_of(const Conflicts *self, const ClashSide *side, const Instance *instance)
{
    if (!side->times.series) return NULL;
    return overlap_schedule(side->event, instance, self->context.arena);
}

/* `second` NULL: one that may not be seen. False: the arena is full. */
static bool add_conflict(Conflicts *self, const ClashSide *first, const ClashSide *second,
                         const Overlap *when, Clash **clashes, size_t count)
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
    conflict->first = summary(first->event, arena);
    conflict->second = second ? summary(second->event, arena) : NULL;
    conflict->first_instance = instance_of(self, first, &when->left);
    conflict->second_instance = second ? instance_of(self, second, &when->right) : NULL;
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
    if (clash->kind == PLENARY__V1__CLASH__KIND__HEAD_OF_DELEGATION) return true;
    for (size_t i = 0; i < side->person_count; i++)
        if (side->people[i].said == clash->subject)
            return side->possible || !side->people[side->people[i].same].certain;
    return side->possible;
}

/* That it is taken is told once, however many take it. */
static void add_taken(Subject *subject, const Overlap *when, Clash **clashes, size_t count)
{
    if (subject->taken_count == 0) subject->taken_when = *when;
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
    if (!self->answer || !roaring_bitmap_contains(self->answer, number)) return true;
    if (column->local_start_s != subject->start_s) return subject->start_s < column->local_start_s;
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

static bool prepare(Conflicts *self, const Event *event, ClashSide *side)
{
    Times *times = &side->times;
    if (!clash_prepare(&self->clash, event, side)) return false;
    if (!times->series) return true;
    RecurringSight *sight = arena_alloc(self->context.arena, sizeof *sight);
    if (!sight) return false;
    times->is_replaced = recurrences_replaced_of(self->context.state->recurrences, event->uid,
                                                 self->context.caller, sight);
    times->replaced_context = sight;
    return true;
}

/* Leaves out what the image before clashed with as certainly. False: the arena is full. */
static bool drop_known(Conflicts *self, const Subject *subject, const ClashSide *other,
                       Clash **clashes, size_t *count)
{
    size_t known_count = 0;
    size_t kept = 0;
    Overlap when = {.looked_at = 0};
    Clash **known = arena_array(self->context.arena, clash_most(subject->before), sizeof *known);
    if (!known || !clash_find(&self->clash, subject->before, other, &when, known, &known_count))
        return false;
    for (size_t i = 0; i < *count; i++) {
        bool is_known = false;
        for (size_t j = 0; j < known_count && !is_known; j++)
            is_known =
                same_clash(known[j], clashes[i]) && (clashes[i]->possible || !known[j]->possible);
        if (!is_known) clashes[kept++] = clashes[i];
    }
    *count = kept;
    return true;
}

/* What the subject has with the other, which is told. NULL: the arena is full. */
static Clash **find_clashes(Conflicts *self, const Subject *subject, const ClashSide *other,
                            Overlap *when, size_t *count)
{
    Clash **clashes = arena_array(self->context.arena, clash_most(&subject->side), sizeof *clashes);
    *count = 0;
    *when = (Overlap){.looked_at = 0};
    if (!clashes || !clash_find(&self->clash, &subject->side, other, when, clashes, count))
        return NULL;
    self->steps += when->looked_at / INSTANCES_PER_STEP;
    if (*count && subject->before && !drop_known(self, subject, other, clashes, count)) return NULL;
    return clashes;
}

static ConflictsProgress compare(Conflicts *self, Subject *subject, uint32_t number)
{
    const Column *column = columns_find(&self->context.state->columns, number);
    bool seen = roaring_bitmap_contains(self->visible, number);
    if (!column || !is_found_by(self, subject, number, column)) return CONFLICTS_DONE;
    if (!seen && self->place.taken_said) return CONFLICTS_DONE;
    const Event *event = load(self, column);
    ClashSide side;
    if (!event || !prepare(self, event, &side)) return CONFLICTS_FULL;
    if (belong_together(self, subject->side.event, event)) return CONFLICTS_DONE;
    size_t count = 0;
    Overlap when;
    Clash **clashes = find_clashes(self, subject, &side, &when, &count);
    if (!clashes) return CONFLICTS_FULL;
    if (count == 0) return CONFLICTS_DONE;
    if (!seen) {
        add_taken(subject, &when, clashes, count);
        return CONFLICTS_DONE;
    }
    return add_conflict(self, &subject->side, &side, &when, clashes, count) ? CONFLICTS_DONE
                                                                            : CONFLICTS_FULL;
}

/* --- candidates --- */

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

static void add_head_name(void *context, const char *folded)
{
    term_add_value(context, FACET_HEAD, folded);
}

/* Who has a head of delegation of an organisation under any of its names; one that means many is
 * looked for as it is called. */
static void gather_delegations(Conflicts *self, const Subject *subject, roaring_bitmap_t *set)
{
    const State *state = self->context.state;
    Arena *arena = self->context.arena;
    const Delegations *all = &subject->side.delegations;
    ResolvedTerm term = {0};
    TermKeys keys = {.words = state->words, .arena = arena, .term = &term};
    for (size_t i = 0; i < all->count && !keys.broad; i++)
        if (all->all[i].same == i) term_add_value(&keys, FACET_HEAD, all->all[i].said);
    for (size_t i = 0; i < all->name_count && !keys.broad; i++) {
        const DirectoryEntry *entry = directory_find(state->directory, all->names[i].text);
        if (!entry || (i > 0 && strcmp(all->names[i - 1].text, all->names[i].text) == 0)) continue;
        term_add_value(&keys, FACET_HEAD, all->names[i].text);
        directory_names(state->directory, entry->organisation, arena, add_head_name, &keys);
    }
    if (term.count == 0) return;
    TermReach reach = {0}; /* past its bound, some are not looked at */
    roaring_bitmap_t *events = term_set_of_keys(state->views, term.keys, term.count, &reach);
    roaring_bitmap_or_inplace(set, events);
    roaring_bitmap_free(events);
    self->steps += term.count;
}

/* What touches the subject's time by a day or so, from the first instance to the last. */
static void keep_about(const Conflicts *self, const Subject *subject, roaring_bitmap_t *set)
{
    const Times *times = &subject->side.times;
    const int64_t apart_s = OVERLAP_ZONES_APART_S;
    bool ends = times->last_end_s < INT64_MAX - apart_s;
    const LocalRange about = {times->first_start_s - apart_s,
                              ends ? times->last_end_s + apart_s : INT64_MAX};
    sets_keep_touching(&self->context, &about, set);
}

/* Who shares the place, a person or a delegation, about that time. Given: roaring_bitmap_free. */
static roaring_bitmap_t *candidates_of(Conflicts *self, const Subject *subject)
{
    const State *state = self->context.state;
    Gathering gathering = {self, roaring_bitmap_create()};
    facets_of_event(subject->side.event, FACET_BIT(FACET_VENUE) | FACET_BIT(FACET_PERSON),
                    state->words, state->zones, self->context.arena, gather_key, &gathering);
    gather_delegations(self, subject, gathering.set);
    roaring_bitmap_and_inplace(gathering.set, self->live);
    roaring_bitmap_remove(gathering.set, subject->number);
    if (roaring_bitmap_is_empty(gathering.set)) return gathering.set;
    keep_about(self, subject, gathering.set);
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

static bool begin_subject(Conflicts *self, uint32_t number, const Event *event, Subject *subject)
{
    *subject = (Subject){.number = number};
    if (!event || !prepare(self, event, &subject->side)) return false;
    subject->start_s = subject->side.times.span.local_start_s;
    subject->taken = arena_array(self->context.arena, clash_most(&subject->side), sizeof(Clash *));
    return subject->taken != NULL;
}

static ConflictsProgress compare_subject(Conflicts *self, Subject *subject)
{
    if (!subject->side.counts) return CONFLICTS_DONE;
    roaring_bitmap_t *candidates = candidates_of(self, subject);
    ConflictsProgress progress = compare_all(self, subject, candidates);
    roaring_bitmap_free(candidates);
    if (progress != CONFLICTS_FULL && subject->taken_count > 0 &&
        !add_conflict(self, &subject->side, NULL, &subject->taken_when, subject->taken,
                      subject->taken_count))
        return CONFLICTS_FULL;
    return progress;
}

ConflictsProgress conflicts_of_event(Conflicts *self, uint32_t number)
{
    Subject subject;
    if (number != self->place.number) {
        self->place.candidate = 0;
        self->place.taken_said = false;
    }
    const Column *column = columns_find(&self->context.state->columns, number);
    const Event *event = column ? load(self, column) : NULL;
    if (!begin_subject(self, number, event, &subject)) return CONFLICTS_FULL;
    return compare_subject(self, &subject);
}

ConflictsProgress conflicts_of_image(Conflicts *self, const Event *event, const Event *before)
{
    Subject subject;
    ClashSide known;
    if (!begin_subject(self, event->number, event, &subject)) return CONFLICTS_FULL;
    if (before) {
        if (!prepare(self, before, &known)) return CONFLICTS_FULL;
        subject.before = &known;
    }
    return compare_subject(self, &subject);
}
