/* Which option is which field. */
#include "clients/cli/fields.h"
#include "clients/cli/verbs.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static const Field of_event[] = {
    {"title", NULL, "title", FIELD_TEXT},
    {"kind", NULL, "kind", FIELD_TEXT},
    {"start", "schedule", "start", FIELD_TEXT},
    {"end", "schedule", "end", FIELD_TEXT},
    {"tz", "schedule", "timeZone", FIELD_TEXT},
    {"approximate", "schedule", "approximate", FIELD_FLAG},
    {"rrule", "recurrence", "rrule", FIELD_TEXT},
    {"rdate", "recurrence", "rdate", FIELD_LIST},
    {"exdate", "recurrence", "exdate", FIELD_LIST},
    {"recurrence-id", NULL, "recurrenceId", FIELD_TEXT},
    {"format", NULL, "format", FIELD_TEXT},
    {"venue", "venue", "name", FIELD_TEXT},
    {"room", "venue", "room", FIELD_TEXT},
    {"street", "venue", "street", FIELD_TEXT},
    {"city", "venue", "city", FIELD_TEXT},
    {"country", "venue", "country", FIELD_TEXT},
    {"online", "online", "uri", FIELD_TEXT},
    {"org", NULL, "organisations", FIELD_INVOLVEMENTS},
    {"participant", NULL, "participants", FIELD_PARTICIPANTS},
    {"topic", NULL, "topics", FIELD_LIST},
    {"tlp", "handling", "tlp", FIELD_TEXT},
    {"audience", "handling", "audience", FIELD_LIST},
    {"part-of", NULL, "partOf", FIELD_TEXT},
    {"follows", NULL, "follows", FIELD_TEXT},
    {"series", NULL, "series", FIELD_TEXT},
    {"status", NULL, "status", FIELD_TEXT},
    {"lang", NULL, "language", FIELD_TEXT},
    {"category", NULL, "category", FIELD_TEXT},
    {"description", NULL, "description", FIELD_TEXT},
    {"uid", NULL, "uid", FIELD_TEXT},
    {"capacity", NULL, "capacity", FIELD_TEXT},
};

static const Field of_organisation[] = {
    {"name", NULL, "name", FIELD_TEXT},
    {"acronym", NULL, "acronym", FIELD_TEXT},
    {"alias", NULL, "aliases", FIELD_LIST},
    {"kind", NULL, "kind", FIELD_TEXT},
    {"country", NULL, "country", FIELD_TEXT},
    {"part-of", NULL, "partOf", FIELD_ORGANISATION},
    {"standing", NULL, "standing", FIELD_STANDINGS},
    {"email", NULL, "email", FIELD_TEXT},
    {"uri", NULL, "uri", FIELD_TEXT},
};

static const Field of_outcome[] = {
    {"kind", NULL, "kind", FIELD_TEXT},          {"title", NULL, "title", FIELD_TEXT},
    {"text", NULL, "text", FIELD_TEXT},          {"date", NULL, "date", FIELD_TEXT},
    {"org", NULL, "organisations", FIELD_NAMED}, {"due", NULL, "due", FIELD_TEXT},
    {"state", NULL, "state", FIELD_TEXT},        {"closed-by", NULL, "closedBy", FIELD_TEXT},
};

static const Field of_principal[] = {
    {"role", NULL, "role", FIELD_TEXT},
    {"org", NULL, "organisation", FIELD_ORGANISATION},
    {"group", NULL, "groups", FIELD_LIST},
    {"clearance", NULL, "clearance", FIELD_TEXT},
    {"sees-contacts", NULL, "seesContacts", FIELD_FLAG},
    {"key", NULL, "keys", FIELD_KEYS},
};

static const Field of_key[] = {
    {"key", NULL, "keys", FIELD_KEYS},
};

const FieldTable event_fields = {of_event, COUNT(of_event), GROUP_FIELDS | GROUP_TITLE};
const FieldTable organisation_fields = {of_organisation, COUNT(of_organisation),
                                        GROUP_ORGANISATION};
const FieldTable outcome_fields = {of_outcome, COUNT(of_outcome), GROUP_OUTCOME};
const FieldTable principal_fields = {of_principal, COUNT(of_principal),
                                     GROUP_PRINCIPAL | GROUP_KEY};
const FieldTable key_fields = {of_key, COUNT(of_key), GROUP_KEY};
