/* Who revises a record that they see in part changes what they see, and nothing else. */
#include "daemon/registry/unseen.h"

#include "proto/validate.h"
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum {
    PEOPLE_MAX = 6,
    HIDDEN = 1, /* numbers of events: amber, not seen */
    HIDDEN_TOO = 2,
    SEEN = 3, /* green */
    SEEN_TOO = 4,
    MAIN = 5,
};

typedef struct Person {
    const char *name;
    const char *organisation;
    const char *email;
    Plenary__V1__Participant__Role role;
} Person;

#define DELEGATE PLENARY__V1__PARTICIPANT__ROLE__DELEGATE
#define CHAIR    PLENARY__V1__PARTICIPANT__ROLE__CHAIR

/* An event with what it points to. */
typedef struct Whole {
    Draft draft;
    Participant people[PEOPLE_MAX];
    Participant *people_list[PEOPLE_MAX];
    Outcome outcome;
    Outcome *outcomes[1];
    char *related[4];
} Whole;

typedef struct Scene {
    Harness *harness;
    Asker admin;
    Asker registrar; /* sees no contacts, and nothing above green */
    char ids[MAIN + 1][ID_TEXT_SIZE];
    Arena *arena;
} Scene;

static void whole(Whole *self, const Person *people, size_t count)
{
    ask_draft(&self->draft, "Meeting", "main@example");
    for (size_t i = 0; i < count; i++) {
        plenary__v1__participant__init(&self->people[i]);
        self->people[i].name = ask_text(people[i].name);
        self->people[i].organisation = ask_text(people[i].organisation);
        self->people[i].email = ask_text(people[i].email);
        self->people[i].has_role = people[i].role != 0;
        self->people[i].role = people[i].role;
        self->people_list[i] = &self->people[i];
    }
    self->draft.event.participants = self->people_list;
    self->draft.event.n_participants = count;
    plenary__v1__outcome__init(&self->outcome);
    self->outcome.title = ask_text("Decided");
    self->outcomes[0] = &self->outcome;
    self->draft.event.outcomes = self->outcomes;
    self->draft.event.n_outcomes = 1;
    self->draft.event.related = self->related;
}

static const Plenary__V1__WriteReply *must(const Reply *reply)
{
    if (reply->status) fail_msg("%s", reply->status->message);
    return reply->write;
}

static const Event *now(const Scene *scene)
{
    return ask_get(&scene->admin, "5")->event->event;
}

static const Person two[] = {{"Ada", "unodc", "ada@example.org", DELEGATE},
                             {"Bob", "osce", "bob@example.org", CHAIR}};

/* The registrar's own event, to which an admin adds what the registrar does not see. */
static int begin(void **state)
{
    Scene *scene = test_calloc(1, sizeof *scene);
    Whole main_event;
    scene->arena = arena_new(SIZE_MAX);
    scene->harness = harness_new(&(HarnessOptions){.seed = 17});
    scene->admin = (Asker){scene->harness, access_local()};
    scene->registrar = (Asker){scene->harness,
                               {.principal = "somebody",
                                .role = PLENARY__V1__PRINCIPAL__ROLE__REGISTRAR,
                                .organisation = "unodc",
                                .clearance = PLENARY__V1__HANDLING__TLP__GREEN}};
    for (int number = HIDDEN; number <= SEEN_TOO; number++) {
        Draft draft;
        ask_draft(&draft, "Other", NULL);
        if (number <= HIDDEN_TOO) draft.handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER;
        (void)snprintf(scene->ids[number], ID_TEXT_SIZE, "%s",
                       must(ask_register(&scene->admin, &draft.event))->event->id);
    }
    whole(&main_event, two, 2);
    must(ask_register(&scene->registrar, &main_event.draft.event));
    whole(&main_event, two, 2);
    Event *event = &main_event.draft.event;
    event->part_of = event->follows = scene->ids[HIDDEN];
    main_event.outcome.closed_by = scene->ids[HIDDEN];
    main_event.related[0] = scene->ids[HIDDEN];
    main_event.related[1] = scene->ids[SEEN];
    main_event.related[2] = scene->ids[HIDDEN_TOO];
    event->n_related = 3;
    must(ask_revise(&scene->admin, "5", event, 0));
    *state = scene;
    return 0;
}

static int end(void **state)
{
    Scene *scene = *state;
    harness_check(scene->harness);
    harness_destroy(&scene->harness);
    arena_destroy(&scene->arena);
    test_free(scene);
    return 0;
}

/* What somebody gets, to be changed as they like; lies in the scene's arena. */
static Event *shown_to(const Scene *scene, const Asker *asker)
{
    const Event *event = ask_get(asker, "5")->event->event;
    size_t size = plenary__v1__event__get_packed_size(event);
    uint8_t *packed = arena_alloc(scene->arena, size);
    plenary__v1__event__pack(event, packed);
    return plenary__v1__event__unpack(arena_allocator(scene->arena), size, packed);
}

