/* Every subscriber hears that somebody was erased, and of each record in sight what it is now. */
#include "tests/unit/daemon/bus/scene.h"

#include <string.h>

#define ERASED PLENARY__V1__CHANGE__ACTION__ERASED

enum { IMAGES = 5 };

static const Reply *must(const Reply *reply)
{
    if (reply->status) fail_msg("%s", reply->status->message);
    return reply;
}

static void put(const Scene *scene, const char *title, const char *number, bool names_her,
                Plenary__V1__Handling__Tlp tlp)
{
    Draft draft;
    Participant jane = PLENARY__V1__PARTICIPANT__INIT;
    Participant *participants[] = {&jane};
    ask_draft(&draft, title, NULL);
    jane.name = ask_text("Jane Doe");
    draft.event.participants = participants;
    draft.event.n_participants = names_her;
    draft.handling.tlp = tlp;
    must(number ? ask_revise(&scene->admin, number, &draft.event, 0)
                : ask_register(&scene->admin, &draft.event));
}

/* 1 names her, 2 did, 3 does out of the reader's sight, 4 is withdrawn; then she is erased. */
static int begin(void **state)
{
    static const uint64_t images[IMAGES] = {1, 2, 4, 5, 3};
    Scene *scene = scene_new(23);
    *state = scene;
    put(scene, "Now", NULL, true, TLP(GREEN));
    put(scene, "Formerly", NULL, true, TLP(GREEN));
    put(scene, "Formerly", "2", false, TLP(GREEN));
    put(scene, "Secretly", NULL, true, TLP(AMBER));
    put(scene, "Gone", NULL, true, TLP(GREEN));
    must(ask_move(&scene->admin, PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT, "4", 0));
    must(ask_erase_person(&scene->admin, "Jane Doe", NULL, images, IMAGES));
    return 0;
}

static void look_as(Scene *scene, const Caller *caller, const char *facet, const char *value)
{
    Query query = PLENARY__V1__QUERY__INIT;
    Plenary__V1__Term term = PLENARY__V1__TERM__INIT;
    Plenary__V1__Term *terms[] = {&term};
    char *values[] = {ask_text(value)};
    term.facet = ask_text(facet);
    term.values = values;
    term.n_values = 1;
    query.terms = terms;
    query.n_terms = 1;
    scene_look(scene, caller, facet ? &query : NULL);
}

/* What is heard of the erasure, which is the last change. */
static const Batch *hear(Scene *scene)
{
    const Batch *batch = scene_hear_after(scene, scene_head(scene) - 1);
    assert_int_equal(batch->scanned, scene_head(scene));
    return batch;
}

static const Change *heard(const Scene *scene, const Batch *batch, size_t place,
                           Plenary__V1__Delivery__Relation relation)
{
    const Change *change = scene_heard(scene, batch, place, relation);
    assert_int_equal(change->action, ERASED);
    assert_int_equal(change->sequence, batch->scanned);
    assert_non_null(change->time);
    return change;
}

static void assert_image(const Change *change, uint32_t number)
{
    assert_int_equal(change->event->number, number);
    assert_non_null(change->event->title);
    assert_int_equal(change->event->n_participants, 0);
}

static void who_sees_a_part_is_not_told_of_which_records(void **state)
{
    Scene *scene = *state;
    const Asker reader = ask_reader(&scene->admin);
    look_as(scene, &reader.caller, NULL, NULL);
    const Batch *batch = hear(scene);
    assert_int_equal(batch->count, 3);
    const Change *bare = heard(scene, batch, 0, RELATION(AGAIN));
    assert_int_equal(bare->record_case, PLENARY__V1__CHANGE__RECORD__NOT_SET);
    assert_int_equal(bare->n_erasures, 0);
    assert_null(bare->by_principal);
    assert_image(heard(scene, batch, 1, RELATION(AGAIN)), 1);
    assert_image(heard(scene, batch, 2, RELATION(AGAIN)), 2);
}

static void who_sees_all_is_told_of_all_images(void **state)
{
    Scene *scene = *state;
    look_as(scene, &scene->admin.caller, NULL, NULL);
    const Batch *batch = hear(scene);
    assert_int_equal(batch->count, 4);
    assert_int_equal(heard(scene, batch, 0, RELATION(AGAIN))->n_erasures, 4);
    for (uint32_t number = 1; number <= 3; number++)
        assert_image(heard(scene, batch, number, RELATION(AGAIN)), number);
}

static void what_matched_by_the_name_is_left(void **state)
{
    Scene *scene = *state;
    const Asker reader = ask_reader(&scene->admin);
    look_as(scene, &reader.caller, "person", "jane doe");
    const Batch *batch = hear(scene);
    assert_int_equal(batch->count, 3);
    assert_int_equal(heard(scene, batch, 0, RELATION(AGAIN))->record_case,
                     PLENARY__V1__CHANGE__RECORD__NOT_SET);
    const Change *left = heard(scene, batch, 1, RELATION(LEFT));
    assert_int_equal(left->event->number, 1);
    assert_null(left->event->title);
}

/* A text in the name's place may have taken what it matched by; a code is never taken. */
static void what_may_have_matched_by_a_text_is_left_too(void **state)
{
    Scene *scene = *state;
    const Asker reader = ask_reader(&scene->admin);
    look_as(scene, &reader.caller, "topic", "jane doe");
    assert_int_equal(hear(scene)->count, 3);
    look_as(scene, &reader.caller, "country", "KZ");
    assert_int_equal(hear(scene)->count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, scene_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_sees_a_part_is_not_told_of_which_records),
        TEST(who_sees_all_is_told_of_all_images),
        TEST(what_matched_by_the_name_is_left),
        TEST(what_may_have_matched_by_a_text_is_left_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
