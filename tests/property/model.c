#include "tests/property/model.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Model *model_new(void)
{
    Model *self = calloc(1, sizeof *self);
    assert(self);
    for (size_t i = 0; i < MODEL_ORGANISATIONS; i++)
        self->parent[i] = -1;
    return self;
}

static void forget_image(ModelEvent *event)
{
    if (event->image) protobuf_c_message_free_unpacked(&event->image->base, NULL);
    event->image = NULL;
    model_instances_destroy(&event->instances);
}

void model_destroy(Model **self)
{
    if (!self || !*self) return;
    for (size_t i = 0; i < MODEL_EVENTS_MAX; i++)
        forget_image(&(*self)->events[i]);
    for (size_t i = 0; i < (*self)->image_count; i++)
        forget_image(&(*self)->images[i].event);
    free((*self)->images);
    free(*self);
    *self = NULL;
}

static Event *copy_of(const Event *image)
{
    size_t size = protobuf_c_message_get_packed_size(&image->base);
    uint8_t *packed = malloc(size + 1);
    assert(packed);
    protobuf_c_message_pack(&image->base, packed);
    Event *copy = (Event *)protobuf_c_message_unpack(image->base.descriptor, NULL, size, packed);
    assert(copy);
    free(packed);
    return copy;
}

static void keep_image(Model *self, const Event *image, uint64_t sequence, const char *time,
                       bool withdrawn)
{
    if (self->image_count == self->image_capacity) {
        self->image_capacity = self->image_capacity ? 2 * self->image_capacity : 256;
        self->images = realloc(self->images, self->image_capacity * sizeof *self->images);
        assert(self->images);
    }
    ModelImage *kept = &self->images[self->image_count++];
    *kept = (ModelImage){
        {copy_of(image), model_instances_new(image), withdrawn, sequence}, image->number, ""};
    (void)snprintf(kept->time, sizeof kept->time, "%s", time);
}

void model_put(Model *self, const Event *image, uint64_t sequence, const char *time, bool withdrawn)
{
    keep_image(self, image, sequence, time, withdrawn);
    assert(image->number < MODEL_EVENTS_MAX);
    ModelEvent *event = &self->events[image->number];
    event->withdrawn = withdrawn;
    event->sequence = sequence;
    if (sequence > self->sequence) self->sequence = sequence;
    if (image->number > self->last) self->last = image->number;
    if (withdrawn) return;
    forget_image(event);
    event->image = copy_of(image);
    event->instances = model_instances_new(image);
}

/* --- erasing --- */

/* Texts are of words with one space between. Gives what takes the text's place, or NULL. */
static char *replaced(const char *text, const char *name, const char *with)
{
    char out[256] = "";
    bool found = false;
    size_t length = strlen(name);
    for (const char *at = text; *at;) {
        bool here = (at == text || at[-1] == ' ') && strncmp(at, name, length) == 0 &&
                    (at[length] == ' ' || at[length] == '\0');
        assert(strlen(out) + strlen(with) + 2 < sizeof out);
        if (here)
            strcat(out, with);
        else
            strncat(out, at, 1);
        at += here ? length : 1;
        found |= here;
    }
    return found ? strdup(out) : NULL;
}

static void replace(char **text, const char *name, const char *with)
{
    char *made = *text ? replaced(*text, name, with) : NULL;
    if (!made) return;
    free(*text);
    *text = made;
}

static void erase_from(Event *event, const char *name, const char *text)
{
    size_t kept = 0;
    for (size_t i = 0; i < event->n_participants; i++) {
        Participant *person = event->participants[i];
        if (strcmp(person->name, name) == 0)
            plenary__v1__participant__free_unpacked(person, NULL);
        else
            event->participants[kept++] = person;
    }
    event->n_participants = kept;
    if (text) replace(&event->title, name, text);
    if (text) replace(&event->description, name, text);
}

void model_erase(Model *self, const char *name, const char *text)
{
    for (uint32_t i = 1; i <= self->last; i++)
        if (self->events[i].image) erase_from(self->events[i].image, name, text);
    for (size_t i = 0; i < self->image_count; i++)
        erase_from(self->images[i].event.image, name, text);
}

