#include "proto/diff.h"

#include "proto/align.h"
#include "proto/json.h"
#include "proto/path.h"
#include "proto/reflect.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ASPECT(name) PLENARY__V1__DIFFERENCE__ASPECT__##name

enum {
    FIELDS_FIRST = 8,
    ASPECT_BITS = 32,
};

typedef struct Named {
    const char *field;
    Plenary__V1__Difference__Aspect aspect;
} Named;

/* What each field of an event is about. Fields that the registry gives are about nothing. */
static const Named event_aspects[] = {
    {"id", ASPECT(ASPECT_UNSPECIFIED)},
    {"number", ASPECT(ASPECT_UNSPECIFIED)},
    {"revision", ASPECT(ASPECT_UNSPECIFIED)},
    {"ical_sequence", ASPECT(ASPECT_UNSPECIFIED)},
    {"created", ASPECT(ASPECT_UNSPECIFIED)},
    {"updated", ASPECT(ASPECT_UNSPECIFIED)},
    {"created_by", ASPECT(ASPECT_UNSPECIFIED)},
    {"updated_by", ASPECT(ASPECT_UNSPECIFIED)},
    {"status_before", ASPECT(ASPECT_UNSPECIFIED)},
    {"schedule", ASPECT(SCHEDULE)},
    {"recurrence", ASPECT(SCHEDULE)},
    {"recurrence_id", ASPECT(SCHEDULE)},
    {"previous_start", ASPECT(SCHEDULE)},
    {"venue", ASPECT(VENUE)},
    {"online", ASPECT(VENUE)},
    {"capacity", ASPECT(VENUE)},
    {"format", ASPECT(FORMAT)},
    {"participants", ASPECT(PARTICIPANTS)},
    {"headcounts", ASPECT(PARTICIPANTS)},
    {"organisations", ASPECT(ORGANISATIONS)},
    {"agenda", ASPECT(AGENDA)},
    {"training", ASPECT(AGENDA)},
    {"outcomes", ASPECT(OUTCOMES)},
    {"documents", ASPECT(DOCUMENTS)},
    {"handling", ASPECT(HANDLING)},
    {"status", ASPECT(STATUS)},
    {"status_reason", ASPECT(STATUS)},
    {"uid", ASPECT(TEXT)},
    {"kind", ASPECT(TEXT)},
    {"category", ASPECT(TEXT)},
    {"title", ASPECT(TEXT)},
    {"description", ASPECT(TEXT)},
    {"language", ASPECT(TEXT)},
    {"languages", ASPECT(TEXT)},
    {"translations", ASPECT(TEXT)},
    {"topics", ASPECT(TEXT)},
    {"part_of", ASPECT(TEXT)},
    {"series", ASPECT(TEXT)},
    {"follows", ASPECT(TEXT)},
    {"related", ASPECT(TEXT)},
    {"source", ASPECT(TEXT)},
    {"extensions", ASPECT(TEXT)},
};

static const char *const given_fields[] = {"revision", "created", "updated"};

typedef struct Builder {
    Arena *arena;
    Plenary__V1__FieldDifference **fields;
    size_t count;
    size_t room;
    Path path;
    bool full;
} Builder;

static const Named *find_aspect(const char *field)
{
    for (size_t i = 0; i < sizeof event_aspects / sizeof *event_aspects; i++) {
        if (strcmp(event_aspects[i].field, field) == 0) return &event_aspects[i];
    }
    return NULL;
}

/* A field of a record that is the registry's own. */
static bool is_given(const ProtobufCMessageDescriptor *descriptor,
                     const ProtobufCFieldDescriptor *field)
{
    if (descriptor == &plenary__v1__event__descriptor) {
        const Named *named = find_aspect(field->name);
        return named && named->aspect == ASPECT(ASPECT_UNSPECIFIED);
    }
    for (size_t i = 0; i < sizeof given_fields / sizeof *given_fields; i++) {
        if (strcmp(given_fields[i], field->name) == 0) return true;
    }
    return false;
}

static bool same_field(const ProtobufCMessage *before, const ProtobufCMessage *after,
                       const ProtobufCFieldDescriptor *field)
{
    size_t count = reflect_count(before, field);
    if (count != reflect_count(after, field)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!align_same(field, reflect_at(before, field, i), reflect_at(after, field, i)))
            return false;
    }
    return true;
}

bool diff_same(const ProtobufCMessage *before, const ProtobufCMessage *after)
{
    if (!before || !after) return before == after;
    assert(before->descriptor == after->descriptor);
    for (unsigned i = 0; i < before->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &before->descriptor->fields[i];
        if (!same_field(before, after, field) && !is_given(before->descriptor, field)) return false;
    }
    return true;
}

/* The value as JSON text in the arena; NULL where there is no value. */
static char *text_of(Builder *self, const ProtobufCFieldDescriptor *field, const void *value)
{
    if (!value) return NULL;
    json_t *json = json_of_value(field, value);
    char *printed = json ? json_print(json, JSON_COMPACT) : NULL;
    char *text = arena_strdup(self->arena, printed);
    free(printed);
    json_decref(json);
    if (!text) self->full = true;
    return text;
}

