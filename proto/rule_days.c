#include "proto/rule_days.h"

enum {
    BITS = 64,
    DAYS_OF_WEEK = 7,
    THURSDAY = 3, /* of 1970-01-01 */
    MONTHS = 12,
};

static const uint64_t each_week = 1 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28;

typedef struct Month {
    int64_t first_day;
    int32_t year;
    int32_t month;
    int32_t days;
    int32_t day_of_year; /* of its first day; set where a rule's rare parts need it */
    int32_t days_of_year;
} Month;

static Month month_of(int32_t year, int32_t month)
{
    return (Month){.first_day = moment_day(year, month, 1),
                   .year = year,
                   .month = month,
                   .days = moment_days_in_month(year, month)};
}

/* Days of a week that begins on `first`, as bits, of the days that are bits from Monday on. */
static uint32_t turned(uint8_t week_days, int first)
{
    uint32_t twice = (uint32_t)week_days << DAYS_OF_WEEK | week_days;
    return twice >> first & ((1U << DAYS_OF_WEEK) - 1);
}

static int lowest_bit(uint64_t set)
{
    return __builtin_ctzll(set);
}

static bool has_bit(const uint64_t *words, int32_t bit)
{
    return words[bit / BITS] >> bit % BITS & 1;
}

/* --- within a month --- */

static uint32_t of_month_days(const Rule *rule, int32_t days)
{
    uint32_t set = rule->month_days[0];
    for (uint32_t ends = rule->month_days[1]; ends; ends &= ends - 1) {
        int from_end = lowest_bit(ends);
        if (from_end <= days) set |= UINT32_C(1) << (days + 1 - from_end);
    }
    return set;
}

/* The `day`th of so many: is it the nth or nth last one of its weekday that the rule names? */
static bool is_nth(const uint64_t nth[2][DAYS_OF_WEEK], int week_day, int32_t day, int32_t days)
{
    return nth[0][week_day] >> ((day - 1) / DAYS_OF_WEEK + 1) & 1 ||
           nth[1][week_day] >> ((days - day) / DAYS_OF_WEEK + 1) & 1;
}

static void place_in_year(Month *month)
{
    int64_t new_year = moment_day(month->year, 1, 1);
    month->day_of_year = (int32_t)(month->first_day - new_year) + 1;
    month->days_of_year = (int32_t)(moment_day(month->year + 1, 1, 1) - new_year);
}

/* What takes the rare parts of a rule to tell: days of the year, and weekdays with ordinals. */
static bool is_rare_day(const Rule *rule, const Month *month, int32_t month_day)
{
    const RuleRare *rare = rule_rare(rule);
    int32_t days = month->days_of_year;
    int32_t day = month->day_of_year + month_day - 1;
    if (rule->has_year_days && !has_bit(rare->year_days[0], day) &&
        !has_bit(rare->year_days[1], days + 1 - day))
        return false;
    if (!rule->has_nth) return true;
    int week_day = rule_week_day(month->first_day + month_day - 1);
    if (rule->week_days >> week_day & 1) return true;
    return rule->nth_in_year ? is_nth(rare->nth, week_day, day, days)
                             : is_nth(rare->nth, week_day, month_day, month->days);
}

/* Bit 1 is the first of the month; of the days `among` alone. */
static uint32_t days_of_month(const Rule *rule, Month *month, uint32_t among)
{
    if (!(rule->months >> month->month & 1)) return 0;
    uint32_t set = among & (uint32_t)((UINT64_C(1) << (month->days + 1)) - 2);
    if (rule->month_days[0] || rule->month_days[1]) set &= of_month_days(rule, month->days);
    if (rule->week_days && !rule->has_nth) {
        uint32_t week = turned(rule->week_days, rule_week_day(month->first_day));
        set &= (uint32_t)((week * each_week) << 1);
    }
    if (!rule->has_year_days && !rule->has_nth) return set;
    place_in_year(month);
    for (uint32_t rest = set; rest; rest &= rest - 1)
        if (!is_rare_day(rule, month, lowest_bit(rest))) set &= ~(rest & -rest);
    return set;
}

/* --- single days --- */

/* Every month and day of the month will do: no date is needed to tell. */
static bool has_week_days_alone(const Rule *rule)
{
    return rule->months == RULE_MONTHS_ALL && !rule->month_days[0] && !rule->month_days[1] &&
           !rule->has_year_days && !rule->has_nth;
}

