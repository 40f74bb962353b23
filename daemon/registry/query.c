#include "daemon/registry/query.h"

#include "proto/moment.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum {
    SECONDS_PER_DAY = 24 * 3600,
};

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the query is too large");
}

/* --- resolving terms --- */

/* A term that is being filled. */
typedef struct TermKeys {
    const QueryContext *context;
    Facet facet;
    ResolvedTerm *term;
    size_t capacity;
    bool full;  /* the arena is */
    bool broad; /* QUERY_KEYS_MAX is reached */
} TermKeys;

static void add_key(TermKeys *keys, const char *key)
{
    ResolvedTerm *term = keys->term;
    for (size_t i = 0; key && i < term->count; i++)
        if (strcmp(term->keys[i], key) == 0) return;
    if (term->count == QUERY_KEYS_MAX) {
        keys->broad = true;
        return;
    }
    if (key && term->count == keys->capacity) {
        size_t capacity = keys->capacity ? 2 * keys->capacity : 4;
        const char **grown = arena_array(keys->context->arena, capacity, sizeof *grown);
        if (grown && term->count) memcpy(grown, term->keys, term->count * sizeof *grown);
        term->keys = grown;
        keys->capacity = grown ? capacity : 0;
    }
    if (!key || !term->keys) {
        keys->full = true;
        return;
    }
    term->keys[term->count++] = key;
}

/* Under either spelling, where the value folds in two ways. */
static void add_value(TermKeys *keys, const char *value)
{
    Words *words = keys->context->state->words;
    const char *other = facet_key_other(keys->facet, value, words, keys->context->arena);
    add_key(keys, facet_key(keys->facet, value, words, keys->context->arena));
    if (other) add_key(keys, other);
}

static void add_organisation_name(void *context, const char *folded)
{
    add_value(context, folded);
}

/* An organisation is meant with all its parts, under its id and under every name that an event
 * may give it. */
static void add_organisation(TermKeys *keys, const char *name)
{
    const Directory *directory = keys->context->state->directory;
    const char *ids[DIRECTORY_MATCHES_MAX];
    size_t count = directory_resolve(directory, name, true, keys->context->arena, ids);
    add_value(keys, name);
    for (size_t i = 0; i < count && !keys->broad; i++) {
        add_value(keys, ids[i]);
        directory_names(directory, directory_find(directory, ids[i])->organisation,
                        keys->context->arena, add_organisation_name, keys);
    }
}

/* The facet keeps ids; people give numbers, uids and prefixes. What the caller may not see has no
 * parts for them either: its id would tell which of the events that they see belong to it. */
static void add_event_reference(TermKeys *keys, const char *name)
{
    Problem unused;
    Head head;
    uint32_t number;
    StatusCode code = state_find(keys->context->state, keys->context->caller, name,
                                 keys->context->arena, &number, &head, &unused);
    if (code == STATUS_OK) add_value(keys, arena_strdup(keys->context->arena, head.id));
}

static bool is_organisation_facet(Facet facet)
{
    return facet >= FACET_ORG && facet <= FACET_ORG_OBSERVER;
}

static StatusCode resolve_term(const QueryContext *context, const Term *term, Resolved *resolved,
                               Problem *problem)
{
    Facet facet;
    bool known = facet_find(term->facet, &facet);
    assert(known);
    if (facet_info(facet)->use != FACET_ASKED && !access_sees_all(context->caller))
        return problem_set(problem, STATUS_PERMISSION_DENIED, "you may not ask for %s",
                           term->facet);
    ResolvedTerm *out = &resolved->terms[resolved->term_count];
    out->negated = term->negated;
    TermKeys keys = {.context = context, .facet = facet, .term = out};
    for (size_t i = 0; i < term->n_values && !keys.broad; i++) {
        if (is_organisation_facet(facet))
            add_organisation(&keys, term->values[i]);
        else if (facet == FACET_PART_OF)
            add_event_reference(&keys, term->values[i]);
        else
            add_value(&keys, term->values[i]);
    }
    if (keys.full) return out_of_memory(problem);
    if (keys.broad)
        return problem_violation(problem, "query.terms", "%s means more than %d names", term->facet,
                                 QUERY_KEYS_MAX);
    resolved->mask |= FACET_BIT(facet);
    resolved->term_count++;
    return STATUS_OK;
}

/* --- resolving text --- */

typedef struct TextTerms {
    const QueryContext *context;
    Resolved *resolved;
    TermKeys keys; /* of the word at `position` */
    size_t position;
    bool started;
    bool full;
} TextTerms;

/* Foldings of one word are alternatives; different words must all be there. */
static void add_word(void *context, size_t position, const char *word, const char *stem)
{
    TextTerms *text = context;
    if (!text->started || position != text->position) {
        if (text->started) text->resolved->term_count++;
        text->started = true;
        text->position = position;
        text->keys = (TermKeys){.context = text->context,
                                .term = &text->resolved->terms[text->resolved->term_count]};
    }
    text->keys.facet = FACET_WORD;
    add_value(&text->keys, word);
    text->keys.facet = FACET_STEM;
    if (stem) add_value(&text->keys, stem);
    text->full |= text->keys.full;
}

static void count_word(void *context, size_t position, const char *word, const char *stem)
{
    (void)word;
    (void)stem;
    size_t *count = context;
    if (position + 1 > *count) *count = position + 1;
}

static size_t words_in(const QueryContext *context, const char *text)
{
    size_t count = 0;
    if (text) words_each(context->state->words, text, count_word, &count);
    return count;
}

