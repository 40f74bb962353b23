#include "proto/validate.h"

#include "tests/unit/proto/checks.h"
#include "tests/unit/proto/samples.h"

#define SOUND                                                                                      \
    "\"title\":\"T\",\"kind\":\"conference\",\"schedule\":{\"start\":\"2022-03-03\",\"end\":"      \
    "\"2022-03-04\"}"
#define UUID7 "017f4d6a-0000-7000-8000-000000000001"

enum {
    TOO_MANY = 10000,
};

static Arena *arena;
static Zones *zones;
static Problem problem;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(64 * 1024 * 1024);
    zones = zones_new();
    problem_clear(&problem);
    return arena && zones ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_destroy(&arena);
    zones_destroy(&zones);
    return 0;
}

static ProtobufCMessage *message_of(const ProtobufCMessageDescriptor *descriptor, const char *text)
{
    ProtobufCMessage *message = NULL;
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);
    if (!json) fail_msg("%s: %s", text, error.text);
    problem_clear(&problem);
    StatusCode code = json_to_message(json, descriptor, arena, &message, &problem);
    json_decref(json);
    if (code) fail_msg("%s", problem.message);
    return message;
}

static void bad_organisation(const char *text, const char *field, const char *words)
{
    const ProtobufCMessage *message = message_of(&plenary__v1__organisation__descriptor, text);
    problem_clear(&problem);
    assert_int_equal(validate_organisation((const Organisation *)message, zones, &problem),
                     STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, field, words);
}

static StatusCode query(const char *text)
{
    const ProtobufCMessage *message = message_of(&plenary__v1__query__descriptor, text);
    problem_clear(&problem);
    return validate_query((const Query *)message, &problem);
}

static void bad_query(const char *text, const char *field, const char *words)
{
    assert_int_equal(query(text), STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, field, words);
}

static StatusCode request(const char *text)
{
    const ProtobufCMessage *message = message_of(&plenary__v1__request__descriptor, text);
    problem_clear(&problem);
    return validate_request((const Request *)message, zones, &problem);
}

static void bad_request(const char *text, const char *field, const char *words)
{
    assert_int_equal(request(text), STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, field, words);
}

static void organisations_are_checked(void **state)
{
    (void)state;
    bad_organisation("{}", "id", "is required");
    assert_violation(&problem, "name", "is required");
    assert_violation(&problem, "kind", "is required");
#define ORGANISATION "{\"id\":\"unodc\",\"name\":\"UN\",\"kind\":\"international\","
    bad_organisation(ORGANISATION "\"partOf\":\"unodc\"}", "part_of",
                     "names the organisation itself");
    bad_organisation(ORGANISATION "\"partOf\":\"U N\"}", "part_of", "is not an id");
    bad_organisation(ORGANISATION "\"country\":\"XX\"}", "country", "is not a country code");
    bad_organisation(ORGANISATION "\"email\":\"x\"}", "email", "is not an e-mail address");
    bad_organisation(ORGANISATION "\"uri\":\"x\"}", "uri", "is not a URI");
    bad_organisation(ORGANISATION
                     "\"standing\":[{\"since\":\"2022-03-03\",\"until\":\"2022-03-01\"}]}",
                     "standing[0].until", "2022-03-01 is before since 2022-03-03");
    assert_violation(&problem, "standing[0].kind", "is required");
    assert_violation(&problem, "standing[0].towards", "is required");
    bad_organisation(ORGANISATION "\"translations\":[{\"language\":\"ru\"}]}",
                     "translations[0].name", "is required, or an acronym");
    const ProtobufCMessage *sound =
        message_of(&plenary__v1__organisation__descriptor, ORGANISATION
                   "\"country\":\"AT\",\"aliases\":[\"ЮНОДК\"],\"standing\":[{\"kind\":"
                   "\"member\",\"towards\":\"un\"}],\"uri\":\"https://example.org\"}");
    assert_int_equal(validate_organisation((const Organisation *)sound, zones, &problem),
                     STATUS_OK);
}

static void sound_queries_pass(void **state)
{
    (void)state;
    assert_int_equal(query("{}"), STATUS_OK);
    assert_int_equal(
        query("{\"terms\":[{\"facet\":\"kind\",\"values\":[\"conference\",\"meeting\"]},"
              "{\"facet\":\"org.sponsor\",\"values\":[\"unodc\"],\"negated\":true},"
              "{\"facet\":\"country\",\"values\":[\"UZ\"]},{\"facet\":\"tlp\",\"values\":"
              "[\"amber_strict\"]}],\"text\":\"Ташкент\",\"from\":\"2022-03-03T09:00\","
              "\"to\":\"2022-03-03\",\"order\":\"start\"}"),
        STATUS_OK);
}

