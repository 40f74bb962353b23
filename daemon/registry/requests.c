#include "daemon/registry/requests.h"

#include "daemon/registry/registry.h"

#define ROW(id, name, permission)                                                                  \
    .verb = PLENARY__V1__REQUEST__VERB_##id, #name, PERMISSION_##permission
#define READS(id, name, permission)                                                                \
    {                                                                                              \
        ROW(id, name, permission), .answer = answer_##name                                         \
    }
#define WRITES(id, name, permission)                                                               \
    {                                                                                              \
        ROW(id, name, permission), .claim = claim_##name, .decide = decide_##name                  \
    }
#define BEGINS(id, name, permission)                                                               \
    {                                                                                              \
        ROW(id, name, permission), .begin = begin_##name                                           \
    }

static const RequestRow rows[] = {
    WRITES(REGISTER_EVENT, register_event, REGISTER),
    WRITES(REVISE_EVENT, revise_event, REVISE),
    WRITES(CANCEL_EVENT, cancel_event, REVISE),
    WRITES(REINSTATE_EVENT, reinstate_event, REVISE),
    WRITES(HOLD_EVENT, hold_event, REVISE),
    WRITES(WITHDRAW_EVENT, withdraw_event, REVISE),
    WRITES(REVERT_EVENT, revert_event, REVISE),
    WRITES(PUT_ORGANISATION, put_organisation, DIRECTORY),
    WRITES(PUT_PRINCIPAL, put_principal, PRINCIPALS),
    WRITES(REVOKE_PRINCIPAL, revoke_principal, PRINCIPALS),
    WRITES(ERASE_PERSON, erase_person, OPERATE),
    READS(GET_EVENT, get_event, READ),
    READS(LIST_EVENTS, list_events, READ),
    READS(COUNT_EVENTS, count_events, READ),
    READS(LIST_CONFLICTS, list_conflicts, READ),
    READS(EVENT_HISTORY, event_history, READ),
    READS(LIST_CHANGES, list_changes, READ),
    READS(GET_ORGANISATION, get_organisation, READ),
    READS(LIST_ORGANISATIONS, list_organisations, READ),
    READS(GET_PRINCIPAL, get_principal, PRINCIPALS),
    READS(LIST_PRINCIPALS, list_principals, PRINCIPALS),
    READS(FIND_PERSON, find_person, OPERATE),
    READS(GET_STATUS, get_status, READ),
    READS(VERIFY_JOURNAL, verify_journal, OPERATE),
    BEGINS(BACKUP_REGISTRY, backup_registry, OPERATE),
    BEGINS(COMPACT_REGISTRY, compact_registry, OPERATE),
};

const RequestRow *requests_find(Plenary__V1__Request__VerbCase verb)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].verb == verb) return &rows[i];
    return NULL;
}
