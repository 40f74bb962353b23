/* What an event is found by. */
#include "tests/unit/proto/facets_fixture.h"

/* --- the table --- */

static void every_facet_is_found_by_its_name(void **state)
{
    (void)state;
    for (int i = 0; i < FACET_COUNT; i++) {
        Facet found = FACET_COUNT;
        assert_true(facet_find(facet_info((Facet)i)->name, &found));
        assert_int_equal(found, i);
    }
    Facet untouched = FACET_COUNT;
    assert_false(facet_find("colour", &untouched));
    assert_false(facet_find("", &untouched));
    assert_false(facet_find("org.", &untouched));
    assert_int_equal(untouched, FACET_COUNT);
}

/* --- codes --- */

static void an_empty_event_has_what_absence_means(void **state)
{
    Fixture *fixture = *state;
    Event event = PLENARY__V1__EVENT__INIT;
    take(fixture, &event, FACETS_EVERY);
    assert_int_equal(fixture->count, 4);
    assert_true(has(fixture, "all"));
    assert_true(has(fixture, "status=confirmed"));
    assert_true(has(fixture, "tlp=green"));
    assert_true(has(fixture, "audience=*"));
}

static void enumerators_that_are_unspecified_count_as_absent(void **state)
{
    Fixture *fixture = *state;
    Event event = PLENARY__V1__EVENT__INIT;
    Handling handling = PLENARY__V1__HANDLING__INIT;
    event.has_kind = event.has_status = event.has_format = handling.has_tlp = true;
    event.handling = &handling;
    take(fixture, &event, FACETS_EVERY);
    assert_int_equal(fixture->count, 4);
    assert_true(has(fixture, "status=confirmed"));
    assert_true(has(fixture, "tlp=green"));
}

static void codes_are_the_enums_names(void **state)
{
    Fixture *fixture = *state;
    Event event = PLENARY__V1__EVENT__INIT;
    Handling handling = PLENARY__V1__HANDLING__INIT;
    Venue venue = PLENARY__V1__VENUE__INIT;
    char unit[] = "Unit B";
    char unodc[] = "unodc";
    char *audience[] = {unit, unodc};
    event.has_kind = event.has_status = event.has_format = handling.has_tlp = true;
    event.kind = PLENARY__V1__EVENT__KIND__TRAINING;
    event.status = PLENARY__V1__EVENT__STATUS__POSTPONED;
    event.format = PLENARY__V1__EVENT__FORMAT__IN_PERSON;
    handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER_STRICT;
    handling.audience = audience;
    handling.n_audience = 2;
    event.handling = &handling;
    char country[] = "uz";
    char city[] = "ТАШКЕНТ ";
    venue.country = country;
    venue.city = city;
    event.venue = &venue;
    take(fixture, &event, FACETS_EVERY);
    EXPECT(fixture, FACET_KIND, "kind=training");
    EXPECT(fixture, FACET_STATUS, "status=postponed");
    EXPECT(fixture, FACET_FORMAT, "format=in_person");
    EXPECT(fixture, FACET_TLP, "tlp=amber_strict");
    EXPECT(fixture, FACET_AUDIENCE, "audience=Unit B audience=unodc");
    EXPECT(fixture, FACET_COUNTRY, "country=UZ");
    EXPECT(fixture, FACET_CITY, "city=tashkent");
}

/* --- organisations, people, references --- */

