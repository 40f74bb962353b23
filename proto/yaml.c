/* YAML streams into JSON trees; see json.h. */
#include "proto/json.h"
#include "proto/text.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum {
    NODE_BYTES = 16, /* what a node weighs besides its text */
};

typedef struct Reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the one that is looked at; owned */
    const char *text;
    json_t *documents;
    json_t *lines;
    json_t *anchors; /* of the document: name -> finished value */
    size_t alias_bytes;
    StatusCode code;
    Problem *problem;
} Reader;

static json_t *read_value(Reader *self, size_t depth);

/* Keeps the first error; gives NULL, so that readers can return the call. */
static json_t *refuse_at(Reader *self, yaml_mark_t mark, const char *what)
{
    if (!self->code)
        self->code = problem_set(self->problem, STATUS_INVALID_ARGUMENT, "line %zu, column %zu: %s",
                                 mark.line + 1, mark.column + 1, what);
    return NULL;
}

static json_t *refuse(Reader *self, const char *what)
{
    return refuse_at(self, self->event.start_mark, what);
}

static json_t *refuse_memory(Reader *self)
{
    if (!self->code)
        self->code = problem_set(self->problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    return NULL;
}

static yaml_mark_t mark_of_offset(const char *text, size_t offset)
{
    yaml_mark_t mark = {0};
    for (size_t i = 0; i < offset; i++) {
        mark.column++;
        if (text[i] != '\n') continue;
        mark.line++;
        mark.column = 0;
    }
    return mark;
}

static void refuse_syntax(Reader *self)
{
    const yaml_parser_t *parser = &self->parser;
    yaml_mark_t mark = parser->problem_mark;
    if (parser->error == YAML_MEMORY_ERROR) {
        refuse_memory(self);
        return;
    }
    if (parser->error == YAML_READER_ERROR)
        mark = mark_of_offset(self->text, parser->problem_offset);
    (void)refuse_at(self, mark, parser->problem ? parser->problem : "not YAML");
}

/* Goes to the next event. False at an error, which is then told. */
static bool next(Reader *self)
{
    yaml_event_delete(&self->event);
    if (self->code) return false;
    if (yaml_parser_parse(&self->parser, &self->event)) return true;
    memset(&self->event, 0, sizeof self->event);
    refuse_syntax(self);
    return false;
}

/* Only the tags of YAML's own types are known, and they say nothing: the descriptor decides. */
static bool tag_is_known(const yaml_char_t *tag)
{
    static const char *const known[] = {"str", "int", "float", "bool", "null", "map", "seq"};
    static const char prefix[] = "tag:yaml.org,2002:";
    const char *text = (const char *)tag;
    if (!text || strcmp(text, "!") == 0) return true;
    if (strncmp(text, prefix, sizeof prefix - 1) != 0) return false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(text + sizeof prefix - 1, known[i]) == 0) return true;
    }
    return false;
}

static bool keep_anchor(Reader *self, const char *name, json_t *value)
{
    return !name || !value || json_object_set(self->anchors, name, value) == 0;
}

static bool is_null(const char *text, size_t length, yaml_scalar_style_t style)
{
    if (style != YAML_PLAIN_SCALAR_STYLE) return false;
    return length == 0 || strcmp(text, "~") == 0 || strcmp(text, "null") == 0;
}

static json_t *read_scalar(Reader *self)
{
    const char *text = (const char *)self->event.data.scalar.value;
    size_t length = self->event.data.scalar.length;
    if (!tag_is_known(self->event.data.scalar.tag)) return refuse(self, "a tag that is not known");
    if (memchr(text, '\0', length)) return refuse(self, "a NUL character");
    bool tagged = self->event.data.scalar.tag;
    json_t *value = !tagged && is_null(text, length, self->event.data.scalar.style)
                        ? json_null()
                        : json_stringn(text, length);
    if (!value) return refuse(self, "text that is not valid UTF-8");
    if (keep_anchor(self, (const char *)self->event.data.scalar.anchor, value)) return value;
    json_decref(value);
    return refuse_memory(self);
}

static size_t weight_of(const json_t *json)
{
    size_t weight = NODE_BYTES + json_string_length(json);
    for (size_t i = 0; i < json_array_size(json); i++)
        weight += weight_of(json_array_get(json, i));
    /* jansson's iterators want an object that may be changed; nothing here changes it. */
    json_t *object = (json_t *)(uintptr_t)json;
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at))
        weight += strlen(json_object_iter_key(at)) + weight_of(json_object_iter_value(at));
    return weight;
}

static size_t depth_of(const json_t *json)
{
    size_t depth = 0;
    for (size_t i = 0; i < json_array_size(json); i++) {
        size_t inner = depth_of(json_array_get(json, i));
        if (inner > depth) depth = inner;
    }
    json_t *object = (json_t *)(uintptr_t)json;
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
        size_t inner = depth_of(json_object_iter_value(at));
        if (inner > depth) depth = inner;
    }
    return depth + 1;
}

/* A value is finished before its anchor is known, so that no alias stands within itself. */
static json_t *read_alias(Reader *self, size_t depth)
{
    json_t *value = json_object_get(self->anchors, (const char *)self->event.data.alias.anchor);
    if (!value) return refuse(self, "an alias of nothing that stands before it");
    if (depth + depth_of(value) > JSON_DEPTH_MAX + 1) return refuse(self, "nested too deep");
    self->alias_bytes += weight_of(value);
    if (self->alias_bytes > YAML_ALIAS_BYTES_MAX) return refuse(self, "aliases stand for too much");
    json_t *copy = json_deep_copy(value);
    return copy ? copy : refuse_memory(self);
}

