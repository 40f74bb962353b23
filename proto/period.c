#include "proto/period.h"

#include <glib.h>

enum {
    BITS = 64,
    DAYS_OF_WEEK = 7,
    THURSDAY = 3,
    MONTHS = 12,
    MINUTE_S = 60,
    HOUR_S = 3600,
};

typedef struct Date {
    int64_t day; /* since 1970 */
    int32_t year;
    int32_t month;
    int32_t month_day;
    int32_t month_days;
    int32_t year_day;
    int32_t year_days;
    int week_day;
} Date;

/* --- dates --- */

static Date date_of(int64_t day)
{
    Moment moment = moment_from_local_s(day * RULE_DAY_S, true);
    int64_t new_year = moment_day(moment.year, 1, 1);
    return (Date){.day = day,
                  .year = moment.year,
                  .month = moment.month,
                  .month_day = moment.day,
                  .month_days = moment_days_in_month(moment.year, moment.month),
                  .year_day = (int32_t)(day - new_year) + 1,
                  .year_days = (int32_t)(moment_day(moment.year + 1, 1, 1) - new_year),
                  .week_day = rule_week_day(day)};
}

/* Days until the next date are counted on within the month only. */
static void step_in_month(Date *date)
{
    date->day++;
    date->month_day++;
    date->year_day++;
    date->week_day = (date->week_day + 1) % DAYS_OF_WEEK;
}

static bool has_bit(const uint64_t *words, int32_t bit)
{
    return words[bit / BITS] >> bit % BITS & 1;
}

static bool is_nth(const Rule *rule, const Date *date)
{
    int32_t day = rule->nth_in_year ? date->year_day : date->month_day;
    int32_t days = rule->nth_in_year ? date->year_days : date->month_days;
    const RuleRare *rare = rule_rare(rule);
    return rare->nth[0][date->week_day] >> ((day - 1) / DAYS_OF_WEEK + 1) & 1 ||
           rare->nth[1][date->week_day] >> ((days - day) / DAYS_OF_WEEK + 1) & 1;
}

static bool is_month_day(const Rule *rule, const Date *date)
{
    return rule->month_days[0] >> date->month_day & 1 ||
           rule->month_days[1] >> (date->month_days + 1 - date->month_day) & 1;
}

static bool is_year_day(const Rule *rule, const Date *date)
{
    const RuleRare *rare = rule_rare(rule);
    return has_bit(rare->year_days[0], date->year_day) ||
           has_bit(rare->year_days[1], date->year_days + 1 - date->year_day);
}

static bool is_day_of(const Rule *rule, const Date *date)
{
    if (!(rule->months >> date->month & 1)) return false;
    if ((rule->month_days[0] || rule->month_days[1]) && !is_month_day(rule, date)) return false;
    if (rule->has_year_days && !is_year_day(rule, date)) return false;
    if (!rule->week_days && !rule->has_nth) return true;
    return rule->week_days >> date->week_day & 1 || (rule->has_nth && is_nth(rule, date));
}

/* --- where periods lie --- */

static int64_t unit_s(const Rule *rule)
{
    static const int64_t seconds[] = {
        [RULE_SECOND] = 1,
        [RULE_MINUTE] = MINUTE_S,
        [RULE_HOUR] = HOUR_S,
        [RULE_DAY] = RULE_DAY_S,
        [RULE_WEEK] = (int64_t)DAYS_OF_WEEK * RULE_DAY_S,
    };
    return seconds[rule->unit];
}

/* A year's first week may begin in the year before. */
static bool has_weeks(const Rule *rule)
{
    return rule->weeks[0] || rule->weeks[1];
}

int64_t period_start_s(const Rule *rule, int64_t index)
{
    int64_t unit = rule->first_unit + index * rule->interval;
    switch ((RuleUnit)rule->unit) {
    case RULE_YEAR:
        return (moment_day((int32_t)unit, 1, 1) - (has_weeks(rule) ? DAYS_OF_WEEK : 0)) *
               RULE_DAY_S;
    case RULE_MONTH:
        return moment_day((int32_t)(unit / MONTHS), (int32_t)(unit % MONTHS) + 1, 1) * RULE_DAY_S;
    case RULE_WEEK: return (unit * DAYS_OF_WEEK - THURSDAY + rule->week_start) * RULE_DAY_S;
    default: return unit * unit_s(rule);
    }
}

int64_t period_at(const Rule *rule, int64_t local_s)
{
    int64_t unit = rule_unit_at(rule, local_s) - (has_weeks(rule) ? 1 : 0);
    return unit <= rule->first_unit ? 0 : (unit - rule->first_unit) / rule->interval;
}

/* --- the days of long periods --- */

