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

static Event *event_of(const char *text)
{
    ProtobufCMessage *message = NULL;
    json_t *documents = NULL;
    problem_clear(&problem);
    assert_int_equal(json_parse(text, strlen(text), &documents, &problem), STATUS_OK);
    StatusCode code = json_to_message(json_array_get(documents, 0), &plenary__v1__event__descriptor,
                                      arena, &message, &problem);
    json_decref(documents);
    assert_int_equal(code, problem.code);
    return (Event *)message;
}

static char *print(const ProtobufCMessage *message)
{
    json_t *json = json_of_message(message);
    char *printed = json_print(json, JSON_COMPACT);
    char *text = arena_strdup(arena, printed);
    free(printed);
    json_decref(json);
    return text;
}

static void refused(const char *text, const char *field, const char *words)
{
    assert_null(event_of(text));
    assert_violation(&problem, field, words);
}

static void refused_parse(const char *text, size_t length, const char *words)
{
    json_t *documents = NULL;
    problem_clear(&problem);
    assert_int_equal(json_parse(text, length, &documents, &problem), STATUS_INVALID_ARGUMENT);
    assert_null(documents);
    assert_words(problem.message, words);
}

static void every_message_survives_json(void **state)
{
    (void)state;
    Random random = {.state = 2022};
    for (size_t round = 0; round < ROUNDS; round++) {
        const ProtobufCMessageDescriptor *type = sample_types[round % SAMPLE_TYPES];
        ProtobufCMessage *message = sample_message(&random, type, arena);
        const char *text = print(message);
        json_t *documents = NULL;
        ProtobufCMessage *again = NULL;
        StatusCode code = json_parse(text, strlen(text), &documents, &problem);
        if (!code)
            code = json_to_message(json_array_get(documents, 0), type, arena, &again, &problem);
        json_decref(documents);
        if (code) fail_msg("round %zu: %s\n%s", round, problem.message, text);
        assert_true(protobuf_c_message_check(again));
        size_t size = protobuf_c_message_get_packed_size(message);
        uint8_t *before = arena_alloc(arena, size + 1);
        uint8_t *after = arena_alloc(arena, size + 1);
        assert_int_equal(protobuf_c_message_get_packed_size(again), size);
        protobuf_c_message_pack(message, before);
        protobuf_c_message_pack(again, after);
        assert_memory_equal(before, after, size);
        arena_reset(arena);
    }
}

static void names_are_lower_camel_case_and_enums_lower_case(void **state)
{
    (void)state;
    Event *event = event_of("{\"title\":\"T\",\"format\":\"in_person\",\"icalSequence\":3,"
                            "\"handling\":{\"tlp\":\"amber_strict\"},\"partOf\":\"x\"}");
    assert_non_null(event);
    assert_int_equal(event->format, PLENARY__V1__EVENT__FORMAT__IN_PERSON);
    assert_string_equal(print(&event->base),
                        "{\"icalSequence\":3,\"title\":\"T\",\"format\":\"in_person\","
                        "\"partOf\":\"x\",\"handling\":{\"tlp\":\"amber_strict\"}}");
}

static void snake_case_is_taken_too(void **state)
{
    (void)state;
    Event *event = event_of("{\"part_of\":\"a\",\"schedule\":{\"time_zone\":\"Asia/Tashkent\"}}");
    assert_non_null(event);
    assert_string_equal(event->part_of, "a");
    assert_string_equal(event->schedule->time_zone, "Asia/Tashkent");
}

static void null_is_absent(void **state)
{
    (void)state;
    Event *event = event_of("{\"title\":null,\"topics\":[],\"venue\":{}}");
    assert_non_null(event);
    assert_null(event->title);
    assert_int_equal(event->n_topics, 0);
    assert_non_null(event->venue);
}

static void scalars_may_come_as_text(void **state)
{
    (void)state;
    Event *event = event_of("{\"capacity\":\"80\",\"schedule\":{\"approximate\":\"true\"},"
                            "\"venue\":{\"latitude\":\"41.3\",\"longitude\":69}}");
    assert_non_null(event);
    assert_int_equal(event->capacity, 80);
    assert_true(event->schedule->approximate);
    assert_true(event->venue->latitude > 41.29 && event->venue->latitude < 41.31);
}

