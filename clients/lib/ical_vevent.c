#include "clients/lib/ical_vevent.h"

#include "clients/lib/ical.h"
#include "clients/lib/ical_people.h"
#include "clients/lib/ical_times.h"
#include "proto/contract.h"
#include "proto/json.h"
#include "proto/text.h"

#include <glib.h>
#include <string.h>
#include <strings.h>

enum {
    DAY_S = 24 * 3600,
};

/* An event that is being read. What a property says is put where nothing is yet; what X-PLENARY-…
 * carries, over it. What depends on several lines waits for the last one. */
typedef struct Reading {
    const IcalSurroundings *around;
    Arena *arena;
    Problem *problem;
    json_t *event;
    json_t *schedule;
    IcalTime start;
    bool has_start;
    const char *location;
    const char *status;
    const char *class;
    const char *note;
    const IcalLine *organizer;
    json_t *carried_schedule; /* what DTSTART and DTEND leave unsaid, or NULL */
    json_t *topics;           /* CATEGORIES */
    json_t *attached;         /* ATTACH */
} Reading;

/* --- JSON --- */

static const char *text_of(Reading *self, const char *value)
{
    const char *text = ical_unescape(value, self->arena);
    return text ? text : "";
}

static void put_text(json_t *object, const char *key, const char *text)
{
    if (*text && !json_object_get(object, key))
        (void)json_object_set_new(object, key, json_string(text));
}

static void put_moment(json_t *object, const char *key, const Moment *moment)
{
    char text[MOMENT_TEXT_SIZE];
    moment_print(moment, text);
    put_text(object, key, text);
}

/* A member of the event that is an object or a list; made where it is not there. */
static json_t *member(json_t *event, const char *key, bool list)
{
    json_t *value = json_object_get(event, key);
    if (value) return value;
    value = list ? json_array() : json_object();
    (void)json_object_set_new(event, key, value);
    return value;
}

static void append_text(json_t *list, const char *text)
{
    if (*text) (void)json_array_append_new(list, json_string(text));
}

/* --- properties; each says whether a field holds it now --- */

typedef bool property_fn(Reading *self, const IcalLine *line);

static bool take_nothing(Reading *self, const IcalLine *line)
{
    (void)self;
    (void)line;
    return true;
}

/* What there is once: a second one is kept as it is. */
static bool take_text(Reading *self, const IcalLine *line, const char *key)
{
    if (json_object_get(self->event, key)) return false;
    put_text(self->event, key, text_of(self, line->value));
    return true;
}

static bool take_uid(Reading *self, const IcalLine *line)
{
    return take_text(self, line, "uid");
}

static bool take_summary(Reading *self, const IcalLine *line)
{
    const char *language = ical_find_parameter(line, "LANGUAGE");
    if (language) put_text(self->event, "language", language);
    return take_text(self, line, "title");
}

static bool take_description(Reading *self, const IcalLine *line)
{
    return take_text(self, line, "description");
}

static bool take_once(const char **place, const char *value)
{
    if (*place) return false;
    *place = value;
    return true;
}

static bool take_location(Reading *self, const IcalLine *line)
{
    return take_once(&self->location, text_of(self, line->value));
}

static bool take_status(Reading *self, const IcalLine *line)
{
    if (!ical_status_of(line->value)) return false;
    return take_once(&self->status, line->value);
}

static bool take_class(Reading *self, const IcalLine *line)
{
    static const char *const known[] = {"PUBLIC", "PRIVATE", "CONFIDENTIAL"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(known[i], line->value) == 0) return take_once(&self->class, known[i]);
    return false;
}

static bool take_note(Reading *self, const IcalLine *line)
{
    return take_once(&self->note, text_of(self, line->value));
}

static bool take_geo(Reading *self, const IcalLine *line)
{
    json_t *venue = member(self->event, "venue", false);
    const char *semicolon = strchr(line->value, ';');
    if (json_object_get(venue, "latitude")) return true; /* the exact one, which was carried */
    if (!semicolon) {
        problem_violation(self->problem, "venue.latitude", "GEO: %s is not LATITUDE;LONGITUDE",
                          text_quote(line->value).text);
        return true;
    }
    put_text(venue, "latitude",
             arena_strndup(self->arena, line->value, (size_t)(semicolon - line->value)));
    put_text(venue, "longitude", semicolon + 1);
    return true;
}

