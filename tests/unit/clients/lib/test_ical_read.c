/* Calendars of ours come back whole; those of others as far as there are fields, and nothing is
 * lost.
 */
#include "tests/unit/clients/lib/calendars.h"

#define HEAD  "uid: a@example.org\nkind: meeting\ntitle: T\n"
#define LINES "UID:a@example.org\nSUMMARY:T\n"

static void assert_same(Calendars *self, const Event *event, const Event *other)
{
    assert_string_equal(calendars_yaml(self, event), calendars_yaml(self, other));
}

static void assert_comes_back(Calendars *self, const char *yaml)
{
    Event *event = calendars_event(self, yaml);
    Found found = calendars_read(self, calendars_write(self, &event, 1));
    assert_int_equal(found.count, 1);
    if (!found.event[0]) fail_msg("%s", found.problem[0].message);
    assert_same(self, event, found.event[0]);
}

static void every_field_comes_back(void **state)
{
    assert_comes_back(
        *state,
        "id: 01234567-89ab-7def-8123-456789abcdef\nuid: a@example.org\n"
        "kind: conference\ncategory: 'high-level'\ntitle: 'Tashkent; a, b\\c'\n"
        "description: \"First\\n\\nSecond\\tline \\\\n\"\nlanguage: en\n"
        "translations: [{language: ru, title: 'Ташкент, \"2022\"', description: \"Да\\nнет\"}]\n"
        "status: postponed\nstatus_reason: 'no; quorum'\nprevious_start: 2022-03-03\n"
        "schedule: {start: 2022-03-10, end: 2022-03-11, time_zone: Asia/Tashkent, approximate: "
        "true}\n"
        "recurrence: {rrule: FREQ=YEARLY;COUNT=3, rdate: [2022-05-03], exdate: [2022-03-10]}\n"
        "format: hybrid\n"
        "venue: {name: H, room: '5', street: S 1, city: Tashkent, region: R, country: UZ, "
        "latitude: "
        "41.31114, longitude: 69.279737123}\n"
        "online: {uri: 'https://example.org/x', platform: P, dial_in: '+1;2'}\ncapacity: 120\n"
        "organisations: [{id: uz, role: host}, {id: unodc, role: organiser}, {id: x, name: Y, "
        "role: "
        "sponsor}, {name: 'Others: all', role: participant}]\n"
        "participants:\n"
        "- {name: 'Ana \"A\" Lee', honorific: Dr, position: 'Head, of; it', organisation: unodc, "
        "country: UZ, email: ana@example.org, phone: '+1 2', role: interpreter, mode: online, "
        "response: declined, attendance: present}\n"
        "- {name: Ана}\n"
        "headcounts: [{organisation: unodc, number: 3}, {country: UZ, number: 4}]\n"
        "agenda: [{start: '2022-03-10T09:00:00', end: '2022-03-10T10:00:00', title: O, speakers: "
        "[A, "
        "B], language: en}]\n"
        "documents: [{title: D, uri: 'https://example.org/d', media_type: application/pdf, sha256: "
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, language: en}, {title: "
        "E}]\n"
        "topics: [a, 'b, c', conference]\nlanguages: [en, ru]\n"
        "outcomes: [{kind: action_item, title: X, text: \"Y\\nZ\", date: 2022-03-11, "
        "organisations: "
        "[unodc], due: 2022-06-01, state: open, closed_by: b@example.org}]\n"
        "part_of: p@example.org\nseries: S\nfollows: f@example.org\nrelated: [r@example.org, "
        "s@example.org]\n"
        "training: {hours: 12.5, tools: [t], level: l, certificate: c}\n"
        "handling: {tlp: amber_strict, audience: [unodc, uz], caveat: 'not; further'}\n"
        "source: {uri: 'https://example.org/s', publisher: P, date: 2022-03-01, note: N}\n"
        "extensions: [{name: X-FOO, parameters: ['A=1,2;3'], value: 'b\\,c'}, {name: UID, value: "
        "other}]");
}

static void schedules_come_back(void **state)
{
    static const char *const schedules[] = {
        "{start: 2022-03-03}",
        "{start: 2022-03-03, end: 2022-03-03}",
        "{start: 9999-12-30, end: 9999-12-31}",
        "{start: '2022-03-03T09:00:00'}",
        "{start: '2022-03-03T09:00', end: '2022-03-03T10:00'}",
        "{start: '2022-03-03T09:00:00', end: '2022-03-03T09:00:00', time_zone: Asia/Tashkent}",
        "{start: '2022-03-27T02:30:00', end: '2022-03-27T03:30:00', time_zone: Europe/Vienna}",
        "{start: '2022-10-30T02:30:00', end: '2022-10-30T02:45:00', time_zone: Europe/Vienna}",
        "{start: '2022-03-03T09:00:00', end: '2022-03-04T09:00:00', time_zone: UTC}",
        "{start: '2022-03-03T09:00:00', time_zone: Etc/GMT+5}",
        "{start: '0001-01-01T00:00:00', end: '9999-12-31T23:59:59', time_zone: Europe/Moscow}",
    };
    Calendars *self = *state;
    for (size_t i = 0; i < sizeof schedules / sizeof *schedules; i++)
        assert_comes_back(
            self, arena_printf(self->arena, HEAD "status: held\nschedule: %s", schedules[i]));
}

