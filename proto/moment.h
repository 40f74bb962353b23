/*
 * moment - civil time: local moments, zones, instants.
 *
 * The local moment and the IANA zone are the truth; UTC is derived from the system's tzdata by
 * GLib's GTimeZone, never from ICU's own copy. Pure but for reading zone data; zones are cached
 * in a Zones, which belongs to one thread. Bad text is refused with `false`.
 */
#ifndef PLENARY_PROTO_MOMENT_H
#define PLENARY_PROTO_MOMENT_H

#include "proto/contract.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    MOMENT_YEAR_MIN = 1,
    MOMENT_YEAR_MAX = 9999,
    MOMENT_TEXT_SIZE = 20,  /* "2022-03-03T09:00:00" and NUL */
    INSTANT_TEXT_SIZE = 28, /* "2022-03-03T09:00:00.000000Z" and NUL */
};

/* A proleptic Gregorian date, with a time of day or without. */
typedef struct Moment {
    int32_t year;
    int32_t month; /* 1 to 12 */
    int32_t day;
    int32_t hour;
    int32_t minute;
    int32_t second; /* 0 to 59: leap seconds are refused */
    bool is_date;
} Moment;

/* Where an event lies, both ends as half-open intervals in seconds.
 * Local seconds count from 1970-01-01T00:00:00 as the clock on the wall counts, without zone. */
typedef struct Span {
    int64_t local_start_s;
    int64_t local_end_s; /* exclusive; of whole days midnight after the last day */
    int64_t utc_start_s; /* floating: as if the zone were UTC */
    int64_t utc_end_s;
    bool whole_days;
} Span;

typedef struct Zones Zones;

/* NULL: no memory. */
Zones *zones_new(void);
void zones_destroy(Zones **self);

/* True where the system's tzdata knows `name` ("Asia/Tashkent"). Offsets and POSIX rules
 * ("+05:00", "EST5EDT4") are no zone names. */
bool zones_have(Zones *self, const char *name);

/* The version of the system's tzdata ("2025b"), or "unknown". Static or owned by `self`. */
const char *zones_tzdata_version(Zones *self);

/* What the clocks of a zone say for a while. */
typedef struct ZonePeriod {
    int32_t offset_s; /* east of UTC */
    bool is_daylight;
    const char *abbreviation; /* "CEST", "+05"; lent, lives as long as the Zones */
} ZonePeriod;

/* The period that an instant lies in. The zone must be known. */
ZonePeriod zones_period(Zones *self, const char *zone, int64_t utc_s);

/* The first instant after `after_s` and up to `until_s` at which the zone's offset is another one
 * than just before. False: there is none; nor is any told from the year 2800 on, when what was
 * yearly stays so. The zone must be known. */
bool zones_next_change(Zones *self, const char *zone, int64_t after_s, int64_t until_s,
                       int64_t *change_s);

/* Parses "2022-03-03" or "2022-03-03T09:00:00" (seconds may be left out). False: it is neither,
 * or no such day; *moment is then untouched. */
bool moment_parse(const char *text, Moment *moment);

void moment_print(const Moment *moment, char text[static MOMENT_TEXT_SIZE]);

/* Seconds on the wall since 1970-01-01T00:00:00; a date counts as its midnight. */
int64_t moment_local_s(const Moment *moment);

/* Days since 1970-01-01 of a date; a day that its month has not is counted on into the next. */
int64_t moment_day(int32_t year, int32_t month, int32_t day);

int32_t moment_days_in_month(int32_t year, int32_t month);

/* Seconds on the wall at which a month begins, counted as year * 12 + month - 1. */
int64_t moment_month_begins_s(int32_t month);

/* The moment `local_s` seconds on the wall after 1970, as a date-time or (is_date) its date. */
Moment moment_from_local_s(int64_t local_s, bool is_date);

/* UTC seconds of a moment in a zone; zone NULL means floating, read as UTC. In a gap of
 * daylight-saving time the offset before the gap counts, in an overlap the first of the two
 * (RFC 5545 section 3.3.5). The zone must be known. */
int64_t moment_utc_s(Zones *zones, const Moment *moment, const char *zone);

/* Local seconds of an instant in a zone (NULL: UTC). */
int64_t moment_local_of_utc_s(Zones *zones, int64_t utc_s, const char *zone);

/* Where a valid schedule lies. An absent end means the start's day, or no length at all.
 * False: there is no start, or a moment or zone does not parse. */
bool schedule_span(Zones *zones, const Schedule *schedule, Span *span);

/* "2022-03-03T09:00:00.000000Z" of microseconds since 1970; what lies outside the years 1 to 9999
 * is printed as their first or last second. */
void instant_print(int64_t time_us, char text[static INSTANT_TEXT_SIZE]);

/* Parses RFC 3339 with any fraction (cut to microseconds) and offset. False: it is none, or
 * outside the years 1 to 9999 in UTC; *time_us is then untouched. */
bool instant_parse(const char *text, int64_t *time_us);

#endif
