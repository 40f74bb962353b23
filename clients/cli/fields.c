#include "clients/cli/fields.h"

#include "clients/cli/complain.h"
#include "clients/cli/person.h"
#include "clients/cli/verbs.h"
#include "proto/json.h"

#include <string.h>

typedef enum FieldForm {
    FIELD_TEXT,
    FIELD_FLAG,
    FIELD_LIST,
    FIELD_ORGANISATIONS,
    FIELD_PARTICIPANTS,
} FieldForm;

typedef struct Field {
    const char *option;
    const char *parent; /* NULL: the event itself */
    const char *name;
    FieldForm form;
} Field;

static const Field fields[] = {
    {"title", NULL, "title", FIELD_TEXT},
    {"kind", NULL, "kind", FIELD_TEXT},
    {"start", "schedule", "start", FIELD_TEXT},
    {"end", "schedule", "end", FIELD_TEXT},
    {"tz", "schedule", "timeZone", FIELD_TEXT},
    {"approximate", "schedule", "approximate", FIELD_FLAG},
    {"format", NULL, "format", FIELD_TEXT},
    {"venue", "venue", "name", FIELD_TEXT},
    {"room", "venue", "room", FIELD_TEXT},
    {"street", "venue", "street", FIELD_TEXT},
    {"city", "venue", "city", FIELD_TEXT},
    {"country", "venue", "country", FIELD_TEXT},
    {"online", "online", "uri", FIELD_TEXT},
    {"org", NULL, "organisations", FIELD_ORGANISATIONS},
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

enum {
    FIELDS = sizeof fields / sizeof *fields,
};

/* --- JSON --- */

/* The object that holds the field; made where it is not there. */
static json_t *holder(json_t *event, const Field *field)
{
    if (!field->parent) return event;
    json_t *parent = json_object_get(event, field->parent);
    if (parent) return parent;
    if (json_object_set_new(event, field->parent, json_object()) != 0) return NULL;
    return json_object_get(event, field->parent);
}

static int set_field(json_t *event, const Field *field, json_t *value)
{
    json_t *object = holder(event, field);
    bool set = object && value && json_object_set(object, field->name, value) == 0;
    json_decref(value);
    return set ? CLI_DONE : session_no_memory();
}

/* A holder that has nothing left goes too. */
static int clear_field(json_t *event, const Field *field)
{
    json_t *object = field->parent ? json_object_get(event, field->parent) : event;
    if (!object) return CLI_DONE;
    (void)json_object_del(object, field->name);
    if (field->parent && json_object_size(object) == 0) (void)json_object_del(event, field->parent);
    return CLI_DONE;
}

static json_t *list_of(json_t *event, const Field *field)
{
    json_t *object = holder(event, field);
    json_t *list = json_object_get(object, field->name);
    if (list) return list;
    if (!object || json_object_set_new(object, field->name, json_array()) != 0) return NULL;
    return json_object_get(object, field->name);
}

/* --- organisations --- */

static const char *unique_id(const Plenary__V1__OrganisationsReply *found, const char *name)
{
    if (found->n_organisations == 1) return found->organisations[0]->id;
    for (size_t i = 0; i < found->n_organisations; i++)
        if (strcmp(found->organisations[i]->id, name) == 0) return name;
    return NULL;
}

static int ambiguous(const Plenary__V1__OrganisationsReply *found, const char *name)
{
    complain("organisations: \"%s\" is the name of several; say which by its id:", name);
    for (size_t i = 0; i < found->n_organisations; i++)
        complain("  %s  %s", found->organisations[i]->id, found->organisations[i]->name);
    return CLI_INVALID;
}

/* The id of the organisation of that name; NULL: the directory has none. */
static int look_up(Session *session, const char *name, const char **id)
{
    Plenary__V1__GetOrganisation get = PLENARY__V1__GET_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Reply *reply = NULL;
    get.name = (char *)(uintptr_t)name;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_ORGANISATION;
    request.get_organisation = &get;
    int code = session_try(session, &request, &reply);
    if (code != CLI_DONE) return code;
    *id = NULL;
    if (reply_is_ok(reply)) {
        *id = arena_strdup(session->arena, unique_id(reply->organisations, name));
        if (!*id && reply->organisations->n_organisations)
            code = ambiguous(reply->organisations, name);
    } else if (reply->status->code != PLENARY__V1__STATUS_CODE__NOT_FOUND) {
        code = complain_status(reply->status, NULL);
    }
    plenary_reply_free(reply);
    return code;
}

int fields_resolve_organisations(Session *session, json_t *event)
{
    size_t index;
    json_t *part;
    json_array_foreach(json_object_get(event, "organisations"), index, part)
    {
        const char *name = json_string_value(json_object_get(part, "name"));
        const char *id = NULL;
        if (!name || !*name || json_object_get(part, "id")) continue;
        int code = look_up(session, name, &id);
        if (code != CLI_DONE) return code;
        if (!id) continue;
        (void)json_object_del(part, "name");
        if (json_object_set_new(part, "id", json_string(id)) != 0) return session_no_memory();
    }
    return CLI_DONE;
}

/* "unodc:organiser"; what follows the last colon is a role where it is one word. */
static json_t *parse_organisation(const char *text)
{
    const char *colon = strrchr(text, ':');
    if (!colon || strchr(colon, ' ')) return json_pack("{s:s}", "name", text);
    return json_pack("{s:s%, s:s}", "name", text, (size_t)(colon - text), "role", colon + 1);
}

/* --- lists --- */

static int make_element(Session *session, const Field *field, const char *text, json_t **element)
{
    *element = NULL;
    switch (field->form) {
    case FIELD_ORGANISATIONS: *element = parse_organisation(text); break;
    case FIELD_PARTICIPANTS: return person_parse(session, text, element);
    default: *element = json_string(text); break;
    }
    return *element ? CLI_DONE : session_no_memory();
}

static bool is_text(const json_t *object, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value && text && strcmp(value, text) == 0;
}

static bool is_meant(const Field *field, const json_t *element, const json_t *pattern)
{
    const char *name = json_string_value(json_object_get(pattern, "name"));
    const char *id = json_string_value(json_object_get(pattern, "id"));
    const json_t *role = json_object_get(pattern, "role");
    if (field->form == FIELD_LIST) return json_equal(element, pattern);
    if (role && !is_text(element, "role", json_string_value(role))) return false;
    return is_text(element, "name", name) || is_text(element, "id", id ? id : name);
}

/* The pattern is an element as it would be added; an organisation's name has been looked up. */
static int remove_from(json_t *list, const Field *field, const json_t *pattern, const char *text)
{
    bool removed = false;
    for (size_t i = json_array_size(list); i-- > 0;) {
        if (!is_meant(field, json_array_get(list, i), pattern)) continue;
        (void)json_array_remove(list, i);
        removed = true;
    }
    if (removed) return CLI_DONE;
    return complain_code(CLI_INVALID, "--remove-%s: there is no \"%s\"", field->option, text);
}

static int resolve_element(Session *session, const Field *field, json_t *element)
{
    if (field->form != FIELD_ORGANISATIONS) return CLI_DONE;
    json_t *wrapped = json_pack("{s:[O]}", "organisations", element);
    if (!wrapped) return session_no_memory();
    int code = fields_resolve_organisations(session, wrapped);
    json_decref(wrapped);
    return code;
}

static int change_list(Session *session, json_t *event, const Field *field, const Given *given)
{
    json_t *element = NULL;
    json_t *list = list_of(event, field);
    if (!list) return session_no_memory();
    int code = make_element(session, field, given->value, &element);
    if (code == CLI_DONE) code = resolve_element(session, field, element);
    if (code == CLI_DONE && given->manner == OPTION_REMOVE)
        code = remove_from(list, field, element, given->value);
    else if (code == CLI_DONE && json_array_append(list, element) != 0)
        code = session_no_memory();
    json_decref(element);
    if (code == CLI_DONE && json_array_size(list) == 0) code = clear_field(event, field);
    return code;
}

/* --- options --- */

static const Field *find_field(const char *option)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].option, option) == 0) return &fields[i];
    return NULL;
}