static void organisations_count_in_any_role_and_in_theirs(void **state)
{
    Fixture *fixture = *state;
    Event event = PLENARY__V1__EVENT__INIT;
    Involvement parts[5];
    Involvement *list[5];
    char unodc[] = "unodc";
    char name[] = "Агентство по контролю";
    char osce[] = "osce-pcu";
    for (size_t i = 0; i < 5; i++) {
        parts[i] = (Involvement)PLENARY__V1__INVOLVEMENT__INIT;
        list[i] = &parts[i];
    }
    parts[0].id = unodc;
    parts[0].has_role = true;
    parts[0].role = PLENARY__V1__INVOLVEMENT__ROLE__ORGANISER;
    parts[1] = parts[0];
    parts[1].role = PLENARY__V1__INVOLVEMENT__ROLE__SPONSOR;
    parts[2].name = name;
    parts[2].has_role = true;
    parts[2].role = PLENARY__V1__INVOLVEMENT__ROLE__OBSERVER;
    parts[3].id = osce; /* no role */
    parts[4].id = osce; /* a role that this version does not know */
    parts[4].has_role = true;
    parts[4].role = (Plenary__V1__Involvement__Role)77;
    event.organisations = list;
    event.n_organisations = 5;
    take(fixture, &event, FACETS_EVERY);
    EXPECT(fixture, FACET_ORG, "org=unodc org=agentstvo po kontrolyu org=osce-pcu");
    EXPECT(fixture, FACET_ORG_ORGANISER, "org.organiser=unodc");
    EXPECT(fixture, FACET_ORG_SPONSOR, "org.sponsor=unodc");
    EXPECT(fixture, FACET_ORG_OBSERVER, "org.observer=agentstvo po kontrolyu");
    EXPECT(fixture, FACET_ORG_HOST, "");
    assert_true(has(fixture, "word=unodc/n"));
    assert_true(has(fixture, "word=osce/n"));
    assert_true(has(fixture, "stem=kontrol/n"));
}

static void contacts_are_never_found(void **state)
{
    Fixture *fixture = *state;
    Event event = PLENARY__V1__EVENT__INIT;
    Participant person = PLENARY__V1__PARTICIPANT__INIT;
    Participant *list[] = {&person};
    char name[] = "Хабибулло Щербаков";
    char position[] = "Head of Unit";
    char organisation[] = "Ministry of Health";
    char email[] = "secretmail@hidden.example";
    char phone[] = "+998711234567";
    person.name = name;
    person.position = position;
    person.organisation = organisation;
    person.email = email;
    person.phone = phone;
    event.participants = list;
    event.n_participants = 1;
    take(fixture, &event, FACETS_EVERY);
    EXPECT(fixture, FACET_PERSON, "person=khabibullo shcherbakov");
    EXPECT(fixture, FACET_ORG, "");
    assert_true(has(fixture, "word=shcherbakov/n"));
    assert_true(has(fixture, "word=unit"));
    assert_true(has(fixture, "stem=ministri/n"));
    for (size_t i = 0; i < fixture->count; i++) {
        assert_null(strstr(fixture->keys[i].text, "secretmail"));
        assert_null(strstr(fixture->keys[i].text, "hidden"));
        assert_null(strstr(fixture->keys[i].text, "99871"));
    }
}

static void heads_of_delegation_are_kept_by_organisation(void **state)
{
    Fixture *fixture = *state;
    Event event = PLENARY__V1__EVENT__INIT;
    Participant head = PLENARY__V1__PARTICIPANT__INIT;
    Participant delegate = PLENARY__V1__PARTICIPANT__INIT;
    Participant *list[] = {&head, &delegate};
    char name[] = "Jane Doe";
    char organisation[] = "Таможня";
    char other[] = "unodc";
    head.name = delegate.name = name;
    head.organisation = organisation;
    delegate.organisation = other;
    head.has_role = delegate.has_role = true;
    head.role = PLENARY__V1__PARTICIPANT__ROLE__HEAD_OF_DELEGATION;
    delegate.role = PLENARY__V1__PARTICIPANT__ROLE__DELEGATE;
    event.participants = list;
    event.n_participants = 2;
    take(fixture, &event, FACETS_EVERY);
    EXPECT(fixture, FACET_HEAD, "head=tamozhnya");
    assert_int_equal(facet_info(FACET_HEAD)->use, FACET_INTERNAL);
}

