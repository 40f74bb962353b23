#include "clients/cli/person.h"

#include "clients/cli/complain.h"
#include "proto/nearest.h"

#include <glib.h>
#include <string.h>

typedef struct Key {
    const char *name;
    const char *field;
} Key;

static const Key keys[] = {
    {"role", "role"},         {"org", "organisation"},    {"position", "position"},
    {"country", "country"},   {"honorific", "honorific"}, {"mode", "mode"},
    {"response", "response"}, {"phone", "phone"},         {"attendance", "attendance"},
};

enum {
    KEYS = sizeof keys / sizeof *keys,
};

static const Key *find_key(const char *name)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(keys[i].name, name) == 0) return &keys[i];
    return NULL;
}

static int refuse_key(const char *name)
{
    const char *names[KEYS];
    for (size_t i = 0; i < KEYS; i++)
        names[i] = keys[i].name;
    const char *near = nearest(name, names, KEYS);
    return complain_code(CLI_INVALID, "--participant: unknown \"%s\"%s%s%s", name,
                         near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static int set_text(json_t *person, const char *field, const char *value)
{
    if (!*value) return CLI_DONE;
    return json_object_set_new(person, field, json_string(value)) == 0
               ? CLI_DONE
               : complain_code(CLI_INVALID, "--participant: \"%s\" is not UTF-8", field);
}

/* "Name <mail>". */
static int read_name(json_t *person, char *text)
{
    char *open = strchr(text, '<');
    char *close = open ? strchr(open, '>') : NULL;
    if (open && !close)
        return complain_code(CLI_INVALID, "--participant: \"%s\" has no \">\"", text);
    if (close) {
        *open = *close = '\0';
        int code = set_text(person, "email", g_strstrip(open + 1));
        if (code != CLI_DONE) return code;
    }
    return set_text(person, "name", g_strstrip(text));
}

static int read_pair(json_t *person, char *text)
{
    char *equals = strchr(text, '=');
    if (!*g_strstrip(text)) return CLI_DONE;
    if (!equals) return complain_code(CLI_INVALID, "--participant: \"%s\" is not KEY=VALUE", text);
    *equals = '\0';
    const Key *key = find_key(g_strstrip(text));
    return key ? set_text(person, key->field, g_strstrip(equals + 1)) : refuse_key(text);
}

int person_parse(Session *session, const char *text, json_t **person)
{
    char *rest = arena_strdup(session->arena, text);
    json_t *parsed = json_object();
    if (!rest || !parsed) {
        json_decref(parsed);
        return session_no_memory();
    }
    int code = read_name(parsed, strsep(&rest, ";"));
    while (rest && code == CLI_DONE)
        code = read_pair(parsed, strsep(&rest, ";"));
    if (code == CLI_DONE)
        *person = parsed;
    else
        json_decref(parsed);
    return code;
}
