#include "tests/support/harness.h"

#include "daemon/registry/rebuild.h"
#include "proto/id.h"
#include "tests/support/copied.h"

#include <assert.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    FOLDER_SIZE = 256,
    PATH_SIZE = FOLDER_SIZE + 16,
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
    bool mounted;
    GQueue replies;
    GPtrArray *kept; /* replies that were lent */
    GString *lines;  /* of the last check */
    GRand *random;
    Words *words;
    Aliases *aliases;
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
        .aliases = self->aliases,
    };
    demand(registry_open(self->store, &config, &self->registry, &problem), &problem,
           "registry_open");
}

static void close_all(Harness *self)
{
    registry_close(&self->registry);
    store_close(&self->store);
}

static void free_reply(gpointer reply)
{
    plenary__v1__reply__free_unpacked(reply, NULL);
}

static StoreConfig config_of(const Harness *self, const HarnessOptions *options)
{
    return (StoreConfig){
        .folder = self->folder,
        .journal_map_bytes = 256 * 1024, /* tiny: growing is part of the test */
        .views_map_bytes = 256 * 1024,
        .delta_bytes_freeze =
            options->delta_bytes_freeze ? options->delta_bytes_freeze : DELTA_BYTES_FREEZE,
        .delta_bytes_max = options->delta_bytes_max ? options->delta_bytes_max : DELTA_BYTES_MAX,
        .fold_keys = 50,
        .fold_stop_after = options->fold_stop_after,
        .registry_id = "0190f000-0000-7000-8000-000000000000",
    };
}

Harness *harness_new(const HarnessOptions *options)
{
    char mount_options[32];
    Harness *self = calloc(1, sizeof *self);
    assert(self);
    const char *parent = getenv("TMPDIR");
    (void)snprintf(self->folder, sizeof self->folder, "%s/plenary-test.XXXXXX",
                   parent && *parent ? parent : "/var/tmp");
    char *made = mkdtemp(self->folder);
    assert(made);
    if (options->disk_size) {
        (void)snprintf(mount_options, sizeof mount_options, "size=%s", options->disk_size);
        self->mounted = mount("tmpfs", self->folder, "tmpfs", 0, mount_options) == 0;
        if (!self->mounted) {
            (void)rmdir(self->folder);
            free(self);
            return NULL;
        }
    }
    self->random = g_rand_new_with_seed((guint32)options->seed);
    self->kept = g_ptr_array_new_with_free_func(free_reply);
    self->lines = g_string_new("");
    self->now_us = 1700000000000000;
    self->words = words_new();
    assert(self->words);
    self->aliases = aliases_new(self->words);
    self->store_config = config_of(self, options);
    open_all(self, options->fold_stop_after);
    return self;
}

static void run(const char *command, const char *folder)
{
    char line[512];
    int written = snprintf(line, sizeof line, "%s '%s'", command, folder);
    assert(written < (int)sizeof line);
    int done = system(line); /* NOLINT(cert-env33-c): a path of our own making */
    assert(done == 0);
}

void harness_destroy(Harness **self)
{
    if (!self || !*self) return;
    close_all(*self);
    if ((*self)->mounted) run("umount", (*self)->folder);
    run("rm -rf", (*self)->folder);
    g_ptr_array_free((*self)->kept, TRUE);
    g_queue_clear_full(&(*self)->replies, free_reply);
    g_string_free((*self)->lines, TRUE);
    g_rand_free((*self)->random);
    aliases_destroy(&(*self)->aliases);
    words_destroy(&(*self)->words);
    free(*self);
    *self = NULL;
}

/* --- asking --- */

void harness_send_as(Harness *self, const Caller *caller, Request *request, uint64_t ticket)
{
    Arena *arena;
    Request *copy = copied(request, &arena);
    registry_handle(self->registry, caller, copy, &arena, ticket);
    arena_destroy(&arena);
}

void harness_send(Harness *self, Request *request)
{
    const Caller local = access_local();
    harness_send_as(self, &local, request, 1);
}

bool harness_turn(Harness *self)
{
    const struct timespec nap = {.tv_nsec = TURN_NAP_NS};
    registry_turn(self->registry);
    registry_rest(self->registry);
    if (self->replies.length > 0) return true;
    (void)nanosleep(&nap, NULL);
    return false;
}

Reply *harness_take(Harness *self)
{
    for (int turns = 0; self->replies.length == 0; turns++) {
        assert(turns < WAIT_TURNS_MAX);
        (void)harness_turn(self);
    }
    return g_queue_pop_head(&self->replies);
}

Reply *harness_take_made(Harness *self)
{
    return g_queue_pop_head(&self->replies);
}

Reply *harness_call(Harness *self, Request *request)
{
    harness_send(self, request);
    return harness_take(self);
}

const Reply *harness_ask(Harness *self, const Caller *caller, Request *request)
{
    harness_send_as(self, caller, request, 1);
    Reply *reply = harness_take(self);
    g_ptr_array_add(self->kept, reply);
    return reply;
}

/* --- the world --- */

void harness_step_clock(Harness *self, int64_t step_us)
{
    self->now_us += step_us;
}

int64_t harness_now_us(const Harness *self)
{
    return self->now_us;
}

static void ballast(const Harness *self, char path[static PATH_SIZE])
{
    (void)snprintf(path, PATH_SIZE, "%s/ballast", self->folder);
}

void harness_fill_disk(Harness *self, size_t leave_bytes)
{
    char path[PATH_SIZE];
    static const char block[4096];
    ballast(self, path);
    assert(self->mounted);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert(file >= 0);
    off_t size = 0;
    ssize_t written;
    while ((written = write(file, block, sizeof block)) > 0)
        size += written;
    int cut = ftruncate(file, size > (off_t)leave_bytes ? size - (off_t)leave_bytes : 0);
    assert(cut == 0);
    close(file);
}

void harness_empty_disk(Harness *self)
{
    char path[PATH_SIZE];
    ballast(self, path);
    int gone = unlink(path);
    assert(gone == 0);
}

/* --- looking inside --- */

Registry *harness_registry(Harness *self)
{
    return self->registry;
}

Store *harness_store(Harness *self)
{
    return self->store;
}

const StoreConfig *harness_store_config(const Harness *self)
{
    return &self->store_config;
}

void harness_close(Harness *self)
{
    close_all(self);
}

void harness_open(Harness *self)
{
    open_all(self, 0);
}

void harness_open_to_stop(Harness *self, uint32_t fold_stop_after)
{
    open_all(self, fold_stop_after);
}

/* --- chance --- */

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

/* --- folds and crashes --- */

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

/* --- checking --- */

static void say_fault(void *context, const char *line)
{
    g_string_append_printf(context, "%s\n", line);
}

StatusCode harness_check_closed(Harness *self, const char **lines)
{
    Problem problem;
    problem_clear(&problem);
    assert(!self->registry);
    g_string_truncate(self->lines, 0);
    StatusCode code = rebuild_check(&self->store_config, say_fault, self->lines, &problem);
    g_string_append_printf(self->lines, "%s", problem.message);
    *lines = self->lines->str;
    return code;
}

void harness_check(Harness *self)
{
    const char *lines;
    close_all(self);
    if (harness_check_closed(self, &lines) != STATUS_OK) {
        (void)fprintf(stderr, "check: %s\n", lines);
        abort();
    }
    open_all(self, 0);
}
