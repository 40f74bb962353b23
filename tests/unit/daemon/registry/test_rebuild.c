/* Checks that can fail: a flipped byte, a gap, a wrong digest, a wrong entry of the views. */
#include "daemon/registry/rebuild.h"

#include "daemon/registry/layout.h"
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lmdb.h>

#define VERB(name) PLENARY__V1__REQUEST__VERB_##name

enum {
    CHANGES = 7,
};

static int begin(void **state)
{
    Asker *asker = test_calloc(1, sizeof *asker);
    asker->harness = harness_new(&(HarnessOptions){.seed = 17});
    asker->caller = access_local();
    for (int i = 0; i < CHANGES; i++) {
        Draft draft;
        ask_draft(&draft, "Meeting", NULL);
        draft.event.topics = (char *[]){ask_text("border")};
        draft.event.n_topics = 1;
        assert_int_equal(ask_code(ask_register(asker, &draft.event)), STATUS_OK);
    }
    harness_fold_all(asker->harness);
    *state = asker;
    return 0;
}

static int end(void **state)
{
    Asker *asker = *state;
    harness_destroy(&asker->harness);
    test_free(asker);
    return 0;
}

/* --- damage to the closed journal --- */

typedef void damage_fn(MDB_txn *transaction, MDB_dbi changes);

