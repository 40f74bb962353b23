#include "clients/lib/pace.h"

#include <sodium.h>
#include <time.h>

int64_t pace_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int pace_back_off_ms(int failures)
{
    int wait_ms = PACE_FIRST_MS;
    for (int i = 1; i < failures && wait_ms < PACE_LONGEST_MS; i++)
        wait_ms *= 2;
    if (wait_ms > PACE_LONGEST_MS) wait_ms = PACE_LONGEST_MS;
    return wait_ms / 2 + (int)randombytes_uniform((uint32_t)wait_ms / 2 + 1);
}

int pace_spread_ms(uint32_t wait_ms)
{
    uint32_t bounded_ms = wait_ms < PACE_LONGEST_MS ? wait_ms : PACE_LONGEST_MS;
    return (int)(bounded_ms + randombytes_uniform(bounded_ms / 4 + 1));
}
