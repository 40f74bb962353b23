/*
 * restore - a backup becomes the registry: checked whole, replayed, and only then put in its place.
 *
 * For `plenaryd --restore`, which holds the folder's lock and serves nobody. The registry that it
 * makes is the backup's, in a new epoch: every subscriber then takes a snapshot by itself.
 */
#ifndef PLENARY_REGISTRY_RESTORE_H
#define PLENARY_REGISTRY_RESTORE_H

#include "daemon/registry/rebuild.h"

/* FAILED_PRECONDITION: the folder is in use, or the backup is damaged. Whatever fails, what was
 * there stays as it is. */
StatusCode restore_registry(const StoreConfig *config, const char *backup, rebuild_say_fn *say,
                            void *context, Problem *problem);

#endif