static void an_unknown_field_is_refused_with_the_nearest(void **state)
{
    (void)state;
    refused("{\"tittle\":\"x\"}", "tittle", "is not a field of Event; did you mean title?");
    refused("{\"participants\":[{},{\"emial\":\"x\"}]}", "participants[1].emial",
            "did you mean email?");
    refused("{\"xyzzyxyzzy\":1}", "xyzzyxyzzy", "is not a field of Event");
    assert_null(strstr(problem.message, "did you mean"));
}

static void an_unknown_enum_name_is_refused_with_the_known(void **state)
{
    (void)state;
    refused("{\"participants\":[{},{},{\"role\":\"boss\"}]}", "participants[2].role",
            "\"boss\" is not one of chair, moderator, speaker");
    refused("{\"kind\":\"conferense\"}", "kind", "did you mean conference?");
    refused("{\"kind\":\"kind_unspecified\"}", "kind", "is not one of meeting");
    refused("{\"kind\":\"CONFERENCE\"}", "kind", "did you mean conference?");
    refused("{\"kind\":\"\"}", "kind", "is not one of meeting");
    refused("{\"kind\":2}", "kind", "is a number; text is wanted");
}

static void unspecified_is_not_printed(void **state)
{
    (void)state;
    Event event = PLENARY__V1__EVENT__INIT;
    event.has_kind = 1;
    assert_string_equal(print(&event.base), "{}");
    assert_string_equal(json_enum_name(&plenary__v1__event__kind__descriptor, 0), "");
    assert_string_equal(json_enum_name(&plenary__v1__event__kind__descriptor, 99), "");
    assert_string_equal(json_enum_name(&plenary__v1__status_code__descriptor, 0), "ok");
}

static void every_enum_value_has_its_name(void **state)
{
    (void)state;
    static const ProtobufCEnumDescriptor *const enums[] = {
        &plenary__v1__event__kind__descriptor,
        &plenary__v1__event__status__descriptor,
        &plenary__v1__event__format__descriptor,
        &plenary__v1__involvement__role__descriptor,
        &plenary__v1__participant__role__descriptor,
        &plenary__v1__participant__mode__descriptor,
        &plenary__v1__participant__response__descriptor,
        &plenary__v1__outcome__kind__descriptor,
        &plenary__v1__participant__attendance__descriptor,
        &plenary__v1__outcome__state__descriptor,
        &plenary__v1__handling__tlp__descriptor,
        &plenary__v1__organisation__kind__descriptor,
        &plenary__v1__standing__kind__descriptor,
        &plenary__v1__principal__role__descriptor,
        &plenary__v1__change__action__descriptor,
        &plenary__v1__difference__aspect__descriptor,
        &plenary__v1__query__order__descriptor,
        &plenary__v1__status_code__descriptor,
        &plenary__v1__delivery__relation__descriptor,
    };
    for (size_t i = 0; i < sizeof enums / sizeof *enums; i++) {
        for (unsigned j = 0; j < enums[i]->n_values; j++) {
            const ProtobufCEnumValue *value = &enums[i]->values[j];
            const char *name = json_enum_name(enums[i], value->value);
            int found = -1;
            if (strstr(value->name, "UNSPECIFIED")) continue;
            assert_int_equal(strlen(name), strlen(value->name));
            assert_true(json_enum_find(enums[i], name, &found));
            assert_int_equal(found, value->value);
            for (size_t k = 0; name[k]; k++)
                assert_true((name[k] >= 'a' && name[k] <= 'z') || name[k] == '_');
        }
    }
}

static void wrong_types_are_refused(void **state)
{
    (void)state;
    refused("{\"title\":5}", "title", "is a number; text is wanted");
    refused("{\"title\":[\"x\"]}", "title", "is a list; text is wanted");
    refused("{\"topics\":\"x\"}", "topics", "is text; a list is wanted");
    refused("{\"topics\":[\"x\",null]}", "topics[1]", "is empty; text is wanted");
    refused("{\"venue\":\"x\"}", "venue", "is text; an object is wanted");
    refused("{\"participants\":[{},7]}", "participants[1]", "is a number; an object is wanted");
    refused("{\"schedule\":{\"approximate\":1}}", "schedule.approximate",
            "is a number; true or false is wanted");
    refused("{\"schedule\":{\"approximate\":\"yes\"}}", "schedule.approximate",
            "\"yes\" is not true or false");
    refused("[7]", "", "is a number; an object is wanted");
}

