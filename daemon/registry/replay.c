#include "daemon/registry/replay.h"

#include "daemon/registry/apply.h"
#include "daemon/registry/apply_erased.h"
#include "daemon/registry/apply_facets.h"
#include "daemon/registry/erasures.h"
#include "daemon/registry/seal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    REPLAY_CHANGES_PER_SNAPSHOT = 1000,
};

StatusCode replay_state_new(Store *store, State *state, Problem *problem)
{
    *state = (State){.journal = store->journal, .views = store->views};
    state->words = words_new();
    state->zones = zones_new();
    state->recurrences = recurrences_new();
    state->directory = state->words ? directory_new(state->words) : NULL;
    state->principals = principals_new();
    if (state->directory && state->principals && state->zones && state->recurrences)
        return STATUS_OK;
    replay_state_destroy(state);
    return problem_set(problem, STATUS_INTERNAL, "no memory, or no Unicode data");
}

void replay_state_destroy(State *state)
{
    directory_destroy(&state->directory);
    principals_destroy(&state->principals);
    columns_free(&state->columns);
    recurrences_destroy(&state->recurrences);
    zones_destroy(&state->zones);
    words_destroy(&state->words);
}

void replay_versions(State *state, char versions[static VIEWS_VERSIONS_SIZE])
{
    (void)snprintf(versions, VIEWS_VERSIONS_SIZE, "tzdata %s; %s; layout %d",
                   zones_tzdata_version(state->zones), words_version(), LAYOUT_VERSION);
}

static bool found_facet(void *context, const char *facet, size_t length)
{
    (void)facet;
    (void)length;
    *(bool *)context = true;
    return false;
}

/* The very first fold sets the mark last: a base without a mark may hold a part of it, made with
 * who knows which versions. */
static bool base_is_empty(State *state)
{
    bool found = false;
    views_facet_names(state->views, "", "", false, found_facet, &found);
    return !found;
}

bool replay_fits(State *state, const char *versions)
{
    const ViewsMark *mark = views_mark(state->views);
    if (mark->sequence == 0) return base_is_empty(state);
    if (mark->epoch != journal_epoch(state->journal)) return false;
    if (strcmp(mark->versions, versions) != 0) return false;
    Bytes packed;
    uint8_t digest[JOURNAL_DIGEST_BYTES];
    return journal_get(state->journal, mark->sequence, &packed) && seal_digest(packed, digest) &&
           memcmp(digest, mark->digest, sizeof digest) == 0;
}

/* --- what memory holds, from the base --- */

typedef struct Loading {
    State *state;
    Arena *arena;
    bool failed;
} Loading;

static bool load_organisation(void *context, Bytes key, Bytes value)
{
    (void)key;
    Loading *loading = context;
    arena_reset(loading->arena);
    const Change *change = state_change(loading->state, number_decode(value), loading->arena);
    loading->failed =
        !change || change->record_case != PLENARY__V1__CHANGE__RECORD_ORGANISATION ||
        !directory_put(loading->state->directory, change->organisation, change->sequence);
    return !loading->failed;
}

static bool load_principal(void *context, Bytes key, Bytes value)
{
    (void)key;
    Loading *loading = context;
    arena_reset(loading->arena);
    const Change *change = state_change(loading->state, number_decode(value), loading->arena);
    loading->failed =
        !change || change->record_case != PLENARY__V1__CHANGE__RECORD_PRINCIPAL ||
        !principals_put(loading->state->principals, change->principal, change->sequence);
    return !loading->failed;
}

/* Series and what replaces their instances; of what was withdrawn the image before. */
static bool load_recurrence(Loading *loading, const Head *head)
{
    State *state = loading->state;
    if (!head->recurs && !head->overrides) return true;
    if (head->withdrawn && head->recurs) return true;
    arena_reset(loading->arena);
    const Change *change = state_change(state, head->sequence, loading->arena);
    if (change && head->withdrawn)
        change = state_change(state, change->prior_sequence, loading->arena);
    return change && change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT &&
           recurrences_put(state->recurrences, state->zones, change->event, head->sequence,
                           head->withdrawn);
}

static bool load_head(void *context, Bytes key, Bytes value)
{
    Loading *loading = context;
    Head head;
    uint32_t number = key_to_number(key);
    loading->failed = !head_decode(value, &head, NULL) ||
                      !columns_put(&loading->state->columns, number, &head) ||
                      !load_recurrence(loading, &head);
    loading->state->applied.last_number = number;
    return !loading->failed;
}

