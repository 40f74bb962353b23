/*
 * card - one event as a person reads it, in sections, on standard output.
 *
 * Asks the registry for the names of organisations and the titles of events that it refers to;
 * where it gets no answer it shows what the record has.
 */
#ifndef PLENARY_CLI_CARD_H
#define PLENARY_CLI_CARD_H

#include "clients/cli/session.h"

void card_print(Session *session, const Event *event);

#endif
