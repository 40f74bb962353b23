#include "bench/cluster.h"

#include "bench/series.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LOOK_EVERY_US = 5000,
    SETTING_SIZE = CLUSTER_PATH_SIZE + 64,
    SETTINGS_MAX = 32,
};

/* As somebody would set a server of this size that has nothing else to do. What is filled can be
 * filled again, so nothing waits for the disk. */
static const char *const settings[] = {
    "listen_addresses=",
    "shared_buffers=2GB",
    "work_mem=64MB",
    "maintenance_work_mem=1GB",
    "effective_cache_size=8GB",
    "random_page_cost=1.1",
    "max_wal_size=8GB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "jit=off",
    "logging_collector=off",
};

/* Who runs it; 0: as we are. */
static const struct passwd *find_user(void)
{
    if (geteuid() != 0) return NULL;
    const struct passwd *user = getpwnam("postgres");
    return user ? user : getpwnam("nobody");
}

/* In the child. */
static void become(const Cluster *self, char *const *arguments)
{
    const struct passwd *user = find_user();
    int fd = open(self->log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd >= 0) {
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
    }
    if (user && (setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
        _exit(126);
    (void)prctl(PR_SET_PDEATHSIG, SIGINT); /* after setuid, which forgets it */
    if (chdir("/") == 0) execv(arguments[0], arguments);
    _exit(127);
}

static pid_t start(const Cluster *self, char *const *arguments)
{
    pid_t child = fork();
    if (child == 0) become(self, arguments);
    return child;
}

static bool blame(const Cluster *self, const char *what, Trouble *trouble)
{
    return trouble_set(trouble, "PostgreSQL %s; %s says why", what, self->log);
}

static bool is_made(const Cluster *self)
{
    char path[CLUSTER_PATH_SIZE + 16];
    (void)snprintf(path, sizeof path, "%s/PG_VERSION", self->folder);
    return access(path, F_OK) == 0;
}

static bool make(const Cluster *self, Trouble *trouble)
{
    char program[] = BENCH_POSTGRES_FOLDER "/initdb";
    char folder[CLUSTER_PATH_SIZE];
    (void)snprintf(folder, sizeof folder, "%s", self->folder);
    char *arguments[] = {program,
                         (char[]){"-D"},
                         folder,
                         (char[]){"--username=bench"},
                         (char[]){"--auth=trust"},
                         (char[]){"--encoding=UTF8"},
                         (char[]){"--locale=C.UTF-8"},
                         (char[]){"--no-sync"},
                         NULL};
    const struct passwd *user = find_user();
    if (mkdir(self->folder, 0700) != 0 && errno != EEXIST)
        return trouble_set(trouble, "%s: %s", self->folder, strerror(errno));
    if (user && chown(self->folder, user->pw_uid, user->pw_gid) != 0)
        return trouble_set(trouble, "%s: %s", self->folder, strerror(errno));
    int status = 1;
    pid_t child = start(self, arguments);
    if (child > 0) (void)waitpid(child, &status, 0);
    return status == 0 || blame(self, "makes no cluster", trouble);
}

void cluster_address(const Cluster *self, char address[static CLUSTER_PATH_SIZE + 64])
{
    (void)snprintf(address, CLUSTER_PATH_SIZE + 64, "host=%s user=bench dbname=postgres",
                   self->folder);
}

static bool wait_for(Cluster *self, Trouble *trouble)
{
    char address[CLUSTER_PATH_SIZE + 64];
    int64_t end_ns = series_now_ns() + CLUSTER_START_TIMEOUT_MS * INT64_C(1000000);
    cluster_address(self, address);
    while (series_now_ns() < end_ns) {
        if (waitpid(self->server, NULL, WNOHANG) != 0) {
            self->server = 0;
            return blame(self, "ended at once", trouble);
        }
        if (PQping(address) == PQPING_OK) return true;
        usleep(LOOK_EVERY_US);
    }
    return blame(self, "does not answer", trouble);
}

bool cluster_start(Cluster *self, const char *parent, Trouble *trouble)
{
    char program[] = BENCH_POSTGRES_FOLDER "/postgres";
    char texts[SETTINGS_MAX][SETTING_SIZE];
    char *arguments[2 * SETTINGS_MAX + 8] = {program, (char[]){"-D"}, self->folder};
    size_t count = sizeof settings / sizeof *settings;
    size_t used = 3;
    (void)snprintf(self->folder, sizeof self->folder, "%s/postgres", parent);
    (void)snprintf(self->log, sizeof self->log, "%s.log", self->folder);
    /* who owns the data is not who owns the home */
    if (find_user() && chmod(parent, 0711) != 0)
        return trouble_set(trouble, "%s: %s", parent, strerror(errno));
    if (!is_made(self) && !make(self, trouble)) return false;
    for (size_t i = 0; i < count; i++)
        (void)snprintf(texts[i], SETTING_SIZE, "--%s", settings[i]);
    (void)snprintf(texts[count], SETTING_SIZE, "--unix_socket_directories=%s", self->folder);
    for (size_t i = 0; i <= count; i++)
        arguments[used++] = texts[i];
    self->server = start(self, arguments);
    if (self->server > 0) return wait_for(self, trouble);
    self->server = 0;
    return trouble_set(trouble, "fork: %s", strerror(errno));
}

void cluster_stop(Cluster *self)
{
    if (!self->server) return;
    kill(self->server, SIGINT); /* it ends its clients' sessions, then itself */
    for (int waited_ms = 0; waited_ms < CLUSTER_STOP_TIMEOUT_MS; waited_ms++) {
        if (waitpid(self->server, NULL, WNOHANG) != 0) {
            self->server = 0;
            return;
        }
        usleep(1000);
    }
    kill(self->server, SIGQUIT);
    (void)waitpid(self->server, NULL, 0);
    self->server = 0;
}
