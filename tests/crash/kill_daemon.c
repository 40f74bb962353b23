/*
 * kill_daemon - kill -9 of plenaryd at random moments loses nothing and does nothing twice.
 *
 * Writes are on the way all the time and the delta is tiny, so that folding runs. After each kill
 * the daemon is started again, and what was on the way is repeated with its request ids; then
 * every event that was written must be at exactly the revision that was acknowledged. Now and then
 * the daemon is killed once more while it starts.
 */
#include "tests/crash/load.h"
#include "tests/crash/process.h"
#include "tests/crash/seeded.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    KILLS = 30,
    IN_FLIGHT = 64,
    LIFE_MS_MIN = 20,
    LIFE_MS_SPREAD = 400,
    START_MS_SPREAD = 30, /* of a kill while it starts */
};

/* The smallest bounds, so that checkpoints run all the time. */
static const char tiny_delta[] = "views\n"
                                 "    delta_freeze_mib = 1\n"
                                 "    delta_max_mib = 2\n"
                                 "    fold_keys = 50\n";

static void kill_while_starting(Process *process, Seeded *seeded)
{
    process_start(process);
    sleep_ms(seeded_below(seeded, START_MS_SPREAD));
    process_kill(process);
}

static void live_and_die(Process *process, Load *load, Seeded *seeded)
{
    uint64_t end = now_ms() + LIFE_MS_MIN + seeded_below(seeded, LIFE_MS_SPREAD);
    while (now_ms() < end)
        load_turn(load);
    process_kill(process);
    if (seeded_below(seeded, 4) == 0) kill_while_starting(process, seeded);
    process_start(process);
    process_ready(process);
    load_drain(load);
    load_verify(load, false);
}

int main(int argc, char **argv)
{
    Seeded seeded = seeded_start("kill_daemon", argc, argv);
    Process process;
    process_home(&process, tiny_delta);
    process_start(&process);
    process_ready(&process);
    Load *load = load_new(process.home, IN_FLIGHT, &seeded);

    for (int i = 0; i < KILLS; i++)
        live_and_die(&process, load, &seeded);
    load_verify(load, true);
    process_kill(&process);
    process_check(&process);

    process_start(&process);
    process_ready(&process);
    load_verify(load, true);
    process_stop(&process);
    process_check(&process);

    printf("%d kills, %" PRIu64 " acknowledged writes: none lost, none twice\n", KILLS,
           load_acknowledged(load));
    load_destroy(&load);
    process_forget(&process);
    return 0;
}
