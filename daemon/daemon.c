#include "daemon/daemon.h"

#include "daemon/bus/desk.h"
#include "daemon/bus/streams.h"
#include "daemon/limits.h"
#include "daemon/registry/registry.h"
#include "daemon/store/folder.h"

#include <czmq.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#ifndef PLENARY_VERSION
#error "PLENARY_VERSION comes from the build"
#endif

enum {
    KIB = 1024,
    MIB = 1024 * 1024,
    ENDPOINT_SIZE = PATHS_ENDPOINT_SIZE,
    SIGNAL_NONE = -1,
};

typedef struct Daemon {
    const DaemonSettings *settings;
    const Log *log;
    StoreConfig store_config;
    int signals; /* signalfd */
    Store *store;
    Desk *desk;
    Registry *registry;
    Streams *streams;
    RegistryHealth health; /* as it was last logged */
    char fold_failure[160];
    uint64_t watchdog_us; /* 0: systemd does not watch */
    int64_t told_watchdog_ms;
} Daemon;

/* --- the world --- */

static int64_t clock_us(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t now_us(void *context)
{
    (void)context;
    return clock_us(CLOCK_REALTIME);
}

static int64_t monotonic_ms(void)
{
    return clock_us(CLOCK_MONOTONIC) / 1000;
}

static void random_bytes(void *context, void *bytes, size_t size)
{
    (void)context;
    randombytes_buf(bytes, size);
}

static uint64_t resident_bytes(void)
{
    unsigned long size = 0;
    unsigned long resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) return 0;
    int read = fscanf(file, "%lu %lu", &size, &resident);
    (void)fclose(file);
    return read == 2 ? (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static void describe(void *context, Plenary__V1__StatusReply *status)
{
    static char version[] = PLENARY_VERSION;
    const Daemon *self = context;
    status->version = version;
    status->has_streams = status->has_resident_bytes = 1;
    status->streams = (uint32_t)streams_count(self->streams);
    status->resident_bytes = resident_bytes();
}

/* --- parts --- */

static StatusCode failed(Problem *problem, const char *what)
{
    return problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", what, strerror(errno));
}

/* SIGTERM and SIGINT come to the loop as input; a closed pipe is no reason to die. */
static StatusCode start_signals(Daemon *self, Problem *problem)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGPIPE);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return failed(problem, "signals");
    sigdelset(&set, SIGPIPE);
    self->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return self->signals < 0 ? failed(problem, "signalfd") : STATUS_OK;
}

static void stop_signals(Daemon *self)
{
    if (self->signals >= 0) (void)close(self->signals);
    self->signals = SIGNAL_NONE;
}

/* Every connection is a descriptor, and libzmq spins when there are none left. */
static StatusCode start_process(Daemon *self, Problem *problem)
{
    (void)problem;
    struct rlimit limit;
    zsys_handler_set(NULL);
    (void)umask(077);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < LIMIT_OPEN_FILES) {
        limit.rlim_cur =
            limit.rlim_max < LIMIT_OPEN_FILES ? limit.rlim_max : (rlim_t)LIMIT_OPEN_FILES;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    (void)sd_watchdog_enabled(0, &self->watchdog_us);
    return STATUS_OK;
}

static StatusCode start_store(Daemon *self, Problem *problem)
{
    return store_open(&self->store_config, &self->store, problem);
}

static void stop_store(Daemon *self)
{
    store_close(&self->store);
}

static StatusCode start_registry(Daemon *self, Problem *problem)
{
    self->desk = desk_new();
    self->streams = streams_new();
    if (!self->desk || !self->streams) return failed(problem, "sockets");
    const RegistryConfig config = {
        .store = &self->store_config,
        .world = {self, now_us, random_bytes, describe},
        .reply = desk_reply,
        .reply_context = self->desk,
    };
    return registry_open(self->store, &config, &self->registry, problem);
}

