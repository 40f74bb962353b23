#include "daemon/registry/restore.h"

#include "daemon/store/restoring.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    LINE_SIZE = 2 * PLACE_PATH_SIZE,
};

typedef struct Restore {
    rebuild_say_fn *say;
    void *context;
    Restoring *restoring;
} Restore;

static void say(const Restore *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(const Restore *self, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    self->say(self->context, line);
}

static StatusCode check(const Restore *self, const char *backup, Problem *problem)
{
    uint64_t faults = 0;
    StatusCode code = rebuild_check_journal(restoring_store(self->restoring)->journal, self->say,
                                            self->context, &faults, problem);
    if (code == STATUS_OK && faults > 0)
        code = problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "%s: its journal is damaged; nothing was changed", backup);
    return code;
}

/* Above what either history was ever in. Of a journal that cannot be read nobody knows; the
 * digest in a cursor then still tells its history from this one. */
static StatusCode begin_epoch(const Restore *self, Problem *problem)
{
    Journal *journal = restoring_store(self->restoring)->journal;
    const RestoringPresent *present = restoring_present(self->restoring);
    uint32_t epoch = journal_epoch(journal);
    if (present->is_known && present->meta.epoch > epoch) epoch = present->meta.epoch;
    return journal_set_epoch(journal, epoch + 1, problem);
}

static void tell(const Restore *self, const char *kept, const char *registry, uint32_t epoch,
                 uint64_t sequence)
{
    const RestoringPresent *present = restoring_present(self->restoring);
    say(self, "restored: registry %s up to change %llu, now in epoch %u", registry,
        (unsigned long long)sequence, epoch);
    if (kept[0] == '\0') return;
    if (present->is_known)
        say(self, "put aside: the journal of registry %s is in %s", present->meta.registry_id,
            kept);
    else
        say(self, "put aside: the journal, which cannot be read (%s), is in %s", present->problem,
            kept);
}

static StatusCode restore(Restore *self, const char *backup, Problem *problem)
{
    Store *store = restoring_store(self->restoring);
    char kept[PLACE_PATH_SIZE];
    char registry[JOURNAL_REGISTRY_ID_SIZE];
    StatusCode code = check(self, backup, problem);
    if (code == STATUS_OK) code = begin_epoch(self, problem);
    if (code == STATUS_OK) code = rebuild_fill_views(store, store->views, problem);
    if (code != STATUS_OK) return code;
    uint32_t epoch = journal_epoch(store->journal);
    uint64_t sequence = views_mark(store->views)->sequence;
    (void)snprintf(registry, sizeof registry, "%s", journal_registry_id(store->journal));
    code = restoring_finish(self->restoring, kept, problem);
    if (code == STATUS_OK) tell(self, kept, registry, epoch, sequence);
    return code;
}

StatusCode restore_registry(const StoreConfig *config, const char *backup, rebuild_say_fn *say_line,
                            void *context, Problem *problem)
{
    Restore self = {.say = say_line, .context = context};
    StatusCode code = restoring_begin(config, backup, &self.restoring, problem);
    if (code != STATUS_OK) return code;
    code = restore(&self, backup, problem);
    restoring_end(&self.restoring);
    return code;
}
