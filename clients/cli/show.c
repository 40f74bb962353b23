/* The verb show. */
#include "clients/cli/card.h"
#include "clients/cli/complain.h"
#include "clients/cli/event_view.h"
#include "clients/cli/instants.h"
#include "clients/cli/verbs.h"

#include <errno.h>
#include <stdlib.h>

/* --at: a revision, or a time. */
static int read_at(Session *session, Plenary__V1__GetEvent *get)
{
    const char *text = session_option(session, "at");
    if (!text) return CLI_DONE;
    char *end;
    errno = 0;
    unsigned long revision = strtoul(text, &end, 10);
    if (end != text && !*end && !errno && revision > 0 && revision <= UINT32_MAX && *text != '-') {
        get->has_at_revision = 1;
        get->at_revision = (uint32_t)revision;
        return CLI_DONE;
    }
    if (instants_read(session, text, DAY_ENDS, &get->at_time)) return CLI_DONE;
    return complain_code(CLI_INVALID, "--at: \"%s\" is neither a revision nor a time", text);
}

static int print_listed(Session *session, const Event *event)
{
    Listing *listing = listing_open(stdout, session->form, &event_kind, &session->terminal);
    if (!listing) return session_no_memory();
    (void)listing_add(listing, &event->base);
    return listing_close(&listing) ? CLI_DONE
                                   : complain_code(CLI_FAILED, "it could not be written");
}

int verb_show(Session *session)
{
    Plenary__V1__GetEvent get = PLENARY__V1__GET_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Reply *reply = NULL;
    get.event_id = (char *)(uintptr_t)session->words[0];
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_EVENT;
    request.get_event = &get;
    int code = read_at(session, &get);
    if (code == CLI_DONE) code = session_call(session, &request, &reply);
    if (code != CLI_DONE) return code;
    const Event *event = reply->event->event;
    if (session->form == OUTPUT_TABLE)
        card_print(session, event);
    else if (session->form == OUTPUT_CSV || session->form == OUTPUT_IDS)
        code = print_listed(session, event);
    else
        (void)output_message(stdout, &event->base, session->form);
    plenary_reply_free(reply);
    return code;
}
