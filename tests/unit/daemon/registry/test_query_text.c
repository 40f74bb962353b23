/* What words, phrases, beginnings and exclusions find, in which order, and that it is heard. */
#include "daemon/registry/page.h"
#include "daemon/registry/phrase.h"
#include "daemon/registry/term_set.h"
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    FOUND_SIZE = 256,
    ARENA_BYTES = 16 * 1024 * 1024,
};

static void add(const Asker *asker, const char *title, const char *city, const char *description)
{
    Draft draft;
    Venue venue = PLENARY__V1__VENUE__INIT;
    ask_draft(&draft, title, NULL);
    venue.city = ask_text(city);
    if (city) draft.event.venue = &venue;
    draft.event.description = ask_text(description);
    const Reply *reply = ask_register(asker, &draft.event);
    if (reply->status) fail_msg("%s", reply->status->message);
}

/* Every event that a text finds must be heard by it, and no other. */
static void is_heard(const Asker *asker, const Query *query, const Plenary__V1__EventsReply *found)
{
    Problem problem;
    Resolved *resolved;
    Arena *arena = arena_new(ARENA_BYTES);
    const QueryContext context = {registry_state(harness_registry(asker->harness)), &asker->caller,
                                  arena};
    problem_clear(&problem);
    assert_int_equal(query_resolve(&context, query, &resolved, &problem), STATUS_OK);
    const Plenary__V1__EventsReply *all = ask_list(asker, NULL, NULL)->events;
    for (size_t i = 0; i < all->n_events; i++) {
        bool is_found = false;
        for (size_t j = 0; j < found->n_events; j++)
            is_found |= found->events[j]->number == all->events[i]->number;
        assert_int_equal(query_matches(&context, resolved, all->events[i]), is_found);
    }
    arena_destroy(&arena);
}

/* The numbers of what a text finds, the most relevant first. */
static const char *found(const Asker *asker, const char *text)
{
    static char numbers[FOUND_SIZE];
    Query query = PLENARY__V1__QUERY__INIT;
    size_t used = 0;
    query.text = ask_text(text);
    query.has_order = 1;
    query.order = PLENARY__V1__QUERY__ORDER__RELEVANCE;
    const Reply *reply = ask_list(asker, &query, NULL);
    numbers[0] = '\0';
    if (reply->status) {
        (void)snprintf(numbers, sizeof numbers, "! %s", reply->status->message);
        return numbers;
    }
    for (size_t i = 0; i < reply->events->n_events; i++)
        used += (size_t)snprintf(numbers + used, sizeof numbers - used, "%s%u", i ? " " : "",
                                 reply->events->events[i]->number);
    is_heard(asker, &query, reply->events);
    return numbers;
}

typedef struct Case {
    const char *text, *numbers;
} Case;

static void finds(const Asker *asker, const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *numbers = found(asker, cases[i].text);
        if (strcmp(numbers, cases[i].numbers) != 0)
            fail_msg("%s: %s, not %s", cases[i].text, numbers, cases[i].numbers);
    }
}

#define FINDS(asker, cases) finds(asker, cases, sizeof(cases) / sizeof *(cases))

static void case_marks_script_and_inflection_do_not_matter(void **state)
{
    const Asker *asker = *state;
    add(asker, "Встреча в Ташкенте", NULL, NULL);
    add(asker, "Yrysbek speaks", "Toshkent", NULL);
    add(asker, "Тренинги по анализу", NULL, NULL);
    add(asker, "Trainings", "Aşgabat", NULL);
    static const Case cases[] = {
        {"Ташкент", "1 2"}, {"TASHKENT", "1 2"}, {"Toshkent", "1 2"}, {"Ырысбек", "2"},
        {"Yrysbek", "2"},   {"тренинг", "3"},    {"тренингов", "3"},  {"training", "4"},
        {"ашгабат", "4"},   {"Ashkhabad", "4"},  {"АШХАБАД", "4"},
    };
    FINDS(asker, cases);
}

