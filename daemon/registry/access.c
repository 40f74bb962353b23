#include "daemon/registry/access.h"

#include "proto/facets.h"
#include "proto/json.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static Plenary__V1__Handling__Tlp tlp_of(const Handling *handling)
{
    bool given = handling && handling->has_tlp &&
                 handling->tlp != PLENARY__V1__HANDLING__TLP__TLP_UNSPECIFIED;
    return given ? handling->tlp : PLENARY__V1__HANDLING__TLP__GREEN;
}

bool access_copy_caller(const Caller *caller, Arena *arena, Caller *copy)
{
    Caller made = *caller;
    const char **groups = arena_array(arena, caller->group_count + 1, sizeof *groups);
    made.principal = arena_strdup(arena, caller->principal);
    made.key = arena_strdup(arena, caller->key);
    made.organisation = arena_strdup(arena, caller->organisation);
    if (!groups || !made.principal || (caller->key && !made.key) ||
        (caller->organisation && !made.organisation))
        return false;
    for (size_t i = 0; i < caller->group_count; i++) {
        groups[i] = arena_strdup(arena, caller->groups[i]);
        if (!groups[i]) return false;
    }
    made.groups = groups;
    *copy = made;
    return true;
}

Caller access_local(void)
{
    return (Caller){
        .principal = "local",
        .role = PLENARY__V1__PRINCIPAL__ROLE__ADMIN,
        .clearance = PLENARY__V1__HANDLING__TLP__RED,
        .sees_contacts = true,
    };
}

Caller access_anonymous(void)
{
    return (Caller){
        .principal = "anonymous",
        .role = PLENARY__V1__PRINCIPAL__ROLE__READER,
        .clearance = PLENARY__V1__HANDLING__TLP__CLEAR,
    };
}

bool access_sees_all(const Caller *caller)
{
    return caller->role == PLENARY__V1__PRINCIPAL__ROLE__ADMIN;
}

/* Groups and the caller's own organisation, exact, without parts. */
static bool in_audience(const Caller *caller, const char *name)
{
    if (caller->organisation && strcmp(caller->organisation, name) == 0) return true;
    for (size_t i = 0; i < caller->group_count; i++)
        if (strcmp(caller->groups[i], name) == 0) return true;
    return false;
}

bool access_sees(const Caller *caller, const Handling *handling)
{
    if (access_sees_all(caller)) return true;
    if (tlp_of(handling) > caller->clearance) return false;
    if (!handling || handling->n_audience == 0) return true;
    for (size_t i = 0; i < handling->n_audience; i++)
        if (in_audience(caller, handling->audience[i])) return true;
    return false;
}

/* Keys come from facet_key, as the index's do: a long name lies there under its hash. */
static void add_facet(roaring_bitmap_t *set, Views *views, Facet facet, const char *value,
                      Arena *arena)
{
    const char *key = facet_key(facet, value, NULL, arena);
    assert(key);
    roaring_bitmap_t *events = views_facet(views, key, strlen(key));
    roaring_bitmap_or_inplace(set, events);
    roaring_bitmap_free(events);
}

roaring_bitmap_t *access_visible(const Caller *caller, Views *views)
{
    if (access_sees_all(caller)) return views_facet(views, "all", strlen("all"));

    Arena *arena = arena_new(SIZE_MAX);
    assert(arena);
    roaring_bitmap_t *cleared = roaring_bitmap_create();
    for (int tlp = PLENARY__V1__HANDLING__TLP__CLEAR; tlp <= (int)caller->clearance; tlp++)
        add_facet(cleared, views, FACET_TLP,
                  json_enum_name(&plenary__v1__handling__tlp__descriptor, tlp), arena);

    roaring_bitmap_t *addressed = roaring_bitmap_create();
    add_facet(addressed, views, FACET_AUDIENCE, ACCESS_NO_AUDIENCE, arena);
    if (caller->organisation)
        add_facet(addressed, views, FACET_AUDIENCE, caller->organisation, arena);
    for (size_t i = 0; i < caller->group_count; i++)
        add_facet(addressed, views, FACET_AUDIENCE, caller->groups[i], arena);
    arena_destroy(&arena);

    roaring_bitmap_and_inplace(cleared, addressed);
    roaring_bitmap_free(addressed);
    return cleared;
}

/* A registrar revises what its organisation organises, hosts or registered. */
static bool is_theirs(const Caller *caller, const Event *event)
{
    if (!caller->organisation) return false;
    if (event->created_by && strcmp(event->created_by, caller->organisation) == 0) return true;
    for (size_t i = 0; i < event->n_organisations; i++) {
        const Involvement *part = event->organisations[i];
        bool leads = part->role == PLENARY__V1__INVOLVEMENT__ROLE__ORGANISER ||
                     part->role == PLENARY__V1__INVOLVEMENT__ROLE__CO_ORGANISER ||
                     part->role == PLENARY__V1__INVOLVEMENT__ROLE__HOST;
        if (leads && part->id && strcmp(part->id, caller->organisation) == 0) return true;
    }
    return false;
}

