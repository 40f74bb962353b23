#include "proto/moment.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SECONDS_PER_DAY = 24 * 3600,
    DAYS_PER_ERA = 146097, /* 400 years */
    DAYS_TO_1970 = 719468, /* from 0000-03-01 */
    ZONE_NAME_MAX = 64,
    ZONE_PATH_SIZE = ZONE_NAME_MAX + 32,
    VERSION_SIZE = 32,
};

#define ZONEINFO "/usr/share/zoneinfo"

static const int64_t second_us = 1000000;
static const int64_t first_instant_s = INT64_C(-62135596800); /* 0001-01-01T00:00:00Z */
static const int64_t end_of_instants_s = INT64_C(253402300800);
static const int64_t era_s = (int64_t)DAYS_PER_ERA * SECONDS_PER_DAY;

/* From 2038 on clocks follow the rule at the end of a zone's data, and GLib 2.74 reads one such
 * rule amiss: Dublin's, whose winter is its daylight-saving time with offset 0. London keeps the
 * same clock. From 2800 on GLib follows no rule at all; but the calendar repeats every 400 years
 * to the day of the week, so that later instants are looked up in 2400 to 2799. */
static const int64_t rules_from_s = INT64_C(2145916800);     /* 2038-01-01T00:00:00Z */
static const int64_t no_rules_from_s = INT64_C(26192246400); /* 2800-01-01T00:00:00Z */
static const char *const amiss[] = {"Europe/Dublin", "Eire"};
static const char amiss_as[] = "Europe/London";

struct Zones {
    GHashTable *by_name; /* name -> GTimeZone, or NULL where there is no such zone */
    char version[VERSION_SIZE];
};

/* --- the calendar --- */

/* Days since 1970-01-01 of a proleptic Gregorian date, counted in eras of 400 years that begin in
 * March, so that the leap day comes last. */
