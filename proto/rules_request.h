/*
 * rules_request - what the fields of queries, requests and the directory say together.
 *
 * For the tables of `rules`; each takes the message type that its name says.
 */
#ifndef PLENARY_PROTO_RULES_REQUEST_H
#define PLENARY_PROTO_RULES_REQUEST_H

#include "proto/rules.h"

check_message_fn rules_organisation;
check_message_fn rules_organisation_translation;
check_message_fn rules_standing;
check_message_fn rules_query;
check_message_fn rules_term;
check_message_fn rules_page;
check_message_fn rules_get_event;
check_message_fn rules_list_events;
check_message_fn rules_list_conflicts;
check_message_fn rules_list_changes;
check_message_fn rules_backup_registry;
check_message_fn rules_count_events;
check_message_fn rules_request;

#endif
