/* The verb update. */
#include "clients/cli/complain.h"
#include "clients/cli/fields.h"
#include "clients/cli/revise.h"
#include "clients/cli/verbs.h"
#include "proto/json.h"

int verb_update(Session *session)
{
    Reply *reply = NULL;
    Event *event = NULL;
    bool given;
    uint32_t expected;
    if (arguments_count(session->arguments, GROUP_FIELDS | GROUP_TITLE) == 0)
        return complain_code(CLI_USAGE, "say what to change: plenary update %s --start 2022-03-10",
                             session->words[0]);
    int code = session_number(session, "if-rev", 1, &given, &expected);
    if (code == CLI_DONE) code = session_get_event(session, session->words[0], &reply);
    if (code != CLI_DONE) return code;

    const Event *before = reply->event->event;
    json_t *json = json_of_message(&before->base);
    code = json ? fields_apply(session, json) : session_no_memory();
    if (code == CLI_DONE) code = session_event(session, json, &event);
    if (code == CLI_DONE)
        code = revise(session, before, event, given ? expected : before->revision);
    json_decref(json);
    plenary_reply_free(reply);
    return code;
}
