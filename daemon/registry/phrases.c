#include "daemon/registry/phrases.h"

#include "daemon/registry/term_set.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    HASH_BYTES = 16,
    ENTRY_BYTES = 1024 * 1024, /* of the words of one phrase */
};

/* A phrase, and what is known of it. */
typedef struct Entry {
    uint8_t hash[HASH_BYTES]; /* of its words */
    Arena *arena;             /* where the words lie; NULL: the place is free */
    Phrase phrase;
    roaring_bitmap_t *checked;
    roaring_bitmap_t *has; /* a part of `checked` */
    size_t rests;          /* that are worked at: it stays */
    uint64_t used;         /* the question that used it last */
} Entry;

struct PhraseRest {
    Phrases *phrases;
    Entry *entry;
    roaring_bitmap_t *todo;
};

struct Phrases {
    Entry entries[PHRASES_KEPT];
    uint64_t questions;
    uint64_t records;   /* read for the present question */
    size_t records_now; /* the same, in this go */
    size_t bytes_now;
    PhraseRest *rest; /* of the present question */
    Arena *arena;     /* of one event */
};

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
}

Phrases *phrases_new(void)
{
    Phrases *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->arena = arena_new(PHRASES_RECORD_BYTES);
    if (!self->arena) phrases_destroy(&self);
    return self;
}

static void clear_entry(Entry *entry)
{
    arena_destroy(&entry->arena);
    if (entry->checked) roaring_bitmap_free(entry->checked);
    if (entry->has) roaring_bitmap_free(entry->has);
    *entry = (Entry){0};
}

void phrases_destroy(Phrases **self)
{
    if (!self || !*self) return;
    phrases_drop_rest(&(*self)->rest);
    for (size_t i = 0; i < PHRASES_KEPT; i++)
        clear_entry(&(*self)->entries[i]);
    arena_destroy(&(*self)->arena);
    free(*self);
    *self = NULL;
}

void phrases_changed(Phrases *self, uint32_t number)
{
    for (size_t i = 0; self && i < PHRASES_KEPT; i++) {
        if (!self->entries[i].arena) continue;
        roaring_bitmap_remove(self->entries[i].checked, number);
        roaring_bitmap_remove(self->entries[i].has, number);
    }
}

void phrases_begin(Phrases *self, uint64_t records)
{
    phrases_drop_rest(&self->rest);
    self->questions++;
    self->records = records;
    self->records_now = self->bytes_now = 0;
}

uint64_t phrases_records(const Phrases *self)
{
    return self->records;
}

/* --- what is kept of a phrase --- */

