/*
 * samples - random messages of any type, for properties that must hold of every message.
 *
 * A run is repeated by its seed. Messages live in the arena.
 */
#ifndef PLENARY_TESTS_SAMPLES_H
#define PLENARY_TESTS_SAMPLES_H

#include "proto/arena.h"
#include "proto/json.h"
#include "proto/reflect.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef struct Random {
    uint64_t state;
} Random;

/* splitmix64 */
static inline uint64_t random_next(Random *self)
{
    uint64_t z = (self->state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline size_t random_below(Random *self, size_t bound)
{
    return (size_t)(random_next(self) % bound);
}

/* Texts made of what writers and readers of text stumble over. */
static inline char *sample_text(Random *random, Arena *arena)
{
    static const char *const pieces[] = {"a",
                                         "Ташкент",
                                         " ",
                                         "  ",
                                         "\n",
                                         "\t",
                                         ":",
                                         ": ",
                                         "- ",
                                         "#",
                                         " #",
                                         "'",
                                         "\"",
                                         "\\",
                                         "null",
                                         "~",
                                         "yes",
                                         "NO",
                                         "0x1F",
                                         "1e3",
                                         "2022-03-03",
                                         "12:30",
                                         "|",
                                         ">",
                                         "&a",
                                         "*a",
                                         "!x",
                                         "%",
                                         "@",
                                         "`",
                                         "{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         "?",
                                         "---",
                                         "...",
                                         "\xC2\x85",
                                         "\xE2\x80\xA8",
                                         "\xEF\xBB\xBF",
                                         "😀",
                                         "\r",
                                         "\x7F",
                                         "\x01",
                                         "қ",
                                         "=",
                                         "<<",
                                         "\n\n",
                                         " \n",
                                         "\n ",
                                         "é",
                                         "-",
                                         "+998",
                                         "."};
    size_t count = random_below(random, 7);
    char *text = arena_strdup(arena, "");
    for (size_t i = 0; i < count; i++)
        text = arena_printf(arena, "%s%s", text,
                            pieces[random_below(random, sizeof pieces / sizeof *pieces)]);
    return text;
}

static inline double sample_real(Random *random)
{
    double value;
    do {
        uint64_t bits = random_next(random);
        memcpy(&value, &bits, sizeof value);
    } while (!isfinite(value));
    return random_below(random, 2) ? value : (double)random_below(random, 360000) / 1000.0 - 180;
}

static inline int sample_enum(Random *random, const ProtobufCEnumDescriptor *descriptor)
{
    int value;
    do
        value = descriptor->values[random_below(random, descriptor->n_values)].value;
    while (!*json_enum_name(descriptor, value));
    return value;
}

static inline ProtobufCMessage *
sample_message(Random *random, const ProtobufCMessageDescriptor *descriptor, Arena *arena);

static inline void sample_value(Random *random, const ProtobufCFieldDescriptor *field, Arena *arena,
                                void *place)
{
    uint64_t whole = random_next(random) >> random_below(random, 64);
    char *text;
    ProtobufCMessage *message;
    ProtobufCBinaryData bytes;
    double real;
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        text = sample_text(random, arena);
        memcpy(place, &text, sizeof text);
        return;
    case PROTOBUF_C_TYPE_MESSAGE:
        message = sample_message(random, field->descriptor, arena);
        memcpy(place, &message, sizeof message);
        return;
    case PROTOBUF_C_TYPE_BYTES:
        bytes.len = random_below(random, 40);
        bytes.data = bytes.len ? arena_alloc(arena, bytes.len) : NULL;
        for (size_t i = 0; i < bytes.len; i++)
            bytes.data[i] = (uint8_t)random_next(random);
        memcpy(place, &bytes, sizeof bytes);
        return;
    case PROTOBUF_C_TYPE_ENUM: *(int *)place = sample_enum(random, field->descriptor); return;
    case PROTOBUF_C_TYPE_BOOL: *(protobuf_c_boolean *)place = (int)random_below(random, 2); return;
    case PROTOBUF_C_TYPE_DOUBLE:
        real = sample_real(random);
        memcpy(place, &real, sizeof real);
        return;
    default: memcpy(place, &whole, reflect_size(field->type));
    }
}

static inline ProtobufCMessage *
sample_message(Random *random, const ProtobufCMessageDescriptor *descriptor, Arena *arena)
{
    ProtobufCMessage *message = arena_alloc(arena, descriptor->sizeof_message);
    descriptor->message_init(message);
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        if (random_below(random, 3) == 0) continue;
        if (!reflect_is_repeated(field)) {
            ProtobufCBinaryData value = {0};
            sample_value(random, field, arena, &value);
            memcpy(reflect_set(message, field, NULL, 1), &value, reflect_size(field->type));
            continue;
        }
        size_t count = random_below(random, 4);
        size_t size = reflect_size(field->type);
        char *values = count ? arena_array(arena, count, size) : NULL;
        for (size_t j = 0; j < count; j++)
            sample_value(random, field, arena, values + j * size);
        if (count) reflect_set(message, field, values, count);
    }
    return message;
}

/* Every message type that a sample is taken of. */
static const ProtobufCMessageDescriptor *const sample_types[] = {
    &plenary__v1__event__descriptor,          &plenary__v1__organisation__descriptor,
    &plenary__v1__principal__descriptor,      &plenary__v1__change__descriptor,
    &plenary__v1__difference__descriptor,     &plenary__v1__query__descriptor,
    &plenary__v1__request__descriptor,        &plenary__v1__reply__descriptor,
    &plenary__v1__stream_request__descriptor, &plenary__v1__stream_message__descriptor,
};

enum {
    SAMPLE_TYPES = sizeof sample_types / sizeof *sample_types,
};

#endif