static bool take_url(Reading *self, const IcalLine *line)
{
    json_t *source = member(self->event, "source", false);
    const char *known = json_string_value(json_object_get(source, "uri"));
    if (known) return strcmp(known, line->value) == 0;
    put_text(source, "uri", line->value);
    return true;
}

static bool take_categories(Reading *self, const IcalLine *line)
{
    const char *rest = line->value;
    while (rest) {
        const char *topic = ical_unescape_first(rest, &rest, self->arena);
        if (!topic) break;
        append_text(self->topics, g_strstrip((char *)(uintptr_t)topic));
    }
    return true;
}

static bool take_conference(Reading *self, const IcalLine *line)
{
    const char *label = ical_find_parameter(line, "LABEL");
    json_t *online = member(self->event, "online", false);
    const char *known = json_string_value(json_object_get(online, "uri"));
    if (known) return strcmp(known, line->value) == 0;
    put_text(online, "uri", line->value);
    if (label) put_text(online, "platform", label);
    return true;
}

static bool take_relation(Reading *self, const IcalLine *line)
{
    const char *kind = ical_find_parameter(line, "RELTYPE");
    const char *name = text_of(self, line->value);
    if (!kind || strcasecmp(kind, "PARENT") == 0) {
        if (json_object_get(self->event, "part_of")) return false;
        put_text(self->event, "part_of", name);
    } else if (strcasecmp(kind, ICAL_CARRIED "FOLLOWS") == 0) {
        put_text(self->event, "follows", name);
    } else if (strcasecmp(kind, "SIBLING") == 0) {
        append_text(member(self->event, "related", true), name);
    } else {
        return false;
    }
    return true;
}

static bool take_attachment(Reading *self, const IcalLine *line)
{
    const char *encoding = ical_find_parameter(line, "ENCODING");
    const char *title = ical_find_parameter(line, "FILENAME");
    const char *media_type = ical_find_parameter(line, "FMTTYPE");
    if (encoding && strcasecmp(encoding, "8BIT") != 0) return false; /* not a link, but the bytes */
    json_t *document = json_object();
    put_text(document, "uri", line->value);
    if (title) put_text(document, "title", title);
    if (media_type) put_text(document, "media_type", media_type);
    (void)json_array_append_new(self->attached, document);
    return true;
}

static bool take_attendee(Reading *self, const IcalLine *line)
{
    return ical_people_read_attendee(line, self->event);
}

/* Ours says nothing that is not in an ATTENDEE; another's is kept as it is too, for its address. */
static bool take_organizer(Reading *self, const IcalLine *line)
{
    if (ical_find_parameter(line, ICAL_CARRIED "ROLE")) return true;
    if (!self->organizer) self->organizer = line;
    return false;
}

/* --- times --- */

static bool take_recurrence_id(Reading *self, const IcalLine *line)
{
    IcalTime time;
    if (!ical_time_read(line, line->value, self->around, "recurrence_id", &time, self->problem))
        return true;
    Moment moment = ical_time_in(&time, self->start.zone, self->around->zones);
    put_moment(self->event, "recurrence_id", &moment);
    return true;
}

static bool take_end(Reading *self, const IcalLine *line)
{
    IcalTime time;
    if (!self->has_start ||
        !ical_time_read(line, line->value, self->around, "schedule.end", &time, self->problem))
        return true;
    Moment end = ical_time_in(&time, self->start.zone, self->around->zones);
    int64_t start_s = moment_local_s(&self->start.moment);
    /* Of whole days the last one counts. Many write the first day as the end of one day. */
    if (end.is_date && moment_local_s(&end) != start_s)
        end = moment_from_local_s(moment_local_s(&end) - DAY_S, true);
    put_moment(self->schedule, "end", &end);
    return true;
}

static bool take_duration(Reading *self, const IcalLine *line)
{
    Moment end;
    if (!self->has_start) return true;
    if (ical_time_after(&self->start, line->value, self->around->zones, &end))
        put_moment(self->schedule, "end", &end);
    else
        problem_violation(self->problem, "schedule.end", "DURATION: %s is not a length of time",
                          text_quote(line->value).text);
    return true;
}

