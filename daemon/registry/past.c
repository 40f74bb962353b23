#include "daemon/registry/past.h"

#include "daemon/registry/runs.h"
#include "daemon/registry/sets.h"
#include "proto/fields.h"
#include "proto/peek.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    TOKEN_SEQUENCE_BYTE = QUERY_VIEW_HASH_BYTES,
    TOKEN_BEGUN_BYTE = TOKEN_SEQUENCE_BYTE + 8,
    TOKEN_KEY_BYTE = TOKEN_BEGUN_BYTE + 1,
    TOKEN_NUMBER_BYTE = TOKEN_KEY_BYTE + 8,
    TOKEN_BYTES = TOKEN_NUMBER_BYTE + 4,
};

/* What is kept of one question at one time. */
typedef struct Answer {
    bool in_use;
    uint8_t hash[QUERY_VIEW_HASH_BYTES]; /* of the question, its order and the sequence */
    uint64_t sequence;                   /* the last change of that time */
    uint32_t last_number;                /* the highest event number given by then */
    uint32_t next;                       /* number: those below were asked for what changed */
    roaring_bitmap_t *seen;              /* events that changed since, their image matched or not */
    roaring_bitmap_t *pending;           /* changed while the answer was kept, and not seen */
    roaring_bitmap_t *matched;
    Runs runs;     /* the places of `matched` */
    uint64_t used; /* the request that used it last */
} Answer;

struct Past {
    Answer answers[PAST_ANSWERS];
    uint64_t requests;
    Arena *scratch; /* of one image */
};

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the page is too large");
}

/* --- what is kept --- */

static void answer_clear(Answer *answer)
{
    if (answer->seen) roaring_bitmap_free(answer->seen);
    if (answer->pending) roaring_bitmap_free(answer->pending);
    if (answer->matched) roaring_bitmap_free(answer->matched);
    runs_clear(&answer->runs);
    *answer = (Answer){0};
}

Past *past_new(void)
{
    Past *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->scratch = arena_new(PAST_SCRATCH_BYTES);
    if (self->scratch) return self;
    free(self);
    return NULL;
}

void past_destroy(Past **self)
{
    if (!self || !*self) return;
    for (size_t i = 0; i < PAST_ANSWERS; i++)
        answer_clear(&(*self)->answers[i]);
    arena_destroy(&(*self)->scratch);
    free(*self);
    *self = NULL;
}

void past_changed(Past *self, uint32_t number)
{
    for (size_t i = 0; self && i < PAST_ANSWERS; i++) {
        Answer *answer = &self->answers[i];
        if (answer->in_use && number <= answer->last_number &&
            !roaring_bitmap_contains(answer->seen, number))
            roaring_bitmap_add(answer->pending, number);
    }
}

/* All that had changed when it began was looked at; what changes meanwhile is little. */
static bool has_been_through(const Answer *answer)
{
    return answer->next > answer->last_number;
}

static bool is_done(const Answer *answer)
{
    return has_been_through(answer) && roaring_bitmap_is_empty(answer->pending);
}

/* --- times, sequences, revisions --- */

static int64_t time_of(State *state, uint64_t sequence)
{
    char text[INSTANT_TEXT_SIZE];
    Bytes change;
    const uint8_t *lent;
    size_t size;
    int64_t time_us = INT64_MIN;
    if (!journal_get(state->journal, sequence, &change) ||
        !peek_text(change.data, change.size, FIELD_CHANGE_TIME, &lent, &size) ||
        size >= sizeof text)
        return time_us;
    memcpy(text, lent, size);
    text[size] = '\0';
    (void)instant_parse(text, &time_us);
    return time_us;
}

