/*
 * rebuild - every view equals the one rebuilt from the journal: checking it, and doing it.
 *
 * For `plenaryd --check` and `--reindex`, which hold the folder's lock and serve nobody. One line
 * of text goes to `say` for each step and each fault found.
 */
#ifndef PLENARY_REGISTRY_REBUILD_H
#define PLENARY_REGISTRY_REBUILD_H

#include "daemon/store/store.h"

typedef void rebuild_say_fn(void *context, const char *line);

/* Reads the whole journal (gaps, order, times, digests), rebuilds the views beside the kept ones
 * and compares them, table by table. Changes nothing. INTERNAL: a fault was found and said. */
StatusCode rebuild_check(const StoreConfig *config, rebuild_say_fn *say, void *context,
                         Problem *problem);

/* Builds the views anew from the journal, beside, and puts them in the place of the old ones. */
StatusCode rebuild_views(const StoreConfig *config, rebuild_say_fn *say, void *context,
                         Problem *problem);

#endif
