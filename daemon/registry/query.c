#include "daemon/registry/query.h"

#include "daemon/registry/query_text.h"
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

/* What fills a term that asks for a facet. */
typedef struct TermReader {
    const QueryContext *context;
    Facet facet;
    TermKeys keys;
} TermReader;

static void add_value(TermReader *reader, const char *value)
{
    term_add_value(&reader->keys, reader->facet, value);
}

/* A city is meant by every name that it goes by, with and without its hyphens. */
static void add_city(TermReader *reader, const char *name)
{
    const State *state = reader->context->state;
    Arena *arena = reader->context->arena;
    const char *key = aliases_key(name, state->words, arena);
    const char *const *names = NULL;
    size_t count = key && state->aliases ? aliases_find(state->aliases, key, &names) : 0;
    add_value(reader, name);
    for (size_t i = 0; i < count; i++) {
        const char *spaced = aliases_key(names[i], state->words, arena);
        add_value(reader, names[i]);
        if (spaced) add_value(reader, spaced);
    }
}

static void add_organisation_name(void *context, const char *folded)
{
    add_value(context, folded);
}

/* An organisation is meant with all its parts, under its id and under every name that an event
 * may give it. */
static void add_organisation(TermReader *reader, const char *name)
{
    const Directory *directory = reader->context->state->directory;
    const char *ids[DIRECTORY_MATCHES_MAX];
    size_t count = directory_resolve(directory, name, true, reader->context->arena, ids);
    add_value(reader, name);
    for (size_t i = 0; i < count && !reader->keys.broad; i++) {
        add_value(reader, ids[i]);
        directory_names(directory, directory_find(directory, ids[i])->organisation,
                        reader->context->arena, add_organisation_name, reader);
    }
}

/* The facet keeps ids; people give numbers, uids and prefixes. What the caller may not see has no
 * parts for them either: its id would tell which of the events that they see belong to it. */
