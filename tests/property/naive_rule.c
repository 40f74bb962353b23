#include "tests/property/naive_rule.h"

#include <assert.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIST_MAX = 400,
    DAYS_OF_WEEK = 7,
    DAY_S = 24 * 3600,
    JULIAN_1970 = 719163, /* GLib counts days from 1 January of year 1 */
    YEAR_LAST = 9999,
};

typedef enum Freq { SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY } Freq;

typedef struct List {
    int numbers[LIST_MAX];
    int week_days[LIST_MAX]; /* of BYDAY: 0 is Monday; its numbers are 0 where there is none */
    int count;               /* 0: the rule does not have this part */
} List;

typedef struct Search {
    Freq freq;
    int interval, week_start;
    List second, minute, hour, day, month_day, year_day, week, month, position;
    int64_t count, until_s;
    NaiveStart start;
    int64_t start_s, start_period;
    int start_week_day;
    /* what is being tried */
    GDate date;
    bool day_fits;
    int64_t period;
    GArray *of_period;
    long tries;
    bool done;
    size_t most;
    NaiveAnswer *answer;
} Search;

/* --- the text --- */

static int find_name(const char *text, const char *const *names)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(text, names[i]) == 0) return i;
    assert(names == NULL); /* every name that rules have is known */
    return 0;
}

