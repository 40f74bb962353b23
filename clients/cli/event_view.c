#include "clients/cli/event_view.h"

#include "clients/lib/table.h"
#include "clients/lib/wording.h"
#include "proto/contract.h"
#include "proto/json.h"

const char *action_name(int action)
{
    return json_enum_name(&plenary__v1__change__action__descriptor, action);
}

static const char *words_of(const ProtobufCEnumDescriptor *descriptor, int value, Arena *arena)
{
    char text[WORDING_SIZE];
    wording_enum(descriptor, value, text);
    return arena_strdup(arena, text);
}

/* --- events --- */

const char *event_when(const void *record, Arena *arena)
{
    char text[WORDING_SIZE];
    wording_schedule(((const Event *)record)->schedule, text);
    return arena_strdup(arena, text);
}

const char *event_place(const void *record, Arena *arena)
{
    const Venue *venue = ((const Event *)record)->venue;
    if (!venue) return "";
    if (venue->city && venue->country)
        return arena_printf(arena, "%s, %s", venue->city, venue->country);
    if (venue->city) return venue->city;
    return venue->country ? venue->country : "";
}

/* In a table a series says that it is one. */
static const char *event_when_listed(const void *record, Arena *arena)
{
    char often[WORDING_SIZE];
    const char *when = event_when(record, arena);
    wording_frequency(((const Event *)record)->recurrence, often);
    return *often && when ? arena_printf(arena, "%s, %s", when, often) : when;
}

static const char *event_number(const void *record, Arena *arena)
{
    return arena_printf(arena, "%u", ((const Event *)record)->number);
}

static const char *event_revision(const void *record, Arena *arena)
{
    return arena_printf(arena, "%u", ((const Event *)record)->revision);
}

#define TEXT_CELL(name, type, expression)                                                          \
    static const char *name(const void *record, Arena *arena)                                      \
    {                                                                                              \
        const type *it = record;                                                                   \
        (void)arena;                                                                               \
        return expression;                                                                         \
    }

TEXT_CELL(event_id, Event, it->id)
TEXT_CELL(event_uid, Event, it->uid)
TEXT_CELL(event_title, Event, it->title)
TEXT_CELL(event_category, Event, it->category)
TEXT_CELL(event_start, Event, it->schedule ? it->schedule->start : NULL)
TEXT_CELL(event_end, Event, it->schedule ? it->schedule->end : NULL)
TEXT_CELL(event_zone, Event, it->schedule ? it->schedule->time_zone : NULL)
TEXT_CELL(event_city, Event, it->venue ? it->venue->city : NULL)
TEXT_CELL(event_country, Event, it->venue ? it->venue->country : NULL)
TEXT_CELL(event_updated, Event, it->updated)
TEXT_CELL(event_kind_code, Event,
          json_enum_name(&plenary__v1__event__kind__descriptor, (int)it->kind))
TEXT_CELL(event_format_code, Event,
          json_enum_name(&plenary__v1__event__format__descriptor, (int)it->format))
TEXT_CELL(event_status_code, Event,
          json_enum_name(&plenary__v1__event__status__descriptor, (int)it->status))
TEXT_CELL(event_tlp, Event,
          it->handling
              ? json_enum_name(&plenary__v1__handling__tlp__descriptor, (int)it->handling->tlp)
              : NULL)

static const char *event_format(const void *record, Arena *arena)
{
    return words_of(&plenary__v1__event__format__descriptor, (int)((const Event *)record)->format,
                    arena);
}

static const char *event_colour(const void *record, Arena *arena)
{
    (void)arena;
    switch (((const Event *)record)->status) {
    case PLENARY__V1__EVENT__STATUS__CANCELLED: return "red";
    case PLENARY__V1__EVENT__STATUS__TENTATIVE:
    case PLENARY__V1__EVENT__STATUS__POSTPONED: return "yellow";
    default: return NULL;
    }
}

static const Column event_columns[] = {
    {"NO", event_number, TABLE_RIGHT}, {"WHEN", event_when_listed, 0},
    {"TITLE", event_title, TABLE_CUT}, {"KIND", event_kind_code, 0},
    {"WHERE", event_place, 0},         {"FORMAT", event_format, TABLE_SPARE},
    {"STATUS", event_status_code, 0},
};

static const Column event_csv[] = {
    {"number", event_number, 0},
    {"id", event_id, 0},
    {"uid", event_uid, 0},
    {"revision", event_revision, 0},
    {"kind", event_kind_code, 0},
    {"category", event_category, 0},
    {"title", event_title, 0},
    {"start", event_start, 0},
    {"end", event_end, 0},
    {"time_zone", event_zone, 0},
    {"status", event_status_code, 0},
    {"format", event_format_code, 0},
    {"city", event_city, 0},
    {"country", event_country, 0},
    {"tlp", event_tlp, 0},
    {"updated", event_updated, 0},
};

const RecordKind event_kind = {
    .columns = event_columns,
    .column_count = sizeof event_columns / sizeof *event_columns,
    .csv = event_csv,
    .csv_count = sizeof event_csv / sizeof *event_csv,
    .id = event_id,
    .colour = event_colour,
};

/* --- organisations --- */

TEXT_CELL(organisation_id, Organisation, it->id)
TEXT_CELL(organisation_name, Organisation, it->name)
TEXT_CELL(organisation_acronym, Organisation, it->acronym)
TEXT_CELL(organisation_country, Organisation, it->country)
TEXT_CELL(organisation_part_of, Organisation, it->part_of)
TEXT_CELL(organisation_uri, Organisation, it->uri)
TEXT_CELL(organisation_kind_code, Organisation,
          json_enum_name(&plenary__v1__organisation__kind__descriptor, (int)it->kind))

static const char *organisation_kind_words(const void *record, Arena *arena)
{
    return words_of(&plenary__v1__organisation__kind__descriptor,
                    (int)((const Organisation *)record)->kind, arena);
}

static const Column organisation_columns[] = {
    {"ID", organisation_id, 0},
    {"ACRONYM", organisation_acronym, 0},
    {"NAME", organisation_name, TABLE_CUT},
    {"KIND", organisation_kind_words, 0},
    {"COUNTRY", organisation_country, 0},
    {"PART OF", organisation_part_of, 0},
};

static const Column organisation_csv[] = {
    {"id", organisation_id, 0},           {"name", organisation_name, 0},
    {"acronym", organisation_acronym, 0}, {"kind", organisation_kind_code, 0},
    {"country", organisation_country, 0}, {"part_of", organisation_part_of, 0},
    {"uri", organisation_uri, 0},
};

const RecordKind organisation_kind = {
    .columns = organisation_columns,
    .column_count = sizeof organisation_columns / sizeof *organisation_columns,
    .csv = organisation_csv,
    .csv_count = sizeof organisation_csv / sizeof *organisation_csv,
    .id = organisation_id,
};
