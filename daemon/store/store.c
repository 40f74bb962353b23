#include "daemon/store/store.h"

#include "daemon/store/folder.h"
#include "daemon/store/lock.h"
#include "daemon/store/places.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- the parts --- */

static StatusCode open_views(const char *folder, const char *name, const StoreConfig *config,
                             Views **views, Problem *problem)
{
    char *path = folder_path(folder, name);
    if (path == NULL) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    ViewsConfig parts = {.folder = path,
                         .map_bytes = config->views_map_bytes,
                         .delta_bytes_freeze = config->delta_bytes_freeze,
                         .delta_bytes_max = config->delta_bytes_max,
                         .fold_keys = config->fold_keys,
                         .fold_pause_ms = config->fold_pause_ms,
                         .fold_stop_after = config->fold_stop_after};
    StatusCode code = views_open(&parts, views, problem);
    free(path);
    return code;
}

static StatusCode open_journal(const char *folder, const StoreConfig *config, Journal **journal,
                               Problem *problem)
{
    char *path = folder_path(folder, PLACE_JOURNAL);
    if (path == NULL) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    JournalConfig parts = {.folder = path, .map_bytes = config->journal_map_bytes};
    memcpy(parts.registry_id, config->registry_id, sizeof parts.registry_id);
    StatusCode code = journal_open(&parts, journal, problem);
    free(path);
    return code;
}

/* --- opening and closing --- */

StatusCode store_open(const StoreConfig *config, Store **self, Problem *problem)
{
    Store *made = calloc(1, sizeof *made);
    if (made == NULL) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    made->lock = -1;
    made->folder = strdup(config->folder);
    StatusCode code = STATUS_OK;
    if (made->folder == NULL) code = problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    if (code == STATUS_OK) code = folder_make(config->folder, problem);
    if (code == STATUS_OK) code = lock_take(config->folder, &made->lock, problem);
    if (code == STATUS_OK) code = places_tidy(config->folder, problem);
    if (code == STATUS_OK) code = open_journal(made->folder, config, &made->journal, problem);
    if (code == STATUS_OK)
        code = open_views(made->folder, PLACE_VIEWS, config, &made->views, problem);
    if (code == STATUS_OK) code = folder_sync(config->folder, problem);
    if (code != STATUS_OK) {
        store_close(&made);
        return code;
    }
    *self = made;
    return STATUS_OK;
}

void store_close(Store **self)
{
    if (self == NULL || *self == NULL) return;
    Store *store = *self;
    views_close(&store->views);
    journal_close(&store->journal);
    if (store->lock >= 0) (void)close(store->lock); /* which also unlocks */
    free(store->folder);
    free(store);
    *self = NULL;
}

/* --- rebuilding --- */

StatusCode store_views_new(const Store *self, const StoreConfig *config, Views **views,
                           Problem *problem)
{
    char *path = folder_path(self->folder, PLACE_VIEWS_NEW);
    if (path == NULL) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    StatusCode code = folder_remove(path, problem);
    free(path);
    if (code != STATUS_OK) return code;
    StoreConfig whole = *config;
    whole.fold_stop_after = 0; /* half-built views would not be put in any place */
    return open_views(self->folder, PLACE_VIEWS_NEW, &whole, views, problem);
}

StatusCode store_views_replace(Store *self, const StoreConfig *config, Views **views,
                               Problem *problem)
{
    views_close(views);
    views_close(&self->views);
    StatusCode code = places_swap_views(self->folder, problem);
    if (code == STATUS_OK)
        code = open_views(self->folder, PLACE_VIEWS, config, &self->views, problem);
    return code;
}

void store_renew(Store *self)
{
    journal_renew(self->journal);
    views_renew(self->views);
}

void store_release(Store *self)
{
    journal_release(self->journal);
    views_release(self->views);
}
