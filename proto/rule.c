#include "proto/rule.h"

#include <libical/ical.h>
#include <stdlib.h>

enum {
    BITS = 64,
    DAYS_OF_WEEK = 7,
    THURSDAY = 3, /* which 1970-01-01 was */
    HOURS_ALL = (1 << 24) - 1,
    NTH_MAX = 53,
    WEEKS_MAX = 53,
    YEAR_DAYS_MAX = 366,
    MONTH_DAYS_MAX = 31,
    LEAP_SECOND = 60,
};

static const uint64_t sixty = (UINT64_C(1) << 60) - 1;

int64_t rule_floor_div(int64_t number, int64_t by)
{
    return number / by - (number % by < 0 ? 1 : 0);
}

int rule_week_day(int64_t day)
{
    int64_t rest = (day + THURSDAY) % DAYS_OF_WEEK;
    return (int)(rest < 0 ? rest + DAYS_OF_WEEK : rest);
}

const RuleRare *rule_rare(const Rule *self)
{
    static const RuleRare none = {0};
    if (self->rare_bytes == 0) return &none;
    return (const RuleRare *)(const void *)((const char *)self + self->rare_bytes);
}

int64_t rule_unit_at(const Rule *self, int64_t local_s)
{
    int64_t day = rule_floor_div(local_s, RULE_DAY_S);
    Moment date;
    switch ((RuleUnit)self->unit) {
    case RULE_SECOND: return local_s;
    case RULE_MINUTE: return rule_floor_div(local_s, 60);
    case RULE_HOUR: return rule_floor_div(local_s, 3600);
    case RULE_DAY: return day;
    case RULE_WEEK: return rule_floor_div(day + THURSDAY - self->week_start, DAYS_OF_WEEK);
    case RULE_MONTH:
        date = moment_from_local_s(local_s, true);
        return date.year * INT64_C(12) + date.month - 1;
    case RULE_YEAR: break;
    }
    return moment_from_local_s(local_s, true).year;
}

/* --- what libical read --- */

static bool is_given(const short *list)
{
    return *list != ICAL_RECURRENCE_ARRAY_MAX;
}

/* Bits by number; what is below 0 goes to `from_end`, where there is such a set. False: there is a
 * number beyond `max`; libical lets through what other calendars than Gregory's have. */
static bool read_list(const short *list, size_t size, int max, uint64_t *set, uint64_t *from_end)
{
    for (size_t i = 0; i < size && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
        int number = abs(list[i]);
        uint64_t *words = list[i] < 0 ? from_end : set;
        if (!words || number > max) return false;
        words[number / BITS] |= UINT64_C(1) << number % BITS;
    }
    return true;
}

static bool read_month_days(const struct icalrecurrencetype *from, Rule *rule)
{
    uint64_t days[2] = {0};
    if (!read_list(from->by_month_day, ICAL_BY_MONTHDAY_SIZE, MONTH_DAYS_MAX, &days[0], &days[1]))
        return false;
    rule->month_days[0] = (uint32_t)days[0];
    rule->month_days[1] = (uint32_t)days[1];
    return true;
}

/* An ordinal has a meaning within months and years alone, and within a year's weeks none. */
static bool read_week_days(const struct icalrecurrencetype *from, Rule *rule, RuleRare *rare)
{
    bool in_order = rule->unit >= RULE_MONTH && !is_given(from->by_week_no);
    for (size_t i = 0; i < ICAL_BY_DAY_SIZE && from->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
        int nth = icalrecurrencetype_day_position(from->by_day[i]);
        int name = (int)icalrecurrencetype_day_day_of_week(from->by_day[i]);
        int week_day = (name - ICAL_MONDAY_WEEKDAY + DAYS_OF_WEEK) % DAYS_OF_WEEK;
        if (nth == 0 || !in_order) {
            rule->week_days |= (uint8_t)(1U << week_day);
        } else if (abs(nth) > NTH_MAX) {
            return false;
        } else {
            rare->nth[nth < 0][week_day] |= UINT64_C(1) << abs(nth);
            rule->has_nth = true;
        }
    }
    return true;
}

static bool read_days(const struct icalrecurrencetype *from, Rule *rule, RuleRare *rare)
{
    uint64_t months = 0;
    rule->has_year_days = is_given(from->by_year_day);
    rule->has_positions = is_given(from->by_set_pos);
    bool sound =
        read_list(from->by_month, ICAL_BY_MONTH_SIZE, 12, &months, NULL) &&
        read_month_days(from, rule) && read_week_days(from, rule, rare) &&
        read_list(from->by_week_no, ICAL_BY_WEEKNO_SIZE, WEEKS_MAX, &rule->weeks[0],
                  &rule->weeks[1]) &&
        read_list(from->by_year_day, ICAL_BY_YEARDAY_SIZE, YEAR_DAYS_MAX, rare->year_days[0],
                  rare->year_days[1]) &&
        read_list(from->by_set_pos, ICAL_BY_SETPOS_SIZE, YEAR_DAYS_MAX, rare->positions[0],
                  rare->positions[1]);
    rule->months = (uint16_t)months;
    return sound;
}