static Event *shown(const Scene *scene)
{
    return shown_to(scene, &scene->registrar);
}

static void assert_emails(const Scene *scene, const char *const *emails, size_t count)
{
    const Event *event = now(scene);
    assert_int_equal(event->n_participants, count);
    for (size_t i = 0; i < count; i++) {
        const char *email = event->participants[i]->email;
        if (!emails[i]) assert_null(email);
        if (emails[i]) assert_string_equal(email ? email : "none", emails[i]);
    }
}

static void assert_hidden_references(const Scene *scene)
{
    const Event *event = now(scene);
    assert_string_equal(event->part_of, scene->ids[HIDDEN]);
    assert_string_equal(event->follows, scene->ids[HIDDEN]);
    assert_string_equal(event->outcomes[0]->closed_by, scene->ids[HIDDEN]);
}

static void what_came_as_it_was_shown_changes_nothing(void **state)
{
    const Scene *scene = *state;
    Event *event = shown(scene);
    assert_null(event->part_of);
    assert_int_equal(event->n_related, 1);
    assert_null(event->participants[0]->email);
    assert_true(must(ask_revise(&scene->registrar, "5", event, 2))->unchanged);
    assert_true(must(ask_upsert(&scene->registrar, shown(scene)))->unchanged);
    assert_int_equal(now(scene)->revision, 2);
}

static void what_is_not_seen_stays_where_it_was(void **state)
{
    const Scene *scene = *state;
    static const char *const emails[] = {"ada@example.org", "bob@example.org"};
    Event *event = shown(scene);
    event->title = ask_text("Meeting, renamed");
    const Event *reply = must(ask_revise(&scene->registrar, "5", event, 2))->event;
    assert_null(reply->part_of);
    assert_null(reply->participants[0]->email);
    assert_int_equal(reply->n_related, 1);
    assert_string_equal(now(scene)->title, "Meeting, renamed");
    assert_hidden_references(scene);
    assert_emails(scene, emails, 2);
    assert_int_equal(now(scene)->n_related, 3);
    assert_string_equal(now(scene)->related[0], scene->ids[HIDDEN]);
    assert_string_equal(now(scene)->related[2], scene->ids[HIDDEN_TOO]);
}

static void so_it_is_when_an_import_brings_it_again(void **state)
{
    const Scene *scene = *state;
    static const char *const emails[] = {"ada@example.org", "bob@example.org"};
    Event *event = shown(scene);
    event->title = ask_text("Meeting, imported");
    must(ask_upsert(&scene->registrar, event));
    assert_string_equal(now(scene)->title, "Meeting, imported");
    assert_hidden_references(scene);
    assert_emails(scene, emails, 2);
}

static void references_that_are_seen_come_and_go(void **state)
{
    const Scene *scene = *state;
    char *related[] = {ask_text("4")};
    Event *event = shown(scene);
    event->related = related;
    event->part_of = ask_text("3"); /* in the place of what is not seen */
    must(ask_revise(&scene->registrar, "5", event, 2));
    const Event *kept = now(scene);
    assert_string_equal(kept->part_of, scene->ids[SEEN]);
    assert_string_equal(kept->follows, scene->ids[HIDDEN]);
    assert_int_equal(kept->n_related, 3);
    assert_string_equal(kept->related[0], scene->ids[HIDDEN]);
    assert_string_equal(kept->related[1], scene->ids[SEEN_TOO]);
    assert_string_equal(kept->related[2], scene->ids[HIDDEN_TOO]);
    event = shown(scene);
    event->part_of = NULL;
    event->n_related = 0;
    event->n_outcomes = 0;
    must(ask_revise(&scene->registrar, "5", event, 3));
    assert_null(now(scene)->part_of);
    assert_int_equal(now(scene)->n_related, 2);
    assert_int_equal(now(scene)->n_outcomes, 0); /* with what closed it */
}

typedef struct Case {
    const char *what;
    Person people[PEOPLE_MAX];
    size_t count;
    const char *emails[PEOPLE_MAX];
} Case;

