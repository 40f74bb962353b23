/* The CSV has a line for each event, and no cell that a spreadsheet runs. */
#include "clients/report/sheet.h"
#include "tests/unit/clients/report/registry.h"

/* The lines of all events. Given: free(). */
static char *sheet_of(Registry *registry)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    Arena *arena = arena_new(SHEET_ARENA_BYTES);
    assert_non_null(file);
    assert_non_null(arena);
    sheet_begin(file);
    for (size_t i = 0; i < registry->event_count; i++)
        sheet_add(file, registry->events[i], &registry->directory, arena);
    assert_int_equal(fclose(file), 0);
    arena_destroy(&arena);
    return text;
}

static void assert_lines(const char *yaml, const char *expected)
{
    Registry registry = {0};
    registry_read(&registry, yaml);
    char *text = sheet_of(&registry);
    const char *lines = strchr(text, '\n');
    assert_non_null(lines);
    assert_string_equal(lines + 1, expected);
    free(text);
    registry_clear(&registry);
}

static void it_begins_with_a_byte_order_mark_and_the_names_of_columns(void **state)
{
    (void)state;
    Registry registry = {0};
    registry_read(&registry, "");
    char *text = sheet_of(&registry);
    assert_memory_equal(text, "\xEF\xBB\xBFnumber,id,uid,", 17);
    assert_non_null(strstr(text, ",tlp,caveat,source,updated\r\n"));
    free(text);
    registry_clear(&registry);
}

static void an_event_is_one_line(void **state)
{
    (void)state;
    assert_lines(
        "organisation: {id: un, name: United Nations, acronym: UN, kind: international}\n"
        "---\n"
        "event:\n"
        "  number: 7\n"
        "  id: some-id\n"
        "  uid: a@example.org\n"
        "  revision: 2\n"
        "  kind: training\n"
        "  category: course\n"
        "  title: 'Курс \"А\", часть 1'\n"
        "  language: ru\n"
        "  status: postponed\n"
        "  status_reason: visas\n"
        "  schedule: {start: '2022-03-04T09:00:00', end: '2022-03-05T12:00:00', "
        "time_zone: Asia/Tashkent, approximate: true}\n"
        "  previous_start: 2022-03-03\n"
        "  format: in_person\n"
        "  venue: {name: Hall, city: Tashkent, country: UZ}\n"
        "  organisations: [{id: un, role: organiser}, {name: Club, role: co_organiser}, "
        "{name: Town, role: host}, {name: Bank, role: sponsor}]\n"
        "  participants: [{name: One}]\n"
        "  headcounts: [{country: UZ, number: 20}, {country: KZ, number: 3}]\n"
        "  topics: [a, b]\n"
        "  series: Courses\n"
        "  outcomes: [{kind: action_item}, {kind: action_item, state: done}, "
        "{kind: decision}]\n"
        "  handling: {tlp: amber, caveat: for us}\n"
        "  source: {publisher: UN, uri: 'https://example.org/'}\n"
        "  updated: '2022-03-01T00:00:00.000000Z'\n",
        "7,some-id,a@example.org,2,training,course,\"Курс \"\"А\"\", часть 1\",ru,postponed,"
        "visas,2022-03-04T09:00:00,2022-03-05T12:00:00,Asia/Tashkent,yes,2022-03-03,"
        "in_person,UZ,Uzbekistan,Tashkent,Hall,UN; Club,Town,Bank,1,23,3,1,a; b,Courses,,"
        "amber,for us,https://example.org/,2022-03-01T00:00:00.000000Z\r\n");
}

static void what_is_absent_is_empty(void **state)
{
    (void)state;
    assert_lines("event: {kind: meeting, title: A}\n",
                 "1,,,1,meeting,,A,,confirmed,,,,,,,,,,,,,,,0,0,0,0,,,,green,,,\r\n");
}

static void no_cell_is_a_formula(void **state)
{
    static const char *const dangerous[] = {"=1+1",  "+1",    "-1",    "@x",  "  =1",
                                            "\\t=1", "\\r=1", "\\n=1", "＝1", "＠x"};
    (void)state;
    for (size_t i = 0; i < sizeof dangerous / sizeof *dangerous; i++) {
        char yaml[128];
        Registry registry = {0};
        (void)snprintf(yaml, sizeof yaml,
                       "event: {kind: meeting, title: \"%s\", topics: [\"%s\"]}\n", dangerous[i],
                       dangerous[i]);
        registry_read(&registry, yaml);
        char *text = sheet_of(&registry);
        const char *title = strstr(text, "meeting,,");
        assert_non_null(title);
        title += strlen("meeting,,");
        assert_int_equal(title[*title == '"'], '\'');
        const char *topics = strstr(title, ",0,0,0,0,");
        assert_non_null(topics);
        topics += strlen(",0,0,0,0,");
        assert_int_equal(topics[*topics == '"'], '\'');
        free(text);
        registry_clear(&registry);
    }
    assert_lines("event: {kind: meeting, title: a=1-1}\n",
                 "1,,,1,meeting,,a=1-1,,confirmed,,,,,,,,,,,,,,,0,0,0,0,,,,green,,,\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_with_a_byte_order_mark_and_the_names_of_columns),
        cmocka_unit_test(an_event_is_one_line),
        cmocka_unit_test(what_is_absent_is_empty),
        cmocka_unit_test(no_cell_is_a_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
