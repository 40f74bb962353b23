/*
 * person - a participant as written on the command line.
 *
 * "Name <mail>;role=speaker;org=unodc;position=…;honorific=…;country=UZ;mode=online".
 */
#ifndef PLENARY_CLI_PERSON_H
#define PLENARY_CLI_PERSON_H

#include "clients/cli/session.h"

/* A participant as JSON, its values not yet checked. Given: the caller owns *person. */
int person_parse(Session *session, const char *text, json_t **person);

#endif
