#include "proto/validate.h"

#include "tests/unit/proto/checks.h"
#include "tests/unit/proto/samples.h"

#include <libical/ical.h>

#define SOUND                                                                                      \
    "\"title\":\"T\",\"kind\":\"conference\",\"schedule\":{\"start\":\"2022-03-03\",\"end\":"      \
    "\"2022-03-04\"}"
#define UUID7 "017f4d6a-0000-7000-8000-000000000001"

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

static Event *event_of(const char *text)
{
    return (Event *)message_of(&plenary__v1__event__descriptor, text);
}

static void sound_event(const char *fields)
{
    const Event *event =
        event_of(arena_printf(arena, "{" SOUND "%s%s}", *fields ? "," : "", fields));
    if (validate_event(event, zones, &problem)) fail_msg("%s: %s", fields, problem.message);
    assert_int_equal(problem.code, STATUS_OK);
}

static void bad_event(const char *text, const char *field, const char *words)
{
    problem_clear(&problem);
    assert_int_equal(validate_event(event_of(text), zones, &problem), STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, field, words);
}

/* A sound event but for these fields. */
static void bad(const char *fields, const char *field, const char *words)
{
    bad_event(arena_printf(arena, "{" SOUND ",%s}", fields), field, words);
    if (problem.violation_count != 1) fail_msg("%s: more than one violation", fields);
}

static void bad_schedule(const char *schedule, const char *field, const char *words)
{
    bad_event(
        arena_printf(arena, "{\"title\":\"T\",\"kind\":\"meeting\",\"schedule\":%s}", schedule),
        field, words);
}

static void a_sound_event_passes(void **state)
{
    (void)state;
    sound_event("");
    sound_event(
        "\"id\":\"" UUID7 "\",\"uid\":\"a@b\",\"language\":\"en\",\"description\":\"A\\n\\tb\","
        "\"translations\":[{\"language\":\"ru\",\"title\":\"Т\"}],\"status\":\"postponed\","
        "\"previousStart\":\"2022-03-01T09:00:00\",\"recurrence\":{\"rrule\":\"FREQ=WEEKLY;COUNT="
        "4\","
        "\"exdate\":[\"2022-03-10\"]},\"format\":\"hybrid\",\"venue\":{\"city\":\"Ташкент\","
        "\"country\":\"UZ\",\"latitude\":41.3,\"longitude\":69.2},\"online\":{\"uri\":"
        "\"https://example.org/ы\"},\"organisations\":[{\"id\":\"unodc\",\"role\":\"organiser\"},"
        "{\"id\":\"unodc\",\"role\":\"sponsor\"},{\"name\":\"X\",\"role\":\"host\"}],"
        "\"participants\":"
        "[{\"name\":\"A\",\"email\":\"a.b+c@example.org\",\"country\":\"NO\",\"phone\":\"+998 71 "
        "1\"}],"
        "\"headcounts\":[{\"country\":\"KZ\",\"number\":0}],\"agenda\":[{\"start\":"
        "\"2022-03-03T09:00\",\"end\":\"2022-03-03T09:00:00\",\"title\":\"Opening\"}],"
        "\"documents\":"
        "[{\"uri\":\"mailto:a@b\",\"mediaType\":\"application/vnd.ms-excel\",\"sha256\":"
        "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}],\"languages\":"
        "[\"en\",\"uz-Cyrl\"],\"outcomes\":[{\"kind\":\"declaration\",\"title\":\"D\",\"date\":"
        "\"2022-03-04\",\"due\":\"2023-01-01\"}],\"partOf\":\"x@y\",\"related\":[\"z\"],"
        "\"training\":"
        "{\"hours\":1.5},\"handling\":{\"tlp\":\"red\",\"audience\":[\"unodc\"]},\"source\":{"
        "\"uri\":"
        "\"https://"
        "example.org\",\"date\":\"2022-03-05\"},\"extensions\":[{\"name\":\"X-A\",\"value\":"
        "\"\",\"parameters\":[\"A=b\"]}]");
}

