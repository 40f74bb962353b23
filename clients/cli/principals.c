/* The verbs principal add, update, rotate, list, show and revoke: who may do what. */
#include "clients/cli/complain.h"
#include "clients/cli/fields.h"
#include "clients/cli/pages.h"
#include "clients/cli/principal_view.h"
#include "clients/cli/revise.h"
#include "clients/cli/verbs.h"
#include "clients/cli/written.h"
#include "proto/validate.h"

#include <stdio.h>
#include <string.h>

enum {
    FINGERPRINT_CHARACTERS_MIN = 8, /* of one that is not written whole */
};

static char *first_word(const Session *session)
{
    return (char *)(uintptr_t)session->words[0];
}

/* --- add --- */

static int send_new(Session *session, Principal *principal)
{
    Plenary__V1__PutPrincipal body = PLENARY__V1__PUT_PRINCIPAL__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.principal = principal;
    body.has_expected_revision = 1; /* 0: it must not exist yet */
    body.has_dry_run = body.dry_run = session_has(session, "dry-run");
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_PRINCIPAL;
    request.put_principal = &body;
    return written_send(session, &request, NULL);
}

int verb_principal_add(Session *session)
{
    Principal *principal = NULL;
    json_t *json = json_pack("{s:s}", "name", session->words[0]);
    if (!json) return complain_code(CLI_INVALID, "name: is not valid UTF-8");
    int code = fields_apply(session, &principal_fields, json);
    if (code == CLI_DONE) code = session_principal(session, json, &principal);
    json_decref(json);
    return code == CLI_DONE ? send_new(session, principal) : code;
}

/* --- update --- */

static int change(void *context, json_t *principal, const char **what)
{
    (void)what;
    return fields_apply(context, &principal_fields, principal);
}

int verb_principal_update(Session *session)
{
    if (arguments_count(session->arguments, principal_fields.groups) == 0)
        return complain_code(CLI_USAGE,
                             "say what to change: plenary principal update %s --clearance amber",
                             session->words[0]);
    return revise_principal(session, session->words[0], change, session);
}

/* --- rotate --- */

static bool begins_with(const json_t *key, const char *fingerprint)
{
    const char *own = json_string_value(json_object_get(key, "fingerprint"));
    return own && strncmp(own, fingerprint, strlen(fingerprint)) == 0;
}

/* Its place among the keys, by the beginning of its fingerprint; two never share eight digits but
 * by the work of somebody who wants it so. */
static int drop_key(Session *session, json_t *keys)
{
    const char *drop = session_option(session, "drop");
    size_t found = 0;
    size_t count = 0;
    if (!drop) return CLI_DONE;
    if (strlen(drop) < FINGERPRINT_CHARACTERS_MIN)
        return complain_code(CLI_INVALID, "--drop: say %d digits of the fingerprint or more",
                             FINGERPRINT_CHARACTERS_MIN);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        if (!begins_with(json_array_get(keys, i), drop)) continue;
        found = i;
        count++;
    }
    if (count != 1)
        return complain_code(CLI_INVALID,
                             count ? "--drop: two keys have a fingerprint that begins with %s"
                                   : "--drop: no key has a fingerprint that begins with %s",
                             drop);
    (void)json_array_remove(keys, found);
    return CLI_DONE;
}

static json_t *keys_of(json_t *principal)
{
    json_t *keys = json_object_get(principal, "keys");
    if (keys) return keys;
    if (json_object_set_new(principal, "keys", json_array()) != 0) return NULL;
    return json_object_get(principal, "keys");
}

static int too_many_keys(Session *session, const json_t *keys)
{
    size_t index;
    json_t *key;
    if (json_array_size(keys) <= VALIDATE_KEYS_MAX) return CLI_DONE;
    complain("%s has %d keys already; drop one of them, by the same command with --drop:",
             session->words[0], VALIDATE_KEYS_MAX);
    json_array_foreach((json_t *)(uintptr_t)keys, index, key)
    {
        const char *fingerprint = json_string_value(json_object_get(key, "fingerprint"));
        if (fingerprint)
            complain("  %s  added %s", fingerprint,
                     json_string_value(json_object_get(key, "added")));
    }
    return CLI_INVALID;
}

/* The old key goes first, so that a third is never one too many; --key adds. */
static int rotate(void *context, json_t *principal, const char **what)
{
    Session *session = context;
    (void)what;
    json_t *keys = keys_of(principal);
    if (!keys) return session_no_memory();
    int code = drop_key(session, keys);
    if (code == CLI_DONE) code = fields_append(session, &key_fields, principal);
    return code == CLI_DONE ? too_many_keys(session, keys) : code;
}

int verb_principal_rotate(Session *session)
{
    if (!session_has(session, "key") && !session_has(session, "drop"))
        return complain_code(CLI_USAGE,
                             "say which key comes or goes: plenary principal rotate %s --key "
                             "PUBLIC, or --drop FINGERPRINT",
                             session->words[0]);
    return revise_principal(session, session->words[0], rotate, session);
}

/* --- list and show --- */

static int add_to_listing(void *context, const ProtobufCMessage *record)
{
    if (listing_add(context, record)) return CLI_DONE;
    return complain_code(CLI_FAILED, "the list could not be written");
}

int verb_principal_list(Session *session)
{
    bool given;
    uint32_t limit = 0;
    int code = session_number(session, "limit", 1, &given, &limit);
    if (code != CLI_DONE) return code;
    Listing *listing = listing_open(stdout, session->form, &principal_kind, &session->terminal);
    if (!listing) return session_no_memory();
    code = pages_principals(session, limit, add_to_listing, listing);
    if (!listing_close(&listing) && code == CLI_DONE)
        code = complain_code(CLI_FAILED, "the list could not be written");
    return code;
}

int verb_principal_show(Session *session)
{
    Reply *reply = NULL;
    int code = session_get_principal(session, session->words[0], &reply);
    if (code != CLI_DONE) return code;
    const Principal *principal = reply->principals->principals[0];
    if (session->form == OUTPUT_IDS)
        (void)printf("%s\n", principal->name);
    else
        (void)output_message(stdout, &principal->base,
                             session->form == OUTPUT_TABLE ? OUTPUT_YAML : session->form);
    plenary_reply_free(reply);
    return CLI_DONE;
}

/* --- revoke --- */

int verb_principal_revoke(Session *session)
{
    Plenary__V1__RevokePrincipal body = PLENARY__V1__REVOKE_PRINCIPAL__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    bool given;
    body.name = first_word(session);
    int code = session_number(session, "if-rev", 1, &given, &body.expected_revision);
    body.has_expected_revision = given;
    if (code == CLI_DONE)
        code =
            session_confirm(session, "revoking is final",
                            "Revoke %s for ever? The name is not given again.", session->words[0]);
    request.verb_case = PLENARY__V1__REQUEST__VERB_REVOKE_PRINCIPAL;
    request.revoke_principal = &body;
    return code == CLI_DONE ? written_send(session, &request, NULL) : code;
}
