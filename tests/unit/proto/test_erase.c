/* A person is taken out of every part of an event, and everything else stays. */
#include "proto/erase.h"

#include "proto/diff.h"
#include "proto/facets.h"
#include "proto/json.h"
#include "proto/reflect.h"
#include "proto/validate.h"
#include "tests/unit/proto/checks.h"
#include "tests/unit/proto/samples.h"

enum {
    ARENA_BYTES = 64 << 20,
    RANDOM_EVENTS = 500,
    LARGE_TEXTS = 3,
};

#define PERSON "Jané Doe"
#define TEXT   "N. N."

static Words *words;
static Zones *zones;
static Arena *arena;
static Eraser *eraser;
static Problem problem;

static int set_up(void **state)
{
    (void)state;
    words = words_new();
    zones = zones_new();
    arena = arena_new(ARENA_BYTES);
    problem_clear(&problem);
    eraser = eraser_new(words, PERSON, &problem);
    return words && zones && arena && eraser ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    eraser_destroy(&eraser);
    words_destroy(&words);
    zones_destroy(&zones);
    arena_destroy(&arena);
    return 0;
}

static Event *event_of(const char *text)
{
    ProtobufCMessage *message = NULL;
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    StatusCode code =
        json_to_message(json, &plenary__v1__event__descriptor, arena, &message, &problem);
    json_decref(json);
    if (code) fail_msg("%s", problem.message);
    return (Event *)message;
}

static void keep_mention(void *context, const Mention *mention)
{
    static const char *const kinds[] = {"entry", "text", "kept"};
    const char **told = context;
    *told = arena_printf(arena, "%s%s%s %s", *told, **told ? ", " : "", kinds[mention->kind],
                         mention->path);
    assert_int_equal(mention->text == NULL, mention->kind == MENTION_ENTRY);
    if (mention->text) assert_true(mention->name.end <= strlen(mention->text));
}

/* "entry participants[0], text title" */
static const char *mentions(const Event *event)
{
    const char *told = "";
    (void)eraser_finds(eraser, event, keep_mention, &told);
    return told;
}

static Erased apply(Event *event, const char *text)
{
    Erased erased = {0, 0};
    assert_true(eraser_apply(eraser, event, text, arena, &erased));
    return erased;
}

/* --- entries --- */

static const char with_entries[] =
    "{\"title\":\"T\",\"participants\":[{\"name\":\"jane doe\",\"email\":\"j@example.org\"},"
    "{\"name\":\"Jane Doering\"},{\"name\":\"JANE  DOE\"},{\"name\":\"Ян\"}],"
    "\"agenda\":[{\"title\":\"A\",\"speakers\":[\"Jane Doe\",\"B\",\"Джейн\"]},"
    "{\"title\":\"B\",\"speakers\":[\"Jane Doe\"]}]}";

static void participants_and_speakers_go_whole(void **state)
{
    (void)state;
    Event *event = event_of(with_entries);
    assert_string_equal(mentions(event),
                        "entry participants[0], entry participants[2], "
                        "entry agenda[0].speakers[0], entry agenda[1].speakers[0]");
    Erased erased = apply(event, NULL);
    assert_int_equal(erased.entries, 4);
    assert_int_equal(erased.texts, 0);
    const Event *expected = event_of(
        "{\"title\":\"T\",\"participants\":[{\"name\":\"Jane Doering\"},{\"name\":\"Ян\"}],"
        "\"agenda\":[{\"title\":\"A\",\"speakers\":[\"B\",\"Джейн\"]},{\"title\":\"B\"}]}");
    assert_true(diff_same(&event->base, &expected->base));
    assert_string_equal(mentions(event), "");
}

static void a_name_in_a_text_stays_where_there_is_none_in_its_place(void **state)
{
    (void)state;
    Event *event = event_of("{\"title\":\"With Jane Doe\",\"participants\":[{\"name\":\"Dr Jane "
                            "Doe\"},{\"name\":\"Jane Doe\"}]}");
    Erased erased = apply(event, NULL);
    assert_int_equal(erased.entries, 1);
    assert_string_equal(event->title, "With Jane Doe");
    assert_string_equal(mentions(event), "text title, text participants[0].name");
    erased = apply(event, TEXT);
    assert_int_equal(erased.texts, 2);
    assert_string_equal(event->title, "With N. N.");
    assert_string_equal(event->participants[0]->name, "Dr N. N.");
}

