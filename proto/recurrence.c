#include "proto/recurrence.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum {
    COUNT_STEPS_MAX = 20000, /* to find the end of a COUNT, once, when a series is made */
};

static const int64_t end_of_time_s = INT64_C(253402300800); /* 10000-01-01T00:00:00 */
static const int64_t far_s = INT64_C(400000000000);         /* beyond all years, either way */

/* Behind it in the same block: the RuleRare if there is one, then extras, exdates and exdays. */
struct Series {
    int64_t first_s;
    int64_t length_s;
    int64_t counted_s;  /* of a COUNT too far to be found at once: how far it was counted, */
    int64_t count_left; /* and how many may come after that; of any other series below 0 */
    uint32_t bytes;
    uint16_t extras;  /* how many: the start and the rdates */
    uint16_t exdates; /* starts that are left out */
    uint16_t exdays;  /* days, as their midnights, on which nothing starts */
    bool has_rule;
    bool is_endless;
    Rule rule;
};

/* What a series is made from. */
typedef struct Draft {
    const Plenary__V1__Recurrence *recurrence; /* may be NULL */
    const char *zone;
    Span span;
    bool has_rule;
    RuleText text;
} Draft;

/* --- lists --- */

static bool has_rare(const Rule *rule)
{
    return rule->has_nth || rule->has_year_days || rule->has_positions;
}

/* Where the lists are, in bytes behind the Series itself. */
static size_t lists_at(const Rule *rule)
{
    return has_rare(rule) ? sizeof(RuleRare) : 0;
}

static const int64_t *extras_of(const Series *self)
{
    return (const int64_t *)(const void *)((const char *)(self + 1) + lists_at(&self->rule));
}

static int compare_starts(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a;
    int64_t other = *(const int64_t *)b;
    return (one > other) - (one < other);
}

static bool holds(const int64_t *list, size_t count, int64_t start_s)
{
    return bsearch(&start_s, list, count, sizeof *list, compare_starts) != NULL;
}

static bool is_left_out(const Series *self, int64_t start_s)
{
    if (self->exdates + self->exdays == 0) return false;
    const int64_t *exdates = extras_of(self) + self->extras;
    int64_t midnight_s = rule_floor_div(start_s, RULE_DAY_S) * RULE_DAY_S;
    return holds(exdates, self->exdates, start_s) ||
           holds(exdates + self->exdates, self->exdays, midnight_s);
}

/* Sorted, each once; gives how many are left. */
static uint16_t settle(int64_t *list, size_t count)
{
    size_t kept = 0;
    qsort(list, count, sizeof *list, compare_starts);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || list[kept - 1] != list[i]) list[kept++] = list[i];
    return (uint16_t)kept;
}

/* --- making one --- */

static int64_t midnight_of(const Moment *moment)
{
    return moment_day(moment->year, moment->month, moment->day) * RULE_DAY_S;
}

/* A date among the rdates of an event with times has the start's time of day, and a date-time among
 * those of whole days counts by its day. */
static void add_rdates(Series *self, const Draft *draft, int64_t *list)
{
    size_t count = 0;
    Moment moment;
    int64_t time_s = self->first_s - rule_floor_div(self->first_s, RULE_DAY_S) * RULE_DAY_S;
    list[count++] = self->first_s;
    for (size_t i = 0; draft->recurrence && i < draft->recurrence->n_rdate; i++) {
        if (!moment_parse(draft->recurrence->rdate[i], &moment)) continue;
        bool by_day = moment.is_date || draft->span.whole_days;
        list[count++] = by_day ? midnight_of(&moment) + time_s : moment_local_s(&moment);
    }
    self->extras = settle(list, count);
}

/* A date among the exdates leaves out whatever starts on that day. */
static uint16_t add_exdates(const Draft *draft, bool days, int64_t *list)
{
    size_t count = 0;
    Moment moment;
    for (size_t i = 0; draft->recurrence && i < draft->recurrence->n_exdate; i++) {
        if (!moment_parse(draft->recurrence->exdate[i], &moment)) continue;
        bool by_day = moment.is_date || draft->span.whole_days;
        if (by_day == days) list[count++] = by_day ? midnight_of(&moment) : moment_local_s(&moment);
    }
    return settle(list, count);
}

