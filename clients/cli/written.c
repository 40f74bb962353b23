#include "clients/cli/written.h"

#include "clients/cli/clashes.h"
#include "clients/cli/complain.h"
#include "clients/cli/event_view.h"
#include "clients/cli/principal_view.h"
#include "clients/lib/telling.h"
#include "proto/diff.h"

#include <stdio.h>

enum {
    WRITTEN_FIELDS_TOLD = 6,
    WRITTEN_TEXT_SIZE = 1024,
};

static const ProtobufCMessage *record_of(const Plenary__V1__WriteReply *reply)
{
    if (reply->event) return &reply->event->base;
    return reply->organisation ? &reply->organisation->base : &reply->principal->base;
}

static const ProtobufCMessage *record_before(const Written *written)
{
    if (written->before) return &written->before->base;
    if (written->organisation_before) return &written->organisation_before->base;
    return written->principal_before ? &written->principal_before->base : NULL;
}

/* As the program's other verbs take it. */
static const char *id_of(const Plenary__V1__WriteReply *reply)
{
    if (reply->event) return reply->event->id;
    return reply->organisation ? reply->organisation->id : reply->principal->name;
}

/* What the write changed, in words; empty: it is not known. */
static void print_changed(Session *session, const Plenary__V1__WriteReply *reply,
                          const Written *written, char text[static WRITTEN_TEXT_SIZE])
{
    const ProtobufCMessage *before = record_before(written);
    text[0] = '\0';
    if (written->what) {
        (void)snprintf(text, WRITTEN_TEXT_SIZE, "%s", written->what);
    } else if (before) {
        const Difference *difference = diff_records(before, record_of(reply), session->arena);
        if (difference)
            telling_difference(before, record_of(reply), difference, WRITTEN_FIELDS_TOLD, text,
                               WRITTEN_TEXT_SIZE);
    }
}

static void tell_event(const Plenary__V1__WriteReply *reply, const char *changed)
{
    const Event *event = reply->event;
    if (reply->unchanged) {
        (void)printf("%u unchanged (revision %u)\n", event->number, event->revision);
        return;
    }
    if (event->number) (void)printf("%u ", event->number);
    (void)printf("%s%s (revision %u): %s\n", reply->dry_run ? "would be " : "",
                 action_name((int)reply->action), event->revision,
                 *changed       ? changed
                 : event->title ? event->title
                                : event->uid);
}

/* Of a record that has no number. */
static void tell_named(const Plenary__V1__WriteReply *reply, uint32_t revision, const char *changed)
{
    if (reply->unchanged)
        (void)printf("%s unchanged (revision %u)\n", id_of(reply), revision);
    else
        (void)printf("%s %s%s (revision %u): %s\n", id_of(reply), reply->dry_run ? "would be " : "",
                     action_name((int)reply->action), revision, changed);
}

static void tell_organisation(const Plenary__V1__WriteReply *reply, const char *changed)
{
    const Organisation *organisation = reply->organisation;
    tell_named(reply, organisation->revision, *changed ? changed : organisation->name);
}

static void tell_principal(Session *session, const Plenary__V1__WriteReply *reply,
                           const char *changed)
{
    const char *words = *changed ? changed : principal_words(reply->principal, session->arena);
    tell_named(reply, reply->principal->revision, words ? words : "");
}

static void tell_in_words(Session *session, const Plenary__V1__WriteReply *reply,
                          const Written *written)
{
    char changed[WRITTEN_TEXT_SIZE];
    print_changed(session, reply, written, changed);
    if (reply->event)
        tell_event(reply, changed);
    else if (reply->organisation)
        tell_organisation(reply, changed);
    else
        tell_principal(session, reply, changed);
}

int written_tell(Session *session, const Plenary__V1__WriteReply *reply, const Written *written)
{
    if (session->form == OUTPUT_IDS)
        (void)printf("%s\n", id_of(reply));
    else if (session->form != OUTPUT_TABLE)
        (void)output_message(stdout, record_of(reply), session->form);
    else
        tell_in_words(session, reply, written);
    clashes_warn(session, reply);
    return CLI_DONE;
}

int written_send(Session *session, Request *request, const Event *before)
{
    Reply *reply = NULL;
    Written written = {.before = before};
    request->request_id = (char *)(uintptr_t)session_option(session, "request-id");
    int code = session_call(session, request, &reply);
    if (code != CLI_DONE) return code;
    code = written_tell(session, reply->write, &written);
    plenary_reply_free(reply);
    return code;
}
