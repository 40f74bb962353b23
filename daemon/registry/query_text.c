#include "daemon/registry/query_text.h"

#include "proto/asked.h"
#include "proto/text.h"

#include <assert.h>
#include <string.h>

enum {
    FOLDINGS_MAX = 2,       /* of one word */
    NAME_WORDS_MAX = 8,     /* of a name of several words */
    ORGANISATIONS_MAX = 16, /* that a name may mean */
};

static_assert((int)PHRASE_WORDS_MAX >= (int)QUERY_WORDS_MAX, "any question fits a phrase");
static_assert((int)TERM_BEGINNINGS_MAX >= FOLDINGS_MAX, "a word has a beginning in each folding");

typedef struct AskedWord {
    const char *foldings[FOLDINGS_MAX]; /* the second one may be NULL */
    const char *stem;                   /* may be NULL */
    bool begins;
} AskedWord;

/* Words in a row: those of one part, or of several that stand beside each other. */
typedef struct Row {
    size_t count;
    AskedWord words[QUERY_WORDS_MAX];
} Row;

typedef struct TextReader {
    const QueryContext *context;
    Resolved *resolved;
    Problem *problem;
    size_t word_count; /* of the whole text */
    Row row;
    size_t row_start; /* where the words of this part begin */
    bool full;        /* the arena is */
} TextReader;

static TermKeys begin_term(TextReader *reader, bool negated)
{
    ResolvedTerm *term = &reader->resolved->terms[reader->resolved->term_count++];
    *term = (ResolvedTerm){.negated = negated, .is_text = !negated};
    return (TermKeys){
        .words = reader->context->state->words, .arena = reader->context->arena, .term = term};
}

static void add_key(TextReader *reader, TermKeys *keys, Facet facet, const char *value)
{
    reader->resolved->mask |= FACET_BIT(facet);
    term_add_value(keys, facet, value);
    reader->full |= keys->full;
}

/* --- collecting words --- */

static void take_word(void *context, size_t position, const char *word, const char *stem)
{
    TextReader *reader = context;
    Row *row = &reader->row;
    Arena *arena = reader->context->arena;
    size_t place = reader->row_start + position;
    if (place >= QUERY_WORDS_MAX) {
        reader->word_count = QUERY_WORDS_MAX + 1;
        return;
    }
    char *copy = arena_strdup(arena, word);
    if (place < row->count) {
        row->words[place].foldings[1] = copy;
    } else {
        row->words[row->count++] =
            (AskedWord){.foldings = {copy}, .stem = arena_strdup(arena, stem)};
        reader->word_count++;
    }
    reader->full |= !copy;
}

/* Adds the part's words to the row. False: it has none. */
static bool take_part(TextReader *reader, const AskedPart *part)
{
    Arena *arena = reader->context->arena;
    const char *text = arena_strndup(arena, part->text, part->length);
    reader->full |= !text;
    if (!text) return false;
    Row *row = &reader->row;
    reader->row_start = row->count;
    words_each(reader->context->state->words, text, take_word, reader);
    if (row->count == reader->row_start) return false;
    row->words[row->count - 1].begins = part->begins;
    return true;
}

/* --- words as keys --- */

static void add_foldings(TextReader *reader, TermKeys *keys, const AskedWord *word)
{
    for (size_t i = 0; i < FOLDINGS_MAX && word->foldings[i]; i++)
        add_key(reader, keys, FACET_WORD, word->foldings[i]);
}

/* The foldings are the term's first keys. */
static void add_beginnings(ResolvedTerm *term)
{
    for (size_t i = 0; i < term->exact_count && i < TERM_BEGINNINGS_MAX; i++)
        term->beginnings[term->beginning_count++] = term->keys[i];
}

/* By itself, by its beginning where that is asked, and by its stem. A word that is a term's only
 * one is what was asked for itself; those of other names that follow are not. */
static void add_word(TextReader *reader, TermKeys *keys, const AskedWord *word)
{
    bool is_first = keys->term->count == 0 && keys->term->way_count == 0;
    add_foldings(reader, keys, word);
    if (is_first) keys->term->exact_count = keys->term->count;
    if (word->begins) add_beginnings(keys->term);
    if (word->stem) add_key(reader, keys, FACET_STEM, word->stem);
}