int64_t moment_day(int32_t year, int32_t month, int32_t day)
{
    int64_t y = month <= 2 ? (int64_t)year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

static void date_of(int64_t days, Moment *moment)
{
    int64_t z = days + DAYS_TO_1970;
    int64_t era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int64_t day_of_era = z - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    moment->day = (int32_t)(day_of_year - (153 * month + 2) / 5 + 1);
    moment->month = (int32_t)(month < 10 ? month + 3 : month - 9);
    moment->year = (int32_t)(year_of_era + era * 400 + (moment->month <= 2 ? 1 : 0));
}

int32_t moment_days_in_month(int32_t year, int32_t month)
{
    static const int32_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* --- moments --- */

/* Reads `digits` digits; false: there is something else. */
static bool take_number(const char **text, int digits, int32_t *number)
{
    *number = 0;
    for (int i = 0; i < digits; i++) {
        char digit = (*text)[i];
        if (digit < '0' || digit > '9') return false;
        *number = *number * 10 + (digit - '0');
    }
    *text += digits;
    return true;
}

static bool take_char(const char **text, char wanted)
{
    if (**text != wanted) return false;
    (*text)++;
    return true;
}

static bool take_date(const char **text, Moment *moment)
{
    return take_number(text, 4, &moment->year) && take_char(text, '-') &&
           take_number(text, 2, &moment->month) && take_char(text, '-') &&
           take_number(text, 2, &moment->day) && moment->year >= MOMENT_YEAR_MIN &&
           moment->month >= 1 && moment->month <= 12 && moment->day >= 1 &&
           moment->day <= moment_days_in_month(moment->year, moment->month);
}

static bool take_time(const char **text, bool needs_seconds, Moment *moment)
{
    if (!take_number(text, 2, &moment->hour) || !take_char(text, ':') ||
        !take_number(text, 2, &moment->minute))
        return false;
    if (take_char(text, ':')) {
        if (!take_number(text, 2, &moment->second)) return false;
    } else if (needs_seconds) {
        return false;
    }
    return moment->hour <= 23 && moment->minute <= 59 && moment->second <= 59;
}

bool moment_parse(const char *text, Moment *moment)
{
    Moment parsed = {.is_date = true};
    if (!take_date(&text, &parsed)) return false;
    if (take_char(&text, 'T')) {
        parsed.is_date = false;
        if (!take_time(&text, false, &parsed)) return false;
    }
    if (*text) return false;
    *moment = parsed;
    return true;
}

/* `before`, then the number in so many digits. */
static char *put_number(char *out, char before, int64_t number, int digits)
{
    if (before) *out++ = before;
    for (int i = digits; i-- > 0; number /= 10)
        out[i] = (char)('0' + number % 10);
    return out + digits;
}

static char *put_moment(char *out, const Moment *moment)
{
    out = put_number(out, '\0', moment->year, 4);
    out = put_number(out, '-', moment->month, 2);
    out = put_number(out, '-', moment->day, 2);
    if (moment->is_date) return out;
    out = put_number(out, 'T', moment->hour, 2);
    out = put_number(out, ':', moment->minute, 2);
    return put_number(out, ':', moment->second, 2);
}

void moment_print(const Moment *moment, char text[static MOMENT_TEXT_SIZE])
{
    *put_moment(text, moment) = '\0';
}

int64_t moment_local_s(const Moment *moment)
{
    return moment_day(moment->year, moment->month, moment->day) * SECONDS_PER_DAY +
           moment->hour * 3600 + moment->minute * 60 + moment->second;
}

int64_t moment_month_begins_s(int32_t month)
{
    return moment_day(month / 12, month % 12 + 1, 1) * SECONDS_PER_DAY;
}

Moment moment_from_local_s(int64_t local_s, bool is_date)
{
    Moment moment = {.is_date = is_date};
    int64_t days = local_s / SECONDS_PER_DAY;
    int64_t rest = local_s % SECONDS_PER_DAY;
    if (rest < 0) {
        rest += SECONDS_PER_DAY;
        days--;
    }
    date_of(days, &moment);
    if (is_date) return moment;
    moment.hour = (int32_t)(rest / 3600);
    moment.minute = (int32_t)(rest / 60 % 60);
    moment.second = (int32_t)(rest % 60);
    return moment;
}

/* --- zones --- */

static void zone_free(gpointer zone)
{
    if (zone) g_time_zone_unref(zone);
}

/* "# version 2025b", the first line of the data that tzdata was made from. */
static void read_version(char version[static VERSION_SIZE])
{
    (void)snprintf(version, VERSION_SIZE, "unknown");
    FILE *file = fopen(ZONEINFO "/tzdata.zi", "re");
    if (!file) return;
    char line[VERSION_SIZE + 16];
    if (fgets(line, sizeof line, file)) (void)sscanf(line, "# version %31s", version);
    (void)fclose(file);
}

Zones *zones_new(void)
{
    Zones *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, zone_free);
    read_version(self->version);
    return self;
}

void zones_destroy(Zones **self)
{
    if (!self || !*self) return;
    g_hash_table_destroy((*self)->by_name);
    free(*self);
    *self = NULL;
}

const char *zones_tzdata_version(Zones *self)
{
    return self->version;
}

/* GLib would also take "+05:00" or a path: only parts as IANA's names have them, each beginning
 * with a letter ("posix/" and "right/" hold other readings of the same zones). */
static bool is_zone_name(const char *name)
{
    if (!g_ascii_isupper(name[0]) || strlen(name) > ZONE_NAME_MAX) return false;
    for (const char *at = name; *at; at++) {
        if (!g_ascii_isalnum(*at) && !strchr("/_+-", *at)) return false;
        if (*at == '/' && !g_ascii_isalpha(at[1])) return false;
    }
    return true;
}

static bool is_zone_file(const char *path)
{
    char magic[4];
    FILE *file = fopen(path, "re");
    if (!file) return false;
    bool is_zone = fread(magic, 1, sizeof magic, file) == sizeof magic &&
                   memcmp(magic, "TZif", sizeof magic) == 0;
    (void)fclose(file);
    return is_zone;
}

/* NULL: there is no such zone. Asked for by its path, GLib heeds no TZDIR. */
static GTimeZone *find_zone(Zones *self, const char *name)
{
    char path[ZONE_PATH_SIZE];
    GTimeZone *zone = g_hash_table_lookup(self->by_name, name);
    if (zone || !is_zone_name(name)) return zone;
    (void)snprintf(path, sizeof path, ZONEINFO "/%s", name);
    if (is_zone_file(path)) zone = g_time_zone_new_identifier(path);
    if (zone) g_hash_table_insert(self->by_name, g_strdup(name), zone);
    return zone;
}

bool zones_have(Zones *self, const char *name)
{
    return find_zone(self, name) != NULL;
}

static GTimeZone *zone_of_rules(Zones *self, const char *name)
{
    for (size_t i = 0; i < sizeof amiss / sizeof *amiss; i++)
        if (strcmp(amiss[i], name) == 0) return find_zone(self, amiss_as);
    return find_zone(self, name);
}

/* The zone's data that tell of an instant, and the interval in them. NULL: there is no such zone.
 */
static GTimeZone *interval_at(Zones *self, const char *name, int64_t utc_s, gint *interval)
{
    GTimeZone *zone = utc_s < rules_from_s ? find_zone(self, name) : zone_of_rules(self, name);
    if (!zone) return NULL;
    if (utc_s >= no_rules_from_s) utc_s -= ((utc_s - no_rules_from_s) / era_s + 1) * era_s;
    *interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, utc_s);
    return zone;
}

