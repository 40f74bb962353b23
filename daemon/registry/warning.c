#include "daemon/registry/warning.h"

#include "daemon/registry/conflicts.h"
#include "daemon/registry/transitions.h"
#include "proto/diff.h"

#include <string.h>

bool warning_is_wanted(const Request *request)
{
    switch (request->verb_case) {
    case PLENARY__V1__REQUEST__VERB_REGISTER_EVENT: return request->register_event->warn_conflicts;
    case PLENARY__V1__REQUEST__VERB_REVISE_EVENT: return request->revise_event->warn_conflicts;
    case PLENARY__V1__REQUEST__VERB_REVERT_EVENT: return request->revert_event->warn_conflicts;
    case PLENARY__V1__REQUEST__VERB_REINSTATE_EVENT:
        return request->reinstate_event->warn_conflicts;
    default: return false;
    }
}

/* --- what has changed --- */

static bool same_part(const void *left, const void *right)
{
    return left == right || (left && right && diff_same(left, right));
}

static bool same_text(const char *left, const char *right)
{
    return left == right || (left && right && strcmp(left, right) == 0);
}

/* Time, or what makes an event count or not: all its clashes are looked at anew. */
static bool same_time(const Event *event, const Event *before)
{
    return same_part(event->schedule, before->schedule) &&
           same_part(event->recurrence, before->recurrence) &&
           transitions_status(event) == transitions_status(before) &&
           same_text(event->part_of, before->part_of);
}

static bool same_people(const Event *event, const Event *before)
{
    if (event->n_participants != before->n_participants) return false;
    for (size_t i = 0; i < event->n_participants; i++)
        if (!same_part(event->participants[i], before->participants[i])) return false;
    return true;
}

static bool same_needs(const Event *event, const Event *before)
{
    return same_part(event->venue, before->venue) && event->format == before->format &&
           same_people(event, before);
}

/* --- telling --- */

void warning_add(State *state, const Command *command, size_t *steps_left,
                 Plenary__V1__WriteReply *reply)
{
    const Event *event = command->decision.event;
    const Event *before = command->decision.before;
    if (!event) return;
    bool still = before && same_time(event, before);
    if (still && same_needs(event, before)) return;
    if (*steps_left == 0) {
        reply->has_more_conflicts = reply->more_conflicts = 1;
        return;
    }
    Conflicts conflicts;
    const QueryContext context = {
        .state = state, .caller = &command->caller, .arena = command->arena};
    conflicts_begin_alone(&context, WARNING_CONFLICTS_MAX, *steps_left, &conflicts);
    ConflictsProgress progress = conflicts_of_image(&conflicts, event, still ? before : NULL);
    conflicts_end(&conflicts);
    *steps_left -= conflicts.steps < *steps_left ? conflicts.steps : *steps_left;
    reply->conflicts = conflicts.found;
    reply->n_conflicts = conflicts.count;
    reply->has_more_conflicts = reply->more_conflicts = progress != CONFLICTS_DONE;
}
