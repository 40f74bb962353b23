#include "daemon/bus/ticks.h"

#include <time.h>

int64_t ticks_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t ticks_ms(void)
{
    return ticks_us() / 1000;
}
