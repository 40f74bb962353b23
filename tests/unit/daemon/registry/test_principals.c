/* Who may ask: principals as records, their keys as what lets them in. */
#include "daemon/registry/principals.h"

#include "daemon/registry/access.h"
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROLE(name)   PLENARY__V1__PRINCIPAL__ROLE__##name
#define TLP(name)    PLENARY__V1__HANDLING__TLP__##name
#define ACTION(name) PLENARY__V1__CHANGE__ACTION__##name

enum {
    ANY = -1, /* revision */
};

static int begin(void **state)
{
    Asker *asker = test_calloc(1, sizeof *asker);
    *asker = (Asker){harness_new(&(HarnessOptions){.seed = 7}), access_local()};
    assert_int_equal(ask_code(ask_put_organisation(asker, "unodc", "UNODC", NULL)), STATUS_OK);
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

static Principals *table(const Asker *asker)
{
    return registry_state(harness_registry(asker->harness))->principals;
}

/* A registrar of unodc with a key. */
static void draft_azamat(PrincipalDraft *draft)
{
    ask_draft_principal(draft, "azamat", ROLE(REGISTRAR));
    draft->principal.organisation = ask_text("unodc");
    draft->principal.has_clearance = 1;
    draft->principal.clearance = TLP(AMBER);
    draft->groups[draft->principal.n_groups++] = ask_text("customs experts");
    ask_add_key(draft, 1);
}

static const Reply *put_azamat(const Asker *asker)
{
    PrincipalDraft draft;
    draft_azamat(&draft);
    return ask_put_principal(asker, &draft.principal, 0);
}

static StatusCode put_admin(const Asker *asker, const char *name, uint8_t seed)
{
    PrincipalDraft draft;
    ask_draft_principal(&draft, name, ROLE(ADMIN));
    ask_add_key(&draft, seed);
    return ask_code(ask_put_principal(asker, &draft.principal, 0));
}

static StatusCode find(const Asker *asker, uint8_t seed, Caller *caller)
{
    char fingerprint[CURVE_FINGERPRINT_SIZE];
    Problem problem;
    problem_clear(&problem);
    ask_fingerprint(seed, fingerprint);
    return principals_caller(table(asker), fingerprint, caller, &problem);
}

/* Who asks with that key. */
static Asker with_key(const Asker *asker, uint8_t seed)
{
    Asker other = {asker->harness, {.principal = "nobody"}};
    assert_int_equal(find(asker, seed, &other.caller), STATUS_OK);
    return other;
}

/* --- what a key means --- */

static void a_key_is_its_principals_rights(void **state)
{
    const Asker *asker = *state;
    Caller caller = {.principal = "untouched"};
    char fingerprint[CURVE_FINGERPRINT_SIZE];
    assert_int_equal(find(asker, 1, &caller), STATUS_UNAUTHENTICATED);
    assert_string_equal(caller.principal, "untouched");
    const Reply *reply = put_azamat(asker);
    assert_int_equal(ask_code(reply), STATUS_OK);
    assert_int_equal(reply->write->action, ACTION(REGISTERED));
    ask_fingerprint(1, fingerprint);
    assert_string_equal(reply->write->principal->keys[0]->fingerprint, fingerprint);
    assert_non_null(reply->write->principal->keys[0]->added);

    assert_int_equal(find(asker, 1, &caller), STATUS_OK);
    assert_string_equal(caller.principal, "azamat");
    assert_string_equal(caller.key, fingerprint);
    assert_string_equal(caller.organisation, "unodc");
    assert_int_equal(caller.group_count, 1);
    assert_string_equal(caller.groups[0], "customs experts");
    assert_int_equal(caller.role, ROLE(REGISTRAR));
    assert_int_equal(caller.clearance, TLP(AMBER));
    assert_false(caller.sees_contacts);
}

static void an_absent_clearance_is_green(void **state)
{
    const Asker *asker = *state;
    PrincipalDraft draft;
    Caller caller;
    ask_draft_principal(&draft, "bea", ROLE(READER));
    ask_add_key(&draft, 3);
    assert_int_equal(ask_code(ask_put_principal(asker, &draft.principal, ANY)), STATUS_OK);
    assert_int_equal(find(asker, 3, &caller), STATUS_OK);
    assert_int_equal(caller.clearance, TLP(GREEN));
}

/* --- rotating --- */

static void two_keys_live_at_once_and_the_old_one_goes(void **state)
{
    const Asker *asker = *state;
    PrincipalDraft draft;
    Caller caller;
    char *added = put_azamat(asker)->write->principal->keys[0]->added;
    draft_azamat(&draft);
    ask_add_key(&draft, 2);
    const Reply *reply = ask_put_principal(asker, &draft.principal, 1);
    assert_int_equal(ask_code(reply), STATUS_OK);
    assert_int_equal(reply->write->action, ACTION(REVISED));
    assert_string_equal(reply->write->principal->keys[0]->added, added);
    assert_string_not_equal(reply->write->principal->keys[1]->added, added);
    assert_int_equal(find(asker, 1, &caller), STATUS_OK);
    assert_int_equal(find(asker, 2, &caller), STATUS_OK);
    assert_string_equal(caller.principal, "azamat");

    draft_azamat(&draft);
    draft.principal.n_keys = 0;
    ask_add_key(&draft, 2);
    assert_int_equal(ask_code(ask_put_principal(asker, &draft.principal, 2)), STATUS_OK);
    assert_int_equal(find(asker, 1, &caller), STATUS_UNAUTHENTICATED);
    assert_int_equal(find(asker, 2, &caller), STATUS_OK);
}

static void a_key_is_one_principals(void **state)
{
    const Asker *asker = *state;
    PrincipalDraft draft;
    put_azamat(asker);
    ask_draft_principal(&draft, "bea", ROLE(READER));
    ask_add_key(&draft, 1);
    const Reply *reply = ask_put_principal(asker, &draft.principal, ANY);
    assert_int_equal(ask_code(reply), STATUS_INVALID_ARGUMENT);
    assert_non_null(strstr(reply->status->message, "azamat"));
    assert_int_equal(ask_code(ask_revoke(asker, "azamat")), STATUS_OK);
    ask_draft_principal(&draft, "bea", ROLE(READER));
    draft.principal.n_keys = 0;
    ask_add_key(&draft, 1);
    reply = ask_put_principal(asker, &draft.principal, ANY);
    assert_int_equal(ask_code(reply), STATUS_INVALID_ARGUMENT);
    assert_non_null(strstr(reply->status->message, "revoked"));
}

/* --- revoking --- */

static void a_revoked_principal_stays_and_is_shut_out(void **state)
{
    const Asker *asker = *state;
    Caller caller;
    char fingerprint[CURVE_FINGERPRINT_SIZE];
    put_azamat(asker);
    const Reply *reply = ask_revoke(asker, "azamat");
    assert_int_equal(ask_code(reply), STATUS_OK);
    assert_int_equal(reply->write->action, ACTION(REVOKED));
    assert_non_null(reply->write->principal->revoked);
    assert_int_equal(reply->write->principal->revision, 2);
    assert_int_equal(find(asker, 1, &caller), STATUS_UNAUTHENTICATED);

    /* Whose key it was can still be said. */
    ask_fingerprint(1, fingerprint);
    reply = ask_principal(asker, fingerprint);
    assert_int_equal(ask_code(reply), STATUS_OK);
    assert_string_equal(reply->principals->principals[0]->name, "azamat");

    reply = ask_revoke(asker, "azamat");
    assert_true(reply->write->unchanged);
    assert_int_equal(reply->write->sequence, 3);
    assert_int_equal(ask_code(put_azamat(asker)), STATUS_FAILED_PRECONDITION);
    assert_int_equal(ask_code(ask_revoke(asker, "nobody")), STATUS_NOT_FOUND);
}

static void nobody_shuts_themselves_out(void **state)
{
    const Asker *asker = *state;
    PrincipalDraft draft;
    assert_int_equal(put_admin(asker, "ada", 4), STATUS_OK);
    assert_int_equal(put_admin(asker, "olga", 5), STATUS_OK);
    Asker ada = with_key(asker, 4);
    assert_int_equal(ask_code(ask_revoke(&ada, "ada")), STATUS_FAILED_PRECONDITION);
    ask_draft_principal(&draft, "ada", ROLE(READER));
    ask_add_key(&draft, 4);
    assert_int_equal(ask_code(ask_put_principal(&ada, &draft.principal, ANY)),
                     STATUS_FAILED_PRECONDITION);
    assert_int_equal(ask_code(ask_revoke(&ada, "olga")), STATUS_OK);
    /* Whoever is at the machine is an admin, and may revoke the last one with a key. */
    assert_int_equal(ask_code(ask_revoke(asker, "ada")), STATUS_OK);
    assert_int_equal(principals_count(table(asker)), 0);
}

/* What was sent before a revocation and comes to be decided after it is refused: nothing follows
 * the revocation in the log that the revoked one did. */
static void what_waits_behind_a_revocation_is_refused(void **state)
{
    const Asker *asker = *state;
    Plenary__V1__RevokePrincipal revoke = PLENARY__V1__REVOKE_PRINCIPAL__INIT;
    Plenary__V1__RegisterEvent add = PLENARY__V1__REGISTER_EVENT__INIT;
    Request first = PLENARY__V1__REQUEST__INIT;
    Request second = PLENARY__V1__REQUEST__INIT;
    Draft draft;
    char ids[2][ID_TEXT_SIZE];
    put_azamat(asker);
    Asker azamat = with_key(asker, 1);
    ask_draft(&draft, "Meeting", NULL);
    for (size_t i = 0; i < 2; i++)
        (void)snprintf(ids[i], sizeof ids[i], "%s", harness_request_id(asker->harness));
    revoke.name = ask_text("azamat");
    first.request_id = ids[0];
    first.verb_case = PLENARY__V1__REQUEST__VERB_REVOKE_PRINCIPAL;
    first.revoke_principal = &revoke;
    add.event = &draft.event;
    second.request_id = ids[1];
    second.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
    second.register_event = &add;
    harness_send_as(asker->harness, &asker->caller, &first, 1);
    harness_send_as(asker->harness, &azamat.caller, &second, 2);
    StatusCode codes[2];
    for (size_t i = 0; i < 2; i++) {
        Reply *reply = harness_take(asker->harness);
        codes[i] = ask_code(reply);
        plenary__v1__reply__free_unpacked(reply, NULL);
    }
    assert_int_equal(codes[0], STATUS_OK);
    assert_int_equal(codes[1], STATUS_UNAUTHENTICATED);
    assert_int_equal(registry_applied(harness_registry(asker->harness)), 3);
}

static void a_caller_is_renewed_by_their_key(void **state)
{
    const Asker *asker = *state;
    PrincipalDraft draft;
    Problem problem;
    problem_clear(&problem);
    put_azamat(asker);
    Caller caller;
    Caller kept;
    Arena *arena = arena_new(SIZE_MAX);
    assert_int_equal(find(asker, 1, &caller), STATUS_OK);
    assert_true(access_copy_caller(&caller, arena, &kept));

    draft_azamat(&draft);
    draft.principal.clearance = TLP(RED);
    uint64_t generation = principals_generation(table(asker));
    assert_int_equal(ask_code(ask_put_principal(asker, &draft.principal, ANY)), STATUS_OK);
    assert_int_not_equal(principals_generation(table(asker)), generation);
    Caller now = kept;
    assert_int_equal(principals_renew(table(asker), &now, &problem), STATUS_OK);
    assert_int_equal(now.clearance, TLP(RED));

    /* The key goes to somebody else: it does not speak for them by an old connection. */
    draft_azamat(&draft);
    draft.principal.n_keys = 0;
    assert_int_equal(ask_code(ask_put_principal(asker, &draft.principal, ANY)), STATUS_OK);
    ask_draft_principal(&draft, "bea", ROLE(ADMIN));
    draft.principal.n_keys = 0;
    ask_add_key(&draft, 1);
    assert_int_equal(ask_code(ask_put_principal(asker, &draft.principal, ANY)), STATUS_OK);
    now = kept;
    assert_int_equal(principals_renew(table(asker), &now, &problem), STATUS_UNAUTHENTICATED);
    assert_string_equal(now.principal, "azamat");

    Caller local = access_local();
    assert_int_equal(principals_renew(table(asker), &local, &problem), STATUS_OK);
    arena_destroy(&arena);
}

/* --- what is refused --- */

static void expected_revisions_are_kept(void **state)
{
    const Asker *asker = *state;
    PrincipalDraft draft;
    put_azamat(asker);
    assert_int_equal(ask_code(put_azamat(asker)), STATUS_ALREADY_EXISTS);
    draft_azamat(&draft);
    assert_int_equal(ask_code(ask_put_principal(asker, &draft.principal, 2)), STATUS_ABORTED);
    draft_azamat(&draft);
    const Reply *reply = ask_put_principal(asker, &draft.principal, 1);
    assert_int_equal(ask_code(reply), STATUS_OK);
    assert_true(reply->write->unchanged);
    assert_int_equal(reply->write->sequence, 2);
    draft_azamat(&draft);
    draft.principal.organisation = ask_text("nowhere");
    reply = ask_put_principal(asker, &draft.principal, 1);
    assert_int_equal(ask_code(reply), STATUS_INVALID_ARGUMENT);
    assert_string_equal(reply->status->violations[0]->field, "organisation");
}

/* What a put says of these is not taken from it: they have verbs of their own. */
static void a_put_neither_revokes_nor_gives_tokens(void **state)
{
    const Asker *asker = *state;
    PrincipalDraft draft;
    Plenary__V1__PrincipalToken token = PLENARY__V1__PRINCIPAL_TOKEN__INIT;
    Plenary__V1__PrincipalToken *tokens[] = {&token};
    draft_azamat(&draft);
    draft.principal.revoked = ask_text("2022-03-03T00:00:00Z");
    draft.principal.tokens = tokens;
    draft.principal.n_tokens = 1;
    const Reply *reply = ask_put_principal(asker, &draft.principal, ANY);
    assert_int_equal(ask_code(reply), STATUS_OK);
    assert_null(reply->write->principal->revoked);
    assert_int_equal(reply->write->principal->n_tokens, 0);
}

static void only_admins_see_or_change_principals(void **state)
{
    const Asker *asker = *state;
    static const Plenary__V1__Principal__Role roles[] = {ROLE(READER), ROLE(REGISTRAR),
                                                         ROLE(GATEWAY), ROLE(ROLE_UNSPECIFIED)};
    put_azamat(asker);
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        Asker other = {asker->harness,
                       {.principal = "p", .organisation = "unodc", .role = roles[i]}};
        assert_int_equal(ask_code(put_azamat(&other)), STATUS_PERMISSION_DENIED);
        assert_int_equal(ask_code(ask_revoke(&other, "azamat")), STATUS_PERMISSION_DENIED);
        assert_int_equal(ask_code(ask_principal(&other, "azamat")), STATUS_PERMISSION_DENIED);
        assert_int_equal(ask_code(ask_principals(&other, NULL, true)), STATUS_PERMISSION_DENIED);
    }
}

