/* What a principal must be, before anybody asks the registry. */
#include "proto/curve.h"
#include "proto/validate.h"

#include "tests/unit/proto/checks.h"
#include "tests/unit/proto/samples.h"

#define KEY    "^7il62sRS>e{r>mlOi{1vL+PjPqAq9MNTdaV9toG"
#define PRINT  "4d75cfc1889349dfe82211c77938ef3f"
#define READER "\"name\":\"bea\",\"role\":\"reader\""

static Arena *arena;
static Problem problem;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(64 * 1024 * 1024);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

static StatusCode check(const char *text)
{
    ProtobufCMessage *message = NULL;
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);
    if (!json) fail_msg("%s: %s", text, error.text);
    problem_clear(&problem);
    StatusCode code =
        json_to_message(json, &plenary__v1__principal__descriptor, arena, &message, &problem);
    json_decref(json);
    if (code) fail_msg("%s", problem.message);
    return validate_principal((const Principal *)message, &problem);
}

static void sound_principals_are_taken(void **state)
{
    (void)state;
    static const char *const sound[] = {
        "{" READER "}",
        "{" READER ",\"keys\":[{\"publicKey\":\"" KEY "\"}]}",
        "{" READER ",\"keys\":[{\"publicKey\":\"" KEY "\",\"fingerprint\":\"" PRINT "\"}]}",
        "{" READER ",\"groups\":[\"customs experts\",\"эксперты\"],\"clearance\":\"red\"}",
        "{\"name\":\"a-1\",\"role\":\"registrar\",\"organisation\":\"unodc\"}",
        "{\"name\":\"a\",\"role\":\"admin\"}",
        "{\"name\":\"web\",\"role\":\"gateway\",\"seesContacts\":true}",
    };
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++)
        if (check(sound[i]) != STATUS_OK) fail_msg("%s: %s", sound[i], problem.message);
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *field, *words;
    } rows[] = {
        {"{\"role\":\"reader\"}", "name", "is required"},
        {"{\"name\":\"bea\"}", "role", "is required"},
        {"{\"name\":\"Bea\",\"role\":\"reader\"}", "name", "not an id"},
        {"{\"name\":\"local\",\"role\":\"reader\"}", "name", "without a key"},
        {"{\"name\":\"anonymous\",\"role\":\"reader\"}", "name", "without a key"},
        {"{\"name\":\"bea\",\"role\":\"registrar\"}", "organisation", "required of a registrar"},
        {"{" READER ",\"organisation\":\"U N\"}", "organisation", "not an id"},
        {"{" READER ",\"groups\":[\"a\",\"*\"]}", "groups[1]", "no group can be called"},
        {"{" READER ",\"groups\":[\"a\",\"b\",\"a\"]}", "groups[2]", "there twice"},
        {"{" READER ",\"groups\":[\"a\\nb\"]}", "groups[0]", "line break"},
        {"{" READER ",\"groups\":[\"\"]}", "groups[0]", "is empty"},
        {"{" READER ",\"keys\":[{}]}", "keys[0].public_key", "is required"},
        {"{" READER ",\"keys\":[{\"publicKey\":\"abc\"}]}", "keys[0].public_key", "Z85"},
        {"{" READER ",\"keys\":[{\"publicKey\":\"0000000000000000000000000000000000000000\"}]}",
         "keys[0].public_key", "no public key"},
        {"{" READER ",\"keys\":[{\"publicKey\":\"" KEY "\",\"fingerprint\":\"00\"}]}",
         "keys[0].fingerprint", PRINT},
        {"{" READER ",\"keys\":[{\"publicKey\":\"" KEY "\"},{\"publicKey\":\"" KEY "\"}]}", "keys",
         "there twice"},
        {"{" READER
         ",\"keys\":[{\"publicKey\":\"a\"},{\"publicKey\":\"b\"},{\"publicKey\":\"c\"}]}",
         "keys", "limit of 2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(check(rows[i].text), STATUS_INVALID_ARGUMENT);
        assert_violation(&problem, rows[i].field, rows[i].words);
    }
}

/* Who took the wrong one of two may have given the secret key. */
static void a_key_is_not_said_again(void **state)
{
    (void)state;
    assert_int_equal(check("{" READER ",\"keys\":[{\"publicKey\":\"SECRETSECRET\"}]}"),
                     STATUS_INVALID_ARGUMENT);
    assert_null(strstr(problem.message, "SECRET"));
}

static void groups_are_bounded(void **state)
{
    (void)state;
    const char *list = "\"g0\"";
    for (int i = 1; i < VALIDATE_GROUPS_MAX; i++)
        list = arena_printf(arena, "%s,\"g%d\"", list, i);
    assert_int_equal(check(arena_printf(arena, "{" READER ",\"groups\":[%s]}", list)), STATUS_OK);
    assert_int_equal(check(arena_printf(arena, "{" READER ",\"groups\":[%s,\"more\"]}", list)),
                     STATUS_INVALID_ARGUMENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sound_principals_are_taken),
        TEST(what_is_wrong_is_named),
        TEST(a_key_is_not_said_again),
        TEST(groups_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
