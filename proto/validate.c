#include "proto/validate.h"

#include "proto/json.h"
#include "proto/reflect.h"
#include "proto/rules.h"
#include "proto/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    FIELD_BYTES_MAX = 16, /* of a number with its tag, or of a tag and a length */
};

static void check_message(Checker *self, const ProtobufCMessage *message, size_t depth);

static size_t or_usual(size_t limit, size_t usual)
{
    return limit ? limit : usual;
}

/* Size first: what is too long is not looked at. */
static void check_text(Checker *self, const FieldRule *rule, const char *text)
{
    size_t length = strlen(text);
    size_t limit = or_usual(rule->bytes_max, VALIDATE_SHORT_BYTES_MAX);
    self->bytes_bound += length;
    if (!self->text_only && length > limit) {
        check_refuse(self, "%zu bytes is over the limit of %zu", length, limit);
        return;
    }
    if (!text_is_utf8(text, length)) {
        check_refuse(self, "is not valid UTF-8");
        return;
    }
    size_t control = text_find_control(text, length);
    if (control < length)
        check_refuse(self, "has a control character (byte 0x%02X) at byte %zu",
                     (unsigned)(unsigned char)text[control], control + 1);
    else if (self->text_only)
        return;
    else if (text_is_blank(text) && !(rule->flags & RULE_BLANK))
        check_refuse(self, "is %s", rule->flags & RULE_REQUIRED ? "required" : "empty");
    else if (rule->check && *text)
        rule->check(self, text);
}

static void check_enum(Checker *self, const ProtobufCEnumDescriptor *descriptor, int value)
{
    char number[16];
    char text[PROBLEM_MESSAGE_SIZE];
    if (json_enum_has(descriptor, value)) return;
    (void)snprintf(number, sizeof number, "%d", value);
    json_enum_explain(descriptor, number, text);
    check_refuse(self, "%s", text);
}

static void check_value(Checker *self, const ProtobufCFieldDescriptor *field, const FieldRule *rule,
                        const void *value)
{
    self->bytes_bound += FIELD_BYTES_MAX;
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        check_text(self, rule, reflect_text(value));
    } else if (self->text_only) {
        return;
    } else if (field->type == PROTOBUF_C_TYPE_ENUM) {
        check_enum(self, field->descriptor, reflect_enum(value));
    } else if (field->type == PROTOBUF_C_TYPE_DOUBLE) {
        if (!isfinite(*(const double *)value)) check_refuse(self, "is not a number");
    } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
        size_t length = ((const ProtobufCBinaryData *)value)->len;
        size_t limit = or_usual(rule->bytes_max, VALIDATE_SHORT_BYTES_MAX);
        self->bytes_bound += length;
        if (length > limit) check_refuse(self, "%zu bytes is over the limit of %zu", length, limit);
    }
}

/* The messages within, which have paths of their own. */
static void check_inner(Checker *self, const ProtobufCMessage *message,
                        const ProtobufCFieldDescriptor *field, size_t count, size_t depth)
{
    size_t mark = path_enter(&self->path, field->name);
    self->field = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t inner = self->path.length;
        if (reflect_is_repeated(field)) inner = path_enter_at(&self->path, i);
        self->bytes_bound += FIELD_BYTES_MAX;
        check_message(self, reflect_message(reflect_at(message, field, i)), depth + 1);
        path_leave(&self->path, inner);
    }
    path_leave(&self->path, mark);
}

static void check_field(Checker *self, const ProtobufCMessage *message,
                        const ProtobufCFieldDescriptor *field, const MessageRules *rules,
                        size_t depth)
{
    size_t count = reflect_count(message, field);
    if (count == 0) return;
    const FieldRule *rule = rules_field(rules, field->name);
    size_t limit = or_usual(rule->count_max, VALIDATE_LIST_MAX);
    self->field = field->name;
    self->place = CHECKER_NO_PLACE;
    if (count > limit && !self->text_only) {
        check_refuse(self, "%zu elements is over the limit of %zu", count, limit);
        count = 0;
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        check_inner(self, message, field, count, depth);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (reflect_is_repeated(field)) self->place = i;
        check_value(self, field, rule, reflect_at(message, field, i));
    }
    self->field = NULL;
}

