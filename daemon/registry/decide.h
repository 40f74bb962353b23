/*
 * decide - command and state in, change or refusal out.
 *
 * Deterministic: clock, ids and random bytes are in the command. Reads the state, writes nothing.
 * What a decision points to lies in the command's arena. One decide_fn for each verb that writes;
 * daemon/registry/requests.c maps verbs to them.
 */
#ifndef PLENARY_REGISTRY_DECIDE_H
#define PLENARY_REGISTRY_DECIDE_H

#include "daemon/registry/command.h"
#include "daemon/registry/state.h"
#include "proto/status.h"

/* Adds what the command will write and refer to; "everything" is shared by all already.
 * RESOURCE_EXHAUSTED: the arena is full. */
typedef StatusCode claim_fn(State *state, Command *command);

/* Fills command->decision but for what comes from the tip (sequence, time, number, digests),
 * which the registry sets. A new event has number 0 in its image. */
typedef StatusCode decide_fn(State *state, Command *command, Problem *problem);

claim_fn claim_register_event;
claim_fn claim_revise_event;
claim_fn claim_cancel_event;
claim_fn claim_reinstate_event;
claim_fn claim_hold_event;
claim_fn claim_withdraw_event;
claim_fn claim_revert_event;
claim_fn claim_put_organisation;
claim_fn claim_put_principal;
claim_fn claim_revoke_principal;
claim_fn claim_erase_person;

decide_fn decide_register_event;
decide_fn decide_revise_event;
decide_fn decide_cancel_event;
decide_fn decide_reinstate_event;
decide_fn decide_hold_event;
decide_fn decide_withdraw_event;
decide_fn decide_revert_event;
decide_fn decide_put_organisation;
decide_fn decide_put_principal;
decide_fn decide_revoke_principal;
decide_fn decide_erase_person;

#endif
