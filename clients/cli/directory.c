/* The verbs org list, org show and org update. */
#include "clients/cli/complain.h"
#include "clients/cli/event_view.h"
#include "clients/cli/fields.h"
#include "clients/cli/pages.h"
#include "clients/cli/revise.h"
#include "clients/cli/verbs.h"

#include <stdio.h>

static int add_to_listing(void *context, const ProtobufCMessage *record)
{
    if (listing_add(context, record)) return CLI_DONE;
    return complain_code(CLI_FAILED, "the list could not be written");
}

int verb_org_list(Session *session)
{
    bool given;
    uint32_t limit = 0;
    int code = session_number(session, "limit", 1, &given, &limit);
    if (code != CLI_DONE) return code;
    Listing *listing = listing_open(stdout, session->form, &organisation_kind, &session->terminal);
    if (!listing) return session_no_memory();
    code = pages_organisations(session, limit, add_to_listing, listing);
    if (!listing_close(&listing) && code == CLI_DONE)
        code = complain_code(CLI_FAILED, "the list could not be written");
    return code;
}

/* One organisation as a JSON object; several that share a name as a list. */
static int print_found(Session *session, const Plenary__V1__OrganisationsReply *found)
{
    bool whole = session->form == OUTPUT_JSON || session->form == OUTPUT_YAML;
    if (found->n_organisations == 1 && whole) {
        (void)output_message(stdout, &found->organisations[0]->base, session->form);
        return CLI_DONE;
    }
    if (found->n_organisations == 1 && session->form == OUTPUT_TABLE) {
        (void)output_message(stdout, &found->organisations[0]->base, OUTPUT_YAML);
        return CLI_DONE;
    }
    Listing *listing = listing_open(stdout, session->form, &organisation_kind, &session->terminal);
    if (!listing) return session_no_memory();
    for (size_t i = 0; i < found->n_organisations; i++)
        (void)listing_add(listing, &found->organisations[i]->base);
    return listing_close(&listing) ? CLI_DONE
                                   : complain_code(CLI_FAILED, "the list could not be written");
}

int verb_org_show(Session *session)
{
    Plenary__V1__GetOrganisation get = PLENARY__V1__GET_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Reply *reply = NULL;
    get.name = (char *)(uintptr_t)session->words[0];
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_ORGANISATION;
    request.get_organisation = &get;
    int code = session_call(session, &request, &reply);
    if (code != CLI_DONE) return code;
    code = print_found(session, reply->organisations);
    plenary_reply_free(reply);
    return code;
}

static int change(void *context, json_t *organisation, const char **what)
{
    (void)what;
    return fields_apply(context, &organisation_fields, organisation);
}

int verb_org_update(Session *session)
{
    if (arguments_count(session->arguments, organisation_fields.groups) == 0)
        return complain_code(CLI_USAGE, "say what to change: plenary org update %s --name NAME",
                             session->words[0]);
    return revise_organisation(session, session->words[0], change, session);
}