static void facets_must_be_known_and_asked(void **state)
{
    (void)state;
    bad_query("{\"terms\":[{\"facet\":\"kindd\",\"values\":[\"x\"]}]}", "terms[0].facet",
              "\"kindd\" cannot be asked for; did you mean kind?; facets are kind, category");
    bad_query("{\"terms\":[{\"facet\":\"word\",\"values\":[\"x\"]}]}", "terms[0].facet",
              "\"word\" cannot be asked for");
    bad_query("{\"terms\":[{\"facet\":\"kind\",\"values\":[\"meeting\",\"conferense\"]}]}",
              "terms[0].values[1]", "did you mean conference?");
    bad_query("{\"terms\":[{\"facet\":\"country\",\"values\":[\"XX\"]}]}", "terms[0].values[0]",
              "is not a country code");
    bad_query("{\"terms\":[{\"facet\":\"kind\"}]}", "terms[0].values", "is required");
    bad_query("{\"terms\":[{\"values\":[\"x\"]}]}", "terms[0].facet", "is required");
}

static void ranges_must_be(void **state)
{
    (void)state;
    bad_query("{\"from\":\"2022-03-03\",\"to\":\"2022-03-02\"}", "to",
              "2022-03-02 is before from 2022-03-03");
    bad_query("{\"from\":\"x\"}", "from", "is not a date");
    bad_query("{\"from\":\"0000-01-01\"}", "from", "is not a date");
    bad_query("{\"from\":\"2022-13-01\"}", "from", "is not a date");
    bad_query("{\"from\":\"2022-02-30\"}", "from", "is not a date");
    bad_query("{\"to\":\"10000-01-01\"}", "to", "is not a date");
    assert_int_equal(query("{\"from\":\"0001-01-01\",\"to\":\"9999-12-31T23:59:59\"}"), STATUS_OK);
    bad_query("{\"to\":\"x\"}", "to", "is not a date");
}

static void queries_are_bounded(void **state)
{
    (void)state;
    Query *asked = (Query *)message_of(&plenary__v1__query__descriptor,
                                       "{\"terms\":[{\"facet\":\"topic\",\"values\":[\"x\"]}]}");
    Term *term = asked->terms[0];
    asked->n_terms = TOO_MANY;
    asked->terms = arena_array(arena, asked->n_terms, sizeof *asked->terms);
    for (size_t i = 0; i < asked->n_terms; i++)
        asked->terms[i] = term;
    assert_int_equal(validate_query(asked, &problem), STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, "terms", "10000 elements is over the limit of 64");
    char *value = term->values[0];
    asked->n_terms = 1;
    term->n_values = TOO_MANY;
    term->values = arena_array(arena, term->n_values, sizeof *term->values);
    for (size_t i = 0; i < term->n_values; i++)
        term->values[i] = value;
    problem_clear(&problem);
    assert_int_equal(validate_query(asked, &problem), STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, "terms[0].values", "10000 elements is over the limit of 256");
}

static void requests_that_write_have_an_id(void **state)
{
    (void)state;
    static const char *const writes[] = {
        "\"registerEvent\":{\"event\":{" SOUND "}}",
        "\"reviseEvent\":{\"eventId\":\"1\",\"event\":{" SOUND "}}",
        "\"cancelEvent\":{\"eventId\":\"1\"}",
        "\"reinstateEvent\":{\"eventId\":\"1\"}",
        "\"holdEvent\":{\"eventId\":\"1\"}",
        "\"withdrawEvent\":{\"eventId\":\"1\"}",
        "\"revertEvent\":{\"eventId\":\"1\",\"toRevision\":1}",
        "\"putOrganisation\":{\"organisation\":{\"id\":\"a\",\"name\":\"A\",\"kind\":\"ngo\"}}"};
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
        bad_request(arena_printf(arena, "{%s}", writes[i]), "request_id", "is required");
        bad_request(arena_printf(arena, "{\"requestId\":\"x\",%s}", writes[i]), "request_id",
                    "is not a UUID of version 7");
        assert_int_equal(
            request(arena_printf(arena, "{\"requestId\":\"" UUID7 "\",%s}", writes[i])), STATUS_OK);
    }
    static const char *const reads[] = {"\"getEvent\":{\"eventId\":\"1\"}",
                                        "\"listEvents\":{\"page\":{\"limit\":100}}",
                                        "\"countEvents\":{}",
                                        "\"countEvents\":{\"by\":\"month\"}",
                                        "\"countEvents\":{\"by\":\"tlp\",\"page\":{\"limit\":9}}",
                                        "\"eventHistory\":{\"eventId\":\"1\"}",
                                        "\"getOrganisation\":{\"name\":\"UN\"}",
                                        "\"listOrganisations\":{}",
                                        "\"getStatus\":{}",
                                        "\"verifyJournal\":{}"};
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
        assert_int_equal(request(arena_printf(arena, "{%s}", reads[i])), STATUS_OK);
}

