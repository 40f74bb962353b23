#include "clients/cli/pairs.h"

#include "clients/cli/complain.h"
#include "proto/nearest.h"

#include <assert.h>
#include <glib.h>
#include <string.h>

int pairs_set(const PairKeys *keys, json_t *object, const char *field, const char *value)
{
    if (!*value || json_object_set_new(object, field, json_string(value)) == 0) return CLI_DONE;
    return complain_code(CLI_INVALID, "%s: \"%s\" is not UTF-8", keys->what, field);
}

static const PairKey *find_key(const PairKeys *keys, const char *name)
{
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(keys->keys[i].name, name) == 0) return &keys->keys[i];
    return NULL;
}

static int refuse_key(const PairKeys *keys, const char *name)
{
    const char *names[PAIR_KEYS_MAX];
    assert(keys->count <= PAIR_KEYS_MAX);
    for (size_t i = 0; i < keys->count; i++)
        names[i] = keys->keys[i].name;
    const char *near = nearest(name, names, keys->count);
    return complain_code(CLI_INVALID, "%s: unknown \"%s\"%s%s%s", keys->what, name,
                         near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static int read_pair(const PairKeys *keys, char *text, json_t *object)
{
    char *equals = strchr(text, '=');
    if (!*g_strstrip(text)) return CLI_DONE;
    if (!equals) return complain_code(CLI_INVALID, "%s: \"%s\" is not KEY=VALUE", keys->what, text);
    *equals = '\0';
    const PairKey *key = find_key(keys, g_strstrip(text));
    return key ? pairs_set(keys, object, key->field, g_strstrip(equals + 1))
               : refuse_key(keys, text);
}

int pairs_read(const PairKeys *keys, char *text, json_t *object)
{
    int code = CLI_DONE;
    while (text && code == CLI_DONE)
        code = read_pair(keys, strsep(&text, ";"), object);
    return code;
}
