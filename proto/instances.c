#include "proto/instances.h"

void instances_seek(InstanceWalk *walk, const Series *series, int64_t local_s)
{
    series_seek(series, local_s, &walk->walk);
}

bool instances_next(InstanceWalk *walk, Instance *instance)
{
    for (int tires = 0; tires < INSTANCES_TIRES_MAX;) {
        SeriesStep step = series_next(&walk->walk, instance);
        if (step == SERIES_END) return false;
        if (step == SERIES_TIRED)
            tires++;
        else if (!walk->is_replaced || !walk->is_replaced(walk->context, instance->local_start_s))
            return true;
    }
    return false;
}

bool instances_touch(InstanceWalk *walk, const Series *series, int64_t from_s, int64_t to_s)
{
    Instance instance;
    int64_t first_s;
    int64_t last_s;
    series_bounds(series, &first_s, &last_s);
    if (first_s >= to_s || last_s <= from_s) return false;
    instances_seek(walk, series, from_s);
    return instances_next(walk, &instance) && instance.local_start_s < to_s;
}
