#include "clients/lib/filters.h"

#include "proto/json.h"
#include "proto/validate.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DAY_S = 24 * 3600,
};

const Option filters_options[] = {
    {"from", 0, "DATE", 0, FILTERS_GROUP, "events that end on that day or later"},
    {"to", 0, "DATE", 0, FILTERS_GROUP, "events that start on that day or earlier"},
    {"on", 0, "DATE", 0, FILTERS_GROUP, "events on a day, in a month (2022-03) or year (2022)"},
    {"next", 0, "30d", 0, FILTERS_GROUP, "from today on for days, weeks (2w), months (3m), years"},
    {"kind", 0, "KIND", OPTION_NEGATABLE, FILTERS_GROUP,
     "meeting, conference, training or webinar"},
    {"category", 0, "TEXT", OPTION_NEGATABLE, FILTERS_GROUP, "category: \"bilateral meeting\""},
    {"format", 0, "FORMAT", OPTION_NEGATABLE, FILTERS_GROUP, "in_person, online or hybrid"},
    {"status", 0, "STATUS", OPTION_NEGATABLE, FILTERS_GROUP,
     "tentative, confirmed, postponed, cancelled or held"},
    {"country", 0, "CODE", OPTION_NEGATABLE, FILTERS_GROUP, "country of the venue, two letters"},
    {"city", 0, "CITY", OPTION_NEGATABLE, FILTERS_GROUP, "city of the venue, in any script"},
    {"org", 0, "NAME[:ROLE]", OPTION_NEGATABLE, FILTERS_GROUP,
     "an organisation or a part of it, in a role: unodc:sponsor"},
    {"person", 0, "NAME", OPTION_NEGATABLE, FILTERS_GROUP, "a participant"},
    {"topic", 0, "TOPIC", OPTION_NEGATABLE, FILTERS_GROUP, "a topic"},
    {"series", 0, "NAME", OPTION_NEGATABLE, FILTERS_GROUP, "a series"},
    {"part-of", 0, "ID", OPTION_NEGATABLE, FILTERS_GROUP, "parts of an event"},
    {"tlp", 0, "TLP", OPTION_NEGATABLE, FILTERS_GROUP,
     "clear, green, amber, amber_strict or red; asks for the right to see all"},
    {"audience", 0, "GROUP", OPTION_NEGATABLE, FILTERS_GROUP,
     "restricted to a group; asks for the right to see all"},
    {"text", 0, "WORDS", 0, FILTERS_GROUP,
     "words of the record, in any script: train*, \"exact words\", -without"},
    {"sort", 0, "ORDER", 0, FILTERS_SORT, "start, number, updated, or relevance to the text"},
    {"reverse", 0, NULL, 0, FILTERS_SORT, "the last one first"},
    {NULL, 0, NULL, 0, 0, NULL},
};

/* How an option's values become those of a facet. */
typedef struct FacetOption {
    const char *option;
    const char *facet;
    const ProtobufCEnumDescriptor *values; /* NULL: any text */
} FacetOption;

static const FacetOption facet_options[] = {
    {"kind", "kind", &plenary__v1__event__kind__descriptor},
    {"category", "category", NULL},
    {"format", "format", &plenary__v1__event__format__descriptor},
    {"status", "status", &plenary__v1__event__status__descriptor},
    {"country", "country", NULL},
    {"city", "city", NULL},
    {"org", "org", NULL},
    {"person", "person", NULL},
    {"topic", "topic", NULL},
    {"series", "series", NULL},
    {"part-of", "part_of", NULL},
    {"tlp", "tlp", &plenary__v1__handling__tlp__descriptor},
    {"audience", "audience", NULL},
};

typedef struct FiltersReader {
    const Moment *today;
    Arena *arena;
    Query *query;
    Problem *problem;
} FiltersReader;

static void out_of_memory(FiltersReader *reader)
{
    problem_set(reader->problem, STATUS_RESOURCE_EXHAUSTED, "there are too many filters");
}

bool filters_know_kind(const char *kind, char message[static PROBLEM_MESSAGE_SIZE])
{
    int value;
    if (json_enum_find(&plenary__v1__event__kind__descriptor, kind, &value)) return true;
    json_enum_explain(&plenary__v1__event__kind__descriptor, kind, message);
    return false;
}

/* --- dates --- */

/* The last day of a month, or of a year (month 12): the day before the next one's first. */
static Moment last_day(int32_t year, int32_t month)
{
    Moment next = {.year = month == 12 ? year + 1 : year,
                   .month = month == 12 ? 1 : month + 1,
                   .day = 1,
                   .is_date = true};
    return moment_from_local_s(moment_local_s(&next) - DAY_S, true);
}

static bool parse_month(const char *text, Moment *first, Moment *last)
{
    char whole[MOMENT_TEXT_SIZE];
    size_t length = strlen(text);
    if (length != strlen("2022-03") && length != strlen("2022")) return false;
    bool is_year = length == strlen("2022");
    (void)snprintf(whole, sizeof whole, "%s%s", text, is_year ? "-01-01" : "-01");
    Moment start;
    if (!moment_parse(whole, &start)) return false;
    *first = start;
    *last = last_day(start.year, is_year ? 12 : start.month);
    return true;
}