/* --- terms --- */

static const char *const kinds[] = {"", "meeting", "conference", "training", "webinar"};
static const char *const formats[] = {"", "in_person", "online", "hybrid"};
static const char *const statuses[] = {"",          "tentative", "confirmed",
                                       "postponed", "cancelled", "held"};
static const char *const roles[] = {"",        "organiser", "co_organiser", "host",
                                    "sponsor", "partner",   "participant",  "observer"};

/* Is organisation `id` the one that is asked for, or below it? */
static bool is_within(const Model *self, const char *id, const char *asked)
{
    for (int at = atoi(id + 1), depth = 0; depth < MODEL_ORGANISATIONS; depth++) {
        char name[8];
        (void)snprintf(name, sizeof name, "o%d", at);
        if (strcmp(name, asked) == 0) return true;
        if (self->parent[at] < 0) return false;
        at = self->parent[at];
    }
    return false;
}

static bool has_organisation(const Model *self, const Event *event, const char *role,
                             const char *asked)
{
    for (size_t i = 0; i < event->n_organisations; i++) {
        const Involvement *part = event->organisations[i];
        if (role && strcmp(roles[part->role], role) != 0) continue;
        if (is_within(self, part->id, asked)) return true;
    }
    return false;
}

static bool has_participant(const Event *event, const char *name)
{
    for (size_t i = 0; i < event->n_participants; i++)
        if (strcmp(event->participants[i]->name, name) == 0) return true;
    return false;
}

static bool has_value(const Model *self, const Event *event, const char *facet, const char *value)
{
    if (strcmp(facet, "kind") == 0) return strcmp(kinds[event->kind], value) == 0;
    if (strcmp(facet, "format") == 0)
        return event->has_format && strcmp(formats[event->format], value) == 0;
    if (strcmp(facet, "status") == 0) return strcmp(statuses[event->status], value) == 0;
    if (strcmp(facet, "country") == 0)
        return event->venue && strcmp(event->venue->country, value) == 0;
    if (strcmp(facet, "org") == 0) return has_organisation(self, event, NULL, value);
    if (strncmp(facet, "org.", 4) == 0) return has_organisation(self, event, facet + 4, value);
    if (strcmp(facet, "person") == 0) return has_participant(event, value);
    assert(strcmp(facet, "topic") == 0);
    for (size_t i = 0; i < event->n_topics; i++)
        if (strcmp(event->topics[i], value) == 0) return true;
    return false;
}

static bool has_term(const Model *self, const Event *event, const Term *term)
{
    bool any = false;
    for (size_t i = 0; i < term->n_values; i++)
        any |= has_value(self, event, term->facet, term->values[i]);
    return any != (term->negated != 0);
}

/* --- time, as text --- */

/* "2022-03-03" is midnight; of an end, midnight after it is said as "T24". */
static void print_end(const char *moment, bool is_end, char *out, size_t size)
{
    (void)snprintf(out, size, "%s%s", moment, strlen(moment) > 10 ? "" : is_end ? "T24" : "T00");
}

/* All events as they are, or once were; NULL where there is none. */
typedef const ModelEvent *const *World;

/* Has another event the place of the instance that starts then? */
static bool is_replaced(World world, uint32_t last, const Event *series, int64_t start_s)
{
    for (uint32_t i = 1; world && i <= last; i++) {
        const ModelEvent *other = world[i];
        if (!other || !other->image || other->withdrawn || !other->image->recurrence_id) continue;
        if (strcmp(other->image->uid, series->uid) == 0 &&
            model_seconds(other->image->recurrence_id) == start_s)
            return true;
    }
    return false;
}

static int64_t range_start(const char *from)
{
    return from ? model_seconds(from) : INT64_MIN;
}

static int64_t range_end(const char *to)
{
    return to ? model_seconds(to) + (strlen(to) > 10 ? 1 : 86400) : INT64_MAX;
}

/* Instance `index` of the series: does it touch what lies between? */
static bool instance_touches(const ModelEvent *event, size_t index, int64_t from_s, int64_t to_s)
{
    int64_t length_s = event->instances->length_s ? event->instances->length_s : 1;
    int64_t start_s = event->instances->starts[index];
    return start_s < to_s && start_s + length_s > from_s;
}

