/*
 * organisations - the organisation of the directory that a person means by a name.
 *
 * A name is an id, a name, an acronym or an alias. Gives an exit code; what is wrong was
 * complained about. Main thread.
 */
#ifndef PLENARY_CLI_ORGANISATIONS_H
#define PLENARY_CLI_ORGANISATIONS_H

#include "clients/cli/session.h"

/* *found is what the directory has under that name, lent by *reply, which is the caller's; NULL:
 * nothing. A name that several have is refused unless it is the id of one. */
int organisations_find(Session *session, const char *name, const Organisation **found,
                       Reply **reply);

/* The id, in the session's arena; NULL: the directory has none of that name. */
int organisations_id(Session *session, const char *name, const char **id);

/* Names within an event's organisations that the directory knows become their ids. */
int organisations_resolve(Session *session, json_t *event);

#endif