static bool take_rule(Reading *self, const IcalLine *line)
{
    json_t *recurrence = member(self->event, "recurrence", false);
    if (json_object_get(recurrence, "rrule")) return false;
    put_text(recurrence, "rrule", line->value);
    return true;
}

static void take_dates(Reading *self, const IcalLine *line, const char *key)
{
    json_t *list = member(member(self->event, "recurrence", false), key, true);
    char *values = arena_strdup(self->arena, line->value);
    for (char *value = values ? strsep(&values, ",") : NULL; value; value = strsep(&values, ",")) {
        IcalTime time;
        char text[MOMENT_TEXT_SIZE];
        if (!ical_time_read(line, value, self->around, "recurrence", &time, self->problem)) return;
        Moment moment = ical_time_in(&time, self->start.zone, self->around->zones);
        moment_print(&moment, text);
        append_text(list, text);
    }
}

static bool take_rdate(Reading *self, const IcalLine *line)
{
    const char *value = ical_find_parameter(line, "VALUE");
    if (value && strcasecmp(value, "PERIOD") == 0) return false;
    take_dates(self, line, "rdate");
    return true;
}

static bool take_exdate(Reading *self, const IcalLine *line)
{
    take_dates(self, line, "exdate");
    return true;
}

/* --- the table --- */

typedef struct Property {
    const char *name;
    property_fn *take;
} Property;

static const Property properties[] = {
    {"UID", take_uid},
    {"SUMMARY", take_summary},
    {"DESCRIPTION", take_description},
    {"DTSTART", take_nothing}, /* before all others */
    {"DTEND", take_end},
    {"DURATION", take_duration},
    {"RECURRENCE-ID", take_recurrence_id},
    {"RRULE", take_rule},
    {"RDATE", take_rdate},
    {"EXDATE", take_exdate},
    {"STATUS", take_status},
    {"CLASS", take_class},
    {"CATEGORIES", take_categories},
    {"LOCATION", take_location},
    {"GEO", take_geo},
    {"URL", take_url},
    {"CONFERENCE", take_conference},
    {"ORGANIZER", take_organizer},
    {"ATTENDEE", take_attendee},
    {"RELATED-TO", take_relation},
    {"ATTACH", take_attachment},
    {ICAL_NOTE, take_note},
    /* Given by the registry. */
    {"DTSTAMP", take_nothing},
    {"CREATED", take_nothing},
    {"LAST-MODIFIED", take_nothing},
    {"SEQUENCE", take_nothing},
};

static const Property *find_property(const char *name)
{
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        if (strcmp(properties[i].name, name) == 0) return &properties[i];
    return NULL;
}

static void keep(Reading *self, const IcalLine *line)
{
    json_t *parameters = json_array();
    for (size_t i = 0; i < line->parameter_count; i++) {
        if (!*line->parameters[i].value) continue;
        const char *parameter =
            arena_printf(self->arena, "%s=%s", line->parameters[i].name, line->parameters[i].value);
        append_text(parameters, parameter ? parameter : "");
    }
    json_t *extension = json_pack("{s:s, s:o, s:s}", "name", line->name, "parameters", parameters,
                                  "value", line->value);
    (void)json_array_append_new(member(self->event, "extensions", true), extension);
}

/* --- what is carried --- */

static const ProtobufCFieldDescriptor *carried_field(const char *name)
{
    char field[ICAL_NAME_SIZE];
    if (strcmp(name, ICAL_COMPONENT) == 0 || !ical_carried_field(name, field)) return NULL;
    return protobuf_c_message_descriptor_get_field_by_name(&plenary__v1__event__descriptor, field);
}

/* The value of a line: an object where the field holds messages, or else a text. */
static json_t *carried_value(Reading *self, const ProtobufCFieldDescriptor *field,
                             const IcalLine *line)
{
    Problem problem;
    json_t *documents = NULL;
    const char *text = text_of(self, line->value);
    if (field->type != PROTOBUF_C_TYPE_MESSAGE) return json_string(text);
    problem_clear(&problem);
    json_t *value = NULL;
    if (json_parse(text, strlen(text), &documents, &problem) == STATUS_OK)
        value = json_incref(json_array_get(documents, 0));
    json_decref(documents);
    if (!json_is_object(value)) {
        json_decref(value);
        value = NULL;
        problem_violation(self->problem, field->name, "%s: is not a JSON object", line->name);
    }
    return value;
}

