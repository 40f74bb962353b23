#include "daemon/registry/decide.h"
#include "daemon/registry/references.h"

static StatusCode claimed(bool all)
{
    return all ? STATUS_OK : STATUS_RESOURCE_EXHAUSTED;
}

static bool claim_uid(Command *command, const Event *event)
{
    if (!event->uid) return true;
    return claim_add(&command->claims, arena_printf(command->claims_arena, "uid %s", event->uid),
                     true, command->claims_arena);
}

/* The event that a command writes, by whatever name it was given. */
static bool claim_target(State *state, Command *command, const char *name)
{
    Problem unused;
    Head head;
    uint32_t number;
    StatusCode code =
        state_find(state, &command->caller, name, command->claims_arena, &number, &head, &unused);
    const char *claim = code == STATUS_OK ? arena_printf(command->claims_arena, "event %u", number)
                                          : arena_printf(command->claims_arena, "uid %s", name);
    return claim_add(&command->claims, claim, true, command->claims_arena);
}

StatusCode claim_register_event(State *state, Command *command)
{
    const Plenary__V1__RegisterEvent *body = command->request->register_event;
    bool all = claim_uid(command, body->event);
    if (all && body->upsert && body->event->uid) {
        uint32_t number = state_number_of_uid(state, body->event->uid, body->event->recurrence_id);
        if (number)
            all =
                claim_add(&command->claims, arena_printf(command->claims_arena, "event %u", number),
                          true, command->claims_arena);
    }
    return claimed(all && references_claim(state, &command->caller, body->event, &command->claims,
                                           command->claims_arena));
}

StatusCode claim_revise_event(State *state, Command *command)
{
    const Plenary__V1__ReviseEvent *body = command->request->revise_event;
    return claimed(claim_target(state, command, body->event_id) &&
                   references_claim(state, &command->caller, body->event, &command->claims,
                                    command->claims_arena));
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

/* What the old image refers to is found by id, whoever asks: see decide_revert_event. */
StatusCode claim_revert_event(State *state, Command *command)
{
    const Plenary__V1__RevertEvent *body = command->request->revert_event;
    const Caller all = access_local();
    Problem unused;
    Head head;
    uint32_t number;
    if (!claim_target(state, command, body->event_id)) return claimed(false);
    if (state_find(state, &command->caller, body->event_id, command->claims_arena, &number, &head,
                   &unused) != STATUS_OK)
        return STATUS_OK;
    uint64_t sequence = state_version(state, number, body->to_revision);
    const Change *change = sequence ? state_change(state, sequence, command->claims_arena) : NULL;
    return claimed(!change || references_claim(state, &all, change->event, &command->claims,
                                               command->claims_arena));
}

StatusCode claim_withdraw_event(State *state, Command *command)
{
    return claimed(claim_target(state, command, command->request->withdraw_event->event_id));
}