/* --- reading --- */

static void the_log_tells_admins_alone(void **state)
{
    const Asker *asker = *state;
    Plenary__V1__ListChanges asked = PLENARY__V1__LIST_CHANGES__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_CHANGES;
    request.list_changes = &asked;
    put_azamat(asker);
    ask_revoke(asker, "azamat");
    Asker reader = ask_reader(asker);
    assert_int_equal(ask(asker, &request)->changes->n_changes, 3);
    assert_int_equal(ask(&reader, &request)->changes->n_changes, 1); /* the organisation */
    assert_true(ask_status(asker)->daemon->has_principals);
    assert_false(ask_status(&reader)->daemon->has_principals);
}

static void pages_go_through_the_names(void **state)
{
    const Asker *asker = *state;
    char name[8];
    char seen[256] = "";
    Page page = PLENARY__V1__PAGE__INIT;
    for (int i = 7; i > 0; i--) {
        (void)snprintf(name, sizeof name, "p%d", i);
        assert_int_equal(put_admin(asker, name, (uint8_t)(10 + i)), STATUS_OK);
    }
    ask_revoke(asker, "p4");
    page.has_limit = 1;
    page.limit = 2;
    for (;;) {
        const Plenary__V1__PrincipalsReply *body = ask_principals(asker, &page, false)->principals;
        for (size_t i = 0; i < body->n_principals; i++) {
            strcat(seen, body->principals[i]->name);
            strcat(seen, " ");
        }
        if (!body->has_next_page) break;
        page.has_token = 1;
        page.token = body->next_page;
    }
    assert_string_equal(seen, "p1 p2 p3 p5 p6 p7 ");
    assert_int_equal(ask_principals(asker, NULL, true)->principals->n_principals, 7);
    assert_int_equal(ask_code(ask_principal(asker, "p9")), STATUS_NOT_FOUND);
}

