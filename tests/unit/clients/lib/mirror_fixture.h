/* A mirror in a folder of its own, and what is put into it and expected of it. */
#ifndef PLENARY_TESTS_MIRROR_FIXTURE_H
#define PLENARY_TESTS_MIRROR_FIXTURE_H

#include "clients/lib/mirror.h"
#include "tests/unit/daemon/store/faults.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define AGAIN   PLENARY__V1__DELIVERY__RELATION__AGAIN
#define ENTERED PLENARY__V1__DELIVERY__RELATION__ENTERED
#define CHANGED PLENARY__V1__DELIVERY__RELATION__CHANGED
#define LEFT    PLENARY__V1__DELIVERY__RELATION__LEFT

enum {
    MEMORY_MAX = 1 << 20,
    PATH_SIZE = 96,
    MANY = 2500, /* more than a snapshot writes at once */
};

typedef struct Fixture {
    char folder[64];
    Mirror *mirror;
    Arena *arena;
    Problem problem;
} Fixture;

static inline void open_mirror(Fixture *fixture)
{
    problem_clear(&fixture->problem);
    if (mirror_open(fixture->folder, &fixture->mirror, &fixture->problem) != STATUS_OK)
        fail_msg("%s", fixture->problem.message);
}

/* As after a crash: what was not committed is not there. */
static inline void reopen(Fixture *fixture)
{
    mirror_close(&fixture->mirror);
    open_mirror(fixture);
}

static inline int set_up(void **state)
{
    static Fixture fixture;
    fixture = (Fixture){.folder = "/tmp/plenary-mirror-XXXXXX", .arena = arena_new(MEMORY_MAX)};
    if (!mkdtemp(fixture.folder) || !fixture.arena) return -1;
    open_mirror(&fixture);
    *state = &fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    Fixture *fixture = *state;
    char command[128];
    mirror_close(&fixture->mirror);
    arena_destroy(&fixture->arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", fixture->folder);
    return system(command); /* NOLINT(concurrency-mt-unsafe): one thread */
}

/* --- records --- */

/* An event with its texts; id "e12" for number 12. */
typedef struct Made {
    Event event;
    char id[16];
    char title[16];
} Made;

static inline Event *make_event(Made *made, uint32_t number, uint32_t revision)
{
    plenary__v1__event__init(&made->event);
    (void)snprintf(made->id, sizeof made->id, "e%u", number);
    (void)snprintf(made->title, sizeof made->title, "at %u", revision);
    made->event.id = made->id;
    made->event.title = made->title;
    made->event.has_number = made->event.has_revision = 1;
    made->event.number = number;
    made->event.revision = revision;
    return &made->event;
}

static inline MirrorStep apply(Fixture *fixture, uint64_t sequence, uint32_t number,
                               uint32_t revision, Plenary__V1__Delivery__Relation relation)
{
    static Made made; /* the step lends it */
    Change change = PLENARY__V1__CHANGE__INIT;
    MirrorStep step;
    change.sequence = sequence;
    change.record_case = PLENARY__V1__CHANGE__RECORD_EVENT;
    change.event = make_event(&made, number, revision);
    if (mirror_apply(fixture->mirror, &change, relation, fixture->arena, &step,
                     &fixture->problem) != STATUS_OK)
        fail_msg("%s", fixture->problem.message);
    return step;
}

static inline void put_organisation(Fixture *fixture, uint64_t sequence, uint32_t revision,
                                    const char *name, Plenary__V1__Delivery__Relation relation)
{
    char id[] = "unodc";
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    Change change = PLENARY__V1__CHANGE__INIT;
    MirrorStep step;
    organisation.id = id;
    organisation.name = (char *)(uintptr_t)name;
    organisation.has_revision = 1;
    organisation.revision = revision;
    change.sequence = sequence;
    change.record_case = PLENARY__V1__CHANGE__RECORD_ORGANISATION;
    change.organisation = &organisation;
    assert_int_equal(
        mirror_apply(fixture->mirror, &change, relation, fixture->arena, &step, &fixture->problem),
        STATUS_OK);
    assert_null(step.before);
    assert_null(step.after);
}

static inline void commit(Fixture *fixture, const char *note)
{
    if (mirror_commit(fixture->mirror, note, note ? strlen(note) : 0, &fixture->problem) !=
        STATUS_OK)
        fail_msg("%s", fixture->problem.message);
}

static inline void snapshot_begin(Fixture *fixture)
{
    assert_int_equal(mirror_snapshot_begin(fixture->mirror, &fixture->problem), STATUS_OK);
}

static inline void snapshot_event(Fixture *fixture, uint32_t number, uint32_t revision)
{
    Made made;
    assert_int_equal(mirror_snapshot_event(fixture->mirror, make_event(&made, number, revision),
                                           &fixture->problem),
                     STATUS_OK);
}

static inline void snapshot_end(Fixture *fixture, uint64_t sequence, const char *note)
{
    if (mirror_snapshot_end(fixture->mirror, sequence, note, note ? strlen(note) : 0,
                            &fixture->problem) != STATUS_OK)
        fail_msg("%s", fixture->problem.message);
}

/* --- what is expected --- */

typedef struct Told {
    char text[256];
} Told;

static inline bool tell_event(void *context, const Event *event)
{
    Told *told = context;
    size_t length = strlen(told->text);
    (void)snprintf(told->text + length, sizeof told->text - length, "%u@%u ", event->number,
                   event->revision);
    return true;
}

static inline bool tell_step(void *context, const MirrorStep *step)
{
    Told *told = context;
    const char *kind = !step->before ? "+" : !step->after ? "-" : "~";
    (void)strncat(told->text, kind, 2);
    return tell_event(told, step->after ? step->after : step->before);
}

/* The events are these: "1@2 5@1 ". */
static inline void expect_events(Fixture *fixture, const char *expected)
{
    Told told = {""};
    assert_true(mirror_events(fixture->mirror, tell_event, &told));
    assert_string_equal(told.text, expected);
}

static inline void expect_note(Fixture *fixture, const char *expected)
{
    uint8_t note[MIRROR_NOTE_BYTES_MAX];
    size_t size = mirror_note(fixture->mirror, note);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(note, expected, size);
}

static inline void expect_position(Fixture *fixture, const char *expected)
{
    uint8_t position[MIRROR_POSITION_BYTES_MAX];
    size_t size = mirror_position(fixture->mirror, position);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(position, expected, size);
}

static inline void set_position(Fixture *fixture, const char *position)
{
    mirror_set_position(fixture->mirror, (const uint8_t *)position, strlen(position));
}

static inline bool count_up(void *context, const Event *event)
{
    uint32_t *last = context;
    return event->number == ++*last;
}

static inline void damage(Fixture *fixture, const char *shell)
{
    char command[256];
    mirror_close(&fixture->mirror);
    (void)snprintf(command, sizeof command, "cd '%s' && %s", fixture->folder, shell);
    assert_int_equal(system(command), 0); /* NOLINT(concurrency-mt-unsafe): one thread */
    open_mirror(fixture);
}

#endif