static void numbers_out_of_range_are_refused(void **state)
{
    (void)state;
    refused("{\"capacity\":4294967296}", "capacity", "4294967296 is out of range: 0 to 4294967295");
    refused("{\"capacity\":-1}", "capacity", "-1 is out of range");
    refused("{\"capacity\":1.5}", "capacity", "is a number; a whole number is wanted");
    refused("{\"capacity\":\"12x\"}", "capacity", "\"12x\" is not a whole number");
    refused("{\"capacity\":\"99999999999999999999\"}", "capacity", "is out of range");
    refused("{\"capacity\":\"\"}", "capacity", "is not a whole number");
    refused("{\"venue\":{\"latitude\":\"nan\"}}", "venue.latitude", "is not a number");
    refused("{\"venue\":{\"latitude\":\"1e999\"}}", "venue.latitude", "is not a number");
    refused("{\"venue\":{\"latitude\":\"0x10\"}}", "venue.latitude", "is not a number");
}

/* The contract has no signed numbers and no floats yet; the codec is for every message. */
typedef struct Numbers {
    ProtobufCMessage base;
    protobuf_c_boolean has_narrow;
    int32_t narrow;
    protobuf_c_boolean has_wide;
    int64_t wide;
    protobuf_c_boolean has_real;
    float real;
} Numbers;

#define NUMBER(field, tag, kind)                                                                   \
    {                                                                                              \
        .name = #field, .id = (tag), .label = PROTOBUF_C_LABEL_OPTIONAL,                           \
        .type = PROTOBUF_C_TYPE_##kind, .quantifier_offset = offsetof(Numbers, has_##field),       \
        .offset = offsetof(Numbers, field)                                                         \
    }

static const ProtobufCFieldDescriptor number_fields[] = {
    NUMBER(narrow, 1, INT32),
    NUMBER(wide, 2, SINT64),
    NUMBER(real, 3, FLOAT),
};

static void numbers_init(ProtobufCMessage *message);

static const ProtobufCMessageDescriptor numbers_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "Numbers",
    .short_name = "Numbers",
    .sizeof_message = sizeof(Numbers),
    .n_fields = 3,
    .fields = number_fields,
    .message_init = numbers_init,
};

static void numbers_init(ProtobufCMessage *message)
{
    *(Numbers *)message = (Numbers){.base = PROTOBUF_C_MESSAGE_INIT(&numbers_descriptor)};
}

static const Numbers *numbers_of(const char *text)
{
    ProtobufCMessage *message = NULL;
    json_t *json = json_loads(text, 0, NULL);
    problem_clear(&problem);
    (void)json_to_message(json, &numbers_descriptor, arena, &message, &problem);
    json_decref(json);
    return (const Numbers *)message;
}

static void signed_numbers_and_floats_are_read_and_printed(void **state)
{
    (void)state;
    const Numbers *least = numbers_of("{\"narrow\":-2147483648,\"wide\":\"-9223372036854775808\"}");
    assert_non_null(least);
    assert_true(least->narrow == INT32_MIN && least->wide == INT64_MIN);
    const Numbers *some = numbers_of("{\"narrow\":2147483647,\"wide\":-1,\"real\":\"0.5\"}");
    assert_non_null(some);
    assert_string_equal(print(&some->base), "{\"narrow\":2147483647,\"wide\":-1,\"real\":0.5}");
    assert_null(numbers_of("{\"narrow\":2147483648}"));
    assert_violation(&problem, "narrow", "2147483648 is out of range: -2147483648 to 2147483647");
    assert_null(numbers_of("{\"narrow\":-2147483649}"));
    assert_violation(&problem, "narrow", "-2147483649 is out of range");
    assert_null(numbers_of("{\"wide\":\"9223372036854775808\"}"));
    assert_violation(&problem, "wide", "9223372036854775808 is out of range");
}

