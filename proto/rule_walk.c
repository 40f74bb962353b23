#include "proto/rule_walk.h"

#include <glib.h>

void rule_seek(const Rule *rule, int64_t local_s, RuleWalk *walk)
{
    *walk = (RuleWalk){.from_s = local_s, .index = period_at(rule, local_s)};
}

static void load(const Rule *rule, RuleWalk *walk)
{
    Period *period = &walk->period;
    walk->index = period_load(rule, walk->index, period);
    if (period->count > 0 && period_moment_s(period, 0) < walk->from_s)
        walk->position = period_find(period, walk->from_s);
    else
        walk->position = 0;
}

SeriesStep rule_next(const Rule *rule, int64_t up_to_s, RuleWalk *walk, int *steps,
                     int64_t *moment_s)
{
    *moment_s = INT64_MAX;
    while (*steps > 0) {
        (*steps)--;
        walk->position = period_select(&walk->period, rule, walk->position);
        if (walk->position < walk->period.count) {
            int64_t found_s = period_moment_s(&walk->period, walk->position);
            if (found_s > rule->last_s) return SERIES_END;
            walk->position++;
            *moment_s = found_s;
            return SERIES_INSTANCE;
        }
        int64_t start_s = period_start_s(rule, walk->index);
        if (start_s > rule->last_s) return SERIES_END;
        if (start_s > up_to_s) return SERIES_INSTANCE;
        load(rule, walk);
    }
    return SERIES_TIRED;
}

int64_t rule_skip(const Rule *rule, int64_t count, RuleWalk *walk, int64_t *moment_s)
{
    int64_t here = MIN(count, (int64_t)walk->period.count - walk->position);
    if (rule->has_positions || here <= 0) return 0;
    walk->position += (uint32_t)here;
    *moment_s = period_moment_s(&walk->period, walk->position - 1);
    return here;
}