static void add_day(Period *period, int64_t day)
{
    int64_t bit = day - period->first_day;
    period->days[bit / BITS] |= UINT64_C(1) << bit % BITS;
}

static void load_month(const Rule *rule, int32_t year, int32_t month, Period *period)
{
    if (!(rule->months >> month & 1)) return;
    Date date = date_of(moment_day(year, month, 1));
    for (int32_t i = 0; i < date.month_days; i++, step_in_month(&date))
        if (is_day_of(rule, &date)) add_day(period, date.day);
}

static void load_week(const Rule *rule, int64_t first_day, Period *period)
{
    for (int i = 0; i < DAYS_OF_WEEK; i++) {
        Date date = date_of(first_day + i);
        if (is_day_of(rule, &date)) add_day(period, date.day);
    }
}

/* The first day of a year's first week: the one with four days at least in that year. */
static int64_t first_week(const Rule *rule, int32_t year)
{
    int64_t fourth = moment_day(year, 1, 4);
    int back = rule_week_day(fourth) - rule->week_start;
    return fourth - (back < 0 ? back + DAYS_OF_WEEK : back);
}

static void load_weeks(const Rule *rule, int32_t year, Period *period)
{
    int64_t first_day = first_week(rule, year);
    int weeks = (int)((first_week(rule, year + 1) - first_day) / DAYS_OF_WEEK);
    for (int week = 1; week <= weeks; week++)
        if (rule->weeks[0] >> week & 1 || rule->weeks[1] >> (weeks + 1 - week) & 1)
            load_week(rule, first_day + (int64_t)(week - 1) * DAYS_OF_WEEK, period);
}

static void load_year(const Rule *rule, int32_t year, Period *period)
{
    period->first_day = moment_day(year, 1, 1) - DAYS_OF_WEEK;
    if (has_weeks(rule)) {
        load_weeks(rule, year, period);
        return;
    }
    for (int32_t month = 1; month <= MONTHS; month++)
        load_month(rule, year, month, period);
}

/* Every month and day of the month will do: no date is needed. */
static bool has_week_days_alone(const Rule *rule)
{
    return rule->months == RULE_MONTHS_ALL && !rule->month_days[0] && !rule->month_days[1] &&
           !rule->has_year_days && !rule->has_nth;
}

static void load_days(const Rule *rule, int64_t unit, Period *period)
{
    switch ((RuleUnit)rule->unit) {
    case RULE_YEAR: load_year(rule, (int32_t)unit, period); return;
    case RULE_MONTH:
        period->first_day = moment_day((int32_t)(unit / MONTHS), (int32_t)(unit % MONTHS) + 1, 1);
        load_month(rule, (int32_t)(unit / MONTHS), (int32_t)(unit % MONTHS) + 1, period);
        return;
    default: break;
    }
    period->first_day = unit * DAYS_OF_WEEK - THURSDAY + rule->week_start;
    if (!has_week_days_alone(rule)) {
        load_week(rule, period->first_day, period);
        return;
    }
    unsigned twice = (unsigned)rule->week_days << DAYS_OF_WEEK | rule->week_days;
    period->days[0] = twice >> rule->week_start & ((1U << DAYS_OF_WEEK) - 1);
}

/* --- days, and what is shorter --- */

