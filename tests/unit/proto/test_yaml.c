#include "tests/unit/proto/checks.h"
#include "tests/unit/proto/samples.h"

#include <stdlib.h>

enum {
    ROUNDS = 300,
};

static Arena *arena;
static Problem problem;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(64 * 1024 * 1024);
    problem_clear(&problem);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

/* The documents of a YAML text as JSON text, in the arena. */
static const char *read_as_json(const char *text)
{
    json_t *documents = NULL;
    problem_clear(&problem);
    StatusCode code = yaml_parse(text, strlen(text), &documents, &problem);
    if (code) return problem.message;
    char *printed = json_print(documents, JSON_COMPACT);
    char *kept = arena_strdup(arena, printed);
    free(printed);
    json_decref(documents);
    return kept;
}

static void refused(const char *text, const char *words)
{
    json_t *documents = NULL;
    problem_clear(&problem);
    assert_int_equal(yaml_parse(text, strlen(text), &documents, &problem), STATUS_INVALID_ARGUMENT);
    assert_int_equal(problem.code, STATUS_INVALID_ARGUMENT);
    assert_null(documents);
    assert_words(problem.message, words);
}

static const char *print(const char *json_text)
{
    json_t *json = json_loads(json_text, JSON_DECODE_ANY, NULL);
    char *printed = yaml_print(json);
    char *kept = arena_strdup(arena, printed);
    free(printed);
    json_decref(json);
    return kept;
}

static void every_message_survives_yaml(void **state)
{
    (void)state;
    Random random = {.state = 1};
    for (size_t round = 0; round < ROUNDS; round++) {
        const ProtobufCMessageDescriptor *type = sample_types[round % SAMPLE_TYPES];
        ProtobufCMessage *message = sample_message(&random, type, arena);
        json_t *json = json_of_message(message);
        char *text = yaml_print(json);
        json_t *documents = NULL;
        ProtobufCMessage *again = NULL;
        assert_non_null(text);
        StatusCode code = yaml_parse(text, strlen(text), &documents, &problem);
        if (!code)
            code = json_to_message(json_array_get(documents, 0), type, arena, &again, &problem);
        if (code) fail_msg("round %zu: %s\n%s", round, problem.message, text);
        assert_true(protobuf_c_message_check(again));
        size_t size = protobuf_c_message_get_packed_size(message);
        uint8_t *before = arena_alloc(arena, size + 1);
        uint8_t *after = arena_alloc(arena, size + 1);
        if (protobuf_c_message_get_packed_size(again) != size) fail_msg("differs:\n%s", text);
        protobuf_c_message_pack(message, before);
        protobuf_c_message_pack(again, after);
        if (memcmp(before, after, size) != 0) fail_msg("differs:\n%s", text);
        free(text);
        json_decref(json);
        json_decref(documents);
        arena_reset(arena);
    }
}

/* All texts of up to five of these pieces, as keys and as values. */
static void every_short_text_survives_yaml(void **state)
{
    (void)state;
    static const char *const pieces[] = {"",   "a", " ", "\n", "\t",      "Т",
                                         "- ", ":", "#", "'",  "\xC2\x85"};
    enum { PIECES = sizeof pieces / sizeof *pieces };
    for (size_t first = 0; first < (size_t)PIECES * PIECES; first++) {
        json_t *list = json_array();
        json_t *object = json_object();
        for (size_t rest = 0; rest < (size_t)PIECES * PIECES * PIECES; rest++) {
            char text[64];
            (void)snprintf(text, sizeof text, "%s%s%s%s%s", pieces[first / PIECES],
                           pieces[first % PIECES], pieces[rest / PIECES / PIECES],
                           pieces[rest / PIECES % PIECES], pieces[rest % PIECES]);
            json_array_append_new(list, json_string(text));
            json_object_set_new(object, text, json_string(text));
        }
        json_object_set_new(object, "list", list);
        char *printed = yaml_print(object);
        json_t *documents = NULL;
        StatusCode code = yaml_parse(printed, strlen(printed), &documents, &problem);
        if (code) fail_msg("%s", problem.message);
        if (!json_equal(json_array_get(documents, 0), object))
            fail_msg("differs: %.3000s", printed);
        free(printed);
        json_decref(object);
        json_decref(documents);
    }
}

