#include "clients/calendar/calendar_file.h"

#include "clients/lib/ical_write.h"
#include "clients/lib/replace_file.h"

#include <stdio.h>

enum {
    FILE_MODE = 0666,                    /* less the umask: it is made to be shared */
    LOOKUP_BYTES_MAX = 16 * 1024 * 1024, /* of one event that another refers to */
};

typedef struct Making {
    Mirror *mirror;
    IcalWriter *writer;
    Arena *arena; /* of what is looked up */
    Problem *problem;
    StatusCode code;
} Making;

static const Organisation *find_organisation(void *context, const char *id)
{
    const Making *making = context;
    return mirror_organisation(making->mirror, id);
}

static const char *find_uid(void *context, const char *event_id)
{
    const Making *making = context;
    arena_reset(making->arena);
    const Event *event = mirror_event_of_id(making->mirror, event_id, making->arena);
    return event ? event->uid : NULL;
}

static bool write_event(void *context, const Event *event)
{
    Making *making = context;
    making->code = ical_writer_event(making->writer, event, making->problem);
    return making->code == STATUS_OK;
}

static StatusCode write_calendar(Making *making, Zones *zones, FILE *file)
{
    IcalLookup lookup = {making, find_organisation, find_uid};
    making->code = ical_writer_open(file, zones, &lookup, &making->writer, making->problem);
    if (making->code != STATUS_OK) return making->code;
    bool all = mirror_events(making->mirror, write_event, making);
    if (!all && making->code == STATUS_OK)
        making->code =
            problem_set(making->problem, STATUS_UNAVAILABLE, "the mirror could not be read");
    if (making->code == STATUS_OK) making->code = ical_writer_end(making->writer, making->problem);
    ical_writer_close(&making->writer);
    return making->code;
}

StatusCode calendar_file_write(const char *path, Mirror *mirror, Zones *zones, Problem *problem)
{
    ReplaceFile *file = NULL;
    Making making = {.mirror = mirror, .problem = problem};
    making.arena = arena_new(LOOKUP_BYTES_MAX);
    if (!making.arena) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
    StatusCode code = replace_open(path, FILE_MODE, &file, problem);
    if (code == STATUS_OK) code = write_calendar(&making, zones, replace_stream(file));
    if (code == STATUS_OK) code = replace_commit(&file, NULL, problem);
    replace_cancel(&file);
    arena_destroy(&making.arena);
    return code;
}
