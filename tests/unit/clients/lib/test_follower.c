/* A follower calls its reactions in the order that its header promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>

#include "clients/lib/follower.h"
#include "fake_lists.h"
#include "fake_stream.h"

enum {
    LOG_SIZE = 512,
    ARGUMENTS_MAX = 8,
};

/* A program that writes down what happens to it. */
typedef struct Probe {
    char log[LOG_SIZE];
    size_t batch;          /* 0: as it is */
    StatusCode keep_fails; /* OK: it does not */
    StatusCode settle_fails;
    char note[16];    /* that it gives */
    FollowerNote got; /* that it was begun with */
    size_t settled_events;
} Probe;

typedef struct Fixture {
    Fake stream_fake;
    Fake lists_fake;
    FakeStream stream;
    FakeLists lists;
    Probe probe;
} Fixture;

/* --- the program --- */

static void write_down(Probe *probe, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void write_down(Probe *probe, const char *format, ...)
{
    size_t length = strlen(probe->log);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(probe->log + length, LOG_SIZE - length, format, arguments);
    va_end(arguments);
}

static StatusCode begin(void *context, const FollowerTools *tools, const FollowerNote *note,
                        Problem *problem)
{
    Probe *probe = context;
    probe->got = *note;
    write_down(probe, "begin ");
    if (!arguments_have(tools->arguments, "refuse")) return STATUS_OK;
    return problem_violation(problem, "--refuse", "was given");
}

/* "4:3>4 " is change 4, which takes revision 3 to 4; "5e" erased somebody. */
static StatusCode hear(void *context, const FollowerNews *news, Problem *problem)
{
    (void)problem;
    write_down(context, "%llu%s:%u>%u ", (unsigned long long)news->sequence,
               news->is_erased ? "e"
               : news->change  ? ""
                               : "*",
               news->before ? news->before->revision : 0, news->after ? news->after->revision : 0);
    return STATUS_OK;
}

static size_t batch(void *context)
{
    const Probe *probe = context;
    return probe->batch;
}

static StatusCode keep(void *context, FollowerNote *note, Problem *problem)
{
    Probe *probe = context;
    write_down(probe, "keep ");
    note->size = strlen(probe->note);
    memcpy(note->bytes, probe->note, note->size);
    return probe->keep_fails == STATUS_OK ? STATUS_OK
                                          : problem_set(problem, probe->keep_fails, "not kept");
}

static StatusCode settle(void *context, Mirror *mirror, Problem *problem)
{
    Probe *probe = context;
    write_down(probe, "settle ");
    probe->settled_events = mirror_event_count(mirror);
    return probe->settle_fails == STATUS_OK
               ? STATUS_OK
               : problem_set(problem, probe->settle_fails, "not settled");
}

static void end(void *context)
{
    write_down(context, "end ");
}

static const Option options[] = {
    {"refuse", 0, NULL, 0, FOLLOWER_OWN, "for the test"},
    {"from-start", 0, NULL, 0, FOLLOWER_OWN, "for the test"},
    {NULL, 0, NULL, 0, 0, NULL},
};

static const FollowerProgram program = {
    .name = "plenary-probe",
    .state_name = "probe",
    .summary = "a test",
    .example = "plenary-probe",
    .options = options,
    .replay_option = "from-start",
    .begin = begin,
    .hear = hear,
    .batch = batch,
    .keep = keep,
    .settle = settle,
    .end = end,
};

/* --- the tests' own tools --- */

static int set_up(void **state)
{
    Fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fake_init(&fixture->stream_fake, "stream", stream_script, &fixture->stream);
    fixture->stream_fake.tick = stream_tick;
    fixture->stream.epoch = 1;
    fixture->stream.batch = 10;
    fixture->stream.is_about_events = true;
    fixture->lists_fake = (Fake){.script = lists_script, .context = &fixture->lists};
    (void)snprintf(fixture->lists_fake.endpoint, FAKE_PATH_SIZE, "ipc://%s/run/requests.ipc",
                   fixture->stream_fake.home);
    fixture->lists.events = 1;
    fixture->lists.revision = 3;
    atomic_store(&fixture->stream.head, 3);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    fake_remove(&fixture->stream_fake);
    free(fixture);
    return 0;
}

/* Runs it with --once and an option; what it wrote down is in the probe's log. */
static int run(Fixture *fixture, const char *option)
{
    const char *arguments[ARGUMENTS_MAX] = {"plenary-probe", "--once", "--home",
                                            fixture->stream_fake.home, option};
    fixture->probe.log[0] = '\0';
    fixture->stream.is_open = false;
    fake_start(&fixture->stream_fake);
    fake_start(&fixture->lists_fake);
    int code =
        follower_main(&program, &fixture->probe, option ? 5 : 4, (char **)(uintptr_t)arguments);
    fake_stop(&fixture->lists_fake);
    fake_stop(&fixture->stream_fake);
    return code;
}

static void expect_run(Fixture *fixture, const char *log)
{
    assert_int_equal(run(fixture, NULL), 0);
    assert_string_equal(fixture->probe.log, log);
}

static void move_on_to(Fixture *fixture, uint64_t head)
{
    atomic_store(&fixture->stream.head, head);
    fixture->lists.revision = (uint32_t)head;
}

/* Which file it is: one that is written anew is another. */
static ino_t mirror_file(const Fixture *fixture)
{
    char path[FAKE_PATH_SIZE + 32];
    struct stat about;
    (void)snprintf(path, sizeof path, "%s/state/probe/mirror.mdb", fixture->stream_fake.home);
    assert_int_equal(stat(path, &about), 0);
    return about.st_ino;
}

/* --- the tests --- */

static void a_first_start_settles_the_snapshot_and_hears_nothing(void **state)
{
    Fixture *fixture = *state;
    fixture->lists.events = 7;
    expect_run(fixture, "begin keep settle end ");
    assert_int_equal(fixture->probe.settled_events, 7);
    assert_true(fixture->stream.asked[0].directory);
}

static void a_start_without_changes_settles_all_the_same(void **state)
{
    Fixture *fixture = *state;
    (void)run(fixture, NULL);
    expect_run(fixture, "begin settle end ");
}

static void changes_are_heard_then_kept_then_settled(void **state)
{
    Fixture *fixture = *state;
    (void)run(fixture, NULL);
    move_on_to(fixture, 5);
    expect_run(fixture, "begin 4:3>4 5:4>5 keep settle end ");
    expect_run(fixture, "begin settle end ");
}

static void the_note_of_the_last_keep_comes_back(void **state)
{
    Fixture *fixture = *state;
    (void)snprintf(fixture->probe.note, sizeof fixture->probe.note, "first");
    (void)run(fixture, NULL);
    assert_int_equal(fixture->probe.got.size, 0);
    (void)snprintf(fixture->probe.note, sizeof fixture->probe.note, "second one");
    move_on_to(fixture, 4);
    (void)run(fixture, NULL);
    assert_int_equal(fixture->probe.got.size, 5);
    assert_memory_equal(fixture->probe.got.bytes, "first", 5);
    (void)run(fixture, NULL);
    assert_int_equal(fixture->probe.got.size, 10);
    assert_memory_equal(fixture->probe.got.bytes, "second one", 10);
}

static void what_could_not_be_kept_is_heard_again_with_the_same_image_before_it(void **state)
{
    Fixture *fixture = *state;
    (void)run(fixture, NULL);
    move_on_to(fixture, 5);
    fixture->probe.keep_fails = STATUS_UNAVAILABLE;
    assert_int_equal(run(fixture, NULL), 7);
    assert_string_equal(fixture->probe.log, "begin 4:3>4 5:4>5 keep end ");
    fixture->probe.keep_fails = STATUS_OK;
    expect_run(fixture, "begin 4:3>4 5:4>5 keep settle end ");
}

static void what_was_kept_and_not_settled_is_settled_at_the_next_start(void **state)
{
    Fixture *fixture = *state;
    (void)run(fixture, NULL);
    move_on_to(fixture, 4);
    fixture->probe.settle_fails = STATUS_UNAVAILABLE;
    assert_int_equal(run(fixture, NULL), 7);
    fixture->probe.settle_fails = STATUS_OK;
    expect_run(fixture, "begin settle end ");
}

static void a_program_may_keep_each_change_by_itself(void **state)
{
    Fixture *fixture = *state;
    (void)run(fixture, NULL);
    fixture->probe.batch = 1;
    move_on_to(fixture, 6);
    expect_run(fixture, "begin 4:3>4 keep 5:4>5 keep 6:5>6 keep settle end ");
}

static void another_history_is_heard_as_what_differs(void **state)
{
    Fixture *fixture = *state;
    (void)run(fixture, NULL);
    fixture->stream.epoch = 2;
    move_on_to(fixture, 2);
    expect_run(fixture, "begin 2*:3>2 keep settle end ");
    move_on_to(fixture, 3);
    expect_run(fixture, "begin 3:2>3 keep settle end ");
}

/* The image before has the name in it. */
static void an_erasure_is_heard_without_what_was_before_and_the_mirror_is_written_anew(void **state)
{
    Fixture *fixture = *state;
    (void)run(fixture, NULL);
    fixture->stream.erases = 5;
    move_on_to(fixture, 6);
    ino_t before = mirror_file(fixture);
    expect_run(fixture, "begin 4:3>4 5e:0>4 6:4>6 keep settle end ");
    ino_t after = mirror_file(fixture);
    assert_true(before != after);
    expect_run(fixture, "begin settle end ");
    assert_true(mirror_file(fixture) == after);
}

/* Killed between keeping and writing anew: the next start does it. */
static void what_is_stale_is_written_anew_at_the_next_start(void **state)
{
    Fixture *fixture = *state;
    (void)run(fixture, NULL);
    fixture->stream.erases = 4;
    move_on_to(fixture, 4);
    fixture->probe.keep_fails = STATUS_UNAVAILABLE;
    ino_t before = mirror_file(fixture);
    assert_int_equal(run(fixture, NULL), 7);
    assert_true(mirror_file(fixture) == before);
    fixture->probe.keep_fails = STATUS_OK;
    expect_run(fixture, "begin 4e:0>3 keep settle end ");
    assert_true(mirror_file(fixture) != before);
}

/* It may be shown otherwise, or a person was erased meanwhile: a difference would tell the name. */
static void what_a_fresh_snapshot_shows_of_the_same_revision_is_not_told(void **state)
{
    Fixture *fixture = *state;
    (void)run(fixture, NULL);
    fixture->stream.epoch = 2;
    char title[] = "shown otherwise";
    fixture->lists.title = title;
    ino_t before = mirror_file(fixture);
    expect_run(fixture, "begin keep settle end ");
    assert_true(mirror_file(fixture) != before);
}

static void a_start_from_the_first_change_hears_all_of_them(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(run(fixture, "--from-start"), 0);
    assert_string_equal(fixture->probe.log, "begin keep 1:0>1 2:1>2 3:2>3 keep settle end ");
    assert_int_equal(fixture->lists.asked, 0);
    assert_int_equal(run(fixture, "--from-start"), 0);
    assert_string_equal(fixture->probe.log, "begin settle end ");
}

static void a_refused_snapshot_ends_it_with_the_reason(void **state)
{
    Fixture *fixture = *state;
    fixture->lists.refusal = PLENARY__V1__STATUS_CODE__PERMISSION_DENIED;
    assert_int_equal(run(fixture, NULL), 4);
    assert_string_equal(fixture->probe.log, "begin end ");
}

static void a_program_that_does_not_begin_is_not_ended(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(run(fixture, "--refuse"), 6);
    assert_string_equal(fixture->probe.log, "begin ");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_first_start_settles_the_snapshot_and_hears_nothing),
        TEST(a_start_without_changes_settles_all_the_same),
        TEST(changes_are_heard_then_kept_then_settled),
        TEST(the_note_of_the_last_keep_comes_back),
        TEST(what_could_not_be_kept_is_heard_again_with_the_same_image_before_it),
        TEST(what_was_kept_and_not_settled_is_settled_at_the_next_start),
        TEST(a_program_may_keep_each_change_by_itself),
        TEST(another_history_is_heard_as_what_differs),
        TEST(an_erasure_is_heard_without_what_was_before_and_the_mirror_is_written_anew),
        TEST(what_is_stale_is_written_anew_at_the_next_start),
        TEST(what_a_fresh_snapshot_shows_of_the_same_revision_is_not_told),
        TEST(a_start_from_the_first_change_hears_all_of_them),
        TEST(a_refused_snapshot_ends_it_with_the_reason),
        TEST(a_program_that_does_not_begin_is_not_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
