/* A mirror holds what was applied and committed, and moves in one step. */
#include "clients/lib/mirror.h"
#include "tests/unit/daemon/store/faults.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/stat.h>

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

static void open_mirror(Fixture *fixture)
{
    problem_clear(&fixture->problem);
    if (mirror_open(fixture->folder, &fixture->mirror, &fixture->problem) != STATUS_OK)
        fail_msg("%s", fixture->problem.message);
}

/* As after a crash: what was not committed is not there. */
static void reopen(Fixture *fixture)
{
    mirror_close(&fixture->mirror);
    open_mirror(fixture);
}

static int set_up(void **state)
{
    static Fixture fixture;
    fixture = (Fixture){.folder = "/tmp/plenary-mirror-XXXXXX", .arena = arena_new(MEMORY_MAX)};
    if (!mkdtemp(fixture.folder) || !fixture.arena) return -1;
    open_mirror(&fixture);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
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

static Event *make_event(Made *made, uint32_t number, uint32_t revision)
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

static MirrorStep apply(Fixture *fixture, uint64_t sequence, uint32_t number, uint32_t revision,
                        Plenary__V1__Delivery__Relation relation)
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

static void put_organisation(Fixture *fixture, uint64_t sequence, uint32_t revision,
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

static void commit(Fixture *fixture, const char *note)
{
    if (mirror_commit(fixture->mirror, note, note ? strlen(note) : 0, &fixture->problem) !=
        STATUS_OK)
        fail_msg("%s", fixture->problem.message);
}

static void snapshot_begin(Fixture *fixture)
{
    assert_int_equal(mirror_snapshot_begin(fixture->mirror, &fixture->problem), STATUS_OK);
}

static void snapshot_event(Fixture *fixture, uint32_t number, uint32_t revision)
{
    Made made;
    assert_int_equal(mirror_snapshot_event(fixture->mirror, make_event(&made, number, revision),
                                           &fixture->problem),
                     STATUS_OK);
}

static void snapshot_end(Fixture *fixture, uint64_t sequence, const char *note)
{
    if (mirror_snapshot_end(fixture->mirror, sequence, note, note ? strlen(note) : 0,
                            &fixture->problem) != STATUS_OK)
        fail_msg("%s", fixture->problem.message);
}

/* --- what is expected --- */

typedef struct Told {
    char text[256];
} Told;

static bool tell_event(void *context, const Event *event)
{
    Told *told = context;
    size_t length = strlen(told->text);
    (void)snprintf(told->text + length, sizeof told->text - length, "%u@%u ", event->number,
                   event->revision);
    return true;
}

static bool tell_step(void *context, const MirrorStep *step)
{
    Told *told = context;
    const char *kind = !step->before ? "+" : !step->after ? "-" : "~";
    (void)strncat(told->text, kind, 2);
    return tell_event(told, step->after ? step->after : step->before);
}

/* The events are these: "1@2 5@1 ". */
static void expect_events(Fixture *fixture, const char *expected)
{
    Told told = {""};
    assert_true(mirror_events(fixture->mirror, tell_event, &told));
    assert_string_equal(told.text, expected);
}

static void expect_note(Fixture *fixture, const char *expected)
{
    uint8_t note[MIRROR_NOTE_BYTES_MAX];
    size_t size = mirror_note(fixture->mirror, note);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(note, expected, size);
}

/* --- applying --- */

static void a_step_says_what_was_and_what_is(void **state)
{
    Fixture *fixture = *state;
    MirrorStep step = apply(fixture, 1, 7, 1, ENTERED);
    assert_null(step.before);
    assert_string_equal(step.after->title, "at 1");
    step = apply(fixture, 2, 7, 2, CHANGED);
    assert_string_equal(step.before->title, "at 1");
    assert_string_equal(step.after->title, "at 2");
    step = apply(fixture, 3, 7, 3, LEFT);
    assert_string_equal(step.before->title, "at 2");
    assert_null(step.after);
    expect_events(fixture, "");
    assert_null(mirror_event_of_id(fixture->mirror, "e7", fixture->arena));
    assert_int_equal(mirror_sequence(fixture->mirror), 3);
}

static void a_change_that_is_heard_again_is_passed_over(void **state)
{
    Fixture *fixture = *state;
    apply(fixture, 5, 1, 1, ENTERED);
    apply(fixture, 6, 1, 2, CHANGED);
    MirrorStep step = apply(fixture, 5, 1, 1, LEFT);
    assert_null(step.before);
    assert_null(step.after);
    step = apply(fixture, 6, 1, 2, CHANGED);
    assert_null(step.after);
    expect_events(fixture, "1@2 ");
    assert_int_equal(mirror_sequence(fixture->mirror), 6);
}

/* Several records come again with the change that is the cause, also where that one was heard. */
static void what_is_only_shown_otherwise_takes_its_place(void **state)
{
    Fixture *fixture = *state;
    apply(fixture, 5, 1, 1, ENTERED);
    apply(fixture, 6, 2, 1, ENTERED);
    apply(fixture, 7, 3, 1, LEFT);
    for (uint32_t number = 1; number <= 2; number++) {
        MirrorStep step = apply(fixture, 7, number, 1, AGAIN);
        assert_non_null(step.before);
        assert_non_null(step.after);
    }
    assert_int_equal(mirror_sequence(fixture->mirror), 7);
    assert_null(apply(fixture, 6, 1, 1, AGAIN).after); /* of a change that lies behind */
}

static void an_older_image_does_not_take_the_place_of_a_newer_one(void **state)
{
    Fixture *fixture = *state;
    snapshot_begin(fixture);
    snapshot_event(fixture, 1, 3);
    snapshot_end(fixture, 10, NULL);
    MirrorStep step = apply(fixture, 11, 1, 2, CHANGED);
    assert_null(step.after);
    step = apply(fixture, 12, 1, 2, LEFT);
    assert_null(step.before);
    expect_events(fixture, "1@3 ");
    assert_int_equal(mirror_sequence(fixture->mirror), 12);
    step = apply(fixture, 13, 1, 3, CHANGED);
    assert_string_equal(step.before->title, step.after->title);
    step = apply(fixture, 14, 1, 4, LEFT);
    assert_non_null(step.before);
    expect_events(fixture, "");
}

static void events_are_found_by_number_order_and_by_id(void **state)
{
    Fixture *fixture = *state;
    static const uint32_t numbers[] = {300, 2, 70000, 1};
    for (uint64_t i = 0; i < 4; i++)
        apply(fixture, i + 1, numbers[i], 1, ENTERED);
    expect_events(fixture, "1@1 2@1 300@1 70000@1 ");
    assert_int_equal(mirror_event_count(fixture->mirror), 4);
    assert_int_equal(mirror_event_of_id(fixture->mirror, "e300", fixture->arena)->number, 300);
    assert_null(mirror_event_of_id(fixture->mirror, "e3", fixture->arena));
}

static void organisations_are_kept_by_the_same_rules(void **state)
{
    Fixture *fixture = *state;
    assert_null(mirror_organisation(fixture->mirror, "unodc"));
    put_organisation(fixture, 1, 1, "Office", ENTERED);
    put_organisation(fixture, 2, 2, "UN Office", CHANGED);
    assert_string_equal(mirror_organisation(fixture->mirror, "unodc")->name, "UN Office");
    put_organisation(fixture, 3, 1, "Office", CHANGED);
    assert_string_equal(mirror_organisation(fixture->mirror, "unodc")->name, "UN Office");
    commit(fixture, NULL);
    reopen(fixture);
    assert_string_equal(mirror_organisation(fixture->mirror, "unodc")->name, "UN Office");
    put_organisation(fixture, 4, 3, NULL, LEFT);
    assert_null(mirror_organisation(fixture->mirror, "unodc"));
    assert_null(mirror_organisation(fixture->mirror, NULL));
}

/* --- durability --- */

static void what_was_not_committed_is_gone(void **state)
{
    Fixture *fixture = *state;
    apply(fixture, 1, 1, 1, ENTERED);
    commit(fixture, "one");
    apply(fixture, 2, 1, 2, CHANGED);
    apply(fixture, 3, 2, 1, ENTERED);
    expect_events(fixture, "1@2 2@1 ");
    reopen(fixture);
    expect_events(fixture, "1@1 ");
    expect_note(fixture, "one");
    assert_int_equal(mirror_sequence(fixture->mirror), 1);
    MirrorStep step = apply(fixture, 2, 1, 2, CHANGED);
    assert_string_equal(step.before->title, "at 1");
}

static void a_note_moves_with_the_commit(void **state)
{
    Fixture *fixture = *state;
    expect_note(fixture, "");
    commit(fixture, "first");
    reopen(fixture);
    expect_note(fixture, "first");
    apply(fixture, 1, 1, 1, ENTERED);
    commit(fixture, NULL);
    reopen(fixture);
    expect_note(fixture, "first");
    expect_events(fixture, "1@1 ");
}

static void expect_position(Fixture *fixture, const char *expected)
{
    uint8_t position[MIRROR_POSITION_BYTES_MAX];
    size_t size = mirror_position(fixture->mirror, position);
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(position, expected, size);
}

static void set_position(Fixture *fixture, const char *position)
{
    mirror_set_position(fixture->mirror, (const uint8_t *)position, strlen(position));
}

static void a_position_moves_with_the_commit_and_with_the_snapshot(void **state)
{
    Fixture *fixture = *state;
    expect_position(fixture, "");
    set_position(fixture, "after one");
    reopen(fixture);
    expect_position(fixture, "");
    set_position(fixture, "after one");
    commit(fixture, "noted");
    reopen(fixture);
    expect_position(fixture, "after one");
    expect_note(fixture, "noted");
    snapshot_begin(fixture);
    set_position(fixture, "snapshot");
    reopen(fixture);
    expect_position(fixture, "after one");
    snapshot_begin(fixture);
    set_position(fixture, "snapshot");
    snapshot_end(fixture, 7, NULL);
    reopen(fixture);
    expect_position(fixture, "snapshot");
    expect_note(fixture, "noted");
}

static void a_disk_that_fails_takes_back_what_was_not_committed(void **state)
{
    Fixture *fixture = *state;
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/mirror.mdb", fixture->folder);
    apply(fixture, 1, 1, 1, ENTERED);
    commit(fixture, "one");
    apply(fixture, 2, 2, 1, ENTERED);
    int handle = faults_handle(path, 0);
    assert_true(handle >= 0);
    int kept = faults_begin(handle, "/dev/full", O_RDWR);
    assert_int_equal(mirror_commit(fixture->mirror, "two", 3, &fixture->problem),
                     STATUS_UNAVAILABLE);
    faults_end(handle, kept);
    assert_non_null(strstr(fixture->problem.message, path));
    reopen(fixture);
    expect_events(fixture, "1@1 ");
    expect_note(fixture, "one");
}

/* --- snapshots --- */

static void a_snapshot_counts_when_it_is_whole(void **state)
{
    Fixture *fixture = *state;
    assert_true(mirror_is_new(fixture->mirror));
    apply(fixture, 1, 1, 1, ENTERED);
    commit(fixture, "old");
    snapshot_begin(fixture);
    snapshot_event(fixture, 2, 5);
    expect_events(fixture, "1@1 ");
    reopen(fixture);
    expect_events(fixture, "1@1 ");
    assert_true(mirror_is_new(fixture->mirror));
    snapshot_begin(fixture);
    snapshot_event(fixture, 3, 5);
    snapshot_end(fixture, 9, "new");
    reopen(fixture);
    expect_events(fixture, "3@5 ");
    expect_note(fixture, "new");
    assert_false(mirror_is_new(fixture->mirror));
    assert_int_equal(mirror_sequence(fixture->mirror), 9);
    assert_null(mirror_event_of_id(fixture->mirror, "e2", fixture->arena));
}

static void a_snapshot_may_go_back(void **state)
{
    Fixture *fixture = *state;
    apply(fixture, 50, 1, 9, ENTERED);
    commit(fixture, NULL);
    snapshot_begin(fixture);
    snapshot_event(fixture, 1, 4);
    snapshot_end(fixture, 20, NULL);
    MirrorStep step = apply(fixture, 21, 1, 5, CHANGED);
    assert_string_equal(step.before->title, "at 4");
    expect_events(fixture, "1@5 ");
}

static void a_snapshot_brings_its_own_organisations(void **state)
{
    Fixture *fixture = *state;
    char id[] = "osce";
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    organisation.id = organisation.name = id;
    put_organisation(fixture, 1, 1, "Office", ENTERED);
    commit(fixture, NULL);
    snapshot_begin(fixture);
    assert_int_equal(
        mirror_snapshot_organisation(fixture->mirror, &organisation, &fixture->problem), STATUS_OK);
    assert_non_null(mirror_organisation(fixture->mirror, "unodc"));
    snapshot_end(fixture, 2, NULL);
    assert_null(mirror_organisation(fixture->mirror, "unodc"));
    assert_non_null(mirror_organisation(fixture->mirror, "osce"));
}

static void what_a_snapshot_changes_is_told_in_number_order(void **state)
{
    Fixture *fixture = *state;
    for (uint32_t number = 1; number <= 4; number++)
        apply(fixture, number, number, 1, ENTERED);
    commit(fixture, NULL);
    snapshot_begin(fixture);
    snapshot_event(fixture, 2, 1);
    snapshot_event(fixture, 3, 2);
    snapshot_event(fixture, 4, 1);
    snapshot_event(fixture, 9, 1);
    Told told = {""};
    assert_true(mirror_snapshot_compare(fixture->mirror, tell_step, &told));
    assert_string_equal(told.text, "-1@1 ~3@2 +9@1 ");
    snapshot_end(fixture, 10, NULL);
    expect_events(fixture, "2@1 3@2 4@1 9@1 ");
}

static bool count_up(void *context, const Event *event)
{
    uint32_t *last = context;
    return event->number == ++*last;
}

static void a_large_snapshot_is_whole(void **state)
{
    Fixture *fixture = *state;
    uint32_t last = 0;
    snapshot_begin(fixture);
    for (uint32_t number = 1; number <= MANY; number++)
        snapshot_event(fixture, number, 1);
    snapshot_end(fixture, MANY, NULL);
    reopen(fixture);
    assert_int_equal(mirror_event_count(fixture->mirror), MANY);
    assert_true(mirror_events(fixture->mirror, count_up, &last));
    assert_int_equal(last, MANY);
}

/* --- the folder --- */

static void a_folder_belongs_to_one_process(void **state)
{
    Fixture *fixture = *state;
    Mirror *other = NULL;
    char pid[32];
    (void)snprintf(pid, sizeof pid, "pid %ld", (long)getpid());
    assert_int_equal(mirror_open(fixture->folder, &other, &fixture->problem),
                     STATUS_FAILED_PRECONDITION);
    assert_null(other);
    assert_non_null(strstr(fixture->problem.message, pid));
    mirror_close(&fixture->mirror);
    open_mirror(fixture);
}

static void damage(Fixture *fixture, const char *shell)
{
    char command[256];
    mirror_close(&fixture->mirror);
    (void)snprintf(command, sizeof command, "cd '%s' && %s", fixture->folder, shell);
    assert_int_equal(system(command), 0); /* NOLINT(concurrency-mt-unsafe): one thread */
    open_mirror(fixture);
}

static void what_cannot_be_read_is_put_aside(void **state)
{
    static const char *const damages[] = {
        "truncate -s 9000 mirror.mdb",
        "truncate -s 100 mirror.mdb",
        "yes | head -c 40000 >mirror.mdb",
    };
    Fixture *fixture = *state;
    assert_false(mirror_was_damaged(fixture->mirror));
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        snapshot_begin(fixture);
        snapshot_event(fixture, 1, 1);
        snapshot_end(fixture, 1, NULL);
        damage(fixture, damages[i]);
        assert_true(mirror_was_damaged(fixture->mirror));
        assert_true(mirror_is_new(fixture->mirror));
        expect_events(fixture, "");
        damage(fixture, "test -s mirror.mdb.damaged && rm mirror.mdb.damaged");
    }
}

/* --- what was erased --- */

enum {
    ERASED_EVENTS = 300,
    LARGE_BYTES = 20000, /* in pages of its own */
};

/* Is the name in any byte of any file of the folder? */
static bool holds_name(const Fixture *fixture)
{
    char command[128];
    (void)snprintf(command, sizeof command, "grep -rqa 'Jane Doe' '%s'", fixture->folder);
    return system(command) == 0; /* NOLINT(concurrency-mt-unsafe): one thread */
}

/* Events of many sizes; where `name` is not NULL it is in the texts of each. */
static void apply_named(Fixture *fixture, uint64_t sequence, uint32_t number, const char *name,
                        Plenary__V1__Change__Action action)
{
    static char text[LARGE_BYTES + 1];
    bool is_erased = action == PLENARY__V1__CHANGE__ACTION__ERASED;
    size_t length = 8 + number * 7919 % (number % 10 ? 900 : LARGE_BYTES - 8);
    Made made;
    MirrorStep step;
    Change change = PLENARY__V1__CHANGE__INIT;
    memset(text, 'x', length);
    text[length] = '\0';
    if (name) memcpy(text + length - strlen(name), name, strlen(name));
    change.sequence = sequence;
    change.has_action = 1;
    change.action = action;
    change.record_case = PLENARY__V1__CHANGE__RECORD_EVENT;
    change.event = make_event(&made, number, 1);
    change.event->description = text;
    arena_reset(fixture->arena);
    if (mirror_apply(fixture->mirror, &change, is_erased ? AGAIN : ENTERED, fixture->arena, &step,
                     &fixture->problem) != STATUS_OK)
        fail_msg("%s", fixture->problem.message);
    assert_non_null(step.after);
}

static void apply_all_named(Fixture *fixture, uint64_t sequence, const char *name,
                            Plenary__V1__Change__Action action)
{
    bool is_erased = action == PLENARY__V1__CHANGE__ACTION__ERASED;
    for (uint32_t number = 1; number <= ERASED_EVENTS; number++)
        apply_named(fixture, is_erased ? sequence : sequence + number, number, name, action);
}

static void renew(Fixture *fixture)
{
    if (mirror_renew(fixture->mirror, &fixture->problem) != STATUS_OK)
        fail_msg("%s", fixture->problem.message);
    assert_false(mirror_is_stale(fixture->mirror));
}

static void no_byte_of_who_was_erased_is_left_in_the_file(void **state)
{
    Fixture *fixture = *state;
    uint32_t last = 0;
    apply_all_named(fixture, 0, "Jane Doe", PLENARY__V1__CHANGE__ACTION__REGISTERED);
    commit(fixture, "first");
    assert_false(mirror_is_stale(fixture->mirror));
    apply_all_named(fixture, ERASED_EVENTS + 1, NULL, PLENARY__V1__CHANGE__ACTION__ERASED);
    set_position(fixture, "behind it");
    commit(fixture, "second");
    assert_true(holds_name(fixture)); /* what is deleted stays in the pages */
    reopen(fixture);
    assert_true(mirror_is_stale(fixture->mirror));
    put_organisation(fixture, ERASED_EVENTS + 2, 1, "Office", ENTERED);
    commit(fixture, NULL);
    renew(fixture);
    assert_false(holds_name(fixture));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(mirror_event_count(fixture->mirror), ERASED_EVENTS);
        assert_true(mirror_events(fixture->mirror, count_up, &last));
        assert_int_equal(last, ERASED_EVENTS);
        assert_non_null(mirror_event_of_id(fixture->mirror, "e7", fixture->arena));
        assert_string_equal(mirror_organisation(fixture->mirror, "unodc")->name, "Office");
        assert_int_equal(mirror_sequence(fixture->mirror), ERASED_EVENTS + 2);
        expect_note(fixture, "second");
        expect_position(fixture, "behind it");
        last = 0;
        reopen(fixture);
        assert_false(mirror_is_stale(fixture->mirror));
    }
    apply_named(fixture, ERASED_EVENTS + 3, 1, NULL, PLENARY__V1__CHANGE__ACTION__REVISED);
    commit(fixture, "third");
    assert_false(mirror_is_stale(fixture->mirror));
}

