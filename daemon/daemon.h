/*
 * daemon - plenaryd's parts, started and stopped from one table, and the loop that turns them.
 *
 * The loop owns every socket and all state and does bounded work a turn; what other threads do
 * (writing the journal, folding the views) arrives as messages.
 */
#ifndef PLENARY_DAEMON_DAEMON_H
#define PLENARY_DAEMON_DAEMON_H

#include "daemon/config.h"
#include "daemon/log.h"
#include "daemon/store/store.h"
#include "proto/paths.h"
#include "proto/status.h"

typedef struct DaemonSettings {
    Paths paths;
    Config config;
    const Log *log; /* lent */
} DaemonSettings;

/* How the store is opened with these settings. `folder` points into them. */
StoreConfig daemon_store_config(const DaemonSettings *settings);

/* Starts everything, serves until SIGTERM or SIGINT, stops everything. */
StatusCode daemon_run(const DaemonSettings *settings, Problem *problem);

#endif