static void an_image_that_does_not_name_them_stays_as_it_is(void **state)
{
    (void)state;
    static const char text[] =
        "{\"title\":\"T\",\"participants\":[{\"name\":\"Ян\"}],\"documents\":"
        "[{\"uri\":\"https://example.org/%20\"}]}";
    Event *event = event_of(text);
    assert_false(eraser_finds(eraser, event, NULL, NULL));
    Erased erased = apply(event, TEXT);
    assert_int_equal(erased.entries + erased.texts, 0);
    assert_true(diff_same(&event->base, &event_of(text)->base));
}

/* --- every string --- */

/* What is no text; a new string of the contract is one until it stands here and in erase.c. */
static const char *const exempt[] = {"id",
                                     "created",
                                     "updated",
                                     "created_by",
                                     "updated_by",
                                     "uid",
                                     "recurrence_id",
                                     "language",
                                     "translations.language",
                                     "previous_start",
                                     "schedule.start",
                                     "schedule.end",
                                     "schedule.time_zone",
                                     "recurrence.rrule",
                                     "recurrence.rdate",
                                     "recurrence.exdate",
                                     "venue.country",
                                     "organisations.id",
                                     "participants.country",
                                     "headcounts.country",
                                     "agenda.start",
                                     "agenda.end",
                                     "agenda.language",
                                     "documents.media_type",
                                     "documents.sha256",
                                     "documents.language",
                                     "languages",
                                     "outcomes.date",
                                     "outcomes.due",
                                     "outcomes.closed_by",
                                     "part_of",
                                     "follows",
                                     "related",
                                     "handling.audience",
                                     "source.date",
                                     "extensions.name"};

static bool is_exempt(const char *path)
{
    for (size_t i = 0; i < sizeof exempt / sizeof *exempt; i++)
        if (strcmp(exempt[i], path) == 0) return true;
    return false;
}

typedef struct Strings {
    const char *value; /* put in every string; NULL: they are looked at */
    size_t exempt;
    size_t texts;
} Strings;

static void each_string(Strings *self, ProtobufCMessage *message, const char *path)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        const char *inner = arena_printf(arena, "%s%s%s", path, *path ? "." : "", field->name);
        if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        if (self->value) {
            void *values = arena_array(arena, 1, sizeof(void *));
            void **place = reflect_set(message, field, values, 1);
            if (field->type == PROTOBUF_C_TYPE_STRING) {
                *place = arena_strdup(arena, self->value);
            } else {
                const ProtobufCMessageDescriptor *descriptor = field->descriptor;
                *place = arena_alloc(arena, descriptor->sizeof_message);
                descriptor->message_init(*place);
            }
        }
        if (reflect_count(message, field) == 0) continue; /* an address */
        void *value = *(void *const *)reflect_at(message, field, 0);
        if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            each_string(self, value, inner);
        } else if (!self->value) {
            bool has_name = strstr(value, "Jane") != NULL;
            if (has_name != is_exempt(inner)) fail_msg("%s is \"%s\"", inner, (char *)value);
            self->exempt += has_name;
            self->texts += !has_name;
        }
    }
}

static void every_string_but_codes_is_a_text(void **state)
{
    (void)state;
    Event event = PLENARY__V1__EVENT__INIT;
    Strings strings = {.value = "https://example.org/Jane-Doe/1"};
    each_string(&strings, &event.base, "");
    assert_true(eraser_finds(eraser, &event, NULL, NULL));
    Erased erased = apply(&event, TEXT);
    assert_false(eraser_finds(eraser, &event, NULL, NULL));
    strings.value = NULL;
    each_string(&strings, &event.base, "");
    assert_int_equal(strings.exempt, sizeof exempt / sizeof *exempt);
    assert_int_equal(erased.texts, strings.texts + 1); /* and the address, which went */
    assert_null(event.participants[0]->email);
    assert_string_equal(event.documents[0]->uri, "https://example.org/N.%20N./1");
    assert_string_equal(event.title, "https://example.org/N. N./1");
    assert_string_equal(mentions(&event), "kept uid");
}