static void references_are_kept_together(void **state)
{
    Fixture *fixture = *state;
    Event event = PLENARY__V1__EVENT__INIT;
    Outcome outcome = PLENARY__V1__OUTCOME__INIT;
    Outcome *outcomes[] = {&outcome};
    char a[] = "01900000-0000-7000-8000-00000000000a";
    char b[] = "01900000-0000-7000-8000-00000000000b";
    char c[] = "01900000-0000-7000-8000-00000000000c";
    char d[] = "01900000-0000-7000-8000-00000000000d";
    char *related[] = {c, a};
    event.part_of = a;
    event.follows = b;
    event.related = related;
    event.n_related = 2;
    outcome.closed_by = d;
    event.outcomes = outcomes;
    event.n_outcomes = 1;
    take(fixture, &event, FACETS_EVERY);
    EXPECT(fixture, FACET_PART_OF, "part_of=01900000-0000-7000-8000-00000000000a");
    assert_int_equal(count_of(fixture, FACET_REFERS), 4);
    assert_true(has(fixture, "refers=01900000-0000-7000-8000-00000000000d"));
}

/* --- time --- */

static void expect_months(Fixture *fixture, const char *start, const char *end, const char *zone,
                          const char *begins, const char *months)
{
    Event event = PLENARY__V1__EVENT__INIT;
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    char fields[3][32];
    schedule.start = strcpy(fields[0], start);
    schedule.end = end ? strcpy(fields[1], end) : NULL;
    schedule.time_zone = zone ? strcpy(fields[2], zone) : NULL;
    event.schedule = &schedule;
    take(fixture, &event, FACETS_EVERY);
    EXPECT(fixture, FACET_BEGINS, begins);
    EXPECT(fixture, FACET_MONTH, months);
    EXPECT(fixture, FACET_YEAR, "");
}

static void months_are_those_that_are_touched_locally(void **state)
{
    Fixture *fixture = *state;
    expect_months(fixture, "2022-03-03", "2022-03-04", "Asia/Tashkent", "begins=2022-03",
                  "month=2022-03");
    expect_months(fixture, "2022-03-31", NULL, "Asia/Tashkent", "begins=2022-03", "month=2022-03");
    expect_months(fixture, "2021-12-31", "2022-02-01", NULL, "begins=2021-12",
                  "month=2021-12 month=2022-01 month=2022-02");
    /* in UTC it would be March, and in the second case April */
    expect_months(fixture, "2022-04-01T00:30:00", "2022-04-01T02:00:00", "Asia/Tashkent",
                  "begins=2022-04", "month=2022-04");
    expect_months(fixture, "2022-03-31T20:00:00", "2022-03-31T23:00:00", "America/New_York",
                  "begins=2022-03", "month=2022-03");
    /* midnight belongs to neither day's end */
    expect_months(fixture, "2022-03-31T20:00:00", "2022-04-01T00:00:00", NULL, "begins=2022-03",
                  "month=2022-03");
    expect_months(fixture, "2022-04-01T00:00:00", NULL, NULL, "begins=2022-04", "month=2022-04");
    expect_months(fixture, "0001-01-01", NULL, NULL, "begins=0001-01", "month=0001-01");
    expect_months(fixture, "9999-12-31", NULL, "Europe/Berlin", "begins=9999-12", "month=9999-12");
}

static void an_event_over_ten_years_is_kept_by_year(void **state)
{
    Fixture *fixture = *state;
    Event event = PLENARY__V1__EVENT__INIT;
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    char start[] = "2010-05-01";
    char ten[] = "2020-04-30";
    char more[] = "2020-06-30";
    schedule.start = start;
    schedule.end = ten;
    event.schedule = &schedule;
    take(fixture, &event, FACETS_EVERY);
    assert_int_equal(count_of(fixture, FACET_MONTH), 120);
    assert_int_equal(count_of(fixture, FACET_YEAR), 0);
    schedule.end = more;
    take(fixture, &event, FACETS_EVERY);
    assert_int_equal(count_of(fixture, FACET_MONTH), 0);
    assert_int_equal(count_of(fixture, FACET_YEAR), 11);
    EXPECT(fixture, FACET_BEGINS, "begins=2010-05");
    assert_true(has(fixture, "year=2010"));
    assert_true(has(fixture, "year=2020"));
}

