/* Events as iCalendar: each field in its property, and all of it accepted by libical. */
#include "tests/unit/clients/lib/calendars.h"

#include <libical/ical.h>

#define HEAD "uid: a@example.org\nkind: meeting\ntitle: T\n"

/* Nothing in it that libical could not read, and its restrictions hold. */
static void assert_strict(const char *text)
{
    icalcomponent *calendar = icalparser_parse_string(text);
    assert_non_null(calendar);
    assert_int_equal(icalcomponent_count_errors(calendar), 0);
    assert_true(icalrestriction_check(calendar));
    assert_true(icalcomponent_check_restrictions(calendar));
    assert_int_equal(icalcomponent_count_errors(calendar), 0);
    icalcomponent_free(calendar);
}

/* yaml, then lines that must be there, up to NULL. */
static void expect(Calendars *self, const char *yaml, const char *const *lines)
{
    char *text = calendars_write_one(self, yaml);
    for (; *lines; lines++)
        assert_line(self, text, *lines);
    assert_strict(text);
}

#define EXPECT(self, yaml, ...) expect((self), (yaml), (const char *const[]){__VA_ARGS__, NULL})

static void whole_days_end_on_the_day_after(void **state)
{
    EXPECT(*state, HEAD "schedule: {start: 2022-03-03, end: 2022-03-04, time_zone: Asia/Tashkent}",
           "DTSTART;VALUE=DATE:20220303", "DTEND;VALUE=DATE:20220305",
           "X-PLENARY-SCHEDULE:{\"time_zone\":\"Asia/Tashkent\"}");
    EXPECT(*state, HEAD "schedule: {start: 2024-02-28, end: 2024-02-28}",
           "DTEND;VALUE=DATE:20240229");
    Calendars *self = *state;
    const char *without = calendars_write_one(self, HEAD "schedule: {start: 2022-03-03}");
    assert_null(strstr(without, "DTEND"));
    const char *last =
        calendars_write_one(self, HEAD "schedule: {start: 9999-12-31, end: 9999-12-31}");
    assert_null(strstr(last, "DTEND"));
    assert_strict(last);
}

static void times_have_a_zone_that_the_calendar_tells(void **state)
{
    EXPECT(*state,
           HEAD "schedule: {start: '2022-03-03T09:00', end: '2022-03-03T10:30:05', time_zone: "
                "Asia/Tashkent}",
           "TZID:Asia/Tashkent", "DTSTART;TZID=Asia/Tashkent:20220303T090000",
           "DTEND;TZID=Asia/Tashkent:20220303T103005");
    EXPECT(*state, HEAD "schedule: {start: '2022-03-03T09:00:00', time_zone: UTC}",
           "DTSTART:20220303T090000Z");
    EXPECT(*state, HEAD "schedule: {start: '2022-03-03T09:00:00', end: '2022-03-03T09:30:00'}",
           "DTSTART:20220303T090000", "DTEND:20220303T093000");
}

static void an_end_at_the_start_is_no_dtend(void **state)
{
    Calendars *self = *state;
    char *text = calendars_write_one(
        self, HEAD "schedule: {start: '2022-03-03T09:00:00', end: '2022-03-03T09:00:00'}");
    assert_null(strstr(text, "DTEND"));
    assert_line(self, text, "X-PLENARY-SCHEDULE:{\"end\":\"2022-03-03T09:00:00\"}");
    assert_strict(text);
}

static void recurrences_and_overrides_are_told_in_the_zone(void **state)
{
    EXPECT(*state,
           HEAD "schedule: {start: '2022-03-03T09:00:00', time_zone: Europe/Vienna}\n"
                "recurrence: {rrule: FREQ=WEEKLY;COUNT=4, rdate: ['2022-05-03T09:00:00'], exdate: "
                "['2022-03-10T09:00:00']}",
           "RRULE:FREQ=WEEKLY;COUNT=4", "RDATE;TZID=Europe/Vienna:20220503T090000",
           "EXDATE;TZID=Europe/Vienna:20220310T090000");
    EXPECT(*state,
           HEAD "recurrence_id: '2022-03-17T09:00:00'\n"
                "schedule: {start: '2022-03-18T09:00:00', time_zone: Europe/Vienna}",
           "RECURRENCE-ID;TZID=Europe/Vienna:20220317T090000");
}

static void stamps_are_the_records(void **state)
{
    Calendars *self = *state;
    Event *event = calendars_event(self, HEAD "schedule: {start: 2022-03-03}");
    event->created = arena_strdup(self->arena, "2022-01-02T03:04:05.678901Z");
    event->updated = arena_strdup(self->arena, "2022-02-03T04:05:06.789012Z");
    event->has_ical_sequence = 1;
    event->ical_sequence = 7;
    char *text = calendars_write(self, &event, 1);
    assert_line(self, text, "DTSTAMP:20220203T040506Z");
    assert_line(self, text, "LAST-MODIFIED:20220203T040506Z");
    assert_line(self, text, "CREATED:20220102T030405Z");
    assert_line(self, text, "SEQUENCE:7");
    assert_string_equal(text, calendars_write(self, &event, 1));
}