static void what_an_import_brought_is_text(void **state)
{
    (void)state;
    Event *event =
        event_of("{\"extensions\":[{\"name\":\"ATTENDEE\",\"parameters\":[\"CN=\\\"Jane "
                 "Doe\\\"\",\"ROLE=CHAIR\"],\"value\":\"mailto:jane.doe@example.org\"}]}");
    assert_string_equal(mentions(event),
                        "text extensions[0].parameters[0], text extensions[0].value");
    (void)apply(event, TEXT);
    assert_string_equal(event->extensions[0]->parameters[0], "CN=\"N. N.\"");
    assert_string_equal(event->extensions[0]->value, "mailto:N. N.@example.org");
}

/* --- it stays valid --- */

static void what_was_valid_stays_valid(void **state)
{
    (void)state;
    Event *event = event_of(
        "{\"kind\":\"meeting\",\"title\":\"Jane Doe\",\"schedule\":{\"start\":\"2022-03-03\"},"
        "\"participants\":[{\"name\":\"Jane Doe Jr\",\"email\":\"jane.doe@example.org\"}],"
        "\"documents\":[{\"uri\":\"jane-doe:1\"},{\"uri\":\"https://example.org/Jane%20Doe\"}],"
        "\"online\":{\"uri\":\"https://example.org/jane-doe\"},"
        "\"agenda\":[{\"title\":\"Jane Doe\"}]}");
    assert_int_equal(validate_event(event, zones, &problem), STATUS_OK);
    (void)apply(event, "a \"quoted\" <name>");
    if (validate_event(event, zones, &problem)) fail_msg("%s", problem.message);
    assert_null(event->participants[0]->email);
    assert_string_equal(event->documents[0]->uri, "about:blank");
    assert_string_equal(event->documents[1]->uri,
                        "https://example.org/a%20%22quoted%22%20%3Cname%3E");
    assert_false(eraser_finds(eraser, event, NULL, NULL));
}

/* As many names as a record may have, each of which grows. */
static void neither_a_text_nor_the_record_grows_over_its_bound(void **state)
{
    (void)state;
    char *text = arena_alloc(arena, VALIDATE_TEXT_BYTES_MAX);
    static const char name[] = "Jane Doe ";
    for (size_t i = 0; i + sizeof name < VALIDATE_TEXT_BYTES_MAX; i += sizeof name - 1)
        memcpy(text + i, name, sizeof name);
    Event *event = event_of("{\"kind\":\"meeting\",\"title\":\"T\",\"schedule\":{\"start\":"
                            "\"2022-03-03\"},\"outcomes\":[{\"kind\":\"decision\"},{\"kind\":"
                            "\"decision\"},{\"kind\":\"decision\"}]}");
    event->description = text;
    for (size_t i = 0; i < LARGE_TEXTS; i++)
        event->outcomes[i]->text = text;
    event->title = arena_strndup(arena, text, VALIDATE_TITLE_BYTES_MAX);
    assert_int_equal(validate_event(event, zones, &problem), STATUS_INVALID_ARGUMENT);
    event->outcomes[0]->text = event->title;
    problem_clear(&problem);
    assert_int_equal(validate_event(event, zones, &problem), STATUS_OK);
    (void)apply(event, "somebody whose name was taken out of this record of a meeting");
    if (validate_event(event, zones, &problem)) fail_msg("%s", problem.message);
    assert_false(eraser_finds(eraser, event, NULL, NULL));
}

static void a_text_that_may_make_the_name_again_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } wrong[] = {
        {"", "no word"},        {"***", "no word"},           {"Jane", "a word of the name"},
        {"X doe", "a word of"}, {"two\nlines", "line break"}, {"\xFF", "UTF-8"},
    };
    char large[ERASE_TEXT_BYTES_MAX + 2];
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        problem_clear(&problem);
        assert_int_equal(eraser_check_text(eraser, wrong[i].text, &problem),
                         STATUS_INVALID_ARGUMENT);
        assert_violation(&problem, "text", wrong[i].message);
    }
    problem_clear(&problem);
    (void)eraser_check_text(eraser, large, &problem);
    assert_violation(&problem, "text", "over the limit");
    assert_int_equal(eraser_check_text(eraser, large + 1, &problem), STATUS_OK);
    assert_int_equal(eraser_check_text(eraser, "[name erased]", &problem), STATUS_OK);
}

