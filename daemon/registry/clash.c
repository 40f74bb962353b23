#include "daemon/registry/clash.h"

#include "daemon/registry/transitions.h"

#include <stdlib.h>
#include <string.h>

#define STATUS(name) PLENARY__V1__EVENT__STATUS__##name
#define KIND(name)   PLENARY__V1__CLASH__KIND__##name

/* --- names --- */

/* An empty name is none. False: the arena is full. */
static bool fold(const ClashContext *context, const char *text, ClashName *name)
{
    *name = (ClashName){0};
    if (!text) return true;
    const char *folded = words_fold(context->words, text, context->arena);
    if (!folded) return false;
    if (!*folded) return true;
    *name = (ClashName){folded, words_fold_other(context->words, text, context->arena)};
    return true;
}

static bool equal(const char *left, const char *right)
{
    return left && right && strcmp(left, right) == 0;
}

static bool same_name(const ClashName *left, const ClashName *right)
{
    return equal(left->folded, right->folded) || equal(left->other, right->folded) ||
           equal(left->folded, right->other) || equal(left->other, right->other);
}

/* --- one side --- */

/* Who only listens in from elsewhere, or does not come at all, is not taken. */
static bool comes(const Event *event, const Participant *person)
{
    if (person->has_response && person->response == PLENARY__V1__PARTICIPANT__RESPONSE__DECLINED)
        return false;
    if (person->has_attendance &&
        (person->attendance == PLENARY__V1__PARTICIPANT__ATTENDANCE__ABSENT ||
         person->attendance == PLENARY__V1__PARTICIPANT__ATTENDANCE__EXCUSED))
        return false;
    if (person->has_mode && person->mode)
        return person->mode == PLENARY__V1__PARTICIPANT__MODE__IN_PERSON;
    return !event->has_format || event->format != PLENARY__V1__EVENT__FORMAT__ONLINE;
}

static bool comes_certainly(const Event *event, const Participant *person)
{
    bool said = person->has_mode && person->mode;
    bool hybrid = event->has_format && event->format == PLENARY__V1__EVENT__FORMAT__HYBRID;
    if (hybrid && !said) return false;
    return !person->has_response ||
           person->response != PLENARY__V1__PARTICIPANT__RESPONSE__TENTATIVE;
}

static int by_text(const void *left, const void *right)
{
    const ClashEntry *one = left;
    const ClashEntry *other = right;
    int order = strcmp(one->text, other->text);
    return order ? order : (one->person > other->person) - (one->person < other->person);
}

static void add_name(ClashSide *side, const char *text)
{
    if (text) side->names[side->name_count++] = (ClashEntry){text, side->person_count};
}

/* One who is named twice comes once, as certainly as the surer one says. */
static void unite_people(ClashSide *side)
{
    for (size_t i = 1; i < side->name_count; i++) {
        if (strcmp(side->names[i - 1].text, side->names[i].text) != 0) continue;
        size_t one = side->people[side->names[i - 1].person].same;
        ClashPerson *again = &side->people[side->names[i].person];
        side->people[one].certain |= again->certain;
        again->same = one;
    }
}

static bool leads(const Participant *person)
{
    return person->has_role && person->role == PLENARY__V1__PARTICIPANT__ROLE__HEAD_OF_DELEGATION &&
           person->organisation;
}

static size_t count_leaders(const Event *event)
{
    size_t count = 0;
    for (size_t i = 0; i < event->n_participants; i++)
        count += leads(event->participants[i]);
    return count;
}

static bool begin_people(const ClashContext *context, const Event *event, ClashSide *side)
{
    side->people = arena_array(context->arena, event->n_participants + 1, sizeof *side->people);
    side->names = arena_array(context->arena, 2 * event->n_participants + 1, sizeof *side->names);
    return side->people && side->names &&
           delegations_begin(&side->delegations, context->words, context->directory, context->arena,
                             count_leaders(event));
}

static bool prepare_people(const ClashContext *context, const Event *event, ClashSide *side)
{
    if (!begin_people(context, event, side)) return false;
    for (size_t i = 0; i < event->n_participants; i++) {
        const Participant *said = event->participants[i];
        ClashName name;
        if (!comes(event, said)) continue;
        if (!fold(context, said->name, &name)) return false;
        if (!name.folded) continue;
        add_name(side, name.folded);
        add_name(side, name.other);
        side->people[side->person_count] =
            (ClashPerson){said->name, comes_certainly(event, said), side->person_count};
        if (leads(said) &&
            !delegations_add(&side->delegations, said->organisation, side->person_count))
            return false;
        side->person_count++;
    }
    qsort(side->names, side->name_count, sizeof *side->names, by_text);
    unite_people(side);
    delegations_unite(&side->delegations);
    return true;
}

/* What an event online calls its venue is no room that another could take. */
static bool prepare_venue(const ClashContext *context, const Event *event, ClashSide *side)
{
    const Venue *venue = event->venue;
    ClashName room;
    if (!venue || (event->has_format && event->format == PLENARY__V1__EVENT__FORMAT__ONLINE))
        return true;
    if (!fold(context, venue->name, &side->venue) || !fold(context, venue->city, &side->city) ||
        !fold(context, venue->room, &room))
        return false;
    side->room = room.folded ? room.folded : "";
    return true;
}