static void every_scalar_is_text(void **state)
{
    (void)state;
    assert_string_equal(read_as_json("country: NO\ncapacity: 080\nversion: 1.10\non: yes\n"),
                        "[{\"country\":\"NO\",\"capacity\":\"080\",\"version\":\"1.10\","
                        "\"on\":\"yes\"}]");
}

static void norway_is_a_country(void **state)
{
    (void)state;
    json_t *documents = NULL;
    ProtobufCMessage *message = NULL;
    const char *text = "title: Conference\nkind: conference\nvenue: {country: NO, latitude: 59.9}\n"
                       "schedule:\n  start: 2022-03-03\n  approximate: true\ncapacity: 80\n";
    assert_int_equal(yaml_parse(text, strlen(text), &documents, &problem), STATUS_OK);
    assert_int_equal(json_to_message(json_array_get(documents, 0), &plenary__v1__event__descriptor,
                                     arena, &message, &problem),
                     STATUS_OK);
    json_decref(documents);
    const Event *event = (const Event *)message;
    assert_string_equal(event->venue->country, "NO");
    assert_string_equal(event->schedule->start, "2022-03-03");
    assert_true(event->schedule->approximate);
    assert_int_equal(event->capacity, 80);
}

static void nothing_and_tilde_are_null_unless_quoted(void **state)
{
    (void)state;
    assert_string_equal(read_as_json("a:\nb: ~\nc: null\nd: ''\ne: \"null\"\nf: !!str\ng: Null\n"),
                        "[{\"a\":null,\"b\":null,\"c\":null,\"d\":\"\",\"e\":\"null\",\"f\":\"\","
                        "\"g\":\"Null\"}]");
}

static void documents_are_one_flat_array_with_their_lines(void **state)
{
    (void)state;
    const char *text = "# twelve events\na: 1\n---\n---\nb: 2\n---\n- c: 3\n-\n  d: 4\n- e\n...\n";
    json_t *documents = NULL;
    json_t *lines = NULL;
    assert_int_equal(yaml_parse_lines(text, strlen(text), &documents, &lines, &problem), STATUS_OK);
    char *all = json_print(documents, JSON_COMPACT);
    char *where = json_print(lines, JSON_COMPACT);
    assert_string_equal(all, "[{\"a\":\"1\"},{\"b\":\"2\"},{\"c\":\"3\"},{\"d\":\"4\"},\"e\"]");
    assert_string_equal(where, "[2,5,7,9,10]");
    free(all);
    free(where);
    json_decref(documents);
    json_decref(lines);
}

static void an_empty_text_has_no_documents(void **state)
{
    (void)state;
    assert_string_equal(read_as_json(""), "[]");
    assert_string_equal(read_as_json("# nothing\n"), "[]");
}

static void broken_yaml_names_the_line(void **state)
{
    (void)state;
    refused("title: x\n  kind: y\n", "line 2, column ");
    refused("title: [a, b\nkind: y\n", "line 2");
    refused("a: 1\nb: 'x\n", "line 3");
    refused("a: 1\n\tb: 2\n", "line 2, column 1");
    refused("a: \"\\q\"\n", "line 1");
    refused("a: 1\n]\n", "line 2");
}

static void duplicate_keys_are_refused(void **state)
{
    (void)state;
    refused("title: a\nkind: b\ntitle: c\n", "line 3, column 1: the key \"title\" is given twice");
    refused("a: {b: 1,\n b: 2}\n", "line 2, column 2: the key \"b\" is given twice");
}

static void invalid_utf8_is_refused(void **state)
{
    (void)state;
    refused("a: 1\nb: \xFF\n", "line 2, column 4");
    refused("a: \"\\0\"\n", "line 1, column 4: a NUL character");
    refused("\xFF\xFE"
            "a",
            "line 1");
}

static void keys_must_be_text(void **state)
{
    (void)state;
    refused("? [a, b]\n: c\n", "line 1, column 3: a key that is not text");
    refused("x: &k a\n*k : c\n", "a key that is not text");
    refused("\"a\\0b\": c\n", "a key that is not text");
}

