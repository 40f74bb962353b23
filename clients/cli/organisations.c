#include "clients/cli/organisations.h"

#include "clients/cli/complain.h"

#include <string.h>

static const Organisation *only_one(const Plenary__V1__OrganisationsReply *found, const char *name)
{
    if (found->n_organisations == 1) return found->organisations[0];
    for (size_t i = 0; i < found->n_organisations; i++)
        if (strcmp(found->organisations[i]->id, name) == 0) return found->organisations[i];
    return NULL;
}

static int ambiguous(const Plenary__V1__OrganisationsReply *found, const char *name)
{
    complain("organisations: \"%s\" is the name of several; say which by its id:", name);
    for (size_t i = 0; i < found->n_organisations; i++)
        complain("  %s  %s", found->organisations[i]->id, found->organisations[i]->name);
    return CLI_INVALID;
}

int organisations_find(Session *session, const char *name, const Organisation **found,
                       Reply **reply)
{
    Plenary__V1__GetOrganisation get = PLENARY__V1__GET_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Reply *answer = NULL;
    get.name = (char *)(uintptr_t)name;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_ORGANISATION;
    request.get_organisation = &get;
    int code = session_try(session, &request, &answer);
    if (code != CLI_DONE) return code;
    *found = NULL;
    if (reply_is_ok(answer)) {
        *found = only_one(answer->organisations, name);
        if (!*found && answer->organisations->n_organisations > 1)
            code = ambiguous(answer->organisations, name);
    } else if (answer->status->code != PLENARY__V1__STATUS_CODE__NOT_FOUND) {
        code = complain_status(answer->status, NULL);
    }
    if (code == CLI_DONE)
        *reply = answer;
    else
        plenary_reply_free(answer);
    return code;
}

int organisations_id(Session *session, const char *name, const char **id)
{
    const Organisation *found = NULL;
    Reply *reply = NULL;
    int code = organisations_find(session, name, &found, &reply);
    if (code != CLI_DONE) return code;
    *id = found ? arena_strdup(session->arena, found->id) : NULL;
    if (found && !*id) code = session_no_memory();
    plenary_reply_free(reply);
    return code;
}

int organisations_resolve(Session *session, json_t *event)
{
    size_t index;
    json_t *part;
    json_array_foreach(json_object_get(event, "organisations"), index, part)
    {
        const char *name = json_string_value(json_object_get(part, "name"));
        const char *id = NULL;
        if (!name || !*name || json_object_get(part, "id")) continue;
        int code = organisations_id(session, name, &id);
        if (code != CLI_DONE) return code;
        if (!id) continue;
        (void)json_object_del(part, "name");
        if (json_object_set_new(part, "id", json_string(id)) != 0) return session_no_memory();
    }
    return CLI_DONE;
}
