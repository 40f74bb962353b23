/*
 * daemon - the parts, started and stopped from one table, and the loop that owns them.
 *
 * The loop's thread owns every socket and all state, and does bounded work in each turn. Signals
 * are taken from a signalfd: SIGTERM, SIGINT and SIGHUP stop the daemon, which finishes what is on
 * the way; a second one stops it at once.
 */
#ifndef PLENARY_DAEMON_DAEMON_H
#define PLENARY_DAEMON_DAEMON_H

#include "daemon/config.h"
#include "daemon/registry/world.h"
#include "daemon/store/store.h"

/* What the store is opened with; `config` is lent. */
StoreConfig daemon_store_config(const Config *config, const World *world);

/* Serves until it is told to stop. `version` is lent. */
StatusCode daemon_run(const Config *config, const char *version, Problem *problem);

#endif