bool access_may(const Caller *caller, Permission permission, const Event *event)
{
    switch (caller->role) {
    case PLENARY__V1__PRINCIPAL__ROLE__ADMIN: return true;
    case PLENARY__V1__PRINCIPAL__ROLE__READER: return permission == PERMISSION_READ;
    case PLENARY__V1__PRINCIPAL__ROLE__REGISTRAR:
        if (permission == PERMISSION_REVISE) return !event || is_theirs(caller, event);
        return permission == PERMISSION_READ || permission == PERMISSION_REGISTER;
    default: return false; /* a gateway has no rights of its own */
    }
}

/* --- showing --- */

static bool show_participants(Event *copy, Arena *arena)
{
    if (copy->n_participants == 0) return true;
    Participant **shown = arena_array(arena, copy->n_participants, sizeof(Participant *));
    if (!shown) return false;
    for (size_t i = 0; i < copy->n_participants; i++) {
        shown[i] = arena_alloc(arena, sizeof(Participant));
        if (!shown[i]) return false;
        *shown[i] = *copy->participants[i];
        shown[i]->email = NULL;
        shown[i]->phone = NULL;
    }
    copy->participants = shown;
    return true;
}

static char *show_reference(char *id, access_event_fn *sees_event, void *context)
{
    return id && sees_event(context, id) ? id : NULL;
}

static bool show_related(Event *copy, access_event_fn *sees_event, void *context, Arena *arena)
{
    if (copy->n_related == 0) return true;
    char **shown = arena_array(arena, copy->n_related, sizeof(char *));
    if (!shown) return false;
    size_t count = 0;
    for (size_t i = 0; i < copy->n_related; i++)
        if (sees_event(context, copy->related[i])) shown[count++] = copy->related[i];
    copy->related = shown;
    copy->n_related = count;
    return true;
}

static bool show_outcomes(Event *copy, access_event_fn *sees_event, void *context, Arena *arena)
{
    if (copy->n_outcomes == 0) return true;
    Outcome **shown = arena_array(arena, copy->n_outcomes, sizeof(Outcome *));
    if (!shown) return false;
    for (size_t i = 0; i < copy->n_outcomes; i++) {
        shown[i] = arena_alloc(arena, sizeof(Outcome));
        if (!shown[i]) return false;
        *shown[i] = *copy->outcomes[i];
        shown[i]->closed_by = show_reference(shown[i]->closed_by, sees_event, context);
    }
    copy->outcomes = shown;
    return true;
}

const Event *access_show_event(const Caller *caller, const Event *event,
                               access_event_fn *sees_event, void *context, Arena *arena)
{
    if (access_sees_all(caller)) return event;
    Event *copy = arena_alloc(arena, sizeof *copy);
    if (!copy) return NULL;
    *copy = *event;
    copy->part_of = show_reference(copy->part_of, sees_event, context);
    copy->follows = show_reference(copy->follows, sees_event, context);
    if (!show_related(copy, sees_event, context, arena)) return NULL;
    if (!show_outcomes(copy, sees_event, context, arena)) return NULL;
    if (!caller->sees_contacts && !show_participants(copy, arena)) return NULL;
    return copy;
}

const Organisation *access_show_organisation(const Caller *caller, const Organisation *organisation,
                                             Arena *arena)
{
    if (access_sees_all(caller) || caller->sees_contacts) return organisation;
    Organisation *copy = arena_alloc(arena, sizeof *copy);
    if (!copy) return NULL;
    *copy = *organisation;
    copy->email = NULL;
    return copy;
}

const Change *access_show_change(const Caller *caller, const Change *change, Arena *arena)
{
    if (access_sees_all(caller)) return change;
    Change *copy = arena_alloc(arena, sizeof *copy);
    if (!copy) return NULL;
    *copy = *change;
    copy->by_principal = NULL;
    copy->request_id = NULL;
    copy->has_request_hash = copy->has_salt = 0;
    copy->has_content_digest = copy->has_digest = 0;
    copy->n_erasures = 0; /* digests too, and of changes to any record */
    return copy;
}

static void hash_text(crypto_generichash_state *state, const char *text)
{
    const char *kept = text ? text : "";
    crypto_generichash_update(state, (const unsigned char *)kept, strlen(kept) + 1);
}

void access_hash(const Caller *caller, uint8_t hash[static ACCESS_HASH_BYTES])
{
    const uint8_t rights[] = {(uint8_t)caller->role, (uint8_t)caller->clearance,
                              caller->sees_contacts};
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, ACCESS_HASH_BYTES);
    crypto_generichash_update(&state, rights, sizeof rights);
    hash_text(&state, caller->organisation);
    for (size_t i = 0; i < caller->group_count; i++)
        hash_text(&state, caller->groups[i]);
    crypto_generichash_final(&state, hash, ACCESS_HASH_BYTES);
}
