#include "clients/cli/fields.h"

#include "clients/cli/complain.h"
#include "clients/cli/field_element.h"
#include "proto/text.h"

#include <assert.h>
#include <string.h>

/* --- JSON --- */

/* The object that holds the field; made where it is not there. */
static json_t *holder(json_t *record, const Field *field)
{
    if (!field->parent) return record;
    json_t *parent = json_object_get(record, field->parent);
    if (parent) return parent;
    if (json_object_set_new(record, field->parent, json_object()) != 0) return NULL;
    return json_object_get(record, field->parent);
}

static int set_field(json_t *record, const Field *field, json_t *value)
{
    json_t *object = holder(record, field);
    bool set = object && value && json_object_set(object, field->name, value) == 0;
    json_decref(value);
    return set ? CLI_DONE : session_no_memory();
}

/* A holder that has nothing left goes too. */
static int clear_field(json_t *record, const Field *field)
{
    json_t *object = field->parent ? json_object_get(record, field->parent) : record;
    if (!object) return CLI_DONE;
    (void)json_object_del(object, field->name);
    if (field->parent && json_object_size(object) == 0)
        (void)json_object_del(record, field->parent);
    return CLI_DONE;
}

static json_t *list_of(json_t *record, const Field *field)
{
    json_t *object = holder(record, field);
    json_t *list = json_object_get(object, field->name);
    if (list) return list;
    if (!object || json_object_set_new(object, field->name, json_array()) != 0) return NULL;
    return json_object_get(object, field->name);
}

/* --- lists --- */

/* The pattern is an element as it would be added. */
static int remove_from(json_t *list, const Field *field, const json_t *pattern, const char *text)
{
    bool removed = false;
    for (size_t i = json_array_size(list); i-- > 0;) {
        if (!field_element_is_meant(field, json_array_get(list, i), pattern)) continue;
        (void)json_array_remove(list, i);
        removed = true;
    }
    if (removed) return CLI_DONE;
    return complain_code(CLI_INVALID, "--remove-%s: there is no \"%s\"", field->option, text);
}

static int change_list(Session *session, json_t *record, const Field *field, const Given *given)
{
    json_t *element = NULL;
    json_t *list = list_of(record, field);
    if (!list) return session_no_memory();
    int code = field_element_make(session, field, given->value, &element);
    if (code == CLI_DONE && given->manner == OPTION_REMOVE)
        code = remove_from(list, field, element, given->value);
    else if (code == CLI_DONE && json_array_append(list, element) != 0)
        code = session_no_memory();
    json_decref(element);
    if (code == CLI_DONE && json_array_size(list) == 0) code = clear_field(record, field);
    return code;
}

/* --- options --- */

static const Field *find_field(const FieldTable *table, const Given *given)
{
    if (!(given->option->groups & table->groups)) return NULL;
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->fields[i].option, given->option->name) == 0) return &table->fields[i];
    return NULL;
}

static int set_single(Session *session, json_t *record, const Field *field, const char *text)
{
    json_t *value = NULL;
    int code = field_element_make(session, field, text, &value);
    return code == CLI_DONE ? set_field(record, field, value) : code;
}

/* `replaced` remembers the lists that were emptied for what comes. */
static int apply(Session *session, json_t *record, const Field *field, const Given *given,
                 bool *replaced)
{
    bool is_list = field->form >= FIELD_LIST;
    bool clears = given->manner == OPTION_NO ||
                  (field->form != FIELD_FLAG && given->manner == OPTION_PLAIN && !*given->value);
    if (is_list && given->manner == OPTION_PLAIN && !*replaced) {
        (void)clear_field(record, field);
        *replaced = true;
    }
    if (clears) return clear_field(record, field);
    if (!text_is_utf8(given->value, strlen(given->value)))
        return complain_code(CLI_INVALID, "--%s: is not valid UTF-8", field->option);
    if (is_list) return change_list(session, record, field, given);
    if (field->form == FIELD_FLAG) return set_field(record, field, json_true());
    return set_single(session, record, field, given->value);
}

static int apply_all(Session *session, const FieldTable *table, json_t *record,
                     bool replaced[static FIELDS_MAX])
{
    assert(table->count <= FIELDS_MAX);
    for (size_t i = 0; i < session->arguments->given_count; i++) {
        const Given *given = &session->arguments->given[i];
        const Field *field = find_field(table, given);
        if (!field) continue;
        int code = apply(session, record, field, given, &replaced[field - table->fields]);
        if (code != CLI_DONE) return code;
    }
    return CLI_DONE;
}

int fields_apply(Session *session, const FieldTable *table, json_t *record)
{
    bool replaced[FIELDS_MAX] = {false};
    return apply_all(session, table, record, replaced);
}

int fields_append(Session *session, const FieldTable *table, json_t *record)
{
    bool replaced[FIELDS_MAX];
    memset(replaced, true, sizeof replaced);
    return apply_all(session, table, record, replaced);
}