static void title_kind_and_start_are_required(void **state)
{
    (void)state;
    bad_event("{}", "title", "is required");
    assert_violation(&problem, "kind", "is required");
    assert_violation(&problem, "schedule.start", "is required");
    assert_int_equal(problem.violation_count, 3);
    bad_schedule("{}", "schedule.start", "is required");
    bad_event("{\"title\":\" \\n\",\"kind\":\"meeting\",\"schedule\":{\"start\":\"2022-03-03\"}}",
              "title", "is required");
}

static void an_end_before_the_start_is_refused(void **state)
{
    (void)state;
    bad_schedule("{\"start\":\"2022-03-03\",\"end\":\"2022-03-01\"}", "schedule.end", "");
    assert_string_equal(problem.message, "schedule.end: 2022-03-01 is before start 2022-03-03");
    bad_schedule("{\"start\":\"2022-03-03T09:00:00\",\"end\":\"2022-03-03T08:59:59\"}",
                 "schedule.end", "2022-03-03T08:59:59 is before start 2022-03-03T09:00:00");
    bad_schedule("{\"start\":\"2022-03-03T09:00:00\",\"end\":\"2022-03-04\"}", "schedule.end",
                 "2022-03-04 is a date, start 2022-03-03T09:00:00 is a date and time");
}

static void moments_must_be(void **state)
{
    (void)state;
    bad_schedule("{\"start\":\"2022-02-30\"}", "schedule.start", "\"2022-02-30\" is not a date");
    bad_schedule("{\"start\":\"2022-03-03T09:00:00Z\"}", "schedule.start", "is not a date");
    bad_schedule("{\"start\":\"2022-03-03\",\"end\":\"soon\"}", "schedule.end", "is not a date");
    bad("\"previousStart\":\"x\"", "previous_start", "is not a date");
    bad("\"uid\":\"u\",\"recurrenceId\":\"x\"", "recurrence_id", "is not a date");
    bad("\"recurrence\":{\"rdate\":[\"2022-03-03\",\"x\"]}", "recurrence.rdate[1]",
        "is not a date");
    bad("\"outcomes\":[{\"kind\":\"decision\",\"text\":\"x\",\"date\":\"2022-03-03T09:00\"}]",
        "outcomes[0].date", "is not a date (2022-03-03)");
    bad("\"agenda\":[{\"title\":\"x\",\"start\":\"2022-03-03T10:00\",\"end\":\"2022-03-03T09:00\"}"
        "]",
        "agenda[0].end", "2022-03-03T09:00 is before start 2022-03-03T10:00");
}

static void an_unknown_zone_is_refused(void **state)
{
    (void)state;
    bad_schedule("{\"start\":\"2022-03-03\",\"timeZone\":\"Asia/Tashkennt\"}", "schedule.time_zone",
                 "\"Asia/Tashkennt\" is not a time zone of this system's tzdata");
    bad_schedule("{\"start\":\"2022-03-03\",\"timeZone\":\"../../etc/passwd\"}",
                 "schedule.time_zone", "is not a time zone");
    const Event *event = event_of("{\"title\":\"T\",\"kind\":\"meeting\",\"schedule\":{\"start\":"
                                  "\"2022-03-03\",\"timeZone\":\"Asia/Tashkent\"}}");
    assert_int_equal(validate_event(event, zones, &problem), STATUS_OK);
}

static void only_assigned_countries_pass(void **state)
{
    (void)state;
    static const char *const none[] = {"XX", "ZZ", "EU", "XK", "AC",  "EA",
                                       "IC", "UK", "UN", "U",  "UZB", "7Z"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        bad(arena_printf(arena, "\"venue\":{\"country\":\"%s\"}", none[i]), "venue.country",
            arena_printf(arena, "\"%s\" is not a country code of ISO 3166-1", none[i]));
    }
    bad("\"venue\":{\"country\":\"uz\"}", "venue.country", "did you mean UZ?");
    bad("\"participants\":[{\"name\":\"A\",\"country\":\"XX\"}]", "participants[0].country", "XX");
    bad("\"headcounts\":[{\"number\":1,\"country\":\"XX\"}]", "headcounts[0].country", "XX");
    size_t count = 0;
    for (int first = 'A'; first <= 'Z'; first++) {
        for (int second = 'A'; second <= 'Z'; second++)
            count += validate_is_country((const char[]){(char)first, (char)second, '\0'});
    }
    assert_int_equal(count, 249);
    assert_true(validate_is_country("UZ") && validate_is_country("NO") &&
                validate_is_country("AX"));
    assert_false(validate_is_country(""));
}