/* A clean stop folds what is in memory, so that the next start has nothing to replay. */
static void stop_registry(Daemon *self)
{
    Problem problem;
    problem_clear(&problem);
    bool opened = self->registry != NULL;
    registry_close(&self->registry);
    streams_destroy(&self->streams);
    desk_destroy(&self->desk);
    if (opened && views_fold_all(self->store->views, &problem) != STATUS_OK) {
        char reason[LOG_VALUE_SIZE];
        log_write(self->log, LOG_LEVEL_WARNING, "not_folded", "reason=%s",
                  log_quote(problem.message, reason));
    }
}

/* The folder of the sockets, which nobody else may enter. */
static StatusCode make_run_folder(const char *folder, Problem *problem)
{
    StatusCode code = folder_make(folder, problem);
    if (code != STATUS_OK) return code;
    return chmod(folder, 0700) == 0 ? STATUS_OK : failed(problem, folder);
}

/* The lock of the store is held: what lies at the path is a dead daemon's. */
static StatusCode find_endpoint(const Daemon *self, const char *name, char *endpoint,
                                Problem *problem)
{
    if (!paths_endpoint(&self->settings->paths, name, endpoint, problem)) return problem->code;
    (void)unlink(endpoint + strlen("ipc://"));
    return STATUS_OK;
}

static StatusCode start_sockets(Daemon *self, Problem *problem)
{
    char endpoint[ENDPOINT_SIZE];
    StatusCode code = make_run_folder(self->settings->paths.run, problem);
    if (code == STATUS_OK) code = find_endpoint(self, "stream", endpoint, problem);
    if (code == STATUS_OK) code = streams_open(self->streams, endpoint, self->registry, problem);
    if (code == STATUS_OK) code = find_endpoint(self, "requests", endpoint, problem);
    if (code == STATUS_OK) code = desk_open(self->desk, endpoint, self->registry, problem);
    return code;
}

static StatusCode start_announcement(Daemon *self, Problem *problem)
{
    (void)problem;
    char folder[LOG_VALUE_SIZE];
    log_write(self->log, LOG_LEVEL_INFO, "ready", "version=%s data=%s sequence=%" PRIu64,
              PLENARY_VERSION, log_quote(self->settings->paths.data, folder),
              registry_applied(self->registry));
    (void)sd_notify(0, "READY=1");
    return STATUS_OK;
}

static void stop_announcement(Daemon *self)
{
    (void)sd_notify(0, "STOPPING=1");
    log_write(self->log, LOG_LEVEL_INFO, "stopping", "sequence=%" PRIu64,
              registry_applied(self->registry));
}

/* Started from top to bottom, stopped from bottom to top as far as they came. */
static const struct Part {
    const char *name;
    StatusCode (*start)(Daemon *self, Problem *problem);
    void (*stop)(Daemon *self);
} parts[] = {
    {"process", start_process, NULL},   {"signals", start_signals, stop_signals},
    {"store", start_store, stop_store}, {"registry", start_registry, stop_registry},
    {"sockets", start_sockets, NULL},   {"announcement", start_announcement, stop_announcement},
};

enum {
    PART_COUNT = sizeof parts / sizeof *parts,
};

/* --- what is logged when it changes --- */

static void watch_health(Daemon *self)
{
    const RegistryHealth *now = registry_health(self->registry);
    RegistryHealth *then = &self->health;
    char reason[LOG_VALUE_SIZE];
    if (now->disk_full != then->disk_full)
        log_write(self->log, now->disk_full ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO,
                  now->disk_full ? "disk_full" : "disk_has_room", "reason=%s",
                  log_quote(now->reason, reason));
    if (now->read_only && !then->read_only)
        log_write(self->log, LOG_LEVEL_ERROR, "read_only", "reason=%s",
                  log_quote(now->reason, reason));
    if (now->views_full != then->views_full)
        log_write(self->log, now->views_full ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
                  now->views_full ? "writing_waits" : "writing_resumes", "reason=checkpoint");
    *then = *now;
    const ViewsState views = views_state(self->store->views);
    if (strcmp(views.failure, self->fold_failure) == 0) return;
    log_write(self->log, *views.failure ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO,
              *views.failure ? "checkpoint_failed" : "checkpoint_works", "reason=%s",
              log_quote(views.failure, reason));
    (void)snprintf(self->fold_failure, sizeof self->fold_failure, "%s", views.failure);
}

