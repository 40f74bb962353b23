/*
 * Any bytes as a stream request: what the bus does with one, all but the socket. A subscription
 * that begins is then sent everything that its credit allows.
 */
#include "daemon/bus/batch.h"
#include "daemon/bus/stream.h"
#include "proto/frame.h"
#include "proto/validate.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/populate.h"

#include <string.h>

enum {
    SEED = 1,
    ORGANISATIONS = 5,
    EVENTS = 40,
    BATCHES_MAX = 200, /* of one subscription: more than there are changes */
    PEER = 7,
};

typedef struct Setup {
    Harness *harness;
    Registry *registry;
    Batches *batches;
    Arena *arena;
} Setup;

static void *open_setup(void)
{
    Setup *self = calloc(1, sizeof *self);
    FUZZ_DEMAND(self != NULL);
    self->harness = harness_new(&(HarnessOptions){.seed = SEED});
    populate(self->harness, ORGANISATIONS, EVENTS);
    self->registry = harness_registry(self->harness);
    self->batches = batches_new(self->registry);
    self->arena = arena_new(STREAMS_ARENA_BYTES);
    FUZZ_DEMAND(self->batches && self->arena);
    return self;
}

static void close_setup(void *context)
{
    Setup *self = context;
    batches_destroy(&self->batches);
    harness_destroy(&self->harness);
    arena_destroy(&self->arena);
    free(self);
}

static void check_change(const Plenary__V1__Delivery *delivery, uint64_t after, uint64_t scanned)
{
    Problem problem;
    problem_clear(&problem);
    FUZZ_DEMAND(delivery->relation != PLENARY__V1__DELIVERY__RELATION__RELATION_UNSPECIFIED);
    Change *change = plenary__v1__change__unpack(NULL, delivery->change.len, delivery->change.data);
    FUZZ_DEMAND(change && change->sequence > after && change->sequence <= scanned);
    FUZZ_DEMAND(validate_message(&change->base, "", &problem) == STATUS_OK);
    plenary__v1__change__free_unpacked(change, NULL);
}

/* One batch. False: there is no more. */
static bool send_batch(Setup *self, Stream *stream)
{
    if (!stream_may_be_sent(stream, 0)) return false;
    const Batch *batch =
        batches_take(self->batches, &stream->view, stream->position, &stream->credit, 0);
    FUZZ_DEMAND(batch && batch->scanned >= stream->position);
    FUZZ_DEMAND(batch->scanned <= registry_applied(self->registry));
    for (size_t i = 0; i < batch->count; i++)
        check_change(batch->changes->deliveries[i], stream->position, batch->scanned);
    FUZZ_DEMAND(cursor_misfit(self->registry, &stream->view, batch->changes->cursor) == NULL);
    credit_spend(&stream->credit, batch->count, batch->bytes);
    bool moved = batch->scanned > stream->position;
    stream->position = batch->scanned;
    return moved;
}

static void send_all(Setup *self, Stream *stream)
{
    int batches = 0;
    while (send_batch(self, stream))
        FUZZ_DEMAND(++batches < BATCHES_MAX);
    if (stream_may_be_sent(stream, 0))
        FUZZ_DEMAND(stream->position == registry_applied(self->registry));
    stream_refresh(stream, registry_state(self->registry));
    FUZZ_DEMAND(!stream->is_misfit); /* the directory is as it was */
    batches_forget(self->batches);
}

static void take_subscribe(Setup *self, const Subscribe *subscribe)
{
    Stream *stream = NULL;
    const char *misfit = NULL;
    View view;
    Problem problem;
    problem_clear(&problem);
    Caller caller = access_local();
    caller.connection = PEER;
    const Peer peer = {.id = PEER};
    StatusCode code = stream_new(self->registry, &peer, &caller, subscribe, self->arena, &stream,
                                 &misfit, &view, &problem);
    FUZZ_DEMAND((code == STATUS_OK && !misfit) == (stream != NULL));
    FUZZ_DEMAND(code == STATUS_OK || *problem.message);
    if (stream) send_all(self, stream);
    stream_destroy(&stream);
}

static void take_credit(const Plenary__V1__Credit *credit)
{
    StreamCredit given = {0};
    credit_add(&given, credit->messages, credit->bytes);
    credit_spend(&given, 1, credit->bytes);
    credit_add(&given, credit->messages, credit->bytes);
    FUZZ_DEMAND(given.messages <= STREAMS_CREDIT_MESSAGES && given.bytes <= STREAMS_CREDIT_BYTES);
    FUZZ_DEMAND(given.away >= 0);
}

static void run(void *context, const uint8_t *data, size_t size)
{
    Setup *self = context;
    Problem problem;
    problem_clear(&problem);
    arena_reset(self->arena);
    const StreamRequest *request = (const StreamRequest *)frame_unpack(
        data, size, &plenary__v1__stream_request__descriptor, self->arena, &problem);
    if (!request || validate_message(&request->base, "", &problem) != STATUS_OK) {
        FUZZ_DEMAND(problem.code != STATUS_OK);
        return;
    }
    if (request->verb_case == PLENARY__V1__STREAM_REQUEST__VERB_SUBSCRIBE)
        take_subscribe(self, request->subscribe);
    else if (request->verb_case == PLENARY__V1__STREAM_REQUEST__VERB_CREDIT)
        take_credit(request->credit);
    registry_rest(self->registry);
}

const FuzzTarget fuzz_target = {.open = open_setup, .run = run, .close = close_setup};
