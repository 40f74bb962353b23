#include "daemon/registry/overlap.h"

enum {
    SECONDS_PER_DAY = 24 * 3600,
};

bool times_of(const Event *event, Zones *zones, Arena *arena, Times *times)
{
    *times = (Times){0};
    if (!event->schedule || !schedule_span(zones, event->schedule, &times->span)) return false;
    if (!times->span.whole_days) times->zone = event->schedule->time_zone;
    if (event->recurrence) times->series = series_compile(event, zones, arena);
    times->first_start_s = times->span.local_start_s;
    times->last_end_s = times->span.local_end_s;
    if (times->series) series_bounds(times->series, &times->first_start_s, &times->last_end_s);
    return true;
}

/* --- one side --- */

typedef struct Walk {
    const Times *times;
    SeriesWalk walk;
    Instance at;
    bool has; /* `at` is one; false: there are no more */
} Walk;

static bool is_replaced(const Times *times, int64_t start_s)
{
    return times->is_replaced && times->is_replaced(times->replaced_context, start_s);
}

/* Takes what it cost from *left. */
static void next(Walk *self, size_t *left)
{
    const Times *times = self->times;
    self->has = false;
    if (!times->series) return;
    while (*left > 0) {
        SeriesStep step = series_next(&self->walk, &self->at);
        size_t cost = step == SERIES_TIRED ? SERIES_STEPS_MAX : 1;
        *left -= cost < *left ? cost : *left;
        if (step == SERIES_END) return;
        if (step == SERIES_TIRED || is_replaced(times, self->at.local_start_s)) continue;
        self->has = true;
        return;
    }
}

static void seek(Walk *self, const Times *times, int64_t from_s, size_t *left)
{
    *self = (Walk){.times = times, .has = true};
    self->at = (Instance){times->span.local_start_s, times->span.local_end_s};
    if (!times->series) return;
    series_seek(times->series, from_s, &self->walk);
    next(self, left);
}

/* --- two instances --- */

/* Where the one lies by the other. */
typedef enum Order {
    BEFORE,
    AT_ONCE,
    AFTER,
} Order;

static int64_t last_of(int64_t start_s, int64_t end_s)
{
    return end_s > start_s ? end_s : start_s + 1;
}

static Order order_of(int64_t start_s, int64_t end_s, int64_t other_start_s, int64_t other_end_s)
{
    if (last_of(start_s, end_s) <= other_start_s) return BEFORE;
    return last_of(other_start_s, other_end_s) <= start_s ? AFTER : AT_ONCE;
}

static int64_t utc_of(Zones *zones, const char *zone, int64_t local_s)
{
    Moment moment = moment_from_local_s(local_s, false);
    return moment_utc_s(zones, &moment, zone);
}

/* Zones are looked up only where clocks that differ could matter. */
static Order compare(Zones *zones, const Walk *left, const Walk *right)
{
    const Instance *one = &left->at;
    const Instance *other = &right->at;
    const char *zone = left->times->zone;
    const char *other_zone = right->times->zone;
    if (!zone || !other_zone)
        return order_of(one->local_start_s, one->local_end_s, other->local_start_s,
                        other->local_end_s);
    if (one->local_end_s + OVERLAP_ZONES_APART_S < other->local_start_s) return BEFORE;
    if (other->local_end_s + OVERLAP_ZONES_APART_S < one->local_start_s) return AFTER;
    return order_of(utc_of(zones, zone, one->local_start_s), utc_of(zones, zone, one->local_end_s),
                    utc_of(zones, other_zone, other->local_start_s),
                    utc_of(zones, other_zone, other->local_end_s));
}

static bool touches(const Instance *instance, int64_t from_s, int64_t to_s)
{
    return last_of(instance->local_start_s, instance->local_end_s) > from_s &&
           instance->local_start_s < to_s;
}

static bool ends_first(const Instance *one, const Instance *other)
{
    return one->local_end_s < other->local_end_s;
}

/* --- both sides --- */

typedef struct Window {
    int64_t from_s;
    int64_t to_s;
} Window;

/* Two series begin where both have begun, within the window; an event that does not recur is
 * looked for where it is. */
static int64_t beginning_of(const Times *left, const Times *right, const Window *window)
{
    if (!left->series) return left->first_start_s;
    if (!right->series) return right->first_start_s;
    int64_t from_s =
        left->first_start_s > right->first_start_s ? left->first_start_s : right->first_start_s;
    return window->from_s > from_s ? window->from_s : from_s;
}

/* Both lie behind the window. */
static bool is_over(const Walk *left, const Walk *right, const Window *window)
{
    return left->at.local_start_s >= window->to_s && right->at.local_start_s >= window->to_s;
}

/* The one that ends first goes on; what does not recur stays, while the other may come to it. */
static void advance(Walk *left, Walk *right, Order order, size_t *left_over)
{
    bool is_left = order == BEFORE || (order == AT_ONCE && ends_first(&left->at, &right->at));
    Walk *earlier = is_left ? left : right;
    Walk *later = is_left ? right : left;
    next(order == AT_ONCE && !earlier->times->series ? later : earlier, left_over);
}

static bool look(Zones *zones, const Times *left, const Times *right, const Window *window,
                 Overlap *overlap)
{
    Walk one;
    Walk other;
    size_t left_over = OVERLAP_INSTANCES_MAX;
    bool found = false;
    int64_t from_s = beginning_of(left, right, window) - OVERLAP_ZONES_APART_S;
    seek(&one, left, from_s, &left_over);
    seek(&other, right, from_s, &left_over);
    while (one.has && other.has && !found && !is_over(&one, &other, window)) {
        Order order = compare(zones, &one, &other);
        found = order == AT_ONCE && (touches(&one.at, window->from_s, window->to_s) ||
                                     touches(&other.at, window->from_s, window->to_s));
        if (!found) advance(&one, &other, order, &left_over);
    }
    overlap->left = one.at;
    overlap->right = other.at;
    overlap->looked_at += OVERLAP_INSTANCES_MAX - left_over;
    return found;
}

bool overlap_find(Zones *zones, const Times *left, const Times *right, const OverlapView *view,
                  Overlap *overlap)
{
    const Window always = {INT64_MIN, INT64_MAX};
    const Window asked = {view->from_s, view->to_s};
    const Window coming = {view->now_s, INT64_MAX};
    if (!left->series && !right->series) return look(zones, left, right, &always, overlap);
    if (view->has_range) return look(zones, left, right, &asked, overlap);
    if (left->series && right->series && look(zones, left, right, &coming, overlap)) return true;
    return look(zones, left, right, &always, overlap);
}

/* --- telling --- */

Schedule *overlap_schedule(const Event *event, const Instance *instance, Arena *arena)
{
    const Schedule *usual = event->schedule;
    Schedule *schedule = arena_alloc(arena, sizeof *schedule);
    char start[MOMENT_TEXT_SIZE];
    char end[MOMENT_TEXT_SIZE];
    Moment begins;
    if (!schedule || !moment_parse(usual->start, &begins)) return NULL;
    *schedule = *usual;
    int64_t end_s = instance->local_end_s - (begins.is_date ? SECONDS_PER_DAY : 0);
    Moment moment = moment_from_local_s(instance->local_start_s, begins.is_date);
    moment_print(&moment, start);
    moment = moment_from_local_s(end_s, begins.is_date);
    moment_print(&moment, end);
    schedule->start = arena_strdup(arena, start);
    schedule->end = usual->end ? arena_strdup(arena, end) : NULL;
    return schedule->start && (!usual->end || schedule->end) ? schedule : NULL;
}
