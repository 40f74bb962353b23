#include "daemon/registry/decide.h"

#include "daemon/registry/references.h"
#include "daemon/registry/transitions.h"
#include "proto/diff.h"
#include "proto/json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    AUDIENCE_FIELD_SIZE = 40,
};

#define STATUS(name) PLENARY__V1__EVENT__STATUS__##name

/* --- claims --- */

static StatusCode claimed(bool all)
{
    return all ? STATUS_OK : STATUS_RESOURCE_EXHAUSTED;
}

static bool claim_uid(Command *command, const Event *event)
{
    if (!event->uid) return true;
    return claim_add(&command->claims, arena_printf(command->arena, "uid %s", event->uid), true,
                     command->arena);
}

/* The event that a command writes, by whatever name it was given. */
static bool claim_target(State *state, Command *command, const char *name)
{
    Problem unused;
    Head head;
    uint32_t number;
    StatusCode code =
        state_find(state, &command->caller, name, command->arena, &number, &head, &unused);
    const char *claim = code == STATUS_OK ? arena_printf(command->arena, "event %u", number)
                                          : arena_printf(command->arena, "uid %s", name);
    return claim_add(&command->claims, claim, true, command->arena);
}

StatusCode claim_register_event(State *state, Command *command)
{
    const Plenary__V1__RegisterEvent *body = command->request->register_event;
    bool all = claim_uid(command, body->event);
    if (all && body->upsert && body->event->uid) {
        uint32_t number = state_number_of_uid(state, body->event->uid, body->event->recurrence_id);
        if (number)
            all = claim_add(&command->claims, arena_printf(command->arena, "event %u", number),
                            true, command->arena);
    }
    return claimed(all && references_claim(state, &command->caller, body->event, &command->claims,
                                           command->arena));
}

StatusCode claim_revise_event(State *state, Command *command)
{
    const Plenary__V1__ReviseEvent *body = command->request->revise_event;
    return claimed(
        claim_target(state, command, body->event_id) &&
        references_claim(state, &command->caller, body->event, &command->claims, command->arena));
}

StatusCode claim_cancel_event(State *state, Command *command)
{
    return claimed(claim_target(state, command, command->request->cancel_event->event_id));
}

StatusCode claim_reinstate_event(State *state, Command *command)
{
    return claimed(claim_target(state, command, command->request->reinstate_event->event_id));
}

StatusCode claim_hold_event(State *state, Command *command)
{
    return claimed(claim_target(state, command, command->request->hold_event->event_id));
}

StatusCode claim_withdraw_event(State *state, Command *command)
{
    return claimed(claim_target(state, command, command->request->withdraw_event->event_id));
}

/* --- what all decisions share --- */

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the record is too large to work on");
}

static char *now_text(Command *command)
{
    char text[INSTANT_TEXT_SIZE];
    instant_print(command->time_us, text);
    return arena_strdup(command->arena, text);
}

/* The change that makes `event` the record's image. */
static StatusCode change_to(Command *command, Plenary__V1__Change__Action action, Event *event,
                            const Event *before, uint64_t prior_sequence, Problem *problem)
{
    Change *change = arena_alloc(command->arena, sizeof *change);
    if (!change) return out_of_memory(problem);
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

/* An event that a command is about to revise. */
typedef struct Target {
    uint32_t number;
    Head head;
    const Event *before;
} Target;

static StatusCode check_target(State *state, Command *command, Target *target,
                               const uint32_t *expected_revision, Problem *problem)
{
    if (target->head.withdrawn)
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "event %u was withdrawn; its uid stays reserved", target->number);
    target->before = state_event(state, &target->head, command->arena);
    if (!target->before) return out_of_memory(problem);
    if (!access_may(&command->caller, PERMISSION_REVISE, target->before))
        return problem_set(problem, STATUS_PERMISSION_DENIED,
                           "event %u is another organisation's to revise", target->number);
    if (expected_revision && *expected_revision != target->head.revision)
        return problem_set(problem, STATUS_ABORTED,
                           "event %u is at revision %u, not %u: somebody revised it meanwhile",
                           target->number, target->head.revision, *expected_revision);
    return STATUS_OK;
}

static StatusCode find_target(State *state, Command *command, const char *name,
                              const uint32_t *expected_revision, Target *target, Problem *problem)
{
    StatusCode code = state_find(state, &command->caller, name, command->arena, &target->number,
                                 &target->head, problem);
    return code == STATUS_OK ? check_target(state, command, target, expected_revision, problem)
                             : code;
}

/* --- revising --- */

