/* Messages out of JSON trees; see json.h. */
#include "proto/json.h"
#include "proto/nearest.h"
#include "proto/path.h"
#include "proto/reflect.h"
#include "proto/text.h"

#include <errno.h>
#include <glib.h>
#include <math.h>
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIELDS_MAX = 64,
};

typedef struct Reader {
    Arena *arena;
    Problem *problem;
    Path path;
    size_t depth;
    bool wrong;
    bool full;
} Reader;

static ProtobufCMessage *read_message(Reader *self, const json_t *json,
                                      const ProtobufCMessageDescriptor *descriptor);

/* Says what is wrong with the value at the path; false, so that readers can return the call. */
#define refuse(self, ...)                                                                          \
    ((self)->wrong = true, problem_violation((self)->problem, (self)->path.text, __VA_ARGS__),     \
     false)

static bool refuse_type(Reader *self, const json_t *json, const char *wanted)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "an object",    [JSON_ARRAY] = "a list",  [JSON_STRING] = "text",
        [JSON_INTEGER] = "a number",    [JSON_REAL] = "a number", [JSON_TRUE] = "true or false",
        [JSON_FALSE] = "true or false", [JSON_NULL] = "empty",
    };
    const char *name = names[json_typeof(json)];
    return refuse(self, "is %s; %s is wanted", name, wanted);
}

static void *take(Reader *self, size_t count, size_t size)
{
    void *memory = arena_array(self->arena, count, size);
    if (!memory) self->full = true;
    return memory;
}

/* The whole number of a JSON integer or of text, as sign and size. */
static bool read_whole(Reader *self, const json_t *json, bool *negative, uint64_t *size)
{
    if (json_is_integer(json)) {
        json_int_t value = json_integer_value(json);
        *negative = value < 0;
        *size = value < 0 ? -(uint64_t)value : (uint64_t)value;
        return true;
    }
    if (!json_is_string(json)) return refuse_type(self, json, "a whole number");
    const char *text = json_string_value(json);
    *negative = *text == '-';
    const char *digits = text + *negative;
    if (!*digits || digits[strspn(digits, "0123456789")])
        return refuse(self, "%s is not a whole number", text_quote(text).text);
    errno = 0;
    *size = strtoull(digits, NULL, 10);
    if (errno) return refuse(self, "%s is out of range", text_quote(text).text);
    return true;
}

static bool read_signed(Reader *self, const json_t *json, int64_t max, int64_t *value)
{
    bool negative;
    uint64_t size;
    if (!read_whole(self, json, &negative, &size)) return false;
    if (size > (uint64_t)max + negative)
        return refuse(self, "%s%llu is out of range: %lld to %lld", negative ? "-" : "",
                      (unsigned long long)size, -(long long)max - 1, (long long)max);
    *value = (int64_t)(negative ? -size : size);
    return true;
}

static bool read_unsigned(Reader *self, const json_t *json, uint64_t max, uint64_t *value)
{
    bool negative;
    uint64_t size;
    if (!read_whole(self, json, &negative, &size)) return false;
    if ((negative && size > 0) || size > max)
        return refuse(self, "%s%llu is out of range: 0 to %llu", negative ? "-" : "",
                      (unsigned long long)size, (unsigned long long)max);
    *value = size;
    return true;
}

static bool read_real(Reader *self, const json_t *json, double *value)
{
    if (json_is_number(json)) {
        *value = json_number_value(json);
        return true;
    }
    if (!json_is_string(json)) return refuse_type(self, json, "a number");
    const char *text = json_string_value(json);
    char *end = NULL;
    double read = g_ascii_strtod(text, &end);
    if (!*text || text[strspn(text, "0123456789+-.eE")] || *end || !isfinite(read))
        return refuse(self, "%s is not a number", text_quote(text).text);
    *value = read;
    return true;
}

static bool read_bool(Reader *self, const json_t *json, protobuf_c_boolean *value)
{
    if (json_is_boolean(json)) {
        *value = json_is_true(json);
        return true;
    }
    if (!json_is_string(json)) return refuse_type(self, json, "true or false");
    const char *text = json_string_value(json);
    bool yes = strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "false") != 0)
        return refuse(self, "%s is not true or false", text_quote(text).text);
    *value = yes;
    return true;
}

