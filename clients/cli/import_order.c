#include "clients/cli/import_order.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- the graph --- */

static bool link_records(ImportGraph *self, const ImportList *list)
{
    size_t total = 0;
    for (size_t i = 0; i < list->count; i++)
        total += list->records[i].name_count;
    self->first = calloc(list->count + 1, sizeof *self->first);
    self->targets = calloc(total + 1, sizeof *self->targets);
    self->circle = calloc(list->count + 1, sizeof *self->circle);
    if (!self->first || !self->targets || !self->circle) return false;
    uint32_t used = 0;
    for (size_t i = 0; i < list->count; i++) {
        self->first[i] = used;
        for (size_t n = 0; n < list->records[i].name_count; n++) {
            size_t target;
            bool found = import_list_find(list, list->records[i].names[n], &target);
            if (found && target != i) self->targets[used++] = (uint32_t)target;
        }
    }
    self->first[list->count] = used;
    return true;
}

/* Tarjan's strongly connected components, with a stack of its own: a chain may be as long as the
 * import. */
typedef struct Walk {
    uint32_t *index; /* 0: not yet visited */
    uint32_t *low;
    uint32_t *next;  /* the next target to look at */
    uint32_t *path;  /* records being visited */
    uint32_t *stack; /* records not yet in a component */
    bool *stacked;
    size_t path_count;
    size_t stack_count;
    uint32_t visited;
} Walk;

static bool walk_init(Walk *walk, size_t count)
{
    *walk = (Walk){.index = calloc(count + 1, sizeof(uint32_t)),
                   .low = calloc(count + 1, sizeof(uint32_t)),
                   .next = calloc(count + 1, sizeof(uint32_t)),
                   .path = calloc(count + 1, sizeof(uint32_t)),
                   .stack = calloc(count + 1, sizeof(uint32_t)),
                   .stacked = calloc(count + 1, sizeof(bool))};
    return walk->index && walk->low && walk->next && walk->path && walk->stack && walk->stacked;
}

static void walk_free(Walk *walk)
{
    free(walk->index);
    free(walk->low);
    free(walk->next);
    free(walk->path);
    free(walk->stack);
    free(walk->stacked);
}

static void enter(Walk *walk, const ImportGraph *graph, uint32_t record)
{
    walk->index[record] = walk->low[record] = ++walk->visited;
    walk->next[record] = graph->first[record];
    walk->path[walk->path_count++] = record;
    walk->stack[walk->stack_count++] = record;
    walk->stacked[record] = true;
}

/* A component is complete: a circle where it has more than one record. */
static void close_component(Walk *walk, ImportGraph *graph, uint32_t root)
{
    bool circle = walk->stack[walk->stack_count - 1] != root;
    if (circle) graph->circles++;
    for (uint32_t record = root + 1; record != root;) {
        record = walk->stack[--walk->stack_count];
        walk->stacked[record] = false;
        graph->circle[record] = circle ? graph->circles : IMPORT_NO_CIRCLE;
    }
}

static void lower(Walk *walk, uint32_t record, uint32_t value)
{
    if (value < walk->low[record]) walk->low[record] = value;
}

static void step(Walk *walk, ImportGraph *graph)
{
    uint32_t record = walk->path[walk->path_count - 1];
    if (walk->next[record] < graph->first[record + 1]) {
        uint32_t target = graph->targets[walk->next[record]++];
        if (walk->index[target] == 0)
            enter(walk, graph, target);
        else if (walk->stacked[target])
            lower(walk, record, walk->index[target]);
        return;
    }
    walk->path_count--;
    if (walk->path_count) lower(walk, walk->path[walk->path_count - 1], walk->low[record]);
    if (walk->low[record] == walk->index[record]) close_component(walk, graph, record);
}

static bool find_circles(ImportGraph *self)
{
    Walk walk;
    bool whole = walk_init(&walk, self->count);
    for (size_t i = 0; i < self->count && whole; i++) {
        if (walk.index[i] == 0) enter(&walk, self, (uint32_t)i);
        while (walk.path_count)
            step(&walk, self);
    }
    walk_free(&walk);
    return whole;
}

bool import_graph_build(ImportGraph *self, const ImportList *list)
{
    *self = (ImportGraph){.count = list->count};
    return link_records(self, list) && find_circles(self);
}

