#include "daemon/registry/directory.h"

#include <assert.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

typedef struct Record {
    DirectoryEntry entry; /* first: a Record is lent as its entry */
    Organisation *copy;
} Record;

struct Directory {
    Words *words;
    GTree *records;    /* id -> Record, ordered */
    GHashTable *names; /* folded name -> GPtrArray of ids, which the records own */
    GHashTable *parts; /* id -> GPtrArray of ids of its parts */
};

static void record_free(gpointer data)
{
    Record *record = data;
    protobuf_c_message_free_unpacked(&record->copy->base, NULL);
    free(record);
}

static int compare_ids(gconstpointer left, gconstpointer right, gpointer unused)
{
    (void)unused;
    return strcmp(left, right);
}

static void ids_free(gpointer ids)
{
    g_ptr_array_free(ids, TRUE);
}

static GHashTable *ids_by_text(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, ids_free);
}

Directory *directory_new(Words *words)
{
    Directory *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    *self = (Directory){
        .words = words,
        .records = g_tree_new_full(compare_ids, NULL, NULL, record_free),
        .names = ids_by_text(),
        .parts = ids_by_text(),
    };
    return self;
}

void directory_destroy(Directory **self)
{
    if (!self || !*self) return;
    g_hash_table_destroy((*self)->names);
    g_hash_table_destroy((*self)->parts);
    g_tree_destroy((*self)->records);
    free(*self);
    *self = NULL;
}

static void link_id(GHashTable *table, const char *text, const char *id)
{
    GPtrArray *ids = g_hash_table_lookup(table, text);
    if (!ids) {
        ids = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(table, g_strdup(text), ids);
    }
    g_ptr_array_add(ids, g_strdup(id));
}

static void unlink_id(GHashTable *table, const char *text, const char *id)
{
    GPtrArray *ids = g_hash_table_lookup(table, text);
    guint index;
    if (!ids || !g_ptr_array_find_with_equal_func(ids, id, g_str_equal, &index)) return;
    g_ptr_array_remove_index(ids, index);
    if (ids->len == 0) g_hash_table_remove(table, text);
}

void directory_names(const Directory *self, const Organisation *organisation, Arena *arena,
                     directory_name_fn *each, void *context)
{
    size_t count = 2 + organisation->n_aliases + 2 * organisation->n_translations;
    const char **raw = arena_array(arena, count, sizeof *raw);
    if (!raw) return;
    size_t used = 0;
    raw[used++] = organisation->name;
    raw[used++] = organisation->acronym;
    for (size_t i = 0; i < organisation->n_aliases; i++)
        raw[used++] = organisation->aliases[i];
    for (size_t i = 0; i < organisation->n_translations; i++) {
        raw[used++] = organisation->translations[i]->name;
        raw[used++] = organisation->translations[i]->acronym;
    }
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < used; i++) {
        const char *folded = raw[i] ? words_fold(self->words, raw[i], arena) : NULL;
        if (folded && *folded && g_hash_table_add(seen, (gpointer)(uintptr_t)folded))
            each(context, folded);
    }
    g_hash_table_destroy(seen);
}

typedef struct NameLink {
    Directory *directory;
    const char *id;
    void (*change)(GHashTable *table, const char *text, const char *id);
} NameLink;

static void change_name(void *context, const char *folded)
{
    NameLink *link = context;
    link->change(link->directory->names, folded, link->id);
}

/* Links or unlinks everything by which a record is found, but its id. */
static void change_links(Directory *self, const Organisation *organisation,
                         void (*change)(GHashTable *, const char *, const char *))
{
    Arena *arena = arena_new(SIZE_MAX);
    if (!arena) return;
    NameLink link = {self, organisation->id, change};
    directory_names(self, organisation, arena, change_name, &link);
    if (organisation->part_of) change(self->parts, organisation->part_of, organisation->id);
    arena_destroy(&arena);
}

static Organisation *copy_of(const Organisation *organisation)
{
    size_t size = protobuf_c_message_get_packed_size(&organisation->base);
    uint8_t *packed = malloc(size + 1);
    if (!packed) return NULL;
    protobuf_c_message_pack(&organisation->base, packed);
    Organisation *copy = (Organisation *)protobuf_c_message_unpack(organisation->base.descriptor,
                                                                   NULL, size, packed);
    free(packed);
    return copy;
}

bool directory_put(Directory *self, const Organisation *organisation, uint64_t sequence)
{
    Record *record = calloc(1, sizeof *record);
    Organisation *copy = copy_of(organisation);
    if (!record || !copy) {
        free(record);
        if (copy) protobuf_c_message_free_unpacked(&copy->base, NULL);
        return false;
    }
    *record = (Record){.entry = {copy, sequence}, .copy = copy};
    const Record *before = g_tree_lookup(self->records, copy->id);
    if (before) change_links(self, before->copy, unlink_id);
    g_tree_replace(self->records, copy->id, record);
    change_links(self, copy, link_id);
    return true;
}

size_t directory_count(const Directory *self)
{
    return (size_t)g_tree_nnodes(self->records);
}

const DirectoryEntry *directory_find(const Directory *self, const char *id)
{
    const Record *record = g_tree_lookup(self->records, id);
    return record ? &record->entry : NULL;
}

const DirectoryEntry *directory_next(const Directory *self, const char *after)
{
    GTreeNode *node =
        after ? g_tree_upper_bound(self->records, after) : g_tree_node_first(self->records);
    return node ? &((const Record *)g_tree_node_value(node))->entry : NULL;
}

typedef struct Matches {
    const char **ids;
    size_t count;
} Matches;

static void match(Matches *matches, const char *id)
{
    if (matches->count == DIRECTORY_MATCHES_MAX) return;
    for (size_t i = 0; i < matches->count; i++)
        if (strcmp(matches->ids[i], id) == 0) return;
    matches->ids[matches->count++] = id;
}

static void match_all(Matches *matches, GHashTable *table, const char *text)
{
    const GPtrArray *ids = g_hash_table_lookup(table, text);
    for (guint i = 0; ids && i < ids->len; i++)
        match(matches, ids->pdata[i]);
}

size_t directory_resolve(const Directory *self, const char *name, bool with_parts, Arena *arena,
                         const char *ids[static DIRECTORY_MATCHES_MAX])
{
    Matches matches = {.ids = ids};
    const DirectoryEntry *entry = directory_find(self, name);
    if (entry) match(&matches, entry->organisation->id);
    const char *folded = words_fold(self->words, name, arena);
    if (folded) match_all(&matches, self->names, folded);
    /* The list grows while it is walked: parts of parts follow. A loop ends at what is there. */
    for (size_t i = 0; with_parts && i < matches.count; i++)
        match_all(&matches, self->parts, ids[i]);
    return matches.count;
}

bool directory_loops(const Directory *self, const char *id, const char *part_of)
{
    for (int depth = 0; part_of; depth++) {
        if (strcmp(part_of, id) == 0 || depth == DIRECTORY_DEPTH_MAX) return true;
        const DirectoryEntry *above = directory_find(self, part_of);
        part_of = above ? above->organisation->part_of : NULL;
    }
    return false;
}
