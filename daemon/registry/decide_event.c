#include "daemon/registry/decide.h"

#include "daemon/registry/answer.h"
#include "daemon/registry/references.h"
#include "daemon/registry/target.h"
#include "daemon/registry/transitions.h"
#include "daemon/registry/unseen.h"
#include "proto/diff.h"
#include "proto/json.h"
#include "proto/validate.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    AUDIENCE_FIELD_SIZE = 40,
};

#define STATUS(name) PLENARY__V1__EVENT__STATUS__##name

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

static void note_move(Event *event, const Event *before)
{
    const char *now = event->schedule ? event->schedule->start : NULL;
    char *then = before->schedule ? before->schedule->start : NULL;
    if (!same_text(now, then) && same_text(event->previous_start, before->previous_start))
        event->previous_start = then;
}

static StatusCode check_identity(const Event *event, const Event *before, Problem *problem)
{
    if (event->uid && !same_text(event->uid, before->uid))
        problem_violation(problem, "uid", "the uid of a registered event cannot change");
    if (event->recurrence_id && !same_text(event->recurrence_id, before->recurrence_id))
        problem_violation(problem, "recurrence_id", "it cannot change");
    if (event->recurrence && before->recurrence_id)
        problem_violation(problem, "recurrence", "what replaces an instance does not recur");
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

/* Who sees the record in part changes what they see: the rest comes back. Past a record's bounds
 * it is not said by what. */
static StatusCode keep_unseen(State *state, Command *command, const Caller *asker,
                              const Event *before, Event *event, Problem *problem)
{
    if (access_sees_all(asker)) return STATUS_OK;
    const Event *shown = answer_show_event(state, asker, before, command->arena);
    if (!shown || !unseen_keep(before, shown, event, command->arena) ||
        event->n_related > VALIDATE_LIST_MAX ||
        plenary__v1__event__get_packed_size(event) > VALIDATE_RECORD_BYTES_MAX)
        return target_too_large(problem);
    return STATUS_OK;
}

/* Makes `event` the next image of `target`, as `asker` sees what it refers to, and itself. */
static StatusCode next_image(State *state, Command *command, const Target *target,
                             const Caller *asker, Event *event, Problem *problem)
{
    const Event *before = target->before;
    keep_registry_fields(event, before);
    note_move(event, before);
    StatusCode code = references_resolve(state, asker, event, before->id, command->arena, problem);
    if (code == STATUS_OK) code = keep_unseen(state, command, asker, before, event, problem);
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
    target_stamp(command, event, before);
    return target_change(command,
                         cancels ? PLENARY__V1__CHANGE__ACTION__CANCELLED
                                 : PLENARY__V1__CHANGE__ACTION__REVISED,
                         event, before, target->head.sequence, problem);
}

/* The same of an event as it came, which stays as it is: it may have to be decided again. */
static StatusCode revise_to(State *state, Command *command, const Target *target, const Event *came,
                            Problem *problem)
{
    const Event *before = target->before;
    Event *event = arena_alloc(command->arena, sizeof *event);
    if (!event) return target_too_large(problem);
    *event = *came;
    check_identity(event, before, problem);
    check_status(event, before, problem);
    check_handling(command, event, problem);
    if (problem->code != STATUS_OK) return problem->code;
    keep_status(event, before);
    return next_image(state, command, target, &command->caller, event, problem);
}

StatusCode decide_revise_event(State *state, Command *command, Problem *problem)
{
    const Plenary__V1__ReviseEvent *body = command->request->revise_event;
    Target target;
    command->decision.dry_run = body->dry_run;
    StatusCode code = target_find(state, command, body->event_id,
                                  body->has_expected_revision ? &body->expected_revision : NULL,
                                  &target, problem);
    return code == STATUS_OK ? revise_to(state, command, &target, body->event, problem) : code;
}

/* --- reverting --- */

/* The image of a revision, in the command's arena. One that the caller may not see is not there. */
static StatusCode load_revision(State *state, Command *command, const Target *target,
                                uint32_t revision, Event **event, Problem *problem)
{
    uint64_t sequence = state_version(state, target->number, revision);
    if (!sequence)
        return problem_set(problem, STATUS_NOT_FOUND, "event %u has revisions 1 to %u, not %u",
                           target->number, target->head.revision, revision);
    const Change *change = state_change(state, sequence, command->arena);
    if (!change) return target_too_large(problem);
    if (!access_sees(&command->caller, change->event->handling))
        return problem_set(problem, STATUS_NOT_FOUND, "there is no revision %u of event %u",
                           revision, target->number);
    *event = change->event;
    return STATUS_OK;
}

/* That the event took place, or is cancelled, is no slip of the pen: a status that the table does
 * not lead back from stays, with its reason. */
static void choose_status(Event *event, const Event *before)
{
    bool back = transitions_allow(transitions_status(before), transitions_status(event));
    event->status = transitions_status(back ? event : before);
    event->has_status = 1;
    if (!back) event->status_reason = before->status_reason;
    event->previous_start = before->previous_start;
}

/* Says no more of the event referred to than who may not see it may know: to them not even where
 * it is referred to. */
static StatusCode cannot_come_back(const Command *command, const Target *target, uint32_t revision,
                                   Problem *problem)
{
    char field[PROBLEM_FIELD_SIZE];
    (void)snprintf(field, sizeof field, "%s", problem->violations[0].field);
    problem_clear(problem);
    if (!access_sees_all(&command->caller))
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "revision %u of event %u cannot come back: what it refers to is no "
                           "longer as it was",
                           revision, target->number);
    return problem_set(problem, STATUS_FAILED_PRECONDITION,
                       "revision %u of event %u cannot come back: its %s names an event that was "
                       "withdrawn since, or that is part of this one now",
                       revision, target->number, field);
}

StatusCode decide_revert_event(State *state, Command *command, Problem *problem)
{
    const Plenary__V1__RevertEvent *body = command->request->revert_event;
    /* References that were resolved once are ids; what the caller may not see of them stays. */
    const Caller all = access_local();
    Target target;
    Event *event = NULL;
    command->decision.dry_run = body->dry_run;
    StatusCode code = target_find(state, command, body->event_id,
                                  body->has_expected_revision ? &body->expected_revision : NULL,
                                  &target, problem);
    if (code == STATUS_OK)
        code = load_revision(state, command, &target, body->to_revision, &event, problem);
    if (code != STATUS_OK || !event) return code;
    if (check_handling(command, event, problem) != STATUS_OK) return problem->code;
    choose_status(event, target.before);
    code = next_image(state, command, &target, &all, event, problem);
    return code == STATUS_INVALID_ARGUMENT
               ? cannot_come_back(command, &target, body->to_revision, problem)
               : code;
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
    event->created = event->updated = target_now(command);
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
    if (!state_head(state, number, &target.head, command->arena)) return target_too_large(problem);
    bool seen = state_sees_head(&command->caller, &target.head);
    if (!body->upsert || !seen)
        return problem_set(problem, STATUS_ALREADY_EXISTS, "the uid \"%s\" is taken",
                           body->event->uid);
    StatusCode code = target_check(state, command, &target, NULL, problem);
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
    if (!stamp_registration(command, event)) return target_too_large(problem);
    StatusCode code =
        references_resolve(state, &command->caller, event, event->id, command->arena, problem);
    if (code != STATUS_OK) return code;
    return target_change(command, PLENARY__V1__CHANGE__ACTION__REGISTERED, event, NULL, 0, problem);
}
