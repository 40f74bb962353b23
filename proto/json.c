#include "proto/json.h"

#include "proto/nearest.h"
#include "proto/reflect.h"
#include "proto/text.h"

#include <glib.h>
#include <math.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ENUM_VALUES_MAX = 64,
};

static const char *const enum_names[] = {
#include <plenary/v1/enum_names.inc>
};

static int compare_name(const void *key, const void *element)
{
    return g_ascii_strcasecmp(key, *(const char *const *)element);
}

static bool is_unspecified(const ProtobufCEnumValue *value)
{
    return value->value == 0 && g_str_has_suffix(value->name, "_UNSPECIFIED");
}

static const char *name_of(const ProtobufCEnumValue *value)
{
    if (is_unspecified(value)) return "";
    const char *const *found =
        bsearch(value->name, enum_names, sizeof enum_names / sizeof *enum_names, sizeof *enum_names,
                compare_name);
    return found ? *found : "";
}

bool json_enum_has(const ProtobufCEnumDescriptor *descriptor, int value)
{
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(descriptor, value);
    return found && !is_unspecified(found);
}

const char *json_enum_name(const ProtobufCEnumDescriptor *descriptor, int value)
{
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(descriptor, value);
    return found ? name_of(found) : "";
}

bool json_enum_find(const ProtobufCEnumDescriptor *descriptor, const char *name, int *value)
{
    for (unsigned i = 0; i < descriptor->n_values; i++) {
        const char *candidate = name_of(&descriptor->values[i]);
        if (*candidate && strcmp(candidate, name) == 0) {
            *value = descriptor->values[i].value;
            return true;
        }
    }
    return false;
}

void json_enum_explain(const ProtobufCEnumDescriptor *descriptor, const char *name,
                       char text[static PROBLEM_MESSAGE_SIZE])
{
    const char *names[ENUM_VALUES_MAX];
    size_t count = 0;
    for (unsigned i = 0; i < descriptor->n_values && count < ENUM_VALUES_MAX; i++) {
        if (!is_unspecified(&descriptor->values[i]))
            names[count++] = name_of(&descriptor->values[i]);
    }
    size_t used =
        (size_t)snprintf(text, PROBLEM_MESSAGE_SIZE, "%s is not one of ", text_quote(name).text);
    for (size_t i = 0; i < count && used < PROBLEM_MESSAGE_SIZE; i++)
        used += (size_t)snprintf(text + used, PROBLEM_MESSAGE_SIZE - used, "%s%s",
                                 i > 0 ? ", " : "", names[i]);
    const char *near = nearest(name, names, count);
    if (near && used < PROBLEM_MESSAGE_SIZE)
        (void)snprintf(text + used, PROBLEM_MESSAGE_SIZE - used, "; did you mean %s?", near);
}

bool json_field_name(const char *name, char text[static JSON_NAME_SIZE])
{
    size_t length = 0;
    bool raise = false;
    for (; *name; name++) {
        if (*name == '_') {
            raise = true;
            continue;
        }
        if (length + 1 >= JSON_NAME_SIZE) return false;
        text[length++] = raise ? g_ascii_toupper(*name) : *name;
        raise = false;
    }
    text[length] = '\0';
    return true;
}

/* Digits (15 to 17) with which the number reads back as it is. */
static int digits_of_real(double value)
{
    int digits = 15;
    for (; digits < 17; digits++) {
        char format[8];
        char text[JSON_REAL_SIZE];
        (void)snprintf(format, sizeof format, "%%.%dg", digits);
        double again = g_ascii_strtod(g_ascii_formatd(text, sizeof text, format, value), NULL);
        if (!(again < value) && !(again > value)) break;
    }
    return digits;
}

static int digits_of_tree(const json_t *json)
{
    int digits = 15;
    if (json_is_real(json)) return digits_of_real(json_real_value(json));
    for (size_t i = 0; i < json_array_size(json); i++)
        digits = MAX(digits, digits_of_tree(json_array_get(json, i)));
    /* jansson's iterators want an object that may be changed; nothing here changes it. */
    json_t *object = (json_t *)(uintptr_t)json;
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at))
        digits = MAX(digits, digits_of_tree(json_object_iter_value(at)));
    return digits;
}