static void hash_phrase(const Phrase *phrase, uint8_t hash[static HASH_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
    for (size_t i = 0; i < phrase->count; i++) {
        const uint64_t count = phrase->words[i].count;
        crypto_generichash_update(&state, (const unsigned char *)&count, sizeof count);
        for (size_t j = 0; j < count; j++) {
            const char *key = phrase->words[i].keys[j];
            crypto_generichash_update(&state, (const unsigned char *)key, strlen(key) + 1);
        }
    }
    crypto_generichash_final(&state, hash, HASH_BYTES);
}

/* False: the arena is full. */
static bool copy_word(const ResolvedTerm *word, Arena *arena, ResolvedTerm *copy)
{
    copy->keys = arena_array(arena, word->count, sizeof *copy->keys);
    for (; copy->keys && copy->count < word->count; copy->count++)
        if (!(copy->keys[copy->count] = arena_strdup(arena, word->keys[copy->count]))) return false;
    return copy->keys != NULL;
}

static bool copy_phrase(const Phrase *phrase, Arena *arena, Phrase *copy)
{
    copy->words = arena_array(arena, phrase->count, sizeof *copy->words);
    for (; copy->words && copy->count < phrase->count; copy->count++)
        if (!copy_word(&phrase->words[copy->count], arena, &copy->words[copy->count])) return false;
    return copy->words != NULL;
}

static bool fill_entry(Entry *entry, const Phrase *phrase, const uint8_t hash[static HASH_BYTES])
{
    memcpy(entry->hash, hash, HASH_BYTES);
    entry->arena = arena_new(ENTRY_BYTES);
    entry->checked = roaring_bitmap_create();
    entry->has = roaring_bitmap_create();
    if (entry->arena && entry->checked && entry->has &&
        copy_phrase(phrase, entry->arena, &entry->phrase))
        return true;
    clear_entry(entry);
    return false;
}

/* The phrase that was asked for longest ago makes room. NULL: all are worked at. */
static Entry *find_room(Phrases *self)
{
    Entry *oldest = NULL;
    for (size_t i = 0; i < PHRASES_KEPT; i++) {
        Entry *entry = &self->entries[i];
        if (!entry->arena) return entry;
        if (entry->rests == 0 && (!oldest || entry->used < oldest->used)) oldest = entry;
    }
    return oldest;
}

static StatusCode find_entry(Phrases *self, const Phrase *phrase, Entry **found, Problem *problem)
{
    uint8_t hash[HASH_BYTES];
    Entry *entry = NULL;
    hash_phrase(phrase, hash);
    for (size_t i = 0; i < PHRASES_KEPT && !entry; i++)
        if (self->entries[i].arena && memcmp(self->entries[i].hash, hash, HASH_BYTES) == 0)
            entry = &self->entries[i];
    if (!entry) {
        entry = find_room(self);
        if (!entry) {
            problem_set(problem, STATUS_RESOURCE_EXHAUSTED,
                        "too many phrases are being looked for; try again shortly");
            problem->retry_after_ms = PHRASES_RETRY_AFTER_MS;
            return problem->code;
        }
        clear_entry(entry);
        if (!fill_entry(entry, phrase, hash)) return out_of_memory(problem);
    }
    entry->used = self->questions;
    *found = entry;
    return STATUS_OK;
}

/* --- looking through --- */

typedef struct Looking {
    Phrases *phrases;
    Entry *entry;
    State *state;
    bool failed; /* an event cannot be read */
} Looking;

/* The event as it is now, in the arena; NULL: it cannot be read. */
static const Event *read_event(Looking *looking, const Column *column)
{
    Phrases *self = looking->phrases;
    Bytes packed;
    arena_reset(self->arena);
    self->records++;
    self->records_now++;
    if (!journal_get(looking->state->journal, column->sequence, &packed)) return NULL;
    self->bytes_now += packed.size;
    const Change *change = state_change(looking->state, column->sequence, self->arena);
    bool is_event = change && change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT;
    return is_event ? change->event : NULL;
}

/* False: it is enough for now. */
static bool look_at(uint32_t number, void *context)
{
    Looking *looking = context;
    Phrases *self = looking->phrases;
    Entry *entry = looking->entry;
    if (self->records_now >= PHRASES_RECORDS_AT_ONCE || self->bytes_now >= PHRASES_BYTES_AT_ONCE)
        return false;
    const Column *column = columns_find(&looking->state->columns, number);
    const Event *event = column ? read_event(looking, column) : NULL;
    looking->failed = column && !event;
    if (looking->failed) return false;
    if (event && phrase_is_in(&entry->phrase, event, looking->state->words))
        roaring_bitmap_add(entry->has, number);
    roaring_bitmap_add(entry->checked, number);
    return true;
}

/* Looks at some of `todo`, and leaves in it what was not looked at yet. */
static StatusCode look_through(Phrases *self, Entry *entry, State *state, roaring_bitmap_t *todo,
                               Problem *problem)
{
    Looking looking = {.phrases = self, .entry = entry, .state = state};
    roaring_bitmap_andnot_inplace(todo, entry->checked);
    roaring_iterate(todo, look_at, &looking);
    roaring_bitmap_andnot_inplace(todo, entry->checked);
    if (!looking.failed) return STATUS_OK;
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "an event is too large to be read");
}

