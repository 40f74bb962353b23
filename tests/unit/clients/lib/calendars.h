/*
 * calendars - events written as a calendar and read again, for tests.
 *
 * Events are given as YAML, the way a file has them. A test has one Calendars; what it gives lives
 * as long. Asserts where it fails.
 */
#ifndef PLENARY_TESTS_CALENDARS_H
#define PLENARY_TESTS_CALENDARS_H

#include "clients/lib/ical_read.h"
#include "clients/lib/ical_write.h"
#include "proto/json.h"
#include "proto/validate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    CALENDARS_BYTES_MAX = 64 * 1024 * 1024,
    CALENDARS_RECORDS_MAX = 16,
};

typedef struct Calendars {
    Arena *arena;
    Zones *zones;
    IcalLookup lookup;
    Organisation organisation; /* the one of the directory, id "unodc" */
} Calendars;

static inline const Organisation *calendars_organisation(void *context, const char *id)
{
    const Calendars *self = context;
    return strcmp(id, self->organisation.id) == 0 ? &self->organisation : NULL;
}

/* One other event is known. */
static inline const char *calendars_uid(void *context, const char *id)
{
    (void)context;
    return strcmp(id, "01234567-89ab-7def-8123-456789abcdef") == 0 ? "other@example.org" : NULL;
}

static inline int calendars_open(void **state)
{
    Calendars *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->arena = arena_new(CALENDARS_BYTES_MAX);
    self->zones = zones_new();
    self->lookup = (IcalLookup){self, calendars_organisation, calendars_uid};
    plenary__v1__organisation__init(&self->organisation);
    self->organisation.id = arena_strdup(self->arena, "unodc");
    self->organisation.name = arena_strdup(self->arena, "United Nations Office on Drugs and Crime");
    self->organisation.email = arena_strdup(self->arena, "office@example.org");
    *state = self;
    return self->arena && self->zones ? 0 : -1;
}

static inline int calendars_close(void **state)
{
    Calendars *self = *state;
    arena_destroy(&self->arena);
    zones_destroy(&self->zones);
    free(self);
    return 0;
}

static inline Event *calendars_event_of(Calendars *self, const json_t *json)
{
    Problem problem;
    ProtobufCMessage *message = NULL;
    problem_clear(&problem);
    StatusCode code =
        json_to_message(json, &plenary__v1__event__descriptor, self->arena, &message, &problem);
    if (code == STATUS_OK) code = validate_event((Event *)message, self->zones, &problem);
    if (code != STATUS_OK) fail_msg("%s", problem.message);
    return (Event *)message;
}

static inline Event *calendars_event(Calendars *self, const char *yaml)
{
    Problem problem;
    json_t *documents = NULL;
    problem_clear(&problem);
    if (yaml_parse(yaml, strlen(yaml), &documents, &problem) != STATUS_OK)
        fail_msg("%s", problem.message);
    Event *event = calendars_event_of(self, json_array_get(documents, 0));
    json_decref(documents);
    return event;
}

/* The calendar of some events, as text. */
static inline char *calendars_write(Calendars *self, Event *const *events, size_t count)
{
    Problem problem;
    IcalWriter *writer = NULL;
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    problem_clear(&problem);
    assert_int_equal(ical_writer_open(file, self->zones, &self->lookup, &writer, &problem),
                     STATUS_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(ical_writer_event(writer, events[i], &problem), STATUS_OK);
    assert_int_equal(ical_writer_end(writer, &problem), STATUS_OK);
    ical_writer_close(&writer);
    (void)fclose(file);
    char *copy = arena_strndup(self->arena, text, length);
    free(text);
    assert_non_null(copy);
    return copy;
}

static inline char *calendars_write_one(Calendars *self, const char *yaml)
{
    Event *event = calendars_event(self, yaml);
    return calendars_write(self, &event, 1);
}

/* Without folds, so that lines can be looked for. */
static inline char *calendars_unfold(Calendars *self, const char *text)
{
    char *out = arena_array(self->arena, strlen(text) + 1, 1);
    char *at = out;
    assert_non_null(out);
    while (*text) {
        if (strncmp(text, "\r\n ", 3) == 0)
            text += 3;
        else
            *at++ = *text++;
    }
    return out;
}

/* Is that a whole line of the calendar? */
static inline bool calendars_has_line(Calendars *self, const char *text, const char *line)
{
    const char *unfolded = calendars_unfold(self, text);
    const char *wanted = arena_printf(self->arena, "\r\n%s\r\n", line);
    return strstr(unfolded, wanted) != NULL;
}

#define assert_line(self, text, line)                                                              \
    do {                                                                                           \
        if (!calendars_has_line((self), (text), (line)))                                           \
            fail_msg("no line %s in\n%s", (line), calendars_unfold((self), (text)));               \
    } while (0)

/* What was read of a calendar. */
typedef struct Found {
    Calendars *calendars;
    size_t count;
    size_t line[CALENDARS_RECORDS_MAX];
    const char *uid[CALENDARS_RECORDS_MAX];
    Event *event[CALENDARS_RECORDS_MAX]; /* NULL: the problem says why */
    Problem problem[CALENDARS_RECORDS_MAX];
    bool file_failed; /* the last one is about the file */
} Found;

static inline bool calendars_take(void *context, const IcalRecord *record)
{
    Found *found = context;
    assert_in_range(found->count, 0, CALENDARS_RECORDS_MAX - 1);
    size_t at = found->count++;
    found->line[at] = record->line;
    found->uid[at] = arena_strdup(found->calendars->arena, record->uid);
    found->problem[at] = *record->problem;
    found->file_failed = record->number == 0;
    if (record->problem->code != STATUS_OK) return true;
    found->event[at] = calendars_event_of(found->calendars, json_object_get(record->json, "event"));
    return true;
}

static inline Found calendars_read(Calendars *self, const char *text)
{
    Found found = {.calendars = self};
    FILE *file = fmemopen((char *)(uintptr_t)text, strlen(text), "r");
    assert_non_null(file);
    ical_read(file, self->zones, calendars_take, &found);
    (void)fclose(file);
    return found;
}

/* The event of a VEVENT with these lines, each ended by a newline. */
static inline Event *calendars_read_one(Calendars *self, const char *lines)
{
    Found found = calendars_read(
        self, arena_printf(self->arena,
                           "BEGIN:VCALENDAR\nBEGIN:VEVENT\n%sEND:VEVENT\nEND:VCALENDAR\n", lines));
    assert_int_equal(found.count, 1);
    if (!found.event[0]) fail_msg("%s", found.problem[0].message);
    return found.event[0];
}

static inline char *calendars_yaml(Calendars *self, const Event *event)
{
    json_t *json = json_of_message(&event->base);
    char *text = yaml_print(json);
    char *copy = arena_strdup(self->arena, text);
    free(text);
    json_decref(json);
    return copy;
}

#endif
