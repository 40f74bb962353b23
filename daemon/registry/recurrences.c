#include "daemon/registry/recurrences.h"

#include "proto/facets.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum {
    OVERRIDES_FIRST = 4,
    YEARS = MOMENT_YEAR_MAX + 2,
};

typedef struct Override {
    int64_t local_start_s; /* of the instance */
    uint32_t number;
    bool withdrawn;
    Handling *handling; /* NULL: green */
} Override;

/* What has one uid: a series, and what replaces instances of it; either may be missing. */
typedef struct Group {
    char *uid;
    uint32_t series;
    Override *overrides; /* in the order of the instances */
    size_t count;
    size_t capacity;
    size_t live;      /* not withdrawn */
    uint64_t changed; /* the last change of one of these */
} Group;

struct Recurring {
    uint32_t number;
    Series *series;
    int64_t told_until_s;
    int64_t last_end_s;
    Group *group;
};

struct Recurrences {
    GHashTable *by_number; /* Recurring; its number is in it */
    GHashTable *groups;    /* by uid */
    roaring_bitmap_t *series;
    roaring_bitmap_t *replaced;
    roaring_bitmap_t *lasting[YEARS]; /* by the year from which on facets do not tell; or NULL */
    Arena *scratch;
};

/* --- what is kept --- */

static void forget_handling(Override *override)
{
    if (override->handling) plenary__v1__handling__free_unpacked(override->handling, NULL);
    override->handling = NULL;
}

static void group_free(gpointer data)
{
    Group *group = data;
    for (size_t i = 0; i < group->count; i++)
        forget_handling(&group->overrides[i]);
    free(group->overrides);
    free(group->uid);
    free(group);
}

static void recurring_free(gpointer data)
{
    Recurring *recurring = data;
    free(recurring->series);
    free(recurring);
}

static guint hash_number(gconstpointer key)
{
    return *(const uint32_t *)key;
}

static gboolean same_number(gconstpointer left, gconstpointer right)
{
    return *(const uint32_t *)left == *(const uint32_t *)right;
}

Recurrences *recurrences_new(void)
{
    Recurrences *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->by_number = g_hash_table_new_full(hash_number, same_number, NULL, recurring_free);
    self->groups = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, group_free);
    self->series = roaring_bitmap_create();
    self->replaced = roaring_bitmap_create();
    self->scratch = arena_new(RECURRENCES_SCRATCH_BYTES);
    if (self->series && self->replaced && self->scratch) return self;
    recurrences_destroy(&self);
    return NULL;
}

void recurrences_destroy(Recurrences **self)
{
    if (!self || !*self) return;
    g_hash_table_destroy((*self)->by_number);
    g_hash_table_destroy((*self)->groups);
    if ((*self)->series) roaring_bitmap_free((*self)->series);
    if ((*self)->replaced) roaring_bitmap_free((*self)->replaced);
    for (size_t i = 0; i < YEARS; i++)
        if ((*self)->lasting[i]) roaring_bitmap_free((*self)->lasting[i]);
    arena_destroy(&(*self)->scratch);
    free(*self);
    *self = NULL;
}

static Group *group_of(Recurrences *self, const char *uid)
{
    Group *group = g_hash_table_lookup(self->groups, uid);
    if (group) return group;
    group = calloc(1, sizeof *group);
    if (!group) return NULL;
    group->uid = strdup(uid);
    if (!group->uid) {
        free(group);
        return NULL;
    }
    g_hash_table_insert(self->groups, group->uid, group);
    return group;
}

static void mark_replaced(Recurrences *self, const Group *group)
{
    if (!group->series) return;
    if (group->live)
        roaring_bitmap_add(self->replaced, group->series);
    else
        roaring_bitmap_remove(self->replaced, group->series);
}

/* --- series --- */

static size_t year_of(int64_t local_s)
{
    int32_t year = moment_from_local_s(local_s, true).year;
    return year < 0 ? 0 : year < YEARS ? (size_t)year : YEARS - 1;
}

static bool lasts(const Recurring *recurring)
{
    return recurring->last_end_s > recurring->told_until_s;
}