static void what_was_erased_is_applied_whatever_its_relation(void **state)
{
    Fixture *fixture = *state;
    Change change = PLENARY__V1__CHANGE__INIT;
    MirrorStep step;
    Made made;
    apply(fixture, 1, 1, 3, ENTERED);
    apply(fixture, 2, 2, 1, ENTERED);
    commit(fixture, NULL);
    change.sequence = 3;
    change.has_action = 1;
    change.action = PLENARY__V1__CHANGE__ACTION__ERASED;
    assert_int_equal(
        mirror_apply(fixture->mirror, &change, AGAIN, fixture->arena, &step, &fixture->problem),
        STATUS_OK); /* without a record: only former images had the name */
    assert_null(step.after);
    assert_true(mirror_is_stale(fixture->mirror));
    change.record_case = PLENARY__V1__CHANGE__RECORD_EVENT;
    change.event = make_event(&made, 1, 3);
    assert_int_equal(
        mirror_apply(fixture->mirror, &change, AGAIN, fixture->arena, &step, &fixture->problem),
        STATUS_OK);
    assert_non_null(step.after);
    change.event = make_event(&made, 2, 1);
    assert_int_equal(
        mirror_apply(fixture->mirror, &change, LEFT, fixture->arena, &step, &fixture->problem),
        STATUS_OK);
    assert_non_null(step.before);
    commit(fixture, NULL);
    renew(fixture);
    expect_events(fixture, "1@3 ");
}

