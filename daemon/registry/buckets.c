#include "daemon/registry/buckets.h"

#include "daemon/registry/calendar.h"
#include "daemon/registry/page.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    TOKEN_FACET_BYTE = QUERY_VIEW_HASH_BYTES,
    TOKEN_VALUE_BYTE = TOKEN_FACET_BYTE + 1,
    YEAR_COST = 3,     /* of an event, as its months are put together */
    TOKEN_MARK = 0x80, /* no token of a list of events has it there */
};

typedef struct Counting {
    const BucketQuestion *question;
    bool sees_all;
    bool whole; /* the set is every event */
    size_t limit;
    size_t keys;     /* looked at */
    uint64_t events; /* in them */
    BucketPage *page;
    bool failed; /* the arena is full */
} Counting;

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "there are too many values");
}

static Arena *arena_of(const Counting *self)
{
    return self->question->context->arena;
}

/* --- tokens: hash of the query, facet, value to go on with --- */

static void write_token(Counting *self, const char *value)
{
    size_t length = strlen(value);
    uint8_t *bytes = arena_alloc(arena_of(self), TOKEN_VALUE_BYTE + length + 1);
    self->failed |= !bytes;
    if (!bytes) return;
    query_hash(self->question->context, self->question->resolved, bytes);
    bytes[TOKEN_FACET_BYTE] = (uint8_t)(TOKEN_MARK | (int)self->question->facet);
    memcpy(bytes + TOKEN_VALUE_BYTE, value, length + 1);
    self->page->next = (ProtobufCBinaryData){TOKEN_VALUE_BYTE + length, bytes};
}

/* NULL: it is none of this question's. */
static const char *read_token(const Counting *self, const ProtobufCBinaryData *token)
{
    uint8_t hash[QUERY_VIEW_HASH_BYTES];
    query_hash(self->question->context, self->question->resolved, hash);
    if (token->len <= TOKEN_VALUE_BYTE || token->len > TOKEN_VALUE_BYTE + FACET_KEY_MAX ||
        memcmp(token->data, hash, sizeof hash) != 0 ||
        token->data[TOKEN_FACET_BYTE] != (TOKEN_MARK | (int)self->question->facet))
        return NULL;
    const char *value = (const char *)token->data + TOKEN_VALUE_BYTE;
    size_t length = token->len - TOKEN_VALUE_BYTE;
    return memchr(value, '\0', length) ? NULL : arena_strndup(arena_of(self), value, length);
}

/* --- one bucket --- */

static bool is_over(const Counting *self)
{
    return self->page->count == self->limit || self->keys > BUCKETS_KEYS_MAX ||
           self->events > BUCKETS_EVENTS_MAX;
}

/* At `place` in the walk. False: the page ends before this one. */
static bool add_bucket(Counting *self, const char *place, const char *value, uint64_t count)
{
    bool over = is_over(self) && self->page->count > 0;
    if (over) write_token(self, place);
    if (over || self->failed) return false;
    Plenary__V1__Bucket *bucket = arena_alloc(arena_of(self), sizeof *bucket);
    if (bucket) {
        plenary__v1__bucket__init(bucket);
        bucket->value = arena_strdup(arena_of(self), value);
        bucket->has_count = 1;
        bucket->count = count;
    }
    self->failed = !bucket || !bucket->value;
    if (!self->failed) self->page->buckets[self->page->count++] = bucket;
    return !self->failed;
}

static uint64_t size_of(const Counting *self, const roaring_bitmap_t *events)
{
    return self->whole ? roaring_bitmap_get_cardinality(events)
                       : roaring_bitmap_and_cardinality(self->question->set, events);
}

/* --- organisations --- */

typedef struct OrganisationKeys {
    Counting *counting;
    const char *key; /* that is looked at now */
    bool is_first;   /* no other one before it holds an event */
    roaring_bitmap_t *events;
} OrganisationKeys;

static void add_organisation_name(void *context, const char *value)
{
    OrganisationKeys *keys = context;
    const QueryContext *query = keys->counting->question->context;
    const char *key =
        facet_key(keys->counting->question->facet, value, query->state->words, query->arena);
    if (!key || strcmp(key, keys->key) == 0) return;
    roaring_bitmap_t *events = views_facet(query->state->views, key, strlen(key));
    if (strcmp(key, keys->key) < 0 && !roaring_bitmap_is_empty(events)) keys->is_first = false;
    roaring_bitmap_or_inplace(keys->events, events);
    roaring_bitmap_free(events);
}

/* The id of the one organisation that is called so; NULL: none is, or several are. */
static const char *organisation_called(const Counting *self, const char *value)
{
    const Directory *directory = self->question->context->state->directory;
    const char *ids[DIRECTORY_MATCHES_MAX];
    if (directory_find(directory, value)) return value;
    size_t count = directory_resolve(directory, value, false, arena_of(self), ids);
    return count == 1 ? ids[0] : NULL;
}

