#include "tests/property/draft.h"

#include <stdio.h>
#include <string.h>

const char *const draft_words[DRAFT_WORDS] = {"alpha", "bravo",  "bravos", "kilo",
                                              "tango", "tangos", "victor", "zulu"};
const char *const draft_people[DRAFT_PEOPLE] = {"Jane Doe", "Omar Noor", "Eve Hill", "Lena Rossi"};
static const char *const topics[] = {"drug control", "border", "money laundering", "cyber"};
static const char *const countries[] = {"UZ", "KZ", "TJ", "KG"};
const char *const draft_organisation_ids[MODEL_ORGANISATIONS] = {"o0", "o1", "o2", "o3",
                                                                 "o4", "o5", "o6", "o7"};

#define COUNT(array)         (sizeof(array) / sizeof *(array))
#define PICK(harness, array) (char *)(uintptr_t)(array)[harness_below(harness, COUNT(array))]

/* --- events --- */

static char zone[] = "Asia/Tashkent";

static void draft_schedule(Harness *harness, Draft *draft)
{
    unsigned year = 2020 + harness_below(harness, 3);
    unsigned month = 1 + harness_below(harness, 12);
    unsigned day = 1 + harness_below(harness, 25);
    unsigned length = harness_below(harness, 4);
    unsigned years = harness_below(harness, 40) == 0 ? 11 + harness_below(harness, 3) : 0;
    unsigned months = harness_below(harness, 8) == 0 ? harness_below(harness, 13 - month) : 0;
    plenary__v1__schedule__init(&draft->schedule);
    if (harness_below(harness, 3) == 0) {
        unsigned hour = harness_below(harness, 12);
        (void)snprintf(draft->start, sizeof draft->start, "%04u-%02u-%02uT%02u:30:00", year, month,
                       day, hour);
        (void)snprintf(draft->end, sizeof draft->end, "%04u-%02u-%02uT%02u:30:00", year + years,
                       month + months, day, hour + length);
        if (harness_below(harness, 2)) draft->schedule.time_zone = zone;
    } else {
        (void)snprintf(draft->start, sizeof draft->start, "%04u-%02u-%02u", year, month, day);
        (void)snprintf(draft->end, sizeof draft->end, "%04u-%02u-%02u", year + years,
                       month + months, day + length);
    }
    draft->schedule.start = draft->start;
    draft->schedule.end = draft->end;
    draft->event.schedule = &draft->schedule;
}

/* A day of the same kind as the start, so many days after it. */
static void draft_moment(const Draft *draft, unsigned days, char text[static 24])
{
    (void)snprintf(text, 24, "%.8s%02u%s", draft->start, 1 + days % 28, draft->start + 10);
}

