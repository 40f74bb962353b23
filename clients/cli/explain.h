/*
 * explain - how the registry answered a question, for people and for programs.
 *
 * Gives an exit code.
 */
#ifndef PLENARY_CLI_EXPLAIN_H
#define PLENARY_CLI_EXPLAIN_H

#include "clients/cli/session.h"

/* `total` events match. A NULL explanation is a daemon's that knows of none. */
int explain_print(Session *session, const Plenary__V1__Explanation *explanation, uint64_t total);

#endif