static StatusCode load_base(State *state, Arena *arena, Problem *problem)
{
    const ViewsMark *mark = views_mark(state->views);
    state->applied = (Tip){.sequence = mark->sequence};
    memcpy(state->applied.digest, mark->digest, JOURNAL_DIGEST_BYTES);
    memcpy(state->request_floor, mark->request_floor, ID_BYTES);
    const Change *last = mark->sequence ? state_change(state, mark->sequence, arena) : NULL;
    if (last && last->time) instant_parse(last->time, &state->applied.time_us);

    Loading loading = {.state = state, .arena = arena};
    views_scan(state->views, VIEW_HEADS, (Bytes){0}, load_head, &loading);
    if (!loading.failed)
        views_scan(state->views, VIEW_ORGANISATIONS, (Bytes){0}, load_organisation, &loading);
    if (!loading.failed)
        views_scan(state->views, VIEW_PRINCIPALS, (Bytes){0}, load_principal, &loading);
    if (loading.failed)
        return problem_set(problem, STATUS_INTERNAL,
                           "the views hold what the journal does not; run plenaryd --reindex");
    return STATUS_OK;
}

/* --- the tail --- */

typedef struct Replaying {
    State *state;
    Arena *arena; /* of the change and the image before */
    Arena *scratch;
    Erasures *erasures;
    bool from_nothing; /* no views were there when it began */
    uint8_t digest[JOURNAL_DIGEST_BYTES];
    roaring_bitmap_t *erased; /* events whose facets are to be looked through */
    bool broken;
} Replaying;

static bool replay_one(void *context, uint64_t sequence, Bytes packed)
{
    Replaying *replaying = context;
    arena_reset(replaying->arena);
    const Change *change = (const Change *)protobuf_c_message_unpack(
        &plenary__v1__change__descriptor, arena_allocator(replaying->arena), packed.size,
        packed.data);
    State *state = replaying->state;
    replaying->broken = sequence != state->applied.sequence + 1 || !change ||
                        change->sequence != sequence ||
                        !erasures_take(replaying->erasures, sequence, packed, replaying->digest);
    if (replaying->broken) return false;
    const Event *before = apply_image_before(state, change, replaying->arena);
    apply_change(state, change, before, replaying->scratch);
    if (change->action == PLENARY__V1__CHANGE__ACTION__ERASED)
        apply_erased_again(state, change, replaying->erased, replaying->scratch);
    return true;
}

static void look_through_facets(Replaying *replaying)
{
    if (replaying->from_nothing || roaring_bitmap_is_empty(replaying->erased)) return;
    apply_facets_anew(replaying->state, replaying->erased, replaying->scratch);
    roaring_bitmap_clear(replaying->erased);
}

/* Applies up to one snapshot's worth of changes; gives how many. */
static size_t replay_some(Replaying *replaying, const char *versions)
{
    State *state = replaying->state;
    journal_renew(state->journal);
    views_renew(state->views);
    size_t count = journal_scan(state->journal, state->applied.sequence + 1,
                                REPLAY_CHANGES_PER_SNAPSHOT, replay_one, replaying);
    look_through_facets(replaying);
    views_release(state->views);
    journal_release(state->journal);
    if (count > 0) apply_mark(state, journal_epoch(state->journal), versions);
    return count;
}

static StatusCode tell_broken(uint64_t sequence, Problem *problem)
{
    return problem_set(problem, STATUS_INTERNAL,
                       "change %llu of the journal cannot be read, or does not follow the "
                       "one before; run plenaryd --check",
                       (unsigned long long)sequence);
}

static StatusCode replay_tail(State *state, const char *versions, Replaying *replaying,
                              Problem *problem)
{
    uint64_t open;
    replaying->from_nothing = state->applied.sequence == 0;
    memcpy(replaying->digest, state->applied.digest, sizeof replaying->digest);
    while (replay_some(replaying, versions) > 0 && !replaying->broken) {
        views_tick(state->views, false);
        if (!views_state(state->views).full) continue;
        StatusCode code = views_fold_all(state->views, problem);
        if (code != STATUS_OK) return code;
    }
    if (replaying->broken) return tell_broken(state->applied.sequence + 1, problem);
    if (erasures_open(replaying->erasures, &open) > 0) return tell_broken(open, problem);
    return STATUS_OK;
}

/* With the parts of `replaying`. */
static StatusCode load_and_replay(State *state, const char *versions, Replaying *replaying,
                                  Problem *problem)
{
    journal_renew(state->journal);
    views_renew(state->views);
    StatusCode code = load_base(state, replaying->arena, problem);
    views_release(state->views);
    journal_release(state->journal);
    return code == STATUS_OK ? replay_tail(state, versions, replaying, problem) : code;
}

StatusCode replay_changes(State *state, const char *versions, Problem *problem)
{
    Replaying replaying = {.state = state,
                           .arena = arena_new(SIZE_MAX),
                           .scratch = arena_new(SIZE_MAX),
                           .erasures = erasures_new(),
                           .erased = roaring_bitmap_create()};
    StatusCode code = STATUS_INTERNAL;
    if (replaying.arena && replaying.scratch && replaying.erasures && replaying.erased)
        code = load_and_replay(state, versions, &replaying, problem);
    else
        problem_set(problem, code, "no memory");
    roaring_bitmap_free(replaying.erased);
    erasures_destroy(&replaying.erasures);
    arena_destroy(&replaying.arena);
    arena_destroy(&replaying.scratch);
    return code;
}
