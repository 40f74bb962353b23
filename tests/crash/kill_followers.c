/*
 * kill_followers - programs that follow the stream, killed at random moments, and the daemon with
 * them, in the end have made the same files as ones that were never stopped, byte for byte.
 *
 * Each program of the table runs twice: one that is only ever asked to stop, at the end, and a
 * victim that lives many short lives over the same state folder. Another program is a row, and its
 * path in the environment (tests/crash/CMakeLists.txt).
 */
#include "tests/crash/load.h"
#include "tests/crash/process.h"
#include "tests/crash/seeded.h"

#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ROUNDS = 40,
    DAEMON_DIES_IN = 5, /* rounds, once, on the average */
    LIFE_MS_SPREAD = 300,
    CHANGES_OF_A_ROUND = 60,
    IN_FLIGHT = 8,
    OPTIONS_MAX = 4,
    OUTPUTS_MAX = 2,
    ARGUMENTS_MAX = OPTIONS_MAX + 5,
    PATH_SIZE = PROCESS_PATH_SIZE + 64,
    LOG_NAME_SIZE = 64,
};

typedef struct Follower {
    const char *name;
    const char *variable;             /* of the environment, with its path */
    const char *options[OPTIONS_MAX]; /* % stands for the folder of its files */
    const char *outputs[OUTPUTS_MAX]; /* in that folder; to be compared */
    bool tells_every_change;          /* a line each, in the first of them */
} Follower;

static const Follower followers[] = {
    {"notify", "PLENARY_NOTIFY", {"--jsonl", "%/changes.jsonl"}, {"changes.jsonl"}, true},
    {"calendar", "PLENARY_CALENDAR", {"--output-file", "%/calendar.ics"}, {"calendar.ics"}, false},
    {"report",
     "PLENARY_REPORT",
     {"--html", "%/report.html", "--csv", "%/report.csv"},
     {"report.html", "report.csv"},
     false},
};

enum {
    FOLLOWERS = sizeof followers / sizeof *followers,
};

typedef struct Crash {
    Process process;
    Load *load;
    Seeded seeded;
    pid_t steady[FOLLOWERS];
    pid_t victims[FOLLOWERS];
    int daemon_kills;
} Crash;

/* --- running them --- */

static void folder_of(const Crash *crash, const Follower *follower, const char *role,
                      char folder[static PATH_SIZE])
{
    snprintf(folder, PATH_SIZE, "%s/%s-%s", crash->process.home, follower->name, role);
}

/* "%/changes.jsonl" with the folder in the place of its first character. */
static const char *fill_in(const char *option, const char *folder, char filled[static PATH_SIZE])
{
    bool is_path = option[0] == '%';
    snprintf(filled, PATH_SIZE, "%s%s", is_path ? folder : "", is_path ? option + 1 : option);
    return filled;
}

static void log_of(const Follower *follower, const char *role, char name[static LOG_NAME_SIZE])
{
    snprintf(name, LOG_NAME_SIZE, "%s-%s", follower->name, role);
}

static pid_t start(const Crash *crash, const Follower *follower, const char *role, bool once)
{
    char folder[PATH_SIZE], state[PATH_SIZE + 8], log[LOG_NAME_SIZE],
        filled[OPTIONS_MAX][PATH_SIZE];
    const char *arguments[ARGUMENTS_MAX] = {getenv(follower->variable), "--state", state};
    size_t count = 3;
    if (!arguments[0]) fail("%s names no program", follower->variable);
    folder_of(crash, follower, role, folder);
    snprintf(state, sizeof state, "%s/state", folder);
    log_of(follower, role, log);
    mkdir(folder, 0700);
    for (size_t i = 0; i < OPTIONS_MAX && follower->options[i]; i++)
        arguments[count++] = fill_in(follower->options[i], folder, filled[i]);
    if (once) arguments[count++] = "--once";
    return process_run(&crash->process, log, arguments[0], arguments);
}

