#include "clients/cli/import_references.h"

#include <stdlib.h>
#include <string.h>

static bool add_name(Arena *arena, const char **names, size_t *count, const char *name)
{
    if (!name) return true;
    names[*count] = arena_strdup(arena, name);
    return names[(*count)++] != NULL;
}

bool import_references_collect(const Event *event, Arena *arena, const char ***names, size_t *count)
{
    *count = 0;
    size_t most = 2 + event->n_related + event->n_outcomes;
    if (!event->part_of && !event->follows && !event->n_related && !event->n_outcomes) return true;
    *names = arena_array(arena, most, sizeof **names);
    if (!*names) return false;
    bool all = add_name(arena, *names, count, event->part_of) &&
               add_name(arena, *names, count, event->follows);
    for (size_t i = 0; i < event->n_related && all; i++)
        all = add_name(arena, *names, count, event->related[i]);
    for (size_t i = 0; i < event->n_outcomes && all; i++)
        all = add_name(arena, *names, count, event->outcomes[i]->closed_by);
    return all;
}

static bool rename_slot(char **slot, rename_fn *rename, void *context)
{
    if (!*slot) return true;
    const char *name = rename(context, *slot);
    if (name == *slot) return true;
    char *copy = name ? strdup(name) : NULL;
    if (name && !copy) return false;
    free(*slot);
    *slot = copy;
    return true;
}

bool import_references_rename(Event *event, rename_fn *rename, void *context)
{
    bool all = rename_slot(&event->part_of, rename, context) &&
               rename_slot(&event->follows, rename, context);
    for (size_t i = 0; i < event->n_outcomes && all; i++)
        all = rename_slot(&event->outcomes[i]->closed_by, rename, context);
    size_t kept = 0;
    for (size_t i = 0; i < event->n_related; i++) {
        if (all) all = rename_slot(&event->related[i], rename, context);
        if (event->related[i]) event->related[kept++] = event->related[i];
    }
    event->n_related = kept;
    return all;
}
