/* A person is found in every image, taken out of all of them, and out of what is made of them. */
#include "daemon/registry/seal.h"
#include "daemon/registry/state.h"
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VERB(name) PLENARY__V1__REQUEST__VERB_##name

enum { SEQUENCES_MAX = 32 };

/* An event that Jane Doe takes part in, and Ann Lee, with a text that names Jane. */
typedef struct Gathering {
    Draft draft;
    Participant people[2];
    Participant *list[2];
} Gathering;

static void gather(Gathering *self, const char *title, const char *uid)
{
    ask_draft(&self->draft, title, uid);
    for (size_t i = 0; i < 2; i++) {
        plenary__v1__participant__init(&self->people[i]);
        self->list[i] = &self->people[i];
    }
    self->people[0].name = ask_text("Jane Doe");
    self->people[0].email = ask_text("jane@example.org");
    self->people[1].name = ask_text("Ann Lee");
    self->draft.event.participants = self->list;
    self->draft.event.n_participants = 2;
    self->draft.event.description = ask_text("Opened by JANE DÖE.");
}

static const Event *must(const Reply *reply)
{
    if (reply->status) fail_msg("%s", reply->status->message);
    return reply->write->event;
}

/* Events 1 and 2; the second one is revised to name her no more. Changes 1, 2 and 3. */
static void register_two(const Asker *asker)
{
    Gathering gathering;
    gather(&gathering, "Meeting", "meeting@example.org");
    must(ask_register(asker, &gathering.draft.event));
    gather(&gathering, "Training", "training@example.org");
    must(ask_register(asker, &gathering.draft.event));
    gather(&gathering, "Training", "training@example.org");
    gathering.draft.event.n_participants = 0;
    gathering.draft.event.description = NULL;
    must(ask_revise(asker, "2", &gathering.draft.event, 0));
}

static size_t find(const Asker *asker, const char *event, uint64_t *sequences)
{
    const Reply *reply = ask_find_person(asker, "jane doe", event, 0);
    if (reply->status) fail_msg("%s", reply->status->message);
    const Plenary__V1__FindPersonReply *found = reply->found_person;
    assert_true(found->n_images <= SEQUENCES_MAX);
    for (size_t i = 0; i < found->n_images; i++)
        sequences[i] = found->images[i]->sequence;
    return found->n_images;
}

/* Takes her out of all that names her; gives of how many images. */
static size_t erase(const Asker *asker, const char *text)
{
    uint64_t sequences[SEQUENCES_MAX];
    size_t count = find(asker, NULL, sequences);
    const Reply *reply = ask_erase_person(asker, "Jane Doe", text, sequences, count);
    if (reply->status) fail_msg("%s", reply->status->message);
    assert_int_equal(reply->write->action, PLENARY__V1__CHANGE__ACTION__ERASED);
    return count;
}

static uint64_t count_person(const Asker *asker, const char *name)
{
    Query query = PLENARY__V1__QUERY__INIT;
    Plenary__V1__Term term = PLENARY__V1__TERM__INIT;
    Plenary__V1__Term *terms[] = {&term};
    char *values[] = {ask_text(name)};
    term.facet = ask_text("person");
    term.values = values;
    term.n_values = 1;
    query.terms = terms;
    query.n_terms = 1;
    return ask_count(asker, &query);
}

static uint64_t count_text(const Asker *asker, const char *text)
{
    Query query = PLENARY__V1__QUERY__INIT;
    query.text = ask_text(text);
    return ask_count(asker, &query);
}

/* Where the text is in the bytes; NULL: nowhere. */
static const uint8_t *bytes_find(Bytes bytes, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= bytes.size; i++)
        if (memcmp(bytes.data + i, text, length) == 0) return bytes.data + i;
    return NULL;
}

/* What the journal's bytes hold, and a test may look for. */
static bool journal_holds(const Asker *asker, const char *text)
{
    Journal *journal = harness_store(asker->harness)->journal;
    bool holds = false;
    journal_renew(journal);
    for (uint64_t sequence = 1; sequence <= journal_last(journal); sequence++) {
        Bytes change;
        assert_true(journal_get(journal, sequence, &change));
        holds |= bytes_find(change, text) != NULL;
    }
    journal_release(journal);
    return holds;
}

/* --- finding --- */

