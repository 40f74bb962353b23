#include "proto/facets.h"

#include "proto/event_texts.h"
#include "proto/instances.h"
#include "proto/json.h"
#include "proto/keyset.h"
#include "proto/mark.h"

#include <assert.h>
#include <glib.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    HASH_BYTES = 16,
    MONTHS_PER_YEAR = 12,
    VALUE_SIZE = 32, /* of a month or a year */
};

static const FacetInfo infos[FACET_COUNT] = {
#define FACET_ROW(id, name, form, use, help) {name, FACET_##form, FACET_##use, help},
    FACET_TABLE(FACET_ROW)
#undef FACET_ROW
};

const FacetInfo *facet_info(Facet facet)
{
    assert(facet < FACET_COUNT);
    return &infos[facet];
}

bool facet_find(const char *name, Facet *facet)
{
    for (int i = 0; i < FACET_COUNT; i++) {
        if (strcmp(infos[i].name, name) != 0) continue;
        *facet = (Facet)i;
        return true;
    }
    return false;
}

/* --- keys --- */

/* "name=#" and the hash of a value that is too long. */
static size_t print_hashed(char *key, size_t prefix, const char *value, size_t length)
{
    unsigned char hash[HASH_BYTES];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)value, length, NULL, 0);
    key[prefix] = '#';
    sodium_bin2hex(key + prefix + 1, 2 * HASH_BYTES + 1, hash, sizeof hash);
    return prefix + 1 + 2 * HASH_BYTES;
}

/* Writes "name=value" for a value that is folded already; gives its length. */
static size_t print_key(char key[static FACET_KEY_MAX + 1], Facet facet, const char *value,
                        size_t length)
{
    size_t prefix = strlen(infos[facet].name);
    memcpy(key, infos[facet].name, prefix);
    key[prefix++] = '=';
    if (prefix + length > FACET_KEY_MAX) return print_hashed(key, prefix, value, length);
    memcpy(key + prefix, value, length);
    key[prefix + length] = '\0';
    return prefix + length;
}

/* Names of enumerators are in lower case, codes of countries in upper case; ids and groups are as
 * they are. In the arena. */
static const char *code_of(Facet facet, const char *value, Arena *arena)
{
    FacetMask lower = FACET_BIT(FACET_KIND) | FACET_BIT(FACET_STATUS) | FACET_BIT(FACET_FORMAT) |
                      FACET_BIT(FACET_TLP);
    char *code = arena_strdup(arena, value);
    for (char *at = code; at && *at; at++) {
        if (lower & FACET_BIT(facet)) *at = g_ascii_tolower(*at);
        if (facet == FACET_COUNTRY) *at = g_ascii_toupper(*at);
    }
    return code;
}

static const char *key_in(Arena *arena, Facet facet, const char *value)
{
    char key[FACET_KEY_MAX + 1];
    if (!value) return NULL;
    size_t length = print_key(key, facet, value, strlen(value));
    return arena_strndup(arena, key, length);
}

const char *facet_key(Facet facet, const char *value, Words *words, Arena *arena)
{
    if (facet == FACET_ALL) return arena_strdup(arena, infos[facet].name);
    bool is_code = infos[facet].form == FACET_CODE;
    return key_in(arena, facet,
                  is_code ? code_of(facet, value, arena) : words_fold(words, value, arena));
}

const char *facet_key_other(Facet facet, const char *value, Words *words, Arena *arena)
{
    bool is_code = infos[facet].form == FACET_CODE;
    return is_code ? NULL : key_in(arena, facet, words_fold_other(words, value, arena));
}

/* --- an event's --- */

typedef struct Emission {
    FacetMask mask;
    Words *words;
    Zones *zones;
    Arena *arena;
    facet_fn *each;
    void *context;
    Keyset given;      /* each key is given once */
    TextWeight weight; /* of the text whose words are given */
} Emission;

static bool wants(const Emission *emission, Facet facet)
{
    return (emission->mask & FACET_BIT(facet)) != 0;
}

/* A value as it is. */
static void emit(Emission *emission, Facet facet, const char *value)
{
    char key[FACET_KEY_MAX + 1];
    if (!value || !*value || !wants(emission, facet)) return;
    size_t length = print_key(key, facet, value, strlen(value));
    if (keyset_add(&emission->given, key, length, emission->arena))
        emission->each(emission->context, facet, key, length);
}

static void emit_folded(Emission *emission, Facet facet, const char *value)
{
    if (!value || !wants(emission, facet)) return;
    emit(emission, facet, words_fold(emission->words, value, emission->arena));
    emit(emission, facet, words_fold_other(emission->words, value, emission->arena));
}

/* The name of an enumerator; an absent or unspecified one (0) is `otherwise`, or none. */
static void emit_enum(Emission *emission, Facet facet, const ProtobufCEnumDescriptor *descriptor,
                      int value, int otherwise)
{
    int known = value ? value : otherwise;
    if (known) emit(emission, facet, json_enum_name(descriptor, known));
}