static void take_series(Fixture *fixture, const char *start, const char *end, const char *rule)
{
    Event event = PLENARY__V1__EVENT__INIT;
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    Plenary__V1__Recurrence recurrence = PLENARY__V1__RECURRENCE__INIT;
    schedule.start = (char *)(uintptr_t)start;
    schedule.end = (char *)(uintptr_t)end;
    recurrence.rrule = (char *)(uintptr_t)rule;
    event.schedule = &schedule;
    event.recurrence = &recurrence;
    take(fixture, &event, FACETS_EVERY);
    EXPECT(fixture, FACET_RECURRING, "recurring=true");
    EXPECT(fixture, FACET_YEAR, "");
}

static void a_recurring_event_has_the_months_of_its_instances(void **state)
{
    Fixture *fixture = *state;
    take_series(fixture, "2022-03-03T10:00:00", NULL, "FREQ=WEEKLY;COUNT=5");
    EXPECT(fixture, FACET_BEGINS, "begins=2022-03");
    EXPECT(fixture, FACET_MONTH, "month=2022-03");
    take_series(fixture, "2022-03-30", "2022-04-02", "FREQ=YEARLY;COUNT=2");
    EXPECT(fixture, FACET_MONTH, "month=2022-03 month=2022-04 month=2023-03 month=2023-04");
}

/* The month of the first one, ten years, and no more, however often it recurs. */
static void months_are_told_of_ten_years(void **state)
{
    Fixture *fixture = *state;
    take_series(fixture, "2022-03-03T10:00:00", NULL, "FREQ=WEEKLY");
    assert_int_equal(count_of(fixture, FACET_MONTH), 121);
    assert_true(has(fixture, "month=2032-03"));
    take_series(fixture, "2022-03-03T10:00:00", NULL, "FREQ=SECONDLY");
    assert_int_equal(count_of(fixture, FACET_MONTH), 121);
    take_series(fixture, "2022-03-03", "2042-03-03", "FREQ=YEARLY");
    assert_int_equal(count_of(fixture, FACET_MONTH), 121);
    take_series(fixture, "9999-12-31", NULL, "FREQ=DAILY");
    EXPECT(fixture, FACET_MONTH, "month=9999-12");
}

/* --- words --- */

static void every_text_of_a_record_is_found(void **state)
{
    Fixture *fixture = *state;
    Event event = PLENARY__V1__EVENT__INIT;
    Plenary__V1__Translation translation = PLENARY__V1__TRANSLATION__INIT;
    Plenary__V1__Translation *translations[] = {&translation};
    Venue venue = PLENARY__V1__VENUE__INIT;
    Plenary__V1__Online online = PLENARY__V1__ONLINE__INIT;
    Plenary__V1__AgendaItem item = PLENARY__V1__AGENDA_ITEM__INIT;
    Plenary__V1__AgendaItem *agenda[] = {&item};
    Plenary__V1__Document document = PLENARY__V1__DOCUMENT__INIT;
    Plenary__V1__Document *documents[] = {&document};
    Outcome outcome = PLENARY__V1__OUTCOME__INIT;
    Outcome *outcomes[] = {&outcome};
    Plenary__V1__Training training = PLENARY__V1__TRAINING__INIT;
    char w[15][8];
    for (size_t i = 0; i < 15; i++)
        (void)snprintf(w[i], sizeof w[i], "zw%zux", i);
    char *speakers[] = {w[9]};
    char *topics[] = {w[13]};
    char *tools[] = {w[14]};
    event.title = w[0];
    event.description = w[1];
    translation.title = w[2];
    translation.description = w[3];
    venue.name = w[4];
    venue.city = w[5];
    online.platform = w[6];
    event.category = w[7];
    item.title = w[8];
    item.speakers = speakers;
    item.n_speakers = 1;
    document.title = w[10];
    outcome.title = w[11];
    outcome.text = w[12];
    training.tools = tools;
    training.n_tools = 1;
    event.translations = translations;
    event.agenda = agenda;
    event.documents = documents;
    event.outcomes = outcomes;
    event.topics = topics;
    event.n_translations = event.n_agenda = event.n_documents = event.n_outcomes = 1;
    event.n_topics = 1;
    event.venue = &venue;
    event.online = &online;
    event.training = &training;
    take(fixture, &event, FACETS_EVERY);
    for (size_t i = 0; i < 15; i++) {
        char key[WORDS_FOLDED_MAX];
        bool in_title = i == 0 || i == 2;
        bool in_name = i == 4 || i == 5 || i == 13;
        (void)snprintf(key, sizeof key, "word=%s%s", w[i], in_title ? "/t" : in_name ? "/n" : "");
        if (!has(fixture, key)) print_error("%s is missing\n", key);
        assert_true(has(fixture, key));
    }
    assert_int_equal(count_of(fixture, FACET_WORD), 15);
    EXPECT(fixture, FACET_TOPIC, "topic=zw13x");
    EXPECT(fixture, FACET_CATEGORY, "category=zw7x");
}