static void take_carried(Reading *self, const ProtobufCFieldDescriptor *field, const IcalLine *line)
{
    json_t *value = carried_value(self, field, line);
    if (!value) return;
    if (strcmp(field->name, "schedule") == 0 && !self->carried_schedule)
        self->carried_schedule = json_incref(value);
    else if (field->label == PROTOBUF_C_LABEL_REPEATED)
        (void)json_array_append(member(self->event, field->name, true), value);
    else if (json_is_object(value))
        (void)json_object_update(member(self->event, field->name, false), value);
    else
        (void)json_object_set(self->event, field->name, value);
    json_decref(value);
}

/* --- the end --- */

/* What was put after the description for people to read goes. */
static void finish_description(Reading *self)
{
    const char *text = json_string_value(json_object_get(self->event, "description"));
    size_t length = text ? strlen(text) : 0;
    size_t note = self->note ? strlen(self->note) : 0;
    if (note == 0 || note > length || strcmp(text + length - note, self->note) != 0) return;
    if (note == length)
        (void)json_object_del(self->event, "description");
    else
        (void)json_object_set_new(self->event, "description", json_stringn(text, length - note));
}

/* The last category that is a kind says the kind. */
static void finish_categories(Reading *self)
{
    const char *kind = json_string_value(json_object_get(self->event, "kind"));
    size_t count = json_array_size(self->topics);
    for (size_t i = count; i-- > 0;) {
        int value;
        char *folded = g_ascii_strdown(json_string_value(json_array_get(self->topics, i)), -1);
        bool found = kind ? strcmp(kind, folded) == 0
                          : json_enum_find(&plenary__v1__event__kind__descriptor, folded, &value);
        if (found) {
            put_text(self->event, "kind", folded);
            (void)json_array_remove(self->topics, i);
        }
        g_free(folded);
        if (found) break;
    }
    put_text(self->event, "kind", "meeting");
    if (json_array_size(self->topics)) (void)json_object_set(self->event, "topics", self->topics);
}

/* A status that is carried counts as long as STATUS says what was written for it. */
static void finish_status(Reading *self)
{
    int carried = 0;
    const char *name = json_string_value(json_object_get(self->event, "status"));
    const ProtobufCEnumDescriptor *descriptor = &plenary__v1__event__status__descriptor;
    const char *status = self->status;
    const char *method = self->around->method;
    if (!status && method && strcasecmp(method, "CANCEL") == 0) status = "CANCELLED";
    bool known = name && json_enum_find(descriptor, name, &carried);
    if (!status ||
        (known && strcasecmp(ical_status_word((Plenary__V1__Event__Status)carried), status) == 0))
        return;
    (void)json_object_set_new(self->event, "status",
                              json_string(json_enum_name(descriptor, (int)ical_status_of(status))));
}

/* A class alone is the least that it says; red would need to know for whom. */
static void finish_class(Reading *self)
{
    if (!self->class || strcmp(self->class, "PUBLIC") == 0) return;
    json_t *handling = member(self->event, "handling", false);
    put_text(handling, "tlp", "amber");
}

static const char *carried_location(Reading *self, const json_t *venue)
{
    Venue printed = PLENARY__V1__VENUE__INIT;
    printed.name = (char *)(uintptr_t)json_string_value(json_object_get(venue, "name"));
    printed.room = (char *)(uintptr_t)json_string_value(json_object_get(venue, "room"));
    printed.street = (char *)(uintptr_t)json_string_value(json_object_get(venue, "street"));
    printed.city = (char *)(uintptr_t)json_string_value(json_object_get(venue, "city"));
    printed.country = (char *)(uintptr_t)json_string_value(json_object_get(venue, "country"));
    return ical_location(&printed, self->arena);
}

