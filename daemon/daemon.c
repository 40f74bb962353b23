#include "daemon/daemon.h"

#include "daemon/bus/broadcast.h"
#include "daemon/bus/desk.h"
#include "daemon/bus/limits.h"
#include "daemon/bus/streams.h"
#include "daemon/bus/ticks.h"
#include "daemon/bus/zap.h"
#include "daemon/init.h"
#include "daemon/log.h"
#include "daemon/machine.h"
#include "daemon/remember.h"
#include "daemon/report.h"
#include "daemon/run_folder.h"
#include "daemon/store/folder.h"
#include "proto/id.h"
#include "proto/key_file.h"

#include <czmq.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

typedef struct Daemon {
    const Config *config;
    const char *version;
    StoreConfig store_config;
    World world;
    sigset_t old_signals;
    int signals;  /* file descriptor */
    int run_lock; /* of the folder of the sockets */
    Store *store;
    Zap *zap; /* NULL: it does not listen on the network */
    Desk *desk;
    Streams *streams;
    Broadcast *broadcast; /* NULL: it is switched off */
    Words *words;
    Aliases *aliases;
    Registry *registry;
    Report report;
    Remember remember;
    uint64_t watchdog_ms; /* 0: systemd asks for none */
    int64_t watched_ms;
    int64_t stop_ms; /* then it stops, whatever is on the way; 0: it serves */
} Daemon;

/* --- the world --- */

static void world_describe(void *context, Plenary__V1__StatusReply *status)
{
    const Daemon *self = context;
    status->version = (char *)(uintptr_t)self->version;
    status->has_streams = 1;
    status->streams = streams_state(self->streams).streams;
    status->resident_bytes = machine_resident_bytes();
    status->has_resident_bytes = status->resident_bytes != 0;
}

StoreConfig daemon_store_config(const Config *config, const World *world)
{
    uint8_t random[ID_RANDOM_BYTES];
    StoreConfig store = {
        .folder = config->data,
        .journal_map_bytes = config->journal_map_mib << 20U,
        .views_map_bytes = config->views_map_mib << 20U,
        .delta_bytes_freeze = (size_t)config->delta_freeze_mib << 20U,
        .delta_bytes_max = (size_t)config->delta_max_mib << 20U,
        .fold_keys = (uint32_t)config->fold_keys,
        .fold_pause_ms = (uint32_t)config->fold_pause_ms,
    };
    world->random(world->context, random, sizeof random);
    id_make(world->now_us(world->context) / 1000, random, store.registry_id);
    return store;
}

/* --- the log --- */

static void begin_line(const Daemon *self, LogLine *line, LogLevel level, const char *event)
{
    log_begin(line, self->world.now_us(self->world.context), level, event);
}

static void log_subscriber(void *context, const char *name, bool comes, uint64_t sequence)
{
    LogLine line;
    begin_line(context, &line, LOG_LEVEL_INFO, comes ? "subscriber comes" : "subscriber goes");
    log_text(&line, "name", name);
    log_number(&line, comes ? "after" : "acknowledged", (int64_t)sequence);
    log_end(&line, stderr);
}

static void log_listeners(void *context, bool listens)
{
    LogLine line;
    begin_line(context, &line, LOG_LEVEL_INFO,
               listens ? "broadcast is listened to" : "nobody listens to the broadcast");
    log_end(&line, stderr);
}

static void log_refused(const Daemon *self, const ZapRefused *refused)
{
    LogLine line;
    begin_line(self, &line, LOG_LEVEL_WARNING, "connections refused");
    log_number(&line, "unknown_key", (int64_t)refused->unknown);
    log_number(&line, "too_often", (int64_t)refused->later);
    log_number(&line, "too_many", (int64_t)refused->many);
    log_number(&line, "made_room", (int64_t)refused->ended);
    log_number(&line, "other", (int64_t)refused->other);
    log_text(&line, "last_address", refused->address);
    if (refused->fingerprint[0]) log_text(&line, "last_key", refused->fingerprint);
    log_end(&line, stderr);
}

static void log_left_out(const Daemon *self)
{
    LogLine line;
    if (!zap_left_out(self->zap)) return;
    begin_line(self, &line, LOG_LEVEL_ERROR, "too many keys: some are not let in");
    log_number(&line, "count", (int64_t)zap_left_out(self->zap));
    log_end(&line, stderr);
}

