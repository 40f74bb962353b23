#include "tests/property/naive.h"

#include <stdio.h>
#include <string.h>

enum {
    DAY_S = 24 * 3600,
    RANGE_DAYS = 1300,
};

const char *const naive_facets[NAIVE_FACETS] = {
    "kind",         "status",      "format",        "country",
    "category",     "series",      "city",          "topic",
    "person",       "org",         "org.organiser", "org.co_organiser",
    "org.host",     "org.sponsor", "org.partner",   "org.participant",
    "org.observer", "part_of",     "tlp",           "audience",
};

/* The values of the facets that are words of the contract; the others are in the vocabulary. */
static const char *const kinds[] = {"meeting", "Conference", "training", "WEBINAR"};
static const char *const statuses[] = {"tentative", "confirmed", "postponed", "cancelled", "held"};
static const char *const formats[] = {"in_person", "online", "hybrid"};
static const char *const countries[] = {"UZ", "kz", "TJ", "KG", "tm"};
static const char *const tlps[] = {"clear", "green", "amber", "amber_strict", "red"};

static const char *value_of(NaiveFacet facet, int value, const char *number)
{
    switch (facet) {
    case NAIVE_KIND: return kinds[value];
    case NAIVE_STATUS: return statuses[value];
    case NAIVE_FORMAT: return formats[value];
    case NAIVE_COUNTRY: return countries[value];
    case NAIVE_CATEGORY: return categories[value].written;
    case NAIVE_SERIES: return series[value].written;
    case NAIVE_CITY: return cities[value].written;
    case NAIVE_TOPIC: return topics[value].written;
    case NAIVE_PERSON: return people[value].written;
    case NAIVE_PART_OF: return number;
    case NAIVE_TLP: return tlps[value];
    case NAIVE_AUDIENCE: return made_audiences[value];
    default: return made_organisations[value];
    }
}

/* How many values a facet has, in the order of NaiveFacet. */
static int count_of(NaiveFacet facet, uint32_t members)
{
    static const int counts[] = {4, 5, 3, 5, 4, 4, CITIES, 6, 5};
    if (facet < NAIVE_ORG) return counts[facet];
    if (facet == NAIVE_PART_OF) return (int)members;
    if (facet == NAIVE_TLP) return 5;
    return facet == NAIVE_AUDIENCE ? MADE_AUDIENCES : MADE_ORGANISATIONS + 1;
}

static void draft_term(Harness *harness, uint32_t members, Question *out)
{
    bool sees_all = out->caller->role == PLENARY__V1__PRINCIPAL__ROLE__ADMIN;
    int at = out->term_count++;
    NaiveTerm *term = &out->terms[at];
    Term *sent = &out->sent[at];
    term->facet = (NaiveFacet)harness_below(harness, sees_all ? NAIVE_FACETS : NAIVE_TLP);
    term->negated = harness_below(harness, 3) == 0;
    term->count = 1 + (int)harness_below(harness, NAIVE_VALUES);
    plenary__v1__term__init(sent);
    sent->facet = (char *)(uintptr_t)naive_facets[term->facet];
    sent->has_negated = term->negated;
    sent->negated = term->negated;
    sent->values = out->values[at];
    sent->n_values = (size_t)term->count;
    for (int i = 0; i < term->count; i++) {
        int first = term->facet == NAIVE_PART_OF ? 1 : 0;
        term->values[i] =
            first + (int)harness_below(harness, (uint32_t)count_of(term->facet, members));
        (void)snprintf(out->numbers[at][i], sizeof *out->numbers[at], "%d", term->values[i]);
        const char *value = value_of(term->facet, term->values[i], out->numbers[at][i]);
        bool zorvex = term->facet >= NAIVE_ORG && term->facet < NAIVE_PART_OF &&
                      term->values[i] == 0 && harness_below(harness, 2);
        if (zorvex) value = words[ORGANISATION_WORD + harness_below(harness, 3)].written;
        out->values[at][i] = (char *)(uintptr_t)value;
    }
    out->sent_pointers[out->query.n_terms++] = sent;
}