/* The last start on the wall that is not after an UNTIL. One in UTC may lie in the hour that clocks
 * turned back repeat: then all starts of that hour, which mean its first run, are before it. */
static int64_t until_s(const Draft *draft, Zones *zones)
{
    int64_t last_s = moment_local_s(&draft->text.until);
    if (draft->text.until.is_date) return last_s + RULE_DAY_S - 1;
    if (!draft->text.until_is_utc || !draft->zone) return last_s;
    int64_t utc_s = last_s;
    last_s = moment_local_of_utc_s(zones, utc_s, draft->zone);
    Moment moment = moment_from_local_s(last_s, false);
    int64_t first_run_s = moment_utc_s(zones, &moment, draft->zone);
    int64_t change_s;
    if (first_run_s >= utc_s ||
        !zones_next_change(zones, draft->zone, first_run_s, utc_s, &change_s))
        return last_s;
    return moment_local_of_utc_s(zones, change_s - 1, draft->zone);
}

/* Finds the last start of a COUNT, the first of which is the start itself. What takes too many
 * steps is counted on by each walk that goes so far. */
static void resolve_count(Series *self, bool is_plain, int64_t count)
{
    Rule *rule = &self->rule;
    int steps = COUNT_STEPS_MAX;
    int64_t last_s = self->first_s;
    RuleWalk walk;
    count--;
    if (is_plain && rule->unit <= RULE_WEEK) {
        last_s += period_start_s(rule, count) - period_start_s(rule, 0);
        count = 0;
    }
    rule_seek(rule, self->first_s + 1, &walk);
    while (count > 0) {
        int64_t moment_s;
        SeriesStep step = rule_next(rule, INT64_MAX, &walk, &steps, &moment_s);
        if (step == SERIES_END) return;
        if (step == SERIES_TIRED) {
            self->counted_s = last_s;
            self->count_left = count;
            return;
        }
        last_s = moment_s;
        count -= 1 + rule_skip(rule, count - 1, &walk, &last_s);
    }
    self->is_endless = self->is_endless && last_s >= rule->last_s;
    rule->last_s = MIN(rule->last_s, last_s);
}

static void add_rule(Series *self, const Draft *draft, Zones *zones)
{
    int64_t last_s = end_of_time_s - MAX(self->length_s, 1);
    self->has_rule = true;
    self->is_endless = !draft->text.has_until;
    self->rule = draft->text.rule;
    if (has_rare(&self->rule)) {
        self->rule.rare_bytes = (uint32_t)(sizeof *self - offsetof(Series, rule));
        memcpy(self + 1, &draft->text.rare, sizeof draft->text.rare);
    }
    self->rule.last_s = draft->text.has_until ? MIN(last_s, until_s(draft, zones)) : last_s;
    if (draft->text.count > 0) resolve_count(self, draft->text.is_plain, draft->text.count);
}

static bool read_draft(const Event *event, Zones *zones, Draft *draft)
{
    *draft = (Draft){.recurrence = event->recurrence};
    if (!event->schedule || !schedule_span(zones, event->schedule, &draft->span)) return false;
    draft->zone = event->schedule->time_zone;
    if (draft->recurrence && draft->recurrence->rrule)
        draft->has_rule = rule_read(draft->recurrence->rrule, draft->span.local_start_s,
                                    draft->span.whole_days, &draft->text);
    return true;
}