static bool series_touches(World world, uint32_t last, const ModelEvent *event, const Query *query)
{
    int64_t from_s = range_start(query->from);
    int64_t to_s = range_end(query->to);
    if (event->instances->is_endless && !query->to) return true;
    for (size_t i = 0; i < event->instances->count; i++)
        if (instance_touches(event, i, from_s, to_s) &&
            !is_replaced(world, last, event->image, event->instances->starts[i]))
            return true;
    return false;
}

static bool touches(const Event *event, const char *from, const char *to)
{
    char start[32], end[32], first[32], last[32];
    const char *until = event->schedule->end ? event->schedule->end : event->schedule->start;
    print_end(event->schedule->start, false, start, sizeof start);
    print_end(until, true, end, sizeof end);
    if (from) print_end(from, false, first, sizeof first);
    if (to) print_end(to, true, last, sizeof last);
    bool instant = strcmp(event->schedule->start, until) == 0 && strlen(until) > 10;
    if (from && (instant ? strcmp(end, first) < 0 : strcmp(end, first) <= 0)) return false;
    return !to || strcmp(start, last) <= 0;
}

/* --- text --- */

enum {
    TEXT_SIZE = 512,
    TEXTS_MAX = 8,
    TEXT_WORDS_MAX = 16,
};

/* One part of a question: a word, or several in quotation marks. */
typedef struct Part {
    char words[TEXT_WORDS_MAX][TEXT_SIZE / TEXT_WORDS_MAX];
    size_t count;
    bool exact;
    bool negated;
    bool begins;
} Part;

/* Of the words that the test writes with, these alone have another form: "bravos", "bravo". */
static void cut_plural(const char *word, char *out, size_t size)
{
    size_t length = strlen(word);
    (void)snprintf(out, size, "%.*s", (int)(length - (length > 0 && word[length - 1] == 's')),
                   word);
}

static bool same_stem(const char *left, const char *right)
{
    char a[TEXT_SIZE], b[TEXT_SIZE];
    cut_plural(left, a, sizeof a);
    cut_plural(right, b, sizeof b);
    return strcmp(a, b) == 0;
}

/* How well a word of a text is the one asked for: 2 itself, 1 its stem, 0 its beginning; -1 not. */
static int fit(const Part *part, const char *word)
{
    if (strcmp(word, part->words[0]) == 0) return 2;
    if (!part->exact && same_stem(word, part->words[0])) return 1;
    return part->begins && strncmp(word, part->words[0], strlen(part->words[0])) == 0 ? 0 : -1;
}

/* Of the title (6), a topic (3) or the description (0). */
static const char *text_of(const Event *event, size_t place, int *weight)
{
    *weight = place == 0 ? 6 : place <= event->n_topics ? 3 : 0;
    if (place == 0) return event->title;
    return place <= event->n_topics ? event->topics[place - 1] : event->description;
}

static size_t text_count(const Event *event)
{
    return 1 + event->n_topics + (event->description ? 1 : 0);
}

static size_t split(const char *text, char words[TEXT_WORDS_MAX][TEXT_SIZE / TEXT_WORDS_MAX])
{
    char copy[TEXT_SIZE];
    char *rest;
    size_t count = 0;
    (void)snprintf(copy, sizeof copy, "%s", text);
    for (char *at = strtok_r(copy, " ", &rest); at; at = strtok_r(NULL, " ", &rest))
        (void)snprintf(words[count++], sizeof *words, "%s", at);
    return count;
}

static bool has_phrase(const Event *event, const Part *part)
{
    int unused;
    for (size_t i = 0; i < text_count(event); i++) {
        char words[TEXT_WORDS_MAX][TEXT_SIZE / TEXT_WORDS_MAX];
        size_t count = split(text_of(event, i, &unused), words);
        for (size_t from = 0; from + part->count <= count; from++) {
            size_t same = 0;
            while (same < part->count && strcmp(words[from + same], part->words[same]) == 0)
                same++;
            if (same == part->count) return true;
        }
    }
    return false;
}

