/* The table of events, and that of what did not go as planned. */
#include "clients/report/html.h"
#include "clients/report/page.h"
#include "clients/report/page_parts.h"

#include <string.h>

/* --- cells of both tables --- */

static void write_title(FILE *file, const EventLine *line)
{
    (void)fputs("<th scope=\"row\">", file);
    html_title(file, line->title, line->language);
    (void)fputs(" <small>", file);
}

static void write_mark(FILE *file, Plenary__V1__Event__Status status)
{
    static const char *const classes[ACTIVITY_STATUSES] = {
        [PLENARY__V1__EVENT__STATUS__TENTATIVE] = "open",
        [PLENARY__V1__EVENT__STATUS__CONFIRMED] = "open",
        [PLENARY__V1__EVENT__STATUS__POSTPONED] = "warned",
        [PLENARY__V1__EVENT__STATUS__CANCELLED] = "stopped",
        [PLENARY__V1__EVENT__STATUS__HELD] = "closed",
    };
    bool is_known = status > 0 && (int)status < ACTIVITY_STATUSES;
    (void)fprintf(file, "<span class=\"mark %s\">", is_known ? classes[status] : "open");
    page_words(file, &plenary__v1__event__status__descriptor, (int)status);
    (void)fputs("</span>", file);
}

static void write_when(FILE *file, const EventLine *line)
{
    if (line->when[0])
        html_text(file, line->when);
    else
        (void)fputs("No date yet", file);
    if (!line->zone) return;
    (void)fputs(" <small>", file);
    html_text(file, line->zone);
    (void)fputs("</small>", file);
}

/* --- changes of plan --- */

static void write_change(FILE *file, const Activity *activity, const EventLine *line)
{
    (void)fputs("<tr>", file);
    write_title(file, line);
    page_event_link(file, activity, line->number);
    (void)fputs("</small></th><td>", file);
    if (line->moved[0]) (void)fputs("<span class=\"mark warned\">Moved</span> ", file);
    if (line->status == PLENARY__V1__EVENT__STATUS__POSTPONED ||
        line->status == PLENARY__V1__EVENT__STATUS__CANCELLED)
        write_mark(file, line->status);
    (void)fputs("</td><td data-label=\"Was to start\">", file);
    html_text(file, line->moved);
    (void)fputs("</td><td data-label=\"Now\">", file);
    write_when(file, line);
    (void)fputs("</td><td data-label=\"Reason\">", file);
    if (line->reason) html_title(file, line->reason, line->language);
    (void)fputs("</td><td class=\"number\" data-label=\"Revisions\">", file);
    html_count(file, line->revisions);
    (void)fputs("</td></tr>\n", file);
}

static void write_share(FILE *file, const char *lead, uint64_t count, const char *what)
{
    (void)fputs(lead, file);
    html_count(file, count);
    (void)fputs(what, file);
}

static void write_sum_of_changes(FILE *file, const Activity *activity)
{
    const uint32_t *statuses = activity->statuses;
    write_share(file, "<p>", activity->moved, " moved, ");
    write_share(file, "", statuses[PLENARY__V1__EVENT__STATUS__POSTPONED], " postponed, ");
    write_share(file, "", statuses[PLENARY__V1__EVENT__STATUS__CANCELLED], " cancelled. ");
    write_share(file, "Events revised after they were registered: ", activity->revised, "");
    write_share(file, ", with ", activity->revisions, " revisions in all.</p>\n");
}

bool page_changes(FILE *file, const Activity *activity)
{
    size_t count = shortlist_count(activity->changes);
    write_sum_of_changes(file, activity);
    if (!count) return true;
    page_table_begin(file, "changes rows", "Moved, postponed or cancelled");
    (void)fputs("<thead><tr><th scope=\"col\">Event</th><th scope=\"col\">Change</th>"
                "<th scope=\"col\">Was to start</th><th scope=\"col\">Now</th>"
                "<th scope=\"col\">Reason</th>"
                "<th scope=\"col\" class=\"number\">Revisions</th></tr></thead>\n<tbody>\n",
                file);
    for (size_t i = 0; i < count; i++)
        write_change(file, activity, shortlist_item(activity->changes, i));
    (void)fputs("</tbody>\n", file);
    page_table_end(file);
    page_bound(file, "changes of plan", count, shortlist_seen(activity->changes));
    return true;
}

/* --- events --- */

static void write_about(FILE *file, const EventLine *line)
{
    (void)fprintf(file, "No. %u · ", line->number);
    page_words(file, &plenary__v1__event__kind__descriptor, (int)line->kind);
    if (line->category) {
        (void)fputs(", ", file);
        html_title(file, line->category, line->language);
    }
    if (line->format) {
        (void)fputs(" · ", file);
        page_words(file, &plenary__v1__event__format__descriptor, (int)line->format);
    }
    if (line->tlp > PLENARY__V1__HANDLING__TLP__GREEN) {
        (void)fputs(" · TLP: ", file);
        page_words(file, &plenary__v1__handling__tlp__descriptor, (int)line->tlp);
    }
    if (line->caveat) {
        (void)fputs(" · ", file);
        html_title(file, line->caveat, NULL);
    }
    if (!line->source && !html_may_link(line->source_uri)) return;
    (void)fputs(" · Source: ", file);
    html_link(file, line->source_uri, line->source ? line->source : line->source_uri);
}

static void write_place(FILE *file, const EventLine *line)
{
    if (line->city) html_title(file, line->city, NULL);
    if (line->city && line->country) (void)fputs(", ", file);
    if (line->country) html_text(file, line->country);
}

static void write_event(FILE *file, const EventLine *line)
{
    (void)fprintf(file, "<tr id=\"event-%u\"><td class=\"when\">", line->number);
    write_when(file, line);
    (void)fputs("</td>", file);
    write_title(file, line);
    write_about(file, line);
    (void)fputs("</small></th><td>", file);
    write_place(file, line);
    (void)fputs("</td><td data-label=\"By\">", file);
    if (line->organisers) html_title(file, line->organisers, NULL);
    (void)fputs("</td><td>", file);
    write_mark(file, line->status);
    (void)fputs("</td></tr>\n", file);
}

bool page_events(FILE *file, const Activity *activity)
{
    size_t count = shortlist_count(activity->lines);
    if (!count) {
        (void)fputs("<p class=\"none\">There are no events.</p>\n", file);
        return true;
    }
    page_bound(file, "events, the newest first", count, shortlist_seen(activity->lines));
    page_table_begin(file, "events rows", "Events, the newest first");
    (void)fputs("<thead><tr><th scope=\"col\">When</th><th scope=\"col\">Event</th>"
                "<th scope=\"col\">Where</th><th scope=\"col\">Organised or hosted by</th>"
                "<th scope=\"col\">Status</th></tr></thead>\n<tbody>\n",
                file);
    for (size_t i = 0; i < count; i++)
        write_event(file, shortlist_item(activity->lines, i));
    (void)fputs("</tbody>\n", file);
    page_table_end(file);
    return true;
}
