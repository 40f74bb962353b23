#include "clients/report/tally.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

struct Tally {
    GHashTable *rows; /* reference (owned) -> TallyRow (owned) */
    uint32_t events;
    size_t left_out;
};

Tally *tally_new(void)
{
    Tally *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return self;
}

void tally_destroy(Tally **self)
{
    if (!*self) return;
    g_hash_table_destroy((*self)->rows);
    free(*self);
    *self = NULL;
}

static TallyRow *row_of(Tally *self, const char *reference)
{
    TallyRow *row = g_hash_table_lookup(self->rows, reference);
    if (row) return row;
    if (g_hash_table_size(self->rows) == TALLY_NAMES_MAX) {
        self->left_out++;
        return NULL;
    }
    char *key = g_strdup(reference);
    row = g_new0(TallyRow, 1);
    row->reference = key;
    (void)g_hash_table_insert(self->rows, key, row);
    return row;
}

static void count(TallyRow *row, uint32_t event, size_t role)
{
    if (row->last_event != event) {
        row->last_event = event;
        row->last_roles = 0;
        row->events++;
    }
    uint32_t bit = UINT32_C(1) << role;
    if (!(row->last_roles & bit)) row->roles[role]++;
    row->last_roles |= bit;
}

void tally_add(Tally *self, const Event *event)
{
    self->events++;
    for (size_t i = 0; i < event->n_organisations; i++) {
        const Involvement *part = event->organisations[i];
        size_t role = part->has_role && part->role > 0 ? (size_t)part->role : 0;
        TallyRow *row = row_of(self, directory_reference(part));
        if (row) count(row, self->events, role < TALLY_ROLES ? role : 0);
    }
}

size_t tally_count(const Tally *self)
{
    return g_hash_table_size(self->rows);
}

size_t tally_left_out(const Tally *self)
{
    return self->left_out;
}

/* By name, for rows with as many events. */
static int compare_names(const Directory *directory, const char *one, const char *other)
{
    char *name = g_strdup(directory_name(directory, one));
    int order = strcmp(name, directory_name(directory, other));
    g_free(name);
    return order ? order : strcmp(one, other);
}

static int compare_rows(const void *a, const void *b, void *directory)
{
    const TallyRow *left = *(const TallyRow *const *)a;
    const TallyRow *right = *(const TallyRow *const *)b;
    if (left->events != right->events) return left->events > right->events ? -1 : 1;
    return compare_names(directory, left->reference, right->reference);
}

const TallyRow **tally_rows(const Tally *self, const Directory *directory)
{
    size_t size = g_hash_table_size(self->rows);
    const TallyRow **rows = calloc(size + 1, sizeof(const TallyRow *));
    if (!rows) return NULL;
    GHashTableIter walk;
    gpointer row;
    size_t at = 0;
    Directory names = *directory;
    g_hash_table_iter_init(&walk, self->rows);
    while (g_hash_table_iter_next(&walk, NULL, &row))
        rows[at++] = row;
    g_qsort_with_data(rows, (int)size, sizeof *rows, compare_rows, &names);
    return rows;
}
