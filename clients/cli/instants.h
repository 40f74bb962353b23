/*
 * instants - times of the registry as a person types them.
 *
 * "2022-03-03", "2022-03-03T14:00" on the clock of this machine, or RFC 3339. Main thread.
 */
#ifndef PLENARY_CLI_INSTANTS_H
#define PLENARY_CLI_INSTANTS_H

#include "clients/cli/session.h"

/* Which instant of a day is meant, where a date says no more. */
typedef enum DayEnd {
    DAY_BEGINS,
    DAY_ENDS, /* its last microsecond */
} DayEnd;

/* The instant as the contract writes it, in the session's arena. False: the text is no time. */
bool instants_read(const Session *session, const char *text, DayEnd end, char **instant);

/* That of an option; *instant is NULL where it was not given. Gives an exit code. */
int instants_option(const Session *session, const char *name, DayEnd end, char **instant);

#endif
