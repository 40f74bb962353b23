#include "tests/property/drawn_rule.h"

#include <stdlib.h>
#include <string.h>

enum {
    NUMBERS_MAX = 8,
};

static bool chance(Draw *self, int percent)
{
    return g_rand_int_range(self->random, 0, 100) < percent;
}

int draw_between(Draw *self, int low, int high)
{
    return g_rand_int_range(self->random, low, high + 1);
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static int draw_number(Draw *self, int low, int high, bool negative)
{
    return draw_between(self, low, high) * (negative ? -1 : 1);
}

/* ";NAME=" and up to `most` numbers. In a tame rule they come in order, each once, and all from the
 * same end: of other lists libical 3.0.16 tells some numbers too late or not at all. */
static void add_numbers(Draw *self, const char *name, int low, int high, int most, bool from_end)
{
    int numbers[NUMBERS_MAX];
    int count = draw_between(self, 1, most);
    bool negative = from_end && chance(self, 40);
    for (int i = 0; i < count; i++) {
        if (!self->is_tame && from_end) negative = chance(self, 40);
        numbers[i] = draw_number(self, low, high, negative);
    }
    if (self->is_tame) qsort(numbers, (size_t)count, sizeof *numbers, by_number);
    g_string_append_printf(self->rule, ";%s=%d", name, numbers[0]);
    for (int i = 1; i < count; i++)
        if (!self->is_tame || numbers[i] > numbers[i - 1])
            g_string_append_printf(self->rule, ",%d", numbers[i]);
}

static const char *const week_days[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

/* Each once and in order, for the same reason. */
static void add_week_days(Draw *self)
{
    bool may = self->unit == RULE_MONTH || (self->unit == RULE_YEAR && !self->has_week);
    bool nth = may && chance(self, 50);
    int high = self->unit == RULE_YEAR && !self->has_month ? 53 : 5;
    const char *before = ";BYDAY=";
    int chosen = draw_between(self, 1, (1 << 7) - 1);
    for (int at = 0; at < (self->is_tame ? 7 : 9); at++) {
        int i = self->is_tame ? at : draw_between(self, 0, 6);
        if (self->is_tame && !(chosen >> i & 1)) continue;
        g_string_append(self->rule, before);
        if (nth && (self->is_tame || chance(self, 70)))
            g_string_append_printf(self->rule, "%s%d", chance(self, 40) ? "-" : "",
                                   draw_between(self, 1, high - (self->is_tame ? 1 : 0)));
        g_string_append(self->rule, week_days[i]);
        before = ",";
        if (!self->is_tame && chance(self, 40)) break;
    }
}

/* Of week 52 libical may lose days, and it has a week 53 in every year. */
static void add_days(Draw *self)
{
    int week_high = self->is_tame ? 51 : 53;
    self->has_month = chance(self, 35);
    self->has_week = self->unit == RULE_YEAR && chance(self, 25);
    self->has_year_day = (self->unit == RULE_YEAR || self->unit < RULE_DAY) && chance(self, 20);
    self->has_month_day = self->unit != RULE_WEEK && chance(self, 30);
    if (self->has_month) add_numbers(self, "BYMONTH", 1, 12, 4, false);
    if (self->has_week && chance(self, self->is_tame ? 0 : 40))
        add_numbers(self, "BYWEEKNO", 51, 53, 3, true);
    else if (self->has_week)
        add_numbers(self, "BYWEEKNO", 1, week_high, 4, true);
    if (self->has_year_day) add_numbers(self, "BYYEARDAY", 1, 366, 8, true);
    if (self->has_month_day) add_numbers(self, "BYMONTHDAY", 1, 31, 6, true);
    if (chance(self, 40)) add_week_days(self);
}

static void add_end(Draw *self)
{
    if (chance(self, 15)) {
        g_string_append_printf(self->rule, ";COUNT=%d", draw_between(self, 1, DRAW_COUNT_MAX));
    } else if (chance(self, 15)) {
        g_string_append_printf(self->rule, ";UNTIL=%d%02d%02d",
                               self->start.year + draw_between(self, 0, (int)self->unit),
                               draw_between(self, 1, 12), draw_between(self, 1, 28));
        if (chance(self, 50))
            g_string_append_printf(self->rule, "T%02d0000", draw_between(self, 0, 23));
    }
}

void draw_rule(Draw *self)
{
    static const struct {
        const char *name;
        RuleUnit unit;
        int share; /* of a hundred */
    } units[] = {
        {"YEARLY", RULE_YEAR, 30},    {"MONTHLY", RULE_MONTH, 25}, {"WEEKLY", RULE_WEEK, 20},
        {"DAILY", RULE_DAY, 13},      {"HOURLY", RULE_HOUR, 4},    {"MINUTELY", RULE_MINUTE, 4},
        {"SECONDLY", RULE_SECOND, 4},
    };
    int share = draw_between(self, 0, 99);
    size_t row = 0;
    while (share >= units[row].share)
        share -= units[row++].share;
    self->unit = units[row].unit;
    self->is_tame = chance(self, 40);
    g_string_printf(self->rule, "FREQ=%s", units[row].name);
    if (chance(self, 50))
        g_string_append_printf(self->rule, ";INTERVAL=%d", draw_between(self, 1, 7));
    if (chance(self, 40))
        g_string_append_printf(self->rule, ";WKST=%s", week_days[draw_between(self, 0, 6)]);
    add_days(self);
    if (chance(self, 25)) add_numbers(self, "BYHOUR", 0, 23, 4, false);
    if (chance(self, 25)) add_numbers(self, "BYMINUTE", 0, 59, 4, false);
    if (chance(self, 15)) add_numbers(self, "BYSECOND", 0, 59, 4, false);
    self->has_positions = strstr(self->rule->str, ";BY") && chance(self, 15);
    if (self->has_positions) add_numbers(self, "BYSETPOS", 1, chance(self, 10) ? 366 : 6, 3, true);
    self->start = (Moment){.year = draw_between(self, 1995, 2030),
                           .month = draw_between(self, 1, 12),
                           .day = draw_between(self, 1, self->is_tame ? 28 : 31),
                           .hour = draw_between(self, 0, 23),
                           .minute = draw_between(self, 0, 59),
                           .second = draw_between(self, 0, 59)};
    self->start.day =
        MIN(self->start.day, moment_days_in_month(self->start.year, self->start.month));
    if (!self->is_tame) add_end(self);
}
