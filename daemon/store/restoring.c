#include "daemon/store/restoring.h"

#include "daemon/store/backup_folder.h"
#include "daemon/store/folder.h"
#include "daemon/store/lock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct Restoring {
    char *folder;
    char *beside;
    char *journal; /* within it */
    int lock;      /* file descriptor */
    RestoringPresent present;
    Store *store;
};

static StatusCode no_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
}

/* False: no memory. */
static bool name_folders(Restoring *self, const char *folder)
{
    self->folder = strdup(folder);
    self->beside = folder_path(folder, PLACE_RESTORING);
    self->journal = self->beside == NULL ? NULL : folder_path(self->beside, PLACE_JOURNAL);
    return self->folder != NULL && self->journal != NULL;
}

/* A journal that cannot be read is no obstacle: it may be why somebody restores. */
static void look_at_present(Restoring *self, const StoreConfig *config)
{
    Problem problem;
    Lmdb *lmdb = NULL;
    Transaction snapshot = {0};
    RestoringPresent *present = &self->present;
    char *path = folder_path(self->folder, PLACE_JOURNAL);
    problem_clear(&problem);
    present->is_there = path != NULL && folder_exists(path);
    if (present->is_there &&
        journal_file_open(path, config->journal_map_bytes, &lmdb, &problem) == STATUS_OK) {
        lmdb_renew(lmdb, &snapshot);
        present->is_known = journal_file_meta(&snapshot, &present->meta, &problem) == STATUS_OK;
        lmdb_abort(&snapshot);
        lmdb_close(&lmdb);
    }
    (void)snprintf(present->problem, sizeof present->problem, "%s", problem.message);
    free(path);
}

static StatusCode open_beside(Restoring *self, const StoreConfig *config, const char *backup,
                              Problem *problem)
{
    StoreConfig beside = *config;
    beside.folder = self->beside;
    StatusCode code = folder_make(self->journal, problem);
    if (code == STATUS_OK) code = backup_folder_copy(backup, self->journal, problem);
    return code == STATUS_OK ? store_open(&beside, &self->store, problem) : code;
}

StatusCode restoring_begin(const StoreConfig *config, const char *backup, Restoring **self,
                           Problem *problem)
{
    Restoring *made = calloc(1, sizeof *made);
    if (made == NULL) return no_memory(problem);
    made->lock = -1;
    StatusCode code = name_folders(made, config->folder) ? STATUS_OK : no_memory(problem);
    if (code == STATUS_OK) code = folder_make(config->folder, problem);
    if (code == STATUS_OK) code = lock_take(config->folder, &made->lock, problem);
    if (code == STATUS_OK) code = places_tidy(config->folder, problem);
    if (code == STATUS_OK) {
        look_at_present(made, config);
        code = open_beside(made, config, backup, problem);
    }
    if (code != STATUS_OK) {
        restoring_end(&made);
        return code;
    }
    *self = made;
    return STATUS_OK;
}

void restoring_end(Restoring **self)
{
    if (self == NULL || *self == NULL) return;
    Restoring *restoring = *self;
    Problem ignored;
    store_close(&restoring->store);
    if (restoring->lock >= 0) {
        (void)places_remove_restoring(restoring->folder, &ignored);
        (void)close(restoring->lock); /* which also unlocks */
    }
    free(restoring->folder);
    free(restoring->beside);
    free(restoring->journal);
    free(restoring);
    *self = NULL;
}

Store *restoring_store(Restoring *self)
{
    return self->store;
}

const RestoringPresent *restoring_present(const Restoring *self)
{
    return &self->present;
}

StatusCode restoring_finish(Restoring *self, char kept[static PLACE_PATH_SIZE], Problem *problem)
{
    store_close(&self->store);
    return places_swap_restored(self->folder, kept, problem);
}