static void texts_too_long_are_refused(void **state)
{
    (void)state;
    size_t size = 10 * 1024 * 1024;
    Event *event = event_of("{" SOUND "}");
    event->description = arena_alloc(arena, size + 1);
    memset(event->description, 'x', size);
    assert_int_equal(validate_event(event, zones, &problem), STATUS_INVALID_ARGUMENT);
    assert_string_equal(problem.message, "description: 10485760 bytes is over the limit of 65536");
    event->description[65536] = '\0';
    problem_clear(&problem);
    assert_int_equal(validate_event(event, zones, &problem), STATUS_OK);
    event->title = arena_strndup(arena, event->description, 1025);
    event->uid = arena_strndup(arena, event->description, 256);
    event->category = arena_strndup(arena, event->description, 513);
    assert_int_equal(validate_event(event, zones, &problem), STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, "title", "1025 bytes is over the limit of 1024");
    assert_violation(&problem, "uid", "256 bytes is over the limit of 255");
    assert_violation(&problem, "category", "513 bytes is over the limit of 512");
}

static void lists_too_long_are_refused(void **state)
{
    (void)state;
    Event *event = event_of("{" SOUND "}");
    char topic[] = "drugs";
    event->n_topics = VALIDATE_LIST_MAX + 1;
    event->topics = arena_array(arena, event->n_topics, sizeof *event->topics);
    for (size_t i = 0; i < event->n_topics; i++)
        event->topics[i] = topic;
    assert_int_equal(validate_event(event, zones, &problem), STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, "topics", "1025 elements is over the limit of 1024");
    event->n_topics--;
    problem_clear(&problem);
    assert_int_equal(validate_event(event, zones, &problem), STATUS_OK);
}

static void a_record_too_large_as_a_whole_is_refused(void **state)
{
    (void)state;
    Event *event = event_of("{" SOUND ",\"outcomes\":[{\"kind\":\"decision\"}]}");
    char *text = arena_alloc(arena, VALIDATE_TEXT_BYTES_MAX + 1);
    memset(text, 'x', VALIDATE_TEXT_BYTES_MAX);
    event->outcomes[0]->text = text;
    Outcome *outcomes[] = {event->outcomes[0], event->outcomes[0], event->outcomes[0],
                           event->outcomes[0]};
    event->outcomes = outcomes;
    event->n_outcomes = 3;
    assert_int_equal(validate_event(event, zones, &problem), STATUS_OK);
    event->n_outcomes = 4;
    assert_int_equal(validate_event(event, zones, &problem), STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, "record", "is over the limit of 262144");
    Plenary__V1__RegisterEvent verb = PLENARY__V1__REGISTER_EVENT__INIT;
    Request asked = PLENARY__V1__REQUEST__INIT;
    char id[] = UUID7;
    verb.event = event;
    asked.request_id = id;
    asked.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
    asked.register_event = &verb;
    problem_clear(&problem);
    assert_int_equal(validate_request(&asked, zones, &problem), STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, "record", "is over the limit of 262144");
}

static void invalid_utf8_is_refused(void **state)
{
    (void)state;
    static const char *const invalid[] = {
        "a\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"};
    Event *event = event_of("{" SOUND ",\"topics\":[\"a\",\"b\"]}");
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        problem_clear(&problem);
        event->topics[1] = arena_strdup(arena, invalid[i]);
        assert_int_equal(validate_event(event, zones, &problem), STATUS_INVALID_ARGUMENT);
        assert_violation(&problem, "topics[1]", "is not valid UTF-8");
    }
}