static bool read_enum(Reader *self, const json_t *json, const ProtobufCEnumDescriptor *descriptor,
                      int *value)
{
    if (!json_is_string(json)) return refuse_type(self, json, "text");
    const char *name = json_string_value(json);
    if (json_enum_find(descriptor, name, value)) return true;
    char text[PROBLEM_MESSAGE_SIZE];
    json_enum_explain(descriptor, name, text);
    return refuse(self, "%s", text);
}

static bool read_text(Reader *self, const json_t *json, char **value)
{
    if (!json_is_string(json)) return refuse_type(self, json, "text");
    const char *text = json_string_value(json);
    size_t length = json_string_length(json);
    if (memchr(text, '\0', length)) return refuse(self, "has a NUL character in it");
    *value = take(self, length + 1, 1);
    if (*value) memcpy(*value, text, length);
    return *value;
}

static bool read_bytes(Reader *self, const json_t *json, ProtobufCBinaryData *value)
{
    if (!json_is_string(json)) return refuse_type(self, json, "text in base64");
    const char *text = json_string_value(json);
    size_t length = json_string_length(json);
    uint8_t *data = take(self, length / 4 * 3 + 3, 1);
    if (!data) return false;
    size_t size = 0;
    if (sodium_base642bin(data, length / 4 * 3 + 3, text, length, NULL, &size, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return refuse(self, "%s is not base64", text_quote(text).text);
    *value = (ProtobufCBinaryData){.len = size, .data = size ? data : NULL};
    return true;
}

static bool read_number(Reader *self, const ProtobufCFieldDescriptor *field, const json_t *json,
                        void *place)
{
    int64_t whole = 0;
    uint64_t positive = 0;
    double real = 0;
    switch (field->type) {
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        if (!read_unsigned(self, json, UINT32_MAX, &positive)) return false;
        *(uint32_t *)place = (uint32_t)positive;
        return true;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64: return read_unsigned(self, json, UINT64_MAX, place);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64: return read_signed(self, json, INT64_MAX, place);
    case PROTOBUF_C_TYPE_DOUBLE: return read_real(self, json, place);
    case PROTOBUF_C_TYPE_FLOAT:
        if (!read_real(self, json, &real)) return false;
        *(float *)place = (float)real;
        return true;
    default:
        if (!read_signed(self, json, INT32_MAX, &whole)) return false;
        *(int32_t *)place = (int32_t)whole;
        return true;
    }
}

static bool read_value(Reader *self, const ProtobufCFieldDescriptor *field, const json_t *json,
                       void *place)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_BOOL: return read_bool(self, json, place);
    case PROTOBUF_C_TYPE_ENUM: return read_enum(self, json, field->descriptor, place);
    case PROTOBUF_C_TYPE_STRING: return read_text(self, json, place);
    case PROTOBUF_C_TYPE_BYTES: return read_bytes(self, json, place);
    case PROTOBUF_C_TYPE_MESSAGE: {
        ProtobufCMessage *message = read_message(self, json, field->descriptor);
        memcpy(place, &message, sizeof message);
        return message;
    }
    default: return read_number(self, field, json, place);
    }
}

static void read_list(Reader *self, ProtobufCMessage *message,
                      const ProtobufCFieldDescriptor *field, const json_t *json)
{
    size_t count = json_array_size(json);
    if (!json_is_array(json)) {
        (void)refuse_type(self, json, "a list");
        return;
    }
    if (count == 0) return;
    size_t size = reflect_size(field->type);
    char *values = take(self, count, size);
    if (!values) return;
    bool sound = true;
    for (size_t i = 0; i < count && !self->full; i++) {
        size_t mark = path_enter_at(&self->path, i);
        sound &= read_value(self, field, json_array_get(json, i), values + i * size);
        path_leave(&self->path, mark);
    }
    if (sound && !self->full) reflect_set(message, field, values, count);
}

