/*
 * Any bytes as requests. An input is one body after the other, each after its length in two bytes,
 * little-endian. What is valid goes to a real registry, which is the input's own. A request that
 * lacks nothing but an id is given one: no input finds a UUID of the present time.
 */
#include "proto/frame.h"
#include "proto/validate.h"
#include "tests/fuzz/fuzz.h"
#include "tests/property/harness.h"

#include <string.h>

enum {
    ARENA_BYTES = 64 * 1024 * 1024,
    REQUESTS_MAX = 64, /* of one input */
    LENGTH_BYTES = 2,
    CHECK_ONE_IN = 8,
};

typedef struct Setup {
    Zones *zones;
    Arena *arena;
    Harness *harness; /* NULL: nothing has been handed to a registry yet */
    unsigned opened;
} Setup;

static void *open_setup(void)
{
    Setup *self = calloc(1, sizeof *self);
    FUZZ_DEMAND(self != NULL);
    self->zones = zones_new();
    self->arena = arena_new(ARENA_BYTES);
    FUZZ_DEMAND(self->zones && self->arena);
    return self;
}

static void close_setup(void *context)
{
    Setup *self = context;
    harness_destroy(&self->harness);
    zones_destroy(&self->zones);
    arena_destroy(&self->arena);
    free(self);
}

static void check_reply(const Request *request, const Reply *reply)
{
    Problem problem;
    problem_clear(&problem);
    FUZZ_DEMAND(reply->has_correlation == request->has_correlation);
    FUZZ_DEMAND(reply->correlation == request->correlation);
    FUZZ_DEMAND(validate_message(&reply->base, "", &problem) == STATUS_OK);
    FUZZ_DEMAND((reply->status != NULL) ==
                (reply->result_case == PLENARY__V1__REPLY__RESULT__NOT_SET));
    if (reply->status) FUZZ_DEMAND(reply->status->code != PLENARY__V1__STATUS_CODE__INTERNAL);
}

/* What is refused is told in a message that can be sent. */
static void check_refusal(const Problem *problem)
{
    StatusMessage message;
    Problem unused;
    problem_clear(&unused);
    problem_to_message(problem, &message);
    FUZZ_DEMAND(problem->code != STATUS_OK && *problem->message);
    FUZZ_DEMAND(validate_message(&message.status.base, "", &unused) == STATUS_OK);
}

static bool is_valid(Setup *self, Request *request)
{
    Problem problem;
    problem_clear(&problem);
    if (validate_request(request, self->zones, &problem) == STATUS_OK) return true;
    check_refusal(&problem);
    if (!self->harness) self->harness = harness_new(++self->opened);
    request->request_id = harness_request_id(self->harness);
    problem_clear(&problem);
    return validate_request(request, self->zones, &problem) == STATUS_OK;
}

static void take_body(Setup *self, const uint8_t *body, size_t size)
{
    Problem problem;
    problem_clear(&problem);
    arena_reset(self->arena);
    Request *request = (Request *)frame_unpack(body, size, &plenary__v1__request__descriptor,
                                               self->arena, &problem);
    if (!request) {
        check_refusal(&problem);
        return;
    }
    if (!is_valid(self, request)) return;
    if (!self->harness) self->harness = harness_new(++self->opened);
    Reply *reply = harness_call(self->harness, request);
    check_reply(request, reply);
    plenary__v1__reply__free_unpacked(reply, NULL);
}

static void run(void *context, const uint8_t *data, size_t size)
{
    Setup *self = context;
    for (int i = 0; i < REQUESTS_MAX && size >= LENGTH_BYTES; i++) {
        size_t length = (size_t)data[0] | (size_t)data[1] << 8;
        data += LENGTH_BYTES;
        size -= LENGTH_BYTES;
        if (length > size) length = size;
        take_body(self, data, length);
        data += length;
        size -= length;
    }
    if (!self->harness) return;
    if (self->opened % CHECK_ONE_IN == 0) harness_check(self->harness);
    harness_destroy(&self->harness);
}

const FuzzTarget fuzz_target = {open_setup, run, close_setup};
