/* The rule of access in ten lines, against every combination of role, clearance, organisation and
 * groups of who asks, and of TLP and audience of what is asked for. */
#include "daemon/registry/access.h"

#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROLE(name) PLENARY__V1__PRINCIPAL__ROLE__##name
#define TLP(name)  PLENARY__V1__HANDLING__TLP__##name

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const Plenary__V1__Principal__Role roles[] = {ROLE(READER), ROLE(REGISTRAR), ROLE(ADMIN),
                                                     ROLE(GATEWAY)};

/* Who an event is for. The last is longer than a key of the index may be. */
static char long_group[] =
    "a group whose name is long: "
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "x";
static char unodc[] = "unodc";
static char customs[] = "customs experts";
static char *const audiences[][2] = {
    {NULL, NULL}, {unodc, NULL}, {customs, NULL}, {unodc, customs}, {long_group, NULL}};

static const char *const organisations[] = {NULL, "unodc", "unodc-rocc", "customs experts"};
static const char *const groups[][2] = {
    {NULL, NULL}, {"customs experts", NULL}, {"others", long_group}};

/* --- the model --- */

static bool is_one_of(const char *name, char *const *list)
{
    return name &&
           ((list[0] && strcmp(name, list[0]) == 0) || (list[1] && strcmp(name, list[1]) == 0));
}

static bool model_sees(const Caller *caller, int tlp, char *const *audience)
{
    if (caller->role == ROLE(ADMIN)) return true;
    if ((tlp ? tlp : (int)TLP(GREEN)) > (int)caller->clearance) return false;
    if (!audience[0] || is_one_of(caller->organisation, audience)) return true;
    for (size_t i = 0; i < caller->group_count; i++)
        if (is_one_of(caller->groups[i], audience)) return true;
    return false;
}

/* --- every combination --- */

enum {
    TLPS = 6, /* absent, then clear to red */
    EVENTS = TLPS * COUNT(audiences),
};

static size_t count_of(char *const *list)
{
    return (list[0] != NULL) + (size_t)(list[1] != NULL);
}

static Handling handling_of(size_t event)
{
    Handling handling = PLENARY__V1__HANDLING__INIT;
    char *const *audience = audiences[event / TLPS];
    handling.has_tlp = event % TLPS != 0;
    handling.tlp = (Plenary__V1__Handling__Tlp)(event % TLPS);
    handling.audience = (char **)(uintptr_t)audience;
    handling.n_audience = count_of(audience);
    return handling;
}

static const char *name_of(size_t event, char name[static 32])
{
    (void)snprintf(name, 32, "combination %02zu", event);
    return name;
}

/* The registry refuses amber_strict and red without an audience at its door, not here. */
static Harness *registry_with_every_event(void)
{
    Harness *harness = harness_new(&(HarnessOptions){.seed = 1});
    const Asker admin = {harness, access_local()};
    for (size_t i = 0; i < EVENTS; i++) {
        char title[32];
        Draft draft;
        ask_draft(&draft, name_of(i, title), NULL);
        draft.handling = handling_of(i);
        assert_int_equal(ask_code(ask_register(&admin, &draft.event)), STATUS_OK);
    }
    return harness;
}

static void check_caller(Harness *harness, const Caller *caller)
{
    State *state = registry_state(harness_registry(harness));
    roaring_bitmap_t *visible = access_visible(caller, state->views);
    for (uint32_t event = 0; event < EVENTS; event++) {
        const Handling handling = handling_of(event);
        bool wanted = model_sees(caller, (int)(event % TLPS), audiences[event / TLPS]);
        assert_int_equal(access_sees(caller, &handling), wanted);
        assert_int_equal(roaring_bitmap_contains(visible, event + 1), wanted);
        Head head;
        Arena *arena = arena_new(SIZE_MAX);
        assert_true(state_head(state, event + 1, &head, arena));
        assert_int_equal(state_sees_head(caller, &head), wanted);
        arena_destroy(&arena);
    }
    assert_int_equal(access_sees(caller, NULL),
                     caller->role == ROLE(ADMIN) || caller->clearance >= TLP(GREEN));
    roaring_bitmap_free(visible);
}

