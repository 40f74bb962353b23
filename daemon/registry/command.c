#include "daemon/registry/command.h"

#include <stdlib.h>
#include <string.h>

static bool hash_request(Command *self, const Request *request)
{
    Request body = *request;
    body.request_id = NULL;
    body.has_correlation = 0;
    size_t size = protobuf_c_message_get_packed_size(&body.base);
    uint8_t *packed = arena_alloc(self->arena, size);
    if (!packed) return false;
    protobuf_c_message_pack(&body.base, packed);
    seal_hash((Bytes){packed, size}, self->request_hash);
    return true;
}

Command *command_new(Request *request, Arena **arena, const Caller *caller, uint64_t ticket)
{
    Command *self =
        arena_used(*arena) <= COMMAND_REQUEST_BYTES_MAX ? calloc(1, sizeof *self) : NULL;
    if (!self) return NULL;
    self->ticket = ticket;
    self->request = request;
    self->arena = *arena;
    if (!access_copy(caller, self->arena, &self->caller) || !hash_request(self, request)) {
        free(self);
        return NULL;
    }
    *arena = NULL;
    self->size_bytes = arena_used(self->arena);
    return self;
}

bool command_begin_claims(Command *self)
{
    command_drop_claims(self);
    self->claims_arena = arena_new(COMMAND_CLAIMS_BYTES_MAX);
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