static StatusCode resolve_text(const QueryContext *context, const char *text, Resolved *resolved,
                               Problem *problem)
{
    TextTerms terms = {.context = context, .resolved = resolved};
    words_each(context->state->words, text, add_word, &terms);
    if (!terms.started)
        return problem_violation(problem, "query.text", "there is no word in \"%s\"", text);
    if (terms.full) return out_of_memory(problem);
    resolved->term_count++;
    resolved->mask |= FACET_BIT(FACET_WORD) | FACET_BIT(FACET_STEM);
    return STATUS_OK;
}

/* --- resolving the range --- */

static void resolve_range(const Query *query, Resolved *resolved)
{
    Moment moment;
    resolved->has_range = query->from || query->to;
    resolved->range = (LocalRange){INT64_MIN, INT64_MAX};
    if (query->from && moment_parse(query->from, &moment))
        resolved->range.from_s = moment_local_s(&moment);
    /* `to` is inclusive: all of its day, or all of its second. */
    if (query->to && moment_parse(query->to, &moment))
        resolved->range.to_s = moment_local_s(&moment) + (moment.is_date ? SECONDS_PER_DAY : 1);
}

StatusCode query_resolve(const QueryContext *context, const Query *query, Resolved **resolved,
                         Problem *problem)
{
    Resolved *made = arena_alloc(context->arena, sizeof *made);
    if (!made) return out_of_memory(problem);
    made->order = PLENARY__V1__QUERY__ORDER__START;
    if (query) {
        size_t words = words_in(context, query->text);
        if (words > QUERY_WORDS_MAX)
            return problem_violation(problem, "query.text", "%zu words are over the limit of %d",
                                     words, QUERY_WORDS_MAX);
        made->terms = arena_array(context->arena, query->n_terms + words, sizeof *made->terms);
        if (!made->terms) return out_of_memory(problem);
        for (size_t i = 0; i < query->n_terms; i++) {
            StatusCode code = resolve_term(context, query->terms[i], made, problem);
            if (code != STATUS_OK) return code;
        }
        if (query->text && resolve_text(context, query->text, made, problem) != STATUS_OK)
            return problem->code;
        resolve_range(query, made);
        if (query->has_order && query->order != PLENARY__V1__QUERY__ORDER__ORDER_UNSPECIFIED)
            made->order = query->order;
        made->descending = query->descending;
    }
    *resolved = made;
    return STATUS_OK;
}

bool query_is_everything(const Resolved *resolved)
{
    return resolved->term_count == 0 && !resolved->has_range;
}

void query_hash(const QueryContext *context, const Resolved *resolved,
                uint8_t hash[static QUERY_VIEW_HASH_BYTES])
{
    crypto_generichash_state state;
    uint8_t rights[ACCESS_HASH_BYTES];
    access_hash(context->caller, rights);
    crypto_generichash_init(&state, NULL, 0, QUERY_VIEW_HASH_BYTES);
    crypto_generichash_update(&state, rights, sizeof rights);
    for (size_t i = 0; i < resolved->term_count; i++) {
        const ResolvedTerm *term = &resolved->terms[i];
        const uint8_t mark[] = {'t', term->negated};
        crypto_generichash_update(&state, mark, sizeof mark);
        for (size_t j = 0; j < term->count; j++)
            crypto_generichash_update(&state, (const unsigned char *)term->keys[j],
                                      strlen(term->keys[j]) + 1);
    }
    const int64_t range[] = {resolved->has_range, resolved->range.from_s, resolved->range.to_s};
    crypto_generichash_update(&state, (const unsigned char *)range, sizeof range);
    crypto_generichash_final(&state, hash, QUERY_VIEW_HASH_BYTES);
}

/* --- one image --- */

typedef struct Matching {
    const Resolved *resolved;
    bool *hit; /* for each term: has one of its keys been met? */
} Matching;

static bool has_key(const ResolvedTerm *term, const char *key, size_t length)
{
    for (size_t i = 0; i < term->count; i++)
        if (strncmp(term->keys[i], key, length) == 0 && term->keys[i][length] == '\0') return true;
    return false;
}

static void match_facet(void *context, Facet facet, const char *key, size_t length)
{
    (void)facet;
    Matching *matching = context;
    for (size_t i = 0; i < matching->resolved->term_count; i++)
        if (!matching->hit[i])
            matching->hit[i] = has_key(&matching->resolved->terms[i], key, length);
}

Moment query_clamp(int64_t local_s)
{
    const Moment first = {.year = MOMENT_YEAR_MIN, .month = 1, .day = 1};
    const Moment last = {
        .year = MOMENT_YEAR_MAX, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 59};
    if (local_s < moment_local_s(&first)) return first;
    if (local_s > moment_local_s(&last)) return last;
    return moment_from_local_s(local_s, false);
}

bool query_touches(const LocalRange *range, int64_t local_start_s, int64_t local_end_s)
{
    int64_t end_s = local_end_s > local_start_s ? local_end_s : local_start_s + 1;
    return end_s > range->from_s && local_start_s < range->to_s;
}

bool query_matches(const QueryContext *context, const Resolved *resolved, const Event *event)
{
    Span span;
    if (resolved->has_range &&
        (!event->schedule || !schedule_span(context->state->zones, event->schedule, &span) ||
         !query_touches(&resolved->range, span.local_start_s, span.local_end_s)))
        return false;
    if (resolved->term_count == 0) return true;
    Matching matching = {resolved, arena_array(context->arena, resolved->term_count, sizeof(bool))};
    if (!matching.hit) return false;
    facets_of_event(event, resolved->mask, context->state->words, context->state->zones,
                    context->arena, match_facet, &matching);
    for (size_t i = 0; i < resolved->term_count; i++)
        if (matching.hit[i] == resolved->terms[i].negated) return false;
    return true;
}