static void remove_series(Recurrences *self, uint32_t number)
{
    Recurring *recurring = g_hash_table_lookup(self->by_number, &number);
    if (!recurring) return;
    if (lasts(recurring))
        roaring_bitmap_remove(self->lasting[year_of(recurring->told_until_s)], number);
    roaring_bitmap_remove(self->series, number);
    roaring_bitmap_remove(self->replaced, number);
    recurring->group->series = 0;
    if (recurring->group->count == 0) g_hash_table_remove(self->groups, recurring->group->uid);
    g_hash_table_remove(self->by_number, &number);
}

static bool add_lasting(Recurrences *self, const Recurring *recurring)
{
    roaring_bitmap_t **year = &self->lasting[year_of(recurring->told_until_s)];
    if (!*year) *year = roaring_bitmap_create();
    if (*year) roaring_bitmap_add(*year, recurring->number);
    return *year != NULL;
}

static Recurring *recurring_new(Recurrences *self, Zones *zones, const Event *event)
{
    int64_t unused;
    Series *series = series_compile(event, zones, self->scratch);
    size_t size = series ? series_size_bytes(series) : 0;
    Recurring *made = calloc(1, sizeof *made);
    if (made && size) made->series = malloc(size);
    if (!made || !made->series) {
        free(made);
        return NULL;
    }
    memcpy(made->series, series, size);
    made->number = event->number;
    made->told_until_s = facets_series_told_until_s(made->series);
    series_bounds(made->series, &unused, &made->last_end_s);
    return made;
}

static bool put_series(Recurrences *self, Zones *zones, const Event *event)
{
    arena_reset(self->scratch);
    Recurring *recurring = recurring_new(self, zones, event);
    Group *group = recurring ? group_of(self, event->uid) : NULL;
    if (!group || (lasts(recurring) && !add_lasting(self, recurring))) {
        if (recurring) recurring_free(recurring);
        return false;
    }
    recurring->group = group;
    group->series = event->number;
    g_hash_table_insert(self->by_number, &recurring->number, recurring);
    roaring_bitmap_add(self->series, event->number);
    mark_replaced(self, group);
    return true;
}

/* --- what replaces instances --- */

