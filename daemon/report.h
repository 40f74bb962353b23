/*
 * report - tells in the log what has changed in the daemon's health, and only when it changes.
 *
 * Full disk, read-only, a delta at its bound, a fold that fails, messages that are dropped;
 * backups, and compacting. One thread.
 */
#ifndef PLENARY_DAEMON_REPORT_H
#define PLENARY_DAEMON_REPORT_H

#include "daemon/registry/registry.h"

#include <stdio.h>

/* What there is to be told of. */
typedef struct ReportFacts {
    const RegistryHealth *health;
    const char *fold_failure; /* "" where there is none */
    uint64_t refused;         /* messages dropped so far */
    uint64_t lost;            /* replies that could not leave so far */
} ReportFacts;

/* What was told last; all zero at first. */
typedef struct Report {
    bool disk_full;
    bool read_only;
    bool views_full;
    bool fold_failing;
    uint64_t refused;
    uint64_t lost;
    uint32_t backups_begun;
    uint32_t backups_done;
    uint32_t backups_failed;
    uint32_t compactions_begun;
    uint32_t compactions_done;
    uint32_t compactions_failed;
    int64_t counted_ms; /* when the counts were looked at */
} Report;

/* `now_ms` is of any clock that does not jump, `time_us` is written into the lines. */
void report_changes(Report *self, const ReportFacts *facts, int64_t now_ms, int64_t time_us,
                    FILE *stream);

#endif
