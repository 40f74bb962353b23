#include "proto/canonical.h"

#include <string.h>

/* Of a valid moment: its length tells its form. */
static bool lacks_seconds(const char *moment)
{
    return strlen(moment) == sizeof "2022-03-03T09:00" - 1;
}

static bool complete(char **moment, Arena *arena)
{
    if (!*moment || !lacks_seconds(*moment)) return true;
    char *whole = arena_printf(arena, "%s:00", *moment);
    if (!whole) return false;
    *moment = whole;
    return true;
}

static bool complete_all(char **moments, size_t count, Arena *arena)
{
    bool done = true;
    for (size_t i = 0; i < count && done; i++)
        done = complete(&moments[i], arena);
    return done;
}

static bool complete_recurrence(Plenary__V1__Recurrence *recurrence, Arena *arena)
{
    return complete_all(recurrence->rdate, recurrence->n_rdate, arena) &&
           complete_all(recurrence->exdate, recurrence->n_exdate, arena);
}

bool canonical_event(Event *event, Arena *arena)
{
    bool done = complete(&event->recurrence_id, arena) && complete(&event->previous_start, arena);
    if (event->schedule)
        done = done && complete(&event->schedule->start, arena) &&
               complete(&event->schedule->end, arena);
    if (event->recurrence) done = done && complete_recurrence(event->recurrence, arena);
    for (size_t i = 0; i < event->n_agenda && done; i++)
        done = complete(&event->agenda[i]->start, arena) && complete(&event->agenda[i]->end, arena);
    return done;
}