static void damage(const Asker *asker, damage_fn *how)
{
    char folder[128];
    MDB_env *environment;
    MDB_txn *transaction;
    MDB_dbi changes;
    (void)snprintf(folder, sizeof folder, "%s/journal",
                   harness_store_config(asker->harness)->folder);
    assert_int_equal(mdb_env_create(&environment), 0);
    assert_int_equal(mdb_env_set_maxdbs(environment, 8), 0);
    assert_int_equal(mdb_env_open(environment, folder, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(environment, NULL, 0, &transaction), 0);
    assert_int_equal(mdb_dbi_open(transaction, "changes", MDB_INTEGERKEY, &changes), 0);
    how(transaction, changes);
    assert_int_equal(mdb_txn_commit(transaction), 0);
    mdb_env_close(environment);
}

/* Gives a copy of a change, to be put back changed. */
static MDB_val copy_of(MDB_txn *transaction, MDB_dbi changes, uint64_t sequence)
{
    MDB_val key = {sizeof sequence, &sequence};
    MDB_val value;
    assert_int_equal(mdb_get(transaction, changes, &key, &value), 0);
    void *copy = test_malloc(value.mv_size);
    memcpy(copy, value.mv_data, value.mv_size);
    return (MDB_val){value.mv_size, copy};
}

static void put(MDB_txn *transaction, MDB_dbi changes, uint64_t sequence, MDB_val value)
{
    MDB_val key = {sizeof sequence, &sequence};
    assert_int_equal(mdb_put(transaction, changes, &key, &value, 0), 0);
    test_free(value.mv_data);
}

static void flip(MDB_txn *transaction, MDB_dbi changes, bool in_the_digest)
{
    MDB_val value = copy_of(transaction, changes, 4);
    ((uint8_t *)value.mv_data)[in_the_digest ? value.mv_size - 1 : value.mv_size / 2] ^= 0x20;
    put(transaction, changes, 4, value);
}

static void flip_content(MDB_txn *transaction, MDB_dbi changes)
{
    flip(transaction, changes, false);
}

static void flip_digest(MDB_txn *transaction, MDB_dbi changes)
{
    flip(transaction, changes, true);
}

static void make_gap(MDB_txn *transaction, MDB_dbi changes)
{
    uint64_t sequence = 4;
    MDB_val key = {sizeof sequence, &sequence};
    assert_int_equal(mdb_del(transaction, changes, &key, NULL), 0);
}

static void swap_two(MDB_txn *transaction, MDB_dbi changes)
{
    MDB_val fourth = copy_of(transaction, changes, 4);
    MDB_val fifth = copy_of(transaction, changes, 5);
    put(transaction, changes, 4, fifth);
    put(transaction, changes, 5, fourth);
}

/* --- plenaryd --check --- */

static void check_says(const Asker *asker, const char *wanted)
{
    const char *lines;
    assert_int_equal(harness_check_closed(asker->harness, &lines), STATUS_INTERNAL);
    if (!strstr(lines, wanted)) fail_msg("\"%s\" is not in:\n%s", wanted, lines);
}

static void a_sound_registry_has_no_fault(void **state)
{
    const Asker *asker = *state;
    const char *lines;
    harness_close(asker->harness);
    assert_int_equal(harness_check_closed(asker->harness, &lines), STATUS_OK);
    assert_non_null(strstr(lines, "journal: 7 changes read, 0 faults"));
    assert_non_null(strstr(lines, "heads: 7 entries, 0 wrong, 0 missing"));
    harness_open(asker->harness);
}

static void damage_to_the_journal_is_told_by_its_place(void **state)
{
    (void)state;
    static const struct {
        damage_fn *how;
        const char *said;
    } rows[] = {
        {flip_content, "change 4: its digests do not hold"},
        {flip_digest, "change 4: its digests do not hold"},
        {make_gap, "change 5: a gap before it"},
        {swap_two, "change 4: it carries another sequence"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        void *made = NULL;
        assert_int_equal(begin(&made), 0);
        Asker *fresh = made;
        harness_close(fresh->harness);
        damage(fresh, rows[i].how);
        check_says(fresh, rows[i].said);
        end(&made);
    }
}

/* One entry is made wrong; the tables that are not named must be found sound. */
static void corrupt(const Asker *asker, void (*how)(Views *views))
{
    Store *store = harness_store(asker->harness);
    Problem problem;
    registry_rest(harness_registry(asker->harness));
    how(store->views);
    problem_clear(&problem);
    assert_int_equal(views_fold_all(store->views, &problem), STATUS_OK);
    harness_close(asker->harness);
}

static void put_head_of_another(Views *views)
{
    Key key = key_number(3);
    Key other = key_number(2);
    Bytes value;
    uint8_t copy[256];
    views_renew(views);
    assert_true(views_get(views, VIEW_HEADS, key_bytes(&other), &value));
    assert_true(value.size <= sizeof copy);
    memcpy(copy, value.data, value.size);
    views_put(views, VIEW_HEADS, key_bytes(&key), (Bytes){copy, value.size});
    views_release(views);
}

static void put_what_is_no_head(Views *views)
{
    Key key = key_number(3);
    views_put(views, VIEW_HEADS, key_bytes(&key), (Bytes){(const uint8_t *)"wrong", 5});
}

static void delete_version(Views *views)
{
    Key key = key_version(3, 1);
    views_delete(views, VIEW_VERSIONS, key_bytes(&key));
}

static void put_name_too_many(Views *views)
{
    Key key = key_uid("nobody@example", NULL);
    Number number = number_encode(3);
    views_put(views, VIEW_NAMES, key_bytes(&key), number_bytes(&number));
}

static void put_wrong_update(Views *views)
{
    Key key = key_sequence(5);
    Number number = number_encode(6);
    views_put(views, VIEW_UPDATES, key_bytes(&key), number_bytes(&number));
}

static void remove_facet(Views *views)
{
    views_facet_remove(views, "topic=border", strlen("topic=border"), 3);
}

static void add_facet(Views *views)
{
    views_facet_add(views, "kind=training", strlen("kind=training"), 3);
}

static void a_wrong_entry_of_the_views_is_told(void **state)
{
    (void)state;
    static const struct {
        void (*how)(Views *views);
        const char *said;
    } rows[] = {
        {put_head_of_another, "heads: 7 entries, 1 wrong, 1 missing"},
        {put_what_is_no_head, "the views hold what the journal does not"},
        {delete_version, "versions: 6 entries, 0 wrong, 1 missing"},
        {put_name_too_many, "names: 15 entries, 1 wrong, 0 missing"},
        {put_wrong_update, "updates: 7 entries, 1 wrong, 1 missing"},
        {remove_facet, " 2 wrong"},
        {add_facet, " 1 wrong"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        void *made = NULL;
        assert_int_equal(begin(&made), 0);
        Asker *asker = made;
        corrupt(asker, rows[i].how);
        check_says(asker, rows[i].said);

        /* Rebuilding mends it. */
        Problem problem;
        const char *lines;
        problem_clear(&problem);
        StoreConfig config = *harness_store_config(asker->harness);
        Store *store;
        assert_int_equal(store_open(&config, &store, &problem), STATUS_OK);
        assert_int_equal(rebuild_store_views(store, &config, &problem), STATUS_OK);
        store_close(&store);
        assert_int_equal(harness_check_closed(asker->harness, &lines), STATUS_OK);
        end(&made);
    }
}

/* --- verify, while the daemon runs --- */

static void verify_walks_the_journal_in_stretches(void **state)
{
    const Asker *asker = *state;
    uint64_t next = 0;
    uint64_t verified = 0;
    do {
        const Plenary__V1__VerifyReply *reply = ask_verify(asker, next, 3)->verify;
        assert_false(reply->has_broken_sequence);
        verified += reply->verified;
        next = reply->next_sequence;
    } while (next);
    assert_int_equal(verified, CHANGES);
    assert_int_equal(ask_verify(asker, 0, 0)->verify->verified, CHANGES);
    assert_int_equal(ask_verify(asker, CHANGES, 0)->verify->verified, 1);
    assert_int_equal(ask_verify(asker, CHANGES + 1, 0)->verify->verified, 0);
    assert_int_equal(ask_verify(asker, UINT64_MAX, 0)->verify->verified, 0);
}

static void verify_finds_a_flipped_byte_and_a_gap(void **state)
{
    (void)state;
    static damage_fn *const how[] = {flip_content, flip_digest, make_gap};
    for (size_t i = 0; i < 3; i++) {
        void *made = NULL;
        assert_int_equal(begin(&made), 0);
        Asker *asker = made;
        harness_close(asker->harness);
        damage(asker, how[i]);
        harness_open(asker->harness); /* the views' base is behind nothing: it starts */
        const Plenary__V1__VerifyReply *reply = ask_verify(asker, 0, 0)->verify;
        assert_true(reply->has_broken_sequence);
        assert_int_equal(reply->broken_sequence, 4);
        assert_int_equal(reply->verified, 3);
        assert_non_null(reply->problem);
        assert_false(reply->has_next_sequence);
        end(&made);
    }
}

static void cut_the_end(MDB_txn *transaction, MDB_dbi changes)
{
    for (uint64_t sequence = 6; sequence <= CHANGES; sequence++) {
        MDB_val key = {sizeof sequence, &sequence};
        assert_int_equal(mdb_del(transaction, changes, &key, NULL), 0);
    }
}

/* A machine that was rolled back: the views are of changes that the journal does not have. */
static void views_ahead_of_the_journal_are_rebuilt(void **state)
{
    const Asker *asker = *state;
    harness_close(asker->harness);
    damage(asker, cut_the_end);
    harness_open(asker->harness);
    assert_int_equal(registry_applied(harness_registry(asker->harness)), 5);
    assert_int_equal(ask_count(asker, NULL), 5);
    harness_check(asker->harness);
}

static void say_nothing(void *context, const char *line)
{
    (void)context;
    (void)line;
}

/* A test of crashes may stop folds midway, and a start in it may find that it has to rebuild. */
static void a_rebuild_is_whole_where_folds_are_stopped_midway(void **state)
{
    const Asker *asker = *state;
    Problem problem;
    harness_close(asker->harness);
    StoreConfig config = *harness_store_config(asker->harness);
    config.fold_keys = 5;
    config.fold_stop_after = 1;
    problem_clear(&problem);
    assert_int_equal(rebuild_views(&config, say_nothing, NULL, &problem), STATUS_OK);
    harness_open(asker->harness);
    assert_int_equal(ask_count(asker, NULL), CHANGES);
    harness_check(asker->harness);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sound_registry_has_no_fault),
        cmocka_unit_test(damage_to_the_journal_is_told_by_its_place),
        cmocka_unit_test(a_wrong_entry_of_the_views_is_told),
        TEST(verify_walks_the_journal_in_stretches),
        cmocka_unit_test(verify_finds_a_flipped_byte_and_a_gap),
        TEST(views_ahead_of_the_journal_are_rebuilt),
        TEST(a_rebuild_is_whole_where_folds_are_stopped_midway),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
