/*
 * rules_principal - what the fields of a principal say together.
 *
 * For the tables of `rules`; each takes the message type that its name says.
 */
#ifndef PLENARY_PROTO_RULES_PRINCIPAL_H
#define PLENARY_PROTO_RULES_PRINCIPAL_H

#include "proto/rules.h"

check_message_fn rules_principal;
check_message_fn rules_principal_key;

#endif