/* A word that is one word. */
static const Spelling *single(Harness *harness)
{
    const Spelling *word;
    do {
        word = &words[harness_below(harness, WORDS)];
    } while (word->is_two);
    return word;
}

static void write_part(const NaivePart *part, char *text)
{
    size_t length = strlen(text);
    text += length;
    length = NAIVE_TEXT_SIZE - length;
    const char *without = part->negated ? "-" : "";
    const char *first = part->words[0]->written;
    if (part->form == NAIVE_WORD)
        (void)snprintf(text, length, "%s%s ", without, first);
    else if (part->form == NAIVE_BEGINNING)
        (void)snprintf(text, length, "%s%s* ", without, part->beginning->written);
    else if (part->form == NAIVE_EXACT)
        (void)snprintf(text, length, "%s\"%s\" ", without, first);
    else
        (void)snprintf(text, length, "%s\"%s %s%s%s\" ", without, first, part->words[1]->written,
                       part->count > 2 ? " " : "", part->count > 2 ? part->words[2]->written : "");
}

/* The first part is not negated: a question must want something. */
static void draft_text(Harness *harness, Question *out)
{
    out->part_count = 1 + (int)harness_below(harness, NAIVE_PARTS);
    for (int i = 0; i < out->part_count; i++) {
        NaivePart *part = &out->parts[i];
        part->form = (NaiveForm)harness_below(harness, NAIVE_FORMS);
        part->negated = i > 0 && harness_below(harness, 2);
        part->count = part->form != NAIVE_PHRASE ? 1 : harness_below(harness, 4) ? 2 : 3;
        for (int j = 0; j < 3; j++)
            part->words[j] =
                part->form == NAIVE_WORD ? &words[harness_below(harness, WORDS)] : single(harness);
        part->beginning = &beginnings[harness_below(harness, BEGINNINGS)];
        write_part(part, out->text);
    }
    out->query.text = out->text;
}

static void draft_range(Harness *harness, Question *out)
{
    int64_t day = harness_below(harness, RANGE_DAYS);
    out->has_from = harness_below(harness, 2) == 0;
    out->has_to = harness_below(harness, 2) == 0;
    if (out->has_from) {
        bool is_date = harness_below(harness, 2) == 0;
        out->from_s = day * DAY_S;
        if (!is_date) out->from_s += (int64_t)harness_below(harness, 24 * 4) * 900;
        made_moment(out->from_s, is_date, out->from);
        out->query.from = out->from;
    }
    if (!out->has_to) return;
    day += harness_below(harness, harness_below(harness, 2) ? 3 : 200);
    out->to_is_date = harness_below(harness, 2) == 0;
    out->to_s = day * DAY_S;
    if (!out->to_is_date) out->to_s += DAY_S + (int64_t)harness_below(harness, 24 * 4) * 900;
    made_moment(out->to_s, out->to_is_date, out->to);
    if (out->to_is_date) out->to_s += DAY_S;
    out->query.to = out->to;
}

void naive_question(Harness *harness, const Caller *caller, uint32_t members, Question *out)
{
    memset(out, 0, sizeof *out);
    plenary__v1__query__init(&out->query);
    out->caller = caller;
    out->query.terms = out->sent_pointers;
    uint32_t shape = harness_below(harness, 8);
    uint32_t terms = shape < 3 ? 1 : shape < 5 ? 2 : shape < 6 ? NAIVE_TERMS : 0;
    for (uint32_t i = 0; i < terms; i++)
        draft_term(harness, members, out);
    if (harness_below(harness, 2) || !terms) draft_text(harness, out);
    if (harness_below(harness, 3) == 0) draft_range(harness, out);
    out->order = (Plenary__V1__Query__Order)(1 + harness_below(harness, 4));
    out->descending = harness_below(harness, 2);
    out->query.has_order = 1;
    out->query.order = out->order;
    out->query.has_descending = out->descending;
    out->query.descending = out->descending;
}
