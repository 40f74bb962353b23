#include "daemon/bus/stream.h"

#include "daemon/limits.h"

#include <stdlib.h>
#include <string.h>

/* --- cursors --- */

static void fill_cursor(Registry *registry, uint64_t sequence, StreamCursor *out)
{
    const State *state = registry_state(registry);
    plenary__v1__cursor__init(&out->cursor);
    out->cursor.registry_id = (char *)(uintptr_t)journal_registry_id(state->journal);
    out->cursor.has_epoch = out->cursor.has_sequence = out->cursor.has_digest_prefix = 1;
    out->cursor.epoch = journal_epoch(state->journal);
    out->cursor.sequence = sequence;
    (void)registry_digest(registry, sequence, out->digest);
    out->cursor.digest_prefix = (ProtobufCBinaryData){STREAM_DIGEST_PREFIX_BYTES, out->digest};
}

void stream_cursor(const Stream *self, Registry *registry, uint64_t sequence, StreamCursor *out)
{
    *out = (StreamCursor){0};
    fill_cursor(registry, sequence, out);
    out->cursor.has_view_hash = 1;
    out->cursor.view_hash =
        (ProtobufCBinaryData){QUERY_VIEW_HASH_BYTES, (uint8_t *)(uintptr_t)self->view_hash};
}

void stream_head_cursor(Registry *registry, StreamCursor *out)
{
    *out = (StreamCursor){0};
    fill_cursor(registry, registry_applied(registry), out);
}

/* Why a cursor does not fit; NULL: it fits. A cursor without a digest or a view is one that a
 * client made of a sequence that it knows, and is taken at its word. */
static const char *misfit_of(const Stream *self, Registry *registry, const Cursor *cursor)
{
    const State *state = registry_state(registry);
    uint8_t digest[JOURNAL_DIGEST_BYTES];
    if (!cursor->registry_id ||
        strcmp(cursor->registry_id, journal_registry_id(state->journal)) != 0)
        return "the cursor is of another registry";
    if (cursor->epoch != journal_epoch(state->journal))
        return "the registry was restored from a backup";
    if (!registry_digest(registry, cursor->sequence, digest))
        return "the cursor is beyond the end of the journal";
    if (cursor->has_digest_prefix &&
        (cursor->digest_prefix.len != STREAM_DIGEST_PREFIX_BYTES ||
         memcmp(cursor->digest_prefix.data, digest, STREAM_DIGEST_PREFIX_BYTES) != 0))
        return "the journal before the cursor is not the one that was heard";
    if (cursor->has_view_hash &&
        (cursor->view_hash.len != QUERY_VIEW_HASH_BYTES ||
         memcmp(cursor->view_hash.data, self->view_hash, QUERY_VIEW_HASH_BYTES) != 0))
        return "the query, the directory or the rights are not those of the cursor";
    return NULL;
}

/* --- making --- */

static void find_position(Stream *self, Registry *registry, const Subscribe *subscribe,
                          const char **resync)
{
    uint64_t end = registry_applied(registry);
    self->caught_up_at = end;
    switch (subscribe->start_case) {
    case PLENARY__V1__SUBSCRIBE__START_CURSOR:
        *resync = misfit_of(self, registry, subscribe->cursor);
        self->position = subscribe->cursor->sequence;
        break;
    case PLENARY__V1__SUBSCRIBE__START_AFTER_SEQUENCE:
        if (subscribe->after_sequence > end)
            *resync = "the sequence is beyond the end of the journal";
        self->position = subscribe->after_sequence;
        break;
    default: self->position = end; break;
    }
}

static StatusCode resolve(Stream *self, Registry *registry, const Subscribe *subscribe,
                          Problem *problem)
{
    Resolved *resolved;
    const QueryContext context = {registry_state(registry), &self->listener.caller, self->arena};
    StatusCode code = query_resolve(&context, subscribe->query, &resolved, problem);
    if (code != STATUS_OK) return code;
    self->listener.resolved = resolved;
    self->listener.hears_everything =
        query_is_everything(resolved) && access_sees_all(&self->listener.caller);
    query_hash(&context, resolved, self->view_hash);
    return STATUS_OK;
}

StatusCode stream_new(Registry *registry, const Peer *peer, const Caller *caller,
                      const Subscribe *subscribe, int64_t now_ms, Stream **stream,
                      const char **resync, Problem *problem)
{
    *resync = NULL;
    Stream *self = calloc(1, sizeof *self);
    if (!self || !(self->arena = arena_new(LIMIT_STREAM_ARENA_BYTES))) {
        free(self);
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory for a stream");
    }
    self->peer = *peer;
    self->number = subscribe->stream;
    self->listener.caller = *caller;
    self->said_ms = self->heard_ms = now_ms;
    StatusCode code = resolve(self, registry, subscribe, problem);
    if (code == STATUS_OK) find_position(self, registry, subscribe, resync);
    if (code != STATUS_OK || *resync) {
        stream_destroy(&self);
        return code;
    }
    stream_add_credit(self, subscribe->credit_messages, subscribe->credit_bytes);
    *stream = self;
    return STATUS_OK;
}

void stream_destroy(Stream **self)
{
    if (!self || !*self) return;
    arena_destroy(&(*self)->arena);
    free(*self);
    *self = NULL;
}

static uint64_t sum_up_to(uint64_t present, uint64_t added, uint64_t max)
{
    return added > max - present ? max : present + added;
}

void stream_add_credit(Stream *self, uint32_t messages, uint64_t bytes)
{
    self->credit_messages = sum_up_to(self->credit_messages, messages, LIMIT_CREDIT_MESSAGES);
    self->credit_bytes = sum_up_to(self->credit_bytes, bytes, LIMIT_CREDIT_BYTES);
}
