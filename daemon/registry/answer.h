/*
 * answer - the requests that read: each fills a reply from the state.
 *
 * Everything in a reply lives in the arena that is given, or is lent by the state until the next
 * turn. One answer_fn for each verb that reads; daemon/registry/requests.c maps verbs to them.
 * Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_ANSWER_H
#define PLENARY_REGISTRY_ANSWER_H

#include "daemon/registry/state.h"
#include "proto/status.h"

typedef struct Question {
    State *state;
    const Caller *caller;
    const Request *request;
    Arena *arena;
} Question;

typedef StatusCode answer_fn(const Question *question, Reply *reply, Problem *problem);

answer_fn answer_get_event;
answer_fn answer_list_events;
answer_fn answer_count_events;
answer_fn answer_list_conflicts;
answer_fn answer_event_history;
answer_fn answer_list_changes;
answer_fn answer_get_organisation;
answer_fn answer_list_organisations;
answer_fn answer_get_principal;
answer_fn answer_list_principals;
answer_fn answer_get_status;
answer_fn answer_verify_journal;
answer_fn answer_find_person;

/* The event as the caller may see it: references to what they may not see are left out. */
const Event *answer_show_event(State *state, const Caller *caller, const Event *event,
                               Arena *arena);

/* A change as the caller may see it; *shown is NULL where they may not: its image is hidden by its
 * own handling or by that which the record has now. False: the arena is full. */
bool answer_show_change(const Question *question, const Change *change, const Change **shown);

#endif