bool filters_days(const char *text, const Moment *today, Moment *first, Moment *last)
{
    static const struct {
        const char *name;
        int days;
    } names[] = {{"today", 0}, {"tomorrow", 1}, {"yesterday", -1}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i].name) != 0) continue;
        int64_t local_s = moment_local_s(today) + (int64_t)names[i].days * DAY_S;
        *first = *last = moment_from_local_s(local_s, true);
        return true;
    }
    if (parse_month(text, first, last)) return true;
    if (!moment_parse(text, first)) return false;
    *last = *first;
    return true;
}

static char *moment_text(FiltersReader *reader, const Moment *moment)
{
    char text[MOMENT_TEXT_SIZE];
    moment_print(moment, text);
    char *copy = arena_strdup(reader->arena, text);
    if (!copy) out_of_memory(reader);
    return copy;
}

static void read_days(FiltersReader *reader, const Given *given, char **from, char **to)
{
    Moment first;
    Moment last;
    if (!filters_days(given->value, reader->today, &first, &last)) {
        char field[OPTIONS_NAME_SIZE];
        (void)snprintf(field, sizeof field, "--%s", given->option->name);
        problem_violation(reader->problem, field,
                          "\"%s\" is not a date like 2022-03-03, 2022-03 or 2022", given->value);
        return;
    }
    if (from) *from = moment_text(reader, &first);
    if (to) *to = moment_text(reader, &last);
}

static int32_t days_of_month(int32_t year, int32_t month)
{
    return last_day(year, month).day;
}

static Moment add_months(const Moment *day, long months)
{
    Moment sum = *day;
    long all = (long)day->year * 12 + day->month - 1 + months;
    sum.year = (int32_t)(all / 12);
    sum.month = (int32_t)(all % 12) + 1;
    int32_t most = days_of_month(sum.year, sum.month);
    if (sum.day > most) sum.day = most;
    return sum;
}

/* "30d", "2w", "3m", "1y", "10": that far from today. */
static bool span_end(const char *text, const Moment *today, Moment *end)
{
    char *unit;
    long count = strtol(text, &unit, 10);
    if (unit == text || count < 0 || count > FILTERS_SPAN_DAYS_MAX) return false;
    if (unit[0] && unit[1]) return false;
    long days = *unit == 'w' ? count * 7 : count;
    long months = *unit == 'y' ? count * 12 : count;
    if (days > FILTERS_SPAN_DAYS_MAX) return false;
    switch (*unit) {
    case '\0':
    case 'd':
    case 'w':
        *end = moment_from_local_s(moment_local_s(today) + (int64_t)days * DAY_S, true);
        return true;
    case 'm':
    case 'y':
        if (months > FILTERS_SPAN_DAYS_MAX / 28) return false;
        *end = add_months(today, months);
        return true;
    default: return false;
    }
}

static void read_next(FiltersReader *reader, const Given *given)
{
    Moment end;
    if (!span_end(given->value, reader->today, &end)) {
        problem_violation(reader->problem, "--next", "\"%s\" is not a stretch like 30d, 2w, 3m, 1y",
                          given->value);
        return;
    }
    reader->query->from = moment_text(reader, reader->today);
    reader->query->to = moment_text(reader, &end);
}

/* --- facets --- */

static Term *find_term(FiltersReader *reader, const char *facet, bool negated)
{
    Query *query = reader->query;
    for (size_t i = 0; i < query->n_terms; i++)
        if (strcmp(query->terms[i]->facet, facet) == 0 && query->terms[i]->negated == negated)
            return query->terms[i];
    if (query->n_terms == VALIDATE_TERMS_MAX) return NULL;
    Term *term = arena_alloc(reader->arena, sizeof *term);
    if (!term) return NULL;
    plenary__v1__term__init(term);
    term->facet = arena_strdup(reader->arena, facet);
    term->values = arena_array(reader->arena, VALIDATE_TERM_VALUES_MAX, sizeof *term->values);
    term->has_negated = term->negated = negated;
    if (!term->facet || !term->values) return NULL;
    return query->terms[query->n_terms++] = term;
}

static bool is_refused(const Problem *problem, const char *field)
{
    for (size_t i = 0; i < problem->violation_count; i++)
        if (strcmp(problem->violations[i].field, field) == 0) return true;
    return false;
}

static void add_value(FiltersReader *reader, const char *facet, bool negated, const char *value)
{
    Term *term = find_term(reader, facet, negated);
    char *copy = arena_strdup(reader->arena, value);
    if (term && term->n_values == VALIDATE_TERM_VALUES_MAX) {
        char field[OPTIONS_NAME_SIZE];
        (void)snprintf(field, sizeof field, "--%s%s", negated ? "not-" : "", facet);
        if (!is_refused(reader->problem, field))
            problem_violation(reader->problem, field, "more than %d values",
                              VALIDATE_TERM_VALUES_MAX);
        return;
    }
    if (!term || !copy) {
        out_of_memory(reader);
        return;
    }
    term->values[term->n_values++] = copy;
}