static void control_characters_are_refused(void **state)
{
    (void)state;
    bad("\"description\":\"a\\u0007\"", "description",
        "has a control character (byte 0x07) at byte 2");
    bad("\"description\":\"\\u0085\"", "description", "has a control character");
    bad("\"topics\":[\"\\u007f\"]", "topics[0]", "has a control character");
    bad("\"uid\":\"a\\nb\"", "uid", "has a line break");
}

static void unknown_fields_are_refused(void **state)
{
    (void)state;
    static const uint8_t packed[] = {0xCA, 0x01, 0x05, 0xF8, 0x07, 0x01, 0x0A, 0x00};
    ProtobufCMessage *message = protobuf_c_message_unpack(
        &plenary__v1__event__descriptor, arena_allocator(arena), sizeof packed, packed);
    assert_non_null(message);
    assert_int_equal(validate_event((Event *)message, zones, &problem), STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, "venue.#127", "is not a field of Venue");
    problem_clear(&problem);
    assert_int_equal(validate_message(message, "event", &problem), STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, "event.venue.#127", "is not a field of Venue");
}

static void unknown_enum_values_are_refused(void **state)
{
    (void)state;
    Event *event = event_of("{" SOUND ",\"participants\":[{\"name\":\"A\",\"role\":\"chair\"}]}");
    event->participants[0]->role = (Plenary__V1__Participant__Role)77;
    event->kind = PLENARY__V1__EVENT__KIND__KIND_UNSPECIFIED;
    assert_int_equal(validate_event(event, zones, &problem), STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, "participants[0].role", "\"77\" is not one of chair");
    assert_violation(&problem, "kind", "\"0\" is not one of meeting");
}

static void places_must_be_on_earth(void **state)
{
    (void)state;
    bad("\"venue\":{\"latitude\":90.1,\"longitude\":0}", "venue.latitude",
        "90.1 is not between -90 and 90");
    bad("\"venue\":{\"latitude\":0,\"longitude\":-181}", "venue.longitude",
        "-181 is not between -180 and 180");
    bad("\"venue\":{\"latitude\":1}", "venue.longitude", "is required with latitude");
    bad("\"venue\":{\"longitude\":1}", "venue.latitude", "is required with longitude");
    Event *event = event_of("{" SOUND ",\"venue\":{\"latitude\":1,\"longitude\":1}}");
    event->venue->latitude = (double)NAN;
    assert_int_equal(validate_event(event, zones, &problem), STATUS_INVALID_ARGUMENT);
    assert_violation(&problem, "venue.latitude", "is not a number");
}