static void every_image_that_names_her_is_found(void **state)
{
    const Asker *asker = *state;
    register_two(asker);
    const Reply *reply = ask_find_person(asker, "JANE  doe", NULL, 0);
    assert_null(reply->status);
    const Plenary__V1__FindPersonReply *found = reply->found_person;
    assert_int_equal(found->n_images, 2);
    assert_false(found->has_next_sequence);
    assert_int_equal(found->searched_sequence, 3);
    assert_true(found->images[0]->is_latest);
    assert_false(found->images[1]->is_latest);
    assert_int_equal(found->images[1]->number, 2);
    assert_int_equal(found->images[1]->revision, 1);
    assert_int_equal(found->images[0]->n_places, 2);
}

static void of_one_event_its_own_images_alone_are_found(void **state)
{
    const Asker *asker = *state;
    uint64_t sequences[SEQUENCES_MAX];
    register_two(asker);
    assert_int_equal(find(asker, "2", sequences), 1);
    assert_int_equal(sequences[0], 2);
    const Reply *reply = ask_find_person(asker, "Jane Doe", "2", 3);
    assert_int_equal(reply->found_person->n_images, 0);
    assert_int_equal(ask_code(ask_find_person(asker, "Jane Doe", "9", 0)), STATUS_NOT_FOUND);
}

static void a_long_journal_is_searched_in_stretches(void **state)
{
    const Asker *asker = *state;
    enum { EVENTS = 150 }; /* more than one reply tells of */
    for (int i = 0; i < EVENTS; i++) {
        Gathering gathering;
        gather(&gathering, "Meeting", NULL);
        must(ask_register(asker, &gathering.draft.event));
    }
    size_t found = 0;
    size_t replies = 0;
    for (uint64_t from = 1; from != 0;) {
        const Reply *reply = ask_find_person(asker, "Jane Doe", NULL, from);
        found += reply->found_person->n_images;
        from = reply->found_person->has_next_sequence ? reply->found_person->next_sequence : 0;
        replies++;
    }
    assert_int_equal(found, EVENTS);
    assert_true(replies > 1);
}

static void only_an_admin_may_look_or_erase(void **state)
{
    const Asker *asker = *state;
    const uint64_t first = 1;
    register_two(asker);
    Asker reader = ask_reader(asker);
    Asker registrar = reader;
    registrar.caller.role = PLENARY__V1__PRINCIPAL__ROLE__REGISTRAR;
    const Asker *const others[] = {&reader, &registrar};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(ask_code(ask_find_person(others[i], "Jane Doe", NULL, 0)),
                         STATUS_PERMISSION_DENIED);
        assert_int_equal(ask_code(ask_erase_person(others[i], "Jane Doe", NULL, &first, 1)),
                         STATUS_PERMISSION_DENIED);
    }
    assert_int_equal(count_person(asker, "Jane Doe"), 1);
}

/* --- erasing --- */

static void her_entries_go_from_all_images_and_texts_stay(void **state)
{
    const Asker *asker = *state;
    register_two(asker);
    assert_int_equal(erase(asker, NULL), 2);
    assert_int_equal(count_person(asker, "Jane Doe"), 0);
    assert_int_equal(count_person(asker, "Ann Lee"), 1);
    assert_int_equal(count_text(asker, "jane doe"), 1); /* in the description */
    const Event *event = ask_get(asker, "1")->event->event;
    assert_int_equal(event->n_participants, 1);
    assert_int_equal(event->revision, 1);
    assert_string_equal(event->description, "Opened by JANE DÖE.");
    assert_false(journal_holds(asker, "Jane Doe"));
    assert_false(journal_holds(asker, "jane@example.org"));
}

static void a_text_takes_the_name_s_place(void **state)
{
    const Asker *asker = *state;
    uint64_t sequences[SEQUENCES_MAX];
    register_two(asker);
    erase(asker, "a guest");
    assert_string_equal(ask_get(asker, "1")->event->event->description, "Opened by a guest.");
    assert_int_equal(count_text(asker, "jane"), 0);
    assert_int_equal(count_text(asker, "guest"), 1);
    assert_int_equal(find(asker, NULL, sequences), 0);
    assert_false(journal_holds(asker, "DÖE"));
}

static void what_does_not_name_her_is_passed_over(void **state)
{
    const Asker *asker = *state;
    const uint64_t third = 3;
    const uint64_t beyond = 4;
    register_two(asker);
    const Reply *reply = ask_erase_person(asker, "Jane Doe", NULL, &third, 1);
    assert_null(reply->status);
    assert_true(reply->write->unchanged);
    assert_int_equal(ask_code(ask_erase_person(asker, "Jane Doe", NULL, &beyond, 1)),
                     STATUS_INVALID_ARGUMENT);
    assert_int_equal(ask_code(ask_erase_person(asker, "…", NULL, &third, 1)),
                     STATUS_INVALID_ARGUMENT);
    assert_int_equal(ask_code(ask_erase_person(asker, "Jane Doe", "Jane", &third, 1)),
                     STATUS_INVALID_ARGUMENT);
}