static void log_ready(const Daemon *self)
{
    LogLine line;
    begin_line(self, &line, LOG_LEVEL_INFO, "ready");
    log_text(&line, "version", self->version);
    log_number(&line, "pid", getpid());
    log_text(&line, "registry", journal_registry_id(self->store->journal));
    log_number(&line, "sequence", (int64_t)registry_applied(self->registry));
    log_text(&line, "data", self->config->data);
    log_text(&line, "run", self->config->run);
    if (self->zap) {
        log_text(&line, "requests", self->config->network_requests);
        log_text(&line, "stream", self->config->network_stream);
    }
    log_end(&line, stderr);
}

static void log_stop(const Daemon *self, const char *event)
{
    LogLine line;
    begin_line(self, &line, LOG_LEVEL_INFO, event);
    log_number(&line, "sequence", (int64_t)registry_applied(self->registry));
    log_end(&line, stderr);
}

/* --- the parts --- */

static StatusCode no_system_call(const char *what, Problem *problem)
{
    return problem_set(problem, STATUS_INTERNAL, "%s: %s", what, strerror(errno));
}

/* Blocked before any thread is made, so that all of them inherit it. */
static StatusCode start_signals(Daemon *self, Problem *problem)
{
    sigset_t taken;
    sigemptyset(&taken);
    sigaddset(&taken, SIGTERM);
    sigaddset(&taken, SIGINT);
    sigaddset(&taken, SIGHUP);
    (void)signal(SIGPIPE, SIG_IGN); /* a log that nobody reads must not end the daemon */
    if (pthread_sigmask(SIG_BLOCK, &taken, &self->old_signals) != 0)
        return no_system_call("pthread_sigmask", problem);
    self->signals = signalfd(-1, &taken, SFD_NONBLOCK | SFD_CLOEXEC);
    return self->signals < 0 ? no_system_call("signalfd", problem) : STATUS_OK;
}

static void stop_signals(Daemon *self)
{
    (void)close(self->signals);
    (void)pthread_sigmask(SIG_SETMASK, &self->old_signals, NULL);
}

static StatusCode start_process(Daemon *self, Problem *problem)
{
    (void)self;
    zsys_set_io_threads(DOOR_THREADS);
    machine_keep_memory();
    return machine_raise_files(problem);
}

static StatusCode start_folders(Daemon *self, Problem *problem)
{
    (void)umask(0077);
    StatusCode code = folder_make(self->config->run, problem);
    return code == STATUS_OK ? folder_make(self->config->data, problem) : code;
}

static StatusCode start_store(Daemon *self, Problem *problem)
{
    self->store_config = daemon_store_config(self->config, &self->world);
    return store_open(&self->store_config, &self->store, problem);
}

static void stop_store(Daemon *self)
{
    store_close(&self->store);
}

static StatusCode start_run(Daemon *self, Problem *problem)
{
    return run_folder_take(self->config->run, &self->run_lock, problem);
}

static void stop_run(Daemon *self)
{
    (void)close(self->run_lock);
}

/* Before any socket of the network is bound, and ended after them. */
static StatusCode start_zap(Daemon *self, Problem *problem)
{
    uint32_t files = machine_files();
    uint32_t free_files = files > 2 * LIMIT_KEPT_FILES ? files - LIMIT_KEPT_FILES : files / 2;
    const ConnectionsLimits limits = {
        .all = free_files < ZAP_OPEN ? free_files : ZAP_OPEN,
        .per_address = ZAP_OPEN_PER_ADDRESS,
        .per_key = ZAP_OPEN_PER_KEY,
        .silent = ZAP_SILENT,
        .silent_per_address = ZAP_SILENT_PER_ADDRESS,
        .silent_per_key = ZAP_SILENT_PER_KEY,
        .silent_ms = ZAP_SILENT_MS,
        .burst_of_address = ZAP_ADDRESS_BURST,
        .per_s_of_address = ZAP_ADDRESS_PER_S,
        .addresses = ZAP_ADDRESSES_MAX,
    };
    return self->config->network_requests[0] ? zap_new(&limits, &self->zap, problem) : STATUS_OK;
}

static void stop_zap(Daemon *self)
{
    zap_destroy(&self->zap);
}

static StatusCode start_desk(Daemon *self, Problem *problem)
{
    const DeskConfig config = {(uint32_t)self->config->requests,
                               (uint32_t)self->config->requests_per_connection};
    return desk_new(&config, &self->desk, problem);
}

static void stop_desk(Daemon *self)
{
    desk_destroy(&self->desk);
}

