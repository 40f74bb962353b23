#include "bench/bench.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    NOTE_SIZE = 64,
};

/* What the events of a folder were generated from: it must be the same when it is used again. */
static bool check_note(Bench *self)
{
    char path[HOUSE_PATH_SIZE + 16];
    char wanted[NOTE_SIZE];
    char found[NOTE_SIZE] = "";
    (void)snprintf(path, sizeof path, "%s/generated", self->house.home);
    (void)snprintf(wanted, sizeof wanted, "seed %" PRIu64 "%s\n", self->settings.seed,
                   self->settings.varied ? " varied" : "");
    FILE *file = fopen(path, "r");
    if (file) {
        found[fread(found, 1, sizeof found - 1, file)] = '\0';
        fclose(file);
        if (strcmp(found, wanted) == 0) return true;
        return trouble_set(&self->trouble, "%s holds other events: %s", self->house.home, found);
    }
    file = fopen(path, "w");
    bool written = file && fputs(wanted, file) >= 0;
    if (file && fclose(file) != 0) written = false;
    return written || trouble_set(&self->trouble, "%s: %s", path, strerror(errno));
}

bool measure_fill(Bench *self)
{
    RegisterFigures figures;
    uint64_t events = 0;
    size_t records = self->settings.records;
    PlenaryClient *client = check_note(self) ? bench_connect(self) : NULL;
    bool done = client && bench_status(self, client, NULL, &events);
    plenary_client_destroy(&client);
    if (!done) return false;
    if (events == records) return true;
    if (events > records)
        return trouble_set(&self->trouble, "%s holds %" PRIu64 " events, more than %zu",
                           self->house.home, events, records);
    /* One client's requests are done in the order in which they were sent: what an earlier run has
     * left is the first events of the seed. */
    self->next_event = events;
    return measure_prepare(self) && measure_register(self, records - (size_t)events,
                                                     self->settings.in_flight, NULL, &figures);
}
