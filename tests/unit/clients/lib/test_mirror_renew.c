/* No byte of who was erased is left in a mirror's file. */
#include "tests/unit/clients/lib/mirror_fixture.h"

#include <sys/stat.h>

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
        TEST(no_byte_of_who_was_erased_is_left_in_the_file),
        TEST(what_was_erased_is_applied_whatever_its_relation),
        TEST(a_copy_that_a_snapshot_replaced_is_to_be_gone_too),
        TEST(one_that_was_not_finished_is_to_be_gone_too),
        TEST(a_crash_while_it_is_written_anew_leaves_one_whole),
        TEST(a_mirror_that_cannot_be_written_anew_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
