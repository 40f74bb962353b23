/*
 * transitions - how an event's status may move: one table.
 *
 * tentative -> confirmed -> held; any of these -> postponed -> confirmed; any -> cancelled, which
 * only `reinstate` undoes. Pure.
 */
#ifndef PLENARY_REGISTRY_TRANSITIONS_H
#define PLENARY_REGISTRY_TRANSITIONS_H

#include "proto/contract.h"

#include <stdbool.h>

/* An absent status is confirmed. */
Plenary__V1__Event__Status transitions_status(const Event *event);

/* May a revision move an event from one status to another? Staying is no move: true. */
bool transitions_allow(Plenary__V1__Event__Status from, Plenary__V1__Event__Status to);

/* What may follow, for an error message: "confirmed, postponed or cancelled". Static. */
const char *transitions_from(Plenary__V1__Event__Status from);

#endif
