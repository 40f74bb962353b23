/*
 * kill_watcher - a subscriber that is killed at random moments and comes back with its cursor has
 * heard every change, in order.
 *
 * The watcher is this program again ("kill_watcher --watch HOME"): it writes each sequence that
 * it hears into HOME/heard, then acknowledges. Killed between the two, it hears the change again;
 * anything else that is missing, out of order or heard again is a fault.
 */
#include "tests/crash/load.h"
#include "tests/crash/process.h"
#include "tests/crash/seeded.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    KILLS = 50,
    CHANGES = 10000,
    SHARE = CHANGES / KILLS, /* of one life */
    IN_FLIGHT = 8,           /* few, so that changes keep coming */
    LIFE_MS_SPREAD = 150,
    CATCH_UP_MS = 120000,
    PATH_SIZE = PROCESS_PATH_SIZE + 16,
};

static void path_in(const char *home, const char *name, char path[static PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/%s", home, name);
}

/* --- the watcher --- */

static void write_down(int heard, uint64_t sequence)
{
    char line[32];
    int length = snprintf(line, sizeof line, "%" PRIu64 "\n", sequence);
    if (write(heard, line, (size_t)length) != length) fail("what was heard could not be written");
}

static int watch(const char *home)
{
    char heard_path[PATH_SIZE], cursor_path[PATH_SIZE];
    path_in(home, "heard", heard_path);
    path_in(home, "cursor", cursor_path);
    int heard = open(heard_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    PlenaryOptions options = {.home = home};
    PlenarySubscription subscription = {.cursor_file = cursor_path};
    PlenaryError error;
    PlenarySubscriber *subscriber = plenary_subscribe(&options, &subscription, &error);
    if (heard < 0 || !subscriber) fail("no subscription: %s", error.message);
    for (;;) {
        PlenaryNews news;
        plenary_hear(subscriber, 1000, &news);
        if (news.heard == PLENARY_REFUSED || news.heard == PLENARY_RESYNC)
            fail("the stream was refused: %s", news.error.message);
        if (news.heard != PLENARY_CHANGE) continue;
        write_down(heard, news.change->sequence);
        if (!plenary_acknowledge(subscriber, &error)) fail("acknowledge: %s", error.message);
    }
}

/* --- the test --- */

static pid_t start_watcher(const Process *process, char *self)
{
    const char *arguments[] = {self, "--watch", process->home, NULL};
    return process_run(process, "watcher", self, arguments);
}

static void kill_watcher(pid_t watcher)
{
    int status;
    kill(watcher, SIGKILL);
    waitpid(watcher, &status, 0);
    if (!WIFSIGNALED(status)) fail("the watcher ended by itself: see watcher.log in the home");
}

/* Reads what was heard. Between two lives one change may come twice, never more. */
static uint64_t heard_up_to(const Process *process, int lives, uint64_t *repeated)
{
    char path[PATH_SIZE];
    path_in(process->home, "heard", path);
    FILE *file = fopen(path, "r");
    uint64_t last = 0, sequence;
    *repeated = 0;
    while (file && fscanf(file, "%" SCNu64, &sequence) == 1) {
        if (sequence == last && last > 0)
            (*repeated)++;
        else if (sequence != last + 1)
            fail("after change %" PRIu64 " came %" PRIu64, last, sequence);
        last = sequence;
    }
    if (file) fclose(file);
    if (*repeated > (uint64_t)lives) fail("%" PRIu64 " changes came twice", *repeated);
    return last;
}

/* Changes are made all through the watcher's life, and the rest of its share after it. */
static void live_and_die(const Process *process, Load *load, Seeded *seeded, char *self)
{
    uint64_t before = load_acknowledged(load), start = now_ms();
    uint64_t life_ms = 1 + seeded_below(seeded, LIFE_MS_SPREAD);
    pid_t watcher = start_watcher(process, self);
    for (uint64_t age = 0; age < life_ms; age = now_ms() - start) {
        if (load_acknowledged(load) < before + SHARE * age / life_ms)
            load_turn(load);
        else
            sleep_ms(1);
    }
    kill_watcher(watcher);
    while (load_acknowledged(load) < before + SHARE)
        load_turn(load);
}

static void catch_up(const Process *process, uint64_t changes, char *self)
{
    uint64_t repeated;
    pid_t watcher = start_watcher(process, self);
    uint64_t deadline = now_ms() + CATCH_UP_MS;
    while (heard_up_to(process, KILLS, &repeated) < changes) {
        if (now_ms() > deadline) fail("not caught up after %d ms", CATCH_UP_MS);
        sleep_ms(50);
    }
    kill_watcher(watcher);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--watch") == 0) return watch(argv[2]);

    Seeded seeded = seeded_start("kill_watcher", argc, argv);
    Process process;
    process_home(&process, NULL);
    process_start(&process);
    process_ready(&process);
    Load *load = load_new(process.home, IN_FLIGHT, &seeded);
    for (int i = 0; i < KILLS; i++)
        live_and_die(&process, load, &seeded, argv[0]);
    load_drain(load);
    uint64_t changes = load_acknowledged(load), repeated;
    catch_up(&process, changes, argv[0]);
    if (heard_up_to(&process, KILLS, &repeated) != changes) fail("more was heard than was done");
    process_stop(&process);

    printf("%d kills, %" PRIu64 " changes heard in order, %" PRIu64 " of them twice\n", KILLS,
           changes, repeated);
    load_destroy(&load);
    process_forget(&process);
    return 0;
}