/* Adds to `events` those of all other names. NULL: the organisation is counted at another key. */
static const char *gather_organisation(Counting *self, const char *key, const char *value,
                                       roaring_bitmap_t *events)
{
    const Directory *directory = self->question->context->state->directory;
    const char *id = organisation_called(self, value);
    if (!id || roaring_bitmap_is_empty(events)) return value;
    OrganisationKeys keys = {self, key, true, events};
    add_organisation_name(&keys, id);
    directory_names(directory, directory_find(directory, id)->organisation, arena_of(self),
                    add_organisation_name, &keys);
    return keys.is_first ? id : NULL;
}

/* --- facets --- */

static bool take_key(void *context, const char *facet, size_t length)
{
    Counting *self = context;
    const QueryContext *query = self->question->context;
    size_t name = strlen(facet_info(self->question->facet)->name) + 1;
    const char *key = arena_strndup(query->arena, facet, length);
    self->failed |= !key;
    if (self->failed) return false;
    if (self->sees_all && is_over(self)) {
        write_token(self, key + name);
        return false;
    }
    roaring_bitmap_t *events = views_facet(query->state->views, facet, length);
    const char *value = key + name;
    if (FACETS_OF_ORG & FACET_BIT(self->question->facet))
        value = gather_organisation(self, key, value, events);
    uint64_t count = value ? size_of(self, events) : 0;
    self->keys++;
    self->events += roaring_bitmap_get_cardinality(events);
    roaring_bitmap_free(events);
    /* An organisation's bucket may stand at another one of its names. */
    return count == 0 || add_bucket(self, key + name, value, count);
}

static void walk_facet(Counting *self, const char *value)
{
    const char *name = facet_info(self->question->facet)->name;
    const char *prefix = arena_printf(arena_of(self), "%s=", name);
    const char *first = arena_printf(arena_of(self), "%s=%s", name, value ? value : "");
    self->failed |= !prefix || !first;
    if (!self->failed)
        views_facet_names(self->question->context->state->views, prefix, first, false, take_key,
                          self);
}

/* --- months and years --- */

/* False: the token's value is no month or year. */
static bool walk_calendar(Counting *self, const char *value)
{
    const CalendarConfig config = {.context = self->question->context,
                                   .resolved = self->question->resolved,
                                   .set = self->question->set,
                                   .whole = self->whole,
                                   .by_year = self->question->facet == FACET_YEAR};
    Calendar *calendar = calendar_open(&config);
    int32_t unit = 0;
    bool known = calendar && (!value || calendar_parse(calendar, value, &unit));
    self->failed |= !calendar;
    bool more = known;
    while (more && (unit = calendar_next(calendar, unit)) != CALENDAR_END) {
        char text[CALENDAR_TEXT_SIZE];
        calendar_print(calendar, unit, text);
        if (self->sees_all && is_over(self)) {
            write_token(self, text);
            break;
        }
        uint64_t events = 0;
        uint64_t count = calendar_count(calendar, unit++, &events);
        self->events += config.by_year ? events * YEAR_COST : events;
        self->keys++;
        if (count) more = add_bucket(self, text, text, count);
    }
    calendar_close(&calendar);
    return known || self->failed;
}

/* --- a page --- */

StatusCode buckets_answer(const BucketQuestion *question, BucketPage *page, Problem *problem)
{
    const Page *asked = question->page;
    bool sees_all = access_sees_all(question->context->caller);
    Counting self = {.question = question,
                     .sees_all = sees_all,
                     .whole = sees_all && query_is_everything(question->resolved),
                     .limit = page_limit(asked, BUCKETS_DEFAULT, BUCKETS_MAX),
                     .page = page};
    const FacetInfo *info = facet_info(question->facet);
    assert(FACETS_COUNTED & FACET_BIT(question->facet));
    if (info->use == FACET_GUARDED && !sees_all)
        return problem_set(problem, STATUS_PERMISSION_DENIED, "you may not count by %s",
                           info->name);
    *page = (BucketPage){
        .buckets = arena_array(question->context->arena, self.limit, sizeof *page->buckets)};
    if (!page->buckets) return out_of_memory(problem);

    const char *value = NULL;
    bool fits = true;
    if (asked && asked->has_token) {
        value = read_token(&self, &asked->token);
        fits = value != NULL;
    }
    bool by_time = question->facet == FACET_MONTH || question->facet == FACET_YEAR;
    if (fits && by_time)
        fits = walk_calendar(&self, value);
    else if (fits)
        walk_facet(&self, value);
    if (!fits) return problem_violation(problem, "page.token", "it is none of this question's");
    return self.failed ? out_of_memory(problem) : STATUS_OK;
}
