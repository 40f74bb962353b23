#include "proto/diff.h"

#include "tests/unit/proto/checks.h"
#include "tests/unit/proto/samples.h"

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

static ProtobufCMessage *message_of(const ProtobufCMessageDescriptor *descriptor, const char *text)
{
    ProtobufCMessage *message = NULL;
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    StatusCode code = json_to_message(json, descriptor, arena, &message, &problem);
    json_decref(json);
    if (code) fail_msg("%s", problem.message);
    return message;
}

static ProtobufCMessage *event_of(const char *text)
{
    return message_of(&plenary__v1__event__descriptor, text);
}

/* "aspect,aspect|path:before>after|..." */
static const char *told(const ProtobufCMessage *before, const ProtobufCMessage *after)
{
    const Difference *difference = diff_records(before, after, arena);
    assert_non_null(difference);
    assert_true(protobuf_c_message_check(&difference->base));
    char *text = arena_strdup(arena, "");
    for (size_t i = 0; i < difference->n_aspects; i++)
        text = arena_printf(arena, "%s%s%s", text, i ? "," : "",
                            diff_aspect_name(difference->aspects[i]));
    for (size_t i = 0; i < difference->n_fields; i++) {
        const Plenary__V1__FieldDifference *field = difference->fields[i];
        text = arena_printf(arena, "%s|%s:%s>%s", text, field->path,
                            field->before ? field->before : "", field->after ? field->after : "");
    }
    assert_int_equal(difference->n_fields == 0, diff_same(before, after));
    return text;
}

static void a_moved_date_is_told(void **state)
{
    (void)state;
    const ProtobufCMessage *before = event_of(
        "{\"title\":\"T\",\"schedule\":{\"start\":\"2022-03-03\",\"end\":\"2022-03-04\"}}");
    const ProtobufCMessage *after = event_of(
        "{\"title\":\"T\",\"schedule\":{\"start\":\"2022-03-10\",\"end\":\"2022-03-04\"}}");
    assert_string_equal(told(before, after),
                        "schedule|schedule.start:\"2022-03-03\">\"2022-03-10\"");
}

static void what_came_and_what_went_is_told_field_by_field(void **state)
{
    (void)state;
    const ProtobufCMessage *before = event_of("{\"status\":\"held\",\"capacity\":80}");
    const ProtobufCMessage *after =
        event_of("{\"venue\":{\"city\":\"Ташкент\",\"latitude\":41.3}}");
    assert_string_equal(told(before, after), "venue,status|status:\"held\">|venue.city:>\"Ташкент\""
                                             "|venue.latitude:>41.3|capacity:80>");
}

static void elements_of_lists_are_told_by_their_place(void **state)
{
    (void)state;
    const ProtobufCMessage *before = event_of(
        "{\"topics\":[\"a\",\"b\"],\"participants\":[{\"name\":\"A\",\"role\":\"chair\"}]}");
    const ProtobufCMessage *after =
        event_of("{\"topics\":[\"a\"],\"participants\":[{\"name\":\"A\",\"role\":\"speaker\"},"
                 "{\"name\":\"B\"}]}");
    assert_string_equal(told(before, after),
                        "participants,text|participants[0].role:\"chair\">\"speaker\""
                        "|participants[1]:>{\"name\":\"B\"}|topics[1]:\"b\">");
}

static void lists_are(const char *before, const char *after, const char *difference)
{
    char one[256];
    char other[256];
    (void)snprintf(one, sizeof one, "{\"topics\":%s}", before);
    (void)snprintf(other, sizeof other, "{\"topics\":%s}", after);
    assert_string_equal(told(event_of(one), event_of(other)), difference);
}

static void what_goes_from_a_list_moves_nothing_behind_it(void **state)
{
    (void)state;
    lists_are("[\"a\",\"b\",\"c\"]", "[\"b\",\"c\"]", "text|topics[0]:\"a\">");
    lists_are("[\"b\",\"c\"]", "[\"a\",\"b\",\"c\"]", "text|topics[0]:>\"a\"");
    lists_are("[\"a\",\"b\",\"c\"]", "[\"a\",\"x\",\"c\"]",
              "text|topics[1]:\"b\">|topics[1]:>\"x\"");
    lists_are("[\"a\",\"b\",\"c\"]", "[\"c\",\"x\",\"a\"]",
              "text|topics[1]:\"b\">|topics[1]:>\"x\"");
}

static void another_order_is_told(void **state)
{
    (void)state;
    lists_are("[\"a\",\"b\"]", "[\"b\",\"a\"]", "text|topics[0]:\"a\">\"b\"|topics[1]:\"b\">\"a\"");
}

static void people_are_matched_by_their_names(void **state)
{
    (void)state;
    const ProtobufCMessage *before =
        event_of("{\"participants\":[{\"name\":\"A\"},{\"name\":\"B\"},{\"name\":\"C\"}]}");
    const ProtobufCMessage *after =
        event_of("{\"participants\":[{\"name\":\"C\",\"role\":\"chair\"},{\"name\":\"B\"}]}");
    assert_string_equal(told(before, after), "participants|participants[0]:{\"name\":\"A\"}>"
                                             "|participants[0].role:>\"chair\"");
}