/* Under either folding of the name, as two spellings of one place meet by it. */
static void emit_venue(Emission *emission, const Venue *venue)
{
    if (!wants(emission, FACET_VENUE) || !venue->name) return;
    const char *room = words_fold(emission->words, venue->room ? venue->room : "", emission->arena);
    const char *names[] = {words_fold(emission->words, venue->name, emission->arena),
                           words_fold_other(emission->words, venue->name, emission->arena)};
    for (size_t i = 0; room && i < sizeof names / sizeof *names; i++)
        if (names[i] && *names[i])
            emit(emission, FACET_VENUE, arena_printf(emission->arena, "%s / %s", names[i], room));
}

static void emit_codes(Emission *emission, const Event *event)
{
    if (wants(emission, FACET_ALL))
        emission->each(emission->context, FACET_ALL, infos[FACET_ALL].name,
                       strlen(infos[FACET_ALL].name));
    emit_enum(emission, FACET_KIND, &plenary__v1__event__kind__descriptor,
              event->has_kind ? (int)event->kind : 0, 0);
    emit_enum(emission, FACET_STATUS, &plenary__v1__event__status__descriptor,
              event->has_status ? (int)event->status : 0, PLENARY__V1__EVENT__STATUS__CONFIRMED);
    emit_enum(emission, FACET_FORMAT, &plenary__v1__event__format__descriptor,
              event->has_format ? (int)event->format : 0, 0);
    if (event->recurrence) emit(emission, FACET_RECURRING, "true");
    emit_folded(emission, FACET_CATEGORY, event->category);
    emit_folded(emission, FACET_SERIES, event->series);
    if (!event->venue) return;
    if (event->venue->country)
        emit(emission, FACET_COUNTRY,
             code_of(FACET_COUNTRY, event->venue->country, emission->arena));
    emit_folded(emission, FACET_CITY, event->venue->city);
    emit_venue(emission, event->venue);
}

static void emit_handling(Emission *emission, const Handling *handling)
{
    emit_enum(emission, FACET_TLP, &plenary__v1__handling__tlp__descriptor,
              handling && handling->has_tlp ? (int)handling->tlp : 0,
              PLENARY__V1__HANDLING__TLP__GREEN);
    for (size_t i = 0; handling && i < handling->n_audience; i++)
        emit(emission, FACET_AUDIENCE, handling->audience[i]);
    if (!handling || handling->n_audience == 0) emit(emission, FACET_AUDIENCE, "*");
}

/* The roles' facets stand in the table in the order of the enum. */
static Facet facet_of_role(const Involvement *part)
{
    static_assert(FACET_ORG_OBSERVER - FACET_ORG == PLENARY__V1__INVOLVEMENT__ROLE__OBSERVER,
                  "a facet for each role");
    int role = part->has_role ? (int)part->role : 0;
    bool is_known = role > 0 && role <= PLENARY__V1__INVOLVEMENT__ROLE__OBSERVER;
    return is_known ? (Facet)((int)FACET_ORG + role) : FACET_ORG;
}

static void emit_people(Emission *emission, const Event *event)
{
    for (size_t i = 0; i < event->n_organisations; i++) {
        const Involvement *part = event->organisations[i];
        const char *name = part->id ? part->id : part->name;
        emit_folded(emission, FACET_ORG, name);
        if (facet_of_role(part) != FACET_ORG) emit_folded(emission, facet_of_role(part), name);
    }
    for (size_t i = 0; i < event->n_participants; i++) {
        const Participant *person = event->participants[i];
        emit_folded(emission, FACET_PERSON, person->name);
        if (person->role == PLENARY__V1__PARTICIPANT__ROLE__HEAD_OF_DELEGATION)
            emit_folded(emission, FACET_HEAD, person->organisation);
    }
    for (size_t i = 0; i < event->n_topics; i++)
        emit_folded(emission, FACET_TOPIC, event->topics[i]);
}

static void emit_references(Emission *emission, const Event *event)
{
    emit(emission, FACET_PART_OF, event->part_of);
    emit(emission, FACET_REFERS, event->part_of);
    emit(emission, FACET_REFERS, event->follows);
    for (size_t i = 0; i < event->n_related; i++)
        emit(emission, FACET_REFERS, event->related[i]);
    for (size_t i = 0; i < event->n_outcomes; i++)
        emit(emission, FACET_REFERS, event->outcomes[i]->closed_by);
}

/* --- time --- */

static void emit_month(Emission *emission, Facet facet, int32_t month_count)
{
    char value[VALUE_SIZE];
    (void)snprintf(value, sizeof value, "%04d-%02d", month_count / MONTHS_PER_YEAR,
                   month_count % MONTHS_PER_YEAR + 1);
    emit(emission, facet, value);
}

static int32_t month_count_of(const Moment *moment)
{
    return moment->year * MONTHS_PER_YEAR + moment->month - 1;
}

