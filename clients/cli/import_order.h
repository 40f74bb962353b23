/*
 * import_order - in which order records are sent, so that references come after what they name.
 *
 * A record is sent by one job. Records that refer to each other in a circle, and are not in the
 * registry yet, are sent by two: first without the references into the circle, then whole. A job
 * waits for others; when they are done it is ready. Main thread; plain memory.
 */
#ifndef PLENARY_CLI_IMPORT_ORDER_H
#define PLENARY_CLI_IMPORT_ORDER_H

#include "clients/cli/import_set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    IMPORT_NO_CIRCLE = 0,
};

/* What a record refers to within its list, and in which circle it is. */
typedef struct ImportGraph {
    size_t count;
    uint32_t *first; /* where each one's targets begin; `count` + 1 of them */
    uint32_t *targets;
    uint32_t *circle; /* IMPORT_NO_CIRCLE, or from 1 */
    uint32_t circles;
} ImportGraph;

/* False: no memory. */
bool import_graph_build(ImportGraph *self, const ImportList *list);
void import_graph_free(ImportGraph *self);

typedef struct ImportJob {
    uint32_t record;
    bool partial;     /* without the references into its circle */
    uint32_t waiting; /* for how many jobs */
} ImportJob;

typedef struct ImportOrder {
    const ImportGraph *graph;
    ImportJob *jobs;
    size_t job_count;
    uint32_t *first_job; /* of each record */
    uint32_t *after;     /* as in the graph: which jobs wait for each */
    uint32_t *after_first;
    uint32_t *ready; /* a queue of jobs */
    size_t ready_begin;
    size_t ready_end;
} ImportOrder;

/* `is_new` says of every record in a circle that the registry has none yet. False: no memory. */
bool import_order_build(ImportOrder *self, const ImportGraph *graph, const bool *is_new);
void import_order_free(ImportOrder *self);

/* The next job that waits for none; NULL: there is none now. */
ImportJob *import_order_next(ImportOrder *self);

/* A job is done, well or not: those that waited for it go on. */
void import_order_done(ImportOrder *self, const ImportJob *job);

#endif
