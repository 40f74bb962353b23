#include "daemon/registry/decide.h"

#include "proto/diff.h"

#include <string.h>

StatusCode claim_put_principal(State *state, Command *command)
{
    (void)state;
    /* Rights steer how every other command is read: they change alone. */
    return claim_add(&command->claims, "everything", true, command->claims_arena)
               ? STATUS_OK
               : STATUS_RESOURCE_EXHAUSTED;
}

StatusCode claim_revoke_principal(State *state, Command *command)
{
    return claim_put_principal(state, command);
}

static StatusCode no_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the record is too large");
}

/* --- what may not be --- */

static StatusCode check_expected(const char *name, bool has_expected, uint32_t expected,
                                 const PrincipalEntry *present, Problem *problem)
{
    uint32_t revision = present ? present->principal->revision : 0;
    if (!has_expected || expected == revision) return STATUS_OK;
    if (expected == 0)
        return problem_set(problem, STATUS_ALREADY_EXISTS, "there is a principal \"%s\" already",
                           name);
    return problem_set(problem, STATUS_ABORTED,
                       "principal %s is at revision %u, not %u: somebody revised it meanwhile",
                       name, revision, expected);
}

/* A name stands for one principal in the log, whatever becomes of it. */
static StatusCode check_not_revoked(const PrincipalEntry *present, Problem *problem)
{
    if (!present || !principal_is_revoked(present->principal)) return STATUS_OK;
    return problem_set(problem, STATUS_FAILED_PRECONDITION,
                       "principal %s was revoked, which is final: its name is not given again",
                       present->principal->name);
}

/* After every change an admin is left who can make another: the one that made this one. */
static StatusCode check_self(const Command *command, const char *name, const char *what,
                             Problem *problem)
{
    if (strcmp(command->caller.principal, name) != 0) return STATUS_OK;
    return problem_set(problem, STATUS_FAILED_PRECONDITION,
                       "nobody %s themselves: let another admin do it", what);
}

static StatusCode check_organisation(const State *state, const Principal *principal,
                                     Problem *problem)
{
    if (!principal->organisation || directory_find(state->directory, principal->organisation))
        return STATUS_OK;
    return problem_violation(problem, "organisation", "there is no organisation \"%s\"",
                             principal->organisation);
}

/* Of those that were revoked too: a key that is no longer trusted must not come back as
 * somebody's. */
static StatusCode check_keys(const State *state, const Principal *principal, Problem *problem)
{
    for (size_t i = 0; i < principal->n_keys; i++) {
        const char *fingerprint = principal->keys[i]->fingerprint;
        const PrincipalEntry *other = principals_find_key(state->principals, fingerprint);
        if (!other || strcmp(other->principal->name, principal->name) == 0) continue;
        return problem_violation(problem, "keys", "key %s is that of principal %s%s", fingerprint,
                                 other->principal->name,
                                 principal_is_revoked(other->principal) ? ", which was revoked"
                                                                        : "");
    }
    return STATUS_OK;
}

static StatusCode check(const State *state, const Command *command, const PrincipalEntry *present,
                        Problem *problem)
{
    const Plenary__V1__PutPrincipal *body = command->request->put_principal;
    const Principal *principal = body->principal;
    StatusCode code = check_not_revoked(present, problem);
    if (code == STATUS_OK)
        code = check_expected(principal->name, body->has_expected_revision, body->expected_revision,
                              present, problem);
    if (code == STATUS_OK && principal->role != PLENARY__V1__PRINCIPAL__ROLE__ADMIN)
        code = check_self(command, principal->name, "takes the role of admin from", problem);
    if (code == STATUS_OK) code = check_organisation(state, principal, problem);
    if (code == STATUS_OK) code = check_keys(state, principal, problem);
    return code;
}

/* --- what the registry sets --- */

static const char *added_before(const Principal *present, const char *fingerprint)
{
    for (size_t i = 0; present && i < present->n_keys; i++)
        if (strcmp(present->keys[i]->fingerprint, fingerprint) == 0) return present->keys[i]->added;
    return NULL;
}

/* False: the arena is full. */
static bool complete_keys(Command *command, Principal *principal, const Principal *present)
{
    char now[INSTANT_TEXT_SIZE];
    char fingerprint[CURVE_FINGERPRINT_SIZE] = "";
    instant_print(command->time_us, now);
    for (size_t i = 0; i < principal->n_keys; i++) {
        PrincipalKey *key = principal->keys[i];
        (void)curve_fingerprint_of(key->public_key, fingerprint); /* checked: it is a key */
        const char *added = added_before(present, fingerprint);
        key->fingerprint = arena_strdup(command->arena, fingerprint);
        key->added = arena_strdup(command->arena, added ? added : now);
        if (!key->fingerprint || !key->added) return false;
    }
    return true;
}