bool clash_prepare(const ClashContext *context, const Event *event, ClashSide *side)
{
    Plenary__V1__Event__Status status = transitions_status(event);
    *side = (ClashSide){.event = event, .room = ""};
    side->counts = status != STATUS(CANCELLED) &&
                   times_of(event, context->zones, context->arena, &side->times);
    if (!side->counts) return true;
    side->possible = status == STATUS(TENTATIVE) || status == STATUS(POSTPONED) ||
                     (event->schedule->has_approximate && event->schedule->approximate);
    return prepare_venue(context, event, side) && prepare_people(context, event, side);
}

/* --- two sides --- */

static bool same_room(const ClashSide *left, const ClashSide *right)
{
    bool other_city =
        left->city.folded && right->city.folded && !same_name(&left->city, &right->city);
    return same_name(&left->venue, &right->venue) && strcmp(left->room, right->room) == 0 &&
           !other_city;
}

static bool add_clash(const ClashContext *context, Plenary__V1__Clash__Kind kind,
                      const char *subject, bool possible, Clash **clashes, size_t *count)
{
    Clash *clash = arena_alloc(context->arena, sizeof *clash);
    if (!clash || !subject) return false;
    plenary__v1__clash__init(clash);
    clash->has_kind = 1;
    clash->kind = kind;
    clash->subject = (char *)(uintptr_t)subject;
    clash->has_possible = possible;
    clash->possible = possible;
    clashes[(*count)++] = clash;
    return true;
}

static const char *room_said(const ClashContext *context, const Venue *venue)
{
    if (!venue->room || !*venue->room) return venue->name;
    return arena_printf(context->arena, "%s, %s", venue->name, venue->room);
}

/* Who comes to the right one under this name; NULL: nobody. */
static const ClashPerson *find_person(const ClashSide *side, const char *text)
{
    size_t low = 0;
    size_t high = side->name_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(side->names[middle].text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == side->name_count || strcmp(side->names[low].text, text) != 0) return NULL;
    return &side->people[side->people[side->names[low].person].same];
}

/* Who of one side comes to the other as well, by their one place. */
typedef struct Meeting {
    bool *left;
    bool *right;
} Meeting;

static bool find_people(const ClashContext *context, const ClashSide *left, const ClashSide *right,
                        const Meeting *both, Clash **clashes, size_t *count)
{
    for (size_t i = 0; i < left->name_count; i++) {
        size_t place = left->people[left->names[i].person].same;
        const ClashPerson *person = &left->people[place];
        const ClashPerson *same = find_person(right, left->names[i].text);
        if (!same) continue;
        both->right[same - right->people] = true;
        if (both->left[place]) continue;
        both->left[place] = true;
        bool possible = left->possible || right->possible || !person->certain || !same->certain;
        if (!add_clash(context, KIND(PERSON), person->said, possible, clashes, count)) return false;
    }
    return true;
}

/* For each delegation, at its one place: does somebody who leads it come to the other event too?
 * NULL: the arena is full. */
static bool *shared_leaders(const ClashContext *context, const ClashSide *side, const bool *both)
{
    const Delegations *mine = &side->delegations;
    bool *shared = arena_array(context->arena, mine->count + 1, sizeof *shared);
    for (size_t i = 0; shared && i < mine->count; i++)
        shared[mine->all[i].same] |= both[side->people[mine->all[i].person].same];
    return shared;
}

static bool find_delegations(const ClashContext *context, const ClashSide *left,
                             const ClashSide *right, const Meeting *both, Clash **clashes,
                             size_t *count)
{
    const Delegations *mine = &left->delegations;
    if (mine->count == 0 || right->delegations.count == 0) return true;
    bool *told = shared_leaders(context, left, both->left);
    const bool *shared = shared_leaders(context, right, both->right);
    if (!told || !shared) return false;
    for (size_t i = 0; i < mine->name_count; i++) {
        size_t place = mine->all[mine->names[i].delegation].same;
        const Delegation *theirs = delegations_find(mine, i, &right->delegations);
        if (!theirs || told[place] || shared[theirs->same]) continue;
        told[place] = true;
        if (!add_clash(context, KIND(HEAD_OF_DELEGATION), mine->all[place].said, true, clashes,
                       count))
            return false;
    }
    return true;
}

static bool find_who(const ClashContext *context, const ClashSide *left, const ClashSide *right,
                     Clash **clashes, size_t *count)
{
    const Meeting both = {
        arena_array(context->arena, left->person_count + 1, sizeof(bool)),
        arena_array(context->arena, right->person_count + 1, sizeof(bool)),
    };
    return both.left && both.right && find_people(context, left, right, &both, clashes, count) &&
           find_delegations(context, left, right, &both, clashes, count);
}

size_t clash_most(const ClashSide *side)
{
    return 1 + side->person_count + side->delegations.count;
}

bool clash_find(const ClashContext *context, const ClashSide *left, const ClashSide *right,
                Overlap *when, Clash **clashes, size_t *count)
{
    if (!left->counts || !right->counts ||
        !overlap_find(context->zones, &left->times, &right->times, &context->view, when))
        return true;
    if (same_room(left, right) &&
        !add_clash(context, KIND(VENUE), room_said(context, left->event->venue),
                   left->possible || right->possible, clashes, count))
        return false;
    return find_who(context, left, right, clashes, count);
}