static void a_field_under_both_its_names_is_refused(void **state)
{
    (void)state;
    refused("{\"partOf\":\"a\",\"part_of\":\"b\"}", "part_of", "is given twice");
}

static void every_wrong_field_is_told(void **state)
{
    (void)state;
    refused("{\"kind\":\"x\",\"title\":1,\"zzz\":2}", "kind", "is not one of");
    assert_violation(&problem, "title", "text is wanted");
    assert_violation(&problem, "zzz", "is not a field");
    assert_int_equal(problem.violation_count, 3);
}

static void two_members_of_a_oneof_are_refused(void **state)
{
    (void)state;
    json_t *json = json_pack("{s:{}, s:{}}", "get_status", "list_events");
    ProtobufCMessage *message = NULL;
    assert_int_equal(
        json_to_message(json, &plenary__v1__request__descriptor, arena, &message, &problem),
        STATUS_INVALID_ARGUMENT);
    json_decref(json);
    assert_violation(&problem, "list_events", "cannot be given together with get_status");
    assert_null(message);
}

static void base64_is_checked(void **state)
{
    (void)state;
    json_t *json = json_pack("{s:s}", "token", "a*b=");
    ProtobufCMessage *message = NULL;
    assert_int_equal(
        json_to_message(json, &plenary__v1__page__descriptor, arena, &message, &problem),
        STATUS_INVALID_ARGUMENT);
    json_decref(json);
    assert_violation(&problem, "token", "\"a*b=\" is not base64");
}

static void a_full_arena_is_told(void **state)
{
    (void)state;
    Arena *small = arena_new(2048);
    char *large = arena_alloc(arena, 4096);
    memset(large, 'x', 4095);
    json_t *json = json_pack("{s:s, s:s}", "title", "T", "description", large);
    ProtobufCMessage *message = NULL;
    assert_int_equal(
        json_to_message(json, &plenary__v1__event__descriptor, small, &message, &problem),
        STATUS_RESOURCE_EXHAUSTED);
    assert_words(problem.message, "the Event is too large");
    assert_null(message);
    json_decref(json);
    arena_destroy(&small);
}

static void broken_json_names_the_line(void **state)
{
    (void)state;
    const char *broken = "{\n  \"title\": \"x\"\n  \"kind\": 1\n}";
    refused_parse(broken, strlen(broken), "line 3, column ");
    const char *second = "{\"a\":1}\n{\"b\":2}\n{\"c\":}\n";
    refused_parse(second, strlen(second), "line 3, column ");
    const char *beside = "{\"a\":1} {\"b\":}";
    refused_parse(beside, strlen(beside), "line 1, column 14:");
    const char *unclosed = "[\n{\"a\":1},\n";
    refused_parse(unclosed, strlen(unclosed), "line 3, column 1: the list is not closed with ']'");
    const char *comma = "[{\"a\":1} {\"b\":1}]";
    refused_parse(comma, strlen(comma), "line 1, column 10: ',' or ']' is expected");
    const char *trailing = "{\"a\":1}\n}";
    refused_parse(trailing, strlen(trailing), "line 2, column 1");
    refused_parse("{\"a\":1}\0", 8, "line 1, column 8: a NUL character");
}

static void duplicate_keys_are_refused(void **state)
{
    (void)state;
    const char *text = "{\"title\":\"a\",\n\"title\":\"b\"}";
    refused_parse(text, strlen(text), "duplicate object key");
    assert_words(problem.message, "line 2");
}

static void invalid_utf8_is_refused(void **state)
{
    (void)state;
    const char *text = "{\n\"title\":\"\xFF\"}";
    refused_parse(text, strlen(text), "line 2");
    assert_words(problem.message, "unable to decode byte 0xff");
    const char *nul = "{\"title\":\"a\\u0000b\"}";
    refused_parse(nul, strlen(nul), "\\u0000 is not allowed");
}

static void depth_is_bounded(void **state)
{
    (void)state;
    char text[1000] = "";
    for (size_t i = 0; i < 40; i++)
        memcpy(text + 2 * i, "[\n", 3);
    refused_parse(text, strlen(text), "line 33, column 1: nested too deep");
    size_t deep = 4000000;
    char *much = malloc(deep);
    memset(much, '[', deep);
    refused_parse(much, deep, "nested too deep");
    free(much);
    const char *quoted = "{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[\"}";
    json_t *documents = NULL;
    assert_int_equal(json_parse(quoted, strlen(quoted), &documents, &problem), STATUS_OK);
    json_decref(documents);
}

