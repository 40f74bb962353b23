#include "daemon/registry/answer.h"
#include "proto/erase.h"

#include <string.h>

enum {
    FIND_CHANGES_MAX = 1000, /* looked at for one request */
    FIND_US = 4000,          /* or for so long, though one at least */
    FIND_IMAGES_MAX = 64,    /* of one reply */
    FIND_PLACES_MAX = 16,    /* told of one image */
};

typedef Plenary__V1__FindPersonReply__Image Image;
typedef Plenary__V1__FindPersonReply__Place Place;

typedef struct Search {
    const Question *question;
    const Eraser *eraser;
    Arena *scratch; /* of one change */
    Plenary__V1__FindPersonReply *body;
    Image *image; /* that is being told; NULL: there was no room for it */
    int64_t until_us;
    uint64_t last;
    bool full; /* the arena is */
} Search;

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the answer is too large");
}

static int64_t now_us(const Question *question)
{
    const World *world = &question->state->world;
    return world->now_us(world->context);
}

/* --- one image --- */

static void tell_place(void *context, const Mention *mention)
{
    Search *search = context;
    Image *image = search->image;
    Arena *arena = search->question->arena;
    image->more_places |= image->n_places == FIND_PLACES_MAX;
    image->has_more_places = image->more_places;
    if (image->n_places == FIND_PLACES_MAX) return;
    Place *place = arena_alloc(arena, sizeof *place);
    if (!place) {
        search->full = true;
        return;
    }
    plenary__v1__find_person_reply__place__init(place);
    place->path = arena_strdup(arena, mention->path);
    place->excerpt = mention->text ? eraser_excerpt(mention, arena) : NULL;
    search->full |= !place->path || (mention->text && !place->excerpt);
    image->places[image->n_places++] = place;
}

static bool is_latest(const Search *search, const Change *change)
{
    Head head;
    return state_head(search->question->state, change->event->number, &head, search->scratch) &&
           head.sequence == change->sequence;
}

static Image *new_image(const Search *search, const Change *change)
{
    Arena *arena = search->question->arena;
    Image *image = arena_alloc(arena, sizeof *image);
    if (!image) return NULL;
    plenary__v1__find_person_reply__image__init(image);
    image->has_sequence = image->has_number = image->has_revision = image->has_is_latest = 1;
    image->sequence = change->sequence;
    image->number = change->event->number;
    image->revision = change->event->revision;
    image->is_latest = is_latest(search, change);
    image->event_id = arena_strdup(arena, change->event->id);
    image->title = change->event->title ? arena_strdup(arena, change->event->title) : NULL;
    image->places = arena_array(arena, FIND_PLACES_MAX, sizeof *image->places);
    return image->event_id && image->places ? image : NULL;
}

/* Most images name nobody that is looked for, and cost no place in the reply. */
static void look_at(Search *search, const Change *change)
{
    if (change->record_case != PLENARY__V1__CHANGE__RECORD_EVENT) return;
    if (!eraser_finds(search->eraser, change->event, NULL, NULL)) return;
    search->image = new_image(search, change);
    search->full |= !search->image;
    if (search->full) return;
    (void)eraser_finds(search->eraser, change->event, tell_place, search);
    search->body->images[search->body->n_images++] = search->image;
}

/* True: there is time and room for another one. */
static bool look_at_sequence(Search *search, uint64_t sequence)
{
    arena_reset(search->scratch);
    const Change *change = state_change(search->question->state, sequence, search->scratch);
    if (change) look_at(search, change);
    search->full |= !change;
    search->body->searched_sequence = sequence;
    return !search->full && search->body->n_images < FIND_IMAGES_MAX &&
           now_us(search->question) < search->until_us;
}

/* --- through the journal, or through the images of one event --- */

static void tell_next(Search *search, uint64_t sequence)
{
    search->body->has_next_sequence = 1;
    search->body->next_sequence = sequence;
}

static void search_journal(Search *search, uint64_t from)
{
    uint64_t sequence = from;
    uint64_t end =
        search->last - from >= FIND_CHANGES_MAX ? from + FIND_CHANGES_MAX - 1 : search->last;
    while (look_at_sequence(search, sequence) && sequence < end)
        sequence++;
    if (sequence < search->last) tell_next(search, sequence + 1);
}

/* The first revision that was made at `from` or later; revisions + 1: none was. */
static uint32_t first_revision(State *state, uint32_t number, uint32_t revisions, uint64_t from)
{
    uint32_t low = 1;
    uint32_t high = revisions + 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (state_version(state, number, middle) < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static StatusCode search_event(Search *search, uint64_t from, Problem *problem)
{
    const Question *question = search->question;
    State *state = question->state;
    uint32_t number;
    Head head;
    StatusCode code = state_find(state, question->caller, question->request->find_person->event_id,
                                 question->arena, &number, &head, problem);
    if (code != STATUS_OK) return code;
    bool on = true;
    for (uint32_t revision = first_revision(state, number, head.revision, from);
         revision <= head.revision; revision++) {
        uint64_t sequence = state_version(state, number, revision);
        if (!on) {
            tell_next(search, sequence);
            return STATUS_OK;
        }
        on = look_at_sequence(search, sequence);
    }
    return STATUS_OK;
}

/* --- the verb --- */

static StatusCode search_from(Search *search, uint64_t from, Problem *problem)
{
    const Question *question = search->question;
    StatusCode code = STATUS_OK;
    search->until_us = now_us(question) + FIND_US;
    search->body->images =
        arena_array(question->arena, FIND_IMAGES_MAX, sizeof *search->body->images);
    if (!search->body->images) return out_of_memory(problem);
    if (question->request->find_person->event_id)
        code = search_event(search, from, problem);
    else if (from <= search->last)
        search_journal(search, from);
    return code == STATUS_OK && search->full ? out_of_memory(problem) : code;
}

StatusCode answer_find_person(const Question *question, Reply *reply, Problem *problem)
{
    const Plenary__V1__FindPerson *request = question->request->find_person;
    Plenary__V1__FindPersonReply *body = arena_alloc(question->arena, sizeof *body);
    if (!body) return out_of_memory(problem);
    plenary__v1__find_person_reply__init(body);
    body->has_searched_sequence = 1;
    reply->result_case = PLENARY__V1__REPLY__RESULT_FOUND_PERSON;
    reply->found_person = body;

    Eraser *eraser = eraser_new(question->state->words, request->person, problem);
    if (!eraser) return problem->code;
    Search search = {.question = question,
                     .eraser = eraser,
                     .scratch = arena_new(SIZE_MAX),
                     .body = body,
                     .last = question->state->applied.sequence};
    uint64_t from = request->from_sequence > 0 ? request->from_sequence : 1;
    StatusCode code = search.scratch ? search_from(&search, from, problem) : out_of_memory(problem);
    arena_destroy(&search.scratch);
    eraser_destroy(&eraser);
    return code;
}
