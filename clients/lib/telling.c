#include "clients/lib/telling.h"

#include "clients/lib/wording.h"
#include "proto/align.h"
#include "proto/reflect.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef Plenary__V1__FieldDifference FieldDifference;

enum {
    PLACE_SIZE = 256,
    LABEL_SIZE = WORDING_VALUE_BYTES_MAX + 8,
};

typedef struct Telling {
    FILE *file;
    const ProtobufCMessage *before;
    const ProtobufCMessage *after;
    size_t most;
    size_t told;
    size_t left;
} Telling;

/* True: there is room for one more; what leads it in is printed. */
static bool begin(Telling *self)
{
    if (self->told == self->most) {
        self->left++;
        return false;
    }
    if (self->told++) (void)fputs("; ", self->file);
    return true;
}

/* "+ new", "- old", "old → new". */
static void print_step(FILE *file, const char *before, const char *after)
{
    if (!*before)
        (void)fprintf(file, "+ %s", after);
    else if (!*after)
        (void)fprintf(file, "- %s", before);
    else
        (void)fprintf(file, "%s → %s", before, after);
}

/* --- what is told as one: when, where --- */

static void print_when(const Event *event, char text[static PLACE_SIZE])
{
    char schedule[WORDING_SIZE];
    const char *zone = event->schedule ? event->schedule->time_zone : NULL;
    wording_schedule(event->schedule, schedule);
    bool is_timed =
        event->schedule && event->schedule->start && strchr(event->schedule->start, 'T');
    (void)snprintf(text, PLACE_SIZE, "%s%s%.64s", schedule, zone && is_timed ? " " : "",
                   zone && is_timed ? zone : "");
}

static void print_where(const Event *event, char text[static PLACE_SIZE])
{
    const Venue *venue = event->venue;
    size_t length = 0;
    text[0] = '\0';
    if (!venue) return;
    const char *const parts[] = {venue->room, venue->name,   venue->street,
                                 venue->city, venue->region, venue->country};
    for (size_t i = 0; i < sizeof parts / sizeof *parts && length < PLACE_SIZE; i++)
        if (parts[i])
            length += (size_t)snprintf(text + length, PLACE_SIZE - length, "%s%.60s",
                                       length ? ", " : "", parts[i]);
}

typedef struct Whole {
    const char *field;
    const char *name;
    void (*print)(const Event *event, char text[static PLACE_SIZE]);
} Whole;

static const Whole wholes[] = {
    {"schedule", "when", print_when},
    {"venue", "where", print_where},
};

enum { WHOLES = sizeof wholes / sizeof *wholes };

/* Is the path about that field or a part of it? */
static bool is_under(const char *path, const char *field)
{
    size_t length = strlen(field);
    return strncmp(path, field, length) == 0 && (path[length] == '\0' || path[length] == '.');
}

/* False: not to be told so, as both sides read alike. */
static bool tell_whole(Telling *self, const Whole *whole)
{
    char before[PLACE_SIZE];
    char after[PLACE_SIZE];
    whole->print((const Event *)self->before, before);
    whole->print((const Event *)self->after, after);
    if (strcmp(before, after) == 0) return false;
    if (begin(self)) {
        (void)fprintf(self->file, "%s ", whole->name);
        print_step(self->file, before, after);
    }
    return true;
}

/* --- one field --- */

/* "status reason" for status_reason. */
static void print_name(FILE *file, const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        (void)fputc(name[i] == '_' || name[i] == '.' ? ' ' : name[i], file);
}

/* The name of one element of a list: "participant". */
static void print_singular(FILE *file, const char *name, size_t length)
{
    bool is_plural = length > 1 && name[length - 1] == 's' && name[length - 2] != 's';
    print_name(file, name, is_plural ? length - 1 : length);
}