/* Rules that the start belongs to. */
static void draft_rule(Harness *harness, Draft *draft)
{
    static const char *const frequencies[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
    const char *frequency = PICK(harness, frequencies);
    bool is_date = strlen(draft->start) == strlen("2022-03-03");
    bool is_daily = frequency == frequencies[0];
    int length = snprintf(draft->rrule, sizeof draft->rrule, "FREQ=%s;INTERVAL=%u", frequency,
                          1 + harness_below(harness, 3));
    char *rest = draft->rrule + length;
    size_t size = sizeof draft->rrule - (size_t)length;
    if (is_date && harness_below(harness, 3) == 0)
        (void)snprintf(rest, size, ";UNTIL=%04u%02u%02u", 2022 + harness_below(harness, 4),
                       1 + harness_below(harness, 12), 1 + harness_below(harness, 28));
    else if (is_daily || harness_below(harness, 3))
        (void)snprintf(rest, size, ";COUNT=%u", 1 + harness_below(harness, 30));
    draft->recurrence.rrule = draft->rrule;
}

static void draft_recurrence(Harness *harness, Draft *draft)
{
    plenary__v1__recurrence__init(&draft->recurrence);
    draft->moment_pointers[0] = draft->moments[0];
    draft->moment_pointers[1] = draft->moments[1];
    draft_moment(draft, harness_below(harness, 28), draft->moments[0]);
    draft_moment(draft, harness_below(harness, 28), draft->moments[1]);
    if (harness_below(harness, 8)) draft_rule(harness, draft);
    draft->recurrence.rdate = &draft->moment_pointers[0];
    draft->recurrence.n_rdate = !draft->recurrence.rrule || harness_below(harness, 4) == 0;
    draft->recurrence.exdate = &draft->moment_pointers[1];
    draft->recurrence.n_exdate = harness_below(harness, 3) == 0;
    draft->event.recurrence = &draft->recurrence;
}

static void draft_organisations(Harness *harness, Draft *draft)
{
    bool taken[MODEL_ORGANISATIONS] = {false};
    for (size_t i = 0; i < harness_below(harness, 4) && i < 3; i++) {
        uint32_t which = harness_below(harness, MODEL_ORGANISATIONS);
        if (taken[which]) continue;
        taken[which] = true;
        Involvement *part = &draft->parts[draft->event.n_organisations];
        plenary__v1__involvement__init(part);
        part->id = (char *)(uintptr_t)draft_organisation_ids[which];
        part->has_role = 1;
        part->role = (Plenary__V1__Involvement__Role)(1 + harness_below(harness, 7));
        draft->part_pointers[draft->event.n_organisations++] = part;
    }
    draft->event.organisations = draft->part_pointers;
}

static void draft_participants(Harness *harness, Draft *draft)
{
    for (size_t i = 0; i < 2 && harness_below(harness, 2); i++) {
        plenary__v1__participant__init(&draft->people[i]);
        draft->people[i].name = PICK(harness, draft_people);
        draft->people_pointers[draft->event.n_participants++] = &draft->people[i];
    }
    draft->event.participants = draft->people_pointers;
}

void draft_event(Harness *harness, Draft *draft)
{
    Event *event = &draft->event;
    memset(draft, 0, sizeof *draft);
    plenary__v1__event__init(event);
    event->has_kind = 1;
    event->kind = (Plenary__V1__Event__Kind)(1 + harness_below(harness, 4));
    (void)snprintf(draft->title, sizeof draft->title, "%s %s %s", PICK(harness, draft_words),
                   PICK(harness, draft_words), PICK(harness, draft_words));
    event->title = draft->title;
    (void)snprintf(draft->description, sizeof draft->description, "%s %s",
                   PICK(harness, draft_words), PICK(harness, draft_words));
    if (harness_below(harness, 3) == 0) event->description = draft->description;
    event->has_format = harness_below(harness, 4) != 0;
    event->format = (Plenary__V1__Event__Format)(1 + harness_below(harness, 3));
    draft_schedule(harness, draft);
    if (harness_below(harness, 4) == 0) draft_recurrence(harness, draft);
    draft_organisations(harness, draft);
    if (harness_below(harness, 4)) {
        plenary__v1__venue__init(&draft->venue);
        draft->venue.country = PICK(harness, countries);
        event->venue = &draft->venue;
    }
    for (size_t i = 0; i < 2 && harness_below(harness, 2); i++)
        draft->topics[event->n_topics++] = PICK(harness, topics);
    event->topics = draft->topics;
    draft_participants(harness, draft);
}

/* --- questions --- */

static void draft_term(Harness *harness, Term *term, char **values)
{
    static const char *const kinds[] = {"meeting", "conference", "training", "webinar"};
    static const char *const formats[] = {"in_person", "online", "hybrid"};
    static const char *const statuses[] = {"confirmed", "cancelled", "held"};
    static const char *const facets[] = {"kind",        "format",   "status", "country", "org",
                                         "org.sponsor", "org.host", "topic",  "person"};
    plenary__v1__term__init(term);
    term->facet = PICK(harness, facets);
    term->values = values;
    term->n_values = 1 + harness_below(harness, 2);
    term->has_negated = 1;
    term->negated = harness_below(harness, 4) == 0;
    for (size_t i = 0; i < term->n_values; i++) {
        if (strcmp(term->facet, "kind") == 0)
            values[i] = PICK(harness, kinds);
        else if (strcmp(term->facet, "format") == 0)
            values[i] = PICK(harness, formats);
        else if (strcmp(term->facet, "status") == 0)
            values[i] = PICK(harness, statuses);
        else if (strcmp(term->facet, "country") == 0)
            values[i] = PICK(harness, countries);
        else if (strcmp(term->facet, "topic") == 0)
            values[i] = PICK(harness, topics);
        else if (strcmp(term->facet, "person") == 0)
            values[i] = PICK(harness, draft_people);
        else
            values[i] = PICK(harness, draft_organisation_ids);
    }
}

/* One part of a text: a word or the beginning of one, two words in quotation marks, or not that. */
static void draft_part(Harness *harness, char *text, size_t size, bool may_exclude)
{
    const char *without = may_exclude && harness_below(harness, 3) == 0 ? "-" : "";
    const char *word = PICK(harness, draft_words);
    switch (harness_below(harness, 4)) {
    case 0:
        (void)snprintf(text, size, "%s\"%s %s\" ", without, word, PICK(harness, draft_words));
        break;
    case 1:
        (void)snprintf(text, size, "%s%.*s* ", without, 1 + (int)harness_below(harness, 6), word);
        break;
    case 2: (void)snprintf(text, size, "%s\"%s\" ", without, word); break;
    default: (void)snprintf(text, size, "%s%s ", without, word); break;
    }
}

static void draft_text(Harness *harness, Asked *asked)
{
    size_t parts = 1 + harness_below(harness, 3);
    for (size_t i = 0; i < parts; i++) {
        size_t length = strlen(asked->text);
        draft_part(harness, asked->text + length, sizeof asked->text - length, i > 0);
    }
    asked->query.text = asked->text;
}

void draft_question(Harness *harness, Asked *asked)
{
    memset(asked, 0, sizeof *asked);
    plenary__v1__query__init(&asked->query);
    for (size_t i = 0; i < 3 && harness_below(harness, 2); i++) {
        draft_term(harness, &asked->terms[i], asked->values[i]);
        asked->term_pointers[asked->query.n_terms++] = &asked->terms[i];
    }
    asked->query.terms = asked->term_pointers;
    if (harness_below(harness, 2)) draft_text(harness, asked);
    unsigned year = 2020 + harness_below(harness, 14);
    if (harness_below(harness, 2)) {
        (void)snprintf(asked->from, sizeof asked->from, "%04u-%02u-%02u%s", year,
                       1 + harness_below(harness, 12), 1 + harness_below(harness, 28),
                       harness_below(harness, 4) ? "" : "T10:30:00");
        asked->query.from = asked->from;
    }
    if (harness_below(harness, 2)) {
        (void)snprintf(asked->to, sizeof asked->to, "%04u-%02u-%02u",
                       year + harness_below(harness, 2), 12, 1 + harness_below(harness, 28));
        asked->query.to = asked->to;
        /* What ends before it begins is refused before the registry sees it. */
        if (asked->query.from && strncmp(asked->to, asked->from, strlen(asked->to)) < 0)
            asked->query.from = NULL;
    }
    asked->query.has_order = 1;
    asked->query.order = (Plenary__V1__Query__Order)(1 + harness_below(harness, 4));
    asked->query.has_descending = 1;
    asked->query.descending = harness_below(harness, 2) != 0;
}

void draft_print(const Query *query)
{
    for (size_t i = 0; i < query->n_terms; i++) {
        (void)fprintf(stderr, "  %s%s:", query->terms[i]->negated ? "not " : "",
                      query->terms[i]->facet);
        for (size_t j = 0; j < query->terms[i]->n_values; j++)
            (void)fprintf(stderr, " %s", query->terms[i]->values[j]);
        (void)fputc('\n', stderr);
    }
    (void)fprintf(stderr, "  text %s, from %s, to %s, order %d%s\n",
                  query->text ? query->text : "-", query->from ? query->from : "-",
                  query->to ? query->to : "-", query->order,
                  query->descending ? " descending" : "");
}
