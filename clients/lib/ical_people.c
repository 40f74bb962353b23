#include "clients/lib/ical_people.h"

#include "clients/lib/ical.h"
#include "proto/id.h"
#include "proto/json.h"
#include "proto/reflect.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    ADDRESS_SIZE = 320,
};

#define MAILTO "mailto:"

/* --- writing --- */

/* "urn:uuid:…", version 8 (RFC 9562 section 5.8), of what names somebody. */
static void print_urn(const char *kind, const char *name, const char *within,
                      char address[static ADDRESS_SIZE])
{
    uint8_t bytes[ID_BYTES];
    char id[ID_TEXT_SIZE];
    crypto_generichash_state state;
    const char *const parts[] = {"plenary", kind, name ? name : "", within ? within : ""};
    (void)crypto_generichash_init(&state, NULL, 0, sizeof bytes);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) /* each with its NUL */
        (void)crypto_generichash_update(&state, (const uint8_t *)parts[i], strlen(parts[i]) + 1);
    (void)crypto_generichash_final(&state, bytes, sizeof bytes);
    bytes[6] = (uint8_t)(0x80 | (bytes[6] & 0x0F));
    bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3F));
    id_print(bytes, id);
    (void)snprintf(address, ADDRESS_SIZE, "urn:uuid:%s", id);
}

static void print_address(const char *email, const char *kind, const char *name, const char *within,
                          char address[static ADDRESS_SIZE])
{
    if (email)
        (void)snprintf(address, ADDRESS_SIZE, MAILTO "%s", email);
    else
        print_urn(kind, name, within, address);
}

/* Every field that is there as X-PLENARY-…, but those that `said` names. */
static void put_fields(IcalPen *pen, const ProtobufCMessage *message, const char *const *said)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        const char *const *name = said;
        char parameter[ICAL_NAME_SIZE];
        while (*name && strcmp(*name, field->name) != 0)
            name++;
        if (*name || reflect_count(message, field) == 0) continue;
        const void *value = reflect_at(message, field, 0);
        ical_carried_name(field->name, parameter);
        ical_parameter(pen, parameter,
                       field->type == PROTOBUF_C_TYPE_ENUM
                           ? json_enum_name(field->descriptor, reflect_enum(value))
                           : reflect_text(value));
    }
}

static void put_organisation(IcalPen *pen, const char *property, const Involvement *part,
                             const IcalLookup *lookup)
{
    static const char *const said_by_id[] = {NULL};
    static const char *const said_by_name[] = {"name", NULL};
    char address[ADDRESS_SIZE];
    const Organisation *known = part->id ? lookup->organisation(lookup->context, part->id) : NULL;
    const char *name = part->name ? part->name : part->id;
    bool is_attendee = strcmp(property, "ATTENDEE") == 0;
    if (known && known->name) name = known->name;
    print_address(known ? known->email : NULL, "organisation", part->id ? part->id : name, NULL,
                  address);
    ical_begin(pen, property);
    ical_parameter(pen, "CN", name);
    if (is_attendee) ical_parameter(pen, "CUTYPE", "GROUP");
    if (is_attendee)
        ical_parameter(pen, "ROLE",
                       part->role == PLENARY__V1__INVOLVEMENT__ROLE__OBSERVER ? "NON-PARTICIPANT"
                                                                              : "REQ-PARTICIPANT");
    put_fields(pen, &part->base, part->id ? said_by_id : said_by_name);
    ical_raw(pen, address);
}

static void put_participant(IcalPen *pen, const Participant *person)
{
    static const char *const said[] = {"name", "email", "response", NULL};
    char address[ADDRESS_SIZE];
    print_address(person->email, "participant", person->name, person->organisation, address);
    ical_begin(pen, "ATTENDEE");
    ical_parameter(pen, "CN", person->name);
    ical_parameter(pen, "CUTYPE", "INDIVIDUAL");
    ical_parameter(pen, "ROLE", ical_role_word(person->role));
    ical_parameter(pen, "PARTSTAT", ical_response_word(person->response));
    put_fields(pen, &person->base, said);
    ical_raw(pen, address);
}

static const Involvement *find_role(const Event *event, Plenary__V1__Involvement__Role role)
{
    for (size_t i = 0; i < event->n_organisations; i++)
        if (event->organisations[i]->role == role) return event->organisations[i];
    return NULL;
}

