/*
 * field_element - one element of a list of a record, as it is written on the command line.
 */
#ifndef PLENARY_CLI_FIELD_ELEMENT_H
#define PLENARY_CLI_FIELD_ELEMENT_H

#include "clients/cli/fields.h"

/* The element as JSON, names of organisations looked up, its values not yet checked. Gives an exit
 * code. Given: the caller owns *element. */
int field_element_make(Session *session, const Field *field, const char *text, json_t **element);

/* Is `element` of a list what `pattern`, made from a text, stands for? */
bool field_element_is_meant(const Field *field, const json_t *element, const json_t *pattern);

#endif