static StatusCode start_streams(Daemon *self, Problem *problem)
{
    const StreamsConfig config = {(uint32_t)self->config->streams,
                                  (uint32_t)self->config->streams_per_connection, log_subscriber,
                                  self};
    return streams_new(&config, &self->streams, problem);
}

static void stop_streams(Daemon *self)
{
    streams_destroy(&self->streams);
}

static StatusCode start_broadcast(Daemon *self, Problem *problem)
{
    const BroadcastConfig config = {(int)self->config->broadcast_queue, log_listeners, self};
    if (!self->config->broadcast) return STATUS_OK;
    return broadcast_new(&config, &self->broadcast, problem);
}

static void stop_broadcast(Daemon *self)
{
    broadcast_destroy(&self->broadcast);
}

/* A file that is asked for must be there; the one at the usual place need not. */
static StatusCode load_aliases(Daemon *self, Problem *problem)
{
    const Config *config = self->config;
    if (config->aliases[0]) {
        StatusCode code = aliases_load(self->aliases, config->aliases, self->words, problem);
        return code == STATUS_NOT_FOUND ? STATUS_FAILED_PRECONDITION : code;
    }
    StatusCode code = aliases_load(self->aliases, config->aliases_usual, self->words, problem);
    if (code != STATUS_NOT_FOUND) return code;
    problem_clear(problem);
    return STATUS_OK;
}

static void stop_aliases(Daemon *self)
{
    aliases_destroy(&self->aliases);
    words_destroy(&self->words);
}

static StatusCode start_aliases(Daemon *self, Problem *problem)
{
    self->words = words_new();
    self->aliases = self->words ? aliases_new(self->words) : NULL;
    StatusCode code = self->aliases
                          ? load_aliases(self, problem)
                          : problem_set(problem, STATUS_INTERNAL, "no memory, or no Unicode data");
    if (code != STATUS_OK) stop_aliases(self);
    return code;
}

/* A change of principals is known to the thread that lets connections in before it is answered: who
 * was told that a key is registered may use it at once. */
static void reply(void *daemon, uint64_t ticket, const Reply *reply)
{
    Daemon *self = daemon;
    if (self->zap && self->registry)
        zap_know(self->zap, registry_state(self->registry)->principals);
    desk_reply(self->desk, ticket, reply);
}

static StatusCode start_registry(Daemon *self, Problem *problem)
{
    const RegistryConfig config = {
        .store = &self->store_config,
        .world = self->world,
        .reply = reply,
        .reply_context = self,
        .aliases = self->aliases,
    };
    StatusCode code = registry_open(self->store, &config, &self->registry, problem);
    if (code != STATUS_OK) return code;
    remember_read(&self->remember, self->registry, self->config->data);
    registry_rest(self->registry);
    return STATUS_OK;
}

/* Then everything that is applied is folded, so that the next start has nothing to replay. */
static void stop_registry(Daemon *self)
{
    LogLine line;
    Problem problem;
    log_stop(self, "stopping");
    problem_clear(&problem);
    remember_write(&self->remember, self->registry, self->config->data, ticks_ms(), true);
    registry_close(&self->registry);
    if (views_fold_all(self->store->views, &problem) == STATUS_OK) return;
    begin_line(self, &line, LOG_LEVEL_WARNING, "not folded: the next start replays");
    log_text(&line, "reason", problem.message);
    log_end(&line, stderr);
}

static void stop_doors(Daemon *self)
{
    desk_close(self->desk);
    streams_close(self->streams);
    if (self->broadcast) broadcast_close(self->broadcast);
}

static StatusCode open_broadcast(Daemon *self, Problem *problem)
{
    char path[PATHS_SIZE];
    if (!self->broadcast) return STATUS_OK;
    StatusCode code = run_folder_path(self->config->run, RUN_BROADCAST, path, problem);
    if (code != STATUS_OK) return code;
    return broadcast_open(self->broadcast, self->registry, path, problem);
}

static StatusCode read_server_key(const Daemon *self, CurvePair *server, Problem *problem)
{
    char path[PATHS_SIZE + sizeof INIT_SERVER_KEY];
    (void)snprintf(path, sizeof path, "%s/%s", self->config->data, INIT_SERVER_KEY);
    StatusCode code = key_file_read_pair(path, server, problem);
    if (code != STATUS_NOT_FOUND) return code;
    return problem_set(problem, STATUS_FAILED_PRECONDITION,
                       "network/requests is configured, but the server has no key (%s): make it "
                       "with \"plenaryd init\"; there is no network without keys",
                       path);
}