static void a_word_has_one_key_of_the_best_place_where_it_stands(void **state)
{
    Fixture *fixture = *state;
    Event event = PLENARY__V1__EVENT__INIT;
    Venue venue = PLENARY__V1__VENUE__INIT;
    char title[] = "Border trainings";
    char city[] = "Border, Ташкент";
    char description[] = "Training of the border; Tashkent trained, a train";
    event.title = title;
    event.description = description;
    venue.city = city;
    event.venue = &venue;
    take(fixture, &event, FACETS_EVERY);
    EXPECT(fixture, FACET_WORD,
           "word=border/t word=trainings/t word=tashkent/n word=training word=of word=the "
           "word=trained word=a word=train");
    EXPECT(fixture, FACET_STEM, "stem=train/t");
}

static void words_are_given_in_their_second_way_too(void **state)
{
    Fixture *fixture = *state;
    Event event = PLENARY__V1__EVENT__INIT;
    Venue venue = PLENARY__V1__VENUE__INIT;
    char city[] = "Aşgabat";
    venue.city = city;
    event.venue = &venue;
    take(fixture, &event, FACETS_EVERY);
    EXPECT(fixture, FACET_CITY, "city=ashgabat city=asgabat");
    EXPECT(fixture, FACET_WORD, "word=ashgabat/n word=asgabat/n");
}

static void the_mask_chooses(void **state)
{
    Fixture *fixture = *state;
    Event event = PLENARY__V1__EVENT__INIT;
    char title[] = "Regional trainings";
    event.title = title;
    take(fixture, &event, FACET_BIT(FACET_STEM) | FACET_BIT(FACET_STATUS));
    assert_int_equal(fixture->count, 3);
    assert_true(has(fixture, "stem=region/t"));
    assert_true(has(fixture, "stem=train/t"));
    assert_true(has(fixture, "status=confirmed"));
    take(fixture, &event, 0);
    assert_int_equal(fixture->count, 0);
    take(fixture, &event, FACETS_EVERY);
    assert_true(has(fixture, "word=trainings/t"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_facet_is_found_by_its_name),
        cmocka_unit_test(an_empty_event_has_what_absence_means),
        cmocka_unit_test(enumerators_that_are_unspecified_count_as_absent),
        cmocka_unit_test(codes_are_the_enums_names),
        cmocka_unit_test(organisations_count_in_any_role_and_in_theirs),
        cmocka_unit_test(contacts_are_never_found),
        cmocka_unit_test(heads_of_delegation_are_kept_by_organisation),
        cmocka_unit_test(references_are_kept_together),
        cmocka_unit_test(months_are_those_that_are_touched_locally),
        cmocka_unit_test(an_event_over_ten_years_is_kept_by_year),
        cmocka_unit_test(a_recurring_event_has_the_months_of_its_instances),
        cmocka_unit_test(months_are_told_of_ten_years),
        cmocka_unit_test(every_text_of_a_record_is_found),
        cmocka_unit_test(a_word_has_one_key_of_the_best_place_where_it_stands),
        cmocka_unit_test(words_are_given_in_their_second_way_too),
        cmocka_unit_test(the_mask_chooses),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
