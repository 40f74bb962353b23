/*
 * rules_event - what the fields of an event and its parts say together.
 *
 * For the tables of `rules`; each takes the message type that its name says.
 */
#ifndef PLENARY_PROTO_RULES_EVENT_H
#define PLENARY_PROTO_RULES_EVENT_H

#include "proto/rules.h"

check_message_fn rules_event;
check_message_fn rules_translation;
check_message_fn rules_schedule;
check_message_fn rules_recurrence;
check_message_fn rules_venue;
check_message_fn rules_involvement;
check_message_fn rules_headcount;
check_message_fn rules_agenda_item;
check_message_fn rules_document;
check_message_fn rules_outcome;
check_message_fn rules_training;
check_message_fn rules_handling;

/* Adds a violation to `end` where both parse and it does not fit the start: before it, or a date
 * with a date-time. NULL texts fit. */
void rules_period(Checker *self, const char *start_name, const char *start, const char *end_name,
                  const char *end);

#endif
