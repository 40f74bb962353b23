#include "clients/cli/revise.h"

#include "clients/cli/written.h"

int revise(Session *session, const Event *before, Event *event, uint32_t expected)
{
    Plenary__V1__ReviseEvent body = PLENARY__V1__REVISE_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.event_id = before->id;
    body.event = event;
    body.has_expected_revision = 1;
    body.expected_revision = expected;
    /* Not every verb that revises has the option; the others mean it. */
    body.has_dry_run = body.dry_run = session_has(session, "dry-run");
    request.verb_case = PLENARY__V1__REQUEST__VERB_REVISE_EVENT;
    request.revise_event = &body;
    return written_send(session, &request, before);
}