static void unknown_tags_are_refused(void **state)
{
    (void)state;
    refused("a: !!binary aGVsbG8=\n", "line 1, column 4: a tag that is not known");
    refused("a: !python/object x\n", "a tag that is not known");
    refused("a: !mine {b: c}\n", "a tag that is not known");
    refused("a: !mine [b]\n", "a tag that is not known");
    assert_string_equal(read_as_json("a: !!int 3\nb: !!map {c: !!seq [d]}\n"),
                        "[{\"a\":\"3\",\"b\":{\"c\":[\"d\"]}}]");
}

static void aliases_stand_for_what_was_anchored(void **state)
{
    (void)state;
    assert_string_equal(read_as_json("a: &v {city: Tashkent}\nb: *v\nc: [&x 1, *x]\n"),
                        "[{\"a\":{\"city\":\"Tashkent\"},\"b\":{\"city\":\"Tashkent\"},"
                        "\"c\":[\"1\",\"1\"]}]");
    refused("a: *nothing\n", "line 1, column 4: an alias of nothing");
    refused("a: &a [*a]\n", "line 1, column 8: an alias of nothing");
    refused("a: &v 1\n---\nb: *v\n", "line 3, column 4: an alias of nothing");
}

static void alias_bombs_are_refused(void **state)
{
    (void)state;
    char text[4096] = "a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]\n";
    for (int i = 1; i < 20; i++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used,
                       "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1,
                       i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    }
    refused(text, "aliases stand for too much");
}

static void depth_is_bounded(void **state)
{
    (void)state;
    size_t deep = 900;
    char *text = malloc(deep + 1);
    memset(text, '[', deep);
    text[deep] = '\0';
    refused(text, "nested too deep");
    free(text);
    char nested[4096] = "a0: &a0 [x]\n";
    for (int i = 1; i < 60; i++) {
        size_t used = strlen(nested);
        (void)snprintf(nested + used, sizeof nested - used, "a%d: &a%d [*a%d]\n", i, i, i - 1);
    }
    refused(nested, "nested too deep");
}

static void a_text_too_long_is_refused(void **state)
{
    (void)state;
    json_t *documents = NULL;
    assert_int_equal(yaml_parse("", (size_t)JSON_INPUT_BYTES_MAX + 1, &documents, &problem),
                     STATUS_INVALID_ARGUMENT);
    assert_int_equal(json_parse("", (size_t)JSON_INPUT_BYTES_MAX + 1, &documents, &problem),
                     STATUS_INVALID_ARGUMENT);
    assert_null(documents);
}

static void printed_for_people(void **state)
{
    (void)state;
    assert_string_equal(
        print(
            "{\"title\":\"Конференция: Ташкент\",\"schedule\":{\"start\":\"2022-03-03\","
            "\"timeZone\":\"Asia/Tashkent\"},\"venue\":{\"country\":\"NO\",\"latitude\":41.3},"
            "\"capacity\":80,\"topics\":[\"drugs\",\"12\",\"null\"],\"description\":"
            "\"First line.\\nSecond.\",\"participants\":[{\"name\":\"A. B.\",\"role\":\"chair\"}],"
            "\"approximate\":true,\"related\":[]}"),
        "title: 'Конференция: Ташкент'\n"
        "schedule:\n"
        "  start: 2022-03-03\n"
        "  timeZone: Asia/Tashkent\n"
        "venue:\n"
        "  country: \"NO\"\n"
        "  latitude: 41.3\n"
        "capacity: 80\n"
        "topics:\n"
        "- drugs\n"
        "- \"12\"\n"
        "- \"null\"\n"
        "description: |-\n"
        "  First line.\n"
        "  Second.\n"
        "participants:\n"
        "- name: A. B.\n"
        "  role: chair\n"
        "approximate: true\n"
        "related: []\n");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(every_message_survives_yaml),
        CASE(every_short_text_survives_yaml),
        CASE(every_scalar_is_text),
        CASE(norway_is_a_country),
        CASE(nothing_and_tilde_are_null_unless_quoted),
        CASE(documents_are_one_flat_array_with_their_lines),
        CASE(an_empty_text_has_no_documents),
        CASE(broken_yaml_names_the_line),
        CASE(duplicate_keys_are_refused),
        CASE(invalid_utf8_is_refused),
        CASE(keys_must_be_text),
        CASE(unknown_tags_are_refused),
        CASE(aliases_stand_for_what_was_anchored),
        CASE(alias_bombs_are_refused),
        CASE(depth_is_bounded),
        CASE(a_text_too_long_is_refused),
        CASE(printed_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
