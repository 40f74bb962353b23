#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clients/lib/plenary.h"
#include "fake_stream.h"

#include <time.h>

enum {
    HEARTBEAT_TIMEOUT_MS = 300,
    PATIENCE_MS = 5000,
};

/* --- the tests' own tools --- */

typedef struct Bench {
    Fake fake;
    FakeStream stream;
    char cursor_file[FAKE_PATH_SIZE];
    PlenarySubscriber *subscriber;
    PlenaryError error;
    uint64_t heard; /* the last change; each must be the one after it */
} Bench;

static int set_up(void **state)
{
    Bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    fake_init(&bench->fake, "stream", stream_script, &bench->stream);
    bench->fake.tick = stream_tick;
    bench->stream.epoch = 1;
    bench->stream.batch = 10;
    (void)snprintf(bench->cursor_file, sizeof bench->cursor_file, "%s/cursor", bench->fake.home);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    Bench *bench = *state;
    plenary_unsubscribe(&bench->subscriber);
    fake_remove(&bench->fake);
    free(bench);
    return 0;
}

static void subscribe(Bench *bench, PlenarySubscription subscription)
{
    PlenaryOptions options = {.home = bench->fake.home};
    if (!subscription.heartbeat_timeout_ms)
        subscription.heartbeat_timeout_ms = HEARTBEAT_TIMEOUT_MS;
    plenary_unsubscribe(&bench->subscriber);
    bench->subscriber = plenary_subscribe(&options, &subscription, &bench->error);
}

static const char *const heard_names[] = {"nothing", "change", "caught up", "resync",
                                          "lost",    "back",   "refused"};

static PlenaryNews expect(Bench *bench, PlenaryHeard heard)
{
    PlenaryNews news;
    plenary_hear(bench->subscriber, PATIENCE_MS, &news);
    if (news.heard != heard)
        fail_msg("heard %s (%s), not %s", heard_names[news.heard], news.error.message,
                 heard_names[heard]);
    return news;
}

static void expect_changes_to(Bench *bench, uint64_t last)
{
    while (bench->heard < last) {
        PlenaryNews news = expect(bench, PLENARY_CHANGE);
        assert_int_equal(news.sequence, bench->heard + 1);
        assert_int_equal(news.change->sequence, news.sequence);
        bench->heard = news.sequence;
    }
}

/* Hears changes, each the one after the last, until something else comes. */
static PlenaryNews hear_changes(Bench *bench)
{
    PlenaryNews news;
    for (;;) {
        plenary_hear(bench->subscriber, PATIENCE_MS, &news);
        if (news.heard != PLENARY_CHANGE) return news;
        assert_int_equal(news.sequence, ++bench->heard);
    }
}

static void expect_silence(Bench *bench)
{
    PlenaryNews news;
    plenary_hear(bench->subscriber, 100, &news);
    assert_int_equal(news.heard, PLENARY_NOTHING);
}

static void acknowledge(Bench *bench)
{
    if (!plenary_acknowledge(bench->subscriber, &bench->error))
        fail_msg("%s", bench->error.message);
}

/* --- the tests --- */

static void test_changes_are_heard_in_order_as_credit_allows(void **state)
{
    Bench *bench = *state;
    atomic_store(&bench->stream.head, 1000);
    fake_start(&bench->fake);
    subscribe(bench, (PlenarySubscription){.credit_messages = 32});
    expect_changes_to(bench, 1000);
    PlenaryNews news = expect(bench, PLENARY_CAUGHT_UP);
    assert_int_equal(news.sequence, 1000);
    atomic_store(&bench->stream.head, 1100);
    expect_changes_to(bench, 1100);
    expect_silence(bench);
    fake_stop(&bench->fake);
    assert_int_equal(bench->stream.asked_count, 1);
    assert_int_equal(bench->stream.asked[0].credit_messages, 32);
    assert_true(bench->stream.credit_lowest >= 0);
    assert_true(bench->stream.credit_highest <= 32);
}