static void refuse(FiltersReader *reader, const Given *given, const char *message)
{
    char field[OPTIONS_NAME_SIZE];
    (void)snprintf(field, sizeof field, "--%s%s", option_prefix(given->manner),
                   given->option->name);
    problem_violation(reader->problem, field, "%s", message);
}

/* "unodc:sponsor": what follows the last colon is a role where it is one word. */
static void read_organisation(FiltersReader *reader, const Given *given)
{
    const ProtobufCEnumDescriptor *roles = &plenary__v1__involvement__role__descriptor;
    bool negated = given->manner == OPTION_NOT;
    const char *colon = strrchr(given->value, ':');
    char message[PROBLEM_MESSAGE_SIZE];
    char facet[OPTIONS_NAME_SIZE];
    int role;
    if (!colon || strchr(colon, ' ')) {
        add_value(reader, "org", negated, given->value);
        return;
    }
    if (!json_enum_find(roles, colon + 1, &role)) {
        json_enum_explain(roles, colon + 1, message);
        refuse(reader, given, message);
        return;
    }
    (void)snprintf(facet, sizeof facet, "org.%s", colon + 1);
    char *name = arena_strndup(reader->arena, given->value, (size_t)(colon - given->value));
    if (name)
        add_value(reader, facet, negated, name);
    else
        out_of_memory(reader);
}

static void read_country(FiltersReader *reader, const Given *given)
{
    char message[PROBLEM_MESSAGE_SIZE];
    char *code = g_ascii_strup(given->value, -1);
    if (validate_is_country(code)) {
        add_value(reader, "country", given->manner == OPTION_NOT, code);
    } else {
        (void)snprintf(message, sizeof message,
                       "\"%s\" is no country code (ISO 3166-1, two letters)", given->value);
        refuse(reader, given, message);
    }
    g_free(code);
}

static void read_facet(FiltersReader *reader, const FacetOption *facet, const Given *given)
{
    char message[PROBLEM_MESSAGE_SIZE];
    int value;
    if (strcmp(facet->option, "org") == 0) {
        read_organisation(reader, given);
    } else if (strcmp(facet->option, "country") == 0) {
        read_country(reader, given);
    } else if (facet->values && !json_enum_find(facet->values, given->value, &value)) {
        json_enum_explain(facet->values, given->value, message);
        refuse(reader, given, message);
    } else if (!*given->value) {
        refuse(reader, given, "is empty");
    } else {
        add_value(reader, facet->facet, given->manner == OPTION_NOT, given->value);
    }
}

/* --- the rest --- */

static void read_order(FiltersReader *reader, const Given *given)
{
    const ProtobufCEnumDescriptor *orders = &plenary__v1__query__order__descriptor;
    char message[PROBLEM_MESSAGE_SIZE];
    int order;
    if (json_enum_find(orders, given->value, &order)) {
        reader->query->has_order = 1;
        reader->query->order = (Plenary__V1__Query__Order)order;
        return;
    }
    json_enum_explain(orders, given->value, message);
    refuse(reader, given, message);
}

static const FacetOption *find_facet_option(const char *name)
{
    for (size_t i = 0; i < sizeof facet_options / sizeof *facet_options; i++)
        if (strcmp(facet_options[i].option, name) == 0) return &facet_options[i];
    return NULL;
}

static void read_given(FiltersReader *reader, const Given *given)
{
    const char *name = given->option->name;
    const FacetOption *facet = find_facet_option(name);
    Query *query = reader->query;
    if (facet) {
        read_facet(reader, facet, given);
    } else if (strcmp(name, "from") == 0) {
        read_days(reader, given, &query->from, NULL);
    } else if (strcmp(name, "to") == 0) {
        read_days(reader, given, NULL, &query->to);
    } else if (strcmp(name, "on") == 0) {
        read_days(reader, given, &query->from, &query->to);
    } else if (strcmp(name, "next") == 0) {
        read_next(reader, given);
    } else if (strcmp(name, "text") == 0) {
        query->text = arena_strdup(reader->arena, given->value);
    } else if (strcmp(name, "sort") == 0) {
        read_order(reader, given);
    } else if (strcmp(name, "reverse") == 0) {
        query->has_descending = query->descending = 1;
    }
}

StatusCode filters_read(const Arguments *arguments, const Moment *today, Arena *arena,
                        Query **query, Problem *problem)
{
    FiltersReader reader = {.today = today, .arena = arena, .problem = problem};
    reader.query = arena_alloc(arena, sizeof *reader.query);
    if (reader.query) {
        plenary__v1__query__init(reader.query);
        reader.query->terms = arena_array(arena, VALIDATE_TERMS_MAX, sizeof *reader.query->terms);
    }
    if (!reader.query || !reader.query->terms)
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");

    for (size_t i = 0; i < arguments->given_count; i++)
        if (arguments->given[i].option->groups & FILTERS_GROUPS)
            read_given(&reader, &arguments->given[i]);
    if (problem->code == STATUS_OK) *query = reader.query;
    return problem->code;
}
