/* The headline, and how events fall by kind, status, format and country. */
#include "clients/lib/countries.h"
#include "clients/report/html.h"
#include "clients/report/page.h"
#include "clients/report/page_parts.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* --- the headline --- */

static void write_card(FILE *file, const char *id, const char *name, uint64_t count)
{
    (void)fprintf(file, "<div><dt>%s</dt><dd id=\"%s\">", name, id);
    html_count(file, count);
    (void)fputs("</dd></div>\n", file);
}

static uint64_t all_outcomes(const Activity *activity)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < ACTIVITY_OUTCOME_KINDS; i++)
        sum += activity->outcomes[i];
    return sum;
}

static uint64_t all_countries(const Activity *activity)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(activity->countries); i++)
        sum += activity->countries[i] > 0;
    return sum;
}

bool page_figures(FILE *file, const Activity *activity)
{
    const uint32_t *statuses = activity->statuses;
    (void)fputs("<dl class=\"cards\">\n", file);
    write_card(file, "figure-events", "Events", activity->events);
    write_card(file, "figure-held", "Held", statuses[PLENARY__V1__EVENT__STATUS__HELD]);
    write_card(file, "figure-planned", "Planned",
               (uint64_t)statuses[PLENARY__V1__EVENT__STATUS__CONFIRMED] +
                   statuses[PLENARY__V1__EVENT__STATUS__TENTATIVE]);
    write_card(file, "figure-postponed", "Postponed",
               statuses[PLENARY__V1__EVENT__STATUS__POSTPONED]);
    write_card(file, "figure-cancelled", "Cancelled",
               statuses[PLENARY__V1__EVENT__STATUS__CANCELLED]);
    write_card(file, "figure-countries", "Countries", all_countries(activity));
    write_card(file, "figure-organisations", "Organisations", tally_count(activity->organisations));
    write_card(file, "figure-participants", "Participants",
               activity->participants + activity->headcount);
    write_card(file, "figure-outcomes", "Outcomes", all_outcomes(activity));
    write_card(file, "figure-actions", "Open actions",
               activity->actions[PLENARY__V1__OUTCOME__STATE__OPEN]);
    (void)fputs("</dl>\n", file);
    return true;
}

/* --- bars --- */

static void begin_bars(FILE *file, const char *caption, const char *column)
{
    (void)fprintf(file,
                  "<table class=\"bars\"><caption>%s</caption>\n<thead><tr>"
                  "<th scope=\"col\">%s</th><th scope=\"col\" class=\"number\">Events</th>"
                  "<td></td></tr></thead>\n<tbody>\n",
                  caption, column);
}

static void end_bars(FILE *file)
{
    (void)fputs("</tbody></table>\n", file);
}

static void write_bar(FILE *file, uint64_t count, uint64_t most)
{
    (void)fputs("</th><td class=\"number\">", file);
    html_count(file, count);
    (void)fputs("</td><td class=\"bar\"><svg aria-hidden=\"true\"><rect width=\"", file);
    html_share(file, count, most);
    (void)fputs("\" height=\"100%\"/></svg></td></tr>\n", file);
}

static void write_enum(FILE *file, const ProtobufCEnumDescriptor *descriptor, int value,
                       uint64_t count, uint64_t most)
{
    (void)fputs("<tr><th scope=\"row\">", file);
    if (value)
        page_words(file, descriptor, value);
    else
        (void)fputs("Not said", file);
    write_bar(file, count, most);
}

/* Enumerators in the order of the contract; what was not said only where it occurs. */
static void write_enums(FILE *file, const char *caption, const ProtobufCEnumDescriptor *descriptor,
                        const uint32_t *counts, size_t size)
{
    uint32_t most = 1;
    for (size_t i = 0; i < size; i++)
        if (counts[i] > most) most = counts[i];
    begin_bars(file, caption, caption + strlen("By "));
    for (size_t i = 1; i < size; i++)
        write_enum(file, descriptor, (int)i, counts[i], most);
    if (counts[0]) write_enum(file, descriptor, 0, counts[0], most);
    end_bars(file);
}

/* --- countries --- */

typedef struct CountryCount {
    char code[3];
    uint32_t events;
} CountryCount;

static int compare_countries(const void *a, const void *b)
{
    const CountryCount *left = a;
    const CountryCount *right = b;
    if (left->events != right->events) return left->events > right->events ? -1 : 1;
    return strcmp(left->code, right->code);
}

static size_t find_countries(const Activity *activity, CountryCount *found)
{
    size_t count = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(activity->countries); i++) {
        if (!activity->countries[i]) continue;
        CountryCount *country = &found[count++];
        country->events = activity->countries[i];
        country->code[0] = (char)('A' + i / ACTIVITY_LETTERS);
        country->code[1] = (char)('A' + i % ACTIVITY_LETTERS);
        country->code[2] = '\0';
    }
    qsort(found, count, sizeof *found, compare_countries);
    return count;
}

static void write_countries(FILE *file, const Activity *activity)
{
    CountryCount found[ACTIVITY_LETTERS * ACTIVITY_LETTERS];
    size_t count = find_countries(activity, found);
    uint32_t most = count ? found[0].events : 1;
    if (activity->nowhere > most) most = activity->nowhere;
    begin_bars(file, "By country of the venue", "Country");
    for (size_t i = 0; i < count; i++) {
        const char *name = country_name(found[i].code);
        (void)fprintf(file, "<tr><th scope=\"row\" data-code=\"%s\">", found[i].code);
        html_text(file, name ? name : found[i].code);
        write_bar(file, found[i].events, most);
    }
    if (activity->nowhere) {
        (void)fputs("<tr><th scope=\"row\">Online or not said", file);
        write_bar(file, activity->nowhere, most);
    }
    end_bars(file);
}

bool page_breakdown(FILE *file, const Activity *activity)
{
    (void)fputs("<div class=\"columns\">\n<div>\n", file);
    write_enums(file, "By kind", &plenary__v1__event__kind__descriptor, activity->kinds,
                ACTIVITY_KINDS);
    write_enums(file, "By status", &plenary__v1__event__status__descriptor, activity->statuses,
                ACTIVITY_STATUSES);
    write_enums(file, "By format", &plenary__v1__event__format__descriptor, activity->formats,
                ACTIVITY_FORMATS);
    (void)fputs("</div>\n<div>\n", file);
    write_countries(file, activity);
    (void)fputs("</div>\n</div>\n", file);
    return true;
}