/* What no client writes: it stays as it was, or moves on by rule. */
static void keep_registry_fields(Event *event, const Event *before)
{
    event->id = before->id;
    event->uid = before->uid;
    event->recurrence_id = before->recurrence_id;
    event->has_number = 1;
    event->number = before->number;
    event->created = before->created;
    event->created_by = before->created_by;
    event->has_status_before = before->has_status_before;
    event->status_before = before->status_before;
}

/* An absent status is no wish to change it; a reason and the start before a move stay with it. */
static void keep_status(Event *event, const Event *before)
{
    if (!event->has_status) {
        event->has_status = 1;
        event->status = transitions_status(before);
    }
    if (!event->status_reason && event->status == transitions_status(before))
        event->status_reason = before->status_reason;
    if (!event->previous_start) event->previous_start = before->previous_start;
}

static bool same_text(const char *left, const char *right)
{
    return left == right || (left && right && strcmp(left, right) == 0);
}

static bool same_part(const void *left, const void *right)
{
    return left == right || (left && right && diff_same(left, right));
}

static void note_move(Event *event, const Event *before)
{
    const char *now = event->schedule ? event->schedule->start : NULL;
    char *then = before->schedule ? before->schedule->start : NULL;
    if (!same_text(now, then) && same_text(event->previous_start, before->previous_start))
        event->previous_start = then;
}

/* RFC 5545 section 3.8.7.4: the sequence rises with what makes attendees look again. */
static bool is_significant(const Event *event, const Event *before)
{
    return !same_part(event->schedule, before->schedule) ||
           !same_part(event->venue, before->venue) ||
           !same_part(event->recurrence, before->recurrence) ||
           transitions_status(event) != transitions_status(before);
}

static void stamp_revision(Command *command, Event *event, const Event *before)
{
    event->has_revision = 1;
    event->revision = before->revision + 1;
    event->has_ical_sequence = 1;
    event->ical_sequence = before->ical_sequence + (is_significant(event, before) ? 1 : 0);
    event->updated = now_text(command);
    event->updated_by = arena_strdup(command->arena, command->caller.organisation);
}

static StatusCode check_identity(const Event *event, const Event *before, Problem *problem)
{
    if (event->uid && !same_text(event->uid, before->uid))
        problem_violation(problem, "uid", "the uid of a registered event cannot change");
    if (event->recurrence_id && !same_text(event->recurrence_id, before->recurrence_id))
        problem_violation(problem, "recurrence_id", "it cannot change");
    return problem->code;
}

static StatusCode check_status(const Event *event, const Event *before, Problem *problem)
{
    Plenary__V1__Event__Status from = transitions_status(before);
    if (!event->has_status || transitions_allow(from, event->status)) return STATUS_OK;
    return problem_violation(problem, "status", "after %s may follow %s",
                             json_enum_name(&plenary__v1__event__status__descriptor, (int)from),
                             transitions_from(from));
}

/* The index says ACCESS_NO_AUDIENCE of what is for everybody: as a name it would open an event. */
static StatusCode check_audience(const Handling *handling, Problem *problem)
{
    char field[AUDIENCE_FIELD_SIZE];
    for (size_t i = 0; handling && i < handling->n_audience; i++) {
        if (strcmp(handling->audience[i], ACCESS_NO_AUDIENCE) != 0) continue;
        (void)snprintf(field, sizeof field, "handling.audience[%zu]", i);
        problem_violation(problem, field, "\"%s\" is no group; leave the audience out instead",
                          ACCESS_NO_AUDIENCE);
    }
    return problem->code;
}

/* Nobody may write a handling that they could not read back. */
static StatusCode check_handling(const Command *command, const Event *event, Problem *problem)
{
    if (check_audience(event->handling, problem) != STATUS_OK) return problem->code;
    if (access_sees(&command->caller, event->handling)) return STATUS_OK;
    return problem_violation(problem, "handling",
                             "you could not read back what you write with this handling");
}

/* Makes `event`, as it came, the next image of `target`. */
static StatusCode revise_to(State *state, Command *command, const Target *target, Event *event,
                            Problem *problem)
{
    const Event *before = target->before;
    check_identity(event, before, problem);
    check_status(event, before, problem);
    check_handling(command, event, problem);
    if (problem->code != STATUS_OK) return problem->code;

    keep_registry_fields(event, before);
    keep_status(event, before);
    note_move(event, before);
    StatusCode code =
        references_resolve(state, &command->caller, event, before->id, command->arena, problem);
    if (code != STATUS_OK) return code;
    if (diff_same(&before->base, &event->base)) {
        command->decision.event = before;
        command->decision.latest_sequence = target->head.sequence;
        return STATUS_OK;
    }
    bool cancels =
        event->status == STATUS(CANCELLED) && transitions_status(before) != STATUS(CANCELLED);
    if (cancels) {
        event->has_status_before = 1;
        event->status_before = transitions_status(before);
    }
    stamp_revision(command, event, before);
    return change_to(command,
                     cancels ? PLENARY__V1__CHANGE__ACTION__CANCELLED
                             : PLENARY__V1__CHANGE__ACTION__REVISED,
                     event, before, target->head.sequence, problem);
}

