/* JSON trees as YAML text; see json.h. */
#include "proto/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

static bool print_value(yaml_emitter_t *emitter, const json_t *json, size_t depth);

/* Would a reader of YAML 1.1 or 1.2 take the plain text for something else than text? Numbers in
 * all their spellings (0x1F, 1_000, 12:30, 1e3), but no dates: every reader shows those as they
 * are. */
static bool looks_other(const char *text)
{
    static const char *const words[] = {"",   "~",    "null", "true",  "false", "yes",
                                        "no", "on",   "off",  "y",     "n",     "<<",
                                        "=",  ".nan", ".inf", "-.inf", "+.inf"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(text, words[i]) == 0) return true;
    }
    bool numeric = strspn(text, "0123456789.+-") > 0 &&
                   text[strspn(text, "0123456789abcdefABCDEFxo_.:+-")] == '\0';
    bool dated = strspn(text, "0123456789") == 4 && text[4] == '-';
    return numeric && !dated;
}

static bool emit(yaml_emitter_t *emitter, yaml_event_t *event, int made)
{
    return made && yaml_emitter_emit(emitter, event);
}

static bool print_scalar(yaml_emitter_t *emitter, const char *text, yaml_scalar_style_t style)
{
    yaml_event_t event;
    /* libyaml takes texts that it does not change as if it might. */
    unsigned char *value = (unsigned char *)(uintptr_t)text;
    int made =
        yaml_scalar_event_initialize(&event, NULL, NULL, value, (int)strlen(text), 1, 1, style);
    return emit(emitter, &event, made);
}

static bool print_text(yaml_emitter_t *emitter, const char *text)
{
    /* libyaml takes a wider style where the one that is asked for cannot hold the text. */
    yaml_scalar_style_t style = YAML_PLAIN_SCALAR_STYLE;
    if (looks_other(text)) style = YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    if (strchr(text, '\n')) style = YAML_LITERAL_SCALAR_STYLE;
    return print_scalar(emitter, text, style);
}

static bool print_list(yaml_emitter_t *emitter, const json_t *list, size_t depth)
{
    yaml_event_t event;
    int made =
        yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE);
    bool sound = emit(emitter, &event, made);
    for (size_t i = 0; sound && i < json_array_size(list); i++)
        sound = print_value(emitter, json_array_get(list, i), depth + 1);
    return sound && emit(emitter, &event, yaml_sequence_end_event_initialize(&event));
}

static bool print_object(yaml_emitter_t *emitter, json_t *object, size_t depth)
{
    yaml_event_t event;
    int made = yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE);
    bool sound = emit(emitter, &event, made);
    for (void *at = json_object_iter(object); sound && at; at = json_object_iter_next(object, at))
        sound = print_text(emitter, json_object_iter_key(at)) &&
                print_value(emitter, json_object_iter_value(at), depth + 1);
    return sound && emit(emitter, &event, yaml_mapping_end_event_initialize(&event));
}

static bool print_value(yaml_emitter_t *emitter, const json_t *json, size_t depth)
{
    char number[JSON_REAL_SIZE];
    if (depth > JSON_DEPTH_MAX) return false;
    switch (json_typeof(json)) {
    /* jansson's iterators want an object that may be changed; nothing here changes it. */
    case JSON_OBJECT: return print_object(emitter, (json_t *)(uintptr_t)json, depth);
    case JSON_ARRAY: return print_list(emitter, json, depth);
    case JSON_STRING: return print_text(emitter, json_string_value(json));
    case JSON_TRUE: return print_scalar(emitter, "true", YAML_PLAIN_SCALAR_STYLE);
    case JSON_FALSE: return print_scalar(emitter, "false", YAML_PLAIN_SCALAR_STYLE);
    case JSON_NULL: return print_scalar(emitter, "null", YAML_PLAIN_SCALAR_STYLE);
    case JSON_REAL: json_print_real(json_real_value(json), number); break;
    case JSON_INTEGER:
        (void)snprintf(number, sizeof number, "%" PRId64, (int64_t)json_integer_value(json));
        break;
    }
    return print_scalar(emitter, number, YAML_PLAIN_SCALAR_STYLE);
}

static bool print_stream(yaml_emitter_t *emitter, const json_t *json)
{
    yaml_event_t event;
    return emit(emitter, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING)) &&
           emit(emitter, &event,
                yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1)) &&
           print_value(emitter, json, 1) &&
           emit(emitter, &event, yaml_document_end_event_initialize(&event, 1)) &&
           emit(emitter, &event, yaml_stream_end_event_initialize(&event));
}

char *yaml_print(const json_t *json)
{
    char *text = NULL;
    size_t size = 0;
    yaml_emitter_t emitter;
    FILE *file = open_memstream(&text, &size);
    if (!file) return NULL;
    bool sound = yaml_emitter_initialize(&emitter);
    if (sound) {
        yaml_emitter_set_output_file(&emitter, file);
        yaml_emitter_set_unicode(&emitter, 1);
        yaml_emitter_set_width(&emitter, -1);
        sound = print_stream(&emitter, json);
        yaml_emitter_delete(&emitter);
    }
    if (fclose(file) != 0) sound = false;
    if (sound) return text;
    free(text);
    return NULL;
}
