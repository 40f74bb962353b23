#include "daemon/registry/command.h"

#include <stdlib.h>
#include <string.h>

static bool copy_caller(Command *self, const Caller *caller)
{
    self->caller = *caller;
    self->caller.principal = arena_strdup(self->arena, caller->principal);
    self->caller.organisation = arena_strdup(self->arena, caller->organisation);
    const char **groups = arena_array(self->arena, caller->group_count, sizeof *groups);
    if (!groups || !self->caller.principal) return false;
    if (caller->organisation && !self->caller.organisation) return false;
    for (size_t i = 0; i < caller->group_count; i++)
        if (!(groups[i] = arena_strdup(self->arena, caller->groups[i]))) return false;
    self->caller.groups = groups;
    return true;
}

/* Packs the body, hashes it, and unpacks it again: that is the copy. */
static bool copy_request(Command *self, const Request *request)
{
    Request body = *request;
    body.request_id = NULL;
    body.has_correlation = 0;
    size_t size = protobuf_c_message_get_packed_size(&body.base);
    uint8_t *packed = arena_alloc(self->arena, size);
    if (!packed) return false;
    protobuf_c_message_pack(&body.base, packed);
    seal_hash((Bytes){packed, size}, self->request_hash);
    self->request = (Request *)protobuf_c_message_unpack(
        request->base.descriptor, arena_allocator(self->arena), size, packed);
    if (!self->request) return false;
    self->request->request_id = arena_strdup(self->arena, request->request_id);
    self->request->has_correlation = request->has_correlation;
    self->request->correlation = request->correlation;
    return self->request->request_id != NULL;
}

Command *command_new(const Request *request, const Caller *caller, uint64_t ticket)
{
    Command *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->ticket = ticket;
    self->arena = arena_new(COMMAND_ARENA_BYTES_MAX);
    if (!self->arena || !copy_caller(self, caller) || !copy_request(self, request))
        command_destroy(&self);
    if (self) self->size_bytes = arena_used(self->arena);
    return self;
}

bool command_begin_claims(Command *self)
{
    command_drop_claims(self);
    self->claims_arena = arena_new(COMMAND_ARENA_BYTES_MAX);
    return self->claims_arena != NULL;
}

void command_drop_claims(Command *self)
{
    arena_destroy(&self->claims_arena);
    self->claims = (ClaimList){0};
    self->holds_claims = false;
}

void command_destroy(Command **self)
{
    if (!self || !*self) return;
    command_drop_claims(*self);
    arena_destroy(&(*self)->arena);
    free(*self);
    *self = NULL;
}