static void count_key(void *context, const uint8_t key[static CURVE_KEY_BYTES],
                      const char *fingerprint, const Principal *principal)
{
    char own[CURVE_FINGERPRINT_SIZE];
    curve_fingerprint(key, own);
    assert_string_equal(own, fingerprint);
    assert_null(principal->revoked);
    ++*(size_t *)context;
}

static void every_key_that_is_let_in_is_given(void **state)
{
    const Asker *asker = *state;
    size_t count = 0;
    put_azamat(asker);
    put_admin(asker, "ada", 4);
    put_admin(asker, "olga", 5);
    ask_revoke(asker, "olga");
    principals_each_key(table(asker), count_key, &count);
    assert_int_equal(count, 2);
}

/* --- what is in memory is what is in the journal --- */

/* All of it as text, in the test's own memory. */
static char *dump(const Asker *asker)
{
    static char text[16 * 1024];
    size_t used = 0;
    Caller caller;
    const PrincipalEntry *entry = principals_next(table(asker), NULL);
    for (; entry; entry = principals_next(table(asker), entry->principal->name))
        used += (size_t)snprintf(
            text + used, sizeof text - used, "%s %llu %u %s %zu;", entry->principal->name,
            (unsigned long long)entry->sequence, entry->principal->revision,
            entry->principal->revoked ? entry->principal->revoked : "-", entry->principal->n_keys);
    for (uint8_t seed = 1; seed <= 40; seed++)
        if (find(asker, seed, &caller) == STATUS_OK)
            used +=
                (size_t)snprintf(text + used, sizeof text - used, " %u=%s", seed, caller.principal);
    char *copy = test_malloc(used + 1);
    memcpy(copy, text, used + 1);
    return copy;
}

