/*
 * fields - options of the command line become fields of an event.
 *
 * Works on the event as JSON, so that every value is read and checked by the same code as a
 * file's: an option is a path in the record. The names of organisations are looked up in the
 * directory. Gives an exit code; what is wrong was complained about.
 */
#ifndef PLENARY_CLI_FIELDS_H
#define PLENARY_CLI_FIELDS_H

#include "clients/cli/session.h"

/* Puts every field that was given into `event`. The first value of a list replaces what is
 * there, an empty one clears, --add-… and --remove-… change it. */
int fields_apply(Session *session, json_t *event);

/* Names of organisations that the directory knows become their ids. */
int fields_resolve_organisations(Session *session, json_t *event);

#endif
