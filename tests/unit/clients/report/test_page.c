/* The page says what was gathered, and lets nothing of a record become a part of it. */
#include "tests/unit/clients/report/registry.h"

enum {
    MANY_EVENTS = ACTIVITY_EVENTS_MAX + 5,
};

static const PageHead head = {.title = "Activity"};

static void has(const char *page, const char *text)
{
    if (!strstr(page, text)) fail_msg("the page does not say: %s", text);
}

static void has_not(const char *page, const char *text)
{
    if (strstr(page, text)) fail_msg("the page says: %s", text);
}

/* Given: free(). */
static char *page_of(const char *yaml)
{
    Registry registry = {0};
    registry_read(&registry, yaml);
    char *page = registry_page(&registry, &head);
    registry_clear(&registry);
    return page;
}

static void the_figures_of_the_seed_stand_on_it(void **state)
{
    (void)state;
    Registry registry = {0};
    registry_read_seed(&registry);
    char *page = registry_page(&registry, &head);
    has(page, "<dd id=\"figure-events\">12</dd>");
    has(page, "<dd id=\"figure-held\">12</dd>");
    has(page, "<dd id=\"figure-countries\">4</dd>");
    has(page, "<th scope=\"row\" data-code=\"UZ\">Uzbekistan</th><td class=\"number\">3</td>");
    has(page, "<bdi>United Nations Office on Drugs and Crime</bdi> "
              "<span class=\"acronym\"><bdi>UNODC</bdi></span> "
              "<small>part of <bdi>UN</bdi></small>");
    has(page, "1 declaration, 2 agreements, 3 decisions, 3 recommendations.");
    has(page, "<a href=\"#event-8\">No. 8</a>");
    has(page, "<tr id=\"event-8\"><td class=\"when\">3–4 Mar 2022</td>");
    has(page, "0 moved, 0 postponed, 0 cancelled.");
    has(page, "TLP:CLEAR");
    free(page);
    registry_clear(&registry);
}

static void an_empty_registry_makes_a_page_too(void **state)
{
    (void)state;
    char *page = page_of("");
    has(page, "<dd id=\"figure-events\">0</dd>");
    has(page, "There are no events.");
    has(page, "No event has a date.");
    has(page, "No organisation is named.");
    has(page, "No outcome is recorded.");
    has(page, "</html>\n");
    has_not(page, "TLP:");
    has_not(page, "The latest change");
    free(page);
}

/* In every field that the page shows. */
static void no_record_becomes_a_part_of_the_page(void **state)
{
    (void)state;
    char *page = page_of("organisation: {id: evil, name: '<img src=x>', acronym: '<b>', "
                         "kind: private, part_of: worse}\n"
                         "---\n"
                         "organisation: {id: worse, name: '</table><i>', kind: private}\n"
                         "---\n"
                         "event:\n"
                         "  kind: meeting\n"
                         "  title: \"<script>alert(1)</script>\\r\\n</title>\"\n"
                         "  language: '\"><script>'\n"
                         "  category: '<script>'\n"
                         "  status: cancelled\n"
                         "  status_reason: '</td><script>'\n"
                         "  previous_start: '<script>'\n"
                         "  updated: '<script>'\n"
                         "  schedule: {start: '<script>T', time_zone: '<script>'}\n"
                         "  venue: {city: '<script>', country: '<script>'}\n"
                         "  organisations: [{id: evil, role: organiser}, "
                         "{name: '<script>', role: host}]\n"
                         "  handling: {tlp: amber, caveat: '<script>'}\n"
                         "  source: {publisher: '<script>', uri: 'javascript:alert(1)'}\n"
                         "  outcomes:\n"
                         "  - {kind: action_item, title: '<script>', text: '<script>', "
                         "due: '<script>', organisations: ['<script>', evil]}\n"
                         "  - {kind: decision, title: '<script>', date: '<script>'}\n");
    has(page, "&lt;script&gt;alert(1)&lt;/script&gt;");
    has_not(page, "<script");
    has_not(page, "<img");
    has_not(page, "<i>");
    has_not(page, "</title>\"");
    has_not(page, "href=\"javascript");
    has_not(page, "\r");
    has(page, "default-src 'none'");
    free(page);
}

