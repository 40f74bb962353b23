#include "daemon/report.h"

#include "daemon/bus/limits.h"
#include "daemon/log.h"

typedef struct Telling {
    int64_t time_us;
    FILE *stream;
} Telling;

static void tell_flag(const Telling *telling, bool *told, bool is, const char *begins,
                      const char *ends, const char *reason)
{
    LogLine line;
    if (*told == is) return;
    *told = is;
    log_begin(&line, telling->time_us, is ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, is ? begins : ends);
    if (is && reason && *reason) log_text(&line, "reason", reason);
    log_end(&line, telling->stream);
}

static void tell_count(const Telling *telling, uint64_t *told, uint64_t count, const char *event)
{
    LogLine line;
    if (*told == count) return;
    log_begin(&line, telling->time_us, LOG_LEVEL_WARNING, event);
    log_number(&line, "count", (int64_t)(count - *told));
    log_end(&line, telling->stream);
    *told = count;
}

/* At most one is under way: between two looks a count rises by one. */
static bool rises(uint32_t *told, uint32_t count)
{
    bool more = *told != count;
    *told = count;
    return more;
}

static void tell_backup(const Telling *telling, Report *self, const BackupHealth *backup)
{
    LogLine line;
    if (rises(&self->backups_begun, backup->begun)) {
        log_begin(&line, telling->time_us, LOG_LEVEL_INFO, "backup begins");
        log_text(&line, "folder", backup->folder);
        log_end(&line, telling->stream);
    }
    if (rises(&self->backups_done, backup->done)) {
        log_begin(&line, telling->time_us, LOG_LEVEL_INFO, "backup done");
        log_text(&line, "folder", backup->folder);
        log_number(&line, "sequence", (int64_t)backup->sequence);
        log_end(&line, telling->stream);
    }
    if (rises(&self->backups_failed, backup->failed)) {
        log_begin(&line, telling->time_us, LOG_LEVEL_ERROR, "backup failed");
        log_text(&line, "reason", backup->failure);
        log_end(&line, telling->stream);
    }
}

static void tell_compacting(const Telling *telling, Report *self, const CompactingHealth *health)
{
    LogLine line;
    if (rises(&self->compactions_begun, health->begun)) {
        log_begin(&line, telling->time_us, LOG_LEVEL_INFO, "compacting begins");
        log_end(&line, telling->stream);
    }
    if (rises(&self->compactions_done, health->done)) {
        log_begin(&line, telling->time_us, LOG_LEVEL_INFO, "compacting done");
        log_number(&line, "bytes_before", (int64_t)health->bytes_before);
        log_number(&line, "bytes", (int64_t)health->bytes);
        log_end(&line, telling->stream);
    }
    if (rises(&self->compactions_failed, health->failed)) {
        log_begin(&line, telling->time_us, LOG_LEVEL_ERROR, "compacting failed");
        log_text(&line, "reason", health->failure);
        log_end(&line, telling->stream);
    }
}

void report_changes(Report *self, const ReportFacts *facts, int64_t now_ms, int64_t time_us,
                    FILE *stream)
{
    const Telling telling = {time_us, stream};
    const RegistryHealth *health = facts->health;
    tell_flag(&telling, &self->disk_full, health->disk_full, "disk full", "disk has room again",
              health->reason);
    tell_flag(&telling, &self->read_only, health->read_only, "read-only until a restart",
              "writable", health->reason);
    tell_flag(&telling, &self->views_full, health->views_full, "writing waits for folding",
              "writing goes on", NULL);
    tell_flag(&telling, &self->fold_failing, facts->fold_failure[0] != '\0', "folding fails",
              "folding works again", facts->fold_failure);
    tell_backup(&telling, self, &health->backup);
    tell_compacting(&telling, self, &health->compacting);
    if (now_ms - self->counted_ms < LIMIT_REPORT_EVERY_MS) return;
    self->counted_ms = now_ms;
    tell_count(&telling, &self->refused, facts->refused, "messages dropped that were none of ours");
    tell_count(&telling, &self->lost, facts->lost, "replies dropped that were not read");
}