static void check_required(Checker *self, const ProtobufCMessage *message,
                           const MessageRules *rules)
{
    for (size_t i = 0; i < rules->field_count; i++) {
        const FieldRule *rule = &rules->fields[i];
        if (!(rule->flags & RULE_REQUIRED)) continue;
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(message->descriptor, rule->field);
        assert(field);
        if (reflect_count(message, field) == 0) check_refuse_in(self, rule->field, "is required");
    }
}

/* protobuf-c keeps fields that it does not know and packs them again: nobody would have checked
 * them. Of very many, which take no bytes to speak of, most are counted only. */
static void check_unknown(Checker *self, const ProtobufCMessage *message)
{
    unsigned count = message->n_unknown_fields;
    unsigned named = count < PROBLEM_VIOLATIONS_MAX ? count : PROBLEM_VIOLATIONS_MAX;
    if (count > named) problem_count_more(self->problem, count - named);
    for (unsigned i = 0; i < named; i++) {
        char name[24];
        (void)snprintf(name, sizeof name, "#%u", message->unknown_fields[i].tag);
        check_refuse_in(self, name, "is not a field of %s", message->descriptor->short_name);
    }
}

/* A record that is sound in all its parts may still be too much as a whole. */
static void check_size(Checker *self, const ProtobufCMessage *record)
{
    if (self->bytes_bound <= VALIDATE_RECORD_BYTES_MAX) return;
    size_t size = protobuf_c_message_get_packed_size(record);
    if (size > VALIDATE_RECORD_BYTES_MAX)
        check_refuse_in(self, "record", "%zu bytes is over the limit of %d", size,
                        VALIDATE_RECORD_BYTES_MAX);
}

static void check_message(Checker *self, const ProtobufCMessage *message, size_t depth)
{
    if (depth > VALIDATE_DEPTH_MAX) {
        check_refuse(self, "is nested deeper than %d", VALIDATE_DEPTH_MAX);
        return;
    }
    const MessageRules *rules = self->text_only ? NULL : rules_of(message->descriptor);
    Path outer = self->path;
    if (rules && (rules->flags & MESSAGE_ROOT)) self->path = path_from("");
    check_unknown(self, message);
    if (rules) check_required(self, message, rules);
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        check_field(self, message, field, rules, depth);
    }
    if (rules && rules->check) rules->check(self, message);
    if (rules && (rules->flags & MESSAGE_RECORD) && !self->wrong) check_size(self, message);
    self->path = outer;
}

static StatusCode run(Checker *self, const ProtobufCMessage *message)
{
    check_message(self, message, 0);
    return self->wrong ? STATUS_INVALID_ARGUMENT : STATUS_OK;
}

StatusCode validate_event(const Event *event, Zones *zones, Problem *problem)
{
    Checker checker = {.zones = zones, .problem = problem};
    return run(&checker, &event->base);
}

StatusCode validate_organisation(const Organisation *organisation, Zones *zones, Problem *problem)
{
    Checker checker = {.zones = zones, .problem = problem};
    return run(&checker, &organisation->base);
}

StatusCode validate_principal(const Principal *principal, Problem *problem)
{
    Checker checker = {.problem = problem};
    return run(&checker, &principal->base);
}

StatusCode validate_query(const Query *query, Problem *problem)
{
    Checker checker = {.problem = problem};
    return run(&checker, &query->base);
}

StatusCode validate_request(const Request *request, Zones *zones, Problem *problem)
{
    Checker checker = {.zones = zones, .problem = problem};
    return run(&checker, &request->base);
}

StatusCode validate_message(const ProtobufCMessage *message, const char *path, Problem *problem)
{
    Checker checker = {.problem = problem, .path = path_from(path), .text_only = true};
    return run(&checker, message);
}
