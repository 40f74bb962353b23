#include "clients/cli/event_cells.h"

#include "proto/json.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SLUG "abcdefghijklmnopqrstuvwxyz0123456789-"

const EventColumn event_columns[] = {
    {"number", NULL, "number", CELL_TEXT, true},
    {"revision", NULL, "revision", CELL_TEXT, true},
    {"updated", NULL, "updated", CELL_TEXT, true},
    {"id", NULL, "id", CELL_TEXT, false},
    {"uid", NULL, "uid", CELL_TEXT, false},
    {"recurrence_id", NULL, "recurrenceId", CELL_TEXT, false},
    {"kind", NULL, "kind", CELL_TEXT, false},
    {"category", NULL, "category", CELL_TEXT, false},
    {"title", NULL, "title", CELL_TEXT, false},
    {"start", "schedule", "start", CELL_TEXT, false},
    {"end", "schedule", "end", CELL_TEXT, false},
    {"time_zone", "schedule", "timeZone", CELL_TEXT, false},
    {"approximate", "schedule", "approximate", CELL_TEXT, false},
    {"rrule", "recurrence", "rrule", CELL_TEXT, false},
    {"rdate", "recurrence", "rdate", CELL_LIST, false},
    {"exdate", "recurrence", "exdate", CELL_LIST, false},
    {"status", NULL, "status", CELL_TEXT, false},
    {"status_reason", NULL, "statusReason", CELL_TEXT, false},
    {"previous_start", NULL, "previousStart", CELL_TEXT, false},
    {"format", NULL, "format", CELL_TEXT, false},
    {"venue", "venue", "name", CELL_TEXT, false},
    {"room", "venue", "room", CELL_TEXT, false},
    {"street", "venue", "street", CELL_TEXT, false},
    {"city", "venue", "city", CELL_TEXT, false},
    {"region", "venue", "region", CELL_TEXT, false},
    {"country", "venue", "country", CELL_TEXT, false},
    {"latitude", "venue", "latitude", CELL_TEXT, false},
    {"longitude", "venue", "longitude", CELL_TEXT, false},
    {"online", "online", "uri", CELL_TEXT, false},
    {"platform", "online", "platform", CELL_TEXT, false},
    {"dial_in", "online", "dialIn", CELL_TEXT, false},
    {"capacity", NULL, "capacity", CELL_TEXT, false},
    {"organisations", NULL, "organisations", CELL_ORGANISATIONS, false},
    {"participants", NULL, "participants", CELL_PARTICIPANTS, false},
    {"headcounts", NULL, "headcounts", CELL_JSON, false},
    {"topics", NULL, "topics", CELL_LIST, false},
    {"description", NULL, "description", CELL_TEXT, false},
    {"language", NULL, "language", CELL_TEXT, false},
    {"languages", NULL, "languages", CELL_LIST, false},
    {"translations", NULL, "translations", CELL_JSON, false},
    {"agenda", NULL, "agenda", CELL_JSON, false},
    {"documents", NULL, "documents", CELL_JSON, false},
    {"outcomes", NULL, "outcomes", CELL_JSON, false},
    {"part_of", NULL, "partOf", CELL_TEXT, false},
    {"follows", NULL, "follows", CELL_TEXT, false},
    {"related", NULL, "related", CELL_LIST, false},
    {"series", NULL, "series", CELL_TEXT, false},
    {"training_hours", "training", "hours", CELL_TEXT, false},
    {"training_tools", "training", "tools", CELL_LIST, false},
    {"training_level", "training", "level", CELL_TEXT, false},
    {"training_certificate", "training", "certificate", CELL_TEXT, false},
    {"tlp", "handling", "tlp", CELL_TEXT, false},
    {"audience", "handling", "audience", CELL_LIST, false},
    {"caveat", "handling", "caveat", CELL_TEXT, false},
    {"source", "source", "uri", CELL_TEXT, false},
    {"source_publisher", "source", "publisher", CELL_TEXT, false},
    {"source_date", "source", "date", CELL_TEXT, false},
    {"source_note", "source", "note", CELL_TEXT, false},
    {"extensions", NULL, "extensions", CELL_JSON, false},
};
const size_t event_column_count = sizeof event_columns / sizeof *event_columns;