static Plenary__V1__FieldDifference *new_field(Builder *self)
{
    if (self->count == self->room) {
        size_t room = self->room ? self->room * 2 : FIELDS_FIRST;
        Plenary__V1__FieldDifference **fields = arena_array(self->arena, room, sizeof *fields);
        if (!fields) return NULL;
        if (self->count) memcpy(fields, self->fields, self->count * sizeof *fields);
        self->fields = fields;
        self->room = room;
    }
    Plenary__V1__FieldDifference *field = arena_alloc(self->arena, sizeof *field);
    if (field) plenary__v1__field_difference__init(field);
    return field;
}

static void add_field(Builder *self, const ProtobufCFieldDescriptor *descriptor, const void *before,
                      const void *after)
{
    Plenary__V1__FieldDifference *field = new_field(self);
    char *path = arena_strdup(self->arena, self->path.text);
    if (!field || !path) {
        self->full = true;
        return;
    }
    field->path = path;
    field->before = text_of(self, descriptor, before);
    field->after = text_of(self, descriptor, after);
    self->fields[self->count++] = field;
}

static void compare_messages(Builder *self, const ProtobufCMessage *before,
                             const ProtobufCMessage *after);

/* Either value may be missing. A message that is there on one side is told field by field, an
 * element of a list as one. */
static void compare_values(Builder *self, const ProtobufCFieldDescriptor *field, const void *before,
                           const void *after)
{
    if (before && after && align_same(field, before, after)) return;
    bool both = before && after;
    if (field->type != PROTOBUF_C_TYPE_MESSAGE || (reflect_is_repeated(field) && !both)) {
        add_field(self, field, before, after);
        return;
    }
    size_t count = self->count;
    compare_messages(self, before ? reflect_message(before) : NULL,
                     after ? reflect_message(after) : NULL);
    if (self->count == count) add_field(self, field, before, after); /* an empty one came or went */
}

static void compare_lists(Builder *self, const ProtobufCMessage *before,
                          const ProtobufCMessage *after, const ProtobufCFieldDescriptor *field)
{
    size_t count = 0;
    const AlignPair *pairs = align_lists(before, after, field, self->arena, &count);
    if (!pairs) self->full = true;
    for (size_t i = 0; i < count && !self->full; i++) {
        const AlignPair *pair = &pairs[i];
        bool is_gone = pair->after == ALIGN_NONE;
        size_t inner = path_enter_at(&self->path, is_gone ? pair->before : pair->after);
        compare_values(self, field,
                       pair->before == ALIGN_NONE ? NULL : reflect_at(before, field, pair->before),
                       is_gone ? NULL : reflect_at(after, field, pair->after));
        path_leave(&self->path, inner);
    }
}

static void compare_field(Builder *self, const ProtobufCMessage *before,
                          const ProtobufCMessage *after, const ProtobufCFieldDescriptor *field)
{
    bool was = before && reflect_count(before, field);
    bool is = after && reflect_count(after, field);
    if ((!was && !is) || self->full) return;
    size_t mark = path_enter(&self->path, field->name);
    if (reflect_is_repeated(field))
        compare_lists(self, before, after, field);
    else
        compare_values(self, field, was ? reflect_at(before, field, 0) : NULL,
                       is ? reflect_at(after, field, 0) : NULL);
    path_leave(&self->path, mark);
}

static void compare_messages(Builder *self, const ProtobufCMessage *before,
                             const ProtobufCMessage *after)
{
    assert(before || after);
    const ProtobufCMessageDescriptor *descriptor = (before ? before : after)->descriptor;
    for (unsigned i = 0; i < descriptor->n_fields; i++)
        compare_field(self, before, after, &descriptor->fields[i]);
}

/* Compares the records' own fields; gives a bit for each aspect that differs. */
static uint32_t compare_records(Builder *self, const ProtobufCMessage *before,
                                const ProtobufCMessage *after)
{
    const ProtobufCMessageDescriptor *descriptor = (before ? before : after)->descriptor;
    uint32_t aspects = 0;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        if (is_given(descriptor, field)) continue;
        size_t count = self->count;
        compare_field(self, before, after, field);
        const Named *named =
            descriptor == &plenary__v1__event__descriptor ? find_aspect(field->name) : NULL;
        if (named && self->count > count) aspects |= UINT32_C(1) << named->aspect;
    }
    return aspects;
}

static bool set_aspects(Difference *difference, uint32_t aspects, Arena *arena)
{
    if (aspects == 0) return true;
    difference->aspects = arena_array(arena, ASPECT_BITS, sizeof *difference->aspects);
    if (!difference->aspects) return false;
    for (uint32_t bit = 0; bit < ASPECT_BITS; bit++) {
        if (aspects & UINT32_C(1) << bit)
            difference->aspects[difference->n_aspects++] = (Plenary__V1__Difference__Aspect)bit;
    }
    return true;
}

Difference *diff_records(const ProtobufCMessage *before, const ProtobufCMessage *after,
                         Arena *arena)
{
    Builder builder = {.arena = arena, .path = path_from("")};
    assert(!before || !after || before->descriptor == after->descriptor);
    Difference *difference = arena_alloc(arena, sizeof *difference);
    if (!difference) return NULL;
    plenary__v1__difference__init(difference);
    if (!before && !after) return difference;
    uint32_t aspects = compare_records(&builder, before, after);
    if (builder.full || !set_aspects(difference, aspects, arena)) return NULL;
    difference->fields = builder.fields;
    difference->n_fields = builder.count;
    return difference;
}

const char *diff_aspect_name(Plenary__V1__Difference__Aspect aspect)
{
    return json_enum_name(&plenary__v1__difference__aspect__descriptor, (int)aspect);
}
