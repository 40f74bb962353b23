#include "clients/cli/instants.h"

#include "clients/cli/complain.h"

#include <time.h>

/* By this machine's clock, across its changes to summer time. */
static int64_t local_to_instant_us(const Moment *moment, DayEnd end)
{
    bool last = moment->is_date && end == DAY_ENDS;
    struct tm local = {.tm_year = moment->year - 1900,
                       .tm_mon = moment->month - 1,
                       .tm_mday = moment->day,
                       .tm_hour = last ? 23 : moment->hour,
                       .tm_min = last ? 59 : moment->minute,
                       .tm_sec = last ? 59 : moment->second,
                       .tm_isdst = -1};
    return (int64_t)mktime(&local) * 1000000 + (last ? 999999 : 0);
}

bool instants_read(const Session *session, const char *text, DayEnd end, char **instant)
{
    char printed[INSTANT_TEXT_SIZE];
    Moment moment;
    int64_t time_us;
    if (moment_parse(text, &moment))
        time_us = local_to_instant_us(&moment, end);
    else if (!instant_parse(text, &time_us))
        return false;
    instant_print(time_us, printed);
    *instant = arena_strdup(session->arena, printed);
    return *instant != NULL;
}

int instants_option(const Session *session, const char *name, DayEnd end, char **instant)
{
    const char *text = session_option(session, name);
    *instant = NULL;
    if (!text || instants_read(session, text, end, instant)) return CLI_DONE;
    return complain_code(CLI_INVALID,
                         "--%s: \"%s\" is not a time: 2022-03-03, 2022-03-03T14:00 or RFC 3339",
                         name, text);
}
