#include "clients/cli/person.h"

#include "clients/cli/complain.h"
#include "clients/cli/pairs.h"

#include <glib.h>
#include <string.h>

static const PairKey person_keys[] = {
    {"role", "role"},         {"org", "organisation"},    {"position", "position"},
    {"country", "country"},   {"honorific", "honorific"}, {"mode", "mode"},
    {"response", "response"}, {"phone", "phone"},         {"attendance", "attendance"},
};

static const PairKeys keys = {"participant", person_keys, sizeof person_keys / sizeof *person_keys};

/* "Name <mail>". */
static int read_name(json_t *person, char *text)
{
    char *open = strchr(text, '<');
    char *close = open ? strchr(open, '>') : NULL;
    if (open && !close) return complain_code(CLI_INVALID, "participant: \"%s\" has no \">\"", text);
    if (close) {
        *open = *close = '\0';
        int code = pairs_set(&keys, person, "email", g_strstrip(open + 1));
        if (code != CLI_DONE) return code;
    }
    return pairs_set(&keys, person, "name", g_strstrip(text));
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
    if (code == CLI_DONE) code = pairs_read(&keys, rest, parsed);
    if (code == CLI_DONE)
        *person = parsed;
    else
        json_decref(parsed);
    return code;
}
