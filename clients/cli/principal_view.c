#include "clients/cli/principal_view.h"

#include "clients/lib/table.h"
#include "clients/lib/wording.h"
#include "proto/json.h"

#include <string.h>

static bool is_admin(const Principal *principal)
{
    return principal->role == PLENARY__V1__PRINCIPAL__ROLE__ADMIN;
}

#define TEXT_CELL(name, expression)                                                                \
    static const char *name(const void *record, Arena *arena)                                      \
    {                                                                                              \
        const Principal *it = record;                                                              \
        (void)arena;                                                                               \
        return expression;                                                                         \
    }

TEXT_CELL(name_of, it->name)
TEXT_CELL(organisation_of, it->organisation)
TEXT_CELL(role_of, json_enum_name(&plenary__v1__principal__role__descriptor, (int)it->role))
TEXT_CELL(revoked_of, it->revoked)
TEXT_CELL(colour_of, it->revoked ? "darkgray" : NULL)

static const char *clearance_code(const void *record, Arena *arena)
{
    (void)arena;
    const Principal *principal = record;
    return json_enum_name(&plenary__v1__handling__tlp__descriptor,
                          principal->has_clearance ? (int)principal->clearance
                                                   : PLENARY__V1__HANDLING__TLP__GREEN);
}

/* What an admin's clearance says makes no difference. */
static const char *sees(const void *record, Arena *arena)
{
    return is_admin(record) ? "all" : clearance_code(record, arena);
}

static const char *contacts(const void *record, Arena *arena)
{
    (void)arena;
    return is_admin(record) || ((const Principal *)record)->sees_contacts ? "yes" : "no";
}

/* Texts with a separator between. */
static const char *join(const char *before, const char *separator, const char *text, Arena *arena)
{
    return *before ? arena_printf(arena, "%s%s%s", before, separator, text) : text;
}

static const char *groups(const void *record, Arena *arena)
{
    const Principal *principal = record;
    const char *text = "";
    for (size_t i = 0; text && i < principal->n_groups; i++)
        text = join(text, ", ", principal->groups[i], arena);
    return text;
}

static const char *fingerprints(const void *record, Arena *arena)
{
    const Principal *principal = record;
    const char *text = "";
    for (size_t i = 0; text && i < principal->n_keys; i++)
        text = join(text, " ", principal->keys[i]->fingerprint, arena);
    return text;
}

static const char *state(const void *record, Arena *arena)
{
    char day[WORDING_SIZE];
    const Principal *principal = record;
    if (!principal->revoked) return principal->n_keys ? fingerprints(record, arena) : "no key";
    wording_instant(principal->revoked, day);
    return arena_printf(arena, "revoked %s", day);
}

static const Column columns[] = {
    {"NAME", name_of, 0},        {"ROLE", role_of, 0},      {"ORGANISATION", organisation_of, 0},
    {"SEES", sees, 0},           {"CONTACTS", contacts, 0}, {"GROUPS", groups, TABLE_CUT},
    {"KEYS", state, TABLE_WRAP},
};

static const Column csv[] = {
    {"name", name_of, 0},
    {"role", role_of, 0},
    {"organisation", organisation_of, 0},
    {"clearance", clearance_code, 0},
    {"sees_contacts", contacts, 0},
    {"groups", groups, 0},
    {"fingerprints", fingerprints, 0},
    {"revoked", revoked_of, 0},
};

const RecordKind principal_kind = {
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
    .csv = csv,
    .csv_count = sizeof csv / sizeof *csv,
    .id = name_of,
    .colour = colour_of,
};

const char *principal_words(const Principal *principal, Arena *arena)
{
    const char *text = role_of(principal, arena);
    if (principal->organisation)
        text = arena_printf(arena, "%s of %s", text, principal->organisation);
    if (text && !is_admin(principal))
        text = arena_printf(arena, "%s, %s", text, clearance_code(principal, arena));
    if (!text) return NULL;
    return arena_printf(arena, "%s, %zu key%s", text, principal->n_keys,
                        principal->n_keys == 1 ? "" : "s");
}