StatusCode decide_revise_event(State *state, Command *command, Problem *problem)
{
    const Plenary__V1__ReviseEvent *body = command->request->revise_event;
    Target target;
    command->decision.dry_run = body->dry_run;
    StatusCode code = find_target(state, command, body->event_id,
                                  body->has_expected_revision ? &body->expected_revision : NULL,
                                  &target, problem);
    return code == STATUS_OK ? revise_to(state, command, &target, body->event, problem) : code;
}

/* --- registering --- */

/* False: the arena is full. */
static bool stamp_registration(Command *command, Event *event)
{
    char id[ID_TEXT_SIZE];
    id_make(command->time_us / 1000, command->random, id);
    event->id = arena_strdup(command->arena, id);
    if (!event->id) return false;
    if (!event->uid) event->uid = event->id;
    event->has_number = 1;
    event->number = 0; /* from the tip */
    event->has_revision = 1;
    event->revision = 1;
    event->has_ical_sequence = 1;
    event->ical_sequence = 0;
    event->created = event->updated = now_text(command);
    event->created_by = event->updated_by =
        arena_strdup(command->arena, command->caller.organisation);
    event->has_status_before = 0;
    if (!event->has_status) {
        event->has_status = 1;
        event->status = STATUS(CONFIRMED);
    }
    return true;
}

/* A uid that is taken: revise the event, or refuse. */
static StatusCode meet_registered(State *state, Command *command, uint32_t number, Problem *problem)
{
    const Plenary__V1__RegisterEvent *body = command->request->register_event;
    Target target = {.number = number};
    if (!state_head(state, number, &target.head, command->arena)) return out_of_memory(problem);
    bool seen = state_sees_head(&command->caller, &target.head);
    if (!body->upsert || !seen)
        return problem_set(problem, STATUS_ALREADY_EXISTS, "the uid \"%s\" is taken",
                           body->event->uid);
    StatusCode code = check_target(state, command, &target, NULL, problem);
    return code == STATUS_OK ? revise_to(state, command, &target, body->event, problem) : code;
}

StatusCode decide_register_event(State *state, Command *command, Problem *problem)
{
    const Plenary__V1__RegisterEvent *body = command->request->register_event;
    Event *event = body->event;
    command->decision.dry_run = body->dry_run;
    uint32_t number = event->uid ? state_number_of_uid(state, event->uid, event->recurrence_id) : 0;
    if (number) return meet_registered(state, command, number, problem);

    if (check_handling(command, event, problem) != STATUS_OK) return problem->code;
    if (!stamp_registration(command, event)) return out_of_memory(problem);
    StatusCode code =
        references_resolve(state, &command->caller, event, event->id, command->arena, problem);
    if (code != STATUS_OK) return code;
    return change_to(command, PLENARY__V1__CHANGE__ACTION__REGISTERED, event, NULL, 0, problem);
}

/* --- moves of status --- */

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
    if (!event) return out_of_memory(problem);
    event->has_status = 1;
    event->status = status;
    event->status_reason = reason;
    event->has_status_before = action == PLENARY__V1__CHANGE__ACTION__CANCELLED;
    event->status_before = transitions_status(target->before);
    stamp_revision(command, event, target->before);
    return change_to(command, action, event, target->before, target->head.sequence, problem);
}

StatusCode decide_cancel_event(State *state, Command *command, Problem *problem)
{
    const Plenary__V1__CancelEvent *body = command->request->cancel_event;
    Target target;
    StatusCode code = find_target(state, command, body->event_id,
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
    StatusCode code = find_target(state, command, body->event_id,
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
    StatusCode code = find_target(state, command, body->event_id,
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
    StatusCode code = find_target(state, command, body->event_id,
                                  body->has_expected_revision ? &body->expected_revision : NULL,
                                  &target, problem);
    if (code != STATUS_OK) return code;
    Event *event = arena_alloc(command->arena, sizeof *event);
    if (!event) return out_of_memory(problem);
    plenary__v1__event__init(event);
    event->id = target.before->id;
    event->uid = target.before->uid;
    event->recurrence_id = target.before->recurrence_id;
    event->has_number = 1;
    event->number = target.number;
    event->has_revision = 1;
    event->revision = target.before->revision + 1;
    event->updated = now_text(command);
    return change_to(command, PLENARY__V1__CHANGE__ACTION__WITHDRAWN, event, target.before,
                     target.head.sequence, problem);
}
