#include "daemon/registry/repetition.h"

#include "daemon/registry/apply.h"

#include <stdlib.h>
#include <string.h>

/* Too old or too far ahead to know whether it was done: then it must not be done. */
static StatusCode check_time(const State *state, const Command *command, const uint8_t *id,
                             Problem *problem)
{
    int64_t now_ms = command->time_us / 1000;
    int64_t made_ms = id_time_ms(id);
    bool old = made_ms < now_ms - (int64_t)REQUEST_ID_KEPT_S * 1000 ||
               memcmp(id, state->request_floor, ID_BYTES) < 0;
    if (old)
        return problem_violation(problem, "request_id", "its time is more than %d days ago",
                                 REQUEST_ID_KEPT_S / 86400);
    if (made_ms > now_ms + (int64_t)REQUEST_ID_AHEAD_S * 1000)
        return problem_violation(problem, "request_id", "its time is more than an hour ahead");
    return STATUS_OK;
}

StatusCode repetition_find(State *state, const Command *command, uint64_t *sequence,
                           Problem *problem)
{
    uint8_t id[ID_BYTES];
    if (!id_parse(command->request->request_id, id))
        return problem_violation(problem, "request_id", "it is no UUID");
    Key key = key_request(command->request->request_id, command->caller.principal);
    static const uint8_t no_hash[REQUEST_HASH_BYTES] = {0};
    Bytes value;
    uint8_t hash[REQUEST_HASH_BYTES];
    *sequence = 0;
    if (!views_get(state->views, VIEW_REQUESTS, key_bytes(&key), &value) ||
        !request_value_decode(value, hash, sequence))
        return check_time(state, command, id, problem);
    if (memcmp(hash, command->request_hash, sizeof hash) == 0) return STATUS_OK;
    /* An erasure took what it had asked for. */
    if (memcmp(hash, no_hash, sizeof hash) == 0) return STATUS_OK;
    return problem_violation(problem, "request_id", "it was used before for another request");
}

/* Both the image and the record's present handling must allow it; a bare withdrawal hides nothing
 * from who withdrew. */
static bool may_recall(State *state, Command *command, const Change *change)
{
    Head head;
    if (change->action == PLENARY__V1__CHANGE__ACTION__WITHDRAWN) return true;
    return access_sees(&command->caller, change->event->handling) &&
           state_head(state, change->event->number, &head, command->arena) &&
           state_sees_head(&command->caller, &head);
}

StatusCode repetition_recall(State *state, Command *command, uint64_t sequence,
                             Plenary__V1__Change__Action *action, Problem *problem)
{
    const Change *change = state_change(state, sequence, command->arena);
    if (!change)
        return problem_set(problem, STATUS_INTERNAL, "change %llu cannot be read",
                           (unsigned long long)sequence);
    command->decision = (Decision){0};
    *action = change->action;
    if (change->record_case == PLENARY__V1__CHANGE__RECORD_EVENT &&
        may_recall(state, command, change))
        command->decision.event = change->event;
    if (change->record_case == PLENARY__V1__CHANGE__RECORD_ORGANISATION)
        command->decision.organisation = change->organisation;
    if (change->record_case == PLENARY__V1__CHANGE__RECORD_PRINCIPAL)
        command->decision.principal = change->principal;
    return STATUS_OK;
}

/* --- forgetting --- */

typedef struct Expiry {
    const uint8_t *floor;
    Key keys[REPETITION_FORGOTTEN_MAX];
    size_t count;
} Expiry;

static bool take_expired(void *context, Bytes key, Bytes value)
{
    (void)value;
    Expiry *expiry = context;
    if (memcmp(key.data, expiry->floor, ID_BYTES) >= 0) return false;
    Key *kept = &expiry->keys[expiry->count++];
    memcpy(kept->bytes, key.data, key.size);
    kept->size = key.size;
    return expiry->count < REPETITION_FORGOTTEN_MAX;
}

void repetition_forget(State *state)
{
    Expiry *expiry = calloc(1, sizeof *expiry);
    if (!expiry) return; /* later is as well */
    expiry->floor = state->request_floor;
    views_scan(state->views, VIEW_REQUESTS, (Bytes){0}, take_expired, expiry);
    for (size_t i = 0; i < expiry->count; i++)
        views_delete(state->views, VIEW_REQUESTS, key_bytes(&expiry->keys[i]));
    free(expiry);
}
