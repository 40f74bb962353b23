#include "clients/lib/execute.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum {
    LOOK_FIRST_MS = 1,
    LOOK_MOST_MS = 50,
};

/* The text as a file that is read from its beginning. */
static FILE *file_of_text(const char *text, size_t length)
{
    FILE *file = tmpfile();
    if (!file) return NULL;
    if (fwrite(text, 1, length, file) == length && fflush(file) == 0 &&
        lseek(fileno(file), 0, SEEK_SET) == 0)
        return file;
    (void)fclose(file);
    return NULL;
}

static int spawn(const char *command, int input, pid_t *child)
{
    char shell[] = "sh";
    char option[] = "-c";
    char *arguments[] = {shell, option, (char *)(uintptr_t)command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigset_t all;
    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    int code = posix_spawn_file_actions_init(&actions);
    if (code) return code;
    code = posix_spawnattr_init(&attributes);
    if (!code) {
        /* A group of its own, so that what it starts can be ended with it. */
        (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                        POSIX_SPAWN_SETPGROUP);
        (void)posix_spawnattr_setsigmask(&attributes, &none);
        (void)posix_spawnattr_setsigdefault(&attributes, &all);
        (void)posix_spawnattr_setpgroup(&attributes, 0);
        code = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
        if (!code) code = posix_spawn(child, "/bin/sh", &actions, &attributes, arguments, environ);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return code;
}

/* False: its time is over. */
static bool wait_for(pid_t child, int *status)
{
    long waited_ms = 0;
    for (long look_ms = LOOK_FIRST_MS; waited_ms < EXECUTE_TIMEOUT_MS; waited_ms += look_ms) {
        if (waitpid(child, status, WNOHANG) == child) return true;
        if (waited_ms && look_ms < LOOK_MOST_MS) look_ms *= 2;
        struct timespec pause = {.tv_nsec = look_ms * 1000000};
        (void)nanosleep(&pause, NULL);
    }
    (void)kill(-child, SIGKILL);
    (void)waitpid(child, status, 0);
    return false;
}

bool execute(const char *command, const char *text, size_t length,
             char reason[static EXECUTE_REASON_SIZE])
{
    pid_t child = 0;
    int status = 0;
    FILE *input = file_of_text(text, length);
    int code = input ? spawn(command, fileno(input), &child) : errno;
    if (input) (void)fclose(input);
    if (code) {
        (void)snprintf(reason, EXECUTE_REASON_SIZE, "could not be started: %s", strerror(code));
        return false;
    }
    if (!wait_for(child, &status))
        (void)snprintf(reason, EXECUTE_REASON_SIZE, "was ended after %d s",
                       EXECUTE_TIMEOUT_MS / 1000);
    else if (WIFSIGNALED(status))
        (void)snprintf(reason, EXECUTE_REASON_SIZE, "ended by signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        (void)snprintf(reason, EXECUTE_REASON_SIZE, "ended with %d", WEXITSTATUS(status));
    else
        return true;
    return false;
}