static void words_phrases_beginnings_and_exclusions(void **state)
{
    const Asker *asker = *state;
    add(asker, "Regional border control", NULL, NULL);
    add(asker, "Control of the border", NULL, NULL);
    add(asker, "Bordering", NULL, "Regional. Border. Control");
    add(asker, "Border", NULL, "control");
    static const Case cases[] = {
        {"\"border control\"", "1 3"},
        {"\"control of the border\"", "2"},
        {"\"regional control\"", ""},
        {"border -\"border control\"", "2 4"},
        {"control -regional", "2 4"},
        {"bord*", "1 2 3 4"},
        {"borderi*", "3"},
        {"\"bordering\"", "3"},
        {"border -\"bordering\"", "1 2 4"},
        {"control -reg* -\"of the\"", "4"},
        {"+ border –", "1 2 3 4"},
    };
    FINDS(asker, cases);
}

static void names_of_several_words_and_of_organisations_meet(void **state)
{
    const Asker *asker = *state;
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    Plenary__V1__PutOrganisation body = PLENARY__V1__PUT_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    char *aliases[] = {ask_text("АРИКЦ"), ask_text("Information Centre")};
    organisation.id = ask_text("caricc");
    organisation.name = ask_text("Central Asian Centre");
    organisation.aliases = aliases;
    organisation.n_aliases = 2;
    body.organisation = &organisation;
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_ORGANISATION;
    request.put_organisation = &body;
    assert_int_equal(ask_code(ask(asker, &request)), STATUS_OK);
    add(asker, "One", "Алма-Ата", NULL);
    add(asker, "Two", "Almaty", NULL);
    add(asker, "The АРИКЦ meets", NULL, NULL);
    add(asker, "Alma meets", NULL, NULL);
    Draft draft;
    Involvement part = PLENARY__V1__INVOLVEMENT__INIT;
    Involvement *parts[] = {&part};
    part.id = ask_text("caricc");
    ask_draft(&draft, "Five", NULL);
    draft.event.organisations = parts;
    draft.event.n_organisations = 1;
    assert_int_equal(ask_code(ask_register(asker, &draft.event)), STATUS_OK);
    static const Case cases[] = {
        {"Almaty", "2 1"},
        {"alma ata", "1 2"},
        {"Алма-Ата", "1 2"},
        {"meets -almaty", "3 4"},
        {"one -Алма-Ата", ""},
        {"АРИКЦ", "3 5"},
        {"information centre", "3 5"},
        {"caricc", "3 5"},
    };
    FINDS(asker, cases);
}

/* Titles before names before the rest; in each the word before its stem before a beginning. */
static void the_best_come_first(void **state)
{
    const Asker *asker = *state;
    add(asker, "A", NULL, "trainers");
    add(asker, "B", NULL, "trainings");
    add(asker, "C", NULL, "training");
    add(asker, "D", "Training", NULL);
    add(asker, "Trainers", NULL, NULL);
    add(asker, "Trainings", NULL, NULL);
    add(asker, "Training", NULL, NULL);
    add(asker, "Training", "Training", "training training");
    static const Case cases[] = {
        {"training", "7 8 6 4 3 2"},
        {"training trai*", "7 8 6 4 3 2"},
        {"\"training\"", "7 8 4 3"},
        {"trai*", "5 6 7 8 4 1 2 3"},
    };
    FINDS(asker, cases);
}

/* What is asked for in quotation marks is not in a title that has another form of it. */
static void another_form_in_a_title_weighs_nothing_for_an_exact_word(void **state)
{
    const Asker *asker = *state;
    add(asker, "Trainings", NULL, "train");
    add(asker, "A", "train", NULL);
    add(asker, "Train", NULL, "trainings");
    add(asker, "B", NULL, "trained");
    static const Case cases[] = {
        {"\"train\"", "3 2 1"},   {"\"trainings\"", "1 3"},    {"train", "1 3 2 4"},
        {"trainings", "1 3 2 4"}, {"trained -\"train\"", "4"},
    };
    FINDS(asker, cases);
}