/* A venue that is carried counts as long as LOCATION says the same. */
static void finish_location(Reading *self)
{
    static const char *const said[] = {"name", "room", "street", "city", "region", "country"};
    if (!self->location || !*self->location) return;
    json_t *venue = member(self->event, "venue", false);
    const char *carried = carried_location(self, venue);
    if (carried && strcmp(carried, self->location) == 0) return;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        (void)json_object_del(venue, said[i]);
    put_text(venue, "name", self->location);
}

/* A document that is carried is attached too, for other calendars. */
static void finish_documents(Reading *self)
{
    size_t index;
    json_t *attached;
    json_array_foreach(self->attached, index, attached)
    {
        size_t other;
        json_t *carried;
        bool known = false;
        json_array_foreach(json_object_get(self->event, "documents"), other, carried)
        {
            known = known ||
                    json_equal(json_object_get(carried, "uri"), json_object_get(attached, "uri"));
        }
        if (!known) (void)json_array_append(member(self->event, "documents", true), attached);
    }
}

static bool same_moment(const json_t *a, const json_t *b)
{
    Moment one;
    Moment other;
    return json_is_string(a) && json_is_string(b) && moment_parse(json_string_value(a), &one) &&
           moment_parse(json_string_value(b), &other) && one.is_date == other.is_date &&
           moment_local_s(&one) == moment_local_s(&other);
}

/* A carried moment counts where the calendar says none, or the same in other digits. */
static void finish_schedule(Reading *self)
{
    const char *key;
    json_t *value;
    json_object_foreach(self->carried_schedule, key, value)
    {
        bool is_moment = strcmp(key, "start") == 0 || strcmp(key, "end") == 0;
        const json_t *said = json_object_get(self->schedule, key);
        if (!is_moment || !said || same_moment(said, value))
            (void)json_object_set(self->schedule, key, value);
    }
}

static void finish(Reading *self)
{
    finish_schedule(self);
    finish_description(self);
    finish_categories(self);
    finish_status(self);
    finish_class(self);
    finish_location(self);
    finish_documents(self);
    if (self->organizer) (void)ical_people_read_organizer(self->organizer, self->event);
}

/* --- all --- */

/* DTSTART says the zone that all other times are told in. */
static void read_start(Reading *self, const IcalLine *lines, size_t count)
{
    for (size_t i = 0; i < count && !self->has_start; i++) {
        if (strcmp(lines[i].name, "DTSTART") != 0) continue;
        self->has_start = ical_time_read(&lines[i], lines[i].value, self->around, "schedule.start",
                                         &self->start, self->problem);
        if (!self->has_start) return;
        put_moment(self->schedule, "start", &self->start.moment);
        if (self->start.zone) put_text(self->schedule, "time_zone", self->start.zone);
    }
    if (!self->has_start) problem_violation(self->problem, "schedule.start", "DTSTART is missing");
}

/* Extensions stay in their order, carried or not. */
static bool is_extension(const ProtobufCFieldDescriptor *field)
{
    return field && strcmp(field->name, "extensions") == 0;
}

static void read_lines(Reading *self, const IcalLine *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const ProtobufCFieldDescriptor *field = carried_field(lines[i].name);
        if (field && !is_extension(field)) take_carried(self, field, &lines[i]);
    }
    for (size_t i = 0; i < count; i++) {
        const Property *property = find_property(lines[i].name);
        const ProtobufCFieldDescriptor *field = carried_field(lines[i].name);
        if (is_extension(field)) take_carried(self, field, &lines[i]);
        if (field && !property) continue;
        if (!property || !property->take(self, &lines[i])) keep(self, &lines[i]);
    }
}

json_t *ical_vevent_read(const IcalLine *lines, size_t count, const IcalSurroundings *around,
                         Arena *arena, Problem *problem)
{
    Reading self = {.around = around,
                    .arena = arena,
                    .problem = problem,
                    .event = json_object(),
                    .topics = json_array(),
                    .attached = json_array()};
    if (self.event && self.topics && self.attached) {
        self.schedule = member(self.event, "schedule", false);
        read_start(&self, lines, count);
        read_lines(&self, lines, count);
        finish(&self);
    }
    json_decref(self.carried_schedule);
    json_decref(self.topics);
    json_decref(self.attached);
    return self.event;
}