/* By the hash of a request, or the old content digest, a name could be tried. */
static void nothing_is_left_by_which_a_name_could_be_guessed(void **state)
{
    const Asker *asker = *state;
    register_two(asker);
    Journal *journal = harness_store(asker->harness)->journal;
    Arena *arena = arena_new(SIZE_MAX);
    uint8_t salt[SEAL_SALT_BYTES];
    State *views = registry_state(harness_registry(asker->harness));
    memcpy(salt, state_change(views, 1, arena)->salt.data, sizeof salt);
    erase(asker, NULL);
    journal_renew(journal);
    const Change *touched = state_change(views, 1, arena);
    const Change *erased = state_change(views, 4, arena);
    assert_false(touched->has_request_hash);
    assert_memory_not_equal(touched->salt.data, salt, sizeof salt);
    assert_false(erased->has_request_hash);
    assert_int_equal(erased->n_erasures, 2);
    assert_int_equal(erased->record_case, PLENARY__V1__CHANGE__RECORD__NOT_SET);
    journal_release(journal);
    arena_destroy(&arena);
}

/* Whoever sent it first and has had no answer sends it again. */
static void a_registration_that_is_repeated_afterwards_is_not_done_again(void **state)
{
    const Asker *asker = *state;
    Plenary__V1__RegisterEvent body = PLENARY__V1__REGISTER_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Gathering gathering;
    gather(&gathering, "Meeting", NULL);
    body.event = &gathering.draft.event;
    request.request_id = strdup(harness_request_id(asker->harness));
    request.verb_case = VERB(REGISTER_EVENT);
    request.register_event = &body;
    must(ask(asker, &request));
    erase(asker, NULL);
    for (int round = 0; round < 2; round++) {
        const Event *event = must(ask(asker, &request));
        assert_int_equal(event->number, 1);
        assert_int_equal(event->n_participants, 1);
        assert_int_equal(ask_count(asker, NULL), 1);
        harness_crash(asker->harness, 0);
    }
    free(request.request_id);
}

static void a_backup_under_way_is_not_disturbed(void **state)
{
    const Asker *asker = *state;
    const uint64_t first = 1;
    char folder[200];
    Plenary__V1__BackupRegistry body = PLENARY__V1__BACKUP_REGISTRY__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    register_two(asker);
    (void)snprintf(folder, sizeof folder, "%s/copy", harness_store_config(asker->harness)->folder);
    body.folder = folder;
    request.verb_case = VERB(BACKUP_REGISTRY);
    request.backup_registry = &body;
    harness_send(asker->harness, &request);
    const Reply *refused = ask_erase_person(asker, "Jane Doe", NULL, &first, 1);
    assert_int_equal(ask_code(refused), STATUS_FAILED_PRECONDITION);
    Reply *reply = harness_take(asker->harness);
    assert_null(reply->status);
    plenary__v1__reply__free_unpacked(reply, NULL);
    assert_int_equal(erase(asker, NULL), 2);
}

static void the_journal_verifies_and_its_views_are_those_of_a_rebuild(void **state)
{
    const Asker *asker = *state;
    register_two(asker);
    erase(asker, NULL);
    erase(asker, "a guest"); /* once more, of some of the same images */
    const Reply *reply = ask_verify(asker, 1, 100);
    assert_null(reply->status);
    assert_false(reply->verify->has_broken_sequence);
    assert_int_equal(reply->verify->verified, 5);
    harness_check(asker->harness);
}

/* The views had her from before; the images that a replay reads do not name her any more. */
static void a_replay_takes_from_the_index_what_no_image_tells_of(void **state)
{
    const Asker *asker = *state;
    register_two(asker);
    harness_fold_all(asker->harness);
    Gathering gathering;
    gather(&gathering, "Late", "late@example.org"); /* known to the replay alone */
    must(ask_register(asker, &gathering.draft.event));
    gather(&gathering, "Meeting anew", "meeting@example.org");
    must(ask_revise(asker, "1", &gathering.draft.event, 0));
    erase(asker, "a guest");
    harness_crash(asker->harness, 0);
    assert_int_equal(count_person(asker, "Jane Doe"), 0);
    assert_int_equal(count_text(asker, "jane"), 0);
    assert_int_equal(count_text(asker, "guest"), 2);
    harness_check(asker->harness);
}