static void pages_by_relevance_hold_every_event_once(void **state)
{
    const Asker *asker = *state;
    enum { COUNT = 300, LIMIT = 7 };
    static const char *const titles[] = {"tango", "tango kilo", "kilo", "zulu"};
    uint8_t token[64];
    bool seen[COUNT + 1] = {false};
    size_t taken = 0;
    for (int i = 0; i < COUNT; i++)
        add(asker, titles[i % 4], i % 3 ? NULL : "tango", "kilo tango");
    Query query = PLENARY__V1__QUERY__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    query.text = ask_text("tango kilo");
    query.has_order = query.has_descending = 1;
    query.order = PLENARY__V1__QUERY__ORDER__RELEVANCE;
    page.has_limit = 1;
    page.limit = LIMIT;
    do {
        const Plenary__V1__EventsReply *reply = ask_list(asker, &query, &page)->events;
        assert_int_equal(reply->total, COUNT);
        for (size_t i = 0; i < reply->n_events; i++, taken++) {
            assert_false(seen[reply->events[i]->number]);
            seen[reply->events[i]->number] = true;
        }
        page.has_token = reply->has_next_page;
        page.token = (ProtobufCBinaryData){reply->next_page.len, token};
        if (page.has_token) memcpy(token, reply->next_page.data, reply->next_page.len);
        add(asker, "Something else", NULL, NULL);
    } while (page.has_token);
    assert_int_equal(taken, COUNT);
}

static void odd_texts_are_refused(void **state)
{
    const Asker *asker = *state;
    add(asker, "One", NULL, NULL);
    static const Case cases[] = {
        {"\"", "! query.text: a quotation mark is not closed"},
        {"\"\"", "! query.text: there is no word in \"\""},
        {"one -\"…\"", "! query.text: there is no word in \"…\""},
        {"…", "! query.text: there is no word in \"…\""},
        {"-one", "! query.text: says only what is not wanted; add a word that is"},
        {"- -one", "! query.text: there is no word in \"- -one\""},
    };
    FINDS(asker, cases);
    char text[4 * (QUERY_WORDS_MAX + 1)] = "";
    for (int i = 0; i <= QUERY_WORDS_MAX; i++)
        strcat(text, "a,");
    assert_string_equal(found(asker, text), "! query.text: more than 64 words are asked for");
}

static void what_means_too_much_is_refused(void **state)
{
    const Asker *asker = *state;
    char text[16 * 64];
    for (int i = 0; i <= TERM_SET_BEGUN_MAX / 64; i++) {
        text[0] = '\0';
        for (int j = 0; j < 64; j++)
            (void)snprintf(text + strlen(text), 16, "kilo%dx%d ", i, j);
        add(asker, "Words", NULL, text);
    }
    assert_string_equal(found(asker, "words kilo*"),
                        "! query.text: more than 1024 words begin with \"kilo\"; write more of it, "
                        "or the whole word in quotation marks");
    assert_string_equal(found(asker, "kilo1x*"), "2");
    text[0] = '\0';
    for (int i = 0; i <= PHRASES_MAX; i++)
        strcat(text, "\"a b\" ");
    assert_string_equal(found(asker, text),
                        "! query.text: more than 8 phrases in quotation marks are asked for");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ask_begin, ask_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(case_marks_script_and_inflection_do_not_matter),
        TEST(words_phrases_beginnings_and_exclusions),
        TEST(names_of_several_words_and_of_organisations_meet),
        TEST(the_best_come_first),
        TEST(another_form_in_a_title_weighs_nothing_for_an_exact_word),
        TEST(pages_by_relevance_hold_every_event_once),
        TEST(odd_texts_are_refused),
        TEST(what_means_too_much_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
