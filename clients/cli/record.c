#include "clients/cli/record.h"

#include "proto/json.h"
#include "proto/nearest.h"
#include "proto/validate.h"

#include <stdint.h>
#include <string.h>

typedef struct Wrapper {
    const char *key;
    const ProtobufCMessageDescriptor *descriptor;
} Wrapper;

static const Wrapper wrappers[] = {
    {"event", &plenary__v1__event__descriptor},
    {"organisation", &plenary__v1__organisation__descriptor},
};

static const char *only_key(const json_t *json)
{
    /* The iterator asks for an object that may be changed; nothing here changes it. */
    json_t *object = (json_t *)(uintptr_t)json;
    return json_object_size(json) == 1 ? json_object_iter_key(json_object_iter(object)) : NULL;
}

static StatusCode refuse_form(const json_t *json, Problem *problem)
{
    static const char asked[] = "a record is an object with the one key event or organisation";
    const char *names[] = {wrappers[0].key, wrappers[1].key};
    const char *key = only_key(json);
    const char *near = key ? nearest(key, names, 2) : NULL;
    if (near) return problem_violation(problem, key, "unknown; did you mean \"%s\"?", near);
    if (key) return problem_violation(problem, key, "unknown: %s", asked);
    return problem_set(problem, STATUS_INVALID_ARGUMENT, "%s", asked);
}

static StatusCode find_wrapper(const json_t *json, bool bare, const Wrapper **wrapper,
                               const json_t **body, Problem *problem)
{
    const char *key = only_key(json);
    for (size_t i = 0; key && i < sizeof wrappers / sizeof *wrappers; i++) {
        if (strcmp(wrappers[i].key, key) != 0) continue;
        *wrapper = &wrappers[i];
        *body = json_object_get(json, key);
        if (json_is_object(*body)) return STATUS_OK;
        return problem_violation(problem, key, "is not an object");
    }
    if (!bare || !json_is_object(json)) return refuse_form(json, problem);
    *wrapper = &wrappers[0];
    *body = json;
    return STATUS_OK;
}

StatusCode record_read(const json_t *json, bool bare, Zones *zones, Arena *arena, Record *record,
                       Problem *problem)
{
    const Wrapper *wrapper = NULL;
    const json_t *body = NULL;
    ProtobufCMessage *message = NULL;
    StatusCode code = find_wrapper(json, bare, &wrapper, &body, problem);
    if (code == STATUS_OK && wrapper)
        code = json_to_message(body, wrapper->descriptor, arena, &message, problem);
    if (code != STATUS_OK || !wrapper) return code;
    *record = (Record){0};
    if (wrapper->descriptor == &plenary__v1__event__descriptor) {
        record->event = (Event *)message;
        return validate_event(record->event, zones, problem);
    }
    record->organisation = (Organisation *)message;
    return validate_organisation(record->organisation, zones, problem);
}