static void contacts_go_with_the_person_and_with_nobody_else(void **state)
{
    const Scene *scene = *state;
    static const Person three[] = {{"Ada", "unodc", "ada@example.org", DELEGATE},
                                   {"Bob", "osce", "bob@example.org", CHAIR},
                                   {"Bob", "unodc", "bob2@example.org", DELEGATE}};
    static const Case cases[] = {
        {"in another order",
         {{"Bob", "unodc", NULL, DELEGATE},
          {"Ada", "unodc", NULL, DELEGATE},
          {"Bob", "osce", NULL, CHAIR}},
         3,
         {"bob2@example.org", "ada@example.org", "bob@example.org"}},
        {"the first is gone",
         {{"Bob", "osce", NULL, CHAIR}, {"Bob", "unodc", NULL, DELEGATE}},
         2,
         {"bob@example.org", "bob2@example.org"}},
        {"another part",
         {{"Ada", "unodc", NULL, CHAIR},
          {"Bob", "osce", NULL, DELEGATE},
          {"Bob", "unodc", NULL, CHAIR}},
         3,
         {"ada@example.org", "bob@example.org", "bob2@example.org"}},
        {"another organisation", {{"Ada", "osce", NULL, DELEGATE}}, 1, {"ada@example.org"}},
        {"which Bob?", {{"Bob", "cis", NULL, DELEGATE}}, 1, {NULL}},
        {"another name", {{"Adam", "unodc", NULL, DELEGATE}}, 1, {NULL}},
        {"somebody new",
         {{"Ada", "unodc", NULL, DELEGATE}, {"Eve", "unodc", NULL, DELEGATE}},
         2,
         {"ada@example.org", NULL}},
        {"one and the same twice",
         {{"Ada", "unodc", NULL, DELEGATE}, {"Ada", "unodc", NULL, DELEGATE}},
         2,
         {"ada@example.org", NULL}},
        {"a contact that they know",
         {{"Ada", "unodc", "new@example.org", DELEGATE}},
         1,
         {"new@example.org"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Whole before;
        Whole after;
        print_message("%s\n", cases[i].what);
        whole(&before, three, 3);
        must(ask_revise(&scene->admin, "5", &before.draft.event, 0));
        whole(&after, cases[i].people, cases[i].count);
        must(ask_revise(&scene->registrar, "5", &after.draft.event, 0));
        assert_emails(scene, cases[i].emails, cases[i].count);
    }
}

static void who_sees_contacts_takes_them_away(void **state)
{
    const Scene *scene = *state;
    static const char *const emails[] = {NULL, "bob@example.org"};
    Asker trusted = scene->registrar;
    trusted.caller.sees_contacts = true;
    Event *event = shown_to(scene, &trusted);
    event->participants[0]->email = NULL;
    must(ask_revise(&trusted, "5", event, 2));
    assert_emails(scene, emails, 2);
    assert_hidden_references(scene);
}

/* A revision brings back the whole of what was, also what its reader may not see. */
static void what_is_reverted_comes_back_whole(void **state)
{
    const Scene *scene = *state;
    static const char *const emails[] = {"ada@example.org", "bob@example.org"};
    Event *event = shown(scene);
    event->n_participants = 0;
    must(ask_revise(&scene->registrar, "5", event, 2));
    must(ask_revert(&scene->registrar, "5", 2, 3));
    assert_emails(scene, emails, 2);
    assert_hidden_references(scene);
}

static void what_cannot_come_back_is_not_said_to_who_may_not_see_it(void **state)
{
    const Scene *scene = *state;
    Whole bare;
    whole(&bare, two, 2);
    must(ask_revise(&scene->admin, "5", &bare.draft.event, 0));
    must(ask_move(&scene->admin, PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT, "1", 0));
    const Reply *reply = ask_revert(&scene->registrar, "5", 2, 0);
    assert_int_equal(ask_code(reply), STATUS_FAILED_PRECONDITION);
    assert_null(strstr(reply->status->message, "part_of"));
    assert_non_null(strstr(ask_revert(&scene->admin, "5", 2, 0)->status->message, "part_of"));
}

static void a_list_does_not_grow_past_its_bound(void **state)
{
    const Scene *scene = *state;
    char *related[VALIDATE_LIST_MAX];
    Event *event = shown(scene);
    for (size_t i = 0; i < VALIDATE_LIST_MAX; i++)
        related[i] = ask_text("3");
    event->related = related;
    event->n_related = VALIDATE_LIST_MAX;
    const Reply *reply = ask_revise(&scene->registrar, "5", event, 2);
    assert_int_equal(ask_code(reply), STATUS_RESOURCE_EXHAUSTED);
    assert_int_equal(now(scene)->revision, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_came_as_it_was_shown_changes_nothing),
        TEST(what_is_not_seen_stays_where_it_was),
        TEST(so_it_is_when_an_import_brings_it_again),
        TEST(references_that_are_seen_come_and_go),
        TEST(contacts_go_with_the_person_and_with_nobody_else),
        TEST(who_sees_contacts_takes_them_away),
        TEST(what_is_reverted_comes_back_whole),
        TEST(what_cannot_come_back_is_not_said_to_who_may_not_see_it),
        TEST(a_list_does_not_grow_past_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