const EventColumn *event_column_find(const char *name)
{
    for (size_t i = 0; i < event_column_count; i++)
        if (strcasecmp(event_columns[i].name, name) == 0) return &event_columns[i];
    return NULL;
}

/* "timeZone" and "time_zone" are one; gives what follows the field's name, NULL: it is another. */
static const char *match_field(const char *field, const char *text)
{
    for (; *field; field++) {
        if (g_ascii_isupper(*field) && *text == '_') text++;
        if (g_ascii_tolower(*field) != g_ascii_tolower(*text)) return NULL;
        text++;
    }
    return strchr(".[", *text) ? text : NULL;
}

const EventColumn *event_column_of_field(const char *field)
{
    for (size_t i = 0; i < event_column_count; i++) {
        const EventColumn *column = &event_columns[i];
        const char *rest = field;
        if (column->parent) {
            rest = match_field(column->parent, field);
            if (!rest || *rest++ != '.') continue;
        }
        if (match_field(column->field, rest)) return column;
    }
    return NULL;
}

/* --- printing --- */

static const char *print_json(const json_t *value, Arena *arena)
{
    char *text = json_print(value, JSON_COMPACT);
    const char *copy = arena_strdup(arena, text);
    free(text);
    return copy;
}

static const char *print_list(const json_t *list, Arena *arena)
{
    const char *text = "";
    size_t index;
    json_t *element;
    json_array_foreach(list, index, element)
    {
        if (text)
            text =
                arena_printf(arena, "%s%s%s", text, index ? "; " : "", json_string_value(element));
    }
    return text;
}

static const char *print_organisations(const json_t *list, Arena *arena)
{
    const char *text = "";
    size_t index;
    json_t *part;
    json_array_foreach(list, index, part)
    {
        const char *name = json_string_value(json_object_get(part, "id"));
        const char *role = json_string_value(json_object_get(part, "role"));
        if (!name) name = json_string_value(json_object_get(part, "name"));
        if (text && name)
            text = arena_printf(arena, "%s%s%s%s%s", text, index ? "; " : "", name, role ? ":" : "",
                                role ? role : "");
    }
    return text;
}

static const char *print_person(const json_t *person, Arena *arena)
{
    const char *mail = json_string_value(json_object_get(person, "email"));
    const char *name = json_string_value(json_object_get(person, "name"));
    const char *text = arena_printf(arena, "%s%s%s%s", name ? name : "", mail ? " <" : "",
                                    mail ? mail : "", mail ? ">" : "");
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)person, key, value)
    {
        if (!text || strcmp(key, "name") == 0 || strcmp(key, "email") == 0) continue;
        text = arena_printf(arena, "%s;%s=%s", text, key, json_string_value(value));
    }
    return text;
}

static const char *print_participants(const json_t *list, Arena *arena)
{
    const char *text = "";
    size_t index;
    json_t *person;
    json_array_foreach(list, index, person)
    {
        const char *line = print_person(person, arena);
        if (text && line) text = arena_printf(arena, "%s%s%s", text, index ? "\n" : "", line);
    }
    return text;
}

/* --- reading --- */

/* Without the blanks around it. */
static bool has_text(char *text)
{
    return *g_strstrip(text) != '\0';
}

static json_t *read_list(char *cell)
{
    json_t *list = json_array();
    for (char *part = strsep(&cell, ";"); part; part = strsep(&cell, ";"))
        if (has_text(part)) (void)json_array_append_new(list, json_string(part));
    return list;
}

/* What follows the last colon is a role where it is one word; what looks like an id is one. */
static json_t *read_organisation(char *text)
{
    json_t *part = json_object();
    char *colon = strrchr(text, ':');
    if (colon && !strchr(colon, ' ')) {
        *colon = '\0';
        (void)json_object_set_new(part, "role", json_string(colon + 1));
    }
    bool is_id = *text && *text != '-' && text[strspn(text, SLUG)] == '\0';
    (void)json_object_set_new(part, is_id ? "id" : "name", json_string(text));
    return part;
}

static json_t *read_organisations(char *cell)
{
    json_t *list = json_array();
    for (char *part = strsep(&cell, ";"); part; part = strsep(&cell, ";"))
        if (has_text(part)) (void)json_array_append_new(list, read_organisation(part));
    return list;
}