static StatusCode open_network(Daemon *self, Problem *problem)
{
    CurvePair server;
    if (!self->zap) return STATUS_OK;
    StatusCode code = read_server_key(self, &server, problem);
    if (code != STATUS_OK) return code;
    zap_know(self->zap, registry_state(self->registry)->principals);
    const DoorNetwork stream = {self->config->network_stream, &server, self->zap, MONITOR_STREAM,
                                STREAMS_MESSAGE_BYTES};
    const DoorNetwork requests = {self->config->network_requests, &server, self->zap,
                                  MONITOR_REQUESTS, DESK_NETWORK_MESSAGE_BYTES};
    code = streams_open_network(self->streams, &stream, problem);
    if (code == STATUS_OK) code = desk_open_network(self->desk, &requests, problem);
    curve_pair_clear(&server);
    return code;
}

static StatusCode start_doors(Daemon *self, Problem *problem)
{
    char requests[PATHS_SIZE];
    char stream[PATHS_SIZE];
    StatusCode code = run_folder_path(self->config->run, RUN_REQUESTS, requests, problem);
    if (code == STATUS_OK) code = run_folder_path(self->config->run, RUN_STREAM, stream, problem);
    if (code == STATUS_OK) code = open_broadcast(self, problem);
    if (code == STATUS_OK) code = streams_open(self->streams, self->registry, stream, problem);
    if (code == STATUS_OK) code = desk_open(self->desk, self->registry, requests, problem);
    if (code == STATUS_OK) code = open_network(self, problem);
    if (code != STATUS_OK) stop_doors(self);
    return code;
}

typedef struct Part {
    StatusCode (*start)(Daemon *self, Problem *problem);
    void (*stop)(Daemon *self); /* NULL: nothing to be done */
} Part;

/* Started in this order and stopped in the other. The doors open last: who can connect is served.
 */
static const Part parts[] = {
    {start_signals, stop_signals},
    {start_process, NULL},
    {start_folders, NULL},
    {start_store, stop_store},
    {start_run, stop_run},
    {start_zap, stop_zap},
    {start_desk, stop_desk},
    {start_streams, stop_streams},
    {start_broadcast, stop_broadcast},
    {start_aliases, stop_aliases},
    {start_registry, stop_registry},
    {start_doors, stop_doors},
};

enum {
    PART_COUNT = sizeof parts / sizeof *parts,
};

static void stop_parts(Daemon *self, size_t started)
{
    while (started-- > 0)
        if (parts[started].stop) parts[started].stop(self);
}

static StatusCode start_parts(Daemon *self, Problem *problem)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        StatusCode code = parts[i].start(self, problem);
        if (code == STATUS_OK) continue;
        stop_parts(self, i);
        return code;
    }
    return STATUS_OK;
}

/* --- the loop --- */

/* Requests are no longer taken; what is on the way is given its time. */
static void begin_stop(Daemon *self)
{
    bool again = self->stop_ms != 0;
    int64_t now_ms = ticks_ms();
    (void)sd_notify(0, "STOPPING=1");
    self->stop_ms = again ? now_ms : now_ms + LIMIT_STOP_MS;
    desk_close(self->desk);
}

static void take_signals(Daemon *self)
{
    struct signalfd_siginfo info;
    while (read(self->signals, &info, sizeof info) == (ssize_t)sizeof info)
        begin_stop(self);
}

static void report(Daemon *self, int64_t now_ms)
{
    ViewsState views = views_state(self->store->views);
    DeskState desk = desk_state(self->desk);
    const ReportFacts facts = {
        .health = registry_health(self->registry),
        .fold_failure = views.failure,
        .refused = desk.refused + streams_state(self->streams).refused +
                   (self->broadcast ? broadcast_refused(self->broadcast) : 0),
        .lost = desk.lost,
    };
    report_changes(&self->report, &facts, now_ms, self->world.now_us(self->world.context), stderr);
}

static void keep_watch(Daemon *self, int64_t now_ms)
{
    if (!self->watchdog_ms || now_ms - self->watched_ms < (int64_t)self->watchdog_ms / 2) return;
    self->watched_ms = now_ms;
    (void)sd_notify(0, "WATCHDOG=1");
}

/* Accounts come one in a second at most. */
static void watch_network(Daemon *self)
{
    ZapRefused refused;
    uint64_t left_out = self->zap ? zap_left_out(self->zap) : 0;
    if (!self->zap) return;
    zap_know(self->zap, registry_state(self->registry)->principals);
    if (zap_left_out(self->zap) > left_out) log_left_out(self);
    if (zap_take_refused(self->zap, &refused)) log_refused(self, &refused);
}

