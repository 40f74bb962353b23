/*
 * registry - records as a report is given them: read from YAML, with what a registry adds.
 *
 * Numbers are given in the order of reading, so that each event can be named. Everything lives in
 * one arena until registry_clear.
 */
#ifndef PLENARY_TESTS_REPORT_REGISTRY_H
#define PLENARY_TESTS_REPORT_REGISTRY_H

#include "clients/report/activity.h"
#include "clients/report/page.h"
#include "proto/arena.h"
#include "proto/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    REGISTRY_RECORDS_MAX = 128,
    REGISTRY_ARENA_BYTES = 16 * 1024 * 1024,
    REGISTRY_FILE_BYTES = 64 * 1024,
};

typedef struct Registry {
    Arena *arena;
    Event *events[REGISTRY_RECORDS_MAX];
    size_t event_count;
    Organisation *organisations[REGISTRY_RECORDS_MAX];
    size_t organisation_count;
    Directory directory;
} Registry;

static inline const Organisation *registry_organisation(void *context, const char *id)
{
    const Registry *self = context;
    for (size_t i = 0; i < self->organisation_count; i++)
        if (strcmp(self->organisations[i]->id, id) == 0) return self->organisations[i];
    return NULL;
}

static inline ProtobufCMessage *registry_message(Registry *self, const json_t *json,
                                                 const ProtobufCMessageDescriptor *descriptor)
{
    ProtobufCMessage *message = NULL;
    Problem problem;
    problem_clear(&problem);
    if (json_to_message(json, descriptor, self->arena, &message, &problem) != STATUS_OK)
        fail_msg("%s", problem.message);
    return message;
}

static inline void registry_add(Registry *self, const json_t *document)
{
    const json_t *event = json_object_get(document, "event");
    const json_t *organisation = json_object_get(document, "organisation");
    assert_true(event || organisation);
    if (organisation) {
        assert_true(self->organisation_count < REGISTRY_RECORDS_MAX);
        self->organisations[self->organisation_count++] = (Organisation *)registry_message(
            self, organisation, &plenary__v1__organisation__descriptor);
        return;
    }
    assert_true(self->event_count < REGISTRY_RECORDS_MAX);
    Event *added = (Event *)registry_message(self, event, &plenary__v1__event__descriptor);
    self->events[self->event_count++] = added;
    if (!added->has_number) added->number = (uint32_t)self->event_count;
    if (!added->has_revision) added->revision = 1;
    added->has_number = added->has_revision = 1;
}

/* A stream of YAML documents, as import reads them. */
static inline void registry_read(Registry *self, const char *yaml)
{
    json_t *documents = NULL;
    json_t *document;
    size_t index;
    Problem problem;
    problem_clear(&problem);
    if (!self->arena) self->arena = arena_new(REGISTRY_ARENA_BYTES);
    assert_non_null(self->arena);
    self->directory = (Directory){registry_organisation, self};
    if (yaml_parse(yaml, strlen(yaml), &documents, &problem) != STATUS_OK)
        fail_msg("%s", problem.message);
    json_array_foreach(documents, index, document) registry_add(self, document);
    json_decref(documents);
}

static inline void registry_clear(Registry *self)
{
    arena_destroy(&self->arena);
    memset(self, 0, sizeof *self);
}

static inline Activity *registry_activity(const Registry *self)
{
    Activity *activity = activity_new(&self->directory);
    assert_non_null(activity);
    for (size_t i = 0; i < self->event_count; i++)
        activity_add(activity, self->events[i]);
    activity_end(activity);
    return activity;
}

/* The whole page. Given: free(). */
static inline char *registry_page(const Registry *self, const PageHead *head)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    Activity *activity = registry_activity(self);
    assert_true(page_write(file, head, activity));
    activity_destroy(&activity);
    assert_int_equal(fclose(file), 0);
    return text;
}

/* The files of the seed, in an order that is always the same. */
static inline void registry_read_file(Registry *self, const char *name)
{
    static char text[REGISTRY_FILE_BYTES];
    char path[512];
    const char *source = getenv("PLENARY_SOURCE");
    (void)snprintf(path, sizeof path, "%s/examples/caricc/%s", source ? source : ".", name);
    FILE *file = fopen(path, "r");
    if (!file) fail_msg("%s cannot be read", path);
    size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[size] = '\0';
    assert_int_equal(fclose(file), 0);
    registry_read(self, text);
}

static inline void registry_read_seed(Registry *self)
{
    static const char *const names[] = {"organisations.yaml",
                                        "events/council-coordinators.yaml",
                                        "events/drug-situation-methodology.yaml",
                                        "events/dushanbe-dca.yaml",
                                        "events/dushanbe-training.yaml",
                                        "events/paris-pact-wg.yaml",
                                        "events/regional-programme-sc.yaml",
                                        "events/rocb-webinar.yaml",
                                        "events/tashkent-conference.yaml",
                                        "events/tashkent-osce.yaml",
                                        "events/tashkent-unodc.yaml",
                                        "events/un-delegation.yaml",
                                        "events/unodc-expert-meeting.yaml"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        registry_read_file(self, names[i]);
}

#endif
