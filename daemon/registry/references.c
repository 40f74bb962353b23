#include "daemon/registry/references.h"

#include <stdio.h>
#include <string.h>

enum {
    FIELD_SIZE = 64,
};

typedef struct Reference {
    char **slot; /* in the event */
    char field[FIELD_SIZE];
} Reference;

typedef bool reference_fn(void *context, Reference *reference);

/* Calls `each` for every reference that is set, until it gives false. */
static bool each_reference(Event *event, reference_fn *each, void *context)
{
    Reference part_of = {&event->part_of, "part_of"};
    Reference follows = {&event->follows, "follows"};
    if (event->part_of && !each(context, &part_of)) return false;
    if (event->follows && !each(context, &follows)) return false;
    for (size_t i = 0; i < event->n_related; i++) {
        Reference related = {&event->related[i], ""};
        (void)snprintf(related.field, FIELD_SIZE, "related[%zu]", i);
        if (!each(context, &related)) return false;
    }
    for (size_t i = 0; i < event->n_outcomes; i++) {
        Reference closed = {&event->outcomes[i]->closed_by, ""};
        (void)snprintf(closed.field, FIELD_SIZE, "outcomes[%zu].closed_by", i);
        if (*closed.slot && !each(context, &closed)) return false;
    }
    return true;
}

typedef struct Resolving {
    State *state;
    const Caller *caller;
    const char *own_id;
    ClaimList *claims;
    Arena *arena;
    Problem *problem;
} Resolving;

static bool claim_one(void *context, Reference *reference)
{
    Resolving *resolving = context;
    Problem unused;
    Head head;
    uint32_t number;
    StatusCode code = state_find(resolving->state, resolving->caller, *reference->slot,
                                 resolving->arena, &number, &head, &unused);
    /* What is not there yet may be on the way under this uid: wait for it. */
    const char *name = code == STATUS_OK
                           ? arena_printf(resolving->arena, "event %u", number)
                           : arena_printf(resolving->arena, "uid %s", *reference->slot);
    return claim_add(resolving->claims, name, false, resolving->arena);
}

/* The event that an id is part of, in the arena; NULL: none, or there is no such event. */
static const char *part_of_id(State *state, const char *id, Arena *arena)
{
    Head head;
    uint32_t number = state_number_of_id(state, id);
    if (!number || !state_head(state, number, &head, NULL)) return NULL;
    const Event *event = state_event(state, &head, arena);
    return event ? event->part_of : NULL;
}

/* All that the event would be part of: were only the first of them claimed, two commands on the
 * way could each add one half of a loop. */
static bool claim_chain(State *state, const Caller *caller, const char *part_of, ClaimList *claims,
                        Arena *arena)
{
    Problem unused;
    Head head;
    uint32_t number;
    if (!part_of || state_find(state, caller, part_of, arena, &number, &head, &unused) != STATUS_OK)
        return true;
    const char *above = part_of_id(state, head.id, arena);
    for (int depth = 0; above && depth < REFERENCES_DEPTH_MAX; depth++) {
        const char *claim = arena_printf(arena, "event %u", state_number_of_id(state, above));
        if (!claim_add(claims, claim, false, arena)) return false;
        above = part_of_id(state, above, arena);
    }
    return true;
}

bool references_claim(State *state, const Caller *caller, const Event *event, ClaimList *claims,
                      Arena *arena)
{
    Resolving resolving = {.state = state, .caller = caller, .claims = claims, .arena = arena};
    Event copy = *event; /* the slots are only read */
    return each_reference(&copy, claim_one, &resolving) &&
           claim_chain(state, caller, event->part_of, claims, arena);
}

static bool resolve_one(void *context, Reference *reference)
{
    Resolving *resolving = context;
    Problem found;
    problem_clear(&found);
    Head head;
    uint32_t number;
    StatusCode code = state_find(resolving->state, resolving->caller, *reference->slot,
                                 resolving->arena, &number, &head, &found);
    if (code == STATUS_OK && head.withdrawn) {
        problem_violation(resolving->problem, reference->field, "the event \"%s\" was withdrawn",
                          *reference->slot);
    } else if (code != STATUS_OK) {
        problem_violation(resolving->problem, reference->field, "%s", found.message);
    } else if (strcmp(head.id, resolving->own_id) == 0) {
        problem_violation(resolving->problem, reference->field, "an event cannot refer to itself");
    } else {
        *reference->slot = arena_strdup(resolving->arena, head.id);
    }
    return true;
}

bool references_lie_within(State *state, const char *part_of, const char *id, Arena *arena)
{
    for (int depth = 0; part_of; depth++) {
        if (strcmp(part_of, id) == 0 || depth == REFERENCES_DEPTH_MAX) return true;
        part_of = part_of_id(state, part_of, arena);
    }
    return false;
}

StatusCode references_resolve(State *state, const Caller *caller, Event *event, const char *own_id,
                              Arena *arena, Problem *problem)
{
    Resolving resolving = {
        .state = state, .caller = caller, .own_id = own_id, .arena = arena, .problem = problem};
    size_t before = problem->violation_count;
    each_reference(event, resolve_one, &resolving);
    if (problem->violation_count > before) return STATUS_INVALID_ARGUMENT;
    if (references_lie_within(state, event->part_of, own_id, arena))
        return problem_violation(problem, "part_of",
                                 "the event would be part of itself, or nested deeper than %d",
                                 REFERENCES_DEPTH_MAX);
    return STATUS_OK;
}
