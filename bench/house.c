#include "bench/house.h"

#include "bench/series.h"
#include "clients/lib/plenary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LOOK_EVERY_US = 500,
    LINE_SIZE = 1024,
};

/* --- the folder --- */

/* The type of the file system that holds `path`: the longest mount point that begins it. */
static void find_file_system(const char *path, char type[static HOUSE_TYPE_SIZE])
{
    char line[LINE_SIZE];
    size_t longest = 0;
    (void)snprintf(type, HOUSE_TYPE_SIZE, "unknown");
    FILE *mounts = fopen("/proc/self/mounts", "r");
    if (!mounts) return;
    while (fgets(line, sizeof line, mounts)) {
        char *rest = line;
        (void)strsep(&rest, " ");
        const char *point = strsep(&rest, " ");
        const char *name = strsep(&rest, " ");
        if (!point || !name) continue;
        size_t length = strlen(point);
        bool is_root = length == 1;
        bool begins = strncmp(path, point, length) == 0 &&
                      (is_root || path[length] == '/' || path[length] == '\0');
        if (!begins || length < longest) continue;
        longest = length;
        (void)snprintf(type, HOUSE_TYPE_SIZE, "%.*s", HOUSE_TYPE_SIZE - 1, name);
    }
    fclose(mounts);
}

/* A folder on a disk, made where it is not there; gives its whole path. */
static bool find_disk(House *self, const char *folder, char absolute[static PATH_MAX],
                      Trouble *trouble)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return trouble_set(trouble, "%s: %s", folder, strerror(errno));
    if (!realpath(folder, absolute)) return trouble_set(trouble, "%s: %s", folder, strerror(errno));
    find_file_system(absolute, self->file_system);
    if (strcmp(self->file_system, "tmpfs") != 0 && strcmp(self->file_system, "ramfs") != 0)
        return true;
    return trouble_set(trouble,
                       "%s is kept in memory (%s), where a durable commit costs nothing; give "
                       "a folder on a disk",
                       absolute, self->file_system);
}

static bool make_folder(House *self, const char *parent, Trouble *trouble)
{
    char absolute[PATH_MAX];
    const char *temporary = getenv("TMPDIR");
    if (!parent) parent = temporary && *temporary ? temporary : "/var/tmp";
    if (!find_disk(self, parent, absolute, trouble)) return false;
    int length = snprintf(self->home, sizeof self->home, "%s/plenary-bench-XXXXXX", absolute);
    if (length < 0 || length >= HOUSE_PATH_SIZE || !mkdtemp(self->home)) {
        self->home[0] = '\0';
        return trouble_set(trouble, "no folder can be made in %s", absolute);
    }
    return true;
}

void house_remove(const char *folder)
{
    char path[HOUSE_PATH_SIZE + 64];
    char *paths[] = {path, NULL};
    (void)snprintf(path, sizeof path, "%s", folder);
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (!walk) return;
    for (const FTSENT *entry; (entry = fts_read(walk));)
        if (entry->fts_info != FTS_D) (void)remove(entry->fts_accpath);
    fts_close(walk);
}

/* --- the program --- */

static bool is_program(const char *path)
{
    return access(path, X_OK) == 0;
}

/* Beside this program, in its build folder's daemon/, or wherever PATH says. */
static void find_program(House *self, const char *program)
{
    static const char *const places[] = {"plenaryd", "../daemon/plenaryd"};
    char own[HOUSE_PATH_SIZE];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    (void)snprintf(self->program, sizeof self->program, "%s", program ? program : "plenaryd");
    if (program || length <= 0) return;
    own[length] = '\0';
    char *slash = strrchr(own, '/');
    if (slash) *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char path[HOUSE_PATH_SIZE];
        int size = snprintf(path, sizeof path, "%s/%s", own, places[i]);
        if (size < 0 || size >= HOUSE_PATH_SIZE || !is_program(path)) continue;
        memcpy(self->program, path, (size_t)size + 1);
        return;
    }
}

bool house_enter(House *self, const char *parent, const char *program, Trouble *trouble)
{
    *self = (House){0};
    find_program(self, program);
    return make_folder(self, parent, trouble);
}

bool house_enter_kept(House *self, const char *folder, const char *program, Trouble *trouble)
{
    char absolute[PATH_MAX];
    *self = (House){.kept = true};
    find_program(self, program);
    if (!find_disk(self, folder, absolute, trouble)) return false;
    int length = snprintf(self->home, sizeof self->home, "%s", absolute);
    if (length > 0 && length < HOUSE_PATH_SIZE) return true;
    self->home[0] = '\0';
    return trouble_set(trouble, "%s: the path is too long", absolute);
}

void house_leave(House *self)
{
    if (self->daemon) {
        kill(self->daemon, SIGKILL);
        waitpid(self->daemon, NULL, 0);
        self->daemon = 0;
    }
    if (self->home[0] && !self->kept) house_remove(self->home);
    self->home[0] = '\0';
}