static void every_door_sees_what_the_rule_says(void **unused)
{
    (void)unused;
    Harness *harness = registry_with_every_event();
    size_t checked = 0;
    for (size_t role = 0; role < COUNT(roles); role++)
        for (int clearance = 0; clearance < TLPS; clearance++)
            for (size_t own = 0; own < COUNT(organisations); own++)
                for (size_t group = 0; group < COUNT(groups); group++, checked++) {
                    const Caller caller = {
                        .principal = "somebody",
                        .organisation = organisations[own],
                        .groups = groups[group],
                        .group_count = count_of((char *const *)(uintptr_t)groups[group]),
                        .role = roles[role],
                        .clearance = (Plenary__V1__Handling__Tlp)clearance,
                    };
                    check_caller(harness, &caller);
                }
    assert_int_equal(checked, 4 * 6 * 4 * 3);
    harness_destroy(&harness);
}

static void roles_may_do_what_the_table_says(void **unused)
{
    (void)unused;
    static const struct {
        Plenary__V1__Principal__Role role;
        bool read, register_, revise_unknown, directory, principals, operate;
    } rows[] = {
        {ROLE(READER), true, false, false, false, false, false},
        {ROLE(REGISTRAR), true, true, true, false, false, false},
        {ROLE(ADMIN), true, true, true, true, true, true},
        {ROLE(GATEWAY), false, false, false, false, false, false},
        {ROLE(ROLE_UNSPECIFIED), false, false, false, false, false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const Caller caller = {.principal = "p", .organisation = "unodc", .role = rows[i].role};
        assert_int_equal(access_may(&caller, PERMISSION_READ, NULL), rows[i].read);
        assert_int_equal(access_may(&caller, PERMISSION_REGISTER, NULL), rows[i].register_);
        assert_int_equal(access_may(&caller, PERMISSION_REVISE, NULL), rows[i].revise_unknown);
        assert_int_equal(access_may(&caller, PERMISSION_DIRECTORY, NULL), rows[i].directory);
        assert_int_equal(access_may(&caller, PERMISSION_PRINCIPALS, NULL), rows[i].principals);
        assert_int_equal(access_may(&caller, PERMISSION_OPERATE, NULL), rows[i].operate);
    }
}

static void a_registrar_revises_what_its_organisation_leads_or_registered(void **unused)
{
    (void)unused;
    const Caller caller = {.principal = "p", .organisation = "unodc", .role = ROLE(REGISTRAR)};
    const Caller alone = {.principal = "p", .role = ROLE(REGISTRAR)};
    for (int role = PLENARY__V1__INVOLVEMENT__ROLE__ORGANISER;
         role <= PLENARY__V1__INVOLVEMENT__ROLE__OBSERVER; role++) {
        Event event = PLENARY__V1__EVENT__INIT;
        Involvement part = PLENARY__V1__INVOLVEMENT__INIT;
        Involvement *parts[] = {&part};
        bool leads = role == PLENARY__V1__INVOLVEMENT__ROLE__ORGANISER ||
                     role == PLENARY__V1__INVOLVEMENT__ROLE__CO_ORGANISER ||
                     role == PLENARY__V1__INVOLVEMENT__ROLE__HOST;
        part.id = unodc;
        part.has_role = 1;
        part.role = (Plenary__V1__Involvement__Role)role;
        event.organisations = parts;
        event.n_organisations = 1;
        assert_int_equal(access_may(&caller, PERMISSION_REVISE, &event), leads);
        assert_false(access_may(&alone, PERMISSION_REVISE, &event));
        part.id = NULL; /* named in words only: that gives no rights */
        part.name = unodc;
        assert_false(access_may(&caller, PERMISSION_REVISE, &event));
        event.created_by = unodc;
        assert_true(access_may(&caller, PERMISSION_REVISE, &event));
    }
}

static bool sees_none(void *context, const char *id)
{
    (void)context;
    (void)id;
    return false;
}

static void contacts_and_unseen_references_are_not_shown(void **unused)
{
    (void)unused;
    Arena *arena = arena_new(SIZE_MAX);
    Draft draft;
    Participant person = PLENARY__V1__PARTICIPANT__INIT;
    Participant *people[] = {&person};
    Outcome outcome = PLENARY__V1__OUTCOME__INIT;
    Outcome *outcomes[] = {&outcome};
    char *related[] = {ask_text("r")};
    ask_draft(&draft, "Meeting", NULL);
    Event *event = &draft.event;
    person.name = ask_text("Somebody");
    person.email = ask_text("somebody@example.org");
    person.phone = ask_text("+998");
    outcome.closed_by = ask_text("c");
    event->participants = people;
    event->n_participants = 1;
    event->outcomes = outcomes;
    event->n_outcomes = 1;
    event->related = related;
    event->n_related = 1;
    event->part_of = ask_text("p");
    event->follows = ask_text("f");

    Caller caller = {.principal = "p", .role = ROLE(READER), .clearance = TLP(GREEN)};
    const Event *shown = access_show_event(&caller, event, sees_none, NULL, arena);
    assert_string_equal(shown->participants[0]->name, "Somebody");
    assert_null(shown->participants[0]->email);
    assert_null(shown->participants[0]->phone);
    assert_null(shown->part_of);
    assert_null(shown->follows);
    assert_int_equal(shown->n_related, 0);
    assert_null(shown->outcomes[0]->closed_by);
    assert_string_equal(event->participants[0]->email, "somebody@example.org");
    assert_string_equal(event->outcomes[0]->closed_by, "c");

    caller.sees_contacts = true;
    shown = access_show_event(&caller, event, sees_none, NULL, arena);
    assert_string_equal(shown->participants[0]->email, "somebody@example.org");
    assert_null(shown->part_of);
    const Caller admin = access_local();
    assert_ptr_equal(access_show_event(&admin, event, sees_none, NULL, arena), event);
    arena_destroy(&arena);
}

static void who_acted_and_digests_are_for_admins(void **unused)
{
    (void)unused;
    Arena *arena = arena_new(SIZE_MAX);
    uint8_t bytes[32] = {1};
    Change change = PLENARY__V1__CHANGE__INIT;
    change.by_principal = ask_text("p");
    change.by_organisation = ask_text("unodc");
    change.request_id = ask_text("0190f000-0000-7000-8000-000000000000");
    change.has_salt = change.has_digest = change.has_content_digest = change.has_request_hash = 1;
    change.salt = change.digest = change.content_digest = change.request_hash =
        (ProtobufCBinaryData){sizeof bytes, bytes};
    Plenary__V1__Erasure erasure = PLENARY__V1__ERASURE__INIT;
    Plenary__V1__Erasure *erasures[] = {&erasure};
    change.erasures = erasures;
    change.n_erasures = 1;
    const Caller reader = {.principal = "r", .role = ROLE(READER), .clearance = TLP(RED)};
    const Change *shown = access_show_change(&reader, &change, arena);
    assert_null(shown->by_principal);
    assert_null(shown->request_id);
    assert_false(shown->has_salt || shown->has_digest || shown->has_content_digest ||
                 shown->has_request_hash || shown->n_erasures);
    assert_string_equal(shown->by_organisation, "unodc");
    const Caller admin = access_local();
    assert_ptr_equal(access_show_change(&admin, &change, arena), &change);
    arena_destroy(&arena);
}

static void other_rights_have_another_hash(void **unused)
{
    (void)unused;
    const char *one[] = {"a", "b"};
    const char *other[] = {"ab"};
    const Caller callers[] = {
        {.role = ROLE(READER), .clearance = TLP(GREEN)},
        {.role = ROLE(REGISTRAR), .clearance = TLP(GREEN)},
        {.role = ROLE(READER), .clearance = TLP(AMBER)},
        {.role = ROLE(READER), .clearance = TLP(GREEN), .sees_contacts = true},
        {.role = ROLE(READER), .clearance = TLP(GREEN), .organisation = "ab"},
        {.role = ROLE(READER), .clearance = TLP(GREEN), .groups = one, .group_count = 2},
        {.role = ROLE(READER), .clearance = TLP(GREEN), .groups = other, .group_count = 1},
    };
    uint8_t hashes[COUNT(callers)][ACCESS_HASH_BYTES];
    for (size_t i = 0; i < COUNT(callers); i++) {
        access_hash(&callers[i], hashes[i]);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(hashes[i], hashes[j], ACCESS_HASH_BYTES);
    }
}

/* Who gets a new key goes on where they were: cursors and pages carry the hash. */
static void another_key_is_no_other_right(void **unused)
{
    (void)unused;
    Caller caller = {.principal = "p", .key = "aa", .role = ROLE(READER), .clearance = TLP(GREEN)};
    uint8_t before[ACCESS_HASH_BYTES];
    uint8_t after[ACCESS_HASH_BYTES];
    access_hash(&caller, before);
    caller.key = "bb";
    access_hash(&caller, after);
    assert_memory_equal(before, after, sizeof before);
}

static void a_copied_caller_stands_alone(void **unused)
{
    (void)unused;
    char name[] = "azamat";
    char key[] = "4d75";
    char organisation[] = "unodc";
    char group[] = "drugs";
    const char *list[] = {group};
    const Caller caller = {.principal = name,
                           .key = key,
                           .organisation = organisation,
                           .groups = list,
                           .group_count = 1,
                           .role = ROLE(REGISTRAR),
                           .clearance = TLP(AMBER),
                           .sees_contacts = true};
    Caller copy = {0};
    Arena *arena = arena_new(SIZE_MAX);
    Arena *full = arena_new(1);
    assert_false(access_copy_caller(&caller, full, &copy));
    assert_null(copy.principal);
    assert_true(access_copy_caller(&caller, arena, &copy));
    name[0] = key[0] = organisation[0] = group[0] = 'x';
    list[0] = NULL;
    assert_string_equal(copy.principal, "azamat");
    assert_string_equal(copy.key, "4d75");
    assert_string_equal(copy.organisation, "unodc");
    assert_string_equal(copy.groups[0], "drugs");
    assert_int_equal(copy.role, ROLE(REGISTRAR));
    assert_true(copy.sees_contacts);
    arena_destroy(&arena);
    arena_destroy(&full);
}

/* "*" stands for "no audience" in the index: as a name it would open an event to everybody. */
static void an_audience_cannot_be_called_star(void **unused)
{
    (void)unused;
    Harness *harness = harness_new(&(HarnessOptions){.seed = 1});
    const Asker admin = {harness, access_local()};
    Draft draft;
    ask_draft(&draft, "Meeting", NULL);
    draft.handling.n_audience = 1;
    draft.audience[0] = ask_text("*");
    const Reply *reply = ask_register(&admin, &draft.event);
    assert_int_equal(ask_code(reply), STATUS_INVALID_ARGUMENT);
    assert_string_equal(reply->status->violations[0]->field, "handling.audience[0]");
    harness_destroy(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_door_sees_what_the_rule_says),
        cmocka_unit_test(roles_may_do_what_the_table_says),
        cmocka_unit_test(a_registrar_revises_what_its_organisation_leads_or_registered),
        cmocka_unit_test(contacts_and_unseen_references_are_not_shown),
        cmocka_unit_test(who_acted_and_digests_are_for_admins),
        cmocka_unit_test(other_rights_have_another_hash),
        cmocka_unit_test(another_key_is_no_other_right),
        cmocka_unit_test(a_copied_caller_stands_alone),
        cmocka_unit_test(an_audience_cannot_be_called_star),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