/* What should be: few names and keys, so that they meet. */
enum {
    NAMES = 6,
    KEYS = 40, /* seeds from 1 */
};

typedef struct Model {
    bool known[NAMES];
    bool revoked[NAMES];
    int owner[KEYS + 1]; /* a name's place, from 1; 0: nobody's */
} Model;

static const char *const names[NAMES] = {"a", "b", "c", "d", "e", "f"};

static StatusCode foretell_put(const Model *model, int who, const uint8_t *seeds, size_t count)
{
    if (model->revoked[who]) return STATUS_FAILED_PRECONDITION;
    for (size_t i = 0; i < count; i++)
        if (model->owner[seeds[i]] && model->owner[seeds[i]] != who + 1)
            return STATUS_INVALID_ARGUMENT;
    return STATUS_OK;
}

static void put_anybody(const Asker *asker, Model *model, int who)
{
    static const Plenary__V1__Principal__Role roles[] = {ROLE(READER), ROLE(ADMIN), ROLE(GATEWAY)};
    PrincipalDraft draft;
    size_t count = harness_below(asker->harness, 3);
    uint8_t first = (uint8_t)(1 + harness_below(asker->harness, KEYS - 1));
    const uint8_t seeds[] = {first, (uint8_t)(first + 1)};
    ask_draft_principal(&draft, names[who], roles[harness_below(asker->harness, 3)]);
    for (size_t i = 0; i < count; i++)
        ask_add_key(&draft, seeds[i]);
    StatusCode wanted = foretell_put(model, who, seeds, count);
    assert_int_equal(ask_code(ask_put_principal(asker, &draft.principal, ANY)), wanted);
    if (wanted != STATUS_OK) return;
    model->known[who] = true;
    for (size_t i = 1; i <= KEYS; i++)
        if (model->owner[i] == who + 1) model->owner[i] = 0;
    for (size_t i = 0; i < count; i++)
        model->owner[seeds[i]] = who + 1;
}

