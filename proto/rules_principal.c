#include "proto/rules_principal.h"

#include "proto/contract.h"
#include "proto/curve.h"
#include "proto/text.h"
#include "proto/validate.h"

#include <string.h>

/* Who asks without a key is called so, in the log too: nobody else may be. */
static const char *const reserved_names[] = {"local", "anonymous"};

/* What the index says of an event without an audience (daemon/registry/access.h). */
static const char reserved_group[] = "*";

static void check_name(Checker *self, const char *name)
{
    for (size_t i = 0; name && i < sizeof reserved_names / sizeof *reserved_names; i++)
        if (strcmp(name, reserved_names[i]) == 0)
            check_refuse_in(self, "name", "\"%s\" is who asks without a key; choose another", name);
}

static void check_groups(Checker *self, const Principal *principal)
{
    size_t mark = path_enter(&self->path, "groups");
    for (size_t i = 0; i < principal->n_groups && i < VALIDATE_GROUPS_MAX; i++) {
        size_t inner = path_enter_at(&self->path, i);
        if (strcmp(principal->groups[i], reserved_group) == 0)
            check_refuse(self, "no group can be called \"%s\"", reserved_group);
        for (size_t j = 0; j < i; j++)
            if (strcmp(principal->groups[i], principal->groups[j]) == 0)
                check_refuse(self, "%s is there twice", text_quote(principal->groups[i]).text);
        path_leave(&self->path, inner);
    }
    path_leave(&self->path, mark);
}

static void check_keys(Checker *self, const Principal *principal)
{
    for (size_t i = 1; i < principal->n_keys && i < VALIDATE_KEYS_MAX; i++) {
        const PrincipalKey *key = principal->keys[i];
        const PrincipalKey *first = principal->keys[0];
        if (key->public_key && first->public_key && strcmp(key->public_key, first->public_key) == 0)
            check_refuse_in(self, "keys", "a key is there twice");
    }
}

/* Without an organisation a registrar could not revise what it registers. */
static void check_role(Checker *self, const Principal *principal)
{
    if (principal->role == PLENARY__V1__PRINCIPAL__ROLE__REGISTRAR && !principal->organisation)
        check_refuse_in(self, "organisation", "is required of a registrar");
}

void rules_principal(Checker *self, const ProtobufCMessage *message)
{
    const Principal *principal = (const Principal *)message;
    check_name(self, principal->name);
    check_role(self, principal);
    check_groups(self, principal);
    check_keys(self, principal);
}

/* A fingerprint need not be given, but must not tell of another key. */
void rules_principal_key(Checker *self, const ProtobufCMessage *message)
{
    const PrincipalKey *key = (const PrincipalKey *)message;
    char fingerprint[CURVE_FINGERPRINT_SIZE];
    if (!key->fingerprint || !key->public_key ||
        !curve_fingerprint_of(key->public_key, fingerprint))
        return;
    if (strcmp(key->fingerprint, fingerprint) != 0)
        check_refuse_in(self, "fingerprint", "is not that of the public key, which is %s",
                        fingerprint);
}
