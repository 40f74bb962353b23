/* What refers to an event that comes into sight, or goes out of it, is heard again; and so is what
 * an erasure wrote anew. */
#include "daemon/bus/limits.h"
#include "tests/unit/daemon/bus/scene.h"

#include <stdio.h>
#include <string.h>

static const Event *must(const Reply *reply)
{
    if (reply->status) fail_msg("%s", reply->status->message);
    return reply->write->event;
}

static void register_event(const Scene *scene, const char *title, const char *part_of,
                           Plenary__V1__Handling__Tlp tlp)
{
    Draft draft;
    ask_draft(&draft, title, NULL);
    draft.event.part_of = ask_text(part_of);
    draft.handling.tlp = tlp;
    must(ask_register(&scene->admin, &draft.event));
}

/* Event 1 is what the others refer to. */
static void handle(const Scene *scene, Plenary__V1__Handling__Tlp tlp)
{
    Draft draft;
    ask_draft(&draft, "Conference", NULL);
    draft.handling.tlp = tlp;
    must(ask_revise(&scene->admin, "1", &draft.event, 0));
}

static int begin(void **state)
{
    Scene *scene = scene_new(19);
    *state = scene;
    register_event(scene, "Conference", NULL, TLP(GREEN));
    register_event(scene, "Side event", "1", TLP(GREEN));
    register_event(scene, "Another one", "1", TLP(GREEN));
    register_event(scene, "A secret one", "1", TLP(AMBER));
    register_event(scene, "Something else", NULL, TLP(GREEN));
    return 0;
}

static void look_as(Scene *scene, const Caller *caller, const char *text)
{
    Query query = PLENARY__V1__QUERY__INIT;
    query.text = ask_text(text);
    scene_look(scene, caller, text ? &query : NULL);
}

/* Of the last change: event 1 with this relation, then 2 and 3, which refer to it. */
static void assert_turned(Scene *scene, Plenary__V1__Delivery__Relation relation, bool refer)
{
    const Batch *batch = scene_hear_after(scene, scene_head(scene) - 1);
    assert_int_equal(batch->count, 3);
    assert_int_equal(batch->scanned, scene_head(scene));
    assert_int_equal(scene_heard(scene, batch, 0, relation)->event->number, 1);
    for (size_t i = 1; i < 3; i++) {
        const Change *again = scene_heard(scene, batch, i, RELATION(AGAIN));
        assert_int_equal(again->event->number, i + 1);
        assert_int_equal(again->sequence, scene_head(scene));
        assert_false(again->has_action);
        assert_non_null(again->event->title);
        assert_int_equal(again->event->part_of != NULL, refer);
    }
}

static void what_refers_to_it_is_heard_again_both_ways(void **state)
{
    Scene *scene = *state;
    const Asker reader = ask_reader(&scene->admin);
    look_as(scene, &reader.caller, NULL);
    handle(scene, TLP(AMBER));
    assert_turned(scene, RELATION(LEFT), false);
    handle(scene, TLP(RED)); /* it was out of sight already */
    assert_int_equal(scene_hear_after(scene, scene_head(scene) - 1)->count, 0);
    handle(scene, TLP(CLEAR));
    assert_turned(scene, RELATION(ENTERED), true);
    handle(scene, TLP(GREEN)); /* and is in it still */
    assert_int_equal(scene_hear_after(scene, scene_head(scene) - 1)->count, 1);
    must(ask_move(&scene->admin, PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT, "1", 0));
    assert_turned(scene, RELATION(LEFT), false);
}

static void it_need_not_match_itself(void **state)
{
    Scene *scene = *state;
    const Asker reader = ask_reader(&scene->admin);
    look_as(scene, &reader.caller, "side");
    handle(scene, TLP(AMBER));
    const Batch *batch = scene_hear_after(scene, scene_head(scene) - 1);
    assert_int_equal(batch->count, 1);
    assert_int_equal(scene_heard(scene, batch, 0, RELATION(AGAIN))->event->number, 2);
}

static void who_sees_all_hears_nothing_again(void **state)
{
    Scene *scene = *state;
    look_as(scene, &scene->admin.caller, NULL);
    handle(scene, TLP(AMBER));
    assert_int_equal(scene_hear_after(scene, scene_head(scene) - 1)->count, 1);
    look_as(scene, &scene->admin.caller, "side");
    assert_int_equal(scene_hear_after(scene, scene_head(scene) - 1)->count, 0);
}

/* A cursor stands between changes: what comes again is never parted from its cause. */
static void it_begins_a_batch_of_its_own(void **state)
{
    Scene *scene = *state;
    const Asker reader = ask_reader(&scene->admin);
    uint64_t before = scene_head(scene);
    look_as(scene, &reader.caller, NULL);
    handle(scene, TLP(AMBER));
    register_event(scene, "Later", NULL, TLP(GREEN));
    const Batch *batch = scene_hear_after(scene, 0);
    assert_int_equal(batch->scanned, before);
    assert_int_equal(scene_hear_after(scene, before)->count, 4);
}