static bool is_list(const Field *field)
{
    return field->form != FIELD_TEXT && field->form != FIELD_FLAG;
}

/* `replaced` remembers the lists that were emptied for what comes. */
static int apply(Session *session, json_t *event, const Field *field, const Given *given,
                 bool *replaced)
{
    bool clears = given->manner == OPTION_NO ||
                  (field->form != FIELD_FLAG && given->manner == OPTION_PLAIN && !*given->value);
    if (is_list(field) && given->manner == OPTION_PLAIN && !*replaced) {
        (void)clear_field(event, field);
        *replaced = true;
    }
    if (clears) return clear_field(event, field);
    if (is_list(field)) return change_list(session, event, field, given);
    if (field->form == FIELD_FLAG) return set_field(event, field, json_true());
    return set_field(event, field, json_string(given->value));
}

int fields_apply(Session *session, json_t *event)
{
    bool replaced[FIELDS] = {false};
    for (size_t i = 0; i < session->arguments->given_count; i++) {
        const Given *given = &session->arguments->given[i];
        if (!(given->option->groups & (GROUP_FIELDS | GROUP_TITLE))) continue;
        const Field *field = find_field(given->option->name);
        if (!field) continue;
        int code = apply(session, event, field, given, &replaced[field - fields]);
        if (code != CLI_DONE) return code;
    }
    return CLI_DONE;
}