static int32_t month_count_at(int64_t local_s)
{
    Moment moment = moment_from_local_s(local_s, true);
    return month_count_of(&moment);
}

/* The last month in which instances of a series are told. */
static int32_t last_month_told(const Series *series)
{
    int64_t first_s;
    int64_t last_s;
    series_bounds(series, &first_s, &last_s);
    int32_t last = month_count_at(first_s) + FACET_LONG_YEARS * MONTHS_PER_YEAR;
    int32_t most = MOMENT_YEAR_MAX * MONTHS_PER_YEAR + MONTHS_PER_YEAR - 1;
    return last < most ? last : most;
}

int64_t facets_series_told_until_s(const Series *series)
{
    return moment_month_begins_s(last_month_told(series) + 1);
}

/* Each month once, in the order of time: from one that is touched the walk goes to the next. */
static void emit_instances(Emission *emission, const Event *event)
{
    const Series *series = wants(emission, FACET_MONTH)
                               ? series_compile(event, emission->zones, emission->arena)
                               : NULL;
    int32_t last_told = series ? last_month_told(series) : 0;
    InstanceWalk walk = {.is_replaced = NULL};
    Instance instance;
    for (int32_t month = last_told - FACET_LONG_YEARS * MONTHS_PER_YEAR;
         series && month <= last_told;) {
        instances_seek(&walk, series, moment_month_begins_s(month));
        if (!instances_next(&walk, &instance)) return;
        bool has_length = instance.local_end_s > instance.local_start_s;
        int32_t first = month_count_at(instance.local_start_s);
        int32_t last = month_count_at(instance.local_end_s - has_length);
        for (month = first > month ? first : month; month < last && month < last_told; month++)
            emit_month(emission, FACET_MONTH, month);
        if (month <= last_told) emit_month(emission, FACET_MONTH, month);
        month++;
    }
}

static void emit_time(Emission *emission, const Event *event)
{
    Span span;
    FacetMask mask = FACET_BIT(FACET_MONTH) | FACET_BIT(FACET_BEGINS) | FACET_BIT(FACET_YEAR);
    if (!(emission->mask & mask)) return;
    if (!event->schedule || !schedule_span(emission->zones, event->schedule, &span)) return;
    int64_t last_s =
        span.local_end_s > span.local_start_s ? span.local_end_s - 1 : span.local_start_s;
    Moment first = moment_from_local_s(span.local_start_s, true);
    Moment last = moment_from_local_s(last_s, true);
    emit_month(emission, FACET_BEGINS, month_count_of(&first));
    if (event->recurrence) {
        emit_instances(emission, event);
        return;
    }
    if (month_count_of(&last) - month_count_of(&first) <= FACET_LONG_YEARS * MONTHS_PER_YEAR) {
        for (int32_t month = month_count_of(&first); month <= month_count_of(&last); month++)
            emit_month(emission, FACET_MONTH, month);
        return;
    }
    for (int32_t year = first.year; year <= last.year; year++) {
        char value[VALUE_SIZE];
        (void)snprintf(value, sizeof value, "%04d", year);
        emit(emission, FACET_YEAR, value);
    }
}

/* --- words --- */

/* Titles come first, then names, then the rest: a word is marked with the first place it stands. */
static void emit_marked(Emission *emission, Facet facet, const char *value)
{
    static_assert((int)sizeof "word=" + (int)WORDS_FOLDED_MAX + (int)MARK_BYTES_MAX <=
                      FACET_KEY_MAX,
                  "a word has room for its mark");
    char key[FACET_KEY_MAX + 1];
    if (!wants(emission, facet)) return;
    size_t length = print_key(key, facet, value, strlen(value));
    if (keyset_add(&emission->given, key, length, emission->arena))
        emission->each(emission->context, facet, key, mark_put(key, length, emission->weight));
}

static void emit_word(void *context, size_t position, const char *word, const char *stem)
{
    (void)position;
    Emission *emission = context;
    emit_marked(emission, FACET_WORD, word);
    if (stem && strcmp(stem, word) != 0) emit_marked(emission, FACET_STEM, stem);
}

static void emit_text(void *context, TextWeight weight, const char *text)
{
    Emission *emission = context;
    emission->weight = weight;
    words_each_new(emission->words, text, emit_word, emission);
}

static void emit_words(Emission *emission, const Event *event)
{
    if (!(emission->mask & (FACET_BIT(FACET_WORD) | FACET_BIT(FACET_STEM)))) return;
    words_begin(emission->words);
    event_texts(event, emit_text, emission);
}

void facets_of_event(const Event *event, FacetMask mask, Words *words, Zones *zones, Arena *arena,
                     facet_fn *each, void *context)
{
    Emission emission = {mask, words, zones, arena, each, context, {0}, TEXT_REST};
    emit_codes(&emission, event);
    emit_handling(&emission, event->handling);
    emit_people(&emission, event);
    emit_references(&emission, event);
    emit_time(&emission, event);
    emit_words(&emission, event);
}