/* The first day after `date` whose month will do. */
static int64_t next_day(const Rule *rule, const Date *date)
{
    if (rule->months >> date->month & 1) return date->day + 1;
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

static int lowest_bit(uint64_t set)
{
    return __builtin_ctzll(set);
}

/* Whether the rule takes the hour, minute and second at which a short period begins, as far as it
 * counts in them; if not, *next_s is the first moment after it that may do. */
static bool takes_time(const Rule *rule, int64_t moment_s, int second, int64_t *next_s)
{
    const struct {
        uint64_t set;
        int one_s;
        int all_s; /* that the set tells of */
    } parts[] = {
        [RULE_SECOND] = {rule->seconds, 1, MINUTE_S},
        [RULE_MINUTE] = {rule->minutes, MINUTE_S, HOUR_S},
        [RULE_HOUR] = {rule->hours, HOUR_S, RULE_DAY_S},
    };
    for (int unit = RULE_HOUR; unit >= rule->unit; unit--) {
        int rest_s = second % parts[unit].all_s;
        uint64_t from = parts[unit].set >> (rest_s / parts[unit].one_s);
        if (from & 1) continue;
        /* The next one in the set, or else what begins behind all of it. */
        *next_s = moment_s - (from ? rest_s % parts[unit].one_s : rest_s) +
                  (from ? lowest_bit(from) * parts[unit].one_s : parts[unit].all_s);
        return false;
    }
    return true;
}

/* The same of its day, too. */
static bool takes(const Rule *rule, int64_t moment_s, int64_t *next_s)
{
    int64_t day = rule_floor_div(moment_s, RULE_DAY_S);
    if (rule->week_days || !has_week_days_alone(rule)) {
        Date date = date_of(day);
        if (!is_day_of(rule, &date)) {
            *next_s = next_day(rule, &date) * RULE_DAY_S;
            return false;
        }
    }
    return takes_time(rule, moment_s, (int)(moment_s - day * RULE_DAY_S), next_s);
}

static int64_t load_short(const Rule *rule, int64_t index, Period *period)
{
    int64_t next_s;
    int64_t moment_s = period_start_s(rule, index);
    if (!takes(rule, moment_s, &next_s)) {
        int64_t interval_s = unit_s(rule) * rule->interval;
        return index + (next_s - moment_s + interval_s - 1) / interval_s;
    }
    int64_t day = rule_floor_div(moment_s, RULE_DAY_S);
    int second = (int)(moment_s - day * RULE_DAY_S);
    period->first_day = day;
    period->days[0] = 1;
    if (rule->unit <= RULE_HOUR) period->hours = 1U << second / HOUR_S;
    if (rule->unit <= RULE_MINUTE) period->minutes = UINT64_C(1) << second / MINUTE_S % 60;
    if (rule->unit <= RULE_SECOND) period->seconds = UINT64_C(1) << second % 60;
    return index + 1;
}

/* --- moments by position --- */

static uint32_t count_bits(uint64_t set)
{
    return (uint32_t)__builtin_popcountll(set);
}

/* The bit that `rank` others come before. */
static int nth_bit(uint64_t set, uint32_t rank)
{
    for (; rank > 0; rank--)
        set &= set - 1;
    return lowest_bit(set);
}

int64_t period_load(const Rule *rule, int64_t index, Period *period)
{
    int64_t next = index + 1;
    uint32_t days = 0;
    *period = (Period){.hours = rule->hours, .minutes = rule->minutes, .seconds = rule->seconds};
    if (rule->unit <= RULE_DAY) {
        next = load_short(rule, index, period);
    } else {
        load_days(rule, rule->first_unit + index * rule->interval, period);
    }
    for (size_t i = 0; i < RULE_YEAR_WORDS; i++)
        days += count_bits(period->days[i]);
    period->count_of_day =
        count_bits(period->hours) * count_bits(period->minutes) * count_bits(period->seconds);
    period->count = days * period->count_of_day;
    return next;
}

static int64_t nth_day(const Period *self, uint32_t rank)
{
    size_t word = 0;
    for (uint32_t here; rank >= (here = count_bits(self->days[word])); word++)
        rank -= here;
    return self->first_day + (int64_t)word * BITS + nth_bit(self->days[word], rank);
}

int64_t period_moment_s(const Period *self, uint32_t position)
{
    uint32_t seconds = count_bits(self->seconds);
    uint32_t minutes = count_bits(self->minutes);
    uint32_t rest = position % self->count_of_day;
    return nth_day(self, position / self->count_of_day) * RULE_DAY_S +
           (int64_t)nth_bit(self->hours, rest / seconds / minutes) * HOUR_S +
           (int64_t)nth_bit(self->minutes, rest / seconds % minutes) * MINUTE_S +
           nth_bit(self->seconds, rest % seconds);
}

uint32_t period_find(const Period *self, int64_t local_s)
{
    uint32_t low = 0;
    uint32_t high = self->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (period_moment_s(self, middle) < local_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first bit from `bit` on; the size of the set where there is none. */
static uint32_t next_bit(const uint64_t set[static RULE_YEAR_WORDS], uint32_t bit)
{
    for (; bit < RULE_YEAR_WORDS * BITS; bit = (bit / BITS + 1) * BITS) {
        uint64_t from = set[bit / BITS] >> bit % BITS;
        if (from) return bit + (uint32_t)lowest_bit(from);
    }
    return bit;
}

/* The last bit up to `bit`; 0: there is none, for no set here has a bit 0. */
static uint32_t last_bit(const uint64_t set[static RULE_YEAR_WORDS], uint32_t bit)
{
    while (bit > 0 && !has_bit(set, (int32_t)bit))
        bit--;
    return bit;
}

uint32_t period_select(const Period *self, const Rule *rule, uint32_t position)
{
    if (!rule->has_positions) return position;
    const RuleRare *rare = rule_rare(rule);
    uint32_t found = self->count;
    if (position + 1 < RULE_YEAR_WORDS * BITS)
        found = MIN(found, next_bit(rare->positions[0], position + 1) - 1);
    uint32_t from_end =
        last_bit(rare->positions[1], MIN(self->count - position, RULE_YEAR_WORDS * BITS - 1));
    return from_end ? MIN(found, self->count - from_end) : found;
}
