/* A recurrence as people say it: the part of wording that knows RFC 5545 section 3.3.10. */
#include "clients/lib/wording.h"

#include "proto/moment.h"

#include <glib.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    VALUE_SIZE = 64,
};

/* What a rule says, as far as there are words for it. */
typedef struct RuleWords {
    char frequency[VALUE_SIZE];
    char days[VALUE_SIZE]; /* "MO,WE" */
    char until[VALUE_SIZE];
    long interval;
    long count;
    bool has_more; /* parts for which there are no words */
} RuleWords;

static void take_part(RuleWords *rule, const char *name, const char *value)
{
    if (g_ascii_strcasecmp(name, "FREQ") == 0)
        (void)snprintf(rule->frequency, VALUE_SIZE, "%s", value);
    else if (g_ascii_strcasecmp(name, "BYDAY") == 0)
        (void)snprintf(rule->days, VALUE_SIZE, "%s", value);
    else if (g_ascii_strcasecmp(name, "UNTIL") == 0)
        (void)snprintf(rule->until, VALUE_SIZE, "%s", value);
    else if (g_ascii_strcasecmp(name, "INTERVAL") == 0)
        rule->interval = strtol(value, NULL, 10);
    else if (g_ascii_strcasecmp(name, "COUNT") == 0)
        rule->count = strtol(value, NULL, 10);
    else if (g_ascii_strcasecmp(name, "WKST") != 0)
        rule->has_more = true;
}

static RuleWords read_rule(const char *text)
{
    RuleWords rule = {.interval = 1};
    gchar **parts = g_strsplit(text, ";", -1);
    for (size_t i = 0; parts[i]; i++) {
        char *value = strchr(parts[i], '=');
        if (!value) continue;
        *value = '\0';
        take_part(&rule, parts[i], value + 1);
    }
    g_strfreev(parts);
    return rule;
}

static void append(char text[static WORDING_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void append(char text[static WORDING_SIZE], const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + length, WORDING_SIZE - length, format, arguments);
    va_end(arguments);
}

/* False: there is no word for it. */
static bool say_frequency(const RuleWords *rule, char text[static WORDING_SIZE])
{
    static const char *const words[][3] = {
        {"HOURLY", "hourly", "hours"}, {"DAILY", "daily", "days"},
        {"WEEKLY", "weekly", "weeks"}, {"MONTHLY", "monthly", "months"},
        {"YEARLY", "yearly", "years"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (g_ascii_strcasecmp(rule->frequency, words[i][0]) != 0) continue;
        if (rule->interval > 1)
            (void)snprintf(text, WORDING_SIZE, "every %ld %s", rule->interval, words[i][2]);
        else
            (void)snprintf(text, WORDING_SIZE, "%s", words[i][1]);
        return true;
    }
    return false;
}

void wording_frequency(const Plenary__V1__Recurrence *recurrence, char text[static WORDING_SIZE])
{
    text[0] = '\0';
    if (!recurrence) return;
    const RuleWords rule = read_rule(recurrence->rrule ? recurrence->rrule : "");
    if (!say_frequency(&rule, text)) (void)snprintf(text, WORDING_SIZE, "repeats");
}

/* " on Mon, Wed", or "" where the days are counted within a month. False: there is no word. */
static bool say_days(const RuleWords *rule, char text[static WORDING_SIZE])
{
    static const char *const days[][2] = {{"MO", "Mon"}, {"TU", "Tue"}, {"WE", "Wed"},
                                          {"TH", "Thu"}, {"FR", "Fri"}, {"SA", "Sat"},
                                          {"SU", "Sun"}};
    const char *join = " on ";
    for (const char *at = rule->days; *at; at += strcspn(at, ","), at += *at == ',') {
        size_t known = 0;
        while (known < 7 &&
               (g_ascii_strncasecmp(at, days[known][0], 2) != 0 || (at[2] != ',' && at[2] != '\0')))
            known++;
        if (known == 7) return false;
        append(text, "%s%s", join, days[known][1]);
        join = ", ";
    }
    return true;
}

/* "20260331T220000Z", "20260331": the day. */
static void say_until(const RuleWords *rule, char text[static WORDING_SIZE])
{
    char day[WORDING_SIZE];
    char iso[VALUE_SIZE];
    (void)snprintf(iso, sizeof iso, "%.4s-%.2s-%.2s", rule->until,
                   strlen(rule->until) > 4 ? rule->until + 4 : "",
                   strlen(rule->until) > 6 ? rule->until + 6 : "");
    wording_moment(iso, day);
    append(text, ", until %.40s", day);
}

static bool say_rule(const char *rrule, char text[static WORDING_SIZE])
{
    const RuleWords rule = read_rule(rrule);
    if (rule.has_more || !say_frequency(&rule, text) || !say_days(&rule, text)) return false;
    if (rule.count > 0) append(text, ", %ld time%s", rule.count, rule.count == 1 ? "" : "s");
    if (rule.until[0]) say_until(&rule, text);
    return true;
}

void wording_recurrence(const Plenary__V1__Recurrence *recurrence, char text[static WORDING_SIZE])
{
    text[0] = '\0';
    if (!recurrence) return;
    if (recurrence->rrule && !say_rule(recurrence->rrule, text))
        wording_cut(recurrence->rrule, WORDING_VALUE_BYTES_MAX, text, WORDING_SIZE);
    if (recurrence->n_rdate)
        append(text, "%s%zu more time%s", *text ? ", and " : "", recurrence->n_rdate,
               recurrence->n_rdate == 1 ? "" : "s");
    if (recurrence->n_exdate) append(text, ", but for %zu", recurrence->n_exdate);
}
