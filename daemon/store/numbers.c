#include "daemon/store/numbers.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* malloc's own bytes and a bitmap's header and its three small arrays, in 0.2.66 */
    BITMAP_BASE_BYTES = 176,
    /* per container: its header, its place in the three arrays, malloc's own bytes */
    CONTAINER_BASE_BYTES = 64,
    BITSET_BYTES = 8192,
    MEASURE_AGAIN_MIN = 64,
};

struct NumbersBitmaps {
    roaring_bitmap_t *added;
    roaring_bitmap_t *removed;
    NumbersBitmaps *next;
    size_t bytes;       /* as counted in the room */
    uint32_t countdown; /* changes until the next measuring */
};

Numbers numbers_empty(void)
{
    return (Numbers){.capacity = NUMBERS_INLINE};
}

/* --- bitmaps --- */

static size_t measure(const roaring_bitmap_t *bitmap, uint64_t *cardinality)
{
    roaring_statistics_t about;
    roaring_bitmap_statistics(bitmap, &about);
    *cardinality += about.cardinality;
    /* Arrays grow by a quarter to a double ahead of what they hold. */
    return BITMAP_BASE_BYTES + (size_t)about.n_containers * CONTAINER_BASE_BYTES +
           (size_t)about.n_bytes_array_containers * 3 / 2 +
           (size_t)about.n_bitset_containers * BITSET_BYTES;
}

/* Measuring costs a walk over the containers: done anew when the set may have grown by half. */
static void count_bytes(NumbersRoom *room, NumbersBitmaps *bitmaps)
{
    uint64_t cardinality = 0;
    room->bitmap_bytes -= bitmaps->bytes;
    bitmaps->bytes = sizeof *bitmaps + measure(bitmaps->added, &cardinality) +
                     measure(bitmaps->removed, &cardinality);
    room->bitmap_bytes += bitmaps->bytes;
    uint64_t half = cardinality / 2;
    bitmaps->countdown = half < MEASURE_AGAIN_MIN ? MEASURE_AGAIN_MIN : (uint32_t)half;
}

static void change_bitmaps(NumbersRoom *room, NumbersBitmaps *bitmaps, uint32_t number, bool add)
{
    roaring_bitmap_t *into = add ? bitmaps->added : bitmaps->removed;
    roaring_bitmap_t *from = add ? bitmaps->removed : bitmaps->added;
    roaring_bitmap_add(into, number);
    if (!roaring_bitmap_is_empty(from)) roaring_bitmap_remove(from, number);
    if (--bitmaps->countdown == 0) count_bytes(room, bitmaps);
}

/* --- arrays --- */

static uint32_t *array_of(Numbers *self)
{
    return self->capacity == NUMBERS_INLINE ? self->inline_ : self->array;
}

static uint32_t *take_array(NumbersRoom *room, uint8_t capacity)
{
    uint32_t *spare = room->spare;
    if (capacity != NUMBERS_SOME || spare == NULL)
        return pool_take(room->pool, capacity * sizeof(uint32_t));
    memcpy(&room->spare, spare, sizeof room->spare);
    return spare;
}

static void leave_array(NumbersRoom *room, Numbers *self)
{
    if (self->capacity != NUMBERS_SOME) return;
    memcpy(self->array, &room->spare, sizeof room->spare);
    room->spare = self->array;
}

static void become_bitmaps(NumbersRoom *room, Numbers *self)
{
    NumbersBitmaps *bitmaps = calloc(1, sizeof *bitmaps);
    assert(bitmaps != NULL);
    bitmaps->added = roaring_bitmap_of_ptr(self->added, self->array);
    bitmaps->removed = roaring_bitmap_of_ptr(self->removed, self->array + self->added);
    assert(bitmaps->added != NULL && bitmaps->removed != NULL);
    bitmaps->next = room->all;
    room->all = bitmaps;
    count_bytes(room, bitmaps);
    self->capacity = 0;
    self->bitmaps = bitmaps;
}

static void grow(NumbersRoom *room, Numbers *self)
{
    if (self->capacity == NUMBERS_FEW_MAX) {
        become_bitmaps(room, self);
        return;
    }
    uint8_t capacity = self->capacity == NUMBERS_INLINE ? NUMBERS_SOME : NUMBERS_FEW_MAX;
    uint32_t *array = take_array(room, capacity);
    memcpy(array, array_of(self), self->capacity * sizeof *array);
    leave_array(room, self);
    self->array = array;
    self->capacity = capacity;
}

/* Where `number` is in array[from .. to), or `to`. */
static unsigned int find(const uint32_t *array, unsigned int from, unsigned int to, uint32_t number)
{
    while (from < to && array[from] != number)
        from++;
    return from;
}

/* `number` is not in the array, which has room. */
static void put_added(Numbers *self, uint32_t number)
{
    uint32_t *array = array_of(self);
    array[self->added + self->removed] = array[self->added];
    array[self->added++] = number;
}

static void put_removed(Numbers *self, uint32_t number)
{
    array_of(self)[self->added + self->removed++] = number;
}

static void take_out(Numbers *self, unsigned int place)
{
    uint32_t *array = array_of(self);
    unsigned int last = self->added + self->removed - 1U;
    if (place < self->added) {
        array[place] = array[--self->added];
        array[self->added] = array[last];
    } else {
        array[place] = array[last];
        self->removed--;
    }
}

static void change(NumbersRoom *room, Numbers *self, uint32_t number, bool add)
{
    if (self->capacity != 0) {
        unsigned int count = self->added + self->removed;
        unsigned int place = find(array_of(self), 0, count, number);
        if (place < count && (place < self->added) == add) return;
        if (place < count)
            take_out(self, place);
        else if (count == self->capacity)
            grow(room, self);
    }
    if (self->capacity == 0)
        change_bitmaps(room, self->bitmaps, number, add);
    else if (add)
        put_added(self, number);
    else
        put_removed(self, number);
}

void numbers_add(NumbersRoom *room, Numbers *self, uint32_t number)
{
    change(room, self, number, true);
}

void numbers_remove(NumbersRoom *room, Numbers *self, uint32_t number)
{
    change(room, self, number, false);
}

/* --- reading --- */

void numbers_apply(const Numbers *self, roaring_bitmap_t *bitmap)
{
    if (self->capacity == 0) {
        roaring_bitmap_andnot_inplace(bitmap, self->bitmaps->removed);
        roaring_bitmap_or_inplace(bitmap, self->bitmaps->added);
        return;
    }
    const uint32_t *array = self->capacity == NUMBERS_INLINE ? self->inline_ : self->array;
    for (unsigned int i = self->added; i < self->added + (unsigned int)self->removed; i++)
        roaring_bitmap_remove(bitmap, array[i]);
    for (unsigned int i = 0; i < self->added; i++)
        roaring_bitmap_add(bitmap, array[i]);
}

uint64_t numbers_changes(const Numbers *self)
{
    if (self->capacity != 0) return (uint64_t)self->added + self->removed;
    return roaring_bitmap_get_cardinality(self->bitmaps->added) +
           roaring_bitmap_get_cardinality(self->bitmaps->removed);
}

void numbers_room_clear(NumbersRoom *room)
{
    while (room->all != NULL) {
        NumbersBitmaps *bitmaps = room->all;
        room->all = bitmaps->next;
        roaring_bitmap_free(bitmaps->added);
        roaring_bitmap_free(bitmaps->removed);
        free(bitmaps);
    }
    room->spare = NULL;
    room->bitmap_bytes = 0;
}
