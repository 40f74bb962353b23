#include "tests/property/harness.h"

#include "daemon/registry/rebuild.h"
#include "proto/id.h"

#include <assert.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    FOLDER_SIZE = 256,
    WAIT_TURNS_MAX = 100000,
    TURN_NAP_NS = 50000,
    DELTA_BYTES_FREEZE = 64 * 1024, /* small, so that checkpoints run all the time */
    DELTA_BYTES_MAX = 4 * 1024 * 1024,
};

struct Harness {
    char folder[FOLDER_SIZE];
    StoreConfig store_config;
    Store *store;
    Registry *registry;
    GQueue replies;
    GRand *random;
    int64_t now_us;
    char request_id[ID_TEXT_SIZE];
};

static void demand(StatusCode code, const Problem *problem, const char *what)
{
    if (code == STATUS_OK) return;
    (void)fprintf(stderr, "%s: %s %s\n", what, status_name(code), problem->message);
    abort();
}

static int64_t fake_now(void *context)
{
    return ((Harness *)context)->now_us;
}

static void fake_random(void *context, void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)g_rand_int_range(((Harness *)context)->random, 0, 256);
}

static void take_reply(void *context, uint64_t ticket, const Reply *reply)
{
    (void)ticket;
    size_t size = protobuf_c_message_get_packed_size(&reply->base);
    uint8_t *packed = malloc(size + 1);
    assert(packed);
    protobuf_c_message_pack(&reply->base, packed);
    g_queue_push_tail(&((Harness *)context)->replies,
                      plenary__v1__reply__unpack(NULL, size, packed));
    free(packed);
}

static void open_all(Harness *self, uint32_t fold_stop_after)
{
    Problem problem;
    problem_clear(&problem);
    self->store_config.fold_stop_after = fold_stop_after;
    demand(store_open(&self->store_config, &self->store, &problem), &problem, "store_open");
    const RegistryConfig config = {
        .store = &self->store_config,
        .world = {.context = self, .now_us = fake_now, .random = fake_random},
        .reply = take_reply,
        .reply_context = self,
    };
    demand(registry_open(self->store, &config, &self->registry, &problem), &problem,
           "registry_open");
}

static void close_all(Harness *self)
{
    registry_close(&self->registry);
    store_close(&self->store);
}

Harness *harness_new(uint64_t seed)
{
    Harness *self = calloc(1, sizeof *self);
    assert(self);
    const char *parent = getenv("TMPDIR");
    (void)snprintf(self->folder, sizeof self->folder, "%s/plenary-property.XXXXXX",
                   parent && *parent ? parent : "/var/tmp");
    char *made = mkdtemp(self->folder);
    assert(made);
    self->random = g_rand_new_with_seed((guint32)seed);
    self->now_us = 1700000000000000;
    self->store_config = (StoreConfig){
        .folder = self->folder,
        .journal_map_bytes = 256 * 1024, /* tiny: growing is part of the test */
        .views_map_bytes = 256 * 1024,
        .delta_bytes_freeze = DELTA_BYTES_FREEZE,
        .delta_bytes_max = DELTA_BYTES_MAX,
        .fold_keys = 50,
        .registry_id = "0190f000-0000-7000-8000-000000000000",
    };
    open_all(self, 0);
    return self;
}

void harness_destroy(Harness **self)
{
    if (!self || !*self) return;
    close_all(*self);
    char command[FOLDER_SIZE + 16];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", (*self)->folder);
    int removed = system(command); /* NOLINT(cert-env33-c): a path of our own making */
    assert(removed == 0);
    g_rand_free((*self)->random);
    free(*self);
    *self = NULL;
}

void harness_send(Harness *self, Request *request)
{
    const Caller local = access_local();
    registry_handle(self->registry, &local, request, 1);
}

Reply *harness_take(Harness *self)
{
    const struct timespec nap = {.tv_nsec = TURN_NAP_NS};
    for (int turns = 0; self->replies.length == 0; turns++) {
        assert(turns < WAIT_TURNS_MAX);
        registry_turn(self->registry);
        registry_rest(self->registry);
        if (self->replies.length == 0) (void)nanosleep(&nap, NULL);
    }
    return g_queue_pop_head(&self->replies);
}

Reply *harness_call(Harness *self, Request *request)
{
    harness_send(self, request);
    return harness_take(self);
}

Registry *harness_registry(Harness *self)
{
    return self->registry;
}

char *harness_request_id(Harness *self)
{
    uint8_t random[ID_RANDOM_BYTES];
    self->now_us += 1000 * (1 + harness_below(self, 50));
    fake_random(self, random, sizeof random);
    id_make(self->now_us / 1000, random, self->request_id);
    return self->request_id;
}

uint32_t harness_below(Harness *self, uint32_t limit)
{
    return (uint32_t)g_rand_int_range(self->random, 0, (gint32)limit);
}

void harness_fold_start(Harness *self)
{
    registry_rest(self->registry);
    views_tick(self->store->views, true);
}

void harness_fold_all(Harness *self)
{
    Problem problem;
    problem_clear(&problem);
    registry_rest(self->registry);
    demand(views_fold_all(self->store->views, &problem), &problem, "fold");
}

void harness_crash(Harness *self, uint32_t fold_transactions)
{
    const struct timespec nap = {.tv_nsec = 3 * 1000 * 1000};
    close_all(self);
    if (fold_transactions) {
        /* Opened so that a fold stops midway, which leaves the base half old and half new. */
        open_all(self, fold_transactions);
        harness_fold_start(self);
        (void)nanosleep(&nap, NULL);
        close_all(self);
    }
    open_all(self, 0);
}

static void say_fault(void *context, const char *line)
{
    GString *lines = context;
    g_string_append_printf(lines, "%s\n", line);
}

void harness_check(Harness *self)
{
    Problem problem;
    problem_clear(&problem);
    GString *lines = g_string_new("");
    close_all(self);
    StatusCode code = rebuild_check(&self->store_config, say_fault, lines, &problem);
    if (code != STATUS_OK) (void)fputs(lines->str, stderr);
    demand(code, &problem, "check");
    g_string_free(lines, TRUE);
    open_all(self, 0);
}