/* The first day after `date` whose month will do. */
static int64_t next_day_of(const Rule *rule, const Moment *date, int64_t day)
{
    if (rule->months >> date->month & 1) return day + 1;
    int32_t year = date->year;
    int32_t month = date->month;
    do {
        if (++month > MONTHS) {
            month = 1;
            year++;
        }
    } while (!(rule->months >> month & 1));
    return moment_day(year, month, 1);
}

bool rule_takes_day(const Rule *rule, int64_t day, int64_t *next_day)
{
    *next_day = day + 1;
    bool on_week_day = !rule->week_days || rule->week_days >> rule_week_day(day) & 1;
    if (has_week_days_alone(rule)) return on_week_day;
    Moment date = moment_from_local_s(day * RULE_DAY_S, true);
    Month month = month_of(date.year, date.month);
    *next_day = next_day_of(rule, &date, day);
    return days_of_month(rule, &month, UINT32_C(1) << date.day) != 0;
}

/* --- weeks, months, years --- */

static void add_day(int64_t day, RuleDays *taken)
{
    int64_t bit = day - taken->first_day;
    taken->days[bit / BITS] |= UINT64_C(1) << bit % BITS;
}

static void add_week(const Rule *rule, int64_t first_day, RuleDays *taken)
{
    int64_t next_day;
    for (int64_t day = first_day; day < first_day + DAYS_OF_WEEK; day++)
        if (rule_takes_day(rule, day, &next_day)) add_day(day, taken);
}

static void add_month(const Rule *rule, int32_t year, int32_t number, RuleDays *taken)
{
    Month month = month_of(year, number);
    for (uint32_t set = days_of_month(rule, &month, UINT32_MAX); set; set &= set - 1)
        add_day(month.first_day + lowest_bit(set) - 1, taken);
}

/* The first day of a year's first week: the one with four days at least in that year. */
static int64_t first_week(const Rule *rule, int32_t year)
{
    int64_t fourth = moment_day(year, 1, 4);
    int back = rule_week_day(fourth) - rule->week_start;
    return fourth - (back < 0 ? back + DAYS_OF_WEEK : back);
}

static void add_weeks(const Rule *rule, int32_t year, RuleDays *taken)
{
    int64_t first_day = first_week(rule, year);
    int weeks = (int)((first_week(rule, year + 1) - first_day) / DAYS_OF_WEEK);
    for (int week = 1; week <= weeks; week++)
        if (rule->weeks[0] >> week & 1 || rule->weeks[1] >> (weeks + 1 - week) & 1)
            add_week(rule, first_day + (int64_t)(week - 1) * DAYS_OF_WEEK, taken);
}

static void add_year(const Rule *rule, int32_t year, RuleDays *taken)
{
    if (rule_has_weeks(rule)) {
        add_weeks(rule, year, taken);
        return;
    }
    for (uint32_t months = rule->months; months; months &= months - 1)
        add_month(rule, year, lowest_bit(months), taken);
}

bool rule_has_weeks(const Rule *rule)
{
    return rule->weeks[0] || rule->weeks[1];
}

int64_t rule_first_day(const Rule *rule, int64_t unit)
{
    switch ((RuleUnit)rule->unit) {
    case RULE_YEAR:
        return moment_day((int32_t)unit, 1, 1) - (rule_has_weeks(rule) ? DAYS_OF_WEEK : 0);
    case RULE_MONTH: return moment_day((int32_t)(unit / MONTHS), (int32_t)(unit % MONTHS) + 1, 1);
    default: return unit * DAYS_OF_WEEK - THURSDAY + rule->week_start;
    }
}

void rule_days_of(const Rule *rule, int64_t unit, RuleDays *taken)
{
    taken->first_day = rule_first_day(rule, unit);
    if (rule->unit == RULE_YEAR)
        add_year(rule, (int32_t)unit, taken);
    else if (rule->unit == RULE_MONTH)
        add_month(rule, (int32_t)(unit / MONTHS), (int32_t)(unit % MONTHS) + 1, taken);
    else if (has_week_days_alone(rule))
        taken->days[0] = turned(rule->week_days, rule->week_start);
    else
        add_week(rule, taken->first_day, taken);
}
