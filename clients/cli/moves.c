/* The verbs that move an event without its being edited: cancel, reinstate, hold, revert, withdraw.
 */
#include "clients/cli/complain.h"
#include "clients/cli/verbs.h"
#include "clients/cli/written.h"

#include <stdio.h>
#include <string.h>

static char *option_text(const Session *session, const char *name)
{
    return (char *)(uintptr_t)session_option(session, name);
}

static char *first_word(const Session *session)
{
    return (char *)(uintptr_t)session->words[0];
}

static int read_expected(const Session *session, protobuf_c_boolean *has, uint32_t *revision)
{
    bool given;
    int code = session_number(session, "if-rev", 1, &given, revision);
    *has = given;
    return code;
}

int verb_cancel(Session *session)
{
    Plenary__V1__CancelEvent cancel = PLENARY__V1__CANCEL_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    cancel.event_id = first_word(session);
    cancel.reason = option_text(session, "reason");
    int code = read_expected(session, &cancel.has_expected_revision, &cancel.expected_revision);
    request.verb_case = PLENARY__V1__REQUEST__VERB_CANCEL_EVENT;
    request.cancel_event = &cancel;
    return code == CLI_DONE ? written_send(session, &request, NULL) : code;
}

int verb_reinstate(Session *session)
{
    Plenary__V1__ReinstateEvent reinstate = PLENARY__V1__REINSTATE_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    reinstate.event_id = first_word(session);
    reinstate.reason = option_text(session, "reason");
    int code =
        read_expected(session, &reinstate.has_expected_revision, &reinstate.expected_revision);
    reinstate.has_warn_conflicts = reinstate.warn_conflicts = 1;
    request.verb_case = PLENARY__V1__REQUEST__VERB_REINSTATE_EVENT;
    request.reinstate_event = &reinstate;
    return code == CLI_DONE ? written_send(session, &request, NULL) : code;
}

int verb_hold(Session *session)
{
    Plenary__V1__HoldEvent hold = PLENARY__V1__HOLD_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    hold.event_id = first_word(session);
    int code = read_expected(session, &hold.has_expected_revision, &hold.expected_revision);
    request.verb_case = PLENARY__V1__REQUEST__VERB_HOLD_EVENT;
    request.hold_event = &hold;
    return code == CLI_DONE ? written_send(session, &request, NULL) : code;
}

int verb_revert(Session *session)
{
    Plenary__V1__RevertEvent revert = PLENARY__V1__REVERT_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Reply *present = NULL;
    bool given;
    revert.event_id = first_word(session);
    int code = session_number(session, "to", 1, &given, &revert.to_revision);
    if (code == CLI_DONE && !given)
        return complain_code(CLI_USAGE,
                             "say which revision: plenary revert %s --to 1; \"plenary "
                             "history %s\" lists them",
                             session->words[0], session->words[0]);
    if (code == CLI_DONE)
        code = read_expected(session, &revert.has_expected_revision, &revert.expected_revision);
    if (code == CLI_DONE) code = session_get_event(session, session->words[0], &present);
    if (code != CLI_DONE) return code;
    revert.has_to_revision = 1;
    revert.has_dry_run = revert.dry_run = session_has(session, "dry-run");
    revert.has_warn_conflicts = revert.warn_conflicts = 1;
    request.verb_case = PLENARY__V1__REQUEST__VERB_REVERT_EVENT;
    request.revert_event = &revert;
    code = written_send(session, &request, present->event->event);
    plenary_reply_free(present);
    return code;
}

/* --- withdraw --- */

int verb_withdraw(Session *session)
{
    Plenary__V1__WithdrawEvent withdraw = PLENARY__V1__WITHDRAW_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Reply *present = NULL;
    withdraw.event_id = first_word(session);
    int code = read_expected(session, &withdraw.has_expected_revision, &withdraw.expected_revision);
    /* Unasked it is not read first: a repeated request may find it gone already. */
    bool asks = !session_has(session, "yes");
    if (code == CLI_DONE && asks) code = session_get_event(session, session->words[0], &present);
    if (code == CLI_DONE && asks)
        code = session_confirm(session, "withdrawing cannot be undone",
                               "Withdraw event %u, \"%s\"? It cannot be undone.",
                               present->event->event->number, present->event->event->title);
    request.verb_case = PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT;
    request.withdraw_event = &withdraw;
    if (code == CLI_DONE) code = written_send(session, &request, NULL);
    plenary_reply_free(present);
    return code;
}