static void each_status_is_one_of_the_three(void **state)
{
    static const char *const rows[][3] = {
        {"tentative", "STATUS:TENTATIVE", NULL},
        {"confirmed", "STATUS:CONFIRMED", NULL},
        {"cancelled", "STATUS:CANCELLED", NULL},
        {"postponed", "STATUS:TENTATIVE", "X-PLENARY-STATUS:postponed"},
        {"held", "STATUS:CONFIRMED", "X-PLENARY-STATUS:held"},
    };
    Calendars *self = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = calendars_write_one(
            self, arena_printf(self->arena, HEAD "schedule: {start: 2022-03-03}\nstatus: %s",
                               rows[i][0]));
        assert_line(self, text, rows[i][1]);
        if (rows[i][2])
            assert_line(self, text, rows[i][2]);
        else
            assert_null(strstr(text, "X-PLENARY-STATUS"));
        assert_strict(text);
    }
}

static void people_read_what_calendars_do_not_show(void **state)
{
    EXPECT(*state,
           HEAD
           "schedule: {start: 2022-03-03, end: 2022-03-31, approximate: true}\ndescription: D\n"
           "status: postponed\nstatus_reason: no quorum\nonline: {dial_in: '+1 23'}",
           "DESCRIPTION:D\\n\\nSometime within these days: the exact ones are not settled.\\n"
           "Postponed: no quorum\\nDial in: +1 23");
}

static void a_handling_is_a_class(void **state)
{
    EXPECT(*state, HEAD "schedule: {start: 2022-03-03}", "CLASS:PUBLIC");
    EXPECT(*state, HEAD "schedule: {start: 2022-03-03}\nhandling: {tlp: green}", "CLASS:PUBLIC");
    EXPECT(*state, HEAD "schedule: {start: 2022-03-03}\nhandling: {tlp: amber}", "CLASS:PRIVATE");
    EXPECT(*state, HEAD "schedule: {start: 2022-03-03}\nhandling: {tlp: red, audience: [unodc]}",
           "CLASS:CONFIDENTIAL", "X-PLENARY-HANDLING:{\"tlp\":\"red\"\\,\"audience\":[\"unodc\"]}");
}

static void places_are_told_in_the_order_of_an_address(void **state)
{
    EXPECT(*state,
           HEAD "schedule: {start: 2022-03-03}\n"
                "venue: {name: Serena Hotel, room: '5', street: Rudaki 1, city: Dushanbe, country: "
                "TJ, latitude: 38.5737, longitude: 68.7738}\n"
                "online: {uri: 'https://meet.example.org/a?b=1;c', platform: Big Blue}\n"
                "source: {uri: 'https://example.org/page'}",
           "LOCATION:5\\, Serena Hotel\\, Rudaki 1\\, Dushanbe\\, TJ", "GEO:38.573700;68.773800",
           "CONFERENCE;VALUE=URI;LABEL=\"Big Blue\":https://meet.example.org/a?b=1;c",
           "URL:https://example.org/page");
}

static void texts_have_their_language_and_topics_and_kind_are_categories(void **state)
{
    EXPECT(*state,
           "uid: a@example.org\nkind: training\ntitle: Тренинг, для всех\nlanguage: ru\n"
           "topics: ['a, b', c]\nschedule: {start: 2022-03-03}",
           "SUMMARY;LANGUAGE=ru:Тренинг\\, для всех", "CATEGORIES:a\\, b,c", "CATEGORIES:training");
}

static void people_and_organisations_are_attendees(void **state)
{
    EXPECT(*state,
           HEAD
           "schedule: {start: 2022-03-03}\n"
           "organisations: [{id: unodc, role: organiser}, {name: 'Others; all', role: observer}]\n"
           "participants:\n"
           "- {name: 'Ana \"A\" Lee', email: ana@example.org, role: chair, response: accepted, "
           "organisation: unodc, mode: online}\n",
           "ORGANIZER;CN=\"United Nations Office on Drugs and Crime\";X-PLENARY-ID=unodc;"
           "X-PLENARY-ROLE=organiser:mailto:office@example.org",
           "ATTENDEE;CN=\"United Nations Office on Drugs and Crime\";CUTYPE=GROUP;"
           "ROLE=REQ-PARTICIPANT;X-PLENARY-ID=unodc;X-PLENARY-ROLE=organiser:"
           "mailto:office@example.org",
           "ATTENDEE;CN=\"Ana ^'A^' Lee\";CUTYPE=INDIVIDUAL;ROLE=CHAIR;PARTSTAT=ACCEPTED;"
           "X-PLENARY-ORGANISATION=unodc;X-PLENARY-ROLE=chair;X-PLENARY-MODE=online:"
           "mailto:ana@example.org");
}

