/* A mirror holds what was applied and committed, and moves in one step. */
#include "tests/unit/clients/lib/mirror_fixture.h"

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