static void requests_are_checked_to_the_bottom(void **state)
{
    (void)state;
    bad_request("{}", "verb", "is required");
    bad_request("{\"registerEvent\":{}}", "event", "is required");
    bad_request("{\"reviseEvent\":{}}", "event_id", "is required");
    bad_request("{\"cancelEvent\":{\"eventId\":\"\"}}", "event_id", "is required");
    bad_request("{\"getEvent\":{\"eventId\":\"1\",\"atTime\":\"x\"}}", "at_time", "RFC 3339");
    bad_request("{\"listEvents\":{\"asOf\":\"x\"}}", "as_of", "RFC 3339");
    bad_request("{\"listEvents\":{\"expand\":true}}", "query.to", "no end");
    bad_request("{\"listEvents\":{\"expand\":true,\"query\":{\"from\":\"2022-03-03\"}}}",
                "query.to", "no end");
    bad_request(
        "{\"listEvents\":{\"expand\":true,\"query\":{\"to\":\"2022-03-03\",\"order\":\"number\"}}}",
        "query.order", "start alone");
    bad_request("{\"listChanges\":{\"from\":\"x\"}}", "from", "RFC 3339");
    bad_request("{\"listChanges\":{\"to\":\"2022-03-03\"}}", "to", "RFC 3339");
    bad_request("{\"listChanges\":{\"from\":\"2022-03-03T09:00:00Z\",\"to\":"
                "\"2022-03-03T08:59:59Z\"}}",
                "to", "2022-03-03T08:59:59Z is before from 2022-03-03T09:00:00Z");
    bad_request(
        "{\"getEvent\":{\"eventId\":\"1\",\"atTime\":\"2022-03-03T09:00:00Z\",\"atRevision\":1}}",
        "at_time", "cannot be given together with at_revision");
    bad_request("{\"revertEvent\":{\"eventId\":\"1\"}}", "to_revision", "is required");
    bad_request("{\"backupRegistry\":{}}", "folder", "is required");
    bad_request("{\"backupRegistry\":{\"folder\":\"here/b\"}}", "folder", "not an absolute path");
    bad_request("{\"backupRegistry\":{\"folder\":\"/b/\"}}", "folder", "ends with a slash");
    bad_request("{\"listEvents\":{\"page\":{\"limit\":0}}}", "page.limit",
                "0 is not between 1 and");
    bad_request("{\"listEvents\":{\"page\":{\"limit\":5000}}}", "page.limit",
                "5000 is not between");
    bad_request(
        "{\"countEvents\":{\"by\":\"contry\"}}", "by",
        "\"contry\" cannot be counted by; did you mean country?; facets are kind, category");
    bad_request("{\"countEvents\":{\"by\":\"person\"}}", "by", "cannot be counted by");
    bad_request("{\"countEvents\":{\"by\":\"\"}}", "by", "is empty");
    bad_request("{\"countEvents\":{\"page\":{\"limit\":5}}}", "page", "needs by");
    bad_request("{\"listEvents\":{\"query\":{\"from\":\"x\"}}}", "from", "is not a date");
    bad_request("{\"registerEvent\":{\"event\":{\"title\":\"T\",\"kind\":\"meeting\",\"schedule\":"
                "{\"start\":\"2022-03-03\",\"end\":\"2022-03-01\"}}}}",
                "schedule.end", "2022-03-01 is before start 2022-03-03");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(organisations_are_checked),
        CASE(sound_queries_pass),
        CASE(facets_must_be_known_and_asked),
        CASE(ranges_must_be),
        CASE(queries_are_bounded),
        CASE(requests_that_write_have_an_id),
        CASE(requests_are_checked_to_the_bottom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