void import_graph_free(ImportGraph *self)
{
    free(self->first);
    free(self->targets);
    free(self->circle);
    *self = (ImportGraph){0};
}

/* --- the order --- */

static bool same_circle(const ImportGraph *graph, uint32_t a, uint32_t b)
{
    return graph->circle[a] != IMPORT_NO_CIRCLE && graph->circle[a] == graph->circle[b];
}

/* Which job of `record` a job that refers to it waits for; false: none, it is there already. */
static bool awaited(const ImportOrder *self, const ImportJob *job, uint32_t record,
                    uint32_t *awaited_job)
{
    uint32_t first = self->first_job[record];
    *awaited_job = first;
    if (!same_circle(self->graph, job->record, record)) return true;
    if (job->partial) return false; /* goes without that reference */
    return self->jobs[first].partial;
}

typedef void waits_fn(ImportOrder *self, uint32_t job, uint32_t awaited_job);

static void each_wait(ImportOrder *self, waits_fn *each)
{
    const ImportGraph *graph = self->graph;
    for (uint32_t i = 0; i < self->job_count; i++) {
        const ImportJob *job = &self->jobs[i];
        uint32_t first = self->first_job[job->record];
        uint32_t other;
        if (first != i) each(self, i, first);
        for (uint32_t t = graph->first[job->record]; t < graph->first[job->record + 1]; t++)
            if (awaited(self, job, graph->targets[t], &other)) each(self, i, other);
    }
}

static void count_wait(ImportOrder *self, uint32_t job, uint32_t awaited_job)
{
    self->jobs[job].waiting++;
    self->after_first[awaited_job + 1]++;
}

/* `ready` is not in use yet and counts what each job has got. */
static void note_wait(ImportOrder *self, uint32_t job, uint32_t awaited_job)
{
    self->after[self->after_first[awaited_job] + self->ready[awaited_job]++] = job;
}

static bool make_jobs(ImportOrder *self, const bool *is_new)
{
    size_t count = self->graph->count;
    self->jobs = calloc(2 * count + 1, sizeof *self->jobs);
    self->first_job = calloc(count + 1, sizeof *self->first_job);
    if (!self->jobs || !self->first_job) return false;
    for (uint32_t record = 0; record < count; record++) {
        bool twice = self->graph->circle[record] != IMPORT_NO_CIRCLE && is_new[record];
        self->first_job[record] = (uint32_t)self->job_count;
        if (twice) self->jobs[self->job_count++] = (ImportJob){.record = record, .partial = true};
        self->jobs[self->job_count++] = (ImportJob){.record = record};
    }
    return true;
}

bool import_order_build(ImportOrder *self, const ImportGraph *graph, const bool *is_new)
{
    *self = (ImportOrder){.graph = graph};
    if (!make_jobs(self, is_new)) return false;
    self->after_first = calloc(self->job_count + 1, sizeof *self->after_first);
    self->ready = calloc(self->job_count + 1, sizeof *self->ready);
    if (!self->after_first || !self->ready) return false;
    each_wait(self, count_wait);
    for (size_t i = 0; i < self->job_count; i++)
        self->after_first[i + 1] += self->after_first[i];
    self->after = calloc(self->after_first[self->job_count] + 1, sizeof *self->after);
    if (!self->after) return false;
    each_wait(self, note_wait);
    for (uint32_t i = 0; i < self->job_count; i++)
        if (self->jobs[i].waiting == 0) self->ready[self->ready_end++] = i;
    return true;
}

void import_order_free(ImportOrder *self)
{
    free(self->jobs);
    free(self->first_job);
    free(self->after);
    free(self->after_first);
    free(self->ready);
    *self = (ImportOrder){0};
}

ImportJob *import_order_next(ImportOrder *self)
{
    if (self->ready_begin == self->ready_end) return NULL;
    return &self->jobs[self->ready[self->ready_begin++]];
}

void import_order_done(ImportOrder *self, const ImportJob *job)
{
    size_t done = (size_t)(job - self->jobs);
    for (uint32_t i = self->after_first[done]; i < self->after_first[done + 1]; i++) {
        ImportJob *waiter = &self->jobs[self->after[i]];
        assert(waiter->waiting > 0);
        if (--waiter->waiting == 0) self->ready[self->ready_end++] = self->after[i];
    }
}