static void expect_end(const Crash *crash, const Follower *follower, const char *role, pid_t pid)
{
    int status;
    char log[LOG_NAME_SIZE];
    log_of(follower, role, log);
    waitpid(pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_of(&crash->process, log, "did not end well");
}

static void run_once(const Crash *crash, const Follower *follower, const char *role)
{
    expect_end(crash, follower, role, start(crash, follower, role, true));
}

/* --- dying --- */

static void start_victims(Crash *crash)
{
    for (size_t i = 0; i < FOLLOWERS; i++)
        crash->victims[i] = start(crash, &followers[i], "victim", false);
}

static void kill_victims(Crash *crash)
{
    for (size_t i = 0; i < FOLLOWERS; i++) {
        int status;
        char log[LOG_NAME_SIZE];
        log_of(&followers[i], "victim", log);
        kill(crash->victims[i], SIGKILL);
        waitpid(crash->victims[i], &status, 0);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
            fail_of(&crash->process, log, "ended by itself");
    }
}

static void kill_daemon(Crash *crash)
{
    process_kill(&crash->process);
    process_start(&crash->process);
    crash->daemon_kills++;
}

/* Changes are made all through the victims' life, and the rest of the round's after it. */
static void live_and_die(Crash *crash)
{
    uint64_t before = load_acknowledged(crash->load), begun_ms = now_ms();
    uint64_t life_ms = 1 + seeded_below(&crash->seeded, LIFE_MS_SPREAD);
    bool daemon_dies = seeded_below(&crash->seeded, DAEMON_DIES_IN) == 0;
    uint64_t death_ms = seeded_below(&crash->seeded, life_ms);
    start_victims(crash);
    for (uint64_t age = 0; age < life_ms; age = now_ms() - begun_ms) {
        if (daemon_dies && age >= death_ms) {
            kill_daemon(crash);
            daemon_dies = false;
        }
        if (load_acknowledged(crash->load) < before + CHANGES_OF_A_ROUND * age / life_ms)
            load_turn(crash->load);
        else
            sleep_ms(1);
    }
    kill_victims(crash);
    while (load_acknowledged(crash->load) < before + CHANGES_OF_A_ROUND)
        load_turn(crash->load);
}

/* --- comparing --- */

static char *read_output(const Crash *crash, const Follower *follower, const char *role,
                         const char *output, size_t *size)
{
    char folder[PATH_SIZE], path[2 * PATH_SIZE];
    struct stat about;
    folder_of(crash, follower, role, folder);
    snprintf(path, sizeof path, "%s/%s", folder, output);
    FILE *file = fopen(path, "r");
    if (!file || fstat(fileno(file), &about) != 0) fail("%s is not there", path);
    *size = (size_t)about.st_size;
    char *bytes = malloc(*size + 1);
    if (!bytes || fread(bytes, 1, *size, file) != *size) fail("%s cannot be read", path);
    fclose(file);
    return bytes;
}

static uint64_t count_lines(const char *bytes, size_t size)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n';
    return lines;
}

static void compare(const Crash *crash, const Follower *follower, size_t nth)
{
    const char *output = follower->outputs[nth];
    size_t steady_size, victim_size;
    char *steady = read_output(crash, follower, "steady", output, &steady_size);
    char *victim = read_output(crash, follower, "victim", output, &victim_size);
    uint64_t lines = count_lines(steady, steady_size);
    uint64_t changes = load_acknowledged(crash->load);
    if (steady_size == 0) fail("%s of plenary-%s is empty", output, follower->name);
    if (nth == 0 && follower->tells_every_change && lines != changes)
        fail("%" PRIu64 " changes, %" PRIu64 " lines", changes, lines);
    if (steady_size != victim_size || memcmp(steady, victim, steady_size) != 0)
        fail("%s of plenary-%s: %zu bytes, of the victim %zu, and they differ", output,
             follower->name, steady_size, victim_size);
    free(steady);
    free(victim);
}

/* --- the test --- */

/* Both begin with the same snapshot: of nothing. */
static void begin(Crash *crash)
{
    process_home(&crash->process, NULL);
    process_start(&crash->process);
    process_ready(&crash->process);
    crash->load = load_new(crash->process.home, IN_FLIGHT, &crash->seeded);
    for (size_t i = 0; i < FOLLOWERS; i++) {
        run_once(crash, &followers[i], "steady");
        run_once(crash, &followers[i], "victim");
        crash->steady[i] = start(crash, &followers[i], "steady", false);
    }
}

static void finish(Crash *crash)
{
    load_drain(crash->load);
    for (size_t i = 0; i < FOLLOWERS; i++) {
        const Follower *follower = &followers[i];
        kill(crash->steady[i], SIGTERM);
        expect_end(crash, follower, "steady", crash->steady[i]);
        run_once(crash, follower, "steady");
        run_once(crash, follower, "victim");
        for (size_t nth = 0; nth < OUTPUTS_MAX && follower->outputs[nth]; nth++)
            compare(crash, follower, nth);
    }
    process_stop(&crash->process);
}

int main(int argc, char **argv)
{
    Crash crash = {.seeded = seeded_start("kill_followers", argc, argv)};
    begin(&crash);
    for (int round = 0; round < ROUNDS; round++)
        live_and_die(&crash);
    finish(&crash);
    printf("%d lives, %d of them with the daemon, %" PRIu64 " changes: the same files\n", ROUNDS,
           crash.daemon_kills, load_acknowledged(crash.load));
    load_destroy(&crash.load);
    process_forget(&crash.process);
    return 0;
}