static void who_has_no_address_has_the_same_urn_everywhere(void **state)
{
    Calendars *self = *state;
    static const char *const titles[] = {"One", "Other"};
    const char *urns[2];
    for (size_t i = 0; i < 2; i++) {
        char *text = calendars_unfold(
            self,
            calendars_write_one(
                self, arena_printf(self->arena,
                                   "uid: %s@example.org\nkind: meeting\ntitle: %s\n"
                                   "schedule: {start: 2022-03-03}\nparticipants: [{name: Ana}]",
                                   titles[i], titles[i])));
        const char *urn = strstr(text, "urn:uuid:");
        assert_non_null(urn);
        urns[i] = arena_strndup(self->arena, urn, strcspn(urn, "\r"));
        assert_strict(text);
    }
    assert_string_equal(urns[0], urns[1]);
}

static void relations_name_uids(void **state)
{
    EXPECT(*state,
           HEAD "schedule: {start: 2022-03-03}\npart_of: 01234567-89ab-7def-8123-456789abcdef\n"
                "follows: 01234567-89ab-7def-8123-456789abcdee\nrelated: [c@example.org]",
           "RELATED-TO;RELTYPE=PARENT:other@example.org",
           "RELATED-TO;RELTYPE=X-PLENARY-FOLLOWS:01234567-89ab-7def-8123-456789abcdee",
           "RELATED-TO;RELTYPE=SIBLING:c@example.org");
}

static void extensions_are_written_back_but_cannot_break_the_event(void **state)
{
    EXPECT(*state,
           HEAD
           "schedule: {start: 2022-03-03}\nextensions:\n"
           "- {name: X-FOO, parameters: ['A=1;2', 'B=c'], value: 'a\\,b'}\n"
           "- {name: PRIORITY, value: '5'}\n"
           "- {name: END, value: VEVENT}\n- {name: UID, value: other}\n- {name: 'a b', value: x}",
           "X-FOO;A=\"1;2\";B=c:a\\,b", "PRIORITY:5",
           "X-PLENARY-EXTENSIONS:{\"name\":\"END\"\\,\"value\":\"VEVENT\"}",
           "X-PLENARY-EXTENSIONS:{\"name\":\"UID\"\\,\"value\":\"other\"}",
           "X-PLENARY-EXTENSIONS:{\"name\":\"a b\"\\,\"value\":\"x\"}");
}

static void zones_are_told_once_before_the_events_in_the_order_of_names(void **state)
{
    Calendars *self = *state;
    static const char *const zones[] = {"Europe/Vienna", "Asia/Tashkent", "Europe/Vienna"};
    Event *events[3];
    for (size_t i = 0; i < 3; i++)
        events[i] = calendars_event(
            self, arena_printf(self->arena,
                               "uid: %zu@example.org\nkind: meeting\ntitle: T\nschedule: {start: "
                               "'20%02zu-03-03T09:00:00', time_zone: %s}",
                               i, 20 - i, zones[i]));
    char *text = calendars_write(self, events, 3);
    const char *tashkent = strstr(text, "TZID:Asia/Tashkent");
    const char *vienna = strstr(text, "TZID:Europe/Vienna");
    const char *event = strstr(text, "BEGIN:VEVENT");
    assert_true(tashkent && vienna && event && tashkent < vienna && vienna < event);
    assert_null(strstr(vienna + 1, "TZID:Europe/Vienna\r\n"));
    assert_non_null(strstr(vienna, "DTSTART:20180101T000000")); /* its first event's year */
    assert_strict(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_days_end_on_the_day_after),
        cmocka_unit_test(times_have_a_zone_that_the_calendar_tells),
        cmocka_unit_test(an_end_at_the_start_is_no_dtend),
        cmocka_unit_test(recurrences_and_overrides_are_told_in_the_zone),
        cmocka_unit_test(stamps_are_the_records),
        cmocka_unit_test(each_status_is_one_of_the_three),
        cmocka_unit_test(people_read_what_calendars_do_not_show),
        cmocka_unit_test(a_handling_is_a_class),
        cmocka_unit_test(places_are_told_in_the_order_of_an_address),
        cmocka_unit_test(texts_have_their_language_and_topics_and_kind_are_categories),
        cmocka_unit_test(people_and_organisations_are_attendees),
        cmocka_unit_test(who_has_no_address_has_the_same_urn_everywhere),
        cmocka_unit_test(relations_name_uids),
        cmocka_unit_test(extensions_are_written_back_but_cannot_break_the_event),
        cmocka_unit_test(zones_are_told_once_before_the_events_in_the_order_of_names),
    };
    return cmocka_run_group_tests(tests, calendars_open, calendars_close);
}
