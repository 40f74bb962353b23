/* Activity by month: columns for the latest ones, and a table of all years. */
#include "clients/report/html.h"
#include "clients/report/page.h"
#include "clients/report/page_parts.h"

enum {
    YEAR_MONTHS = 12,
    COLUMN_HEIGHT = 96, /* CSS pixels of the tallest one */
    RECENT_MONTHS = 12, /* what a narrow page shows of the columns */
    SHADES = 5,
};

static const char *const month_names[YEAR_MONTHS] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* The first and last month with an event. False: there is none. */
static bool find_ends(const Activity *activity, size_t *first, size_t *last)
{
    bool found = false;
    for (size_t i = 0; i < ACTIVITY_MONTHS; i++) {
        if (!activity->months[i].events) continue;
        if (!found) *first = i;
        *last = i;
        found = true;
    }
    return found;
}

/* The most events in one month, at least 1. */
static uint32_t most_in(const Activity *activity, size_t first, size_t last)
{
    uint32_t most = 1;
    for (size_t i = first; i <= last; i++)
        if (activity->months[i].events > most) most = activity->months[i].events;
    return most;
}

/* --- the columns --- */

static unsigned height_of(uint32_t count, uint32_t most)
{
    return (unsigned)((uint64_t)count * COLUMN_HEIGHT / most);
}

static void write_column(FILE *file, const Month *month, uint32_t most)
{
    unsigned all = height_of(month->events, most);
    unsigned off = height_of(month->called_off, most);
    if (month->events && !all) all = 1;
    (void)fputs("<span class=\"count\">", file);
    if (month->events) html_count(file, month->events);
    (void)fprintf(file, "</span><svg height=\"%u\"><rect width=\"100%%\" height=\"%u\"/>", all,
                  all);
    if (off) (void)fprintf(file, "<rect class=\"off\" width=\"100%%\" height=\"%u\"/>", off);
    (void)fputs("</svg>", file);
}

static void write_columns(FILE *file, const Activity *activity, size_t first, size_t last)
{
    uint32_t most = most_in(activity, first, last);
    (void)fputs("<div class=\"months\" role=\"img\" aria-label=\"Columns of events by month; the "
                "table below has every figure\">\n",
                file);
    for (size_t i = first; i <= last; i++) {
        int year;
        int month;
        activity_month(i, &year, &month);
        (void)fprintf(file, "<div%s>", last - i >= RECENT_MONTHS ? " class=\"older\"" : "");
        write_column(file, &activity->months[i], most);
        (void)fprintf(file, "<span>%s</span><span class=\"year\">", month_names[month - 1]);
        if (i == first || month == 1 || last - i == RECENT_MONTHS - 1)
            (void)fprintf(file, "%d", year);
        (void)fputs("</span></div>\n", file);
    }
    (void)fputs("</div>\n", file);
}

static bool has_called_off(const Activity *activity, size_t first, size_t last)
{
    for (size_t i = first; i <= last; i++)
        if (activity->months[i].called_off) return true;
    return false;
}

/* --- the table --- */

static uint32_t events_of_year(const Month *year)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < YEAR_MONTHS; i++)
        sum += year[i].events;
    return sum;
}

static void write_month_cell(FILE *file, uint32_t count, uint32_t most)
{
    if (!count) {
        (void)fputs("<td></td>", file);
        return;
    }
    unsigned shade = (unsigned)(1 + (uint64_t)(count - 1) * SHADES / most);
    (void)fprintf(file, "<td class=\"shade%u\">", shade);
    html_count(file, count);
    (void)fputs("</td>", file);
}

static void write_year(FILE *file, const Month *year, int name, uint32_t most)
{
    (void)fprintf(file, "<tr><th scope=\"row\">%d</th>", name);
    for (size_t i = 0; i < YEAR_MONTHS; i++)
        write_month_cell(file, year[i].events, most);
    (void)fputs("<td class=\"sum\">", file);
    html_count(file, events_of_year(year));
    (void)fputs("</td></tr>\n", file);
}

static void write_years(FILE *file, const Activity *activity, size_t first, size_t last)
{
    uint32_t most = most_in(activity, first, last);
    size_t shown = 0;
    size_t all = 0;
    page_table_begin(file, "years", "Events by the month of their start");
    (void)fputs("<thead><tr><th scope=\"col\">Year</th>", file);
    for (size_t i = 0; i < YEAR_MONTHS; i++)
        (void)fprintf(file, "<th scope=\"col\">%s</th>", month_names[i]);
    (void)fputs("<th scope=\"col\">All</th></tr></thead>\n<tbody>\n", file);
    for (size_t year = last / YEAR_MONTHS + 1; year-- > first / YEAR_MONTHS;) {
        const Month *months = &activity->months[year * YEAR_MONTHS];
        if (!events_of_year(months) || ++all > PAGE_YEARS_MAX) continue;
        write_year(file, months, (int)year + MOMENT_YEAR_MIN, most);
        shown++;
    }
    (void)fputs("</tbody>\n", file);
    page_table_end(file);
    page_bound(file, "years", shown, all);
}

static void write_chart(FILE *file, const Activity *activity, size_t first, size_t last)
{
    if (last - first >= PAGE_MONTHS_MAX) first = last - PAGE_MONTHS_MAX + 1;
    write_columns(file, activity, first, last);
    if (has_called_off(activity, first, last))
        (void)fputs("<p class=\"note\"><span class=\"key\"></span> of these cancelled or "
                    "postponed</p>\n",
                    file);
}

bool page_months(FILE *file, const Activity *activity)
{
    size_t first = 0;
    size_t last = 0;
    if (find_ends(activity, &first, &last)) {
        write_chart(file, activity, first, last);
        write_years(file, activity, first, last);
    } else {
        (void)fputs("<p class=\"none\">No event has a date.</p>\n", file);
    }
    if (activity->undated) {
        (void)fputs("<p class=\"note\">Without a date: ", file);
        html_count(file, activity->undated);
        (void)fputs(".</p>\n", file);
    }
    return true;
}