/* `told` checks that a difference is empty where the records are the same, and only there. */
static void random_lists_differ_where_they_are_not_the_same(void **state)
{
    (void)state;
    uint32_t random = 7;
    for (int round = 0; round < 3000; round++) {
        char texts[2][128];
        for (size_t i = 0; i < 2; i++) {
            size_t length = (size_t)snprintf(texts[i], sizeof texts[i], "{\"topics\":[");
            random = random * 1103515245U + 12345U;
            for (uint32_t j = 0, count = random >> 16 & 3U; j < count; j++) {
                random = random * 1103515245U + 12345U;
                length += (size_t)snprintf(texts[i] + length, sizeof texts[i] - length, "%s\"%c\"",
                                           j ? "," : "", 'a' + (random >> 16 & 1U));
            }
            (void)snprintf(texts[i] + length, sizeof texts[i] - length, "]}");
        }
        (void)told(event_of(texts[0]), event_of(texts[1]));
    }
}

static void the_registrys_own_fields_are_left_out(void **state)
{
    (void)state;
    const ProtobufCMessage *before =
        event_of("{\"id\":\"a\",\"number\":1,\"revision\":1,\"icalSequence\":0,\"created\":\"x\","
                 "\"updated\":\"y\",\"createdBy\":\"u\",\"updatedBy\":\"v\",\"title\":\"T\"}");
    const ProtobufCMessage *after =
        event_of("{\"id\":\"b\",\"number\":2,\"revision\":2,\"icalSequence\":1,\"created\":\"p\","
                 "\"updated\":\"q\",\"createdBy\":\"r\",\"title\":\"T\","
                 "\"statusBefore\":\"tentative\"}");
    assert_string_equal(told(before, after), "");
    const ProtobufCMessageDescriptor *type = &plenary__v1__organisation__descriptor;
    before = message_of(type, "{\"id\":\"unodc\",\"revision\":1,\"updated\":\"x\",\"name\":\"A\"}");
    after = message_of(type, "{\"id\":\"unodc\",\"revision\":2,\"created\":\"y\",\"name\":\"B\"}");
    assert_string_equal(told(before, after), "|name:\"A\">\"B\"");
}

static void every_other_field_of_an_event_has_an_aspect(void **state)
{
    (void)state;
    Random random = {.state = 7};
    const ProtobufCMessageDescriptor *type = &plenary__v1__event__descriptor;
    static const char *const given[] = {"id",           "number",  "revision",   "ical_sequence",
                                        "created",      "updated", "created_by", "updated_by",
                                        "status_before"};
    size_t without = 0;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        ProtobufCMessage *message;
        do
            message = sample_message(&random, type, arena);
        while (reflect_count(message, field) == 0);
        Event *only = arena_alloc(arena, sizeof *only);
        plenary__v1__event__init(only);
        size_t count = reflect_count(message, field);
        void *values = (void *)(uintptr_t)reflect_at(message, field, 0);
        void *place = reflect_set(&only->base, field, values, count);
        if (!reflect_is_repeated(field)) memcpy(place, values, reflect_size(field->type));
        const Difference *difference = diff_records(NULL, &only->base, arena);
        if (difference->n_fields > 0 && difference->n_aspects != 1) fail_msg("%s", field->name);
        if (difference->n_fields == 0) without++;
    }
    assert_int_equal(without, sizeof given / sizeof *given);
}

static void a_new_record_is_all_new(void **state)
{
    (void)state;
    const ProtobufCMessage *event = event_of("{\"title\":\"T\",\"topics\":[\"a\",\"b\"]}");
    assert_string_equal(told(NULL, event), "text|title:>\"T\"|topics[0]:>\"a\"|topics[1]:>\"b\"");
    assert_string_equal(told(event, NULL), "text|title:\"T\">|topics[0]:\"a\">|topics[1]:\"b\">");
    assert_string_equal(told(NULL, NULL), "");
}

static void an_empty_part_that_comes_is_told(void **state)
{
    (void)state;
    const ProtobufCMessage *before = event_of("{\"title\":\"T\"}");
    const ProtobufCMessage *after = event_of("{\"title\":\"T\",\"venue\":{}}");
    assert_string_equal(told(before, after), "venue|venue:>{}");
    assert_string_equal(told(after, before), "venue|venue:{}>");
}

static void a_record_is_the_same_as_itself(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        Random random = {.state = seed};
        Random again = {.state = seed};
        Random other = {.state = seed + 1000};
        const ProtobufCMessageDescriptor *type = sample_types[seed % 4];
        const ProtobufCMessage *one = sample_message(&random, type, arena);
        const ProtobufCMessage *two = sample_message(&again, type, arena);
        const ProtobufCMessage *three = sample_message(&other, type, arena);
        assert_true(diff_same(one, two));
        assert_int_equal(diff_records(one, two, arena)->n_fields, 0);
        (void)told(one, three);
        arena_reset(arena);
    }
}

static void a_full_arena_gives_nothing(void **state)
{
    (void)state;
    Arena *small = arena_new(200);
    const ProtobufCMessage *event = event_of("{\"title\":\"T\",\"topics\":[\"a\",\"b\",\"c\"]}");
    assert_null(diff_records(NULL, event, small));
    arena_destroy(&small);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_moved_date_is_told),
        CASE(what_came_and_what_went_is_told_field_by_field),
        CASE(elements_of_lists_are_told_by_their_place),
        CASE(what_goes_from_a_list_moves_nothing_behind_it),
        CASE(another_order_is_told),
        CASE(people_are_matched_by_their_names),
        CASE(random_lists_differ_where_they_are_not_the_same),
        CASE(the_registrys_own_fields_are_left_out),
        CASE(every_other_field_of_an_event_has_an_aspect),
        CASE(a_new_record_is_all_new),
        CASE(an_empty_part_that_comes_is_told),
        CASE(a_record_is_the_same_as_itself),
        CASE(a_full_arena_gives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
