#include "daemon/bus/topics.h"

#include "proto/keyset.h"
#include "proto/validate.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define ORGANISATION "organisation="

typedef struct Collecting {
    Arena *arena;
    Keyset given; /* of keys */
    topic_fn *each;
    void *context;
} Collecting;

static bool is_escaped(unsigned char byte)
{
    return byte < ' ' || byte == 0x7F || byte == ';' || byte == '%';
}

size_t topics_print(const char *key, size_t length, char topic[static TOPICS_BYTES_MAX + 1])
{
    static const char digits[] = "0123456789ABCDEF";
    size_t written = 0;
    assert(length <= FACET_KEY_MAX);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)key[i];
        if (!is_escaped(byte)) {
            topic[written++] = key[i];
            continue;
        }
        topic[written++] = '%';
        topic[written++] = digits[byte >> 4U];
        topic[written++] = digits[byte & 0xFU];
    }
    topic[written++] = ';';
    topic[written] = '\0';
    return written;
}

static void give(Collecting *collecting, const char *key, size_t length)
{
    char topic[TOPICS_BYTES_MAX + 1];
    if (!keyset_add(&collecting->given, key, length, collecting->arena)) return;
    size_t written = topics_print(key, length, topic);
    collecting->each(collecting->context, topic, written);
}

static void give_facet(void *context, Facet facet, const char *key, size_t length)
{
    (void)facet;
    give(context, key, length);
}

static void give_image(State *state, const Event *event, Collecting *collecting)
{
    if (event)
        facets_of_event(event, TOPICS_FACETS, state->words, state->zones, collecting->arena,
                        give_facet, collecting);
}

static void give_organisation(const Organisation *organisation, Collecting *collecting)
{
    const char *all = facet_info(FACET_ALL)->name;
    char key[sizeof ORGANISATION + VALIDATE_SLUG_BYTES_MAX];
    if (!organisation || !organisation->id) return;
    give(collecting, all, strlen(all));
    int length = snprintf(key, sizeof key, ORGANISATION "%s", organisation->id);
    if (length > 0 && (size_t)length < sizeof key) give(collecting, key, (size_t)length);
}

void topics_of(State *state, const Heard *heard, Arena *arena, topic_fn *each, void *context)
{
    Collecting collecting = {.arena = arena, .each = each, .context = context};
    give_image(state, heard->before, &collecting);
    give_image(state, heard->after, &collecting);
    give_organisation(heard->organisation, &collecting);
}