static void feed_watchdog(Daemon *self, int64_t now_ms)
{
    if (self->watchdog_us == 0) return;
    if ((uint64_t)(now_ms - self->told_watchdog_ms) * 1000 < self->watchdog_us / 3) return;
    self->told_watchdog_ms = now_ms;
    (void)sd_notify(0, "WATCHDOG=1");
}

/* --- the loop --- */

/* True: a signal asks to stop. */
static bool take_signal(Daemon *self)
{
    struct signalfd_siginfo signal;
    if (read(self->signals, &signal, sizeof signal) != sizeof signal) return false;
    if (signal.ssi_signo == SIGHUP) return false; /* nothing to read again: a restart is quick */
    log_write(self->log, LOG_LEVEL_INFO, "signal", "number=%u", signal.ssi_signo);
    return true;
}

/* One turn: what came in, what became durable, what goes out. True: there is more to do now. */
static bool turn(Daemon *self)
{
    int64_t now_ms = monotonic_ms();
    bool more = desk_drain(self->desk);
    more |= streams_drain(self->streams, now_ms);
    registry_turn(self->registry);
    more |= streams_pump(self->streams, now_ms);
    watch_health(self);
    feed_watchdog(self, now_ms);
    return more;
}

static StatusCode serve(Daemon *self, Problem *problem)
{
    zmq_pollitem_t items[] = {
        {.socket = desk_socket(self->desk), .events = ZMQ_POLLIN},
        {.socket = streams_socket(self->streams), .events = ZMQ_POLLIN},
        {.socket = zsock_resolve(journal_socket(self->store->journal)), .events = ZMQ_POLLIN},
        {.socket = zsock_resolve(views_socket(self->store->views)), .events = ZMQ_POLLIN},
        {.fd = self->signals, .events = ZMQ_POLLIN},
    };
    bool more = true;
    for (;;) {
        if (!more) registry_rest(self->registry);
        int ready = zmq_poll(items, sizeof items / sizeof *items, more ? 0 : LIMIT_IDLE_MS);
        if (ready < 0 && zmq_errno() != EINTR) return failed(problem, "zmq_poll");
        if (items[4].revents && take_signal(self)) return STATUS_OK;
        more = turn(self);
    }
}

StoreConfig daemon_store_config(const DaemonSettings *settings)
{
    const Config *config = &settings->config;
    StoreConfig store = {
        .folder = settings->paths.data,
        .journal_map_bytes = config->journal_map_mib * MIB,
        .views_map_bytes = config->views_map_mib * MIB,
        .delta_bytes_freeze = (size_t)config->delta_freeze_kib * KIB,
        .delta_bytes_max = (size_t)config->delta_max_kib * KIB,
        .fold_keys = (uint32_t)config->fold_keys,
        .fold_pause_ms = (uint32_t)config->fold_pause_ms,
    };
    uint8_t random[ID_RANDOM_BYTES];
    randombytes_buf(random, sizeof random);
    id_make(clock_us(CLOCK_REALTIME) / 1000, random, store.registry_id);
    return store;
}

StatusCode daemon_run(const DaemonSettings *settings, Problem *problem)
{
    Daemon self = {.settings = settings,
                   .log = settings->log,
                   .store_config = daemon_store_config(settings),
                   .signals = SIGNAL_NONE};
    StatusCode code = STATUS_OK;
    size_t started = 0;
    while (started < PART_COUNT && code == STATUS_OK)
        code = parts[started++].start(&self, problem);
    if (code == STATUS_OK)
        code = serve(&self, problem);
    else if (parts[started - 1].stop != stop_announcement)
        log_write(self.log, LOG_LEVEL_ERROR, "not_started", "part=%s", parts[started - 1].name);
    while (started-- > 0)
        if (parts[started].stop) parts[started].stop(&self);
    return code;
}