uint64_t past_sequence(State *state, int64_t time_us)
{
    uint64_t low = 0;
    uint64_t high = state->applied.sequence;
    if (high && state->applied.time_us <= time_us) return high;
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (time_of(state, middle) <= time_us)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

uint32_t past_revision(State *state, uint32_t number, uint32_t last, uint64_t sequence)
{
    uint32_t low = 0;
    uint32_t high = last;
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;
        if (state_version(state, number, middle) <= sequence)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* Numbers are given in the order of the changes. */
static uint32_t last_number_at(State *state, uint64_t sequence)
{
    uint32_t low = 0;
    uint32_t high = state->applied.last_number;
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;
        if (state_version(state, middle, 1) <= sequence)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* --- what replaced an instance then --- */

typedef struct SightThen {
    State *state;
    const Caller *caller;
    Arena *arena;
    const Event *series; /* its image of that time */
    uint64_t sequence;
    size_t images; /* read */
} SightThen;

/* Was that event there then, for the caller? */
static bool saw_then(SightThen *sight, uint32_t number)
{
    Head head;
    State *state = sight->state;
    if (!state_head(state, number, &head, sight->arena)) return false;
    uint32_t revision = past_revision(state, number, head.revision, sight->sequence);
    const Change *change =
        revision ? state_change(state, state_version(state, number, revision), sight->arena) : NULL;
    sight->images += revision != 0;
    return change && change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT &&
           change->action != PLENARY__V1__CHANGE__ACTION__WITHDRAWN &&
           access_sees(sight->caller, change->event->handling);
}

static bool was_replaced(void *context, int64_t local_start_s)
{
    SightThen *sight = context;
    uint32_t number;
    for (size_t i = 0; (number = recurrences_override(sight->state->recurrences, sight->series->uid,
                                                      local_start_s, i)) != 0;
         i++)
        if (saw_then(sight, number)) return true;
    return false;
}

/* --- looking at what has changed since --- */

typedef struct Looking {
    const PastQuestion *question;
    Answer *answer;
    Arena *scratch;
    size_t images;
    size_t bytes;
} Looking;

static State *state_of(const Looking *looking)
{
    return looking->question->context->state;
}

/* The change that made the event's image of that time, in the scratch; NULL: it cannot be read. */
static const Change *change_then(Looking *looking, uint32_t number)
{
    Head head;
    State *state = state_of(looking);
    if (!state_head(state, number, &head, looking->scratch)) return NULL;
    uint32_t revision = past_revision(state, number, head.revision, looking->answer->sequence);
    uint64_t sequence = state_version(state, number, revision);
    Bytes packed;
    if (!sequence || !journal_get(state->journal, sequence, &packed)) return NULL;
    looking->images++;
    looking->bytes += packed.size;
    return state_change(state, sequence, looking->scratch);
}

static Place place_of(const Looking *looking, const Change *change)
{
    Place place = {.number = change->event->number};
    Span span;
    switch (looking->question->resolved->order) {
    case PLENARY__V1__QUERY__ORDER__NUMBER: break;
    case PLENARY__V1__QUERY__ORDER__UPDATED: place.key = (int64_t)change->sequence; break;
    default:
        if (change->event->schedule &&
            schedule_span(state_of(looking)->zones, change->event->schedule, &span))
            place.key = span.local_start_s;
    }
    return place;
}

static bool matches(Looking *looking, const Change *change)
{
    const QueryContext *asked = looking->question->context;
    SightThen sight = {.state = asked->state,
                       .caller = asked->caller,
                       .arena = looking->scratch,
                       .series = change->event,
                       .sequence = looking->answer->sequence};
    const QueryContext context = {.state = asked->state,
                                  .caller = asked->caller,
                                  .arena = looking->scratch,
                                  .is_replaced = was_replaced,
                                  .replaced_context = &sight};
    bool matched = change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT &&
                   change->action != PLENARY__V1__CHANGE__ACTION__WITHDRAWN &&
                   access_sees(asked->caller, change->event->handling) &&
                   query_matches(&context, looking->question->resolved, change->event);
    looking->images += sight.images;
    return matched;
}

static StatusCode look_at(Looking *looking, uint32_t number, Problem *problem)
{
    Answer *answer = looking->answer;
    arena_reset(looking->scratch);
    const Change *change = change_then(looking, number);
    if (!change)
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED,
                           "an event, as it was then, is too large to work on");
    roaring_bitmap_add(answer->seen, number);
    if (!matches(looking, change)) return STATUS_OK;
    if (!runs_put(&answer->runs, place_of(looking, change)))
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED,
                           "more than %d events that match have changed since; ask for less",
                           RUN_PLACES * RUNS_MAX);
    roaring_bitmap_add(answer->matched, number);
    return STATUS_OK;
}

static bool has_worked_enough(const Looking *looking)
{
    return looking->images >= PAST_IMAGES_PER_REQUEST || looking->bytes >= PAST_BYTES_PER_REQUEST;
}

/* It, or what replaces an instance of it. */
static bool has_changed(const Looking *looking, uint32_t number)
{
    const State *state = state_of(looking);
    const Column *column = columns_find(&state->columns, number);
    if (!column) return false;
    if (column->sequence > looking->answer->sequence) return true;
    const Recurring *series = column->recurs ? recurrences_find(state->recurrences, number) : NULL;
    return series && recurring_changed_since(series, looking->answer->sequence);
}

/* The events in the order of their numbers, once. */
static StatusCode look_at_numbers(Looking *looking, Problem *problem)
{
    Answer *answer = looking->answer;
    StatusCode code = STATUS_OK;
    for (size_t asked = 0; code == STATUS_OK && answer->next <= answer->last_number &&
                           asked < PAST_EVENTS_PER_REQUEST && !has_worked_enough(looking);
         asked++) {
        uint32_t number = answer->next++;
        if (has_changed(looking, number) && !roaring_bitmap_contains(answer->seen, number))
            code = look_at(looking, number, problem);
    }
    return code;
}

static StatusCode look_at_pending(Looking *looking, Problem *problem)
{
    Answer *answer = looking->answer;
    StatusCode code = STATUS_OK;
    while (code == STATUS_OK && !roaring_bitmap_is_empty(answer->pending) &&
           !has_worked_enough(looking)) {
        uint32_t number = roaring_bitmap_minimum(answer->pending);
        roaring_bitmap_remove(answer->pending, number);
        if (!roaring_bitmap_contains(answer->seen, number))
            code = look_at(looking, number, problem);
    }
    return code;
}

/* --- finding the answer that is kept, or room for one --- */

/* Finished ones first, the one unused for longest; an unfinished one only when it seems forgotten:
 * else many questions at once would undo each other's work for ever. NULL: all are busy. */
static Answer *find_room(Past *self)
{
    Answer *oldest[2] = {NULL, NULL};
    for (size_t i = 0; i < PAST_ANSWERS; i++) {
        Answer *answer = &self->answers[i];
        if (!answer->in_use) return answer;
        Answer **place = &oldest[has_been_through(answer)];
        if (!*place || answer->used < (*place)->used) *place = answer;
    }
    if (oldest[1]) return oldest[1];
    return self->requests - oldest[0]->used >= PAST_IDLE_REQUESTS ? oldest[0] : NULL;
}

static bool answer_begin(Answer *answer, State *state, uint64_t sequence,
                         const uint8_t hash[static QUERY_VIEW_HASH_BYTES])
{
    answer_clear(answer);
    *answer = (Answer){
        .in_use = true,
        .sequence = sequence,
        .last_number = last_number_at(state, sequence),
        .next = 1,
        .seen = roaring_bitmap_create(),
        .pending = roaring_bitmap_create(),
        .matched = roaring_bitmap_create(),
    };
    memcpy(answer->hash, hash, QUERY_VIEW_HASH_BYTES);
    if (answer->seen && answer->pending && answer->matched) return true;
    answer_clear(answer);
    return false;
}

static StatusCode find_answer(const PastQuestion *question, uint64_t sequence,
                              const uint8_t hash[static QUERY_VIEW_HASH_BYTES], Answer **found,
                              Problem *problem)
{
    State *state = question->context->state;
    Past *self = state->past;
    self->requests++;
    Answer *answer = NULL;
    for (size_t i = 0; i < PAST_ANSWERS && !answer; i++)
        if (self->answers[i].in_use &&
            memcmp(self->answers[i].hash, hash, QUERY_VIEW_HASH_BYTES) == 0)
            answer = &self->answers[i];
    if (!answer) {
        answer = find_room(self);
        if (!answer) {
            problem_set(problem, STATUS_RESOURCE_EXHAUSTED,
                        "too many questions about the past are being answered");
            problem->retry_after_ms = PAST_RETRY_AFTER_MS;
            return problem->code;
        }
        if (!answer_begin(answer, state, sequence, hash)) return out_of_memory(problem);
    }
    answer->used = self->requests;
    *found = answer;
    return STATUS_OK;
}

/* --- tokens: hash of the question, sequence, and the place where the page before ended --- */

typedef struct Turn {
    uint64_t sequence;
    uint8_t hash[QUERY_VIEW_HASH_BYTES];
    bool continues;
    Place after;
} Turn;

static void hash_question(const PastQuestion *question, uint64_t sequence,
                          uint8_t hash[static QUERY_VIEW_HASH_BYTES])
{
    uint8_t query[QUERY_VIEW_HASH_BYTES];
    const int64_t numbers[] = {question->resolved->order, question->resolved->descending,
                               question->time_us, (int64_t)sequence};
    crypto_generichash_state state;
    query_hash(question->context, question->resolved, query);
    crypto_generichash_init(&state, NULL, 0, QUERY_VIEW_HASH_BYTES);
    crypto_generichash_update(&state, query, sizeof query);
    crypto_generichash_update(&state, (const unsigned char *)numbers, sizeof numbers);
    crypto_generichash_final(&state, hash, QUERY_VIEW_HASH_BYTES);
}

static bool write_token(const PastQuestion *question, const Turn *turn, const Place *after,
                        ProtobufCBinaryData *token)
{
    uint8_t *bytes = arena_alloc(question->context->arena, TOKEN_BYTES);
    if (!bytes) return false;
    Key sequence = key_sequence(turn->sequence);
    Key key = key_sequence(after ? (uint64_t)after->key : 0);
    Key number = key_number(after ? after->number : 0);
    memcpy(bytes, turn->hash, QUERY_VIEW_HASH_BYTES);
    memcpy(bytes + TOKEN_SEQUENCE_BYTE, sequence.bytes, sequence.size);
    bytes[TOKEN_BEGUN_BYTE] = after != NULL;
    memcpy(bytes + TOKEN_KEY_BYTE, key.bytes, key.size);
    memcpy(bytes + TOKEN_NUMBER_BYTE, number.bytes, number.size);
    *token = (ProtobufCBinaryData){TOKEN_BYTES, bytes};
    return true;
}

static StatusCode read_turn(const PastQuestion *question, Turn *turn, Problem *problem)
{
    const Page *page = question->page;
    *turn = (Turn){0};
    if (!page || !page->has_token) {
        turn->sequence = past_sequence(question->context->state, question->time_us);
        hash_question(question, turn->sequence, turn->hash);
        return STATUS_OK;
    }
    const uint8_t *token = page->token.data;
    bool fits = page->token.len == TOKEN_BYTES;
    if (fits) {
        turn->sequence = key_to_sequence((Bytes){token + TOKEN_SEQUENCE_BYTE, 8});
        turn->continues = token[TOKEN_BEGUN_BYTE] != 0;
        turn->after.key = (int64_t)key_to_sequence((Bytes){token + TOKEN_KEY_BYTE, 8});
        turn->after.number = key_to_number((Bytes){token + TOKEN_NUMBER_BYTE, 4});
        hash_question(question, turn->sequence, turn->hash);
        fits = turn->sequence <= question->context->state->applied.sequence &&
               memcmp(token, turn->hash, QUERY_VIEW_HASH_BYTES) == 0;
    }
    return fits ? STATUS_OK
                : problem_violation(problem, "page.token", "it is none of this question's");
}

bool past_token_after(const PastQuestion *question, const EventPage *page, size_t index,
                      ProtobufCBinaryData *token)
{
    Turn turn = {.sequence = page->as_of_sequence};
    hash_question(question, turn.sequence, turn.hash);
    return write_token(question, &turn, &page->places[index], token);
}

/* --- a page --- */

static bool is_in(void *context, uint32_t number)
{
    return roaring_bitmap_contains(context, number);
}

/* What is as it was, and what was otherwise, in one order; not beyond what was walked. */
static void merge(const PastQuestion *question, const PageFill *same, const Place *other,
                  size_t other_count, EventPage *page, size_t limit)
{
    bool descending = question->resolved->descending;
    for (size_t i = 0, j = 0; page->count < limit && (i < same->count || j < other_count);) {
        bool takes_same =
            j == other_count ||
            (i < same->count && place_compare_in(descending, &same->places[i], &other[j]) < 0);
        const Place *place = takes_same ? &same->places[i++] : &other[j++];
        if (same->stopped && place_compare_in(descending, place, &same->reached) > 0) return;
        page->places[page->count++] = *place;
    }
}

/* The image that an event had: its present one, where that is old enough. */
static uint64_t sequence_then(const PastQuestion *question, uint32_t number, uint64_t sequence)
{
    State *state = question->context->state;
    Head head;
    const Column *column = columns_find(&state->columns, number);
    if (column && column->sequence <= sequence) return column->sequence;
    if (!state_head(state, number, &head, question->context->arena)) return 0;
    return state_version(state, number, past_revision(state, number, head.revision, sequence));
}

static StatusCode finish_page(const PastQuestion *question, const Turn *turn, const PageFill *same,
                              EventPage *page, Problem *problem)
{
    Arena *arena = question->context->arena;
    bool more = page->count == same->limit; /* one too many was asked for */
    if (more) page->count--;
    page->numbers = arena_array(arena, page->count, sizeof *page->numbers);
    page->sequences = arena_array(arena, page->count, sizeof *page->sequences);
    if (!page->numbers || !page->sequences) return out_of_memory(problem);
    for (size_t i = 0; i < page->count; i++) {
        page->numbers[i] = page->places[i].number;
        page->sequences[i] = sequence_then(question, page->numbers[i], turn->sequence);
    }
    const Place *last = more ? &page->places[page->count - 1] : &same->reached;
    if ((more || same->stopped) && !write_token(question, turn, last, &page->next))
        return out_of_memory(problem);
    return STATUS_OK;
}

static StatusCode make_page(const PastQuestion *question, const Turn *turn, Answer *answer,
                            EventPage *page, Problem *problem)
{
    const QueryContext *context = question->context;
    const Place *after = turn->continues ? &turn->after : NULL;
    bool descending = question->resolved->descending;
    size_t limit = page_limit(question->page, PAGE_EVENTS_DEFAULT, PAGE_EVENTS_MAX) + 1;
    PageFill same = {.places = arena_array(context->arena, limit, sizeof(Place)), .limit = limit};
    Place *other = arena_array(context->arena, limit, sizeof *other);
    page->places = arena_array(context->arena, limit, sizeof *page->places);
    if (!same.places || !other || !page->places) return out_of_memory(problem);

    roaring_bitmap_t *set = NULL;
    StatusCode code = sets_answer(context, question->resolved, &set, problem);
    if (code != STATUS_OK) return code;
    /* Whoever sees all also sees what was withdrawn since; others see what they may see now. */
    roaring_bitmap_t *shown = roaring_bitmap_copy(answer->matched);
    if (!access_sees_all(context->caller)) {
        roaring_bitmap_t *visible = access_visible(context->caller, context->state->views);
        roaring_bitmap_and_inplace(shown, visible);
        roaring_bitmap_free(visible);
    }
    roaring_bitmap_andnot_inplace(set, answer->seen);
    roaring_bitmap_remove_range(set, (uint64_t)answer->last_number + 1, UINT64_C(1) << 32U);
    page->total = roaring_bitmap_get_cardinality(set) + roaring_bitmap_get_cardinality(shown);
    page_fill(context, question->resolved, set, after, &same);
    size_t other_count = runs_take(&answer->runs, descending, after, is_in, shown, other, limit);
    roaring_bitmap_free(set);
    roaring_bitmap_free(shown);
    merge(question, &same, other, other_count, page, limit);
    return finish_page(question, turn, &same, page, problem);
}

StatusCode past_answer(const PastQuestion *question, EventPage *page, Problem *problem)
{
    Past *self = question->context->state->past;
    Answer *answer = NULL;
    Turn turn;
    *page = (EventPage){0};
    StatusCode code = read_turn(question, &turn, problem);
    if (code == STATUS_OK) code = find_answer(question, turn.sequence, turn.hash, &answer, problem);
    if (code != STATUS_OK) return code;

    page->as_of_sequence = turn.sequence;
    Looking looking = {.question = question, .answer = answer, .scratch = self->scratch};
    code = look_at_numbers(&looking, problem);
    if (code == STATUS_OK) code = look_at_pending(&looking, problem);
    if (code != STATUS_OK) {
        answer_clear(answer);
        return code;
    }
    if (is_done(answer)) return make_page(question, &turn, answer, page, problem);
    page->is_partial = true;
    return write_token(question, &turn, turn.continues ? &turn.after : NULL, &page->next)
               ? STATUS_OK
               : out_of_memory(problem);
}
