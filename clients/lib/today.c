#include "clients/lib/today.h"

#include <time.h>

Moment today_here(void)
{
    time_t now = time(NULL);
    struct tm local = {0};
    (void)localtime_r(&now, &local);
    return (Moment){.year = local.tm_year + 1900,
                    .month = local.tm_mon + 1,
                    .day = local.tm_mday,
                    .is_date = true};
}
