#include "daemon/registry/term.h"

#include <string.h>

static bool has_room(TermKeys *self)
{
    ResolvedTerm *term = self->term;
    if (term->count < self->capacity) return true;
    size_t capacity = self->capacity ? 2 * self->capacity : 4;
    const char **grown = arena_array(self->arena, capacity, sizeof *grown);
    if (!grown) return false;
    if (term->count) memcpy(grown, term->keys, term->count * sizeof *grown);
    term->keys = grown;
    self->capacity = capacity;
    return true;
}

void term_add_key(TermKeys *self, const char *key)
{
    ResolvedTerm *term = self->term;
    for (size_t i = 0; key && i < term->count; i++)
        if (strcmp(term->keys[i], key) == 0) return;
    if (term->count == TERM_KEYS_MAX)
        self->broad = true;
    else if (!key || !has_room(self))
        self->full = true;
    else
        term->keys[term->count++] = key;
}

void term_add_value(TermKeys *self, Facet facet, const char *value)
{
    const char *other = facet_key_other(facet, value, self->words, self->arena);
    term_add_key(self, facet_key(facet, value, self->words, self->arena));
    if (other) term_add_key(self, other);
}

Way *term_add_way(TermKeys *self, size_t count)
{
    ResolvedTerm *term = self->term;
    if (term->way_count == TERM_WAYS_MAX) return NULL;
    if (!term->ways) term->ways = arena_array(self->arena, TERM_WAYS_MAX, sizeof *term->ways);
    ResolvedTerm *words = arena_array(self->arena, count, sizeof *words);
    if (!term->ways || !words) {
        self->full = true;
        return NULL;
    }
    Way *way = &term->ways[term->way_count++];
    *way = (Way){count, words};
    return way;
}

bool term_has_key(const ResolvedTerm *self, const char *key, size_t length)
{
    for (size_t i = 0; i < self->count; i++)
        if (strncmp(self->keys[i], key, length) == 0 && self->keys[i][length] == '\0') return true;
    for (size_t i = 0; i < self->beginning_count; i++) {
        size_t begun = strlen(self->beginnings[i]);
        if (begun <= length && memcmp(self->beginnings[i], key, begun) == 0) return true;
    }
    return false;
}