/* What an element is called, or else its value. */
static void print_value(const char *json, char text[static LABEL_SIZE])
{
    text[0] = '\0';
    if (!json) return;
    json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
    const char *name = json_string_value(json_object_get(value, "name"));
    if (!name) name = json_string_value(json_object_get(value, "title"));
    if (!name) name = json_string_value(json_object_get(value, "id"));
    if (!name) name = json_string_value(json_object_get(value, "fingerprint"));
    if (name)
        (void)snprintf(text, LABEL_SIZE, "%.60s", name);
    else
        wording_value(json, WORDING_VALUE_BYTES_MAX, text, LABEL_SIZE);
    json_decref(value);
}

/* What the element at that place of the list after the change is called; NULL: it has no name. */
static const char *label_at(const Telling *self, const char *list, size_t length, size_t place)
{
    char name[64];
    if (!self->after || length >= sizeof name) return NULL;
    memcpy(name, list, length);
    name[length] = '\0';
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(self->after->descriptor, name);
    if (!field || field->type != PROTOBUF_C_TYPE_MESSAGE || !reflect_is_repeated(field) ||
        place >= reflect_count(self->after, field))
        return NULL;
    return align_label(reflect_message(reflect_at(self->after, field, place)));
}

/* "participants[2].role" is told by the participant's name; "topics[1]" is a topic. */
static void print_path(const Telling *self, const char *path)
{
    const char *bracket = strchr(path, '[');
    if (!bracket) {
        print_name(self->file, path, strlen(path));
        return;
    }
    char *end;
    size_t length = (size_t)(bracket - path);
    size_t place = strtoul(bracket + 1, &end, 10);
    const char *inner = *end == ']' && end[1] == '.' ? end + 2 : "";
    const char *label = *inner ? label_at(self, path, length, place) : NULL;
    if (label)
        (void)fprintf(self->file, "%.60s:", label);
    else
        print_singular(self->file, path, length);
    if (!*inner) return;
    (void)fputc(' ', self->file);
    print_name(self->file, inner, strlen(inner));
}

static void tell_field(Telling *self, const FieldDifference *field)
{
    char before[LABEL_SIZE];
    char after[LABEL_SIZE];
    if (!begin(self)) return;
    print_value(field->before, before);
    print_value(field->after, after);
    print_path(self, field->path);
    (void)fputc(' ', self->file);
    print_step(self->file, before, after);
}

/* --- all of them --- */

static bool is_told_by_others(const FieldDifference *field)
{
    return strcmp(field->path, "previous_start") == 0;
}

static const Whole *whole_of(const Telling *self, const char *path)
{
    bool is_event =
        self->before && self->after && self->after->descriptor == &plenary__v1__event__descriptor;
    for (size_t i = 0; is_event && i < WHOLES; i++)
        if (is_under(path, wholes[i].field)) return &wholes[i];
    return NULL;
}

static void tell_all(Telling *self, const Difference *difference)
{
    const Whole *told = NULL; /* its fields come one after the other */
    for (size_t i = 0; i < difference->n_fields; i++) {
        const FieldDifference *field = difference->fields[i];
        const Whole *whole = whole_of(self, field->path);
        if (is_told_by_others(field) && difference->n_fields > 1) continue;
        if (whole && whole == told) continue;
        if (whole && tell_whole(self, whole))
            told = whole;
        else
            tell_field(self, field);
    }
    if (self->left) (void)fprintf(self->file, "; and %zu more", self->left);
}

void telling_difference(const ProtobufCMessage *before, const ProtobufCMessage *after,
                        const Difference *difference, size_t most, char *text, size_t size)
{
    char *whole = NULL;
    size_t length = 0;
    Telling telling = {.before = before, .after = after, .most = most};
    text[0] = '\0';
    telling.file = open_memstream(&whole, &length);
    if (!telling.file) return;
    tell_all(&telling, difference);
    if (fclose(telling.file) == 0) wording_cut(whole, size, text, size);
    free(whole);
}
