#include "clients/lib/wording.h"

#include "proto/json.h"
#include "proto/moment.h"
#include "proto/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static const char *month_name(const Moment *moment)
{
    return month_names[moment->month - 1];
}

/* --- moments --- */

static void print_moment(const Moment *moment, char text[static WORDING_SIZE])
{
    int length = snprintf(text, WORDING_SIZE, "%d %s %d", (int)moment->day, month_name(moment),
                          (int)moment->year);
    if (!moment->is_date)
        (void)snprintf(text + length, WORDING_SIZE - (size_t)length, " %02d:%02d",
                       (int)moment->hour, (int)moment->minute);
}

void wording_moment(const char *moment, char text[static WORDING_SIZE])
{
    Moment parsed;
    if (moment_parse(moment, &parsed))
        print_moment(&parsed, text);
    else
        (void)snprintf(text, WORDING_SIZE, "%s", moment);
}

static bool same_day(const Moment *a, const Moment *b)
{
    return a->year == b->year && a->month == b->month && a->day == b->day;
}

static void print_days(const Moment *start, const Moment *end, char text[static WORDING_SIZE])
{
    if (start->year != end->year)
        (void)snprintf(text, WORDING_SIZE, "%d %s %d – %d %s %d", (int)start->day,
                       month_name(start), (int)start->year, (int)end->day, month_name(end),
                       (int)end->year);
    else if (start->month != end->month)
        (void)snprintf(text, WORDING_SIZE, "%d %s – %d %s %d", (int)start->day, month_name(start),
                       (int)end->day, month_name(end), (int)end->year);
    else
        (void)snprintf(text, WORDING_SIZE, "%d–%d %s %d", (int)start->day, (int)end->day,
                       month_name(end), (int)end->year);
}

static void print_stretch(const Moment *start, const Moment *end, char text[static WORDING_SIZE])
{
    char first[WORDING_SIZE];
    char last[WORDING_SIZE];
    if (start->is_date) {
        print_days(start, end, text);
        return;
    }
    print_moment(start, first);
    print_moment(end, last);
    if (same_day(start, end))
        (void)snprintf(text, WORDING_SIZE, "%.40s–%02d:%02d", first, (int)end->hour,
                       (int)end->minute);
    else
        (void)snprintf(text, WORDING_SIZE, "%.40s – %.40s", first, last);
}

static bool same_moment(const Moment *a, const Moment *b)
{
    return a->is_date == b->is_date && moment_local_s(a) == moment_local_s(b);
}

void wording_schedule(const Schedule *schedule, char text[static WORDING_SIZE])
{
    Moment start;
    Moment end;
    char stretch[WORDING_SIZE];
    text[0] = '\0';
    if (!schedule || !schedule->start) return;
    if (!moment_parse(schedule->start, &start)) {
        (void)snprintf(text, WORDING_SIZE, "%s", schedule->start);
        return;
    }
    bool has_end = schedule->end && moment_parse(schedule->end, &end);
    if (!has_end || same_moment(&start, &end))
        print_moment(&start, stretch);
    else
        print_stretch(&start, &end, stretch);
    (void)snprintf(text, WORDING_SIZE, "%s%.80s", schedule->approximate ? "within " : "", stretch);
}

void wording_instant(const char *instant, char text[static WORDING_SIZE])
{
    int64_t time_us;
    struct tm local;
    (void)snprintf(text, WORDING_SIZE, "%s", instant);
    if (!instant_parse(instant, &time_us)) return;
    time_t seconds = (time_t)(time_us / 1000000);
    if (localtime_r(&seconds, &local))
        (void)strftime(text, WORDING_SIZE, "%Y-%m-%d %H:%M:%S", &local);
}

void wording_bytes(uint64_t bytes, char text[static WORDING_SIZE])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    double value = (double)bytes;
    for (; value >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++)
        value /= 1024;
    (void)snprintf(text, WORDING_SIZE, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

void wording_enum(const ProtobufCEnumDescriptor *descriptor, int value,
                  char text[static WORDING_SIZE])
{
    (void)snprintf(text, WORDING_SIZE, "%s", json_enum_name(descriptor, value));
    for (char *at = text; *at; at++)
        if (*at == '_') *at = ' ';
}

/* --- differences --- */

void wording_cut(const char *value, size_t most, char *text, size_t size)
{
    static const char ellipsis[] = "…";
    size_t length = strlen(value);
    if (most > size - sizeof ellipsis) most = size - sizeof ellipsis;
    bool cut = length > most;
    size_t kept = cut ? text_cut(value, length, most) : length;
    memcpy(text, value, kept);
    memcpy(text + kept, cut ? ellipsis : "", cut ? sizeof ellipsis : 1);
    for (char *at = text; *at; at++)
        if (text_is_control((unsigned char)*at)) *at = ' ';
}

void wording_value(const char *json, size_t most, char *text, size_t size)
{
    json_t *value = json ? json_loads(json, JSON_DECODE_ANY, NULL) : NULL;
    if (json_is_string(value))
        wording_cut(json_string_value(value), most, text, size);
    else
        wording_cut(json ? json : "none", most, text, size);
    json_decref(value);
}
