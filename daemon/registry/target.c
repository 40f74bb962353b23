#include "daemon/registry/target.h"

#include "daemon/registry/transitions.h"
#include "proto/diff.h"

StatusCode target_too_large(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the record is too large to work on");
}

char *target_now(Command *command)
{
    char text[INSTANT_TEXT_SIZE];
    instant_print(command->time_us, text);
    return arena_strdup(command->arena, text);
}

StatusCode target_check(State *state, Command *command, Target *target,
                        const uint32_t *expected_revision, Problem *problem)
{
    if (target->head.withdrawn)
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "event %u was withdrawn; its uid stays reserved", target->number);
    target->before = state_event(state, &target->head, command->arena);
    if (!target->before) return target_too_large(problem);
    if (!access_may(&command->caller, PERMISSION_REVISE, target->before))
        return problem_set(problem, STATUS_PERMISSION_DENIED,
                           "event %u is another organisation's to revise", target->number);
    if (expected_revision && *expected_revision != target->head.revision)
        return problem_set(problem, STATUS_ABORTED,
                           "event %u is at revision %u, not %u: somebody revised it meanwhile",
                           target->number, target->head.revision, *expected_revision);
    return STATUS_OK;
}

StatusCode target_find(State *state, Command *command, const char *name,
                       const uint32_t *expected_revision, Target *target, Problem *problem)
{
    StatusCode code = state_find(state, &command->caller, name, command->arena, &target->number,
                                 &target->head, problem);
    return code == STATUS_OK ? target_check(state, command, target, expected_revision, problem)
                             : code;
}

static bool same_part(const void *left, const void *right)
{
    return left == right || (left && right && diff_same(left, right));
}

/* RFC 5545 section 3.8.7.4: the sequence rises with what makes attendees look again. */
static bool is_significant(const Event *event, const Event *before)
{
    return !same_part(event->schedule, before->schedule) ||
           !same_part(event->venue, before->venue) ||
           !same_part(event->recurrence, before->recurrence) ||
           transitions_status(event) != transitions_status(before);
}

void target_stamp(Command *command, Event *event, const Event *before)
{
    event->has_revision = 1;
    event->revision = before->revision + 1;
    event->has_ical_sequence = 1;
    event->ical_sequence = before->ical_sequence + (is_significant(event, before) ? 1 : 0);
    event->updated = target_now(command);
    event->updated_by = arena_strdup(command->arena, command->caller.organisation);
}

StatusCode target_change(Command *command, Plenary__V1__Change__Action action, Event *event,
                         const Event *before, uint64_t prior_sequence, Problem *problem)
{
    Change *change = arena_alloc(command->arena, sizeof *change);
    if (!change) return target_too_large(problem);
    plenary__v1__change__init(change);
    change->has_action = 1;
    change->action = action;
    change->record_case = PLENARY__V1__CHANGE__RECORD_EVENT;
    change->event = event;
    change->has_prior_sequence = prior_sequence != 0;
    change->prior_sequence = prior_sequence;
    command->decision.change = change;
    command->decision.event = event;
    command->decision.before = before;
    return STATUS_OK;
}