static void test_a_reader_that_waits_is_not_overrun(void **state)
{
    Bench *bench = *state;
    atomic_store(&bench->stream.head, 1000);
    fake_start(&bench->fake);
    subscribe(bench, (PlenarySubscription){.credit_messages = 32, .heartbeat_timeout_ms = 5000});
    expect_changes_to(bench, 1);
    usleep(200 * 1000);
    fake_stop(&bench->fake);
    assert_true(bench->stream.sent <= 33);
}

static void test_a_cursor_file_goes_on_where_it_was_acknowledged(void **state)
{
    Bench *bench = *state;
    atomic_store(&bench->stream.head, 45);
    fake_start(&bench->fake);
    PlenarySubscription subscription = {.cursor_file = bench->cursor_file};
    subscribe(bench, subscription);
    expect_changes_to(bench, 20);
    acknowledge(bench); /* at a batch's end */
    subscribe(bench, subscription);
    expect_changes_to(bench, 33);
    acknowledge(bench);           /* in the middle of one */
    expect_changes_to(bench, 37); /* heard, not acknowledged */
    bench->heard = 33;
    subscribe(bench, subscription);
    expect_changes_to(bench, 45);
    expect(bench, PLENARY_CAUGHT_UP);
    acknowledge(bench);
    subscribe(bench, subscription);
    expect(bench, PLENARY_CAUGHT_UP);
    fake_stop(&bench->fake);
    assert_int_equal(bench->stream.asked[1].start, PLENARY__V1__SUBSCRIBE__START_CURSOR);
    assert_int_equal(bench->stream.asked[1].sequence, 20);
    assert_int_equal(bench->stream.asked[1].epoch, 1);
    assert_int_equal(bench->stream.asked[2].sequence, 30);
    assert_int_equal(bench->stream.asked[3].sequence, 45);
}

static void test_a_change_in_two_deliveries_is_done_when_both_were_heard(void **state)
{
    Bench *bench = *state;
    atomic_store(&bench->stream.head, 6);
    bench->stream.twice = 4;
    fake_start(&bench->fake);
    PlenarySubscription subscription = {.cursor_file = bench->cursor_file};
    subscribe(bench, subscription);
    expect_changes_to(bench, 4);
    acknowledge(bench); /* its second delivery was not heard yet */

    subscribe(bench, subscription);
    bench->heard = 3;
    expect_changes_to(bench, 4);
    PlenaryNews news = expect(bench, PLENARY_CHANGE);
    assert_int_equal(news.sequence, 4);
    assert_int_equal(news.relation, PLENARY__V1__DELIVERY__RELATION__CHANGED);
    acknowledge(bench);

    subscribe(bench, subscription);
    expect_changes_to(bench, 6);
}

static void test_a_start_now_is_remembered_from_the_first_change_on(void **state)
{
    Bench *bench = *state;
    atomic_store(&bench->stream.head, 100);
    bench->stream.twice = EVERY_TWICE;
    fake_start(&bench->fake);
    PlenarySubscription subscription = {.cursor_file = bench->cursor_file, .now = true};
    subscribe(bench, subscription);
    plenary_hear(bench->subscriber, 0, &(PlenaryNews){0});
    while (atomic_load(&bench->stream.asked_count) == 0)
        plenary_hear(bench->subscriber, 0, &(PlenaryNews){0});
    atomic_store(&bench->stream.head, 103);
    PlenaryNews news = {0};
    while (news.heard != PLENARY_CHANGE)
        plenary_hear(bench->subscriber, PATIENCE_MS, &news);
    assert_int_equal(news.sequence, 101);
    acknowledge(bench); /* half of change 101 */

    subscribe(bench, subscription);
    for (uint64_t delivery = 0; delivery < 6; delivery++)
        assert_int_equal(expect(bench, PLENARY_CHANGE).sequence, 101 + delivery / 2);
    assert_int_equal(bench->stream.asked[0].start, PLENARY__V1__SUBSCRIBE__START_NOW);
}