/* Another member of the field's oneof that is already there. */
static const ProtobufCFieldDescriptor *rival(const ProtobufCMessage *message,
                                             const ProtobufCFieldDescriptor *field)
{
    if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)) return NULL;
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *other = &message->descriptor->fields[i];
        if (other != field && (other->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) &&
            other->quantifier_offset == field->quantifier_offset && reflect_count(message, other))
            return other;
    }
    return NULL;
}

static void read_field(Reader *self, ProtobufCMessage *message,
                       const ProtobufCFieldDescriptor *field, const json_t *json)
{
    if (json_is_null(json)) return;
    if (reflect_count(message, field) > 0) {
        (void)refuse(self, "is given twice");
        return;
    }
    const ProtobufCFieldDescriptor *other = rival(message, field);
    if (other) {
        (void)refuse(self, "cannot be given together with %s", other->name);
        return;
    }
    if (reflect_is_repeated(field)) {
        read_list(self, message, field, json);
        return;
    }
    union {
        uint64_t whole;
        double real;
        void *pointer;
        ProtobufCBinaryData bytes;
    } value = {.bytes = {0}};
    if (read_value(self, field, json, &value))
        memcpy(reflect_set(message, field, NULL, 1), &value, reflect_size(field->type));
}

static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessageDescriptor *descriptor,
                                                  const char *key)
{
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        char name[JSON_NAME_SIZE];
        if (strcmp(field->name, key) == 0) return field;
        if (json_field_name(field->name, name) && strcmp(name, key) == 0) return field;
    }
    return NULL;
}

static void refuse_field(Reader *self, const ProtobufCMessageDescriptor *descriptor,
                         const char *key)
{
    char names[FIELDS_MAX][JSON_NAME_SIZE];
    const char *candidates[FIELDS_MAX];
    size_t count = 0;
    for (unsigned i = 0; i < descriptor->n_fields && count < FIELDS_MAX; i++) {
        if (json_field_name(descriptor->fields[i].name, names[count])) {
            candidates[count] = names[count];
            count++;
        }
    }
    const char *near = nearest(key, candidates, count);
    size_t mark = path_enter(&self->path, key);
    (void)refuse(self, "is not a field of %s%s%s%s", descriptor->short_name,
                 near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    path_leave(&self->path, mark);
}

static void read_fields(Reader *self, json_t *object, ProtobufCMessage *message)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        const ProtobufCFieldDescriptor *field = find_field(message->descriptor, key);
        if (!field) {
            refuse_field(self, message->descriptor, key);
            continue;
        }
        size_t mark = path_enter(&self->path, field->name);
        read_field(self, message, field, value);
        path_leave(&self->path, mark);
        if (self->full) return;
    }
}

/* A message with some field wrong is still given, so that every wrong field is told at once. */
static ProtobufCMessage *read_message(Reader *self, const json_t *json,
                                      const ProtobufCMessageDescriptor *descriptor)
{
    if (!json_is_object(json)) {
        (void)refuse_type(self, json, "an object");
        return NULL;
    }
    if (self->depth >= JSON_DEPTH_MAX) {
        (void)refuse(self, "is nested deeper than %d", JSON_DEPTH_MAX);
        return NULL;
    }
    ProtobufCMessage *message = take(self, 1, descriptor->sizeof_message);
    if (!message) return NULL;
    descriptor->message_init(message);
    self->depth++;
    /* jansson's iterators want an object that may be changed; nothing here changes it. */
    read_fields(self, (json_t *)(uintptr_t)json, message);
    self->depth--;
    return message;
}

StatusCode json_to_message(const json_t *json, const ProtobufCMessageDescriptor *descriptor,
                           Arena *arena, ProtobufCMessage **message, Problem *problem)
{
    Reader reader = {.arena = arena, .problem = problem, .path = path_from("")};
    ProtobufCMessage *read = read_message(&reader, json, descriptor);
    if (reader.full)
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the %s is too large",
                           descriptor->short_name);
    if (reader.wrong) return STATUS_INVALID_ARGUMENT;
    *message = read;
    return STATUS_OK;
}