/* Reads what follows a container's start up to its end; the anchor's name is taken over. */
static json_t *finish(Reader *self, json_t *container, char *anchor)
{
    bool kept = self->code || keep_anchor(self, anchor, container);
    free(anchor);
    if (kept && !self->code) return container;
    json_decref(container);
    return kept ? NULL : refuse_memory(self);
}

static char *anchor_of(const yaml_char_t *anchor)
{
    return anchor ? strdup((const char *)anchor) : NULL;
}

static json_t *read_sequence(Reader *self, size_t depth)
{
    if (!tag_is_known(self->event.data.sequence_start.tag))
        return refuse(self, "a tag that is not known");
    char *anchor = anchor_of(self->event.data.sequence_start.anchor);
    json_t *list = json_array();
    while (next(self) && self->event.type != YAML_SEQUENCE_END_EVENT) {
        if (json_array_append_new(list, read_value(self, depth + 1))) refuse_memory(self);
    }
    return finish(self, list, anchor);
}

/* The value of a key, which is the event that is looked at. */
static void read_entry(Reader *self, json_t *object, size_t depth)
{
    if (self->event.type != YAML_SCALAR_EVENT) {
        (void)refuse(self, "a key that is not text");
        return;
    }
    json_t *key =
        json_stringn((const char *)self->event.data.scalar.value, self->event.data.scalar.length);
    const char *name = json_string_value(key);
    if (!name || strlen(name) != json_string_length(key)) {
        (void)refuse(self, "a key that is not text");
    } else if (json_object_get(object, name)) {
        char what[PROBLEM_MESSAGE_SIZE];
        (void)snprintf(what, sizeof what, "the key %s is given twice", text_quote(name).text);
        (void)refuse(self, what);
    } else if (next(self) && json_object_set_new(object, name, read_value(self, depth + 1))) {
        refuse_memory(self);
    }
    json_decref(key);
}

static json_t *read_mapping(Reader *self, size_t depth)
{
    if (!tag_is_known(self->event.data.mapping_start.tag))
        return refuse(self, "a tag that is not known");
    char *anchor = anchor_of(self->event.data.mapping_start.anchor);
    json_t *object = json_object();
    while (next(self) && self->event.type != YAML_MAPPING_END_EVENT)
        read_entry(self, object, depth);
    return finish(self, object, anchor);
}

/* The value that begins with the event that is looked at. NULL at an error, which is then told. */
static json_t *read_value(Reader *self, size_t depth)
{
    if (depth > JSON_DEPTH_MAX) return refuse(self, "nested too deep");
    switch (self->event.type) {
    case YAML_SCALAR_EVENT: return read_scalar(self);
    case YAML_ALIAS_EVENT: return read_alias(self, depth);
    case YAML_SEQUENCE_START_EVENT: return read_sequence(self, depth);
    case YAML_MAPPING_START_EVENT: return read_mapping(self, depth);
    default: return refuse(self, "not YAML");
    }
}

/* One more document, the value that is looked at. */
static void read_element(Reader *self)
{
    json_int_t line = (json_int_t)self->event.start_mark.line + 1;
    json_t *value = read_value(self, 1);
    if (!value) return;
    if (json_array_append_new(self->documents, value) ||
        json_array_append_new(self->lines, json_integer(line)))
        refuse_memory(self);
}

static void read_document(Reader *self)
{
    json_object_clear(self->anchors);
    if (!next(self)) return;
    if (self->event.type == YAML_SEQUENCE_START_EVENT) {
        while (next(self) && self->event.type != YAML_SEQUENCE_END_EVENT)
            read_element(self);
    } else {
        read_element(self);
        size_t count = json_array_size(self->documents);
        if (!self->code && json_is_null(json_array_get(self->documents, count - 1))) {
            json_array_remove(self->documents, count - 1);
            json_array_remove(self->lines, count - 1);
        }
    }
    (void)next(self);
}

static void read_stream(Reader *self, size_t length)
{
    if (!self->documents || !self->lines || !self->anchors ||
        !yaml_parser_initialize(&self->parser)) {
        refuse_memory(self);
        return;
    }
    yaml_parser_set_encoding(&self->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&self->parser, (const unsigned char *)self->text, length);
    while (next(self) && self->event.type != YAML_STREAM_END_EVENT) {
        if (self->event.type == YAML_DOCUMENT_START_EVENT) read_document(self);
    }
    yaml_event_delete(&self->event);
    yaml_parser_delete(&self->parser);
}

StatusCode yaml_parse_lines(const char *text, size_t length, json_t **documents, json_t **lines,
                            Problem *problem)
{
    if (length > JSON_INPUT_BYTES_MAX)
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "%zu bytes are over the limit of %d",
                           length, JSON_INPUT_BYTES_MAX);
    Reader reader = {.text = text,
                     .documents = json_array(),
                     .lines = json_array(),
                     .anchors = json_object(),
                     .problem = problem};
    read_stream(&reader, length);
    json_decref(reader.anchors);
    if (reader.code) {
        json_decref(reader.documents);
        json_decref(reader.lines);
        return reader.code;
    }
    *documents = reader.documents;
    *lines = reader.lines;
    return STATUS_OK;
}

StatusCode yaml_parse(const char *text, size_t length, json_t **documents, Problem *problem)
{
    json_t *lines = NULL;
    StatusCode code = yaml_parse_lines(text, length, documents, &lines, problem);
    json_decref(lines);
    return code;
}
