#include "proto/forms.h"
#include "proto/rule_walk.h"
#include "proto/text.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum {
    MONTHS = 12,
    DIGITS_MAX = 8, /* no number of a rule has more than a date has */
    /* After so many years the same days come again on the same weekdays, and the turns of a century
     * bring no kind of year that these do not have. */
    CYCLE_YEARS = 28,
    STEPS_MAX = 11000, /* more than there are days in them */
};

/* --- what RFC 5545 section 3.3.10 forbids --- */

/* Parts that do not go with every FREQ, and where they do. */
typedef struct Part {
    const char *name;
    unsigned units; /* bits by RuleUnit */
    const char *said;
    size_t offset; /* of its list, in libical's rule */
} Part;

enum {
    SHORT_UNITS = 1 << RULE_SECOND | 1 << RULE_MINUTE | 1 << RULE_HOUR,
};

static const Part parts[] = {
    {"BYWEEKNO", 1 << RULE_YEAR, "goes with FREQ=YEARLY only",
     offsetof(struct icalrecurrencetype, by_week_no)},
    {"BYYEARDAY", 1 << RULE_YEAR | SHORT_UNITS,
     "goes with FREQ=YEARLY, HOURLY, MINUTELY or SECONDLY only",
     offsetof(struct icalrecurrencetype, by_year_day)},
    {"BYMONTHDAY", 1 << RULE_YEAR | 1 << RULE_MONTH | 1 << RULE_DAY | SHORT_UNITS,
     "does not go with FREQ=WEEKLY", offsetof(struct icalrecurrencetype, by_month_day)},
};

static bool is_given(const short *list)
{
    return *list != ICAL_RECURRENCE_ARRAY_MAX;
}

static const short *list_of(const struct icalrecurrencetype *rule, const Part *part)
{
    return (const short *)(const void *)((const char *)rule + part->offset);
}

static bool has_ordinal(const struct icalrecurrencetype *rule)
{
    for (size_t i = 0; i < ICAL_BY_DAY_SIZE && rule->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
        if (icalrecurrencetype_day_position(rule->by_day[i]) != 0) return true;
    return false;
}

static bool has_other_part(const struct icalrecurrencetype *rule)
{
    return is_given(rule->by_second) || is_given(rule->by_minute) || is_given(rule->by_hour) ||
           is_given(rule->by_day) || is_given(rule->by_month_day) || is_given(rule->by_year_day) ||
           is_given(rule->by_week_no) || is_given(rule->by_month);
}

/* RuleUnit and libical count alike. False: it was refused. */
static bool check_parts(Checker *self, const struct icalrecurrencetype *rule)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!is_given(list_of(rule, &parts[i])) || parts[i].units >> rule->freq & 1) continue;
        check_refuse(self, "%s %s", parts[i].name, parts[i].said);
        return false;
    }
    if (has_ordinal(rule) && rule->freq < ICAL_MONTHLY_RECURRENCE)
        check_refuse(self, "BYDAY with a number goes with FREQ=MONTHLY or YEARLY only");
    else if (has_ordinal(rule) && is_given(rule->by_week_no))
        check_refuse(self, "BYDAY with a number does not go with BYWEEKNO");
    else if (is_given(rule->by_set_pos) && !has_other_part(rule))
        check_refuse(self, "BYSETPOS goes with another BY... part only");
    else
        return true;
    return false;
}

/* --- what gives nothing --- */

/* Whatever an interval passes over, and whatever a start fills in: is there no moment in all the
 * kinds of years that there are? Not all such rules are found, but none is that gives anything. */
static bool is_empty(const struct icalrecurrencetype *from, RuleText *read)
{
    Rule *rule = &read->rule;
    int steps = STEPS_MAX;
    int64_t moment_s;
    RuleWalk walk;
    rule->rare_bytes = offsetof(RuleText, rare) - offsetof(RuleText, rule);
    rule->interval = 1;
    rule->last_s = CYCLE_YEARS * INT64_C(366) * RULE_DAY_S;
    if (is_given(from->by_week_no) && !is_given(from->by_day)) rule->week_days = 0;
    rule_seek(rule, 0, &walk);
    return rule_next(rule, INT64_MAX, &walk, &steps, &moment_s) == SERIES_END;
}

/* --- the whole --- */

/* libical takes any month, for the sake of other calendars, and keeps what a number wraps to. */
static bool is_sound(const struct icalrecurrencetype *rule)
{
    if (rule->freq == ICAL_NO_RECURRENCE || rule->rscale) return false;
    for (size_t i = 0; i < ICAL_BY_MONTH_SIZE && rule->by_month[i] != ICAL_RECURRENCE_ARRAY_MAX;
         i++) {
        if (rule->by_month[i] < 1 || rule->by_month[i] > MONTHS) return false;
    }
    return true;
}

static bool has_long_number(const char *text)
{
    for (const char *at = text; *at; at++) {
        size_t digits = strspn(at, DIGITS);
        if (digits > DIGITS_MAX) return true;
        if (digits > 0) at += digits - 1;
    }
    return false;
}

void form_rrule(Checker *self, const char *text)
{
    struct icalrecurrencetype rule;
    RuleText read;
    /* libical's error number is kept per thread, and Debian's build never aborts on it. */
    bool sound = text[strspn(text, LETTERS DIGITS "=,;+-")] == '\0' && !has_long_number(text);
    if (sound) {
        rule = icalrecurrencetype_from_string(text);
        sound = is_sound(&rule) && rule_read(text, 0, false, &read);
        free(rule.rscale);
    }
    if (!sound)
        check_refuse(self, "%s is not a recurrence rule, such as FREQ=WEEKLY;COUNT=4",
                     text_quote(text).text);
    else if (check_parts(self, &rule) && is_empty(&rule, &read))
        check_refuse(self, "%s never gives an instance: no day is all that it asks for",
                     text_quote(text).text);
}
