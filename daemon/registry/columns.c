#include "daemon/registry/columns.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROWS_FIRST = 1024,
};

void columns_free(Columns *self)
{
    free(self->rows);
    *self = (Columns){0};
}

static bool grow(Columns *self, size_t wanted)
{
    size_t count = self->count ? self->count : ROWS_FIRST;
    while (count < wanted)
        count *= 2;
    Column *rows = realloc(self->rows, count * sizeof *rows);
    if (!rows) return false;
    memset(rows + self->count, 0, (count - self->count) * sizeof *rows);
    self->rows = rows;
    self->count = count;
    return true;
}

bool columns_put(Columns *self, uint32_t number, const Head *head)
{
    if (number >= self->count && !grow(self, (size_t)number + 1)) return false;
    self->rows[number] = (Column){
        .local_start_s = head->span.local_start_s,
        .local_end_s = head->span.local_end_s,
        .sequence = head->sequence & (UINT64_MAX >> 1),
        .recurs = head->recurs && !head->withdrawn,
    };
    return true;
}

void columns_fetch(const Columns *self, uint32_t number)
{
    if (number < self->count) __builtin_prefetch(&self->rows[number]);
}

const Column *columns_find(const Columns *self, uint32_t number)
{
    if (number >= self->count || self->rows[number].sequence == 0) return NULL;
    return &self->rows[number];
}
