#include "daemon/registry/decide.h"

#include "proto/diff.h"

StatusCode claim_put_organisation(State *state, Command *command)
{
    (void)state;
    /* The directory steers how every other command is read: it changes alone. */
    return claim_add(&command->claims, "everything", true, command->claims_arena)
               ? STATUS_OK
               : STATUS_RESOURCE_EXHAUSTED;
}

static StatusCode check_expected(const Plenary__V1__PutOrganisation *body,
                                 const DirectoryEntry *present, Problem *problem)
{
    if (!body->has_expected_revision) return STATUS_OK;
    uint32_t revision = present ? present->organisation->revision : 0;
    if (body->expected_revision == revision) return STATUS_OK;
    if (body->expected_revision == 0)
        return problem_set(problem, STATUS_ALREADY_EXISTS,
                           "there is an organisation \"%s\" already", body->organisation->id);
    return problem_set(problem, STATUS_ABORTED,
                       "organisation %s is at revision %u, not %u: somebody revised it meanwhile",
                       body->organisation->id, revision, body->expected_revision);
}

static StatusCode check_place(const State *state, const Organisation *organisation,
                              Problem *problem)
{
    const char *above = organisation->part_of;
    if (above && !directory_find(state->directory, above))
        return problem_violation(problem, "part_of", "there is no organisation \"%s\"", above);
    if (above && directory_loops(state->directory, organisation->id, above))
        return problem_violation(problem, "part_of",
                                 "the organisation would be part of itself, or nested deeper "
                                 "than %d",
                                 DIRECTORY_DEPTH_MAX);
    return STATUS_OK;
}

static void stamp(Command *command, Organisation *organisation, const Organisation *before)
{
    char now[INSTANT_TEXT_SIZE];
    instant_print(command->time_us, now);
    organisation->has_revision = 1;
    organisation->revision = before ? before->revision + 1 : 1;
    organisation->updated = arena_strdup(command->arena, now);
    organisation->created =
        before ? arena_strdup(command->arena, before->created) : organisation->updated;
}

StatusCode decide_put_organisation(State *state, Command *command, Problem *problem)
{
    const Plenary__V1__PutOrganisation *body = command->request->put_organisation;
    Organisation *organisation = body->organisation;
    command->decision.dry_run = body->dry_run;
    const DirectoryEntry *present = directory_find(state->directory, organisation->id);
    StatusCode code = check_expected(body, present, problem);
    if (code == STATUS_OK) code = check_place(state, organisation, problem);
    if (code != STATUS_OK) return code;

    if (present && diff_same(&present->organisation->base, &organisation->base)) {
        command->decision.organisation = present->organisation;
        command->decision.latest_sequence = present->sequence;
        return STATUS_OK;
    }
    stamp(command, organisation, present ? present->organisation : NULL);
    Change *change = arena_alloc(command->arena, sizeof *change);
    if (!change) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the record is too large");
    plenary__v1__change__init(change);
    change->has_action = 1;
    change->action =
        present ? PLENARY__V1__CHANGE__ACTION__REVISED : PLENARY__V1__CHANGE__ACTION__REGISTERED;
    change->record_case = PLENARY__V1__CHANGE__RECORD_ORGANISATION;
    change->organisation = organisation;
    change->has_prior_sequence = present != NULL;
    change->prior_sequence = present ? present->sequence : 0;
    command->decision.change = change;
    command->decision.organisation = organisation;
    return STATUS_OK;
}
