#include "proto/rules.h"

#include "proto/contract.h"
#include "proto/forms.h"
#include "proto/rules_event.h"
#include "proto/rules_principal.h"
#include "proto/rules_request.h"
#include "proto/validate.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TITLE VALIDATE_TITLE_BYTES_MAX
#define TEXT  VALIDATE_TEXT_BYTES_MAX
#define URI   VALIDATE_URI_BYTES_MAX
#define UID   VALIDATE_UID_BYTES_MAX
#define SLUG  VALIDATE_SLUG_BYTES_MAX
#define NEED  RULE_REQUIRED

/* field, flags, bytes (0: short), elements (0: as of any list), form */

static const FieldRule event_fields[] = {
    {"id", 0, 0, 0, form_uuid},
    {"uid", 0, UID, 0, form_line},
    {"recurrence_id", 0, 0, 0, form_moment},
    {"kind", NEED},
    {"title", NEED, TITLE},
    {"description", 0, TEXT},
    {"language", 0, 0, 0, form_language},
    {"status_reason", 0, TEXT},
    {"previous_start", 0, 0, 0, form_moment},
    {"languages", 0, 0, 0, form_language},
    {"part_of", 0, UID, 0, form_line},
    {"follows", 0, UID, 0, form_line},
    {"related", 0, UID, 0, form_line},
};

static const FieldRule translation_fields[] = {
    {"language", NEED, 0, 0, form_language},
    {"title", 0, TITLE},
    {"description", 0, TEXT},
};

static const FieldRule schedule_fields[] = {
    {"start", NEED, 0, 0, form_moment},
    {"end", 0, 0, 0, form_moment},
    {"time_zone", 0, 0, 0, form_zone},
};

static const FieldRule recurrence_fields[] = {
    {"rrule", 0, 0, 0, form_rrule},
    {"rdate", 0, 0, 0, form_moment},
    {"exdate", 0, 0, 0, form_moment},
};

static const FieldRule venue_fields[] = {
    {"country", 0, 0, 0, form_country},
};

static const FieldRule online_fields[] = {
    {"uri", 0, URI, 0, form_uri},
    {"dial_in", 0, URI},
};

static const FieldRule involvement_fields[] = {
    {"id", 0, SLUG, 0, form_slug},
    {"role", NEED},
};

static const FieldRule participant_fields[] = {
    {"name", NEED},
    {"country", 0, 0, 0, form_country},
    {"email", 0, 0, 0, form_email},
    {"phone", 0, 0, 0, form_line},
};

static const FieldRule headcount_fields[] = {
    {"country", 0, 0, 0, form_country},
    {"number", NEED},
};

static const FieldRule agenda_item_fields[] = {
    {"start", 0, 0, 0, form_moment},
    {"end", 0, 0, 0, form_moment},
    {"title", NEED, TITLE},
    {"language", 0, 0, 0, form_language},
};

static const FieldRule document_fields[] = {
    {"title", 0, TITLE},
    {"uri", 0, URI, 0, form_uri},
    {"media_type", 0, 0, 0, form_media_type},
    {"sha256", 0, 0, 0, form_sha256},
    {"language", 0, 0, 0, form_language},
};

static const FieldRule outcome_fields[] = {
    {"kind", NEED},
    {"title", 0, TITLE},
    {"text", 0, TEXT},
    {"date", 0, 0, 0, form_date},
    {"due", 0, 0, 0, form_date},
    {"closed_by", 0, UID, 0, form_line},
};

static const FieldRule handling_fields[] = {
    {"caveat", 0, TEXT},
};

static const FieldRule source_fields[] = {
    {"uri", 0, URI, 0, form_uri},
    {"date", 0, 0, 0, form_date},
    {"note", 0, TEXT},
};

static const FieldRule extension_fields[] = {
    {"name", NEED},
    {"parameters", RULE_BLANK, URI},
    {"value", RULE_BLANK, TEXT},
};

static const FieldRule organisation_fields[] = {
    {"id", NEED, SLUG, 0, form_slug},
    {"name", NEED},
    {"kind", NEED},
    {"country", 0, 0, 0, form_country},
    {"part_of", 0, SLUG, 0, form_slug},
    {"email", 0, 0, 0, form_email},
    {"uri", 0, URI, 0, form_uri},
};

static const FieldRule organisation_translation_fields[] = {
    {"language", NEED, 0, 0, form_language},
};

static const FieldRule standing_fields[] = {
    {"kind", NEED},
    {"towards", NEED, SLUG, 0, form_slug},
    {"since", 0, 0, 0, form_date},
    {"until", 0, 0, 0, form_date},
};