char *json_print(const json_t *json, size_t flags)
{
    size_t digits = (size_t)digits_of_tree(json);
    return json_dumps(json, flags | JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits));
}

void json_print_real(double value, char text[static JSON_REAL_SIZE])
{
    char format[8];
    (void)snprintf(format, sizeof format, "%%.%dg", digits_of_real(value));
    (void)g_ascii_formatd(text, JSON_REAL_SIZE, format, value);
}

static json_t *json_of_text(const char *text)
{
    json_t *json = json_string(text);
    if (json || text_is_utf8(text, strlen(text))) return json;
    char *valid = g_utf8_make_valid(text, -1);
    json = json_string(valid);
    g_free(valid);
    return json;
}

static json_t *json_of_bytes(const ProtobufCBinaryData *bytes)
{
    size_t size = sodium_base64_encoded_len(bytes->len, sodium_base64_VARIANT_ORIGINAL);
    char *text = malloc(size);
    if (!text) return NULL;
    sodium_bin2base64(text, size, bytes->data, bytes->len, sodium_base64_VARIANT_ORIGINAL);
    json_t *json = json_string(text);
    free(text);
    return json;
}

static json_t *json_of_real(double value)
{
    if (isnan(value)) return json_string("NaN");
    if (isinf(value)) return json_string(value > 0 ? "Infinity" : "-Infinity");
    return json_real(value);
}

static json_t *json_of_unsigned(uint64_t value)
{
    if (value <= INT64_MAX) return json_integer((json_int_t)value);
    return json_sprintf("%llu", (unsigned long long)value);
}

/* A value that this contract does not know shows as its number. */
static json_t *json_of_enum(const ProtobufCEnumDescriptor *descriptor, int value)
{
    const char *name = json_enum_name(descriptor, value);
    return *name ? json_string(name) : json_integer(value);
}

json_t *json_of_value(const ProtobufCFieldDescriptor *field, const void *value)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32: return json_integer(*(const int32_t *)value);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64: return json_integer(*(const int64_t *)value);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32: return json_of_unsigned(*(const uint32_t *)value);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64: return json_of_unsigned(*(const uint64_t *)value);
    case PROTOBUF_C_TYPE_FLOAT: return json_of_real((double)*(const float *)value);
    case PROTOBUF_C_TYPE_DOUBLE: return json_of_real(*(const double *)value);
    case PROTOBUF_C_TYPE_BOOL: return json_boolean(*(const protobuf_c_boolean *)value);
    case PROTOBUF_C_TYPE_ENUM: return json_of_enum(field->descriptor, reflect_enum(value));
    case PROTOBUF_C_TYPE_STRING: return json_of_text(reflect_text(value));
    case PROTOBUF_C_TYPE_BYTES: return json_of_bytes(value);
    case PROTOBUF_C_TYPE_MESSAGE: return json_of_message(reflect_message(value));
    }
    return NULL;
}

static json_t *json_of_field(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (!reflect_is_repeated(field)) return json_of_value(field, reflect_at(message, field, 0));
    json_t *list = json_array();
    size_t count = reflect_count(message, field);
    for (size_t i = 0; list && i < count; i++) {
        if (json_array_append_new(list, json_of_value(field, reflect_at(message, field, i)))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* Unspecified is how protobuf says that nothing was said. */
static bool is_shown(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (reflect_count(message, field) == 0) return false;
    if (field->type != PROTOBUF_C_TYPE_ENUM || reflect_is_repeated(field)) return true;
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(
        field->descriptor, reflect_enum(reflect_at(message, field, 0)));
    return !value || !is_unspecified(value);
}

json_t *json_of_message(const ProtobufCMessage *message)
{
    json_t *object = json_object();
    for (unsigned i = 0; object && i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        char name[JSON_NAME_SIZE];
        if (!is_shown(message, field) || !json_field_name(field->name, name)) continue;
        if (json_object_set_new_nocheck(object, name, json_of_field(message, field))) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}
