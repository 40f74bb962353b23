/*
 * Any bytes as requests. An input is one body after the other, each after its length in two bytes,
 * little-endian. What is valid goes to a real registry. A request that lacks nothing but an id is
 * given one: no input finds a UUID of the present time.
 *
 * Opening a registry takes longer than a hundred requests, so libFuzzer's inputs share one, some at
 * a time. What such a registry was given is in fuzz_requests.history, itself an input: where
 * something is found that its own input does not show again, the history does.
 */
#include "proto/frame.h"
#include "proto/validate.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/harness.h"

#include <string.h>

enum {
    ARENA_BYTES = 64 * 1024 * 1024,
    LENGTH_BYTES = 2,
    SEED = 1,
    INPUTS_MAX = 16, /* of one registry */
};

static const char history_name[] = "fuzz_requests.history";

typedef struct Setup {
    Zones *zones;
    Arena *arena;
    Harness *harness; /* NULL: nothing has been handed to a registry yet */
    FILE *history;    /* of the harness */
    unsigned inputs;  /* of the harness */
} Setup;

static void need_harness(Setup *self)
{
    if (self->harness) return;
    self->harness = harness_new(&(HarnessOptions){.seed = SEED});
    self->history = fopen(history_name, "wb");
    self->inputs = 0;
    FUZZ_DEMAND(self->history != NULL);
}

static void *open_setup(void)
{
    Setup *self = calloc(1, sizeof *self);
    FUZZ_DEMAND(self != NULL);
    self->zones = zones_new();
    self->arena = arena_new(ARENA_BYTES);
    FUZZ_DEMAND(self->zones && self->arena);
    need_harness(self); /* czmq's end of the process must come after ours: it begins now */
    return self;
}

static void settle(void *context)
{
    Setup *self = context;
    if (!self->harness) return;
    harness_check(self->harness);
    harness_destroy(&self->harness);
    FUZZ_DEMAND(fclose(self->history) == 0);
}

static void close_setup(void *context)
{
    Setup *self = context;
    settle(self);
    (void)remove(history_name);
    zones_destroy(&self->zones);
    arena_destroy(&self->arena);
    free(self);
}

static void remember(Setup *self, const uint8_t *body, size_t size)
{
    const uint8_t length[LENGTH_BYTES] = {(uint8_t)size, (uint8_t)(size >> 8)};
    FUZZ_DEMAND(fwrite(length, 1, sizeof length, self->history) == sizeof length);
    FUZZ_DEMAND(fwrite(body, 1, size, self->history) == size);
    FUZZ_DEMAND(fflush(self->history) == 0);
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
    need_harness(self);
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
    /* Its folder may be any of this machine's. */
    if (request->verb_case == PLENARY__V1__REQUEST__VERB_BACKUP_REGISTRY) return;
    need_harness(self);
    remember(self, body, size);
    Reply *reply = harness_call(self->harness, request);
    check_reply(request, reply);
    plenary__v1__reply__free_unpacked(reply, NULL);
}

static void run(void *context, const uint8_t *data, size_t size)
{
    Setup *self = context;
    while (size >= LENGTH_BYTES) {
        size_t length = (size_t)data[0] | (size_t)data[1] << 8;
        data += LENGTH_BYTES;
        size -= LENGTH_BYTES;
        if (length > size) length = size;
        take_body(self, data, length);
        data += length;
        size -= length;
    }
    if (self->harness && ++self->inputs == INPUTS_MAX) settle(self);
}

const FuzzTarget fuzz_target = {
    .open = open_setup, .run = run, .settle = settle, .close = close_setup};