/* What the part's word `which` adds to the score; -1: it is not there. */
static int score_word(const Event *event, const Part *part, size_t which)
{
    Part single = *part;
    int best_weight = -1;
    int best_fit = -1;
    memcpy(single.words[0], part->words[which], sizeof *part->words);
    for (size_t i = 0; i < text_count(event); i++) {
        int weight;
        char words[TEXT_WORDS_MAX][TEXT_SIZE / TEXT_WORDS_MAX];
        size_t count = split(text_of(event, i, &weight), words);
        for (size_t j = 0; j < count; j++) {
            int here = fit(&single, words[j]);
            if (here > best_fit) best_fit = here;
            if (here >= 0 && weight > best_weight) best_weight = weight;
        }
    }
    return best_fit < 0 ? -1 : best_fit + best_weight;
}

static const char *read_part(const char *text, Part *part)
{
    char taken[TEXT_SIZE];
    memset(part, 0, sizeof *part);
    part->negated = *text == '-';
    if (part->negated) text++;
    part->exact = *text == '"';
    if (part->exact) text++;
    size_t length = strcspn(text, part->exact ? "\"" : " ");
    (void)snprintf(taken, sizeof taken, "%.*s", (int)length, text);
    text += length + (part->exact ? 1 : 0);
    part->begins = !part->exact && length > 0 && taken[length - 1] == '*';
    if (part->begins) taken[length - 1] = '\0';
    part->count = split(taken, part->words);
    return text + strspn(text, " ");
}

/* The score of an event that has what is asked for; -1: it has not. */
static int score(const Event *event, const char *text)
{
    int sum = 0;
    while (*text) {
        Part part;
        text = read_part(text, &part);
        int found = 0;
        bool there = part.count > 1 ? has_phrase(event, &part) : true;
        for (size_t i = 0; i < part.count; i++) {
            int one = score_word(event, &part, i);
            there &= one >= 0;
            found += one;
        }
        if (there == part.negated) return -1;
        if (!part.negated) sum += found;
    }
    return sum;
}

static bool matches_in(const Model *self, World world, const ModelEvent *event, const Query *query)
{
    if (!event->image || event->withdrawn) return false;
    for (size_t i = 0; i < query->n_terms; i++)
        if (!has_term(self, event->image, query->terms[i])) return false;
    if (query->text && score(event->image, query->text) < 0) return false;
    if (!query->from && !query->to) return true;
    return event->image->recurrence ? series_touches(world, self->last, event, query)
                                    : touches(event->image, query->from, query->to);
}

/* Lent until the next one. */
static World present(const Model *self)
{
    static const ModelEvent *events[MODEL_EVENTS_MAX];
    for (uint32_t number = 1; number <= self->last; number++)
        events[number] = &self->events[number];
    return events;
}

bool model_matches(const Model *self, const ModelEvent *event, const Query *query)
{
    return matches_in(self, present(self), event, query);
}

bool model_hears(const Model *self, const ModelEvent *event, const Query *query)
{
    return matches_in(self, NULL, event, query);
}

/* --- order --- */

typedef struct Row {
    char key[32];
    uint32_t number;
} Row;

static int compare_rows(const void *left, const void *right)
{
    const Row *a = left;
    const Row *b = right;
    int order = strcmp(a->key, b->key);
    return order ? order : a->number < b->number ? -1 : a->number > b->number;
}

static void print_key(const ModelEvent *event, const Query *query, char *key, size_t size)
{
    const char *start = event->image->schedule->start;
    const char *midnight = strlen(start) > 10 ? "" : "T00:00:00";
    key[0] = '\0';
    if (!query->has_order || query->order == PLENARY__V1__QUERY__ORDER__START) {
        (void)snprintf(key, size, "%s%s", start, midnight);
    } else if (query->order == PLENARY__V1__QUERY__ORDER__RELEVANCE) {
        int worth = query->text ? score(event->image, query->text) : 0;
        (void)snprintf(key, size, "%04d %s%s", 9999 - worth, start, midnight);
    } else if (query->order == PLENARY__V1__QUERY__ORDER__UPDATED) {
        (void)snprintf(key, size, "%020llu", (unsigned long long)event->sequence);
    }
}