static void revoke_anybody(const Asker *asker, Model *model, int who)
{
    StatusCode wanted = model->known[who] ? STATUS_OK : STATUS_NOT_FOUND;
    assert_int_equal(ask_code(ask_revoke(asker, names[who])), wanted);
    model->revoked[who] = model->known[who];
}

static void assert_as_foretold(const Asker *asker, const Model *model)
{
    for (int seed = 1; seed <= KEYS; seed++) {
        Caller caller;
        int owner = model->owner[seed];
        bool live = owner && !model->revoked[owner - 1];
        assert_int_equal(find(asker, (uint8_t)seed, &caller),
                         live ? STATUS_OK : STATUS_UNAUTHENTICATED);
        if (live) assert_string_equal(caller.principal, names[owner - 1]);
    }
}

static void keys_mean_what_a_model_says_and_a_start_gives_the_same(void **state)
{
    const Asker *asker = *state;
    Model model = {0};
    for (uint32_t round = 0; round < 6; round++) {
        for (int i = 0; i < 15; i++) {
            int who = (int)harness_below(asker->harness, NAMES);
            if (harness_below(asker->harness, 12) == 0)
                revoke_anybody(asker, &model, who);
            else
                put_anybody(asker, &model, who);
            assert_as_foretold(asker, &model);
        }
        char *before = dump(asker);
        harness_crash(asker->harness, round % 3);
        char *after = dump(asker);
        assert_string_equal(after, before);
        harness_check(asker->harness);
        char *checked = dump(asker);
        assert_string_equal(checked, before);
        test_free(before);
        test_free(after);
        test_free(checked);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_key_is_its_principals_rights),
        TEST(an_absent_clearance_is_green),
        TEST(two_keys_live_at_once_and_the_old_one_goes),
        TEST(a_key_is_one_principals),
        TEST(a_revoked_principal_stays_and_is_shut_out),
        TEST(nobody_shuts_themselves_out),
        TEST(what_waits_behind_a_revocation_is_refused),
        TEST(a_caller_is_renewed_by_their_key),
        TEST(expected_revisions_are_kept),
        TEST(a_put_neither_revokes_nor_gives_tokens),
        TEST(only_admins_see_or_change_principals),
        TEST(the_log_tells_admins_alone),
        TEST(pages_go_through_the_names),
        TEST(every_key_that_is_let_in_is_given),
        TEST(keys_mean_what_a_model_says_and_a_start_gives_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
