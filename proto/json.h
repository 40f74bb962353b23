/*
 * json - messages as JSON and YAML, by their descriptors.
 *
 * One reflective codec for every message: protobuf's JSON mapping in lowerCamelCase, enums as
 * their lower-case names ("in_person"), integers as numbers, bytes in base64, absent fields left
 * out, oneof members by their own names. Input takes lowerCamelCase and the .proto's snake_case.
 * Unknown fields, wrong types, duplicate keys, numbers out of range and unknown enum names are
 * violations that name the field ("participants[2].role: \"boss\" is not one of chair, ...", with
 * the nearest name where there is one).
 *
 * YAML reads into the same tree with every scalar as text, and the descriptor decides what it is:
 * "country: NO" is Norway. Aliases, tags and several documents in one stream are bounded.
 *
 * Nothing is kept between calls: any thread, one at a time per arena. Problems are added to, not
 * cleared.
 */
#ifndef PLENARY_PROTO_JSON_H
#define PLENARY_PROTO_JSON_H

#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    JSON_DEPTH_MAX = 32,
    JSON_NAME_SIZE = 64,                     /* bytes of a field's name */
    JSON_REAL_SIZE = 32,                     /* bytes of a printed real number */
    JSON_INPUT_BYTES_MAX = 64 * 1024 * 1024, /* of one file */
    YAML_ALIAS_BYTES_MAX = 16 * 1024 * 1024, /* what the aliases of one stream may stand for */
};

/* The message as a JSON value. What JSON has no number for is text: "NaN", and integers over
 * 2^63 - 1. Invalid UTF-8 shows as U+FFFD. Given: the caller owns the reference. NULL: no memory.
 */
json_t *json_of_message(const ProtobufCMessage *message);

/* One value of a field, as reflect_at gives it. Given. NULL: no memory. */
json_t *json_of_value(const ProtobufCFieldDescriptor *field, const void *value);

/* Builds a message of type `descriptor` in the arena from a JSON object; nothing of it points into
 * `json`. On failure *message is untouched and `problem` names every field that is wrong, or the
 * code is RESOURCE_EXHAUSTED where the arena is full. Scalars may come as text (YAML, command
 * line); null is absent. */
StatusCode json_to_message(const json_t *json, const ProtobufCMessageDescriptor *descriptor,
                           Arena *arena, ProtobufCMessage **message, Problem *problem);

/* Parses JSON text: one value, or several one after the other (JSON lines). *documents is always a
 * flat array: an array at the top of the text stands for its elements. Errors name the line.
 * Given: the caller owns *documents. */
StatusCode json_parse(const char *text, size_t length, json_t **documents, Problem *problem);

/* Parses a YAML stream, with the same result: each document is an element, a sequence at the top
 * of a document stands for its elements, empty documents are passed over. Scalars are texts; a
 * plain empty scalar, ~ and null are JSON null. Errors name the line. */
StatusCode yaml_parse(const char *text, size_t length, json_t **documents, Problem *problem);

/* The same two, and where each document starts: *lines is an array of line numbers from 1, as long
 * as *documents. Given: the caller owns both. */
StatusCode json_parse_lines(const char *text, size_t length, json_t **documents, json_t **lines,
                            Problem *problem);
StatusCode yaml_parse_lines(const char *text, size_t length, json_t **documents, json_t **lines,
                            Problem *problem);

/* The value as JSON text: json_dumps with these flags, any value at the top, and real numbers with
 * no more digits than they need. Given: free(). NULL: no memory. */
char *json_print(const json_t *json, size_t flags);

/* The value as YAML, block style, texts quoted only where they must be. Given: free(). NULL: no
 * memory, or nested deeper than JSON_DEPTH_MAX. */
char *yaml_print(const json_t *json);

/* The shortest decimal text that reads back as the same finite number. */
void json_print_real(double value, char text[static JSON_REAL_SIZE]);

/* Is the number one of the enum's values, other than the zero that means unspecified? */
bool json_enum_has(const ProtobufCEnumDescriptor *descriptor, int value);

/* The lower-case name of an enum's value ("in_person"); "" for a number that is none, and for the
 * zero that means unspecified. Static. */
const char *json_enum_name(const ProtobufCEnumDescriptor *descriptor, int value);

/* The value with this lower-case name; false: there is none. */
bool json_enum_find(const ProtobufCEnumDescriptor *descriptor, const char *name, int *value);

/* "\"boss\" is not one of chair, moderator, ...; did you mean ...?" for a name that was not found.
 */
void json_enum_explain(const ProtobufCEnumDescriptor *descriptor, const char *name,
                       char text[static PROBLEM_MESSAGE_SIZE]);

/* A field's name in lowerCamelCase. False: it does not fit. */
bool json_field_name(const char *name, char text[static JSON_NAME_SIZE]);

#endif
