#include "daemon/registry/overrides.h"

#include <stdlib.h>
#include <string.h>

typedef struct Search {
    Key first; /* the series' own name, with which all begin */
    const roaring_bitmap_t *seen;
    Arena *arena;
    int64_t *starts;
    size_t count;
} Search;

static void take(Search *self, const char *recurrence_id)
{
    Moment moment;
    if (!moment_parse(recurrence_id, &moment)) return;
    if (!self->starts) self->starts = arena_array(self->arena, OVERRIDES_MAX, sizeof(int64_t));
    if (self->starts) self->starts[self->count++] = moment_local_s(&moment);
}

static bool take_name(void *context, Bytes key, Bytes value)
{
    Search *self = context;
    char text[MOMENT_TEXT_SIZE];
    if (key.size < self->first.size || memcmp(key.data, self->first.bytes, self->first.size) != 0)
        return false;
    size_t length = key.size - self->first.size;
    if (length == 0 || length >= sizeof text) return true;
    if (!roaring_bitmap_contains(self->seen, (uint32_t)number_decode(value))) return true;
    memcpy(text, key.data + self->first.size, length);
    text[length] = '\0';
    take(self, text);
    return self->count < OVERRIDES_MAX;
}

static int by_start(const void *left, const void *right)
{
    int64_t one = *(const int64_t *)left;
    int64_t other = *(const int64_t *)right;
    return (one > other) - (one < other);
}

size_t overrides_of(const State *state, const char *uid, const roaring_bitmap_t *seen, Arena *arena,
                    const int64_t **starts)
{
    Search search = {.first = key_uid(uid, NULL), .seen = seen, .arena = arena};
    views_scan(state->views, VIEW_NAMES, key_bytes(&search.first), take_name, &search);
    if (search.count) qsort(search.starts, search.count, sizeof *search.starts, by_start);
    *starts = search.starts;
    return search.count;
}
