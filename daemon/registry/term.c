#include "daemon/registry/term.h"

#include "proto/mark.h"

#include <string.h>

enum {
    NAME_BYTES = 5, /* of "word=", "stem=" */
};

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

static bool is_key(const char *asked, const char *key, size_t length)
{
    return strncmp(asked, key, length) == 0 && asked[length] == '\0';
}

/* A word that is its own stem has no key of its stem. */
static bool is_own_stem(const char *asked, const char *key, size_t length)
{
    return length > NAME_BYTES && memcmp(key, "word=", NAME_BYTES) == 0 &&
           strncmp(asked, "stem=", NAME_BYTES) == 0 &&
           is_key(asked + NAME_BYTES, key + NAME_BYTES, length - NAME_BYTES);
}

bool term_has_key(const ResolvedTerm *self, const char *key, size_t length)
{
    TextWeight unused;
    length = mark_cut(key, length, &unused);
    for (size_t i = 0; i < self->count; i++)
        if (is_key(self->keys[i], key, length) || is_own_stem(self->keys[i], key, length))
            return true;
    for (size_t i = 0; i < self->beginning_count; i++) {
        size_t begun = strlen(self->beginnings[i]);
        if (begun <= length && memcmp(self->beginnings[i], key, begun) == 0) return true;
    }
    return false;
}