/* `events` by number: those of the model, or what they were. */
static size_t list(const Model *self, World events, const Query *query, uint32_t *numbers)
{
    Row *rows = calloc(MODEL_EVENTS_MAX, sizeof *rows);
    assert(rows);
    size_t count = 0;
    for (uint32_t number = 1; number <= self->last; number++) {
        const ModelEvent *event = events[number];
        if (!event || !matches_in(self, events, event, query)) continue;
        rows[count].number = number;
        print_key(event, query, rows[count++].key, sizeof rows->key);
    }
    qsort(rows, count, sizeof *rows, compare_rows);
    for (size_t i = 0; i < count; i++)
        numbers[i] = rows[query->descending ? count - 1 - i : i].number;
    free(rows);
    return count;
}

/* --- counts by a facet --- */

typedef struct Buckets {
    ModelBucket *all;
    size_t count;
} Buckets;

static void add_one(Buckets *self, const char *value)
{
    size_t i = 0;
    while (i < self->count && strcmp(self->all[i].value, value) != 0)
        i++;
    if (i == self->count) {
        assert(self->count < MODEL_BUCKETS_MAX);
        (void)snprintf(self->all[self->count++].value, sizeof self->all->value, "%s", value);
        self->all[i].count = 0;
    }
    self->all[i].count++;
}

/* The first second of a month, counted from year 0. */
static int64_t month_seconds(int month)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%04d-%02d-01", month / 12 % 10000, month % 12 + 1);
    return model_seconds(text);
}

/* Each month or year that an instance touches; without an end only of the first ten years. */
static void add_series_times(Buckets *self, const Model *model, const ModelEvent *event,
                             const Query *query, bool by_year)
{
    World world = present(model);
    size_t length = strlen(by_year ? "2022" : "2022-03");
    char first[24];
    char counted[24] = "";
    model_print_seconds(event->instances->first_s, true, first);
    int begin = atoi(first) * 12 + atoi(first + 5) - 1;
    for (int month = begin; month < MODEL_YEARS_END * 12; month++) {
        char text[24];
        model_print_seconds(month_seconds(month), true, text);
        text[length] = '\0';
        if (!query->to && month > begin + 120) return;
        if (query->from && strncmp(text, query->from, length) < 0) continue;
        if (query->to && strncmp(text, query->to, length) > 0) return;
        if (strcmp(text, counted) == 0) continue;
        bool touched = false;
        for (size_t i = 0; i < event->instances->count && !touched; i++)
            touched = instance_touches(event, i, month_seconds(month), month_seconds(month + 1)) &&
                      !is_replaced(world, model->last, event->image, event->instances->starts[i]);
        if (!touched) continue;
        add_one(self, text);
        (void)snprintf(counted, sizeof counted, "%s", text);
    }
}

/* Every month or year from the start to the end, as far as the range goes, counted as text. */
static void add_times(Buckets *self, const Event *event, const Query *query, bool by_year)
{
    const char *until = event->schedule->end ? event->schedule->end : event->schedule->start;
    size_t length = strlen(by_year ? "2022" : "2022-03");
    int year = atoi(event->schedule->start);
    int month = by_year ? 1 : atoi(event->schedule->start + 5);
    for (;; month++) {
        char text[32];
        if (month > 12 || (by_year && month > 1)) {
            month = 1;
            year++;
        }
        (void)snprintf(text, sizeof text, "%04d-%02d", year, month);
        text[length] = '\0';
        if (strncmp(text, until, length) > 0) return;
        if (query->from && strncmp(text, query->from, length) < 0) continue;
        if (query->to && strncmp(text, query->to, length) > 0) continue;
        add_one(self, text);
    }
}