Series *series_compile(const Event *event, Zones *zones, Arena *arena)
{
    Draft draft;
    if (!read_draft(event, zones, &draft)) return NULL;
    size_t dates = 1;
    if (draft.recurrence) dates += draft.recurrence->n_rdate + draft.recurrence->n_exdate;
    size_t lists = lists_at(&draft.text.rule);
    Series *self = arena_alloc(arena, sizeof *self + lists + dates * sizeof(int64_t));
    if (!self) return NULL;
    self->first_s = draft.span.local_start_s;
    self->length_s = draft.span.local_end_s - draft.span.local_start_s;
    self->count_left = -1;
    if (draft.has_rule) add_rule(self, &draft, zones);
    int64_t *list = (int64_t *)(void *)((char *)(self + 1) + lists);
    add_rdates(self, &draft, list);
    list += self->extras;
    self->exdates = add_exdates(&draft, false, list);
    list += self->exdates;
    self->exdays = add_exdates(&draft, true, list);
    self->bytes = (uint32_t)((char *)(list + self->exdays) - (char *)self);
    return self;
}

size_t series_size_bytes(const Series *self)
{
    return self->bytes;
}

void series_bounds(const Series *self, int64_t *first_start_s, int64_t *last_end_s)
{
    const int64_t *extras = extras_of(self);
    int64_t last_s = extras[self->extras - 1];
    *first_start_s = extras[0];
    if (self->has_rule) last_s = MAX(last_s, self->rule.last_s);
    *last_end_s = self->has_rule && self->is_endless ? INT64_MAX : last_s + MAX(self->length_s, 1);
}

/* --- walking --- */

/* The first extra start that is not before `from_s`. */
static uint32_t find_extra(const Series *self, int64_t from_s)
{
    const int64_t *extras = extras_of(self);
    uint32_t low = 0;
    for (uint32_t high = self->extras; low < high;) {
        uint32_t middle = (low + high) / 2;
        if (extras[middle] < from_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void series_seek(const Series *self, int64_t local_s, SeriesWalk *walk)
{
    int64_t from_s = CLAMP(local_s, -far_s, far_s) - MAX(self->length_s, 1) + 1;
    int64_t rule_from_s = MAX(from_s, self->first_s + 1);
    *walk = (SeriesWalk){.series = self, .from_s = from_s, .extra = find_extra(self, from_s)};
    walk->has_rule_s = !self->has_rule;
    walk->rule_s = INT64_MAX;
    walk->count_left = self->count_left;
    /* Whoever comes behind what was counted must count on from there. */
    if (self->count_left >= 0) rule_from_s = MIN(rule_from_s, self->counted_s + 1);
    if (self->has_rule) rule_seek(&self->rule, rule_from_s, &walk->rule);
}

/* Finds the next start of the rule that is not past over, unless it comes after `up_to_s`. */
static bool find_rule_start(SeriesWalk *walk, int64_t up_to_s, int *steps)
{
    const Series *series = walk->series;
    while (!walk->has_rule_s) {
        int64_t *start_s = &walk->rule_s;
        SeriesStep step = rule_next(&series->rule, up_to_s, &walk->rule, steps, start_s);
        if (step == SERIES_TIRED) return false;
        if (step == SERIES_INSTANCE && *start_s == INT64_MAX) return true;
        if (step == SERIES_INSTANCE && series->count_left >= 0 && *start_s > series->counted_s &&
            walk->count_left-- <= 0) {
            walk->count_left = 0;
            *start_s = INT64_MAX;
        }
        walk->has_rule_s = *start_s >= walk->from_s;
    }
    return true;
}

SeriesStep series_next(SeriesWalk *walk, Instance *instance)
{
    const Series *series = walk->series;
    const int64_t *extras = extras_of(series);
    for (int steps = SERIES_STEPS_MAX; steps > 0; steps--) {
        int64_t extra_s = walk->extra < series->extras ? extras[walk->extra] : INT64_MAX;
        if (!find_rule_start(walk, extra_s, &steps)) return SERIES_TIRED;
        int64_t start_s = MIN(extra_s, walk->rule_s);
        if (start_s == INT64_MAX) return SERIES_END;
        if (start_s == extra_s) walk->extra++;
        if (start_s == walk->rule_s) walk->has_rule_s = false;
        if (is_left_out(series, start_s)) continue;
        *instance = (Instance){start_s, start_s + series->length_s};
        return SERIES_INSTANCE;
    }
    return SERIES_TIRED;
}
