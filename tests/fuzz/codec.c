#include "tests/fuzz/codec.h"

#include "proto/text.h"
#include "proto/validate.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum {
    ARENA_BYTES = 64 * 1024 * 1024,
};

typedef struct Setup {
    Zones *zones;
    Arena *arena;
} Setup;

void *codec_open(void)
{
    Setup *self = calloc(1, sizeof *self);
    FUZZ_DEMAND(self != NULL);
    self->zones = zones_new();
    self->arena = arena_new(ARENA_BYTES);
    FUZZ_DEMAND(self->zones && self->arena);
    return self;
}

void codec_close(void *context)
{
    Setup *self = context;
    zones_destroy(&self->zones);
    arena_destroy(&self->arena);
    free(self);
}

static void check_problem(const Problem *problem)
{
    FUZZ_DEMAND(*problem->message && text_is_utf8(problem->message, strlen(problem->message)));
    for (size_t i = 0; i < problem->violation_count; i++) {
        const Violation *violation = &problem->violations[i];
        FUZZ_DEMAND(text_is_utf8(violation->field, strlen(violation->field)));
        FUZZ_DEMAND(text_is_utf8(violation->message, strlen(violation->message)));
    }
}

/* Given: free. */
static uint8_t *pack(const ProtobufCMessage *message, size_t *size)
{
    *size = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = malloc(*size + 1);
    FUZZ_DEMAND(packed != NULL);
    FUZZ_DEMAND(protobuf_c_message_pack(message, packed) == *size);
    return packed;
}

static void check_same(const ProtobufCMessage *one, const ProtobufCMessage *other)
{
    size_t sizes[2];
    uint8_t *packed[] = {pack(one, &sizes[0]), pack(other, &sizes[1])};
    FUZZ_DEMAND(sizes[0] == sizes[1] && memcmp(packed[0], packed[1], sizes[0]) == 0);
    free(packed[0]);
    free(packed[1]);
}

static void check_reads_back(Setup *self, const ProtobufCMessage *message, const char *text,
                             StatusCode (*parse)(const char *, size_t, json_t **, Problem *))
{
    json_t *documents = NULL;
    ProtobufCMessage *again = NULL;
    Problem problem;
    problem_clear(&problem);
    FUZZ_DEMAND(text != NULL);
    FUZZ_DEMAND(parse(text, strlen(text), &documents, &problem) == STATUS_OK);
    FUZZ_DEMAND(json_array_size(documents) == 1);
    FUZZ_DEMAND(json_to_message(json_array_get(documents, 0), message->descriptor, self->arena,
                                &again, &problem) == STATUS_OK);
    check_same(message, again);
    json_decref(documents);
}

static void check_event(Setup *self, const ProtobufCMessage *message)
{
    Problem problem;
    problem_clear(&problem);
    if (validate_event((const Event *)message, self->zones, &problem) != STATUS_OK)
        check_problem(&problem);
    json_t *json = json_of_message(message);
    FUZZ_DEMAND(json != NULL);
    char *printed = json_print(json, JSON_INDENT(2));
    check_reads_back(self, message, printed, json_parse);
    free(printed);
    if (json_object_size(json) > 0) { /* an empty document is passed over */
        printed = yaml_print(json);
        check_reads_back(self, message, printed, yaml_parse);
        free(printed);
    }
    json_decref(json);
}

void codec_run(void *context, codec_parse_fn *parse, const uint8_t *data, size_t size)
{
    Setup *self = context;
    char *text = fuzz_text(data, size);
    json_t *documents = NULL;
    json_t *lines = NULL;
    Problem problem;
    problem_clear(&problem);
    if (parse(text, size, &documents, &lines, &problem) != STATUS_OK) {
        check_problem(&problem);
        free(text);
        return;
    }
    FUZZ_DEMAND(json_array_size(documents) == json_array_size(lines));
    for (size_t i = 0; i < json_array_size(documents); i++) {
        ProtobufCMessage *message = NULL;
        arena_reset(self->arena);
        problem_clear(&problem);
        if (json_to_message(json_array_get(documents, i), &plenary__v1__event__descriptor,
                            self->arena, &message, &problem) == STATUS_OK)
            check_event(self, message);
        else
            check_problem(&problem);
    }
    json_decref(documents);
    json_decref(lines);
    free(text);
}
