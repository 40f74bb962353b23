#include "daemon/bus/stream.h"

#include "daemon/bus/cursor.h"
#include "proto/validate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static StatusCode check(const Subscribe *subscribe, Problem *problem)
{
    if (subscribe->credit_messages > STREAMS_CREDIT_MESSAGES)
        problem_violation(problem, "credit_messages", "%u is over the limit of %d",
                          subscribe->credit_messages, STREAMS_CREDIT_MESSAGES);
    if (subscribe->credit_bytes > STREAMS_CREDIT_BYTES)
        problem_violation(problem, "credit_bytes", "%llu is over the limit of %d",
                          (unsigned long long)subscribe->credit_bytes, STREAMS_CREDIT_BYTES);
    if (subscribe->name && strlen(subscribe->name) > STREAMS_NAME_BYTES)
        problem_violation(problem, "name", "it has more than %d bytes", STREAMS_NAME_BYTES);
    if (subscribe->query) (void)validate_query(subscribe->query, problem);
    return problem->code;
}

/* False: no memory. */
static bool copy_query(Stream *self, const Query *query)
{
    if (!query) return true;
    self->query_bytes = plenary__v1__query__get_packed_size(query);
    self->query = malloc(self->query_bytes + 1);
    if (self->query) plenary__v1__query__pack(query, self->query);
    return self->query != NULL;
}

/* Where the subscription begins; or why it cannot begin there. */
static const char *find_start(Registry *registry, const View *view, const Subscribe *subscribe,
                              uint64_t *position)
{
    uint64_t head = registry_applied(registry);
    switch (subscribe->start_case) {
    case PLENARY__V1__SUBSCRIBE__START_CURSOR:
        *position = subscribe->cursor->sequence;
        return cursor_misfit(registry, view, subscribe->cursor);
    case PLENARY__V1__SUBSCRIBE__START_AFTER_SEQUENCE:
        *position = subscribe->after_sequence;
        return *position > head ? "the sequence is beyond the last change" : NULL;
    case PLENARY__V1__SUBSCRIBE__START_NOW: *position = head; return NULL;
    default: *position = 0; return NULL;
    }
}

static Stream *make(const Peer *peer, const Subscribe *subscribe)
{
    Stream *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    made->peer = *peer;
    made->number = subscribe->stream;
    made->arena = arena_new(STREAMS_ARENA_BYTES);
    if (!made->arena || !copy_query(made, subscribe->query)) stream_destroy(&made);
    if (made && subscribe->name)
        (void)snprintf(made->name, sizeof made->name, "%s", subscribe->name);
    return made;
}

StatusCode stream_new(Registry *registry, const Peer *peer, const Caller *caller,
                      const Subscribe *subscribe, Arena *arena, Stream **stream,
                      const char **misfit, View *view, Problem *problem)
{
    State *state = registry_state(registry);
    bool directory = subscribe->has_directory && subscribe->directory;
    StatusCode code = check(subscribe, problem);
    if (code != STATUS_OK) return code;
    Stream *made = make(peer, subscribe);
    if (!made) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory for the stream");
    code = view_make(state, caller, subscribe->query, directory, made->arena, &made->view, problem);
    if (code == STATUS_OK) *misfit = find_start(registry, &made->view, subscribe, &made->position);
    if (code == STATUS_OK && *misfit)
        code = view_make(state, caller, subscribe->query, directory, arena, view, problem);
    if (code != STATUS_OK || *misfit) {
        stream_destroy(&made);
        return code;
    }
    made->caught_up_at = registry_applied(registry);
    made->acknowledged = made->position;
    credit_add(&made->credit, subscribe->credit_messages, subscribe->credit_bytes);
    *stream = made;
    return STATUS_OK;
}

void stream_destroy(Stream **self)
{
    if (!self || !*self) return;
    arena_destroy(&(*self)->arena);
    free((*self)->query);
    free(*self);
    *self = NULL;
}

StatusCode stream_renew(Stream *self, const Principals *principals, Problem *problem)
{
    uint8_t before[ACCESS_HASH_BYTES];
    uint8_t after[ACCESS_HASH_BYTES];
    Caller caller = self->view.caller;
    StatusCode code = principals_renew(principals, &caller, problem);
    if (code != STATUS_OK) return code;
    access_hash(&self->view.caller, before);
    access_hash(&caller, after);
    if (memcmp(before, after, sizeof before) == 0) return STATUS_OK;
    self->is_stale = self->is_misfit = self->has_other_rights = true;
    return STATUS_OK;
}

/* Of the same query, for who hears it as they are by now. */
static bool make_view(const Stream *self, State *state, Arena *arena, View *view)
{
    Problem problem;
    Caller caller = self->view.caller;
    const Query *query = NULL;
    problem_clear(&problem);
    if (principals_renew(state->principals, &caller, &problem) != STATUS_OK) return false;
    if (self->query)
        query = plenary__v1__query__unpack(arena_allocator(arena), self->query_bytes, self->query);
    if (self->query && !query) return false;
    return view_make(state, &caller, query, self->view.hears_directory, arena, view, &problem) ==
           STATUS_OK;
}

void stream_refresh(Stream *self, State *state)
{
    self->is_stale = false;
    if (!self->query && !self->is_misfit) return; /* everything stays everything */
    View view;
    Arena *arena = arena_new(STREAMS_ARENA_BYTES);
    bool made = arena && make_view(self, state, arena, &view);
    bool same = made && view_equal(&view, &self->view);
    if (!same) self->is_misfit = true;
    if (made && !same) {
        Arena *old = self->arena;
        self->view = view;
        self->arena = arena;
        arena = old;
    }
    arena_destroy(&arena);
}

bool stream_may_be_sent(const Stream *self, int64_t all_away)
{
    return credit_allows(&self->credit, 0, 0, all_away);
}

unsigned stream_hash(const void *stream)
{
    const Stream *self = stream;
    uint64_t key = self->peer.id * UINT64_C(0x9E3779B97F4A7C15) ^ self->number;
    return (unsigned)(key ^ key >> 32);
}

int stream_equal(const void *one, const void *other)
{
    const Stream *left = one;
    const Stream *right = other;
    return left->peer.id == right->peer.id && left->number == right->number;
}
