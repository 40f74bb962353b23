/* The facets of an event, taken and looked into. */
#ifndef PLENARY_TESTS_FACETS_FIXTURE_H
#define PLENARY_TESTS_FACETS_FIXTURE_H

#include "proto/facets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    ARENA_BYTES = 8 << 20,
    KEYS_MAX = 4096,
};

typedef struct Key {
    Facet facet;
    char text[FACET_KEY_MAX + 1];
} Key;

typedef struct Fixture {
    Words *words;
    Zones *zones;
    Arena *arena;
    Key *keys;
    size_t count;
} Fixture;

static inline int set_up(void **state)
{
    Fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture) return -1;
    fixture->words = words_new();
    fixture->zones = zones_new();
    fixture->arena = arena_new(ARENA_BYTES);
    fixture->keys = calloc(KEYS_MAX, sizeof *fixture->keys);
    *state = fixture;
    return fixture->words && fixture->zones && fixture->arena && fixture->keys ? 0 : -1;
}

static inline int tear_down(void **state)
{
    Fixture *fixture = *state;
    words_destroy(&fixture->words);
    zones_destroy(&fixture->zones);
    arena_destroy(&fixture->arena);
    free(fixture->keys);
    free(fixture);
    return 0;
}

static inline bool has(const Fixture *fixture, const char *key)
{
    for (size_t i = 0; i < fixture->count; i++)
        if (strcmp(fixture->keys[i].text, key) == 0) return true;
    return false;
}

static inline void keep(void *context, Facet facet, const char *key, size_t length)
{
    Fixture *fixture = context;
    assert_true(fixture->count < KEYS_MAX);
    assert_in_range(length, 1, FACET_KEY_MAX);
    Key *kept = &fixture->keys[fixture->count];
    kept->facet = facet;
    memcpy(kept->text, key, length);
    kept->text[length] = '\0';
    size_t name = strlen(facet_info(facet)->name);
    assert_memory_equal(key, facet_info(facet)->name, name);
    assert_true(facet == FACET_ALL ? length == name : key[name] == '=' && length > name + 1);
    assert_false(has(fixture, kept->text)); /* each is given once */
    fixture->count++;
}

static inline void take(Fixture *fixture, const Event *event, FacetMask mask)
{
    fixture->count = 0;
    arena_reset(fixture->arena);
    facets_of_event(event, mask, fixture->words, fixture->zones, fixture->arena, keep, fixture);
}

static inline size_t count_of(const Fixture *fixture, Facet facet)
{
    size_t count = 0;
    for (size_t i = 0; i < fixture->count; i++)
        count += fixture->keys[i].facet == facet;
    return count;
}

/* All keys of one facet, in the order given: "month=2022-03 month=2022-04". In the arena. */
static inline const char *keys_of(Fixture *fixture, Facet facet)
{
    const char *list = "";
    for (size_t i = 0; i < fixture->count; i++)
        if (fixture->keys[i].facet == facet)
            list = arena_printf(fixture->arena, "%s%s%s", list, *list ? " " : "",
                                fixture->keys[i].text);
    return list;
}

#define EXPECT(fixture, facet, expected) assert_string_equal(keys_of(fixture, facet), expected)

#endif