/* --- the daemon --- */

/* In the child: its messages go to a file in the home, so that stdout is the report's alone. */
static void become_daemon(const House *self)
{
    char log[HOUSE_PATH_SIZE + 16];
    (void)snprintf(log, sizeof log, "%s/plenaryd.log", self->home);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd >= 0) {
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
    }
    setenv("PLENARY_HOME", self->home, 1);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* however this process ends */
    execlp(self->program, self->program, (char *)NULL);
    fprintf(stderr, "%s: %s\n", self->program, strerror(errno));
    _exit(127);
}

/* One try; true where there was a reply. */
static bool answers(const House *self)
{
    PlenaryOptions options = {.home = self->home, .timeout_ms = 1000, .attempts = 1};
    Plenary__V1__GetStatus get = PLENARY__V1__GET_STATUS__INIT;
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_STATUS;
    request.get_status = &get;
    Plenary__V1__Reply *reply = NULL;
    PlenaryClient *client = plenary_client_new(&options, NULL);
    bool answered = client && plenary_call(client, &request, &reply, NULL);
    plenary_reply_free(reply);
    plenary_client_destroy(&client);
    return answered;
}

static bool ended(House *self)
{
    if (waitpid(self->daemon, NULL, WNOHANG) == 0) return false;
    self->daemon = 0;
    return true;
}

/* The end of the daemon's log, for the person who must find out why. */
static bool blame_daemon(House *self, const char *what, Trouble *trouble)
{
    char path[HOUSE_PATH_SIZE + 16];
    char tail[TROUBLE_SIZE / 2] = "";
    (void)snprintf(path, sizeof path, "%s/plenaryd.log", self->home);
    FILE *log = fopen(path, "r");
    if (log) {
        if (fseek(log, -(long)(sizeof tail - 1), SEEK_END) != 0) rewind(log);
        tail[fread(tail, 1, sizeof tail - 1, log)] = '\0';
        fclose(log);
    }
    return trouble_set(trouble, "%s %s: %s", self->program, what, tail);
}

bool house_start(House *self, double *took_ms, Trouble *trouble)
{
    char socket[HOUSE_PATH_SIZE + 32];
    (void)snprintf(socket, sizeof socket, "%s/run/requests.ipc", self->home);
    (void)unlink(socket); /* left by one that was killed: nobody answers there */
    int64_t start_ns = series_now_ns();
    self->daemon = fork();
    if (self->daemon == 0) become_daemon(self);
    if (self->daemon < 0) {
        self->daemon = 0;
        return trouble_set(trouble, "fork: %s", strerror(errno));
    }
    while (series_now_ns() - start_ns < HOUSE_START_TIMEOUT_MS * INT64_C(1000000)) {
        if (ended(self)) return blame_daemon(self, "ended at once", trouble);
        if (access(socket, F_OK) == 0 && answers(self)) {
            *took_ms = (double)(series_now_ns() - start_ns) / 1e6;
            return true;
        }
        usleep(LOOK_EVERY_US);
    }
    return blame_daemon(self, "does not answer", trouble);
}

static bool end_by(House *self, int signal, Trouble *trouble)
{
    if (ended(self)) return blame_daemon(self, "ended by itself", trouble);
    kill(self->daemon, signal);
    for (int waited_ms = 0; waited_ms < HOUSE_STOP_TIMEOUT_MS; waited_ms++) {
        if (ended(self)) return true;
        usleep(1000);
    }
    return blame_daemon(self, "does not stop", trouble);
}

bool house_stop(House *self, Trouble *trouble)
{
    return end_by(self, SIGTERM, trouble);
}

bool house_kill(House *self, Trouble *trouble)
{
    return end_by(self, SIGKILL, trouble);
}

/* --- what it takes --- */

uint64_t house_bytes(const House *self, const char *name)
{
    char path[HOUSE_PATH_SIZE + 64];
    (void)snprintf(path, sizeof path, "%s/data/%s", self->home, name);
    DIR *folder = opendir(path);
    uint64_t bytes = 0;
    if (!folder) return 0;
    for (const struct dirent *entry; (entry = readdir(folder));) {
        struct stat status;
        if (fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(status.st_mode))
            bytes += (uint64_t)status.st_blocks * 512; /* the files are sparse */
    }
    closedir(folder);
    return bytes;
}

uint64_t house_resident_bytes(const House *self)
{
    static const char label[] = "VmRSS:";
    char path[64];
    char line[LINE_SIZE];
    unsigned long long kilobytes = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)self->daemon);
    FILE *status = fopen(path, "r");
    if (!status) return 0;
    while (fgets(line, sizeof line, status))
        if (strncmp(line, label, strlen(label)) == 0)
            kilobytes = strtoull(line + strlen(label), NULL, 10);
    fclose(status);
    return kilobytes * 1024;
}