static void an_override_comes_back(void **state)
{
    assert_comes_back(*state, HEAD "recurrence_id: '2022-03-17T09:00:00'\nstatus: confirmed\n"
                                   "schedule: {start: '2022-03-18T09:00:00', time_zone: "
                                   "Europe/Vienna}");
}

static void what_another_program_changed_counts(void **state)
{
    Calendars *self = *state;
    const Event *event = calendars_read_one(
        self, LINES "DTSTART;VALUE=DATE:20220303\nSTATUS:CANCELLED\nX-PLENARY-STATUS:held\n"
                    "LOCATION:Elsewhere\nX-PLENARY-VENUE:{\"name\":\"Hall\"\\,\"city\":\"Osh\"}\n"
                    "DESCRIPTION:New\nX-PLENARY-NOTE:\\n\\nPostponed\n");
    assert_int_equal(event->status, PLENARY__V1__EVENT__STATUS__CANCELLED);
    assert_string_equal(event->venue->name, "Elsewhere");
    assert_null(event->venue->city);
    assert_string_equal(event->description, "New");
}

static void lengths_of_time_make_an_end(void **state)
{
    static const char *const rows[][2] = {
        /* DTSTART and DURATION, end */
        {"DTSTART;VALUE=DATE:20220303\nDURATION:P2D\n", "2022-03-04"},
        {"DTSTART;VALUE=DATE:20220303\nDURATION:P1W\n", "2022-03-09"},
        {"DTSTART;TZID=Europe/Vienna:20220326T120000\nDURATION:P1D\n", "2022-03-27T12:00:00"},
        {"DTSTART;TZID=Europe/Vienna:20220326T120000\nDURATION:PT24H\n", "2022-03-27T13:00:00"},
        {"DTSTART:20220303T090000\nDURATION:PT1H30M\n", "2022-03-03T10:30:00"},
        {"DTSTART;VALUE=DATE:20220303\nDTEND;VALUE=DATE:20220303\n", "2022-03-03"},
        {"DTSTART;TZID=Asia/Tashkent:20220303T090000\nDTEND:20220303T050000Z\n",
         "2022-03-03T10:00:00"},
    };
    Calendars *self = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const Event *event =
            calendars_read_one(self, arena_printf(self->arena, LINES "%s", rows[i][0]));
        assert_string_equal(event->schedule->end, rows[i][1]);
    }
}

static void what_no_field_holds_becomes_an_extension(void **state)
{
    Calendars *self = *state;
    const char *lines =
        LINES "DTSTART:20220303T090000\nPRIORITY:5\nX-APPLE;A=\"1;2\":b\\,c\n"
              "ATTACH;ENCODING=BASE64;VALUE=BINARY:AAAA\nRDATE;VALUE=PERIOD:20220303T090000/PT1H\n"
              "ATTENDEE;CUTYPE=ROOM;CN=Hall:mailto:hall@example.org\n"
              "ORGANIZER;CN=Jane:mailto:jane@example.org\nSUMMARY:Second\n"
              "BEGIN:VALARM\nACTION:DISPLAY\nEND:VALARM\n"
              "BEGIN:PARTICIPANT\nBEGIN:VLOCATION\nUID:v\nEND:VLOCATION\nEND:PARTICIPANT\n";
    Event *event = calendars_read_one(self, lines);
    static const char *const names[] = {"PRIORITY", "X-APPLE",   "ATTACH",  "RDATE",
                                        "ATTENDEE", "ORGANIZER", "SUMMARY", "X-PLENARY-COMPONENT"};
    assert_int_equal(event->n_extensions, sizeof names / sizeof *names);
    for (size_t i = 0; i < event->n_extensions; i++)
        assert_string_equal(event->extensions[i]->name, names[i]);
    assert_string_equal(event->extensions[1]->parameters[0], "A=1;2");
    assert_string_equal(event->extensions[1]->value, "b\\,c");
    assert_string_equal(event->extensions[7]->value,
                        "BEGIN:PARTICIPANT\\nBEGIN:VLOCATION\\nUID:v\\nEND:VLOCATION\\n"
                        "END:PARTICIPANT\\n");
    assert_string_equal(event->organisations[0]->name, "Jane");
    assert_int_equal(event->n_participants, 0);
    Found again = calendars_read(self, calendars_write(self, &event, 1));
    assert_non_null(again.event[0]);
    assert_int_equal(again.event[0]->n_organisations, 1);
    assert_int_equal(again.event[0]->n_extensions, event->n_extensions);
}