static const FieldRule principal_fields[] = {
    {"name", NEED, SLUG, 0, form_slug},
    {"role", NEED},
    {"organisation", 0, SLUG, 0, form_slug},
    {"keys", 0, 0, VALIDATE_KEYS_MAX},
    {"groups", 0, 0, VALIDATE_GROUPS_MAX, form_line},
};

static const FieldRule principal_key_fields[] = {
    {"public_key", NEED, 0, 0, form_public_key},
};

static const FieldRule query_fields[] = {
    {"terms", 0, 0, VALIDATE_TERMS_MAX},
    {"text", RULE_BLANK, TITLE},
    {"from", 0, 0, 0, form_moment},
    {"to", 0, 0, 0, form_moment},
};

static const FieldRule term_fields[] = {
    {"facet", NEED},
    {"values", NEED, 0, VALIDATE_TERM_VALUES_MAX},
};

static const FieldRule page_fields[] = {
    {"token", 0, VALIDATE_TOKEN_BYTES_MAX},
};

static const FieldRule request_fields[] = {
    {"request_id", 0, 0, 0, form_uuid7},
};

static const FieldRule register_fields[] = {
    {"event", NEED},
};

static const FieldRule revise_fields[] = {
    {"event_id", NEED, UID, 0, form_line},
    {"event", NEED},
};

/* Verbs that name an event. */
static const FieldRule event_verb_fields[] = {
    {"event_id", NEED, UID, 0, form_line},
    {"reason", 0, TEXT},
    {"at_time", 0, 0, 0, form_instant},
};

static const FieldRule revert_fields[] = {
    {"event_id", NEED, UID, 0, form_line},
    {"to_revision", NEED},
};

static const FieldRule list_events_fields[] = {
    {"as_of", 0, 0, 0, form_instant},
};

static const FieldRule list_conflicts_fields[] = {
    {"event_id", 0, UID, 0, form_line},
};

static const FieldRule list_changes_fields[] = {
    {"from", 0, 0, 0, form_instant},
    {"to", 0, 0, 0, form_instant},
};

static const FieldRule put_organisation_fields[] = {
    {"organisation", NEED},
};

static const FieldRule get_organisation_fields[] = {
    {"name", NEED},
};

static const FieldRule put_principal_fields[] = {
    {"principal", NEED},
};

/* Verbs that name a principal. */
static const FieldRule principal_verb_fields[] = {
    {"name", NEED, SLUG, 0, form_slug},
};

static const FieldRule find_person_fields[] = {
    {"person", NEED, 0, 0, form_line},
    {"event_id", 0, UID, 0, form_line},
};

static const FieldRule erase_person_fields[] = {
    {"person", NEED, 0, 0, form_line},
    {"sequences", NEED, 0, VALIDATE_ERASED_MAX},
    {"text", 0, 0, 0, form_line},
};

static const FieldRule backup_fields[] = {
    {"folder", NEED, VALIDATE_FOLDER_BYTES_MAX, 0, form_line},
};

#define OF(name)      &plenary__v1__##name##__descriptor
#define FIELDS(table) (table), sizeof(table) / sizeof *(table)
#define ROOT          MESSAGE_ROOT
#define WRITES        (MESSAGE_ROOT | MESSAGE_WRITES)
#define RECORD        (MESSAGE_ROOT | MESSAGE_RECORD)

