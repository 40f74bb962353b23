/*
 * store - the daemon's folder: its lock, its journal, its views.
 *
 * What lies where in it is in daemon/store/places.h. Loop's thread only.
 */
#ifndef PLENARY_STORE_STORE_H
#define PLENARY_STORE_STORE_H

#include "daemon/store/journal.h"
#include "daemon/store/views.h"

typedef struct StoreConfig {
    const char *folder; /* made with mode 0700 where it is not there */
    uint64_t journal_map_bytes;
    uint64_t views_map_bytes;
    size_t delta_bytes_freeze;
    size_t delta_bytes_max;
    uint32_t fold_keys;
    uint32_t fold_pause_ms;
    uint32_t fold_stop_after;                   /* for tests: see ViewsConfig */
    char registry_id[JOURNAL_REGISTRY_ID_SIZE]; /* for a new journal */
} StoreConfig;

typedef struct Store {
    Journal *journal;
    Views *views;
    int lock; /* file descriptor */
    char *folder;
} Store;

/* Locks the folder and opens both. FAILED_PRECONDITION: another daemon has it (names its pid). */
StatusCode store_open(const StoreConfig *config, Store **self, Problem *problem);
void store_close(Store **self);

/* For rebuilding: new, empty views in DIR/views.new, and putting them in the place of the old
 * ones (close, rename, reopen). */
StatusCode store_views_new(const Store *self, const StoreConfig *config, Views **views,
                           Problem *problem);
StatusCode store_views_replace(Store *self, const StoreConfig *config, Views **views,
                               Problem *problem);

/* Both snapshots at once. */
void store_renew(Store *self);
void store_release(Store *self);

#endif