/* The place of the first one at that instance or after it. */
static size_t find_place(const Group *group, int64_t local_start_s)
{
    size_t low = 0;
    size_t high = group->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (group->overrides[middle].local_start_s < local_start_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static Override *insert_override(Group *group, int64_t local_start_s, uint32_t number)
{
    if (group->count == group->capacity) {
        size_t capacity = group->capacity ? 2 * group->capacity : OVERRIDES_FIRST;
        Override *grown = realloc(group->overrides, capacity * sizeof *grown);
        if (!grown) return NULL;
        group->overrides = grown;
        group->capacity = capacity;
    }
    size_t place = find_place(group, local_start_s);
    Override *made = &group->overrides[place];
    memmove(made + 1, made, (group->count - place) * sizeof *made);
    *made = (Override){.local_start_s = local_start_s, .number = number, .withdrawn = true};
    group->count++;
    return made;
}

static Override *find_override(Group *group, int64_t local_start_s, uint32_t number)
{
    for (size_t i = find_place(group, local_start_s);
         i < group->count && group->overrides[i].local_start_s == local_start_s; i++)
        if (group->overrides[i].number == number) return &group->overrides[i];
    return insert_override(group, local_start_s, number);
}

static bool copy_handling(const Handling *handling, Override *override)
{
    forget_handling(override);
    if (!handling) return true;
    size_t size = plenary__v1__handling__get_packed_size(handling);
    uint8_t *packed = malloc(size + 1);
    if (!packed) return false;
    plenary__v1__handling__pack(handling, packed);
    override->handling = plenary__v1__handling__unpack(NULL, size, packed);
    free(packed);
    return override->handling != NULL;
}

static bool put_override(Recurrences *self, const Event *event, uint64_t sequence, bool withdrawn)
{
    Moment moment;
    if (!moment_parse(event->recurrence_id, &moment)) return true;
    Group *group = group_of(self, event->uid);
    Override *override =
        group ? find_override(group, moment_local_s(&moment), event->number) : NULL;
    if (!override || !copy_handling(event->handling, override)) return false;
    if (override->withdrawn && !withdrawn) group->live++;
    if (!override->withdrawn && withdrawn) group->live--;
    override->withdrawn = withdrawn;
    if (sequence > group->changed) group->changed = sequence;
    mark_replaced(self, group);
    return true;
}

bool recurrences_put(Recurrences *self, Zones *zones, const Event *image, uint64_t sequence,
                     bool withdrawn)
{
    if (image->recurrence_id) return put_override(self, image, sequence, withdrawn);
    remove_series(self, image->number);
    return !image->recurrence || withdrawn || put_series(self, zones, image);
}

/* --- asking --- */

const Recurring *recurrences_find(const Recurrences *self, uint32_t number)
{
    return g_hash_table_lookup(self->by_number, &number);
}

uint32_t recurrences_series_of(const Recurrences *self, const char *uid)
{
    const Group *group = g_hash_table_lookup(self->groups, uid);
    return group ? group->series : 0;
}

const roaring_bitmap_t *recurrences_series(const Recurrences *self)
{
    return self->series;
}

const roaring_bitmap_t *recurrences_replaced(const Recurrences *self)
{
    return self->replaced;
}

void recurrences_add_lasting(const Recurrences *self, int64_t until_s, roaring_bitmap_t *set)
{
    size_t last = until_s == INT64_MAX ? YEARS - 1 : year_of(until_s);
    for (size_t i = 0; i <= last; i++)
        if (self->lasting[i]) roaring_bitmap_or_inplace(set, self->lasting[i]);
}

int64_t recurrences_lasting_from_s(const Recurrences *self, const roaring_bitmap_t *set)
{
    for (size_t i = 0; i < YEARS; i++) {
        const Moment moment = {.year = (int32_t)i, .month = 1, .day = 1, .is_date = true};
        if (self->lasting[i] && roaring_bitmap_intersect(self->lasting[i], set))
            return moment_local_s(&moment);
    }
    return INT64_MAX;
}

const Series *recurring_series(const Recurring *self)
{
    return self->series;
}

int64_t recurring_told_until_s(const Recurring *self)
{
    return self->told_until_s;
}

bool recurring_changed_since(const Recurring *self, uint64_t sequence)
{
    return self->group->changed > sequence;
}

uint32_t recurrences_override(const Recurrences *self, const char *uid, int64_t local_start_s,
                              size_t index)
{
    const Group *group = g_hash_table_lookup(self->groups, uid);
    size_t at = group ? find_place(group, local_start_s) + index : 0;
    bool found = group && at < group->count && group->overrides[at].local_start_s == local_start_s;
    return found ? group->overrides[at].number : 0;
}

/* --- walks --- */

static bool is_replaced(void *context, int64_t local_start_s)
{
    const RecurringSight *sight = context;
    const Group *group = sight->group;
    for (size_t i = find_place(group, local_start_s);
         i < group->count && group->overrides[i].local_start_s == local_start_s; i++)
        if (!group->overrides[i].withdrawn &&
            access_sees(sight->caller, group->overrides[i].handling))
            return true;
    return false;
}

static instance_replaced_fn *look_at(const Group *group, const Caller *caller,
                                     RecurringSight *sight)
{
    *sight = (RecurringSight){group, caller};
    return group && group->live > 0 ? is_replaced : NULL;
}

instance_replaced_fn *recurrences_replaced_of(const Recurrences *self, const char *uid,
                                              const Caller *caller, RecurringSight *sight)
{
    return look_at(g_hash_table_lookup(self->groups, uid), caller, sight);
}

InstanceWalk recurring_walk(const Recurring *self, const Caller *caller, RecurringSight *sight)
{
    return (InstanceWalk){.is_replaced = look_at(self->group, caller, sight), .context = sight};
}

bool recurring_touches(const Recurring *self, const Caller *caller, int64_t from_s, int64_t to_s)
{
    RecurringSight sight;
    InstanceWalk walk = recurring_walk(self, caller, &sight);
    return instances_touch(&walk, self->series, from_s, to_s);
}
