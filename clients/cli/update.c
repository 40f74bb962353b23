/* The verb update. */
#include "clients/cli/complain.h"
#include "clients/cli/fields.h"
#include "clients/cli/revise.h"
#include "clients/cli/verbs.h"

static int change(void *context, json_t *event, const char **what)
{
    (void)what;
    return fields_apply(context, &event_fields, event);
}

int verb_update(Session *session)
{
    if (arguments_count(session->arguments, event_fields.groups) == 0)
        return complain_code(CLI_USAGE, "say what to change: plenary update %s --start 2022-03-10",
                             session->words[0]);
    return revise_event(session, session->words[0], change, session);
}