static int week_day_of(const char *name)
{
    static const char *const names[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU", NULL};
    return find_name(name, names);
}

static void read_list(List *list, const char *text, bool is_by_day)
{
    char **items = g_strsplit(text, ",", -1);
    for (int i = 0; items[i]; i++) {
        char *rest;
        assert(list->count < LIST_MAX);
        list->numbers[list->count] = (int)strtol(items[i], &rest, 10);
        if (is_by_day) list->week_days[list->count] = week_day_of(rest);
        list->count++;
    }
    g_strfreev(items);
}

static int64_t days_of_date(int year, int month, int day)
{
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return (int64_t)g_date_get_julian(&date) - JULIAN_1970;
}

/* YYYYMMDD, and perhaps THHMMSS; a date is all of its day. */
static int64_t read_until(const char *text)
{
    int date = atoi(text);
    const char *time = strchr(text, 'T');
    int64_t day_s = days_of_date(date / 10000, date / 100 % 100, date % 100) * DAY_S;
    if (!time) return day_s + DAY_S - 1;
    int clock = atoi(time + 1);
    return day_s + clock / 10000 * 3600L + clock / 100 % 100 * 60L + clock % 100;
}

static void read_part(Search *self, const char *name, const char *value)
{
    static const char *const freqs[] = {"SECONDLY", "MINUTELY", "HOURLY", "DAILY",
                                        "WEEKLY",   "MONTHLY",  "YEARLY", NULL};
    static const char *const names[] = {"FREQ",     "INTERVAL", "COUNT",      "UNTIL",
                                        "WKST",     "BYSECOND", "BYMINUTE",   "BYHOUR",
                                        "BYDAY",    "BYMONTH",  "BYMONTHDAY", "BYYEARDAY",
                                        "BYWEEKNO", "BYSETPOS", NULL};
    switch (find_name(name, names)) {
    case 0: self->freq = (Freq)find_name(value, freqs); return;
    case 1: self->interval = atoi(value); return;
    case 2: self->count = atoi(value); return;
    case 3: self->until_s = read_until(value); return;
    case 4: self->week_start = week_day_of(value); return;
    case 5: read_list(&self->second, value, false); return;
    case 6: read_list(&self->minute, value, false); return;
    case 7: read_list(&self->hour, value, false); return;
    case 8: read_list(&self->day, value, true); return;
    case 9: read_list(&self->month, value, false); return;
    case 10: read_list(&self->month_day, value, false); return;
    case 11: read_list(&self->year_day, value, false); return;
    case 12: read_list(&self->week, value, false); return;
    case 13: read_list(&self->position, value, false); return;
    }
}

static void read_rule(Search *self, const char *rule)
{
    self->interval = 1;
    self->until_s = INT64_MAX;
    char **parts = g_strsplit(rule, ";", -1);
    for (int i = 0; parts[i]; i++) {
        char *value = strchr(parts[i], '=');
        assert(value);
        *value = '\0';
        read_part(self, parts[i], value + 1);
    }
    g_strfreev(parts);
}

/* --- one day --- */

static bool has(const List *list, int number)
{
    for (int i = 0; i < list->count; i++)
        if (list->numbers[i] == number) return true;
    return false;
}

/* Is it the number, or the number from the end, of so many? */
static bool has_of(const List *list, int number, int of)
{
    return has(list, number) || has(list, number - of - 1);
}

static int week_day(const GDate *date)
{
    return (int)g_date_get_weekday(date) - 1;
}

static int days_of_year(const GDate *date)
{
    return g_date_is_leap_year(g_date_get_year(date)) ? 366 : 365;
}

static int days_of_month(const GDate *date)
{
    return g_date_get_days_in_month(g_date_get_month(date), g_date_get_year(date));
}

/* The fourth day of its week lies in the year that has at least four of the week's days. */
static GDate fourth_of_week(const Search *self, const GDate *date)
{
    GDate fourth = *date;
    int past = (week_day(date) - self->week_start + DAYS_OF_WEEK) % DAYS_OF_WEEK;
    g_date_subtract_days(&fourth, (guint)past);
    g_date_add_days(&fourth, 3);
    return fourth;
}

static bool fits_week(const Search *self, const GDate *date)
{
    GDate fourth = fourth_of_week(self, date);
    int day = (int)g_date_get_day_of_year(&fourth);
    int before = (day - 1) / DAYS_OF_WEEK;
    int after = (days_of_year(&fourth) - day) / DAYS_OF_WEEK;
    return has_of(&self->week, before + 1, before + 1 + after);
}

/* Counts the days of that name to either end of the month, or of the year. */
static bool is_nth(const Search *self, const GDate *date, int nth)
{
    bool in_month = self->freq == MONTHLY || self->month.count > 0;
    int day = in_month ? g_date_get_day(date) : (int)g_date_get_day_of_year(date);
    int last = in_month ? days_of_month(date) : days_of_year(date);
    int found = 0;
    if (nth > 0) {
        for (int at = day; at >= 1; at -= DAYS_OF_WEEK)
            found++;
    } else {
        for (int at = day; at <= last; at += DAYS_OF_WEEK)
            found--;
    }
    return found == nth;
}

static bool fits_by_day(const Search *self, const GDate *date)
{
    for (int i = 0; i < self->day.count; i++) {
        if (self->day.week_days[i] != week_day(date)) continue;
        if (self->day.numbers[i] == 0 || is_nth(self, date, self->day.numbers[i])) return true;
    }
    return false;
}

/* What the rule does not say is as at the start. */
static bool fits_start(const Search *self, const GDate *date)
{
    bool on_week_day = week_day(date) == self->start_week_day;
    bool on_month_day = g_date_get_day(date) == self->start.day;
    bool says_day = self->day.count || self->month_day.count || self->year_day.count;
    if (says_day || self->freq <= DAILY) return true;
    if (self->freq == WEEKLY || self->week.count) return on_week_day;
    if (self->freq == MONTHLY || self->month.count) return on_month_day;
    return on_month_day && (int)g_date_get_month(date) == self->start.month;
}

static bool fits_day(const Search *self, const GDate *date)
{
    if (self->month.count && !has(&self->month, (int)g_date_get_month(date))) return false;
    if (self->week.count && !fits_week(self, date)) return false;
    if (self->year_day.count &&
        !has_of(&self->year_day, (int)g_date_get_day_of_year(date), days_of_year(date)))
        return false;
    if (self->month_day.count &&
        !has_of(&self->month_day, g_date_get_day(date), days_of_month(date)))
        return false;
    if (self->day.count && !fits_by_day(self, date)) return false;
    return fits_start(self, date);
}

/* --- periods --- */

static int64_t period_of(const Search *self, const GDate *date, int64_t moment_s)
{
    static const int64_t lengths_s[] = {1, 60, 3600, DAY_S};
    if (self->freq <= DAILY)
        return (moment_s + JULIAN_1970 * (int64_t)DAY_S) / lengths_s[self->freq];
    if (self->freq == MONTHLY)
        return g_date_get_year(date) * INT64_C(12) + (int)g_date_get_month(date);
    GDate fourth = fourth_of_week(self, date);
    if (self->freq == WEEKLY) return g_date_get_julian(&fourth) / DAYS_OF_WEEK;
    return g_date_get_year(self->week.count ? &fourth : date);
}

static void give(Search *self, int64_t moment_s)
{
    NaiveAnswer *answer = self->answer;
    if (moment_s <= self->start_s || self->done) return;
    bool ends =
        moment_s > self->until_s || (self->count > 0 && answer->count == (size_t)self->count);
    if (ends) answer->seen_to_s = INT64_MAX;
    if (!ends && answer->count < self->most) answer->starts[answer->count++] = moment_s;
    self->done = ends || answer->count == self->most;
    if (!ends && self->done) answer->seen_to_s = moment_s + 1;
}

static void end_period(Search *self)
{
    int size = (int)self->of_period->len;
    bool counts = self->period >= self->start_period &&
                  (self->period - self->start_period) % self->interval == 0;
    for (int i = 0; counts && i < size; i++) {
        if (self->position.count && !has_of(&self->position, i + 1, size)) continue;
        give(self, g_array_index(self->of_period, int64_t, i));
    }
    (void)g_array_set_size(self->of_period, 0);
}

static void add(Search *self, int64_t moment_s)
{
    int64_t period = period_of(self, &self->date, moment_s);
    if (period != self->period) end_period(self);
    self->period = period;
    (void)g_array_append_val(self->of_period, moment_s);
}

/* --- every second --- */

static bool fits(const Search *self, const List *list, int number, int of_start, Freq own)
{
    if (list->count) return has(list, number);
    return self->freq <= own || number == of_start;
}

static void try_minute(Search *self, int64_t minute_s)
{
    for (int second = 0; second < 60 && !self->done; second++) {
        self->tries++;
        if (fits(self, &self->second, second, self->start.second, SECONDLY))
            add(self, minute_s + second);
    }
}

static void try_day(Search *self, int64_t day_s)
{
    for (int hour = 0; hour < 24 && !self->done; hour++) {
        self->tries++;
        if (!fits(self, &self->hour, hour, self->start.hour, HOURLY)) continue;
        for (int minute = 0; minute < 60 && !self->done; minute++) {
            self->tries++;
            if (fits(self, &self->minute, minute, self->start.minute, MINUTELY))
                try_minute(self, day_s + hour * 3600L + minute * 60L);
        }
    }
}

/* Before the year that the start's week belongs to. */
static void set_out(Search *self)
{
    NaiveStart *start = &self->start;
    g_date_clear(&self->date, 1);
    g_date_set_dmy(&self->date, (GDateDay)start->day, (GDateMonth)start->month,
                   (GDateYear)start->year);
    self->start_week_day = week_day(&self->date);
    int64_t day = (int64_t)g_date_get_julian(&self->date) - JULIAN_1970;
    self->start_s = day * DAY_S + start->hour * 3600L + start->minute * 60L + start->second;
    self->start_period =
        self->freq == YEARLY ? start->year : period_of(self, &self->date, self->start_s);
    self->period = self->start_period - 1;
    g_date_set_dmy(&self->date, 20, G_DATE_DECEMBER, (GDateYear)(start->year - 1));
    if (self->freq <= WEEKLY) {
        g_date_set_julian(&self->date,
                          (guint32)(day + JULIAN_1970 - (self->freq == WEEKLY ? 7 : 0)));
    }
}

void naive_rule(const char *rule, NaiveStart start, size_t most, long tries_max,
                NaiveAnswer *answer)
{
    assert(most <= sizeof answer->starts / sizeof *answer->starts);
    Search *self = g_new0(Search, 1);
    read_rule(self, rule);
    self->start = start;
    self->answer = answer;
    self->most = most;
    self->of_period = g_array_new(FALSE, FALSE, sizeof(int64_t));
    set_out(self);
    *answer = (NaiveAnswer){.starts = {self->start_s}, .count = 1};
    while (!self->done && self->tries < tries_max && g_date_get_year(&self->date) <= YEAR_LAST) {
        int64_t day_s = ((int64_t)g_date_get_julian(&self->date) - JULIAN_1970) * DAY_S;
        /* What is still gathered may lie as far back as the period that began it. */
        if (self->of_period->len == 0) answer->seen_to_s = day_s;
        self->tries++;
        if (fits_day(self, &self->date)) try_day(self, day_s);
        if (self->of_period->len && period_of(self, &self->date, day_s + DAY_S - 1) != self->period)
            end_period(self);
        g_date_add_days(&self->date, 1);
        if (!self->done && self->of_period->len &&
            period_of(self, &self->date, day_s + DAY_S) != self->period)
            end_period(self);
    }
    (void)g_array_free(self->of_period, TRUE);
    g_free(self);
}