static void test_silence_is_told_and_nothing_is_heard_twice(void **state)
{
    Bench *bench = *state;
    atomic_store(&bench->stream.head, 25);
    fake_start(&bench->fake);
    subscribe(bench, (PlenarySubscription){0});
    expect_changes_to(bench, 25);
    expect(bench, PLENARY_CAUGHT_UP);
    atomic_store(&bench->stream.is_mute, true);
    atomic_store(&bench->stream.head, 50);
    PlenaryNews news = expect(bench, PLENARY_LOST);
    assert_int_equal(news.error.code, PLENARY__V1__STATUS_CODE__UNAVAILABLE);
    assert_non_null(strstr(news.error.message, "nothing was heard"));
    expect_silence(bench); /* it is told once */
    atomic_store(&bench->stream.is_mute, false);
    expect(bench, PLENARY_BACK);
    expect_changes_to(bench, 50);
    expect(bench, PLENARY_CAUGHT_UP);
    fake_stop(&bench->fake);
    assert_int_equal(bench->stream.asked[1].start, PLENARY__V1__SUBSCRIBE__START_CURSOR);
    assert_int_equal(bench->stream.asked[1].sequence, 25);
}

static void test_a_restart_loses_and_repeats_nothing(void **state)
{
    Bench *bench = *state;
    atomic_store(&bench->stream.head, 500);
    fake_start(&bench->fake);
    subscribe(bench, (PlenarySubscription){.credit_messages = 40});
    expect_changes_to(bench, 217);
    fake_stop(&bench->fake);
    bench->stream.is_open = false;
    PlenaryNews news = hear_changes(bench); /* what had arrived is still heard */
    assert_int_equal(news.heard, PLENARY_LOST);
    fake_start(&bench->fake);
    expect(bench, PLENARY_BACK);
    expect_changes_to(bench, 500);
    expect(bench, PLENARY_CAUGHT_UP);
}

static void test_another_epoch_asks_for_a_snapshot(void **state)
{
    Bench *bench = *state;
    atomic_store(&bench->stream.head, 30);
    fake_start(&bench->fake);
    PlenarySubscription subscription = {.cursor_file = bench->cursor_file};
    subscribe(bench, subscription);
    expect_changes_to(bench, 30);
    expect(bench, PLENARY_CAUGHT_UP);
    acknowledge(bench);
    fake_stop(&bench->fake);
    expect(bench, PLENARY_LOST);
    bench->stream.is_open = false;
    bench->stream.epoch = 2;
    atomic_store(&bench->stream.head, 12);
    fake_start(&bench->fake);
    expect(bench, PLENARY_BACK);
    PlenaryNews news = expect(bench, PLENARY_RESYNC);
    assert_int_equal(news.sequence, 12);
    assert_string_equal(news.error.message, "another epoch");
    expect_silence(bench);

    plenary_resume_after(bench->subscriber, 12);
    expect(bench, PLENARY_CAUGHT_UP);
    atomic_store(&bench->stream.head, 15);
    bench->heard = 12;
    expect_changes_to(bench, 15);
    acknowledge(bench);
    fake_stop(&bench->fake);
    int last = bench->stream.asked_count - 1;
    assert_int_equal(bench->stream.asked[last].start, PLENARY__V1__SUBSCRIBE__START_CURSOR);
    assert_int_equal(bench->stream.asked[last].epoch, 2);

    fake_start(&bench->fake); /* the file holds the new epoch */
    bench->stream.is_open = false;
    subscribe(bench, subscription);
    expect(bench, PLENARY_CAUGHT_UP);
}

static void test_a_forgotten_stream_is_asked_for_again(void **state)
{
    Bench *bench = *state;
    atomic_store(&bench->stream.head, 5);
    fake_start(&bench->fake);
    subscribe(bench, (PlenarySubscription){0});
    expect_changes_to(bench, 5);
    expect(bench, PLENARY_CAUGHT_UP);
    atomic_store(&bench->stream.head, 8);
    usleep(50 * 1000);
    atomic_store(&bench->stream.forgets, true);
    expect_changes_to(bench, 8); /* no PLENARY_LOST: the lease shows it */
    expect(bench, PLENARY_CAUGHT_UP);
    assert_int_equal(bench->stream.asked_count, 2);
}

