#include "tests/crash/process.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    FILES_OPEN_MAX = 16,
    PROBE_MS = 200,
    LOG_END_BYTES = 1200,
    LOG_LINE_SIZE = 512,
};

noreturn void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("FAILED: ", stdout);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
    exit(1);
}

noreturn void fail_of(const Process *self, const char *name, const char *what)
{
    char path[PROCESS_PATH_SIZE + 64], line[LOG_LINE_SIZE];
    snprintf(path, sizeof path, "%s/%s.log", self->home, name);
    FILE *log = fopen(path, "r");
    if (log && fseek(log, -LOG_END_BYTES, SEEK_END) != 0) rewind(log);
    printf("the end of %s:\n", path);
    while (log && fgets(line, sizeof line, log))
        printf("    %s", line);
    fail("%s %s", name, what);
}

uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void sleep_ms(uint64_t ms)
{
    struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        ;
}

void process_home(Process *self, const char *config)
{
    *self = (Process){.home = "/tmp/plenary-crash.XXXXXX"};
    if (!mkdtemp(self->home)) fail("no home: %s", strerror(errno));
    printf("home: %s\n", self->home);
    if (!config) return;
    char path[PROCESS_PATH_SIZE + 16];
    snprintf(path, sizeof path, "%s/plenaryd.zpl", self->home);
    FILE *file = fopen(path, "w");
    if (!file || fputs(config, file) < 0 || fclose(file) != 0) fail("%s not written", path);
}

static void become(const Process *self, const char *name, const char *path,
                   const char *const *arguments)
{
    char log[PROCESS_PATH_SIZE + 64];
    snprintf(log, sizeof log, "%s/%s.log", self->home, name);
    int output = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (output < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) _exit(125);
    setenv("PLENARY_HOME", self->home, 1);
    execv(path, (char *const *)(uintptr_t)arguments);
    _exit(126);
}

pid_t process_run(const Process *self, const char *name, const char *path,
                  const char *const *arguments)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) fail("fork: %s", strerror(errno));
    if (pid == 0) become(self, name, path, arguments);
    return pid;
}

static const char *daemon_path(void)
{
    const char *path = getenv("PLENARYD");
    if (!path) fail("PLENARYD names no daemon");
    return path;
}

void process_start(Process *self)
{
    const char *arguments[] = {daemon_path(), NULL};
    self->pid = process_run(self, "plenaryd", arguments[0], arguments);
}

static bool answers(const Process *self)
{
    PlenaryOptions options = {.home = self->home, .timeout_ms = PROBE_MS, .attempts = 1};
    PlenaryError error;
    PlenaryClient *client = plenary_client_new(&options, &error);
    if (!client) fail("no client: %s", error.message);
    Plenary__V1__GetStatus status = PLENARY__V1__GET_STATUS__INIT;
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_STATUS;
    request.get_status = &status;
    Plenary__V1__Reply *reply = NULL;
    bool answered = plenary_call(client, &request, &reply, &error);
    plenary_reply_free(reply);
    plenary_client_destroy(&client);
    return answered;
}

void process_ready(Process *self)
{
    uint64_t deadline = now_ms() + PROCESS_READY_MS;
    while (!answers(self)) {
        if (waitpid(self->pid, NULL, WNOHANG) != 0) fail_of(self, "plenaryd", "ended by itself");
        if (now_ms() > deadline) fail("plenaryd is not ready after %d ms", PROCESS_READY_MS);
    }
}

static int end_of(pid_t pid)
{
    int status;
    if (waitpid(pid, &status, 0) != pid) fail("waitpid: %s", strerror(errno));
    return status;
}

void process_kill(Process *self)
{
    kill(self->pid, SIGKILL);
    int status = end_of(self->pid);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        fail_of(self, "plenaryd", "had ended before it was killed");
    self->pid = 0;
}

void process_stop(Process *self)
{
    kill(self->pid, SIGTERM);
    int status = end_of(self->pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_of(self, "plenaryd", "did not stop cleanly");
    self->pid = 0;
}

void process_check(const Process *self)
{
    const char *arguments[] = {daemon_path(), "--check", NULL};
    int status = end_of(process_run(self, "check", arguments[0], arguments));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail_of(self, "check", "found a fault");
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

void process_forget(Process *self)
{
    nftw(self->home, remove_one, FILES_OPEN_MAX, FTW_DEPTH | FTW_PHYS);
}