static void an_events_kind_is_among_its_categories(void **state)
{
    Calendars *self = *state;
    const Event *event = calendars_read_one(
        self, LINES "DTSTART:20220303T090000\nCATEGORIES:WEBINAR, a\nCLASS:PRIVATE\n");
    assert_int_equal(event->kind, PLENARY__V1__EVENT__KIND__WEBINAR);
    assert_int_equal(event->n_topics, 1);
    assert_string_equal(event->topics[0], "a");
    assert_int_equal(event->handling->tlp, PLENARY__V1__HANDLING__TLP__AMBER);
    event = calendars_read_one(self, LINES "DTSTART:20220303T090000\n");
    assert_int_equal(event->kind, PLENARY__V1__EVENT__KIND__MEETING);
    assert_null(event->handling);
}

/* Each wrong event names its field; the ones around it are read. */
static void a_wrong_event_says_why_and_the_others_are_read(void **state)
{
    static const char *const rows[][2] = {
        {"DTSTART;TZID=Nowhere/Land:20220303T090000\n", "schedule.start: DTSTART: TZID \"Nowhere"},
        {"DTSTART:2022-03-03\n", "schedule.start: DTSTART: \"2022-03-03\" is not a date"},
        {"DTSTART:20220230\n", "schedule.start: DTSTART: \"20220230\""},
        {"SUMMARY:no start\n", "schedule.start: DTSTART is missing"},
        {"DTSTART:20220303\nDURATION:long\n", "schedule.end: DURATION: \"long\""},
        {"DTSTART:20220303\nGEO:here\n", "venue.latitude: GEO: \"here\""},
        {"DTSTART:20220303\nEXDATE:never\n", "recurrence: EXDATE: \"never\""},
        {"DTSTART:20220303\nX-PLENARY-AGENDA:none\n", "agenda: X-PLENARY-AGENDA: is not a JSON"},
        {"DTSTART:20220303\nno line\n", "line 11: \"NO\" is not followed by"},
        {"DTSTART:20220303\nEND:VTODO\n", "line 11: END:\"VTODO\" does not end VEVENT"},
    };
    Calendars *self = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text = arena_printf(
            self->arena,
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:T\nDTSTART:20220303\nEND:VEVENT\n"
            "BEGIN:VEVENT\nUID:2\nSUMMARY:T\n%sEND:VEVENT\n"
            "BEGIN:VEVENT\nUID:3\nSUMMARY:T\nDTSTART:20220303\nEND:VEVENT\nEND:VCALENDAR\n",
            rows[i][0]);
        Found found = calendars_read(self, text);
        assert_int_equal(found.count, 3);
        assert_true(found.event[0] && !found.event[1] && found.event[2]);
        assert_string_equal(found.uid[1], "2");
        assert_int_equal(found.line[1], 7);
        if (!strstr(found.problem[1].message, rows[i][1]))
            fail_msg("%s, not %s", found.problem[1].message, rows[i][1]);
    }
}

static void what_is_no_calendar_or_no_event_is_told(void **state)
{
    Calendars *self = *state;
    Found found = calendars_read(self, "{\"event\": 1}\n");
    assert_true(found.count == 1 && found.file_failed);
    found = calendars_read(self, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20220303\n");
    assert_int_equal(found.count, 1);
    assert_true(found.file_failed || !found.event[0]);
    found = calendars_read(self, "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\nEND:VTODO\nEND:VCALENDAR\n");
    assert_int_equal(found.count, 1);
    assert_string_equal(found.problem[0].message, "a VTODO is no event");
    assert_string_equal(found.uid[0], "t");
}

static void zones_may_be_told_after_the_events(void **state)
{
    Calendars *self = *state;
    Found found = calendars_read(
        self,
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:T\nDTSTART;TZID=\"Our zone\":20220303T09000"
        "0\nEND:VEVENT\nBEGIN:VTIMEZONE\nTZID:Our zone\nX-LIC-LOCATION:Asia/Bishkek\n"
        "END:VTIMEZONE\nEND:VCALENDAR\n");
    assert_non_null(found.event[0]);
    assert_string_equal(found.event[0]->schedule->time_zone, "Asia/Bishkek");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_comes_back),
        cmocka_unit_test(schedules_come_back),
        cmocka_unit_test(an_override_comes_back),
        cmocka_unit_test(what_another_program_changed_counts),
        cmocka_unit_test(lengths_of_time_make_an_end),
        cmocka_unit_test(what_no_field_holds_becomes_an_extension),
        cmocka_unit_test(an_events_kind_is_among_its_categories),
        cmocka_unit_test(a_wrong_event_says_why_and_the_others_are_read),
        cmocka_unit_test(what_is_no_calendar_or_no_event_is_told),
        cmocka_unit_test(zones_may_be_told_after_the_events),
    };
    return cmocka_run_group_tests(tests, calendars_open, calendars_close);
}