static void add_event_reference(TermReader *reader, const char *name)
{
    Problem unused;
    Head head;
    uint32_t number;
    StatusCode code = state_find(reader->context->state, reader->context->caller, name,
                                 reader->context->arena, &number, &head, &unused);
    if (code == STATUS_OK) add_value(reader, arena_strdup(reader->context->arena, head.id));
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
    TermReader reader = {
        context, facet, {.words = context->state->words, .arena = context->arena, .term = out}};
    for (size_t i = 0; i < term->n_values && !reader.keys.broad; i++) {
        if (is_organisation_facet(facet))
            add_organisation(&reader, term->values[i]);
        else if (facet == FACET_CITY)
            add_city(&reader, term->values[i]);
        else if (facet == FACET_PART_OF)
            add_event_reference(&reader, term->values[i]);
        else
            add_value(&reader, term->values[i]);
    }
    if (reader.keys.full) return out_of_memory(problem);
    if (reader.keys.broad)
        return problem_violation(problem, "query.terms", "%s means more than %d names", term->facet,
                                 TERM_KEYS_MAX);
    resolved->mask |= FACET_BIT(facet);
    resolved->term_count++;
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

static void number_slots(Resolved *resolved)
{
    for (size_t i = 0; i < resolved->term_count; i++) {
        ResolvedTerm *term = &resolved->terms[i];
        term->slot = resolved->slot_count++;
        for (size_t j = 0; j < term->way_count; j++)
            for (size_t k = 0; k < term->ways[j].count; k++)
                term->ways[j].words[k].slot = resolved->slot_count++;
    }
}

StatusCode query_resolve(const QueryContext *context, const Query *query, Resolved **resolved,
                         Problem *problem)
{
    Resolved *made = arena_alloc(context->arena, sizeof *made);
    if (!made) return out_of_memory(problem);
    made->order = PLENARY__V1__QUERY__ORDER__START;
    if (query) {
        size_t words = query->text ? QUERY_WORDS_MAX : 0;
        made->terms = arena_array(context->arena, query->n_terms + words, sizeof *made->terms);
        if (!made->terms) return out_of_memory(problem);
        for (size_t i = 0; i < query->n_terms; i++) {
            StatusCode code = resolve_term(context, query->terms[i], made, problem);
            if (code != STATUS_OK) return code;
        }
        if (query->text && query_resolve_text(context, query->text, made, problem) != STATUS_OK)
            return problem->code;
        number_slots(made);
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
    return resolved->term_count == 0 && resolved->phrase_count == 0 && !resolved->has_range;
}

/* --- the hash --- */

static void hash_texts(crypto_generichash_state *state, char kind, const char *const *texts,
                       size_t count)
{
    const unsigned char mark = (unsigned char)kind;
    crypto_generichash_update(state, &mark, sizeof mark);
    for (size_t i = 0; i < count; i++)
        crypto_generichash_update(state, (const unsigned char *)texts[i], strlen(texts[i]) + 1);
}

static void hash_term(crypto_generichash_state *state, const ResolvedTerm *term)
{
    const uint8_t mark[] = {'t', term->negated};
    crypto_generichash_update(state, mark, sizeof mark);
    for (size_t i = 0; i < term->count; i++)
        crypto_generichash_update(state, (const unsigned char *)term->keys[i],
                                  strlen(term->keys[i]) + 1);
    if (term->beginning_count) hash_texts(state, 'b', term->beginnings, term->beginning_count);
    for (size_t i = 0; i < term->way_count; i++)
        for (size_t j = 0; j < term->ways[i].count; j++) {
            const ResolvedTerm *word = &term->ways[i].words[j];
            hash_texts(state, j ? 'a' : 'w', word->keys, word->count);
            if (word->beginning_count)
                hash_texts(state, 'b', word->beginnings, word->beginning_count);
        }
}

static void hash_phrase(crypto_generichash_state *state, const Phrase *phrase)
{
    const uint8_t mark[] = {'p', phrase->negated};
    crypto_generichash_update(state, mark, sizeof mark);
    for (size_t i = 0; i < phrase->count; i++)
        hash_texts(state, 'a', phrase->words[i].keys, phrase->words[i].count);
}

void query_hash(const QueryContext *context, const Resolved *resolved,
                uint8_t hash[static QUERY_VIEW_HASH_BYTES])
{
    crypto_generichash_state state;
    uint8_t rights[ACCESS_HASH_BYTES];
    access_hash(context->caller, rights);
    crypto_generichash_init(&state, NULL, 0, QUERY_VIEW_HASH_BYTES);
    crypto_generichash_update(&state, rights, sizeof rights);
    for (size_t i = 0; i < resolved->term_count; i++)
        hash_term(&state, &resolved->terms[i]);
    for (size_t i = 0; i < resolved->phrase_count; i++)
        hash_phrase(&state, &resolved->phrases[i]);
    const int64_t range[] = {resolved->has_range, resolved->range.from_s, resolved->range.to_s};
    crypto_generichash_update(&state, (const unsigned char *)range, sizeof range);
    crypto_generichash_final(&state, hash, QUERY_VIEW_HASH_BYTES);
}

/* --- one image --- */

typedef struct Matching {
    const Resolved *resolved;
    bool *hit; /* for each slot: has one of its keys been met? */
} Matching;

static void match_term(Matching *matching, const ResolvedTerm *term, const char *key, size_t length)
{
    if (!matching->hit[term->slot]) matching->hit[term->slot] = term_has_key(term, key, length);
    for (size_t i = 0; i < term->way_count; i++)
        for (size_t j = 0; j < term->ways[i].count; j++) {
            const ResolvedTerm *word = &term->ways[i].words[j];
            if (!matching->hit[word->slot])
                matching->hit[word->slot] = term_has_key(word, key, length);
        }
}

static void match_facet(void *context, Facet facet, const char *key, size_t length)
{
    (void)facet;
    Matching *matching = context;
    for (size_t i = 0; i < matching->resolved->term_count; i++)
        match_term(matching, &matching->resolved->terms[i], key, length);
}

static bool goes_way(const Matching *matching, const Way *way)
{
    for (size_t i = 0; i < way->count; i++)
        if (!matching->hit[way->words[i].slot]) return false;
    return true;
}

static bool is_met(const Matching *matching, const ResolvedTerm *term)
{
    bool met = matching->hit[term->slot];
    for (size_t i = 0; i < term->way_count && !met; i++)
        met = goes_way(matching, &term->ways[i]);
    return met;
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

static bool touches(const QueryContext *context, const LocalRange *range, const Event *event)
{
    Span span;
    if (!event->schedule || !schedule_span(context->state->zones, event->schedule, &span))
        return false;
    const Series *series =
        event->recurrence ? series_compile(event, context->state->zones, context->arena) : NULL;
    InstanceWalk walk = {.is_replaced = context->is_replaced, .context = context->replaced_context};
    return series ? instances_touch(&walk, series, range->from_s, range->to_s)
                  : query_touches(range, span.local_start_s, span.local_end_s);
}

bool query_matches(const QueryContext *context, const Resolved *resolved, const Event *event)
{
    if (resolved->has_range && !touches(context, &resolved->range, event)) return false;
    if (resolved->term_count == 0) return true;
    Matching matching = {resolved, arena_array(context->arena, resolved->slot_count, sizeof(bool))};
    if (!matching.hit) return false;
    facets_of_event(event, resolved->mask, context->state->words, context->state->zones,
                    context->arena, match_facet, &matching);
    for (size_t i = 0; i < resolved->term_count; i++)
        if (is_met(&matching, &resolved->terms[i]) == resolved->terms[i].negated) return false;
    return query_has_phrases(context, resolved, event);
}

bool query_has_phrases(const QueryContext *context, const Resolved *resolved, const Event *event)
{
    for (size_t i = 0; i < resolved->phrase_count; i++) {
        const Phrase *phrase = &resolved->phrases[i];
        if (phrase_is_in(phrase, event, context->state->words) == phrase->negated) return false;
    }
    return true;
}