/* NULL: a part of it is not KEY=VALUE. */
static json_t *read_person(char *line)
{
    json_t *person = json_object();
    char *name = strsep(&line, ";");
    char *open = strchr(name, '<');
    char *close = open ? strchr(open, '>') : NULL;
    bool whole = !open || close;
    if (close) {
        *open = *close = '\0';
        (void)json_object_set_new(person, "email", json_string(g_strstrip(open + 1)));
    }
    (void)json_object_set_new(person, "name", json_string(g_strstrip(name)));
    for (char *pair = strsep(&line, ";"); pair && whole; pair = strsep(&line, ";")) {
        if (!has_text(pair)) continue;
        char *equals = strchr(pair, '=');
        whole = equals != NULL;
        if (!whole) break;
        *equals = '\0';
        (void)json_object_set_new(person, g_strstrip(pair), json_string(g_strstrip(equals + 1)));
    }
    if (whole) return person;
    json_decref(person);
    return NULL;
}

static json_t *read_participants(char *cell)
{
    json_t *list = json_array();
    for (char *line = strsep(&cell, "\n"); line; line = strsep(&cell, "\n")) {
        if (!has_text(line)) continue;
        json_t *person = read_person(line);
        if (!person) {
            json_decref(list);
            return NULL;
        }
        (void)json_array_append_new(list, person);
    }
    return list;
}

static json_t *read_json(const char *cell)
{
    Problem problem;
    json_t *list = NULL;
    problem_clear(&problem);
    return json_parse(cell, strlen(cell), &list, &problem) == STATUS_OK ? list : NULL;
}

/* --- the forms --- */

typedef const char *print_fn(const json_t *value, Arena *arena);
typedef json_t *read_fn(char *cell);

typedef struct Form {
    print_fn *print; /* NULL: JSON alone */
    read_fn *read;
    const char *wanted;
} Form;

static const Form forms[] = {
    [CELL_LIST] = {print_list, read_list, "is neither a list (one; other) nor a JSON list"},
    [CELL_ORGANISATIONS] = {print_organisations, read_organisations,
                            "is neither ID:role; Name:role nor a JSON list"},
    [CELL_PARTICIPANTS] = {print_participants, read_participants,
                           "is neither lines of NAME <mail>;KEY=VALUE nor a JSON list"},
    [CELL_JSON] = {NULL, NULL, "is not a JSON list"},
};

static json_t *read_form(const Form *form, const char *cell, Arena *arena)
{
    if (!form->read || *cell == '[') return read_json(cell);
    char *copy = arena_strdup(arena, cell);
    return copy ? form->read(copy) : NULL;
}

/* The plain form only where it is read back as what it was. */
static const char *print_form(const Form *form, const json_t *value, Arena *arena)
{
    const char *plain = form->print ? form->print(value, arena) : NULL;
    json_t *read = plain ? read_form(form, plain, arena) : NULL;
    bool same = read && json_equal(read, value);
    json_decref(read);
    return same ? plain : print_json(value, arena);
}

const char *event_cell_print(const EventColumn *column, const json_t *event, Arena *arena)
{
    const json_t *holder = column->parent ? json_object_get(event, column->parent) : event;
    const json_t *value = json_object_get(holder, column->field);
    if (!value) return "";
    if (column->form != CELL_TEXT) return print_form(&forms[column->form], value, arena);
    return json_is_string(value) ? arena_strdup(arena, json_string_value(value))
                                 : print_json(value, arena);
}

bool event_cell_read(const EventColumn *column, const char *cell, json_t *event, Arena *arena,
                     const char **why)
{
    json_t *holder = column->parent ? json_object_get(event, column->parent) : event;
    if (column->parent && !holder) {
        holder = json_object();
        (void)json_object_set_new(event, column->parent, holder);
    }
    json_t *value = column->form == CELL_TEXT ? json_string(cell)
                                              : read_form(&forms[column->form], cell, arena);
    if (!value) *why = column->form == CELL_TEXT ? "is not a text" : forms[column->form].wanted;
    return value && json_object_set_new(holder, column->field, value) == 0;
}