static void a_copy_that_a_snapshot_replaced_is_to_be_gone_too(void **state)
{
    Fixture *fixture = *state;
    snapshot_begin(fixture);
    snapshot_event(fixture, 1, 1);
    snapshot_end(fixture, 1, NULL);
    assert_false(mirror_is_stale(fixture->mirror)); /* the first one */
    apply_named(fixture, 2, 2, "Jane Doe", PLENARY__V1__CHANGE__ACTION__REGISTERED);
    commit(fixture, NULL);
    snapshot_begin(fixture);
    snapshot_event(fixture, 1, 2);
    snapshot_end(fixture, 5, NULL);
    assert_true(holds_name(fixture));
    assert_true(mirror_is_stale(fixture->mirror));
    renew(fixture);
    assert_false(holds_name(fixture));
    expect_events(fixture, "1@2 ");
}

static void one_that_was_not_finished_is_to_be_gone_too(void **state)
{
    Fixture *fixture = *state;
    snapshot_begin(fixture);
    for (uint32_t number = 1; number <= MANY; number++)
        snapshot_event(fixture, number, 1);
    reopen(fixture);
    snapshot_begin(fixture);
    reopen(fixture);
    snapshot_begin(fixture);
    snapshot_end(fixture, 5, NULL);
    assert_true(mirror_is_stale(fixture->mirror));
    renew(fixture);
    expect_events(fixture, "");
}