static const MessageRules all_rules[] = {
    {OF(event), RECORD, FIELDS(event_fields), rules_event},
    {OF(participant), 0, FIELDS(participant_fields), NULL},
    {OF(involvement), 0, FIELDS(involvement_fields), rules_involvement},
    {OF(translation), 0, FIELDS(translation_fields), rules_translation},
    {OF(schedule), 0, FIELDS(schedule_fields), rules_schedule},
    {OF(recurrence), 0, FIELDS(recurrence_fields), rules_recurrence},
    {OF(venue), 0, FIELDS(venue_fields), rules_venue},
    {OF(online), 0, FIELDS(online_fields), NULL},
    {OF(headcount), 0, FIELDS(headcount_fields), rules_headcount},
    {OF(agenda_item), 0, FIELDS(agenda_item_fields), rules_agenda_item},
    {OF(document), 0, FIELDS(document_fields), rules_document},
    {OF(outcome), 0, FIELDS(outcome_fields), rules_outcome},
    {OF(training), 0, NULL, 0, rules_training},
    {OF(handling), 0, FIELDS(handling_fields), rules_handling},
    {OF(source), 0, FIELDS(source_fields), NULL},
    {OF(extension), 0, FIELDS(extension_fields), NULL},
    {OF(organisation), RECORD, FIELDS(organisation_fields), rules_organisation},
    {OF(organisation_translation), 0, FIELDS(organisation_translation_fields),
     rules_organisation_translation},
    {OF(standing), 0, FIELDS(standing_fields), rules_standing},
    {OF(principal), RECORD, FIELDS(principal_fields), rules_principal},
    {OF(principal_key), 0, FIELDS(principal_key_fields), rules_principal_key},
    {OF(query), ROOT, FIELDS(query_fields), rules_query},
    {OF(term), 0, FIELDS(term_fields), rules_term},
    {OF(page), 0, FIELDS(page_fields), rules_page},
    {OF(request), ROOT, FIELDS(request_fields), rules_request},
    {OF(register_event), WRITES, FIELDS(register_fields), NULL},
    {OF(revise_event), WRITES, FIELDS(revise_fields), NULL},
    {OF(cancel_event), WRITES, FIELDS(event_verb_fields), NULL},
    {OF(reinstate_event), WRITES, FIELDS(event_verb_fields), NULL},
    {OF(hold_event), WRITES, FIELDS(event_verb_fields), NULL},
    {OF(withdraw_event), WRITES, FIELDS(event_verb_fields), NULL},
    {OF(revert_event), WRITES, FIELDS(revert_fields), NULL},
    {OF(get_event), ROOT, FIELDS(event_verb_fields), rules_get_event},
    {OF(list_events), ROOT, FIELDS(list_events_fields), rules_list_events},
    {OF(count_events), ROOT, NULL, 0, rules_count_events},
    {OF(list_conflicts), ROOT, FIELDS(list_conflicts_fields), rules_list_conflicts},
    {OF(event_history), ROOT, FIELDS(event_verb_fields), NULL},
    {OF(list_changes), ROOT, FIELDS(list_changes_fields), rules_list_changes},
    {OF(put_organisation), WRITES, FIELDS(put_organisation_fields), NULL},
    {OF(get_organisation), ROOT, FIELDS(get_organisation_fields), NULL},
    {OF(list_organisations), ROOT, NULL, 0, NULL},
    {OF(put_principal), WRITES, FIELDS(put_principal_fields), NULL},
    {OF(revoke_principal), WRITES, FIELDS(principal_verb_fields), NULL},
    {OF(get_principal), ROOT, FIELDS(principal_verb_fields), NULL},
    {OF(list_principals), ROOT, NULL, 0, NULL},
    {OF(find_person), ROOT, FIELDS(find_person_fields), NULL},
    {OF(erase_person), WRITES, FIELDS(erase_person_fields), NULL},
    {OF(get_status), ROOT, NULL, 0, NULL},
    {OF(verify_journal), ROOT, NULL, 0, NULL},
    {OF(backup_registry), ROOT, FIELDS(backup_fields), rules_backup_registry},
    {OF(compact_registry), ROOT, NULL, 0, NULL},
};

const MessageRules *rules_of(const ProtobufCMessageDescriptor *descriptor)
{
    for (size_t i = 0; i < sizeof all_rules / sizeof *all_rules; i++) {
        if (all_rules[i].descriptor == descriptor) return &all_rules[i];
    }
    return NULL;
}

const FieldRule *rules_field(const MessageRules *rules, const char *field)
{
    static const FieldRule usual = {.field = ""};
    for (size_t i = 0; rules && i < rules->field_count; i++) {
        const char *name = rules->fields[i].field;
        if (*name == *field && strcmp(name, field) == 0) return &rules->fields[i];
    }
    return &usual;
}

/* The path of a value is written only here: hardly any is refused. `below` NULL: nothing. */
static void __attribute__((format(printf, 3, 0)))
refuse(Checker *self, const char *below, const char *format, va_list arguments)
{
    char message[PROBLEM_MESSAGE_SIZE];
    size_t mark = self->path.length;
    if (self->field) path_enter(&self->path, self->field);
    if (self->field && self->place != CHECKER_NO_PLACE) path_enter_at(&self->path, self->place);
    if (below) path_enter(&self->path, below);
    (void)vsnprintf(message, sizeof message, format, arguments);
    problem_violation(self->problem, self->path.text, "%s", message);
    path_leave(&self->path, mark);
    self->wrong = true;
}

void check_refuse(Checker *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    refuse(self, NULL, format, arguments);
    va_end(arguments);
}

void check_refuse_in(Checker *self, const char *field, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    refuse(self, field, format, arguments);
    va_end(arguments);
}
