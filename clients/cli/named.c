#include "clients/cli/named.h"

#include "clients/cli/complain.h"
#include "clients/lib/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PARTICIPANTS "participants["

enum {
    ROOM_FIRST = 64,
    NUMBER_SIZE = 24,
};

/* Room for one more in an array of `count`. NULL: no memory. */
static void *make_room(void *array, size_t count, size_t *capacity, size_t size, Arena *arena)
{
    if (count < *capacity) return array;
    size_t wider = *capacity ? 2 * *capacity : ROOM_FIRST;
    void *made = arena_array(arena, wider, size);
    if (!made) return NULL;
    if (count > 0) memcpy(made, array, count * size);
    *capacity = wider;
    return made;
}

static bool add_sequence(Named *self, uint64_t sequence, Arena *arena)
{
    uint64_t *made = make_room(self->sequences, self->sequence_count, &self->sequence_capacity,
                               sizeof *made, arena);
    if (!made) return false;
    self->sequences = made;
    self->sequences[self->sequence_count++] = sequence;
    return true;
}

/* The images of an event mostly follow one another. NULL: no memory. */
static NamedEvent *event_of(Named *self, uint32_t number, Arena *arena)
{
    for (size_t i = self->event_count; i > 0; i--)
        if (self->events[i - 1]->number == number) return self->events[i - 1];
    NamedEvent **made =
        make_room(self->events, self->event_count, &self->event_capacity, sizeof *made, arena);
    NamedEvent *event = made ? arena_alloc(arena, sizeof *event) : NULL;
    if (!event) return NULL;
    *event = (NamedEvent){.number = number};
    self->events = made;
    self->events[self->event_count++] = event;
    return event;
}

/* A UID stays what it is, whatever it holds. */
static bool is_uid(const char *path)
{
    return strcmp(path, "uid") == 0;
}

static bool is_entry(const Plenary__V1__FindPersonReply__Place *place)
{
    return !place->excerpt;
}

static bool can_be_erased(const FoundImage *image, bool with_texts)
{
    if (image->more_places) return true;
    for (size_t i = 0; i < image->n_places; i++)
        if (is_entry(image->places[i]) || (with_texts && !is_uid(image->places[i]->path)))
            return true;
    return false;
}

static bool take_places(Named *self, NamedEvent *event, const FoundImage *image, Arena *arena)
{
    event->place_count = 0;
    for (size_t i = 0; i < image->n_places && i < NAMED_PLACES_MAX; i++) {
        const Plenary__V1__FindPersonReply__Place *place = image->places[i];
        NamedPlace *taken = &event->places[event->place_count++];
        taken->path = arena_strdup(arena, place->path);
        taken->excerpt = place->excerpt ? arena_strdup(arena, place->excerpt) : NULL;
        if (!taken->path || (place->excerpt && !taken->excerpt)) return false;
        self->in_texts |= !is_entry(place);
        self->in_names |=
            !is_entry(place) && strncmp(place->path, PARTICIPANTS, strlen(PARTICIPANTS)) == 0;
    }
    return true;
}

bool named_add(Named *self, const FoundImage *image, bool with_texts, Arena *arena)
{
    NamedEvent *event = event_of(self, image->number, arena);
    if (!event) return false;
    event->images++;
    event->title = image->title ? arena_strdup(arena, image->title) : NULL;
    return take_places(self, event, image, arena) &&
           (!can_be_erased(image, with_texts) || add_sequence(self, image->sequence, arena));
}

/* --- showing --- */

static void add_event(Table *table, const NamedEvent *event)
{
    char number[NUMBER_SIZE];
    char images[NUMBER_SIZE];
    (void)snprintf(number, sizeof number, "%" PRIu32, event->number);
    (void)snprintf(images, sizeof images, "%" PRIu64, event->images);
    for (size_t i = 0; i < event->place_count; i++) {
        const char *const cells[] = {
            i ? NULL : number,     i ? NULL : event->title,  i ? NULL : images,
            event->places[i].path, event->places[i].excerpt,
        };
        table_add(table, cells, NULL);
    }
}

int named_print(const Session *session, const Named *self)
{
    static const TableColumn columns[] = {{"#", TABLE_RIGHT},
                                          {"TITLE", TABLE_CUT},
                                          {"IMAGES", TABLE_RIGHT},
                                          {"NAMED IN", 0},
                                          {"TEXT", TABLE_CUT}};
    Table *table = table_new(columns, sizeof columns / sizeof *columns, &session->terminal);
    if (!table) return session_no_memory();
    for (size_t i = 0; i < self->event_count; i++)
        add_event(table, self->events[i]);
    bool printed = table_print(table, stdout);
    table_destroy(&table);
    return printed ? CLI_DONE : complain_code(CLI_FAILED, "it could not be written");
}

static bool add_texts(json_t *list, const NamedEvent *event)
{
    bool added = true;
    for (size_t i = 0; i < event->place_count && added; i++) {
        const NamedPlace *place = &event->places[i];
        if (!place->excerpt) continue;
        json_t *text = json_pack("{s:I, s:s, s:s}", "number", (json_int_t)event->number, "path",
                                 place->path, "excerpt", place->excerpt);
        added = text && json_array_append_new(list, text) == 0;
    }
    return added;
}

json_t *named_texts(const Named *self)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < self->event_count; i++) {
        if (add_texts(list, self->events[i])) continue;
        json_decref(list);
        list = NULL;
    }
    return list;
}
