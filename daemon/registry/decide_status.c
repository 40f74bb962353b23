#include "daemon/registry/decide.h"
#include "daemon/registry/target.h"
#include "daemon/registry/transitions.h"

#define STATUS(name) PLENARY__V1__EVENT__STATUS__##name

/* A copy of the image before, to be changed in its own fields. */
static Event *next_image(Command *command, const Event *before)
{
    Event *event = arena_alloc(command->arena, sizeof *event);
    if (event) *event = *before;
    return event;
}

/* The image before with another status. */
static StatusCode move_status(Command *command, const Target *target,
                              Plenary__V1__Change__Action action, Plenary__V1__Event__Status status,
                              char *reason, Problem *problem)
{
    Event *event = next_image(command, target->before);
    if (!event) return target_too_large(problem);
    event->has_status = 1;
    event->status = status;
    event->status_reason = reason;
    event->has_status_before = action == PLENARY__V1__CHANGE__ACTION__CANCELLED;
    event->status_before = transitions_status(target->before);
    target_stamp(command, event, target->before);
    return target_change(command, action, event, target->before, target->head.sequence, problem);
}

StatusCode decide_cancel_event(State *state, Command *command, Problem *problem)
{
    const Plenary__V1__CancelEvent *body = command->request->cancel_event;
    Target target;
    StatusCode code = target_find(state, command, body->event_id,
                                  body->has_expected_revision ? &body->expected_revision : NULL,
                                  &target, problem);
    if (code != STATUS_OK) return code;
    if (transitions_status(target.before) == STATUS(CANCELLED))
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "status: event %u is cancelled already", target.number);
    return move_status(command, &target, PLENARY__V1__CHANGE__ACTION__CANCELLED, STATUS(CANCELLED),
                       body->reason, problem);
}

StatusCode decide_reinstate_event(State *state, Command *command, Problem *problem)
{
    const Plenary__V1__ReinstateEvent *body = command->request->reinstate_event;
    Target target;
    StatusCode code = target_find(state, command, body->event_id,
                                  body->has_expected_revision ? &body->expected_revision : NULL,
                                  &target, problem);
    if (code != STATUS_OK) return code;
    if (transitions_status(target.before) != STATUS(CANCELLED))
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "status: event %u is not cancelled, so it cannot be reinstated",
                           target.number);
    Plenary__V1__Event__Status back =
        target.before->has_status_before ? target.before->status_before : STATUS(CONFIRMED);
    return move_status(command, &target, PLENARY__V1__CHANGE__ACTION__REINSTATED, back,
                       body->reason, problem);
}

StatusCode decide_hold_event(State *state, Command *command, Problem *problem)
{
    const Plenary__V1__HoldEvent *body = command->request->hold_event;
    Target target;
    StatusCode code = target_find(state, command, body->event_id,
                                  body->has_expected_revision ? &body->expected_revision : NULL,
                                  &target, problem);
    if (code != STATUS_OK) return code;
    if (transitions_status(target.before) != STATUS(CONFIRMED))
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "status: only a confirmed event can be marked as held; event %u may "
                           "become %s",
                           target.number, transitions_from(transitions_status(target.before)));
    return move_status(command, &target, PLENARY__V1__CHANGE__ACTION__HELD, STATUS(HELD), NULL,
                       problem);
}

/* --- withdrawing --- */

StatusCode decide_withdraw_event(State *state, Command *command, Problem *problem)
{
    const Plenary__V1__WithdrawEvent *body = command->request->withdraw_event;
    Target target;
    StatusCode code = target_find(state, command, body->event_id,
                                  body->has_expected_revision ? &body->expected_revision : NULL,
                                  &target, problem);
    if (code != STATUS_OK) return code;
    Event *event = arena_alloc(command->arena, sizeof *event);
    if (!event) return target_too_large(problem);
    plenary__v1__event__init(event);
    event->id = target.before->id;
    event->uid = target.before->uid;
    event->recurrence_id = target.before->recurrence_id;
    event->has_number = 1;
    event->number = target.number;
    event->has_revision = 1;
    event->revision = target.before->revision + 1;
    event->updated = target_now(command);
    return target_change(command, PLENARY__V1__CHANGE__ACTION__WITHDRAWN, event, target.before,
                         target.head.sequence, problem);
}
