/*
 * rebuild - every view equals the one rebuilt from the journal: checking it, and doing it.
 *
 * For `plenaryd --check` and `--reindex`, which hold the folder's lock and serve nobody, and for
 * a start on views that do not fit. One line of text goes to `say` for each step and each fault.
 */
#ifndef PLENARY_REGISTRY_REBUILD_H
#define PLENARY_REGISTRY_REBUILD_H

#include "daemon/store/store.h"

typedef void rebuild_say_fn(void *context, const char *line);

/* Reads the whole journal (gaps, order, times, digests), rebuilds the views beside the kept ones
 * and compares them, table by table. Changes no record. INTERNAL: a fault was found and said. */
StatusCode rebuild_check(const StoreConfig *config, rebuild_say_fn *say, void *context,
                         Problem *problem);

/* Builds the views anew from the journal, beside, and puts them in the place of the old ones. */
StatusCode rebuild_views(const StoreConfig *config, rebuild_say_fn *say, void *context,
                         Problem *problem);

/* The first part of the check alone: counts and says what is wrong with a journal. */
StatusCode rebuild_check_journal(Journal *journal, rebuild_say_fn *say, void *context,
                                 uint64_t *faults, Problem *problem);

/* Fills `views`, which are empty, from the store's journal, and folds all of it. */
StatusCode rebuild_fill_views(Store *store, Views *views, Problem *problem);

/* The same within an open store, nobody reading. */
StatusCode rebuild_store_views(Store *store, const StoreConfig *config, Problem *problem);

#endif
