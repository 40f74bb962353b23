/*
 * clashes - how what two events cannot both have is told.
 *
 * Texts are static, lent by the record, or in the arena. Main thread.
 */
#ifndef PLENARY_CLI_CLASHES_H
#define PLENARY_CLI_CLASHES_H

#include "clients/cli/session.h"

/* "Hall, 5", "Jane Doe" or "the head of unodc's delegation"; NULL: the arena is full. */
const char *clash_name(const Clash *clash, Arena *arena);

/* When the event is that is the conflict's first, or second, of what recurs the instance that
 * clashes; NULL: it is not told. */
const Schedule *clash_first_when(const Conflict *conflict);
const Schedule *clash_second_when(const Conflict *conflict);

/* Tells on standard error what an event that was written clashes with, a line for each conflict:
 * what is taken, and, in a line of its own, what may be. */
void clashes_warn(Session *session, const Plenary__V1__WriteReply *reply);

#endif