static void languages_must_be_tags(void **state)
{
    (void)state;
    static const char *const none[] = {"english", "en_US", "e",     "en-",
                                       "12",      "ru RU", "x-foo", "Русский"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        bad(arena_printf(arena, "\"languages\":[\"en\",\"%s\"]", none[i]), "languages[1]",
            "is not a language tag of BCP 47");
    bad("\"translations\":[{\"title\":\"x\"}]", "translations[0].language", "is required");
    bad("\"translations\":[{\"language\":\"ru\"}]", "translations[0].title", "is required");
}

static void addresses_must_be(void **state)
{
    (void)state;
    static const char *const no_uris[] = {"example.org",
                                          "http:",
                                          "//example.org",
                                          "1a:b",
                                          "https://example.org/a b",
                                          "https://example.org/a\\nb",
                                          "https://example.org/a\\\"b"};
    static const char *const no_mails[] = {"a",       "@b",   "a@",   "a@b@c", "a b@c",
                                           "A <a@b>", "a@.b", "a@b.", "a..b@c"};
    for (size_t i = 0; i < sizeof no_uris / sizeof *no_uris; i++)
        bad(arena_printf(arena, "\"online\":{\"uri\":\"%s\"}", no_uris[i]), "online.uri", "URI");
    for (size_t i = 0; i < sizeof no_mails / sizeof *no_mails; i++)
        bad(arena_printf(arena, "\"participants\":[{\"name\":\"A\",\"email\":\"%s\"}]",
                         no_mails[i]),
            "participants[0].email", "is not an e-mail address");
}

static void documents_must_be_named_and_sound(void **state)
{
    (void)state;
    bad("\"documents\":[{}]", "documents[0].title", "is required, or a uri");
    bad("\"documents\":[{\"title\":\"x\",\"sha256\":\"abc\"}]", "documents[0].sha256",
        "\"abc\" is not 64 hexadecimal digits");
    static const char *const none[] = {"pdf", "a/", "/b", "a/b c", "a/b/c", "a/b; c=d"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        bad(arena_printf(arena, "\"documents\":[{\"title\":\"x\",\"mediaType\":\"%s\"}]", none[i]),
            "documents[0].media_type", "is not a media type");
}

static void recurrence_rules_must_be(void **state)
{
    (void)state;
    static const char *const none[] = {"COUNT=4",
                                       "FREQ=BOGUS",
                                       "FREQ=DAILY;COUNT=x",
                                       "RRULE:FREQ=DAILY",
                                       "FREQ=DAILY;INTERVAL=0",
                                       "FREQ=YEARLY;BYMONTH=13",
                                       "FREQ=YEARLY;BYYEARDAY=367", /* libical lets it through */
                                       "FREQ=YEARLY;BYWEEKNO=-54",
                                       "FREQ=DAILY;COUNT=99999999999",
                                       "FREQ=MONTHLY;RSCALE=HEBREW",
                                       "FREQ=DAILY;BYDAY=XX"};
    static const char *const some[] = {
        "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=DAILY;UNTIL=20220301T090000Z",
        "FREQ=MONTHLY;BYDAY=-1FR;COUNT=12", "FREQ=YEARLY;BYMONTH=12"};
    /* A process that aborts on bad input would be easy to stop from outside. */
    assert_int_equal(icalerror_get_errors_are_fatal(), 0);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        bad(arena_printf(arena, "\"recurrence\":{\"rrule\":\"%s\"}", none[i]), "recurrence.rrule",
            "is not a recurrence rule");
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        sound_event(arena_printf(arena, "\"recurrence\":{\"rrule\":\"%s\"}", some[i]));
    bad("\"recurrence\":{\"exdate\":[\"2022-03-03\"]}", "recurrence.rrule",
        "is required, or an rdate");
}

static void a_part_that_does_not_go_with_its_freq_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        const char *said;
    } none[] = {
        {"FREQ=MONTHLY;BYWEEKNO=20", "BYWEEKNO goes with FREQ=YEARLY only"},
        {"FREQ=HOURLY;BYWEEKNO=20", "BYWEEKNO goes with FREQ=YEARLY only"},
        {"FREQ=DAILY;BYYEARDAY=100", "BYYEARDAY goes with FREQ=YEARLY, HOURLY, MINUTELY or"},
        {"FREQ=WEEKLY;BYYEARDAY=100", "BYYEARDAY goes with"},
        {"FREQ=MONTHLY;BYYEARDAY=-1", "BYYEARDAY goes with"},
        {"FREQ=WEEKLY;BYMONTHDAY=13", "BYMONTHDAY does not go with FREQ=WEEKLY"},
        {"FREQ=WEEKLY;BYDAY=1MO", "BYDAY with a number goes with FREQ=MONTHLY or YEARLY only"},
        {"FREQ=DAILY;BYDAY=MO,-1FR", "BYDAY with a number goes with FREQ=MONTHLY or YEARLY only"},
        {"FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "BYDAY with a number does not go with BYWEEKNO"},
        {"FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS goes with another BY... part only"},
    };
    static const char *const some[] = {
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "FREQ=HOURLY;BYYEARDAY=100",
        "FREQ=SECONDLY;BYYEARDAY=-1",       "FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR",
        "FREQ=YEARLY;BYDAY=20MO",           "FREQ=MONTHLY;BYHOUR=9,12;BYSETPOS=1"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        bad(arena_printf(arena, "\"recurrence\":{\"rrule\":\"%s\"}", none[i].rule),
            "recurrence.rrule", none[i].said);
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        sound_event(arena_printf(arena, "\"recurrence\":{\"rrule\":\"%s\"}", some[i]));
}

static void a_rule_that_never_gives_an_instance_is_refused(void **state)
{
    (void)state;
    static const char *const none[] = {
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=4,6,9,11;BYMONTHDAY=31",
        "FREQ=HOURLY;INTERVAL=5;BYMONTH=2;BYMONTHDAY=-30;COUNT=4",
        "FREQ=SECONDLY;BYMONTH=2;BYYEARDAY=100",
        "FREQ=YEARLY;BYMONTH=2;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=8",
        "FREQ=MONTHLY;BYDAY=1TH;BYSETPOS=2",
        "FREQ=YEARLY;BYWEEKNO=20;BYMONTH=11",
        "FREQ=YEARLY;BYYEARDAY=1;BYMONTHDAY=2",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20300101",
    };
    /* The last three give something for some starts alone, or seldom. */
    static const char *const some[] = {
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-29",
        "FREQ=YEARLY;BYYEARDAY=366;BYDAY=SU",
        "FREQ=YEARLY;BYDAY=53MO",
        "FREQ=YEARLY;BYWEEKNO=-53",
        "FREQ=MONTHLY;BYDAY=5FR",
        "FREQ=YEARLY;BYMONTH=2;BYDAY=-5SU",
        "FREQ=MONTHLY;BYMONTH=2",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=1",
        "FREQ=YEARLY;INTERVAL=400;BYMONTH=2;BYMONTHDAY=29;BYDAY=TU",
        "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1;BYMONTH=4",
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        bad(arena_printf(arena, "\"recurrence\":{\"rrule\":\"%s\"}", none[i]), "recurrence.rrule",
            "never gives an instance");
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        sound_event(arena_printf(arena, "\"recurrence\":{\"rrule\":\"%s\"}", some[i]));
}

static void overrides_name_their_series(void **state)
{
    (void)state;
    bad("\"recurrenceId\":\"2022-03-03\"", "uid", "is required with recurrence_id");
    bad("\"uid\":\"u\",\"recurrenceId\":\"2022-03-03\",\"recurrence\":{\"rrule\":\"FREQ=DAILY\"}",
        "recurrence", "cannot be given together with recurrence_id");
}

static void parts_must_be_whole(void **state)
{
    (void)state;
    bad("\"organisations\":[{\"role\":\"host\"}]", "organisations[0].id", "is required, or a name");
    bad("\"organisations\":[{\"id\":\"unodc\"}]", "organisations[0].role", "is required");
    bad("\"organisations\":[{\"id\":\"UNODC\",\"role\":\"host\"}]", "organisations[0].id",
        "is not an id of lower-case letters");
    bad("\"organisations\":[{\"id\":\"-a\",\"role\":\"host\"}]", "organisations[0].id",
        "is not an id");
    bad("\"participants\":[{\"role\":\"chair\"}]", "participants[0].name", "is required");
    bad("\"headcounts\":[{\"country\":\"UZ\"}]", "headcounts[0].number", "is required");
    bad("\"headcounts\":[{\"number\":5}]", "headcounts[0].organisation",
        "is required, or a country");
    bad("\"outcomes\":[{\"title\":\"x\"}]", "outcomes[0].kind", "is required");
    bad("\"outcomes\":[{\"kind\":\"decision\"}]", "outcomes[0].title", "is required, or a text");
    bad("\"agenda\":[{\"start\":\"2022-03-03\"}]", "agenda[0].title", "is required");
    bad("\"extensions\":[{\"value\":\"x\"}]", "extensions[0].name", "is required");
    bad("\"training\":{\"hours\":-1}", "training.hours", "-1 is not over 0");
    bad("\"topics\":[\"a\",\" \"]", "topics[1]", "is empty");
    bad("\"id\":\"7\"", "id", "\"7\" is not a UUID");
}

static void an_organisation_has_a_role_once(void **state)
{
    (void)state;
    bad("\"organisations\":[{\"id\":\"a\",\"role\":\"host\"},{\"id\":\"b\",\"role\":\"host\"},"
        "{\"id\":\"a\",\"role\":\"host\",\"name\":\"A\"}]",
        "organisations", "\"a\" is there twice in the same role");
    bad("\"organisations\":[{\"name\":\"A\",\"role\":\"host\"},{\"name\":\"A\",\"role\":\"host\"}]",
        "organisations", "\"A\" is there twice in the same role");
}

static void restricted_events_need_an_audience(void **state)
{
    (void)state;
    bad("\"handling\":{\"tlp\":\"red\"}", "handling.audience", "is required with tlp red");
    bad("\"handling\":{\"tlp\":\"amber_strict\"}", "handling.audience",
        "is required with tlp amber_strict");
    sound_event("\"handling\":{\"tlp\":\"amber\"}");
}

static void an_event_is_no_part_of_itself(void **state)
{
    (void)state;
    bad("\"uid\":\"u\",\"partOf\":\"u\"", "part_of", "names the event itself");
    bad("\"id\":\"" UUID7 "\",\"follows\":\"" UUID7 "\"", "follows", "names the event itself");
    bad("\"related\":[\"\"]", "related[0]", "is empty");
}

static void uuids_of_version_7_are_told_from_others(void **state)
{
    (void)state;
    assert_true(validate_is_uuid7(UUID7));
    assert_false(validate_is_uuid7("017f4d6a-0000-4000-8000-000000000001"));
    assert_false(validate_is_uuid7("017f4d6a-0000-7000-c000-000000000001"));
    assert_false(validate_is_uuid7("017F4D6A-0000-7000-8000-000000000001"));
    assert_false(validate_is_uuid7(""));
}

/* No message that unpacks, however it is filled, may stop a checker. */
static void any_message_is_judged(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        Random random = {.state = seed};
        const ProtobufCMessageDescriptor *type = sample_types[seed % SAMPLE_TYPES];
        const ProtobufCMessage *message = sample_message(&random, type, arena);
        problem_clear(&problem);
        StatusCode code = validate_message(message, "", &problem);
        assert_int_equal(code, problem.code);
        if (type == &plenary__v1__event__descriptor)
            (void)validate_event((const Event *)message, zones, &problem);
        if (type == &plenary__v1__request__descriptor)
            (void)validate_request((const Request *)message, zones, &problem);
        if (type == &plenary__v1__query__descriptor)
            (void)validate_query((const Query *)message, &problem);
        arena_reset(arena);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_sound_event_passes),
        CASE(title_kind_and_start_are_required),
        CASE(an_end_before_the_start_is_refused),
        CASE(moments_must_be),
        CASE(an_unknown_zone_is_refused),
        CASE(only_assigned_countries_pass),
        CASE(texts_too_long_are_refused),
        CASE(lists_too_long_are_refused),
        CASE(a_record_too_large_as_a_whole_is_refused),
        CASE(invalid_utf8_is_refused),
        CASE(control_characters_are_refused),
        CASE(unknown_fields_are_refused),
        CASE(unknown_enum_values_are_refused),
        CASE(places_must_be_on_earth),
        CASE(languages_must_be_tags),
        CASE(addresses_must_be),
        CASE(documents_must_be_named_and_sound),
        CASE(recurrence_rules_must_be),
        CASE(a_part_that_does_not_go_with_its_freq_is_named),
        CASE(a_rule_that_never_gives_an_instance_is_refused),
        CASE(overrides_name_their_series),
        CASE(parts_must_be_whole),
        CASE(an_organisation_has_a_role_once),
        CASE(restricted_events_need_an_audience),
        CASE(an_event_is_no_part_of_itself),
        CASE(uuids_of_version_7_are_told_from_others),
        CASE(any_message_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