/* All of the words, as one of the ways that the term can hold. */
static void add_way(TextReader *reader, TermKeys *keys, const AskedWord *words, size_t count)
{
    Way *way = term_add_way(keys, count);
    reader->full |= keys->full;
    for (size_t i = 0; way && i < count; i++) {
        TermKeys inner = {.words = keys->words, .arena = keys->arena, .term = &way->words[i]};
        add_word(reader, &inner, &words[i]);
    }
}

static void add_words(TextReader *reader, TermKeys *keys, const AskedWord *words, size_t count)
{
    if (count == 1)
        add_word(reader, keys, words);
    else
        add_way(reader, keys, words, count);
}

/* --- names: of places by aliases, of organisations by the directory --- */

/* Another name of what the words name. */
typedef struct NameReader {
    TextReader *reader;
    TermKeys *keys;
} NameReader;

static void add_name(NameReader *names, const char *name)
{
    TextReader reader = {.context = names->reader->context, .resolved = names->reader->resolved};
    words_each(reader.context->state->words, name, take_word, &reader);
    names->reader->full |= reader.full;
    if (reader.row.count > 0 && reader.word_count <= QUERY_WORDS_MAX)
        add_words(names->reader, names->keys, reader.row.words, reader.row.count);
}

static void add_organisation_name(void *context, const char *folded)
{
    add_name(context, folded);
}

/* False: no organisation goes by that name. */
static bool add_organisations(NameReader *names, const char *name)
{
    const QueryContext *context = names->reader->context;
    const Directory *directory = context->state->directory;
    const char *ids[DIRECTORY_MATCHES_MAX];
    size_t count = directory_resolve(directory, name, false, context->arena, ids);
    for (size_t i = 0; i < count && i < ORGANISATIONS_MAX; i++) {
        add_key(names->reader, names->keys, FACET_ORG, ids[i]);
        directory_names(directory, directory_find(directory, ids[i])->organisation, context->arena,
                        add_organisation_name, names);
    }
    return count > 0;
}

static bool add_places(NameReader *names, const char *name)
{
    const State *state = names->reader->context->state;
    const char *const *others = NULL;
    size_t count = state->aliases ? aliases_find(state->aliases, name, &others) : 0;
    for (size_t i = 0; i < count; i++)
        add_name(names, others[i]);
    return count > 0;
}

/* The words as one name, by themselves or by their stems. NULL: the arena is full. */
static const char *join_words(TextReader *reader, const AskedWord *words, size_t count, bool stems)
{
    const char *name = "";
    for (size_t i = 0; i < count && name; i++)
        name = arena_printf(reader->context->arena, "%s%s%s", name, i ? " " : "",
                            stems && words[i].stem ? words[i].stem : words[i].foldings[0]);
    reader->full |= !name;
    return name;
}

/* Adds what else the words may be called. False: nothing. */
static bool add_names(TextReader *reader, TermKeys *keys, const AskedWord *words, size_t count)
{
    NameReader names = {.reader = reader, .keys = keys};
    const char *name = join_words(reader, words, count, false);
    if (!name) return false;
    bool found = add_organisations(&names, name);
    if (add_places(&names, name)) return true;
    const char *stems = join_words(reader, words, count, true);
    return (stems && add_places(&names, stems)) || found;
}

/* --- parts --- */

/* A name of several words, the longest that there is at the front, is one term; so is a word. */
static size_t add_front(TextReader *reader, const AskedWord *words, size_t count)
{
    size_t length = count < NAME_WORDS_MAX ? count : NAME_WORDS_MAX;
    for (; length > 1; length--) {
        TermKeys keys = begin_term(reader, false);
        if (add_names(reader, &keys, words, length)) {
            add_way(reader, &keys, words, length);
            keys.term->exact_count = 0; /* no single word is what was asked for */
            return length;
        }
        reader->resolved->term_count--;
    }
    TermKeys keys = begin_term(reader, false);
    add_word(reader, &keys, words);
    (void)add_names(reader, &keys, words, 1);
    return 1;
}

static void end_row(TextReader *reader)
{
    Row *row = &reader->row;
    size_t taken = 0;
    while (taken < row->count)
        taken += add_front(reader, row->words + taken, row->count - taken);
    row->count = 0;
}

/* Does the last term, which is filled and excludes, say what an earlier one says? What a word means
 * besides follows from the word. */