static void an_address_of_the_web_is_a_link_to_the_source(void **state)
{
    (void)state;
    char *page = page_of("event:\n"
                         "  kind: meeting\n"
                         "  title: A\n"
                         "  source: {publisher: CARICC, uri: 'https://example.org/a?b&c'}\n");
    has(page, "href=\"https://example.org/a?b&amp;c\"><bdi>CARICC</bdi></a>");
    free(page);
}

static void titles_in_other_scripts_are_told_as_such(void **state)
{
    (void)state;
    char *page = page_of("event: {kind: meeting, title: Встреча в Ташкенте, language: ru}\n");
    has(page, "<bdi lang=\"ru\">Встреча в Ташкенте</bdi>");
    free(page);
}

static void title_and_filters_stand_above(void **state)
{
    (void)state;
    static const char *const filters[] = {"country UZ", "text <b>"};
    static const PageHead filtered = {"Uzbekistan & more", filters, 2};
    Registry registry = {0};
    registry_read(&registry, "");
    char *page = registry_page(&registry, &filtered);
    has(page, "<title>Uzbekistan &amp; more</title>");
    has(page, "<h1><bdi>Uzbekistan &amp; more</bdi></h1>");
    has(page, "Events with <b><bdi>country UZ</bdi></b> and <b><bdi>text &lt;b&gt;</bdi></b>");
    free(page);
    page = registry_page(&registry, &head);
    has(page, "All events that may be seen");
    free(page);
    registry_clear(&registry);
}

static void what_is_not_listed_is_said(void **state)
{
    (void)state;
    Registry registry = {0};
    registry_read(&registry, "event: {kind: meeting, title: A, schedule: {start: 2022-03-03}}\n");
    Activity *activity = activity_new(&registry.directory);
    Event event = *registry.events[0];
    for (uint32_t i = 1; i <= MANY_EVENTS; i++) {
        event.number = i;
        activity_add(activity, &event);
    }
    activity_end(activity);
    char *page = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&page, &size);
    assert_true(page_write(file, &head, activity));
    assert_int_equal(fclose(file), 0);
    has(page, "Of 2,005 events, the newest first, the first 2,000 are listed.");
    has(page, "<tr id=\"event-2000\">");
    has_not(page, "<tr id=\"event-2001\">");
    free(page);
    activity_destroy(&activity);
    registry_clear(&registry);
}

/* Pages of the same events in two orders. */
static void the_order_in_which_events_come_changes_no_byte(void **state)
{
    (void)state;
    Registry registry = {0};
    registry_read_seed(&registry);
    char *first = registry_page(&registry, &head);
    size_t count = registry.event_count;
    for (size_t i = 0; i < count / 2; i++) {
        Event *kept = registry.events[i];
        registry.events[i] = registry.events[count - 1 - i];
        registry.events[count - 1 - i] = kept;
    }
    char *second = registry_page(&registry, &head);
    assert_string_equal(first, second);
    free(first);
    free(second);
    registry_clear(&registry);
}

static void the_chart_ends_with_the_last_event_and_is_bounded(void **state)
{
    (void)state;
    char *page = page_of("event: {kind: meeting, title: A, schedule: {start: 1990-01-01}}\n"
                         "---\n"
                         "event: {kind: meeting, title: B, schedule: {start: 2022-03-01}}\n");
    size_t columns = 0;
    for (const char *at = page; (at = strstr(at, "<span class=\"count\">")); at++)
        columns++;
    assert_int_equal(columns, PAGE_MONTHS_MAX);
    has(page, "<th scope=\"row\">1990</th>");
    has_not(page, "<th scope=\"row\">1991</th>");
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_figures_of_the_seed_stand_on_it),
        cmocka_unit_test(an_empty_registry_makes_a_page_too),
        cmocka_unit_test(no_record_becomes_a_part_of_the_page),
        cmocka_unit_test(an_address_of_the_web_is_a_link_to_the_source),
        cmocka_unit_test(titles_in_other_scripts_are_told_as_such),
        cmocka_unit_test(title_and_filters_stand_above),
        cmocka_unit_test(what_is_not_listed_is_said),
        cmocka_unit_test(the_order_in_which_events_come_changes_no_byte),
        cmocka_unit_test(the_chart_ends_with_the_last_event_and_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
