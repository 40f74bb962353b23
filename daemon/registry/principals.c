#include "daemon/registry/principals.h"

#include <assert.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

typedef struct Record {
    PrincipalEntry entry; /* first: a Record is lent as its entry */
    Principal *copy;
} Record;

struct Principals {
    GTree *records;   /* name -> Record, ordered */
    GHashTable *keys; /* fingerprint -> Record; both are the record's */
    size_t live;
    uint64_t generation;
};

static void record_free(gpointer data)
{
    Record *record = data;
    protobuf_c_message_free_unpacked(&record->copy->base, NULL);
    free(record);
}

static int compare_names(gconstpointer left, gconstpointer right, gpointer unused)
{
    (void)unused;
    return strcmp(left, right);
}

Principals *principals_new(void)
{
    Principals *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->records = g_tree_new_full(compare_names, NULL, NULL, record_free);
    self->keys = g_hash_table_new(g_str_hash, g_str_equal);
    return self;
}

void principals_destroy(Principals **self)
{
    if (!self || !*self) return;
    g_hash_table_destroy((*self)->keys);
    g_tree_destroy((*self)->records);
    free(*self);
    *self = NULL;
}

/* --- putting --- */

static Principal *copy_of(const Principal *principal)
{
    size_t size = protobuf_c_message_get_packed_size(&principal->base);
    uint8_t *packed = malloc(size + 1);
    if (!packed) return NULL;
    protobuf_c_message_pack(&principal->base, packed);
    Principal *copy =
        (Principal *)protobuf_c_message_unpack(principal->base.descriptor, NULL, size, packed);
    free(packed);
    return copy;
}

static void link_keys(Principals *self, Record *record)
{
    for (size_t i = 0; i < record->copy->n_keys; i++)
        g_hash_table_insert(self->keys, record->copy->keys[i]->fingerprint, record);
    if (!principal_is_revoked(record->copy)) self->live++;
}

static void unlink_keys(Principals *self, const Record *record)
{
    for (size_t i = 0; i < record->copy->n_keys; i++)
        g_hash_table_remove(self->keys, record->copy->keys[i]->fingerprint);
    if (!principal_is_revoked(record->copy)) self->live--;
}

bool principals_put(Principals *self, const Principal *principal, uint64_t sequence)
{
    Record *record = calloc(1, sizeof *record);
    Principal *copy = copy_of(principal);
    if (!record || !copy) {
        free(record);
        if (copy) protobuf_c_message_free_unpacked(&copy->base, NULL);
        return false;
    }
    *record = (Record){.entry = {copy, sequence}, .copy = copy};
    const Record *before = g_tree_lookup(self->records, copy->name);
    if (before) unlink_keys(self, before);
    g_tree_replace(self->records, copy->name, record);
    link_keys(self, record);
    self->generation++;
    return true;
}

/* --- finding --- */

Plenary__V1__Handling__Tlp principal_clearance(const Principal *principal)
{
    return principal->has_clearance ? principal->clearance : PLENARY__V1__HANDLING__TLP__GREEN;
}

size_t principals_count(const Principals *self)
{
    return self->live;
}

uint64_t principals_generation(const Principals *self)
{
    return self->generation;
}

const PrincipalEntry *principals_find(const Principals *self, const char *name)
{
    const Record *record = g_tree_lookup(self->records, name);
    return record ? &record->entry : NULL;
}

const PrincipalEntry *principals_find_key(const Principals *self, const char *fingerprint)
{
    const Record *record = g_hash_table_lookup(self->keys, fingerprint);
    return record ? &record->entry : NULL;
}

const PrincipalEntry *principals_next(const Principals *self, const char *after)
{
    GTreeNode *node =
        after ? g_tree_upper_bound(self->records, after) : g_tree_node_first(self->records);
    return node ? &((const Record *)g_tree_node_value(node))->entry : NULL;
}

/* --- who asks --- */

/* As the record has it, so that it lives as long as the caller's other strings. */
static const char *own_fingerprint(const Principal *principal, const char *fingerprint)
{
    for (size_t i = 0; i < principal->n_keys; i++)
        if (strcmp(principal->keys[i]->fingerprint, fingerprint) == 0)
            return principal->keys[i]->fingerprint;
    assert(false);
    return NULL;
}

static StatusCode refuse(Problem *problem, const char *message)
{
    return problem ? problem_set(problem, STATUS_UNAUTHENTICATED, "%s", message)
                   : STATUS_UNAUTHENTICATED;
}

StatusCode principals_caller(const Principals *self, const char *fingerprint, Caller *caller,
                             Problem *problem)
{
    const PrincipalEntry *entry = principals_find_key(self, fingerprint);
    if (!entry) return refuse(problem, "the key is nobody's");
    const Principal *principal = entry->principal;
    if (principal_is_revoked(principal)) return refuse(problem, "the key was revoked");
    *caller = (Caller){
        .principal = principal->name,
        .key = own_fingerprint(principal, fingerprint),
        .organisation = principal->organisation,
        .groups = (const char *const *)principal->groups,
        .group_count = principal->n_groups,
        .role = principal->role,
        .clearance = principal_clearance(principal),
        .sees_contacts = principal->sees_contacts,
    };
    return STATUS_OK;
}

StatusCode principals_renew(const Principals *self, Caller *caller, Problem *problem)
{
    Caller now = *caller;
    if (!caller->key) return STATUS_OK;
    StatusCode code = principals_caller(self, caller->key, &now, problem);
    if (code == STATUS_OK && strcmp(now.principal, caller->principal) != 0)
        return refuse(problem, "the key is another's by now");
    if (code == STATUS_OK) *caller = now;
    return code;
}

typedef struct KeyWalk {
    principals_key_fn *each;
    void *context;
} KeyWalk;

static gboolean give_keys(gpointer name, gpointer data, gpointer context)
{
    (void)name;
    const KeyWalk *walk = context;
    const Principal *principal = ((const Record *)data)->copy;
    uint8_t key[CURVE_KEY_BYTES];
    for (size_t i = 0; i < principal->n_keys && !principal_is_revoked(principal); i++)
        if (curve_parse(principal->keys[i]->public_key, key))
            walk->each(walk->context, key, principal->keys[i]->fingerprint, principal);
    return FALSE;
}

void principals_each_key(const Principals *self, principals_key_fn *each, void *context)
{
    KeyWalk walk = {each, context};
    g_tree_foreach(self->records, give_keys, &walk);
}