static void test_what_cannot_be_read_is_asked_for_again(void **state)
{
    Bench *bench = *state;
    atomic_store(&bench->stream.head, 5);
    fake_start(&bench->fake);
    subscribe(bench, (PlenarySubscription){.heartbeat_timeout_ms = PATIENCE_MS});
    expect_changes_to(bench, 5);
    expect(bench, PLENARY_CAUGHT_UP);
    atomic_store(&bench->stream.sends_junk, true);
    atomic_store(&bench->stream.head, 9);
    PlenaryNews news = hear_changes(bench);
    assert_int_equal(news.heard, PLENARY_LOST);
    assert_non_null(strstr(news.error.message, "cannot be read"));
    expect(bench, PLENARY_BACK);
    expect_changes_to(bench, 9);
}

static void test_a_refusal_is_told_one_that_passes_is_waited_for(void **state)
{
    Bench *bench = *state;
    atomic_store(&bench->stream.head, 3);
    atomic_store(&bench->stream.refusals, 2);
    fake_start(&bench->fake);
    subscribe(bench, (PlenarySubscription){0});
    PlenaryNews news = expect(bench, PLENARY_LOST);
    assert_int_equal(news.error.code, PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED);
    expect(bench, PLENARY_BACK);
    expect_changes_to(bench, 3);

    atomic_store(&bench->stream.forbids, true);
    subscribe(bench, (PlenarySubscription){0});
    news = expect(bench, PLENARY_REFUSED);
    assert_int_equal(news.error.code, PLENARY__V1__STATUS_CODE__PERMISSION_DENIED);
    assert_string_equal(news.error.message, "said no");
    expect_silence(bench);
    assert_int_equal(bench->stream.asked_count, 4);
}

static void test_an_absent_daemon_is_told_at_once_and_waited_for(void **state)
{
    Bench *bench = *state;
    atomic_store(&bench->stream.head, 3);
    subscribe(bench, (PlenarySubscription){.heartbeat_timeout_ms = 2 * PATIENCE_MS});
    PlenaryNews news = expect(bench, PLENARY_LOST);
    assert_non_null(strstr(news.error.message, "start it with: plenaryd"));
    fake_start(&bench->fake);
    expect(bench, PLENARY_BACK);
    expect_changes_to(bench, 3);
}

static void test_a_named_subscriber_says_how_far_it_came(void **state)
{
    Bench *bench = *state;
    atomic_store(&bench->stream.head, 7);
    fake_start(&bench->fake);
    subscribe(bench, (PlenarySubscription){.name = "notify"});
    expect_changes_to(bench, 7);
    acknowledge(bench);
    for (int i = 0; i < 100 && atomic_load(&bench->stream.acknowledged) != 7; i++)
        usleep(10 * 1000);
    assert_int_equal(atomic_load(&bench->stream.acknowledged), 7);
    assert_string_equal(bench->stream.asked[0].name, "notify");
}

static void write_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void test_a_position_goes_on_where_it_was_taken(void **state)
{
    Bench *bench = *state;
    uint8_t position[PLENARY_POSITION_SIZE];
    atomic_store(&bench->stream.head, 30);
    fake_start(&bench->fake);
    subscribe(bench, (PlenarySubscription){0});
    expect_changes_to(bench, 17); /* in the middle of a batch */
    size_t size = plenary_position(bench->subscriber, position);
    expect_changes_to(bench, 20);
    assert_true(size > 0);
    subscribe(bench, (PlenarySubscription){.position = position, .position_size = size});
    bench->heard = 17;
    expect_changes_to(bench, 30);
    fake_stop(&bench->fake);
    assert_int_equal(bench->stream.asked[1].start, PLENARY__V1__SUBSCRIBE__START_CURSOR);

    position[size / 2] ^= 1;
    subscribe(bench, (PlenarySubscription){.position = position, .position_size = size});
    assert_null(bench->subscriber);
    assert_int_equal(bench->error.code, PLENARY__V1__STATUS_CODE__FAILED_PRECONDITION);
}