static void too_many_are_a_snapshot(void **state)
{
    Scene *scene = *state;
    const Asker reader = ask_reader(&scene->admin);
    for (int i = 2; i < BATCH_AGAIN; i++)
        register_event(scene, "One more", "1", TLP(GREEN));
    look_as(scene, &reader.caller, NULL);
    handle(scene, TLP(AMBER));
    assert_int_equal(scene_hear_after(scene, scene_head(scene) - 1)->count, 1 + BATCH_AGAIN);
    assert_null(scene_hear_after(scene, scene_head(scene) - 1)->misfit);
    handle(scene, TLP(GREEN));
    register_event(scene, "One too many", "1", TLP(GREEN));
    handle(scene, TLP(AMBER));
    assert_null(scene_hear_after(scene, scene_head(scene) - 2)->misfit);
    assert_int_equal(scene_hear_after(scene, scene_head(scene) - 2)->scanned,
                     scene_head(scene) - 1);
    assert_non_null(scene_hear_after(scene, scene_head(scene) - 1)->misfit);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, scene_end)

/* --- erasures --- */

/* Event 6, by a text and by a participant. The title of the secret one names her as well. */
static void erase_jane(const Scene *scene)
{
    const uint64_t named[] = {scene_head(scene) + 1, scene_head(scene) + 2};
    Draft draft;
    Participant jane = PLENARY__V1__PARTICIPANT__INIT;
    Participant *people[] = {&jane};
    jane.name = ask_text("Jane Doe");
    ask_draft(&draft, "A lecture", NULL);
    draft.event.participants = people;
    draft.event.n_participants = 1;
    must(ask_register(&scene->admin, &draft.event));
    register_event(scene, "Secrets of Jane Doe", NULL, TLP(AMBER));
    const Reply *reply = ask_erase_person(&scene->admin, "Jane Doe", "a guest", named, 2);
    if (reply->status) fail_msg("%s", reply->status->message);
}

static void what_was_written_anew_is_heard_again(void **state)
{
    Scene *scene = *state;
    const Asker reader = ask_reader(&scene->admin);
    look_as(scene, &reader.caller, NULL);
    erase_jane(scene);
    const Batch *batch = scene_hear_after(scene, scene_head(scene) - 1);
    assert_int_equal(batch->count, 2); /* the secret one is not theirs to hear of */
    assert_null(scene_heard(scene, batch, 0, RELATION(AGAIN))->event);
    const Change *again = scene_heard(scene, batch, 1, RELATION(AGAIN));
    assert_int_equal(again->action, PLENARY__V1__CHANGE__ACTION__ERASED);
    assert_int_equal(again->sequence, scene_head(scene));
    assert_int_equal(again->event->number, 6);
    assert_int_equal(again->event->n_participants, 0);
    assert_int_equal(again->event->revision, 1);
    assert_int_equal(again->n_erasures, 0);
    assert_false(again->has_digest);
}

/* The change itself first, with all that it says. */
static void who_sees_all_hears_of_an_erasure_and_what_it_wrote(void **state)
{
    Scene *scene = *state;
    look_as(scene, &scene->admin.caller, NULL);
    erase_jane(scene);
    const Batch *batch = scene_hear_after(scene, scene_head(scene) - 1);
    assert_int_equal(batch->count, 3);
    assert_int_equal(scene_heard(scene, batch, 0, RELATION(AGAIN))->n_erasures, 2);
    assert_int_equal(scene_heard(scene, batch, 1, RELATION(AGAIN))->event->number, 6);
    const Change *secret = scene_heard(scene, batch, 2, RELATION(AGAIN));
    assert_string_equal(secret->event->title, "Secrets of a guest");
}

static void what_matched_by_the_name_leaves_as_erased(void **state)
{
    Scene *scene = *state;
    const Asker reader = ask_reader(&scene->admin);
    look_as(scene, &reader.caller, "doe");
    erase_jane(scene);
    const Batch *batch = scene_hear_after(scene, scene_head(scene) - 1);
    assert_int_equal(batch->count, 2);
    const Change *left = scene_heard(scene, batch, 1, RELATION(LEFT));
    assert_int_equal(left->action, PLENARY__V1__CHANGE__ACTION__ERASED);
    assert_int_equal(left->event->number, 6);
    assert_null(left->event->title);
}

/* A replay tells of what is left of the images, and of the erasure. */
static void a_replay_does_not_name_her(void **state)
{
    Scene *scene = *state;
    look_as(scene, &scene->admin.caller, "secrets");
    erase_jane(scene);
    const Batch *batch = scene_hear_after(scene, scene_head(scene) - 2);
    assert_int_equal(batch->scanned,
                     scene_head(scene) - 1); /* the erasure begins a batch of its own */
    assert_int_equal(batch->count, 1);
    assert_string_equal(scene_heard(scene, batch, 0, RELATION(ENTERED))->event->title,
                        "Secrets of a guest");
    batch = scene_hear_after(scene, scene_head(scene) - 1);
    assert_int_equal(batch->count, 3);
    assert_int_equal(scene_heard(scene, batch, 1, RELATION(LEFT))->event->number, 6);
    assert_int_equal(scene_heard(scene, batch, 2, RELATION(AGAIN))->event->number, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_refers_to_it_is_heard_again_both_ways),
        TEST(it_need_not_match_itself),
        TEST(who_sees_all_hears_nothing_again),
        TEST(it_begins_a_batch_of_its_own),
        TEST(too_many_are_a_snapshot),
        TEST(what_was_written_anew_is_heard_again),
        TEST(who_sees_all_hears_of_an_erasure_and_what_it_wrote),
        TEST(what_matched_by_the_name_leaves_as_erased),
        TEST(a_replay_does_not_name_her),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
