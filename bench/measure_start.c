#include "bench/bench.h"

bool measure_start(Bench *self, StartFigures *figures)
{
    RegisterFigures tail;
    size_t records =
        self->settings.records < BENCH_TAIL_MAX ? self->settings.records : BENCH_TAIL_MAX;
    return measure_register(self, records, self->settings.in_flight, NULL, &tail) &&
           house_kill(&self->house, &self->trouble) &&
           house_start(&self->house, &figures->killed_ms, &self->trouble) &&
           house_stop(&self->house, &self->trouble) &&
           house_start(&self->house, &figures->clean_ms, &self->trouble);
}