/* What lives as long as the command: the reply is made when the table has the next image. NULL:
 * the arena is full. */
static Principal *copy_of(Command *command, const Principal *principal)
{
    size_t size = plenary__v1__principal__get_packed_size(principal);
    uint8_t *packed = arena_alloc(command->arena, size);
    if (!packed) return NULL;
    plenary__v1__principal__pack(principal, packed);
    return plenary__v1__principal__unpack(arena_allocator(command->arena), size, packed);
}

/* Tokens have verbs of their own; whether it was revoked is not said here. False: the arena is
 * full. */
static bool complete(Command *command, Principal *principal, const Principal *present)
{
    const Principal *copy = present ? copy_of(command, present) : NULL;
    if (present && !copy) return false;
    principal->revoked = NULL;
    principal->n_tokens = copy ? copy->n_tokens : 0;
    principal->tokens = copy ? copy->tokens : NULL;
    return complete_keys(command, principal, present);
}

/* False: the arena is full. */
static bool stamp(Command *command, Principal *principal, const Principal *before)
{
    char now[INSTANT_TEXT_SIZE];
    instant_print(command->time_us, now);
    principal->has_revision = 1;
    principal->revision = before ? before->revision + 1 : 1;
    principal->updated = arena_strdup(command->arena, now);
    principal->created =
        before ? arena_strdup(command->arena, before->created) : principal->updated;
    return principal->updated && principal->created;
}

/* --- the change --- */

static StatusCode make_change(Command *command, Plenary__V1__Change__Action action,
                              Principal *principal, const PrincipalEntry *present, Problem *problem)
{
    Change *change = arena_alloc(command->arena, sizeof *change);
    if (!change || !stamp(command, principal, present ? present->principal : NULL))
        return no_memory(problem);
    plenary__v1__change__init(change);
    change->has_action = 1;
    change->action = action;
    change->record_case = PLENARY__V1__CHANGE__RECORD_PRINCIPAL;
    change->principal = principal;
    change->has_prior_sequence = present != NULL;
    change->prior_sequence = present ? present->sequence : 0;
    command->decision.change = change;
    command->decision.principal = principal;
    return STATUS_OK;
}

StatusCode decide_put_principal(State *state, Command *command, Problem *problem)
{
    const Plenary__V1__PutPrincipal *body = command->request->put_principal;
    Principal *principal = body->principal;
    const PrincipalEntry *present = principals_find(state->principals, principal->name);
    command->decision.dry_run = body->dry_run;
    if (!complete(command, principal, present ? present->principal : NULL))
        return no_memory(problem);
    StatusCode code = check(state, command, present, problem);
    if (code != STATUS_OK) return code;
    if (present && diff_same(&present->principal->base, &principal->base)) {
        command->decision.principal = present->principal;
        command->decision.latest_sequence = present->sequence;
        return STATUS_OK;
    }
    return make_change(command,
                       present ? PLENARY__V1__CHANGE__ACTION__REVISED
                               : PLENARY__V1__CHANGE__ACTION__REGISTERED,
                       principal, present, problem);
}

/* The image says what it was and may no longer; only the time of the revocation is new. */
static StatusCode revoke(Command *command, const PrincipalEntry *present, Problem *problem)
{
    char now[INSTANT_TEXT_SIZE];
    Principal *principal = copy_of(command, present->principal);
    instant_print(command->time_us, now);
    if (!principal) return no_memory(problem);
    principal->revoked = arena_strdup(command->arena, now);
    if (!principal->revoked) return no_memory(problem);
    return make_change(command, PLENARY__V1__CHANGE__ACTION__REVOKED, principal, present, problem);
}

/* Of one that was revoked already nothing changes: who asks again has what they want. */
StatusCode decide_revoke_principal(State *state, Command *command, Problem *problem)
{
    const Plenary__V1__RevokePrincipal *body = command->request->revoke_principal;
    const PrincipalEntry *present = principals_find(state->principals, body->name);
    if (!present)
        return problem_set(problem, STATUS_NOT_FOUND, "there is no principal \"%s\"", body->name);
    StatusCode code = check_self(command, body->name, "revokes", problem);
    if (code == STATUS_OK && principal_is_revoked(present->principal)) {
        command->decision.principal = present->principal;
        command->decision.latest_sequence = present->sequence;
        return STATUS_OK;
    }
    if (code == STATUS_OK)
        code = check_expected(body->name, body->has_expected_revision, body->expected_revision,
                              present, problem);
    return code == STATUS_OK ? revoke(command, present, problem) : code;
}