static void add_values(Buckets *self, const Event *event, const char *facet)
{
    if (strcmp(facet, "kind") == 0) {
        add_one(self, kinds[event->kind]);
    } else if (strcmp(facet, "status") == 0) {
        add_one(self, statuses[event->status]);
    } else if (strcmp(facet, "format") == 0) {
        if (event->has_format) add_one(self, formats[event->format]);
    } else if (strcmp(facet, "country") == 0) {
        if (event->venue) add_one(self, event->venue->country);
    } else if (strcmp(facet, "topic") == 0) {
        for (size_t i = 0; i < event->n_topics; i++)
            if (i == 0 || strcmp(event->topics[i], event->topics[0]) != 0)
                add_one(self, event->topics[i]);
    } else {
        const char *role = strchr(facet, '.');
        for (size_t i = 0; i < event->n_organisations; i++)
            if (!role || strcmp(roles[event->organisations[i]->role], role + 1) == 0)
                add_one(self, event->organisations[i]->id);
    }
}

size_t model_count_by(const Model *self, const Query *query, const char *facet,
                      ModelBucket buckets[static MODEL_BUCKETS_MAX])
{
    Buckets all = {buckets, 0};
    bool by_year = strcmp(facet, "year") == 0;
    for (uint32_t number = 1; number <= self->last; number++) {
        const ModelEvent *event = &self->events[number];
        if (!model_matches(self, event, query)) continue;
        bool by_time = by_year || strcmp(facet, "month") == 0;
        if (by_time && event->image->recurrence)
            add_series_times(&all, self, event, query, by_year);
        else if (by_time)
            add_times(&all, event->image, query, by_year);
        else
            add_values(&all, event->image, facet);
    }
    return all.count;
}

bool model_is_before(const Model *self, const Query *query, uint32_t left, uint32_t right)
{
    Row rows[2] = {{.number = left}, {.number = right}};
    print_key(&self->events[left], query, rows[0].key, sizeof rows[0].key);
    print_key(&self->events[right], query, rows[1].key, sizeof rows[1].key);
    return query->descending ? compare_rows(&rows[1], &rows[0]) < 0
                             : compare_rows(&rows[0], &rows[1]) < 0;
}

size_t model_list(const Model *self, const Query *query, uint32_t *numbers)
{
    return list(self, present(self), query, numbers);
}

const ModelEvent *model_event_then(const Model *self, uint32_t number, const char *time)
{
    const ModelEvent *then = NULL;
    for (size_t i = 0; i < self->image_count && strcmp(self->images[i].time, time) <= 0; i++)
        if (self->images[i].number == number) then = &self->images[i].event;
    return then;
}

size_t model_list_then(const Model *self, const Query *query, const char *time, uint32_t *numbers)
{
    static const ModelEvent *events[MODEL_EVENTS_MAX];
    memset(events, 0, sizeof events);
    for (size_t i = 0; i < self->image_count && strcmp(self->images[i].time, time) <= 0; i++)
        events[self->images[i].number] = &self->images[i].event;
    return list(self, events, query, numbers);
}

/* --- instances --- */

static int compare_instances(const void *left, const void *right)
{
    const ModelInstance *a = left;
    const ModelInstance *b = right;
    if (a->start_s != b->start_s) return a->start_s < b->start_s ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

ModelInstance *model_expand(const Model *self, const Query *query, size_t *count)
{
    size_t capacity = 1024;
    ModelInstance *all = malloc(capacity * sizeof *all);
    assert(all);
    *count = 0;
    for (uint32_t number = 1; number <= self->last; number++) {
        const ModelEvent *event = &self->events[number];
        if (!model_matches(self, event, query)) continue;
        for (size_t i = 0; i < event->instances->count; i++) {
            int64_t start_s = event->instances->starts[i];
            if (!instance_touches(event, i, range_start(query->from), range_end(query->to)) ||
                (event->image->recurrence &&
                 is_replaced(present(self), self->last, event->image, start_s)))
                continue;
            if (*count == capacity) {
                capacity *= 2;
                all = realloc(all, capacity * sizeof *all);
                assert(all);
            }
            all[(*count)++] = (ModelInstance){start_s, number};
        }
    }
    if (*count) qsort(all, *count, sizeof *all, compare_instances);
    for (size_t i = 0; query->descending && i < *count / 2; i++) {
        ModelInstance last = all[*count - 1 - i];
        all[*count - 1 - i] = all[i];
        all[i] = last;
    }
    return all;
}
