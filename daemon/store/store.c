#include "daemon/store/store.h"

#include "daemon/store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { LOCK_MODE = 0600, PID_TEXT_SIZE = 32 };

/* --- the lock --- */

static StatusCode locked_by_another(int lock, const char *folder, Problem *problem)
{
    char pid[PID_TEXT_SIZE];
    ssize_t length = pread(lock, pid, sizeof pid - 1, 0);
    pid[length > 0 ? length : 0] = '\0';
    pid[strcspn(pid, "\n")] = '\0';
    return problem_set(problem, STATUS_FAILED_PRECONDITION,
                       "%s is in use by another plenaryd (pid %s)", folder,
                       pid[0] == '\0' ? "unknown" : pid);
}

/* The pid is for people: a full disk that cannot hold it is no reason not to start. */
static void write_pid(int lock)
{
    char pid[PID_TEXT_SIZE];
    int length = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(lock, 0) == 0) (void)!pwrite(lock, pid, (size_t)length, 0);
}

static StatusCode take_lock(const char *folder, int *lock, Problem *problem)
{
    char *path = folder_path(folder, "lock");
    if (path == NULL) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    StatusCode code = STATUS_OK;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, LOCK_MODE);
    if (file < 0) {
        code = problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(errno));
    } else if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            code = locked_by_another(file, folder, problem);
        else
            code = problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(errno));
    }
    free(path);
    if (code != STATUS_OK) {
        if (file >= 0) (void)close(file);
        return code;
    }
    write_pid(file);
    *lock = file;
    return STATUS_OK;
}

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
    char *path = folder_path(folder, "journal");
    if (path == NULL) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    JournalConfig parts = {.folder = path, .map_bytes = config->journal_map_bytes};
    memcpy(parts.registry_id, config->registry_id, sizeof parts.registry_id);
    StatusCode code = journal_open(&parts, journal, problem);
    free(path);
    return code;
}

typedef struct Places {
    char *current, *built, *old;
} Places;

static void free_places(Places *self)
{
    free(self->current);
    free(self->built);
    free(self->old);
}

static bool find_places(const char *folder, Places *self, Problem *problem)
{
    *self = (Places){folder_path(folder, "views"), folder_path(folder, "views.new"),
                     folder_path(folder, "views.old")};
    if (self->current != NULL && self->built != NULL && self->old != NULL) return true;
    free_places(self);
    problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    return false;
}

static StatusCode move(const char *from, const char *to, Problem *problem)
{
    if (rename(from, to) == 0) return STATUS_OK;
    return problem_set(problem, STATUS_UNAVAILABLE, "cannot rename %s to %s: %s", from, to,
                       strerror(errno));
}

/* What a replacing that was cut short left behind. */
static StatusCode tidy(const char *folder, Problem *problem)
{
    Places places;
    StatusCode code = STATUS_OK;
    if (!find_places(folder, &places, problem)) return problem->code;
    if (!folder_exists(places.current) && folder_exists(places.old))
        code = move(places.old, places.current, problem);
    if (code == STATUS_OK) code = folder_remove(places.old, problem);
    if (code == STATUS_OK) code = folder_remove(places.built, problem);
    if (code == STATUS_OK) code = folder_sync(folder, problem);
    free_places(&places);
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
    if (code == STATUS_OK) code = take_lock(config->folder, &made->lock, problem);
    if (code == STATUS_OK) code = tidy(config->folder, problem);
    if (code == STATUS_OK) code = open_journal(made->folder, config, &made->journal, problem);
    if (code == STATUS_OK) code = open_views(made->folder, "views", config, &made->views, problem);
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
    Places places;
    if (!find_places(self->folder, &places, problem)) return problem->code;
    StatusCode code = folder_remove(places.built, problem);
    free_places(&places);
    if (code != STATUS_OK) return code;
    StoreConfig whole = *config;
    whole.fold_stop_after = 0; /* half-built views would not be put in any place */
    return open_views(self->folder, "views.new", &whole, views, problem);
}

/* The old views step aside first: a crash between the two renames finds them again. */
static StatusCode swap(const char *folder, const Places *places, Problem *problem)
{
    StatusCode code = folder_remove(places->old, problem);
    if (code == STATUS_OK) code = move(places->current, places->old, problem);
    if (code == STATUS_OK) code = move(places->built, places->current, problem);
    if (code == STATUS_OK) code = folder_sync(folder, problem);
    if (code == STATUS_OK) code = folder_remove(places->old, problem);
    return code;
}

StatusCode store_views_replace(Store *self, const StoreConfig *config, Views **views,
                               Problem *problem)
{
    Places places;
    if (!find_places(self->folder, &places, problem)) return problem->code;
    views_close(views);
    views_close(&self->views);
    StatusCode code = swap(self->folder, &places, problem);
    free_places(&places);
    if (code == STATUS_OK) code = open_views(self->folder, "views", config, &self->views, problem);
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