static void test_there_is_no_position_before_something_is_heard(void **state)
{
    Bench *bench = *state;
    uint8_t position[PLENARY_POSITION_SIZE];
    atomic_store(&bench->stream.head, 30);
    fake_start(&bench->fake);
    subscribe(bench, (PlenarySubscription){.now = true});
    assert_int_equal(plenary_position(bench->subscriber, position), 0);
    expect(bench, PLENARY_CAUGHT_UP);
    size_t size = plenary_position(bench->subscriber, position);
    subscribe(bench, (PlenarySubscription){.position = position, .position_size = size});
    bench->heard = 30;
    atomic_store(&bench->stream.head, 31);
    expect_changes_to(bench, 31);
}

static void test_the_directory_is_asked_for_where_it_is_wanted(void **state)
{
    Bench *bench = *state;
    fake_start(&bench->fake);
    subscribe(bench, (PlenarySubscription){.directory = true});
    expect(bench, PLENARY_CAUGHT_UP);
    subscribe(bench, (PlenarySubscription){0});
    expect(bench, PLENARY_CAUGHT_UP);
    fake_stop(&bench->fake);
    assert_true(bench->stream.asked[0].directory);
    assert_false(bench->stream.asked[1].directory);
}

static void test_a_damaged_cursor_file_is_refused(void **state)
{
    Bench *bench = *state;
    uint8_t file[1024];
    atomic_store(&bench->stream.head, 7);
    fake_start(&bench->fake);
    PlenarySubscription subscription = {.cursor_file = bench->cursor_file};
    subscribe(bench, subscription);
    expect_changes_to(bench, 7);
    acknowledge(bench);
    FILE *written = fopen(bench->cursor_file, "r");
    size_t size = fread(file, 1, sizeof file, written);
    assert_int_equal(fclose(written), 0);
    assert_in_range(size, 40, 600);

    for (size_t i = 0; i < size; i++) { /* each byte counts */
        file[i] ^= 0x10;
        write_file(bench->cursor_file, file, size);
        file[i] ^= 0x10;
        subscribe(bench, subscription);
        assert_null(bench->subscriber);
        assert_int_equal(bench->error.code, PLENARY__V1__STATUS_CODE__FAILED_PRECONDITION);
    }
    write_file(bench->cursor_file, file, size - 1);
    subscribe(bench, subscription);
    assert_null(bench->subscriber);
    write_file(bench->cursor_file, file, size);
    subscribe(bench, subscription);
    assert_non_null(bench->subscriber);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_changes_are_heard_in_order_as_credit_allows),
        TEST(test_a_reader_that_waits_is_not_overrun),
        TEST(test_a_cursor_file_goes_on_where_it_was_acknowledged),
        TEST(test_a_change_in_two_deliveries_is_done_when_both_were_heard),
        TEST(test_a_start_now_is_remembered_from_the_first_change_on),
        TEST(test_silence_is_told_and_nothing_is_heard_twice),
        TEST(test_a_restart_loses_and_repeats_nothing),
        TEST(test_another_epoch_asks_for_a_snapshot),
        TEST(test_a_forgotten_stream_is_asked_for_again),
        TEST(test_what_cannot_be_read_is_asked_for_again),
        TEST(test_a_refusal_is_told_one_that_passes_is_waited_for),
        TEST(test_an_absent_daemon_is_told_at_once_and_waited_for),
        TEST(test_a_named_subscriber_says_how_far_it_came),
        TEST(test_a_position_goes_on_where_it_was_taken),
        TEST(test_there_is_no_position_before_something_is_heard),
        TEST(test_the_directory_is_asked_for_where_it_is_wanted),
        TEST(test_a_damaged_cursor_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