static bool read_times(const struct icalrecurrencetype *from, Rule *rule)
{
    uint64_t hours = 0;
    bool sound = read_list(from->by_hour, ICAL_BY_HOUR_SIZE, 23, &hours, NULL) &&
                 read_list(from->by_minute, ICAL_BY_MINUTE_SIZE, 59, &rule->minutes, NULL) &&
                 read_list(from->by_second, ICAL_BY_SECOND_SIZE, LEAP_SECOND, &rule->seconds, NULL);
    rule->hours = (uint32_t)hours;
    /* Clocks without leap seconds read 60 as 59 (RFC 5545 section 3.3.12). */
    if (rule->seconds >> LEAP_SECOND) rule->seconds |= UINT64_C(1) << (LEAP_SECOND - 1);
    rule->seconds &= sixty;
    return sound;
}

/* --- what the start fills in --- */

/* A part that is not given is any where it limits, and the start's own where it would expand. */
static void fill_times(const Moment *start, bool whole_days, Rule *rule)
{
    if (whole_days) {
        rule->hours = 1;
        rule->minutes = 1;
        rule->seconds = 1;
    }
    if (!rule->hours) rule->hours = rule->unit <= RULE_HOUR ? HOURS_ALL : 1U << start->hour;
    if (!rule->minutes)
        rule->minutes = rule->unit <= RULE_MINUTE ? sixty : UINT64_C(1) << start->minute;
    if (!rule->seconds)
        rule->seconds = rule->unit <= RULE_SECOND ? sixty : UINT64_C(1) << start->second;
}

static void fill_days(const Moment *start, int week_day, Rule *rule)
{
    bool has_days = rule->week_days || rule->has_nth || rule->month_days[0] || rule->month_days[1];
    bool has_weeks = rule->unit == RULE_YEAR && (rule->weeks[0] || rule->weeks[1]);
    if (rule->unit == RULE_YEAR && !has_days && !has_weeks && !rule->has_year_days) {
        rule->month_days[0] = UINT32_C(1) << start->day;
        if (!rule->months) rule->months = (uint16_t)(1U << start->month);
    }
    if (rule->unit == RULE_MONTH && !has_days) rule->month_days[0] = UINT32_C(1) << start->day;
    if (rule->unit == RULE_WEEK && !rule->week_days) rule->week_days = (uint8_t)(1U << week_day);
    if (has_weeks && !has_days && !rule->has_year_days) rule->week_days = (uint8_t)(1U << week_day);
    if (!has_weeks) rule->weeks[0] = rule->weeks[1] = 0;
    rule->nth_in_year = rule->unit == RULE_YEAR && !rule->months;
    if (!rule->months) rule->months = RULE_MONTHS_ALL;
}

/* --- the whole --- */

static void read_end(const struct icalrecurrencetype *from, RuleText *read)
{
    const struct icaltimetype *until = &from->until;
    read->count = from->count;
    read->has_until = !icaltime_is_null_time(*until);
    read->until_is_utc = !until->is_date && icaltime_is_utc(*until);
    read->until = (Moment){.year = until->year,
                           .month = until->month,
                           .day = until->day,
                           .hour = until->hour,
                           .minute = until->minute,
                           .second = until->second,
                           .is_date = until->is_date};
}

static bool is_plain(const struct icalrecurrencetype *from)
{
    return !is_given(from->by_second) && !is_given(from->by_minute) && !is_given(from->by_hour) &&
           !is_given(from->by_day) && !is_given(from->by_month_day) &&
           !is_given(from->by_year_day) && !is_given(from->by_week_no) &&
           !is_given(from->by_month) && !is_given(from->by_set_pos);
}

bool rule_read(const char *text, int64_t start_s, bool whole_days, RuleText *read)
{
    struct icalrecurrencetype from = icalrecurrencetype_from_string(text);
    free(from.rscale);
    if (from.freq > ICAL_YEARLY_RECURRENCE || from.interval < 1) return false;
    *read = (RuleText){
        .rule = {.unit = (uint8_t)from.freq,
                 .interval = (uint32_t)from.interval,
                 .week_start = (uint8_t)((from.week_start + DAYS_OF_WEEK - ICAL_MONDAY_WEEKDAY) %
                                         DAYS_OF_WEEK)},
        .is_plain = is_plain(&from),
    };
    Rule *rule = &read->rule;
    Moment start = moment_from_local_s(start_s, false);
    if (!read_days(&from, rule, &read->rare) || !read_times(&from, rule)) return false;
    read_end(&from, read);
    fill_days(&start, rule_week_day(rule_floor_div(start_s, RULE_DAY_S)), rule);
    fill_times(&start, whole_days, rule);
    rule->first_unit = rule_unit_at(rule, start_s);
    return true;
}
