#include "clients/cli/field_element.h"

#include "clients/cli/complain.h"
#include "clients/cli/organisations.h"
#include "clients/cli/pairs.h"
#include "clients/cli/person.h"
#include "proto/key_file.h"

#include <string.h>

/* --- an organisation by itself --- */

static int make_named(Session *session, const char *text, json_t **element)
{
    const char *id = NULL;
    int code = *text ? organisations_id(session, text, &id) : CLI_DONE;
    if (code != CLI_DONE) return code;
    *element = json_string(id ? id : text);
    return *element ? CLI_DONE : session_no_memory();
}

/* --- an organisation in a role --- */

/* "unodc:organiser"; what follows the last colon is a role where it is one word. */
static json_t *parse_involvement(const char *text)
{
    const char *colon = strrchr(text, ':');
    if (!colon || strchr(colon, ' ')) return json_pack("{s:s}", "name", text);
    return json_pack("{s:s%, s:s}", "name", text, (size_t)(colon - text), "role", colon + 1);
}

static int make_involvement(Session *session, const char *text, json_t **element)
{
    json_t *made = parse_involvement(text);
    json_t *wrapped = made ? json_pack("{s:[O]}", "organisations", made) : NULL;
    int code = wrapped ? organisations_resolve(session, wrapped) : session_no_memory();
    json_decref(wrapped);
    if (code == CLI_DONE)
        *element = made;
    else
        json_decref(made);
    return code;
}

/* --- a standing --- */

static const PairKey standing_keys[] = {{"since", "since"}, {"until", "until"}};

static const PairKeys standing = {"standing", standing_keys,
                                  sizeof standing_keys / sizeof *standing_keys};

/* "member:caricc". */
static int read_towards(Session *session, char *text, json_t *made)
{
    const char *id = NULL;
    char *colon = strchr(text, ':');
    if (!colon || colon == text || !colon[1])
        return complain_code(CLI_INVALID, "standing: \"%s\" is not KIND:ORGANISATION", text);
    *colon = '\0';
    int code = pairs_set(&standing, made, "kind", text);
    if (code == CLI_DONE) code = organisations_id(session, colon + 1, &id);
    if (code == CLI_DONE) code = pairs_set(&standing, made, "towards", id ? id : colon + 1);
    return code;
}

static int make_standing(Session *session, const char *text, json_t **element)
{
    char *rest = arena_strdup(session->arena, text);
    json_t *made = json_object();
    if (!rest || !made) {
        json_decref(made);
        return session_no_memory();
    }
    int code = read_towards(session, strsep(&rest, ";"), made);
    if (code == CLI_DONE) code = pairs_read(&standing, rest, made);
    if (code == CLI_DONE)
        *element = made;
    else
        json_decref(made);
    return code;
}

/* --- a key --- */

/* "@FILE" is the public key of a file, whichever of the two it is. */
static int make_key(const char *text, json_t **element)
{
    CurvePair pair;
    Problem problem;
    problem_clear(&problem);
    if (*text == '@' && key_file_read_public(text + 1, &pair, &problem) != STATUS_OK)
        return complain_problem(&problem, "--key");
    *element = json_pack("{s:s}", "publicKey", *text == '@' ? pair.public_key : text);
    return *element ? CLI_DONE : session_no_memory();
}

/* --- all of them --- */

int field_element_make(Session *session, const Field *field, const char *text, json_t **element)
{
    switch (field->form) {
    case FIELD_ORGANISATION:
    case FIELD_NAMED: return make_named(session, text, element);
    case FIELD_INVOLVEMENTS: return make_involvement(session, text, element);
    case FIELD_PARTICIPANTS: return person_parse(session, text, element);
    case FIELD_STANDINGS: return make_standing(session, text, element);
    case FIELD_KEYS: return make_key(text, element);
    default: *element = json_string(text); break;
    }
    return *element ? CLI_DONE : session_no_memory();
}

static bool is_text(const json_t *object, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value && text && strcmp(value, text) == 0;
}

static bool is_part_meant(const json_t *element, const json_t *pattern)
{
    const char *name = json_string_value(json_object_get(pattern, "name"));
    const char *id = json_string_value(json_object_get(pattern, "id"));
    const json_t *role = json_object_get(pattern, "role");
    if (role && !is_text(element, "role", json_string_value(role))) return false;
    return is_text(element, "name", name) || is_text(element, "id", id ? id : name);
}

static bool has_all_of(const json_t *element, const json_t *pattern)
{
    /* The iterator asks for an object that may be changed; nothing here changes it. */
    json_t *object = (json_t *)(uintptr_t)pattern;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (!json_equal(json_object_get(element, key), value)) return false;
    }
    return true;
}

bool field_element_is_meant(const Field *field, const json_t *element, const json_t *pattern)
{
    switch (field->form) {
    case FIELD_INVOLVEMENTS:
    case FIELD_PARTICIPANTS: return is_part_meant(element, pattern);
    case FIELD_STANDINGS: return has_all_of(element, pattern);
    default: return json_equal(element, pattern);
    }
}