static int64_t offset_at(Zones *self, const char *name, int64_t utc_s)
{
    gint interval;
    GTimeZone *zone = interval_at(self, name, utc_s, &interval);
    return zone ? g_time_zone_get_offset(zone, interval) : 0;
}

ZonePeriod zones_period(Zones *self, const char *zone, int64_t utc_s)
{
    gint interval;
    GTimeZone *found = interval_at(self, zone, utc_s, &interval);
    if (!found) return (ZonePeriod){.abbreviation = ""};
    return (ZonePeriod){.offset_s = g_time_zone_get_offset(found, interval),
                        .is_daylight = g_time_zone_is_dst(found, interval),
                        .abbreviation = g_time_zone_get_abbreviation(found, interval)};
}

/* The first instant after `after_s` in another interval, both in the same data; `until_s` where
 * there is none before. */
static int64_t interval_end(Zones *self, const char *name, int64_t after_s, int64_t until_s)
{
    gint first = 0; /* and so they stay where there is no such zone */
    gint other = 0;
    (void)interval_at(self, name, after_s, &first);
    int64_t low_s = after_s;
    int64_t high_s = until_s;
    while (high_s - low_s > 1) {
        int64_t middle_s = low_s + (high_s - low_s) / 2;
        (void)interval_at(self, name, middle_s, &other);
        *(other == first ? &low_s : &high_s) = middle_s;
    }
    return high_s;
}

bool zones_next_change(Zones *self, const char *zone, int64_t after_s, int64_t until_s,
                       int64_t *change_s)
{
    until_s = MIN(until_s, no_rules_from_s - 1);
    int64_t before_s = offset_at(self, zone, after_s);
    while (after_s < until_s) {
        /* What is before 2038 and what is after may come from different data. */
        int64_t end_s = after_s < rules_from_s ? MIN(until_s, rules_from_s) : until_s;
        after_s = interval_end(self, zone, after_s, end_s);
        if (offset_at(self, zone, after_s) == before_s) continue;
        *change_s = after_s;
        return true;
    }
    return false;
}

/* Of the two instants that the offsets on either side would give, the earlier one that reads back
 * as `local_s` counts; in a gap neither does, and the offset before it counts. */
