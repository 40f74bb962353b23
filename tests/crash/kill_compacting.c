/*
 * kill_compacting - kill -9 of plenaryd while it writes its files anew loses nothing.
 *
 * Writes are on the way all the time, and so is a request to compact. After each kill the daemon is
 * started again, and every event must be at exactly the revision that was acknowledged; what was
 * being written anew is gone, or in its place. Enough kills must have hit a copy for this to mean
 * anything.
 */
#include "tests/crash/load.h"
#include "tests/crash/process.h"
#include "tests/crash/seeded.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum {
    KILLS = 20,
    HITS_MIN = 3, /* of them, in which a copy was under way */
    IN_FLIGHT = 64,
    FIRST_WRITES = 2000, /* so that a copy takes its time */
    LIFE_MS_MIN = 5,
    LIFE_MS_SPREAD = 500,
    COMPACT_MS = 500, /* then it is asked for again */
};

/* Folding runs all the time, and has to wait for the copy. */
static const char small_delta[] = "views\n"
                                  "    delta_freeze_mib = 1\n"
                                  "    delta_max_mib = 4\n"
                                  "    fold_keys = 200\n";

typedef struct Compacter {
    PlenaryClient *client;
    uint64_t done;
} Compacter;

static void compacter_begin(Compacter *self, const char *home)
{
    PlenaryOptions options = {.home = home, .timeout_ms = COMPACT_MS, .attempts = 1};
    PlenaryError error;
    self->client = plenary_client_new(&options, &error);
    if (!self->client) fail("no client: %s", error.message);
}

/* Asks again as soon as it is answered, whatever the answer is. */
static void compacter_turn(Compacter *self)
{
    PlenaryError error;
    void *tag;
    Plenary__V1__Reply *reply = NULL;
    while (plenary_in_flight(self->client) > 0 &&
           plenary_receive(self->client, 0, &tag, &reply, &error)) {
        if (reply && reply->result_case == PLENARY__V1__REPLY__RESULT_COMPACT) self->done++;
        plenary_reply_free(reply);
        reply = NULL;
    }
    if (plenary_in_flight(self->client) > 0) return;
    Plenary__V1__CompactRegistry compact = PLENARY__V1__COMPACT_REGISTRY__INIT;
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_COMPACT_REGISTRY;
    request.compact_registry = &compact;
    if (!plenary_send(self->client, &request, NULL, &error)) fail("not sent: %s", error.message);
}

static bool is_there(const Process *process, const char *folder)
{
    char path[PROCESS_PATH_SIZE + 32];
    (void)snprintf(path, sizeof path, "%s/data/%s", process->home, folder);
    return access(path, F_OK) == 0;
}

/* True: a copy was under way. */
static bool live_and_die(Process *process, Load *load, Compacter *compacter, Seeded *seeded)
{
    uint64_t end = now_ms() + LIFE_MS_MIN + seeded_below(seeded, LIFE_MS_SPREAD);
    while (now_ms() < end) {
        load_turn(load);
        compacter_turn(compacter);
    }
    process_kill(process);
    bool hit = is_there(process, "journal.new") || is_there(process, "views.new");
    process_start(process);
    process_ready(process);
    load_drain(load);
    load_verify(load, false);
    return hit;
}

int main(int argc, char **argv)
{
    Seeded seeded = seeded_start("kill_compacting", argc, argv);
    Process process;
    Compacter compacter = {0};
    int hits = 0;
    process_home(&process, small_delta);
    process_start(&process);
    process_ready(&process);
    Load *load = load_new(process.home, IN_FLIGHT, &seeded);
    compacter_begin(&compacter, process.home);
    while (load_acknowledged(load) < FIRST_WRITES)
        load_turn(load);

    for (int i = 0; i < KILLS; i++)
        hits += live_and_die(&process, load, &compacter, &seeded);
    load_verify(load, true);
    process_kill(&process);
    process_check(&process);

    process_start(&process);
    process_ready(&process);
    load_verify(load, true);
    process_stop(&process);
    if (is_there(&process, "journal.new") || is_there(&process, "views.new"))
        fail("a copy was left behind");
    process_check(&process);

    printf("%d kills, %d of them while it was compacted, which %" PRIu64 " times was done; %" PRIu64
           " acknowledged writes: none lost, none twice\n",
           KILLS, hits, compacter.done, load_acknowledged(load));
    if (hits < HITS_MIN) fail("too few kills hit a copy");
    plenary_client_destroy(&compacter.client);
    load_destroy(&load);
    process_forget(&process);
    return 0;
}
