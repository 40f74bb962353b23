/*
 * cluster - a PostgreSQL server of the bench's own, on a socket in its own folder and nowhere else.
 *
 * PostgreSQL refuses to run as root: there it runs as the user postgres, else nobody, who then owns
 * the folder. The server is a child of this process. One thread.
 */
#ifndef PLENARY_BENCH_CLUSTER_H
#define PLENARY_BENCH_CLUSTER_H

#include "bench/trouble.h"

#include <sys/types.h>

enum {
    CLUSTER_PATH_SIZE = 640,
    CLUSTER_START_TIMEOUT_MS = 120000,
    CLUSTER_STOP_TIMEOUT_MS = 120000,
};

typedef struct Cluster {
    char folder[CLUSTER_PATH_SIZE]; /* the server's data, and its socket */
    char log[CLUSTER_PATH_SIZE + 16];
    pid_t server; /* 0: none runs */
} Cluster;

/* Starts the server of `parent`/postgres; makes the folder where it is not there. Whoever shares
 * the machine may then pass through `parent`, not read it. */
bool cluster_start(Cluster *self, const char *parent, Trouble *trouble);

/* Where a client finds it: "host=... dbname=postgres". */
void cluster_address(const Cluster *self, char address[static CLUSTER_PATH_SIZE + 64]);

/* Ends the server in order. It also ends when this process does, however that ends. */
void cluster_stop(Cluster *self);

#endif
