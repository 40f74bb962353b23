#include "clients/report/page.h"

#include "clients/lib/wording.h"
#include "clients/report/html.h"
#include "clients/report/page_css.h"
#include "clients/report/page_parts.h"
#include "proto/json.h"

#include <glib.h>
#include <string.h>

/* --- what the parts share --- */

void page_words(FILE *file, const ProtobufCEnumDescriptor *descriptor, int value)
{
    char text[WORDING_SIZE];
    wording_enum(descriptor, value, text);
    text[0] = g_ascii_toupper(text[0]);
    html_text(file, text);
}

void page_bound(FILE *file, const char *what, size_t shown, size_t all)
{
    if (shown == all) return;
    (void)fputs("<p class=\"note\">Of ", file);
    html_count(file, all);
    (void)fprintf(file, " %s, the first ", what);
    html_count(file, shown);
    (void)fputs(" are listed.</p>\n", file);
}

static bool is_listed(const Activity *activity, uint32_t number)
{
    for (size_t i = 0; i < shortlist_count(activity->lines); i++)
        if (((const EventLine *)shortlist_item(activity->lines, i))->number == number) return true;
    return false;
}

void page_event_link(FILE *file, const Activity *activity, uint32_t number)
{
    if (is_listed(activity, number))
        (void)fprintf(file, "<a href=\"#event-%u\">No. %u</a>", number, number);
    else
        (void)fprintf(file, "No. %u", number);
}

void page_table_begin(FILE *file, const char *class, const char *caption)
{
    (void)fprintf(file,
                  "<div class=\"wide\" role=\"region\" aria-label=\"%s\" tabindex=\"0\">"
                  "<table class=\"%s\"><caption>%s</caption>\n",
                  caption, class, caption);
}

void page_table_end(FILE *file)
{
    (void)fputs("</table></div>\n", file);
}

/* --- the page --- */

typedef struct Section {
    const char *id;
    const char *title;
    page_part_fn *part;
} Section;

static const Section sections[] = {
    {"figures", "At a glance", page_figures},
    {"months", "Month by month", page_months},
    {"breakdown", "What and where", page_breakdown},
    {"organisations", "Organisations", page_organisations},
    {"outcomes", "Outcomes", page_outcomes},
    {"changes", "Changes of plan", page_changes},
    {"events", "Events", page_events},
};

/* FIRST's Traffic Light Protocol 2.0 asks for the label on each page of a document. */
static void write_label(FILE *file, const Activity *activity)
{
    static const char *const labels[] = {"",          "TLP:CLEAR",        "TLP:GREEN",
                                         "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"};
    static const char *const classes[] = {"", "clear", "green", "amber", "amber", "red"};
    if (activity->tlp <= 0 || (size_t)activity->tlp >= G_N_ELEMENTS(labels)) return;
    (void)fprintf(file, "<p class=\"tlp %s\">%s</p>\n", classes[activity->tlp],
                  labels[activity->tlp]);
}

static void write_head(FILE *file, const PageHead *head)
{
    (void)fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
                "<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>",
                file);
    html_text(file, head->title);
    (void)fputs("</title>\n<style>\n", file);
    (void)fwrite(page_css, 1, page_css_size, file);
    (void)fputs("</style>\n</head>\n<body>\n", file);
}

static void write_filters(FILE *file, const PageHead *head)
{
    if (head->filter_count == 0) {
        (void)fputs("<p class=\"filters\">All events that may be seen</p>\n", file);
        return;
    }
    (void)fputs("<p class=\"filters\">Events with", file);
    for (size_t i = 0; i < head->filter_count; i++) {
        (void)fputs(i ? " and <b>" : " <b>", file);
        html_title(file, head->filters[i], NULL);
        (void)fputs("</b>", file);
    }
    (void)fputs("</p>\n", file);
}

static void write_banner(FILE *file, const PageHead *head, const Activity *activity)
{
    (void)fputs("<header>\n", file);
    write_label(file, activity);
    (void)fputs("<h1>", file);
    html_title(file, head->title, NULL);
    (void)fputs("</h1>\n", file);
    write_filters(file, head);
    (void)fputs("</header>\n<nav aria-label=\"Sections\"><ul>\n", file);
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++)
        (void)fprintf(file, "<li><a href=\"#%s\">%s</a></li>\n", sections[i].id, sections[i].title);
    (void)fputs("</ul></nav>\n<main>\n", file);
}

/* "2022-03-05T10:00:00.123456Z" as "5 Mar 2022 10:00 UTC": on no machine's clock. */
static void write_instant(FILE *file, const char *instant)
{
    char moment[MOMENT_TEXT_SIZE];
    char text[WORDING_SIZE];
    (void)snprintf(moment, sizeof moment, "%.19s", instant);
    wording_moment(moment, text);
    html_text(file, text);
    (void)fputs(" UTC", file);
}

static void write_foot(FILE *file, const Activity *activity)
{
    (void)fputs("</main>\n<footer>\n", file);
    if (activity->updated[0]) {
        (void)fputs("<p>The latest change to these events: ", file);
        write_instant(file, activity->updated);
        (void)fputs(".</p>\n", file);
    }
    (void)fputs("<p>An event counts in the month of its start, a series once, in the month of its "
                "first date. Dates are those of the place. Kept up to date by Plenary.</p>\n",
                file);
    write_label(file, activity);
    (void)fputs("</footer>\n</body>\n</html>\n", file);
}

bool page_write(FILE *file, const PageHead *head, const Activity *activity)
{
    write_head(file, head);
    write_banner(file, head, activity);
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        const Section *section = &sections[i];
        (void)fprintf(file, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n", section->id,
                      section->id);
        (void)fprintf(file, "<h2 id=\"%s-title\">%s</h2>\n", section->id, section->title);
        if (!section->part(file, activity)) return false;
        (void)fputs("</section>\n", file);
    }
    write_foot(file, activity);
    return true;
}
