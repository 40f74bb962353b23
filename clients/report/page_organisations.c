/* Organisations by the number of their events, and by their roles in them. */
#include "clients/report/html.h"
#include "clients/report/page.h"
#include "clients/report/page_parts.h"

#include <stdlib.h>
#include <string.h>

static const char *const role_names[TALLY_ROLES] = {"Not said",    "Organiser", "Co-organiser",
                                                    "Host",        "Sponsor",   "Partner",
                                                    "Participant", "Observer"};

/* A role that nobody has gets no column. */
static void find_roles(const TallyRow *const *rows, size_t count, bool roles[static TALLY_ROLES])
{
    for (size_t i = 0; i < count; i++)
        for (size_t role = 0; role < TALLY_ROLES; role++)
            roles[role] |= rows[i]->roles[role] > 0;
}

static void write_heads(FILE *file, const bool roles[static TALLY_ROLES])
{
    (void)fputs("<thead><tr><th scope=\"col\">Organisation</th>"
                "<th scope=\"col\" class=\"number\">Events</th>",
                file);
    for (size_t role = 0; role < TALLY_ROLES; role++)
        if (roles[role])
            (void)fprintf(file, "<th scope=\"col\" class=\"number\">%s</th>", role_names[role]);
    (void)fputs("</tr></thead>\n<tbody>\n", file);
}

static void write_name(FILE *file, const Directory *directory, const char *reference)
{
    char *acronym = strdup(directory_short(directory, reference));
    const char *name = directory_name(directory, reference);
    (void)fputs("<tr><th scope=\"row\">", file);
    html_title(file, name, NULL);
    if (acronym && strcmp(acronym, name) != 0) {
        (void)fputs(" <span class=\"acronym\">", file);
        html_title(file, acronym, NULL);
        (void)fputs("</span>", file);
    }
    const char *whole = directory_part_of(directory, reference);
    if (whole) {
        (void)fputs(" <small>part of ", file);
        html_title(file, whole, NULL);
        (void)fputs("</small>", file);
    }
    (void)fputs("</th>", file);
    free(acronym);
}

static void write_number(FILE *file, const char *label, uint32_t count)
{
    (void)fprintf(file, "<td class=\"number\" data-label=\"%s\">", label);
    if (count) html_count(file, count);
    (void)fputs("</td>", file);
}

static void write_table(FILE *file, const Activity *activity, const TallyRow *const *rows,
                        size_t count)
{
    bool roles[TALLY_ROLES] = {false};
    find_roles(rows, count, roles);
    page_table_begin(file, "organisations rows", "Events by organisation and its role");
    write_heads(file, roles);
    for (size_t i = 0; i < count; i++) {
        write_name(file, activity->directory, rows[i]->reference);
        write_number(file, "Events", rows[i]->events);
        for (size_t role = 0; role < TALLY_ROLES; role++)
            if (roles[role]) write_number(file, role_names[role], rows[i]->roles[role]);
        (void)fputs("</tr>\n", file);
    }
    (void)fputs("</tbody>\n", file);
    page_table_end(file);
}

bool page_organisations(FILE *file, const Activity *activity)
{
    size_t all = tally_count(activity->organisations);
    size_t shown = all < PAGE_ORGANISATIONS_MAX ? all : PAGE_ORGANISATIONS_MAX;
    if (!all) {
        (void)fputs("<p class=\"none\">No organisation is named.</p>\n", file);
        return true;
    }
    const TallyRow **rows = tally_rows(activity->organisations, activity->directory);
    if (!rows) return false;
    write_table(file, activity, rows, shown);
    free(rows);
    page_bound(file, "organisations", shown, all);
    (void)fputs("<p class=\"note\">An organisation's parts have lines of their own.</p>\n", file);
    if (tally_left_out(activity->organisations))
        (void)fputs("<p class=\"note\">There are more organisations than can be counted; those "
                    "named last are left out.</p>\n",
                    file);
    return true;
}