/* An ORGANIZER that an import brought stays the event's. */
static bool has_organizer(const Event *event)
{
    for (size_t i = 0; i < event->n_extensions; i++)
        if (strcasecmp(event->extensions[i]->name, "ORGANIZER") == 0) return true;
    return false;
}

void ical_people_write(IcalPen *pen, const Event *event, const IcalLookup *lookup)
{
    const Involvement *organiser = find_role(event, PLENARY__V1__INVOLVEMENT__ROLE__ORGANISER);
    if (!organiser) organiser = find_role(event, PLENARY__V1__INVOLVEMENT__ROLE__HOST);
    if (organiser && !has_organizer(event)) put_organisation(pen, "ORGANIZER", organiser, lookup);
    for (size_t i = 0; i < event->n_organisations; i++)
        put_organisation(pen, "ATTENDEE", event->organisations[i], lookup);
    for (size_t i = 0; i < event->n_participants; i++)
        put_participant(pen, event->participants[i]);
}

/* --- reading --- */

static void append(json_t *event, const char *list, json_t *element)
{
    json_t *array = json_object_get(event, list);
    if (!array) {
        array = json_array();
        (void)json_object_set_new(event, list, array);
    }
    (void)json_array_append_new(array, element);
}

static void set_text(json_t *object, const char *key, const char *value)
{
    if (value && *value) (void)json_object_set_new(object, key, json_string(value));
}

/* What is after X-PLENARY- in the parameters. */
static void take_fields(const IcalLine *line, json_t *object)
{
    char field[ICAL_NAME_SIZE];
    for (size_t i = 0; i < line->parameter_count; i++)
        if (ical_carried_field(line->parameters[i].name, field))
            set_text(object, field, line->parameters[i].value);
}

static const char *mail_of(const IcalLine *line)
{
    static const char prefix[] = MAILTO;
    bool is_mail = strncasecmp(line->value, prefix, sizeof prefix - 1) == 0;
    return is_mail ? line->value + sizeof prefix - 1 : NULL;
}

static const char *name_of(const IcalLine *line)
{
    const char *name = ical_find_parameter(line, "CN");
    if (name && *name) return name;
    name = mail_of(line);
    return name && *name ? name : line->value;
}

static void take_group(const IcalLine *line, json_t *event)
{
    json_t *part = json_object();
    take_fields(line, part);
    if (!json_object_get(part, "id")) set_text(part, "name", name_of(line));
    if (!json_object_get(part, "role")) set_text(part, "role", "participant");
    append(event, "organisations", part);
}

static void take_person(const IcalLine *line, json_t *event)
{
    json_t *person = json_object();
    set_text(person, "name", name_of(line));
    set_text(person, "email", mail_of(line));
    set_text(person, "response",
             json_enum_name(&plenary__v1__participant__response__descriptor,
                            (int)ical_response_of(ical_find_parameter(line, "PARTSTAT"))));
    set_text(person, "role",
             json_enum_name(&plenary__v1__participant__role__descriptor,
                            (int)ical_role_of(ical_find_parameter(line, "ROLE"))));
    take_fields(line, person);
    append(event, "participants", person);
}

bool ical_people_read_attendee(const IcalLine *line, json_t *event)
{
    const char *type = ical_find_parameter(line, "CUTYPE");
    if (type && strcasecmp(type, "GROUP") == 0)
        take_group(line, event);
    else if (!type || strcasecmp(type, "INDIVIDUAL") == 0 || strcasecmp(type, "UNKNOWN") == 0)
        take_person(line, event);
    else
        return false;
    return true;
}

bool ical_people_read_organizer(const IcalLine *line, json_t *event)
{
    size_t index;
    json_t *part;
    if (ical_find_parameter(line, ICAL_CARRIED "ROLE")) return false;
    json_t *organiser = json_pack("{s:s, s:s}", "name", name_of(line), "role", "organiser");
    json_array_foreach(json_object_get(event, "organisations"), index, part)
    {
        if (!json_equal(part, organiser)) continue;
        json_decref(organiser);
        return true;
    }
    append(event, "organisations", organiser);
    return true;
}
