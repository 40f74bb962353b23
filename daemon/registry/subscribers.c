#include "daemon/registry/subscribers.h"

#include "proto/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Known {
    char name[SUBSCRIBERS_NAME_BYTES_MAX + 1];
    uint64_t since;
    uint64_t acknowledged;
    int64_t time_us;
    unsigned connected; /* streams */
    bool directory;
    bool query_unknown;
    uint8_t *query; /* packed; NULL: everything, or unknown */
    size_t query_bytes;
} Known;

struct Subscribers {
    Known known[SUBSCRIBERS_MAX];
    size_t count;
    uint64_t version;
};

Subscribers *subscribers_new(void)
{
    return calloc(1, sizeof(Subscribers));
}

void subscribers_destroy(Subscribers **self)
{
    if (!self || !*self) return;
    for (size_t i = 0; i < (*self)->count; i++)
        free((*self)->known[i].query);
    free(*self);
    *self = NULL;
}

uint64_t subscribers_version(const Subscribers *self)
{
    return self->version;
}

static Known *find(Subscribers *self, const char *name)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->known[i].name, name) == 0) return &self->known[i];
    return NULL;
}

/* NULL: all are connected. */
static Known *find_room(Subscribers *self)
{
    Known *oldest = NULL;
    if (self->count < SUBSCRIBERS_MAX) return &self->known[self->count++];
    for (size_t i = 0; i < self->count; i++) {
        Known *known = &self->known[i];
        if (!known->connected && (!oldest || known->time_us < oldest->time_us)) oldest = known;
    }
    return oldest;
}

/* Does it go on where it was, by the same query? */
static bool goes_on(const Known *known, const SubscribersArrival *arrival)
{
    bool same =
        !known->query_unknown && known->directory == arrival->directory &&
        known->query_bytes == arrival->query_bytes &&
        (!known->query_bytes || memcmp(known->query, arrival->query, known->query_bytes) == 0);
    return same && arrival->position >= known->since && arrival->position <= known->acknowledged;
}

static void begin(Known *known, const SubscribersArrival *arrival)
{
    unsigned connected = known->connected;
    free(known->query);
    *known = (Known){.since = arrival->position,
                     .acknowledged = arrival->position,
                     .connected = connected,
                     .directory = arrival->directory};
    (void)snprintf(known->name, sizeof known->name, "%s", arrival->name);
    if (!arrival->query) return;
    if (arrival->query_bytes <= SUBSCRIBERS_QUERY_BYTES_MAX)
        known->query = malloc(arrival->query_bytes + 1);
    known->query_unknown = known->query == NULL;
    if (!known->query) return;
    memcpy(known->query, arrival->query, arrival->query_bytes);
    known->query_bytes = arrival->query_bytes;
}

void subscribers_come(Subscribers *self, const SubscribersArrival *arrival, int64_t now_us)
{
    Known *known = find(self, arrival->name);
    if (!known || !goes_on(known, arrival)) {
        if (!known) {
            known = find_room(self);
            if (!known) return;
            known->connected = 0;
        }
        begin(known, arrival);
    }
    known->connected++;
    known->time_us = now_us;
    self->version++;
}

void subscribers_acknowledge(Subscribers *self, const char *name, uint64_t sequence, int64_t now_us)
{
    Known *known = find(self, name);
    if (!known || sequence <= known->acknowledged) return;
    known->acknowledged = sequence;
    known->time_us = now_us;
    self->version++;
}

void subscribers_go(Subscribers *self, const char *name, int64_t now_us)
{
    Known *known = find(self, name);
    if (!known || known->connected == 0) return;
    known->connected--;
    known->time_us = now_us;
    self->version++;
}

/* --- as messages --- */

static Subscriber *message_of(const Known *known, Arena *arena)
{
    char time[INSTANT_TEXT_SIZE];
    Subscriber *message = arena_alloc(arena, sizeof *message);
    if (!message) return NULL;
    plenary__v1__subscriber__init(message);
    instant_print(known->time_us, time);
    message->name = arena_strdup(arena, known->name);
    message->time = arena_strdup(arena, time);
    message->has_since_sequence = message->has_acknowledged_sequence = message->has_connected = 1;
    message->since_sequence = known->since;
    message->acknowledged_sequence = known->acknowledged;
    message->connected = known->connected > 0;
    message->has_directory = message->directory = known->directory;
    message->has_query_unknown = message->query_unknown = known->query_unknown;
    if (known->query)
        message->query =
            plenary__v1__query__unpack(arena_allocator(arena), known->query_bytes, known->query);
    bool whole = message->name && message->time && (message->query || !known->query);
    return whole ? message : NULL;
}

static bool may_name_people(const Known *known)
{
    Query *query = plenary__v1__query__unpack(NULL, known->query_bytes, known->query);
    bool may = !query || query->text;
    for (size_t i = 0; query && i < query->n_terms; i++)
        may |= !query->terms[i]->facet || strcmp(query->terms[i]->facet, "person") == 0;
    if (query) plenary__v1__query__free_unpacked(query, NULL);
    return may;
}

void subscribers_forget_names(Subscribers *self)
{
    for (size_t i = 0; self && i < self->count; i++) {
        Known *known = &self->known[i];
        if (!known->query || !may_name_people(known)) continue;
        free(known->query);
        known->query = NULL;
        known->query_bytes = 0;
        known->query_unknown = true;
        self->version++;
    }
}

bool subscribers_list(const Subscribers *self, Arena *arena, Subscriber ***list, size_t *count)
{
    Subscriber **made = arena_array(arena, self->count, sizeof(Subscriber *));
    if (!made) return false;
    for (size_t i = 0; i < self->count; i++) {
        made[i] = message_of(&self->known[i], arena);
        if (!made[i]) return false;
    }
    *list = made;
    *count = self->count;
    return true;
}

static void restore(Subscribers *self, const Subscriber *message)
{
    uint8_t query[SUBSCRIBERS_QUERY_BYTES_MAX];
    int64_t time_us;
    SubscribersArrival arrival = {.name = message->name,
                                  .directory = message->directory,
                                  .position = message->since_sequence};
    size_t length = message->name ? strlen(message->name) : 0;
    if (length == 0 || length > SUBSCRIBERS_NAME_BYTES_MAX || find(self, message->name)) return;
    if (!message->time || !instant_parse(message->time, &time_us)) return;
    if (message->query) {
        arrival.query_bytes = plenary__v1__query__get_packed_size(message->query);
        if (arrival.query_bytes > sizeof query) return;
        plenary__v1__query__pack(message->query, query);
        arrival.query = query;
    }
    subscribers_come(self, &arrival, time_us);
    subscribers_acknowledge(self, message->name, message->acknowledged_sequence, time_us);
    subscribers_go(self, message->name, time_us);
    Known *known = find(self, message->name);
    if (known) known->query_unknown = message->query_unknown;
}

void subscribers_restore(Subscribers *self, Subscriber *const *list, size_t count)
{
    for (size_t i = 0; i < count && i < SUBSCRIBERS_MAX; i++)
        restore(self, list[i]);
}