/* With so many words that a fold takes several transactions for the facets alone. */
static void register_many(const Asker *asker)
{
    for (int i = 0; i < 12; i++) {
        Gathering gathering;
        char title[64];
        (void)snprintf(title, sizeof title, "a%d e%d i%d m%d q%d u%d y%d", i, i, i, i, i, i, i);
        gather(&gathering, title, NULL);
        must(ask_register(asker, &gathering.draft.event));
    }
}

/* Folds, and tells whether the fold stopped before its end. */
static bool fold_breaks_off(const Asker *asker)
{
    Views *views = harness_store(asker->harness)->views;
    harness_fold_start(asker->harness);
    while (views_state(views).folding)
        harness_turn(asker->harness);
    return views_state(views).base_sequence <
           registry_state(harness_registry(asker->harness))->applied.sequence;
}

/* A fold that broke off leaves facets of images after the mark of the views: also of those. */
static void a_replay_after_half_a_fold_leaves_nothing_of_her(void **state)
{
    const Asker *asker = *state;
    bool breaks_off = true;
    register_two(asker);
    for (uint32_t transactions = 1; breaks_off; transactions++) {
        harness_fold_all(asker->harness);
        harness_close(asker->harness);
        harness_open_to_stop(asker->harness, transactions);
        register_many(asker);
        breaks_off = fold_breaks_off(asker);
        erase(asker, "a guest");
        harness_crash(asker->harness, 0);
        assert_int_equal(count_person(asker, "Jane Doe"), 0);
        assert_int_equal(count_text(asker, "jane"), 0);
        harness_check(asker->harness);
        assert_true(breaks_off || transactions > 2);
    }
}

/* As who can write the file could. */
static void forge(const Asker *asker, uint64_t sequence, const char *name)
{
    static const uint8_t nothing[] = {0};
    Journal *journal = harness_store(asker->harness)->journal;
    Bytes change;
    GroupResult result;
    journal_renew(journal);
    assert_true(journal_get(journal, sequence, &change));
    const uint8_t *found = bytes_find(change, name);
    assert_non_null(found);
    uint8_t *forged = test_malloc(change.size);
    memcpy(forged, change.data, change.size);
    forged[found - change.data] ^= 1;
    uint64_t last = journal_last(journal);
    size_t size = change.size;
    journal_release(journal);
    journal_group_begin(journal, last + 1);
    journal_group_add(journal, nothing, sizeof nothing);
    journal_group_replace(journal, sequence, forged, size);
    journal_group_submit(journal);
    while (!journal_poll(journal, &result))
        continue;
    assert_int_equal(result.outcome, GROUP_DURABLE);
    test_free(forged);
}

static void what_is_forged_in_an_erased_image_is_found_all_the_same(void **state)
{
    const Asker *asker = *state;
    const char *lines;
    register_two(asker);
    erase(asker, NULL);
    forge(asker, 1, "Ann Lee");
    const Reply *reply = ask_verify(asker, 1, 4);
    assert_true(reply->verify->has_broken_sequence);
    assert_int_equal(reply->verify->broken_sequence, 1);
    harness_close(asker->harness);
    assert_int_equal(harness_check_closed(asker->harness, &lines), STATUS_INTERNAL);
    assert_non_null(strstr(lines, "change 1: its digests do not hold"));
}

int main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, ask_begin, ask_end)
    const struct CMUnitTest tests[] = {
        WITH(every_image_that_names_her_is_found),
        WITH(of_one_event_its_own_images_alone_are_found),
        WITH(a_long_journal_is_searched_in_stretches),
        WITH(only_an_admin_may_look_or_erase),
        WITH(her_entries_go_from_all_images_and_texts_stay),
        WITH(a_text_takes_the_name_s_place),
        WITH(what_does_not_name_her_is_passed_over),
        WITH(nothing_is_left_by_which_a_name_could_be_guessed),
        WITH(a_registration_that_is_repeated_afterwards_is_not_done_again),
        WITH(a_backup_under_way_is_not_disturbed),
        WITH(the_journal_verifies_and_its_views_are_those_of_a_rebuild),
        WITH(a_replay_takes_from_the_index_what_no_image_tells_of),
        WITH(a_replay_after_half_a_fold_leaves_nothing_of_her),
        WITH(what_is_forged_in_an_erased_image_is_found_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