/* --- rests --- */

bool phrases_has_rest(const Phrases *self)
{
    return self->rest != NULL;
}

PhraseRest *phrases_take_rest(Phrases *self)
{
    PhraseRest *rest = self->rest;
    self->rest = NULL;
    return rest;
}

void phrases_drop_rest(PhraseRest **rest)
{
    if (!rest || !*rest) return;
    assert((*rest)->entry->rests > 0);
    (*rest)->entry->rests--;
    roaring_bitmap_free((*rest)->todo);
    free(*rest);
    *rest = NULL;
}

StatusCode phrases_work(State *state, PhraseRest *rest, Problem *problem)
{
    Phrases *self = rest->phrases;
    self->records_now = self->bytes_now = 0;
    return look_through(self, rest->entry, state, rest->todo, problem);
}

bool phrases_is_done(const PhraseRest *rest)
{
    return roaring_bitmap_is_empty(rest->todo);
}

StatusCode phrases_tell_rest(const PhraseRest *rest, Problem *problem)
{
    problem_set(problem, STATUS_RESOURCE_EXHAUSTED,
                "%llu events are still to be looked through for the phrase; ask again, and it "
                "goes on from there",
                (unsigned long long)roaring_bitmap_get_cardinality(rest->todo));
    problem->retry_after_ms = PHRASES_RETRY_AFTER_MS;
    return problem->code;
}

/* Takes `todo` over. */
static StatusCode leave_rest(Phrases *self, Entry *entry, roaring_bitmap_t *todo, Problem *problem)
{
    phrases_drop_rest(&self->rest);
    self->rest = calloc(1, sizeof *self->rest);
    if (!self->rest) {
        roaring_bitmap_free(todo);
        return out_of_memory(problem);
    }
    *self->rest = (PhraseRest){self, entry, todo};
    entry->rests++;
    return phrases_tell_rest(self->rest, problem);
}

/* --- a question --- */

/* What may have the words of a phrase one after the other: of `set`, what has all of them. */
static roaring_bitmap_t *candidates_of(Views *views, const Phrase *phrase,
                                       const roaring_bitmap_t *set)
{
    roaring_bitmap_t *events = roaring_bitmap_copy(set);
    for (size_t i = 0; i < phrase->count; i++) {
        TermReach unused = {0}; /* of one word: its keys never cost too much */
        roaring_bitmap_t *more = term_set(views, &phrase->words[i], &unused);
        roaring_bitmap_and_inplace(events, more);
        roaring_bitmap_free(more);
    }
    return events;
}

static void keep(const Entry *entry, bool negated, const roaring_bitmap_t *candidates,
                 roaring_bitmap_t *set)
{
    if (negated) {
        roaring_bitmap_andnot_inplace(set, entry->has);
    } else {
        roaring_bitmap_and_inplace(set, candidates);
        roaring_bitmap_and_inplace(set, entry->has);
    }
}

StatusCode phrases_keep(const QueryContext *context, const Phrase *phrase, roaring_bitmap_t *set,
                        uint64_t *candidates, Problem *problem)
{
    Phrases *self = context->state->phrases;
    Entry *entry = NULL;
    StatusCode code = find_entry(self, phrase, &entry, problem);
    if (code != STATUS_OK) return code;
    roaring_bitmap_t *events = candidates_of(context->state->views, phrase, set);
    *candidates = roaring_bitmap_get_cardinality(events);
    roaring_bitmap_t *todo = roaring_bitmap_copy(events);
    code = look_through(self, entry, context->state, todo, problem);
    if (code == STATUS_OK && roaring_bitmap_is_empty(todo))
        keep(entry, phrase->negated, events, set);
    roaring_bitmap_free(events);
    if (code == STATUS_OK && !roaring_bitmap_is_empty(todo))
        return leave_rest(self, entry, todo, problem);
    roaring_bitmap_free(todo);
    return code;
}