static void documents_are_one_flat_array_with_their_lines(void **state)
{
    (void)state;
    const char *text =
        "\xEF\xBB\xBF{\"a\":1}\n\n{\"b\":2} {\"c\":3}\n[{\"d\":4},\n {\"e\":5}]\n[]\n";
    json_t *documents = NULL;
    json_t *lines = NULL;
    assert_int_equal(json_parse_lines(text, strlen(text), &documents, &lines, &problem), STATUS_OK);
    char *all = json_print(documents, JSON_COMPACT);
    char *where = json_print(lines, JSON_COMPACT);
    assert_string_equal(all, "[{\"a\":1},{\"b\":2},{\"c\":3},{\"d\":4},{\"e\":5}]");
    assert_string_equal(where, "[1,3,3,4,5]");
    free(all);
    free(where);
    json_decref(documents);
    json_decref(lines);
}

static void an_empty_text_has_no_documents(void **state)
{
    (void)state;
    json_t *documents = NULL;
    assert_int_equal(json_parse(" \n", 2, &documents, &problem), STATUS_OK);
    assert_int_equal(json_array_size(documents), 0);
    json_decref(documents);
}

static void real_numbers_are_printed_short(void **state)
{
    (void)state;
    char text[JSON_REAL_SIZE];
    json_print_real(41.3, text);
    assert_string_equal(text, "41.3");
    json_print_real(0.1 + 0.2, text);
    assert_string_equal(text, "0.30000000000000004");
    Event event = PLENARY__V1__EVENT__INIT;
    Venue venue = PLENARY__V1__VENUE__INIT;
    event.venue = &venue;
    venue.has_latitude = 1;
    venue.latitude = 41.311081;
    assert_string_equal(print(&event.base), "{\"venue\":{\"latitude\":41.311081}}");
    venue.latitude = (double)NAN;
    assert_string_equal(print(&event.base), "{\"venue\":{\"latitude\":\"NaN\"}}");
}

static void what_was_stored_badly_is_still_shown(void **state)
{
    (void)state;
    Event event = PLENARY__V1__EVENT__INIT;
    char title[] = "a\xFF";
    event.title = title;
    assert_string_equal(print(&event.base), "{\"title\":\"a\xEF\xBF\xBD\"}");
}

static void large_unsigned_numbers_survive(void **state)
{
    (void)state;
    Change change = PLENARY__V1__CHANGE__INIT;
    change.has_sequence = 1;
    change.sequence = UINT64_MAX;
    assert_string_equal(print(&change.base), "{\"sequence\":\"18446744073709551615\"}");
    change.sequence = INT64_MAX;
    assert_string_equal(print(&change.base), "{\"sequence\":9223372036854775807}");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(every_message_survives_json),
        CASE(names_are_lower_camel_case_and_enums_lower_case),
        CASE(snake_case_is_taken_too),
        CASE(null_is_absent),
        CASE(scalars_may_come_as_text),
        CASE(an_unknown_field_is_refused_with_the_nearest),
        CASE(an_unknown_enum_name_is_refused_with_the_known),
        CASE(unspecified_is_not_printed),
        CASE(every_enum_value_has_its_name),
        CASE(wrong_types_are_refused),
        CASE(numbers_out_of_range_are_refused),
        CASE(signed_numbers_and_floats_are_read_and_printed),
        CASE(a_field_under_both_its_names_is_refused),
        CASE(every_wrong_field_is_told),
        CASE(two_members_of_a_oneof_are_refused),
        CASE(base64_is_checked),
        CASE(a_full_arena_is_told),
        CASE(broken_json_names_the_line),
        CASE(duplicate_keys_are_refused),
        CASE(invalid_utf8_is_refused),
        CASE(depth_is_bounded),
        CASE(documents_are_one_flat_array_with_their_lines),
        CASE(an_empty_text_has_no_documents),
        CASE(real_numbers_are_printed_short),
        CASE(what_was_stored_badly_is_still_shown),
        CASE(large_unsigned_numbers_survive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
