/* The registry is compacted beside its turns: it is answered once, with what it did; one errand is
 * under way at a time; and whoever writes meanwhile is served. */
#include "daemon/registry/errand.h"

#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    SOME = 200,
    TURNS_MAX = 100000,
    FOLDER_SIZE = 512,
};

static void register_some(const Asker *asker, int count)
{
    Draft draft;
    for (int i = 0; i < count; i++) {
        ask_draft(&draft, "A meeting", NULL);
        assert_int_equal(ask_code(ask_register(asker, &draft.event)), STATUS_OK);
    }
}

static void send_compact(const Asker *asker, uint64_t correlation)
{
    Plenary__V1__CompactRegistry body = PLENARY__V1__COMPACT_REGISTRY__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_COMPACT_REGISTRY;
    request.compact_registry = &body;
    request.has_correlation = 1;
    request.correlation = correlation;
    harness_send_as(asker->harness, &asker->caller, &request, 0);
}

static void send_backup(const Asker *asker)
{
    char folder[FOLDER_SIZE];
    Plenary__V1__BackupRegistry body = PLENARY__V1__BACKUP_REGISTRY__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    (void)snprintf(folder, sizeof folder, "%s/backup",
                   harness_store_config(asker->harness)->folder);
    body.folder = folder;
    request.verb_case = PLENARY__V1__REQUEST__VERB_BACKUP_REGISTRY;
    request.backup_registry = &body;
    harness_send(asker->harness, &request);
}

static Reply *take(const Asker *asker, StatusCode code)
{
    Reply *reply = harness_take(asker->harness);
    if (ask_code(reply) != code)
        fail_msg("%s", reply->status ? reply->status->message : "no refusal");
    return reply;
}

static void take_and_free(const Asker *asker, StatusCode code)
{
    plenary__v1__reply__free_unpacked(take(asker, code), NULL);
}

static void it_says_how_much_the_files_had_and_have(void **state)
{
    const Asker *asker = *state;
    register_some(asker, SOME);
    send_compact(asker, 77);
    Reply *reply = take(asker, STATUS_OK);
    assert_int_equal(reply->correlation, 77);
    assert_int_equal(reply->result_case, PLENARY__V1__REPLY__RESULT_COMPACT);
    const Plenary__V1__CompactReply *done = reply->compact;
    const Plenary__V1__StatusReply *now = ask_status(asker)->daemon;
    assert_true(done->journal_bytes > 0 && done->journal_bytes < done->journal_bytes_before);
    assert_int_equal(done->journal_bytes, now->journal_bytes);
    assert_int_equal(done->views_bytes, now->views_bytes);
    assert_true(done->has_duration_ms);
    assert_false(now->has_compacted_bytes);
    assert_int_equal(now->checkpoint_sequence, SOME); /* what was in memory was folded first */
    plenary__v1__reply__free_unpacked(reply, NULL);
    harness_check(asker->harness);
}

static void who_writes_meanwhile_is_served(void **state)
{
    const Asker *asker = *state;
    const Reply *done = NULL;
    Draft draft;
    int count = 0;
    register_some(asker, SOME);
    send_compact(asker, 77);
    for (; count < TURNS_MAX && !done; count++) {
        ask_draft(&draft, "Meanwhile", NULL);
        const Reply *reply = ask_register(asker, &draft.event);
        assert_int_equal(ask_code(reply), STATUS_OK);
        if (reply->result_case == PLENARY__V1__REPLY__RESULT_COMPACT) done = reply;
    }
    assert_non_null(done);
    take_and_free(asker, STATUS_OK); /* of the last registration, which it came before */
    harness_check(asker->harness);
    assert_int_equal(registry_applied(harness_registry(asker->harness)), SOME + count);
}

static void one_is_under_way_at_a_time(void **state)
{
    const Asker *asker = *state;
    register_some(asker, SOME);
    send_compact(asker, 1);
    assert_true(ask_status(asker)->daemon->has_compacted_bytes);
    send_compact(asker, 2);
    Reply *second = take(asker, STATUS_FAILED_PRECONDITION);
    assert_int_equal(second->correlation, 2);
    assert_non_null(strstr(second->status->message, "being compacted"));
    plenary__v1__reply__free_unpacked(second, NULL);
    send_backup(asker);
    take_and_free(asker, STATUS_FAILED_PRECONDITION);
    take_and_free(asker, STATUS_OK); /* the first */
    send_backup(asker);
    send_compact(asker, 3);
    Reply *third = take(asker, STATUS_FAILED_PRECONDITION);
    assert_non_null(strstr(third->status->message, "backup"));
    plenary__v1__reply__free_unpacked(third, NULL);
    take_and_free(asker, STATUS_OK); /* the backup */
}

static void who_may_only_read_may_not(void **state)
{
    const Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    send_compact(&reader, 1);
    take_and_free(asker, STATUS_PERMISSION_DENIED);
    assert_false(ask_status(asker)->daemon->has_compacted_bytes);
}

static void a_registry_that_stops_gives_it_up_and_says_so(void **state)
{
    const Asker *asker = *state;
    register_some(asker, SOME);
    send_compact(asker, 1);
    harness_close(asker->harness);
    Reply *reply = harness_take_made(asker->harness);
    assert_int_equal(ask_code(reply), STATUS_UNAVAILABLE);
    plenary__v1__reply__free_unpacked(reply, NULL);
    harness_open(asker->harness);
    assert_int_equal(registry_applied(harness_registry(asker->harness)), SOME);
    harness_check(asker->harness);
}

static int begin_small(void **state)
{
    Asker *asker = test_calloc(1, sizeof *asker);
    asker->harness = harness_new(&(HarnessOptions){.seed = 3, .disk_size = "8m"});
    asker->caller = access_local();
    *state = asker;
    return 0;
}

static int end_small(void **state)
{
    Asker *asker = *state;
    harness_destroy(&asker->harness);
    test_free(asker);
    return 0;
}

static void without_room_it_is_refused_and_the_registry_goes_on(void **state)
{
    const Asker *asker = *state;
    if (!asker->harness) skip();
    register_some(asker, SOME);
    harness_fill_disk(asker->harness, 100 * 1024);
    send_compact(asker, 1);
    Reply *reply = take(asker, STATUS_UNAVAILABLE);
    assert_non_null(strstr(reply->status->message, "no room on the disk"));
    plenary__v1__reply__free_unpacked(reply, NULL);
    assert_false(ask_status(asker)->daemon->has_compacted_bytes);
    harness_empty_disk(asker->harness);
    register_some(asker, 1);
    send_compact(asker, 2);
    take_and_free(asker, STATUS_OK);
    harness_check(asker->harness);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ask_begin, ask_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_says_how_much_the_files_had_and_have),
        TEST(who_writes_meanwhile_is_served),
        TEST(one_is_under_way_at_a_time),
        TEST(who_may_only_read_may_not),
        TEST(a_registry_that_stops_gives_it_up_and_says_so),
        cmocka_unit_test_setup_teardown(without_room_it_is_refused_and_the_registry_goes_on,
                                        begin_small, end_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