static void a_crash_while_it_is_written_anew_leaves_one_whole(void **state)
{
    Fixture *fixture = *state;
    apply(fixture, 1, 1, 1, ENTERED);
    commit(fixture, NULL);
    damage(fixture, "echo 'Jane Doe' >mirror.mdb.new && echo >mirror.mdb.new-lock");
    assert_false(holds_name(fixture));
    assert_false(mirror_was_damaged(fixture->mirror));
    expect_events(fixture, "1@1 ");
    damage(fixture, "test ! -e mirror.mdb.new && test ! -e mirror.mdb.new-lock &&"
                    "echo 'Jane Doe' >mirror.mdb.damaged");
    assert_true(holds_name(fixture));
    renew(fixture);
    assert_false(holds_name(fixture));
    expect_events(fixture, "1@1 ");
}

/* The name of the new file is taken by a folder: what was there goes on to be there. */
static void a_mirror_that_cannot_be_written_anew_goes_on(void **state)
{
    Fixture *fixture = *state;
    char path[PATH_SIZE];
    apply_named(fixture, 1, 1, "Jane Doe", PLENARY__V1__CHANGE__ACTION__REGISTERED);
    apply_named(fixture, 2, 1, NULL, PLENARY__V1__CHANGE__ACTION__ERASED);
    commit(fixture, "note");
    (void)snprintf(path, sizeof path, "%s/mirror.mdb.new", fixture->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(mirror_renew(fixture->mirror, &fixture->problem), STATUS_UNAVAILABLE);
        assert_true(mirror_is_stale(fixture->mirror));
        expect_events(fixture, "1@1 ");
    }
    apply(fixture, 3, 2, 1, ENTERED);
    commit(fixture, NULL);
    assert_int_equal(rmdir(path), 0);
    renew(fixture);
    assert_false(holds_name(fixture));
    expect_events(fixture, "1@1 2@1 ");
    expect_note(fixture, "note");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_step_says_what_was_and_what_is),
        TEST(a_change_that_is_heard_again_is_passed_over),
        TEST(what_is_only_shown_otherwise_takes_its_place),
        TEST(an_older_image_does_not_take_the_place_of_a_newer_one),
        TEST(events_are_found_by_number_order_and_by_id),
        TEST(organisations_are_kept_by_the_same_rules),
        TEST(what_was_not_committed_is_gone),
        TEST(a_note_moves_with_the_commit),
        TEST(a_position_moves_with_the_commit_and_with_the_snapshot),
        TEST(a_disk_that_fails_takes_back_what_was_not_committed),
        TEST(a_snapshot_counts_when_it_is_whole),
        TEST(a_snapshot_may_go_back),
        TEST(a_snapshot_brings_its_own_organisations),
        TEST(what_a_snapshot_changes_is_told_in_number_order),
        TEST(a_large_snapshot_is_whole),
        TEST(a_folder_belongs_to_one_process),
        TEST(what_cannot_be_read_is_put_aside),
        TEST(no_byte_of_who_was_erased_is_left_in_the_file),
        TEST(what_was_erased_is_applied_whatever_its_relation),
        TEST(a_copy_that_a_snapshot_replaced_is_to_be_gone_too),
        TEST(one_that_was_not_finished_is_to_be_gone_too),
        TEST(a_crash_while_it_is_written_anew_leaves_one_whole),
        TEST(a_mirror_that_cannot_be_written_anew_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
