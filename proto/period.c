#include "proto/period.h"

#include <glib.h>

enum {
    BITS = 64,
    MINUTE_S = 60,
    HOUR_S = 3600,
};

static int lowest_bit(uint64_t set)
{
    return __builtin_ctzll(set);
}

/* --- where periods lie --- */

static int64_t short_unit_s(const Rule *rule)
{
    static const int64_t seconds[] = {
        [RULE_SECOND] = 1,
        [RULE_MINUTE] = MINUTE_S,
        [RULE_HOUR] = HOUR_S,
        [RULE_DAY] = RULE_DAY_S,
    };
    return seconds[rule->unit];
}

int64_t period_start_s(const Rule *rule, int64_t index)
{
    int64_t unit = rule->first_unit + index * rule->interval;
    if (rule->unit <= RULE_DAY) return unit * short_unit_s(rule);
    return rule_first_day(rule, unit) * RULE_DAY_S;
}

int64_t period_at(const Rule *rule, int64_t local_s)
{
    int64_t unit = rule_unit_at(rule, local_s) - (rule_has_weeks(rule) ? 1 : 0);
    return unit <= rule->first_unit ? 0 : (unit - rule->first_unit) / rule->interval;
}

/* --- what is no longer than a day --- */

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
static bool takes_moment(const Rule *rule, int64_t moment_s, int64_t *next_s)
{
    int64_t day = rule_floor_div(moment_s, RULE_DAY_S);
    int64_t next_day;
    if (!rule_takes_day(rule, day, &next_day)) {
        *next_s = next_day * RULE_DAY_S;
        return false;
    }
    return takes_time(rule, moment_s, (int)(moment_s - day * RULE_DAY_S), next_s);
}

static int64_t load_short(const Rule *rule, int64_t index, Period *period)
{
    int64_t next_s;
    int64_t moment_s = period_start_s(rule, index);
    if (!takes_moment(rule, moment_s, &next_s)) {
        int64_t interval_s = short_unit_s(rule) * rule->interval;
        return index + (next_s - moment_s + interval_s - 1) / interval_s;
    }
    int64_t day = rule_floor_div(moment_s, RULE_DAY_S);
    int second = (int)(moment_s - day * RULE_DAY_S);
    period->taken.first_day = day;
    period->taken.days[0] = 1;
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
        rule_days_of(rule, rule->first_unit + index * rule->interval, &period->taken);
    }
    for (size_t i = 0; i < RULE_YEAR_WORDS; i++)
        days += count_bits(period->taken.days[i]);
    period->count_of_day =
        count_bits(period->hours) * count_bits(period->minutes) * count_bits(period->seconds);
    period->count = days * period->count_of_day;
    return next;
}

static int64_t nth_day(const Period *self, uint32_t rank)
{
    size_t word = 0;
    for (uint32_t here; rank >= (here = count_bits(self->taken.days[word])); word++)
        rank -= here;
    return self->taken.first_day + (int64_t)word * BITS + nth_bit(self->taken.days[word], rank);
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

/* The first bit from `bit` on; UINT32_MAX: there is none. */
static uint32_t next_bit(const uint64_t set[static RULE_YEAR_WORDS], uint32_t bit)
{
    for (; bit < RULE_YEAR_WORDS * BITS; bit = (bit / BITS + 1) * BITS) {
        uint64_t from = set[bit / BITS] >> bit % BITS;
        if (from) return bit + (uint32_t)lowest_bit(from);
    }
    return UINT32_MAX;
}

/* The last bit up to `bit`; 0: there is none, for no set here has a bit 0. */
static uint32_t last_bit(const uint64_t set[static RULE_YEAR_WORDS], uint32_t bit)
{
    while (bit > 0 && !(set[bit / BITS] >> bit % BITS & 1))
        bit--;
    return bit;
}

uint32_t period_select(const Period *self, const Rule *rule, uint32_t position)
{
    if (!rule->has_positions) return position;
    const RuleRare *rare = rule_rare(rule);
    uint32_t found = MIN(self->count, next_bit(rare->positions[0], position + 1) - 1);
    uint32_t from_end =
        last_bit(rare->positions[1], MIN(self->count - position, RULE_YEAR_WORDS * BITS - 1));
    return from_end ? MIN(found, self->count - from_end) : found;
}
