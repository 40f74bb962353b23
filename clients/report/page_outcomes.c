/* What came of the events: action items with state and due date, and all other outcomes. */
#include "clients/report/html.h"
#include "clients/report/page.h"
#include "clients/report/page_parts.h"

static void write_what(FILE *file, const OutcomeLine *line)
{
    (void)fputs("<th scope=\"row\">", file);
    if (line->title) html_title(file, line->title, line->language);
    if (line->text) {
        (void)fputs(line->title ? " <small>" : "<small>", file);
        html_title(file, line->text, line->language);
        (void)fputs("</small>", file);
    }
    (void)fputs("</th>", file);
}

static void write_event(FILE *file, const Activity *activity, const OutcomeLine *line)
{
    (void)fputs("<td data-label=\"Event\">", file);
    html_title(file, line->event_title, line->language);
    (void)fputs(" <small>", file);
    page_event_link(file, activity, line->event);
    (void)fputs("</small></td>", file);
}

/* The label stands before it where a narrow page has no heads of columns. */
static void write_cell(FILE *file, const char *label, const char *text)
{
    (void)fprintf(file, "<td data-label=\"%s\">", label);
    if (text && *text) html_title(file, text, NULL);
    (void)fputs("</td>", file);
}

/* --- action items --- */

static void write_state(FILE *file, Plenary__V1__Outcome__State state)
{
    (void)fprintf(file, "<td><span class=\"mark %s\">",
                  state == PLENARY__V1__OUTCOME__STATE__OPEN ? "open" : "closed");
    page_words(file, &plenary__v1__outcome__state__descriptor, (int)state);
    (void)fputs("</span></td>", file);
}

static void write_actions(FILE *file, const Activity *activity)
{
    size_t count = shortlist_count(activity->actions_list);
    if (!count) return;
    page_table_begin(file, "outcomes rows", "Action items");
    (void)fputs("<thead><tr><th scope=\"col\">State</th><th scope=\"col\">Due</th>"
                "<th scope=\"col\">Action</th><th scope=\"col\">Who</th>"
                "<th scope=\"col\">Event</th></tr></thead>\n<tbody>\n",
                file);
    for (size_t i = 0; i < count; i++) {
        const OutcomeLine *line = shortlist_item(activity->actions_list, i);
        (void)fputs("<tr>", file);
        write_state(file, line->state);
        write_cell(file, "Due", line->due);
        write_what(file, line);
        write_cell(file, "Who", line->organisations);
        write_event(file, activity, line);
        (void)fputs("</tr>\n", file);
    }
    (void)fputs("</tbody>\n", file);
    page_table_end(file);
    page_bound(file, "action items", count, shortlist_seen(activity->actions_list));
}

/* --- the others --- */

static void write_outcomes(FILE *file, const Activity *activity)
{
    size_t count = shortlist_count(activity->outcomes_list);
    if (!count) return;
    page_table_begin(file, "outcomes rows", "Declarations, agreements, decisions, recommendations");
    (void)fputs("<thead><tr><th scope=\"col\">Kind</th><th scope=\"col\">Date</th>"
                "<th scope=\"col\">Outcome</th><th scope=\"col\">Who</th>"
                "<th scope=\"col\">Event</th></tr></thead>\n<tbody>\n",
                file);
    for (size_t i = 0; i < count; i++) {
        const OutcomeLine *line = shortlist_item(activity->outcomes_list, i);
        (void)fputs("<tr><td>", file);
        page_words(file, &plenary__v1__outcome__kind__descriptor, (int)line->kind);
        (void)fputs("</td>", file);
        write_cell(file, "Date", line->date);
        write_what(file, line);
        write_cell(file, "Who", line->organisations);
        write_event(file, activity, line);
        (void)fputs("</tr>\n", file);
    }
    (void)fputs("</tbody>\n", file);
    page_table_end(file);
    page_bound(file, "outcomes rows", count, shortlist_seen(activity->outcomes_list));
}

/* "2 decisions, 1 declaration" */
static void write_sum(FILE *file, const Activity *activity)
{
    static const char *const names[ACTIVITY_OUTCOME_KINDS][2] = {
        {"of another kind", "of other kinds"}, {"declaration", "declarations"},
        {"agreement", "agreements"},           {"decision", "decisions"},
        {"recommendation", "recommendations"}, {"action item", "action items"},
    };
    const char *lead = "<p>";
    for (size_t i = 0; i < ACTIVITY_OUTCOME_KINDS; i++) {
        size_t kind = (i + 1) % ACTIVITY_OUTCOME_KINDS;
        if (!activity->outcomes[kind]) continue;
        (void)fputs(lead, file);
        html_count(file, activity->outcomes[kind]);
        (void)fprintf(file, " %s", names[kind][activity->outcomes[kind] != 1]);
        lead = ", ";
    }
    (void)fputs(".</p>\n", file);
}

bool page_outcomes(FILE *file, const Activity *activity)
{
    if (!shortlist_seen(activity->actions_list) && !shortlist_seen(activity->outcomes_list)) {
        (void)fputs("<p class=\"none\">No outcome is recorded.</p>\n", file);
        return true;
    }
    write_sum(file, activity);
    write_actions(file, activity);
    write_outcomes(file, activity);
    return true;
}