static int64_t utc_of_local(Zones *zones, int64_t local_s, const char *zone)
{
    if (!zone) return local_s;
    int64_t before_s = offset_at(zones, zone, local_s - SECONDS_PER_DAY);
    int64_t after_s = offset_at(zones, zone, local_s + SECONDS_PER_DAY);
    if (before_s == after_s || offset_at(zones, zone, local_s - before_s) == before_s)
        return local_s - before_s;
    bool in_gap = offset_at(zones, zone, local_s - after_s) != after_s;
    return local_s - (in_gap ? before_s : after_s);
}

int64_t moment_utc_s(Zones *zones, const Moment *moment, const char *zone)
{
    return utc_of_local(zones, moment_local_s(moment), zone);
}

int64_t moment_local_of_utc_s(Zones *zones, int64_t utc_s, const char *zone)
{
    return zone ? utc_s + offset_at(zones, zone, utc_s) : utc_s;
}

/* --- spans --- */

bool schedule_span(Zones *zones, const Schedule *schedule, Span *span)
{
    Moment start;
    Moment end;
    const char *zone = schedule->time_zone;
    if (!schedule->start || !moment_parse(schedule->start, &start)) return false;
    end = start;
    if (schedule->end && !moment_parse(schedule->end, &end)) return false;
    if (zone && !zones_have(zones, zone)) return false;

    int64_t start_s = moment_local_s(&start);
    int64_t end_s = moment_local_s(&end) + (end.is_date ? SECONDS_PER_DAY : 0);
    *span = (Span){
        .local_start_s = start_s,
        .local_end_s = end_s,
        .utc_start_s = utc_of_local(zones, start_s, zone),
        .utc_end_s = utc_of_local(zones, end_s, zone),
        .whole_days = start.is_date,
    };
    return true;
}

/* --- instants --- */

void instant_print(int64_t time_us, char text[static INSTANT_TEXT_SIZE])
{
    int64_t seconds = time_us / second_us;
    int64_t fraction = time_us % second_us;
    if (fraction < 0) {
        fraction += second_us;
        seconds--;
    }
    seconds = CLAMP(seconds, first_instant_s, end_of_instants_s - 1);
    Moment moment = moment_from_local_s(seconds, false);
    char *end = put_number(put_moment(text, &moment), '.', fraction, 6);
    memcpy(end, "Z", 2);
}

/* Digits after the point; those beyond microseconds are dropped. */
static bool take_fraction(const char **text, int64_t *fraction_us)
{
    int64_t unit = second_us / 10;
    *fraction_us = 0;
    if (!take_char(text, '.')) return true;
    if (!g_ascii_isdigit(**text)) return false;
    for (; g_ascii_isdigit(**text); (*text)++, unit /= 10)
        *fraction_us += unit * (**text - '0');
    return true;
}

static bool take_offset(const char **text, int64_t *offset_s)
{
    int32_t hours;
    int32_t minutes;
    *offset_s = 0;
    if (take_char(text, 'Z') || take_char(text, 'z')) return true;
    bool east = **text == '+';
    if (!take_char(text, '+') && !take_char(text, '-')) return false;
    if (!take_number(text, 2, &hours) || !take_char(text, ':') || !take_number(text, 2, &minutes) ||
        hours > 23 || minutes > 59)
        return false;
    *offset_s = (hours * 3600 + minutes * 60) * (east ? 1 : -1);
    return true;
}

bool instant_parse(const char *text, int64_t *time_us)
{
    Moment moment = {0};
    int64_t fraction_us;
    int64_t offset_s;
    if (!take_date(&text, &moment)) return false;
    if (!take_char(&text, 'T') && !take_char(&text, 't') && !take_char(&text, ' ')) return false;
    if (!take_time(&text, true, &moment) || !take_fraction(&text, &fraction_us) ||
        !take_offset(&text, &offset_s) || *text)
        return false;
    int64_t seconds = moment_local_s(&moment) - offset_s;
    if (seconds < first_instant_s || seconds >= end_of_instants_s) return false;
    *time_us = seconds * second_us + fraction_us;
    return true;
}
