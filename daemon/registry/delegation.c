#include "daemon/registry/delegation.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool delegations_begin(Delegations *self, Words *words, const Directory *directory, Arena *arena,
                       size_t capacity)
{
    *self =
        (Delegations){.words = words, .directory = directory, .arena = arena, .capacity = capacity};
    self->all = arena_array(arena, capacity + 1, sizeof *self->all);
    self->names = arena_array(arena, DELEGATION_MEANINGS_MAX * capacity + 1, sizeof *self->names);
    return self->all && self->names;
}

static void add_name(Delegations *self, const char *text)
{
    if (text && *text) self->names[self->name_count++] = (DelegationName){text, self->count};
}

/* How many ids it has added; 0: the name is not known, or means too many. */
static size_t add_meanings(Delegations *self, const char *organisation)
{
    const char *ids[DIRECTORY_MATCHES_MAX];
    size_t count = self->directory
                       ? directory_resolve(self->directory, organisation, false, self->arena, ids)
                       : 0;
    if (count > DELEGATION_MEANINGS_MAX) return 0;
    for (size_t i = 0; i < count; i++)
        add_name(self, ids[i]);
    return count;
}

bool delegations_add(Delegations *self, const char *organisation, size_t person)
{
    assert(self->count < self->capacity);
    if (add_meanings(self, organisation) == 0) {
        const char *folded = words_fold(self->words, organisation, self->arena);
        if (!folded) return false;
        add_name(self, folded);
        add_name(self, words_fold_other(self->words, organisation, self->arena));
    }
    self->all[self->count] = (Delegation){organisation, person, self->count};
    self->count++;
    return true;
}

static int by_text(const void *left, const void *right)
{
    const DelegationName *one = left;
    const DelegationName *other = right;
    int order = strcmp(one->text, other->text);
    return order ? order
                 : (one->delegation > other->delegation) - (one->delegation < other->delegation);
}

void delegations_unite(Delegations *self)
{
    qsort(self->names, self->name_count, sizeof *self->names, by_text);
    for (size_t i = 1; i < self->name_count; i++)
        if (strcmp(self->names[i - 1].text, self->names[i].text) == 0)
            self->all[self->names[i].delegation].same =
                self->all[self->names[i - 1].delegation].same;
}

const Delegation *delegations_find(const Delegations *self, size_t at, const Delegations *other)
{
    size_t low = 0;
    size_t high = other->name_count;
    const char *text = self->names[at].text;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(other->names[middle].text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == other->name_count || strcmp(other->names[low].text, text) != 0) return NULL;
    return &other->all[other->all[other->names[low].delegation].same];
}