static void a_full_arena_is_told(void **state)
{
    (void)state;
    Event *event = event_of("{\"title\":\"With Jane Doe\"}");
    Arena *small = arena_new(8);
    Erased erased = {0, 0};
    assert_false(eraser_apply(eraser, event, TEXT, small, &erased));
    assert_string_equal(event->title, "With Jane Doe");
    arena_destroy(&small);
}

/* --- showing --- */

static void keep_excerpt(void *context, const Mention *mention)
{
    *(const char **)context = eraser_excerpt(mention, arena);
}

static void an_excerpt_has_the_words_around(void **state)
{
    (void)state;
    const char *excerpt = "";
    (void)eraser_finds(eraser, event_of("{\"title\":\"by\\nJane Doe\"}"), keep_excerpt, &excerpt);
    assert_string_equal(excerpt, "by Jane Doe");
    (void)eraser_finds(
        eraser,
        event_of("{\"description\":\"жжжжжжжжжж жжжжжжжжжж жжжжжжжжжж жжжжжжжжжж Jane Doe "
                 "and then a good deal more of what was said on that day\"}"),
        keep_excerpt, &excerpt);
    assert_string_equal(
        excerpt, "…ж жжжжжжжжжж жжжжжжжжжж Jane Doe and then a good deal more of what was s…");
    (void)eraser_finds(eraser, event_of("{\"participants\":[{\"name\":\"Jane Doe\"}]}"),
                       keep_excerpt, &excerpt);
    assert_null(excerpt);
}

/* --- whatever the event --- */

static void judge_key(void *context, Facet facet, const char *key, size_t length)
{
    (void)context;
    (void)facet;
    const char *text = arena_strndup(arena, key, length);
    if (strstr(text, "jane doe")) fail_msg("%s", text);
}

/* Puts the name at the end, in the middle or in the place of some strings. */
static void plant(Random *random, ProtobufCMessage *message)
{
    static const char *const names[] = {"Jane Doe", "Джанэ Дое", "JANE-DOE", "jane doe's"};
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        for (size_t j = 0; j < reflect_count(message, field); j++) {
            char **place = (char **)(uintptr_t)reflect_at(message, field, j);
            if (field->type == PROTOBUF_C_TYPE_MESSAGE) plant(random, (ProtobufCMessage *)*place);
            if (field->type != PROTOBUF_C_TYPE_STRING || random_below(random, 2)) continue;
            const char *name = names[random_below(random, 4)];
            bool whole = random_below(random, 2);
            *place = whole ? arena_strdup(arena, name)
                           : arena_printf(arena, "%s %s, %s", *place, name, *place);
        }
    }
}

static void no_facet_has_the_name_whatever_the_event(void **state)
{
    (void)state;
    Random random = {61};
    for (int i = 0; i < RANDOM_EVENTS; i++) {
        Event *event = (Event *)sample_message(&random, &plenary__v1__event__descriptor, arena);
        plant(&random, &event->base);
        event->part_of = event->follows = NULL;
        event->n_related = 0;
        if (event->handling) event->handling->n_audience = 0;
        for (size_t j = 0; j < event->n_organisations; j++)
            event->organisations[j]->id = NULL;
        for (size_t j = 0; j < event->n_outcomes; j++)
            event->outcomes[j]->closed_by = NULL;
        if (event->venue) event->venue->country = NULL;
        (void)apply(event, TEXT);
        assert_false(eraser_finds(eraser, event, NULL, NULL));
        facets_of_event(event, FACETS_EVERY, words, zones, arena, judge_key, NULL);
        arena_reset(arena);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(participants_and_speakers_go_whole),
        TEST(a_name_in_a_text_stays_where_there_is_none_in_its_place),
        TEST(an_image_that_does_not_name_them_stays_as_it_is),
        TEST(every_string_but_codes_is_a_text),
        TEST(what_an_import_brought_is_text),
        TEST(what_was_valid_stays_valid),
        TEST(neither_a_text_nor_the_record_grows_over_its_bound),
        TEST(a_text_that_may_make_the_name_again_is_refused),
        TEST(a_full_arena_is_told),
        TEST(an_excerpt_has_the_words_around),
        TEST(no_facet_has_the_name_whatever_the_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