/* True: there is more to be done at once. */
static bool turn(Daemon *self)
{
    bool more = desk_turn(self->desk);
    if (streams_receive(self->streams)) more = true;
    registry_turn(self->registry);
    watch_network(self);
    if (registry_has_more(self->registry)) more = true;
    if (streams_pump(self->streams)) more = true;
    if (self->broadcast && broadcast_turn(self->broadcast)) more = true;
    int64_t now_ms = ticks_ms();
    report(self, now_ms);
    remember_write(&self->remember, self->registry, self->config->data, now_ms, false);
    keep_watch(self, now_ms);
    return more;
}

static long shorter(long wait_ms, int other_ms)
{
    return other_ms >= 0 && other_ms < wait_ms ? other_ms : wait_ms;
}

static long wait_ms(const Daemon *self)
{
    long wait = LIMIT_IDLE_MS;
    wait = shorter(wait, desk_wait_ms(self->desk));
    wait = shorter(wait, streams_wait_ms(self->streams));
    if (self->watchdog_ms) wait = shorter(wait, (int)(self->watchdog_ms / 4));
    return wait;
}

static bool is_done(const Daemon *self)
{
    return self->stop_ms && (!registry_busy(self->registry) || ticks_ms() >= self->stop_ms);
}

static void *backup_socket_of(const Daemon *self)
{
    void *socket = registry_backup_socket(self->registry);
    return socket ? zsock_resolve(socket) : NULL;
}

static void loop(Daemon *self)
{
    zmq_pollitem_t items[] = {
        {.fd = self->signals, .events = ZMQ_POLLIN},
        {.socket = desk_socket(self->desk), .events = ZMQ_POLLIN},
        {.socket = streams_socket(self->streams), .events = ZMQ_POLLIN},
        {.socket = zsock_resolve(journal_socket(self->store->journal)), .events = ZMQ_POLLIN},
        {.socket = zsock_resolve(views_socket(self->store->views)), .events = ZMQ_POLLIN},
        {.socket = self->broadcast ? broadcast_socket(self->broadcast) : NULL,
         .fd = -1,
         .events = ZMQ_POLLIN},
        {.socket = desk_network_socket(self->desk), .fd = -1, .events = ZMQ_POLLIN},
        {.socket = streams_network_socket(self->streams), .fd = -1, .events = ZMQ_POLLIN},
        {.socket = self->zap ? zap_socket(self->zap) : NULL, .fd = -1, .events = ZMQ_POLLIN},
        {.fd = -1, .events = ZMQ_POLLIN}, /* of a backup while one runs; poll passes over fd -1 */
    };
    zmq_pollitem_t *const desk[] = {&items[1], &items[6]};
    zmq_pollitem_t *backup = &items[sizeof items / sizeof *items - 1];
    while (!is_done(self)) {
        bool more = turn(self);
        registry_rest(self->registry);
        /* A stopped desk's socket may still have input that nobody takes. */
        desk[0]->events = desk[1]->events = self->stop_ms ? 0 : ZMQ_POLLIN;
        backup->socket = backup_socket_of(self);
        int ready = zmq_poll(items, sizeof items / sizeof *items, more ? 0 : wait_ms(self));
        if (ready > 0 && items[0].revents) take_signals(self);
    }
}

static uint64_t watchdog_ms(void)
{
    uint64_t watchdog_us = 0;
    return sd_watchdog_enabled(0, &watchdog_us) > 0 ? watchdog_us / 1000 : 0;
}

StatusCode daemon_run(const Config *config, const char *version, Problem *problem)
{
    Daemon self = {.config = config, .version = version, .world = machine_world()};
    self.world.context = &self;
    self.world.describe = world_describe;
    self.watchdog_ms = watchdog_ms();
    zsys_handler_set(NULL); /* signals are the daemon's own business */
    StatusCode code = start_parts(&self, problem);
    if (code != STATUS_OK) return code;
    log_ready(&self);
    (void)sd_notify(0, "READY=1");
    loop(&self);
    stop_parts(&self, PART_COUNT);
    zsys_shutdown(); /* waits for replies that are on the way */
    LogLine line;
    begin_line(&self, &line, LOG_LEVEL_INFO, "stopped");
    log_end(&line, stderr);
    return STATUS_OK;
}
