#include "clients/cli/written.h"

#include "clients/cli/complain.h"
#include "clients/cli/event_view.h"
#include "clients/lib/wording.h"
#include "proto/diff.h"

#include <stdio.h>

enum {
    WRITTEN_FIELDS_TOLD = 6,
    WRITTEN_TEXT_SIZE = 1024,
};

static void tell_event(Session *session, const Plenary__V1__WriteReply *reply, const Event *before)
{
    const Event *event = reply->event;
    char text[WRITTEN_TEXT_SIZE] = "";
    const char *would = reply->dry_run ? "would be " : "";
    if (reply->unchanged) {
        (void)printf("%u unchanged (revision %u)\n", event->number, event->revision);
        return;
    }
    if (before) {
        const Difference *difference = diff_records(&before->base, &event->base, session->arena);
        if (difference) wording_difference(difference, WRITTEN_FIELDS_TOLD, text, sizeof text);
    }
    if (event->number) (void)printf("%u ", event->number);
    (void)printf("%s%s (revision %u): %s\n", would, action_name((int)reply->action),
                 event->revision,
                 *text          ? text
                 : event->title ? event->title
                                : event->uid);
}

static void tell_organisation(const Plenary__V1__WriteReply *reply)
{
    const Organisation *organisation = reply->organisation;
    if (reply->unchanged)
        (void)printf("%s unchanged (revision %u)\n", organisation->id, organisation->revision);
    else
        (void)printf("%s %s%s (revision %u): %s\n", organisation->id,
                     reply->dry_run ? "would be " : "", action_name((int)reply->action),
                     organisation->revision, organisation->name);
}

int written_tell(Session *session, const Plenary__V1__WriteReply *reply, const Event *before)
{
    const ProtobufCMessage *record =
        reply->event ? &reply->event->base : &reply->organisation->base;
    if (session->form == OUTPUT_IDS)
        (void)printf("%s\n", reply->event ? reply->event->id : reply->organisation->id);
    else if (session->form != OUTPUT_TABLE)
        (void)output_message(stdout, record, session->form);
    else if (reply->event)
        tell_event(session, reply, before);
    else
        tell_organisation(reply);
    return CLI_DONE;
}

int written_send(Session *session, Request *request, const Event *before)
{
    Reply *reply = NULL;
    request->request_id = (char *)(uintptr_t)session_option(session, "request-id");
    int code = session_call(session, request, &reply);
    if (code != CLI_DONE) return code;
    code = written_tell(session, reply->write, before);
    plenary_reply_free(reply);
    return code;
}