static bool says_nothing_new(const Resolved *resolved)
{
    const ResolvedTerm *last = &resolved->terms[resolved->term_count - 1];
    for (const ResolvedTerm *term = resolved->terms; term < last; term++)
        if (term->negated == last->negated && term->is_text == last->is_text && term->count > 0 &&
            last->count > 0 && strcmp(term->keys[0], last->keys[0]) == 0 &&
            term->count >= last->count && term->exact_count == last->exact_count &&
            term->beginning_count == last->beginning_count)
            return true;
    return false;
}

/* What is excluded has all of the part's words. */
static void exclude(TextReader *reader)
{
    Row *row = &reader->row;
    TermKeys keys = begin_term(reader, true);
    add_words(reader, &keys, row->words, row->count);
    if (row->count == 1 && says_nothing_new(reader->resolved))
        reader->resolved->term_count--;
    else
        (void)add_names(reader, &keys, row->words, row->count);
    row->count = 0;
}

/* A phrase of one word is a word without its stem. Of more, all must be there, in this order. */
static void end_phrase(TextReader *reader, bool negated)
{
    Row *row = &reader->row;
    Resolved *resolved = reader->resolved;
    ResolvedTerm *words = arena_array(reader->context->arena, row->count, sizeof *words);
    reader->full |= !words;
    for (size_t i = 0; words && i < row->count; i++) {
        TermKeys keys = {.words = reader->context->state->words,
                         .arena = reader->context->arena,
                         .term = &words[i]};
        add_foldings(reader, &keys, &row->words[i]);
        words[i].exact_count = words[i].count;
        words[i].is_text = !negated;
        words[i].negated = negated;
        if (!negated || row->count == 1) resolved->terms[resolved->term_count++] = words[i];
    }
    if (row->count > 1) {
        const Phrase phrase = {negated, row->count, words};
        resolved->phrases[resolved->phrase_count++] = phrase;
    }
    row->count = 0;
}

static StatusCode refuse(TextReader *reader, const AskedPart *part)
{
    const char *text = arena_strndup(reader->context->arena, part->text, part->length);
    return problem_violation(reader->problem, "query.text", "there is no word in %s",
                             text_quote(text ? text : "").text);
}

/* Signs alone ("+", "–") are passed over where they stand between words. */
static StatusCode read_part(TextReader *reader, const AskedPart *part)
{
    bool apart = part->exact || part->negated;
    if (apart) end_row(reader);
    bool has_words = take_part(reader, part);
    if (reader->word_count > QUERY_WORDS_MAX)
        return problem_violation(reader->problem, "query.text", "more than %d words are asked for",
                                 QUERY_WORDS_MAX);
    if (apart && !has_words) return refuse(reader, part);
    if (part->exact && reader->row.count > 1 && reader->resolved->phrase_count == PHRASES_MAX)
        return problem_violation(reader->problem, "query.text",
                                 "more than %d phrases in quotation marks are asked for",
                                 PHRASES_MAX);
    if (part->exact)
        end_phrase(reader, part->negated);
    else if (part->negated)
        exclude(reader);
    return STATUS_OK;
}

static bool wants_something(const Resolved *resolved)
{
    for (size_t i = 0; i < resolved->term_count; i++)
        if (resolved->terms[i].is_text) return true;
    return false;
}

StatusCode query_resolve_text(const QueryContext *context, const char *text, Resolved *resolved,
                              Problem *problem)
{
    Asked asked;
    char why[PROBLEM_MESSAGE_SIZE];
    if (!asked_parse(text, &asked, why)) return problem_violation(problem, "query.text", "%s", why);
    TextReader *reader = arena_alloc(context->arena, sizeof *reader);
    resolved->phrases = arena_array(context->arena, asked.count, sizeof *resolved->phrases);
    if (!reader || !resolved->phrases) goto full;
    *reader = (TextReader){.context = context, .resolved = resolved, .problem = problem};
    for (size_t i = 0; i < asked.count; i++) {
        StatusCode code = read_part(reader, &asked.parts[i]);
        if (code != STATUS_OK) return code;
    }
    end_row(reader);
    if (reader->full) goto full;
    if (!wants_something(resolved))
        return problem_violation(problem, "query.text", "there is no word in %s",
                                 text_quote(text).text);
    return STATUS_OK;
full:
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the query is too large");
}
