#include "bench/pool.h"

#include <stdlib.h>

void pool_free(Pool *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->changes[i]);
    *self = (Pool){0};
}

bool pool_add(Pool *self, const Plenary__V1__Change *change)
{
    if (self->count == POOL_CHANGES_MAX) return true;
    size_t size = plenary__v1__change__get_packed_size(change);
    uint8_t *packed = malloc(size + 1);
    if (!packed) return false;
    plenary__v1__change__pack(change, packed);
    self->changes[self->count] = packed;
    self->sizes[self->count++] = size;
    self->bytes += size;
    return true;
}

size_t pool_mean_bytes(const Pool *self)
{
    size_t mean = self->count ? (size_t)(self->bytes / self->count) : 0;
    return mean ? mean : 1;
}
