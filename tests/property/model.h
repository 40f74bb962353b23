/*
 * model - the registry as a beginner would write it: an array of events, searched one by one.
 *
 * The property test asks it every question that it asks the registry. It shares no code with
 * daemon/: dates are compared as text, words by strtok, organisations by walking their parents.
 */
#ifndef PLENARY_TESTS_PROPERTY_MODEL_H
#define PLENARY_TESTS_PROPERTY_MODEL_H

#include "proto/contract.h"
#include "tests/property/model_instances.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MODEL_EVENTS_MAX = 4096,
    MODEL_ORGANISATIONS = 8,
    MODEL_TIME_SIZE = 32, /* "2022-03-03T09:00:00.000000Z": texts are in order as times are */
};

typedef struct ModelEvent {
    Event *image; /* malloc'ed by protobuf-c; the last one before it was withdrawn */
    ModelInstances *instances;
    bool withdrawn;
    uint64_t sequence; /* of the latest change */
} ModelEvent;

/* What an event was from a change on. */
typedef struct ModelImage {
    ModelEvent event;
    uint32_t number;
    char time[MODEL_TIME_SIZE]; /* of the change */
} ModelImage;

typedef struct Model {
    ModelEvent events[MODEL_EVENTS_MAX]; /* by number, from 1 */
    ModelImage *images;                  /* all that ever were, in the order of the changes */
    size_t image_count;
    size_t image_capacity;
    uint32_t last;
    uint64_t sequence;
    int parent[MODEL_ORGANISATIONS]; /* -1: none; organisation i is called "o<i>" */
    bool known[MODEL_ORGANISATIONS];
} Model;

Model *model_new(void);
void model_destroy(Model **self);

/* Takes what the registry replied as the record's present image, from a time on. */
void model_put(Model *self, const Event *image, uint64_t sequence, const char *time,
               bool withdrawn);

/* Takes whoever is called so out of every image; with a `text`, the words `name` out of titles and
 * descriptions as well. */
void model_erase(Model *self, const char *name, const char *text);

/* Does the event match the query? */
bool model_matches(const Model *self, const ModelEvent *event, const Query *query);

/* The same of an image by itself: whatever replaces instances of it is not known. */
bool model_hears(const Model *self, const ModelEvent *event, const Query *query);

/* Every instance of what matches, in the order of start; the query has an end. Given: free. */
typedef struct ModelInstance {
    int64_t start_s;
    uint32_t number;
} ModelInstance;

ModelInstance *model_expand(const Model *self, const Query *query, size_t *count);

/* Every match in the query's order, as numbers; gives how many. */
size_t model_list(const Model *self, const Query *query, uint32_t *numbers);

/* How many events that match have one value of a facet. */
typedef struct ModelBucket {
    char value[32];
    uint64_t count;
} ModelBucket;

enum { MODEL_BUCKETS_MAX = 512 };

/* Each value of a facet (kind, format, status, country, org and its roles, topic, month, year), in
 * no order; how many. */
size_t model_count_by(const Model *self, const Query *query, const char *facet,
                      ModelBucket buckets[static MODEL_BUCKETS_MAX]);

/* In the query's order, as the two events are now. */
bool model_is_before(const Model *self, const Query *query, uint32_t left, uint32_t right);
/* The same of what was known at a time. */
size_t model_list_then(const Model *self, const Query *query, const char *time, uint32_t *numbers);

/* The event as it was known at a time; NULL: it was not there. */
const ModelEvent *model_event_then(const Model *self, uint32_t number, const char *time);

#endif
