#include "daemon/registry/phrase_set.h"

#include "daemon/registry/term_set.h"

/* What may have the words of a phrase one after the other: of `set`, what has all of them. */
static roaring_bitmap_t *phrase_candidates(Views *views, const Phrase *phrase,
                                           const roaring_bitmap_t *set)
{
    bool unused = false;
    roaring_bitmap_t *events =
        term_set_of_all(views, phrase->words, phrase->count, TEXT_REST, &unused);
    roaring_bitmap_and_inplace(events, set);
    return events;
}

typedef struct PhraseCheck {
    const QueryContext *context;
    const Phrase *phrase;
    Arena *arena; /* of one event */
    roaring_bitmap_t *set;
    bool full;
} PhraseCheck;

/* Takes the event out where it is not as the phrase asks. */
static bool check_phrase(uint32_t number, void *context)
{
    PhraseCheck *check = context;
    State *state = check->context->state;
    const Column *column = columns_find(&state->columns, number);
    arena_reset(check->arena);
    const Change *change = column ? state_change(state, column->sequence, check->arena) : NULL;
    check->full = column && (!change || !change->event);
    if (check->full) return false;
    bool has = change && phrase_is_in(check->phrase, change->event, state->words);
    if (has == check->phrase->negated) roaring_bitmap_remove(check->set, number);
    return true;
}

static StatusCode look_through(const QueryContext *context, const Phrase *phrase, Arena *arena,
                               roaring_bitmap_t *set, uint64_t *looked_at, Problem *problem)
{
    roaring_bitmap_t *candidates = phrase_candidates(context->state->views, phrase, set);
    uint64_t count = roaring_bitmap_get_cardinality(candidates);
    PhraseCheck check = {.context = context, .phrase = phrase, .arena = arena, .set = set};
    if (count <= PHRASE_SET_EVENTS_MAX) roaring_iterate(candidates, check_phrase, &check);
    roaring_bitmap_free(candidates);
    *looked_at = count;
    if (check.full)
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "an event is too large to be read");
    if (count <= PHRASE_SET_EVENTS_MAX) return STATUS_OK;
    return problem_violation(problem, "query.text",
                             "%llu events have all words of the phrase, and %d are looked through "
                             "at most; add a word, a date or another filter",
                             (unsigned long long)count, PHRASE_SET_EVENTS_MAX);
}

StatusCode phrase_set_keep(const QueryContext *context, const Phrase *phrase, roaring_bitmap_t *set,
                           uint64_t *looked_at, Problem *problem)
{
    Arena *arena = arena_new(PHRASE_SET_BYTES_MAX);
    if (!arena) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
    StatusCode code = look_through(context, phrase, arena, set, looked_at, problem);
    arena_destroy(&arena);
    return code;
}
