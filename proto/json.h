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
 * "country: NO" is Norway. Anchors, tags and several documents in one stream are bounded.
 */
#ifndef PLENARY_PROTO_JSON_H
#define PLENARY_PROTO_JSON_H

#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/status.h"

#include <jansson.h>
#include <stddef.h>

enum {
    JSON_DEPTH_MAX = 32,
    JSON_INPUT_BYTES_MAX = 64 * 1024 * 1024, /* of one file */
};

/* The message as a JSON value. Given: the caller owns the reference. NULL: no memory. */
json_t *json_of_message(const ProtobufCMessage *message);

/* Builds a message of type `descriptor` in the arena from a JSON object. On failure *message is
 * untouched and `problem` names the field. Scalars may come as text (YAML, command line). */
StatusCode json_to_message(const json_t *json, const ProtobufCMessageDescriptor *descriptor,
                           Arena *arena, ProtobufCMessage **message, Problem *problem);

/* Parses JSON text: one value, or several one after the other (JSON lines); always gives an array.
 * Errors name the line. Given: the caller owns *documents. */
StatusCode json_parse(const char *text, size_t length, json_t **documents, Problem *problem);

/* Parses a YAML stream; each document is an element of the array. Scalars are texts; a plain
 * empty scalar, ~ and null are JSON null. Errors name the line. Given: the caller owns *documents.
 */
StatusCode yaml_parse(const char *text, size_t length, json_t **documents, Problem *problem);

/* The value as YAML, block style, texts quoted only where they must be. Given: free(). */
char *yaml_print(const json_t *json);

/* The lower-case name of an enum's value ("in_person"); "" for a number that is none. Static. */
const char *json_enum_name(const ProtobufCEnumDescriptor *descriptor, int value);

#endif
