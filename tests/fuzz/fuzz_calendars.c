/* Any bytes as a calendar file: what is read of it as an event is written as a calendar, the lines
 * of which are as they must be, and which reads as the same event. */
#include "clients/lib/ical_line.h"
#include "clients/lib/ical_read.h"
#include "clients/lib/ical_write.h"
#include "proto/json.h"
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
    const Event *expected; /* NULL: what comes is the input's */
    size_t count;          /* of what came again */
} Setup;

static void *open_setup(void)
{
    Setup *self = calloc(1, sizeof *self);
    FUZZ_DEMAND(self != NULL);
    self->zones = zones_new();
    self->arena = arena_new(ARENA_BYTES);
    FUZZ_DEMAND(self->zones && self->arena);
    return self;
}

static void close_setup(void *context)
{
    Setup *self = context;
    zones_destroy(&self->zones);
    arena_destroy(&self->arena);
    free(self);
}

static const Organisation *no_organisation(void *context, const char *id)
{
    (void)context;
    (void)id;
    return NULL;
}

static const char *no_uid(void *context, const char *id)
{
    (void)context;
    (void)id;
    return NULL;
}

/* NULL: it is no valid event. */
static Event *event_of(Setup *self, const IcalRecord *record)
{
    Problem problem;
    ProtobufCMessage *message = NULL;
    problem_clear(&problem);
    const json_t *json = json_object_get(record->json, "event");
    if (record->problem->code != STATUS_OK || !json ||
        json_to_message(json, &plenary__v1__event__descriptor, self->arena, &message, &problem) !=
            STATUS_OK ||
        validate_event((const Event *)message, self->zones, &problem) != STATUS_OK)
        return NULL;
    return (Event *)message;
}

static void check_same(const Event *one, const Event *other)
{
    json_t *left = json_of_message(&one->base);
    json_t *right = json_of_message(&other->base);
    FUZZ_DEMAND(left && right && json_equal(left, right));
    json_decref(left);
    json_decref(right);
}

static bool take_again(void *context, const IcalRecord *record)
{
    Setup *self = context;
    const Event *event = event_of(self, record);
    FUZZ_DEMAND(event != NULL);
    check_same(self->expected, event);
    self->count++;
    return true;
}

static void check_lines(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\r\n");
        FUZZ_DEMAND(length > 0 && length <= ICAL_LINE_OCTETS_MAX);
        FUZZ_DEMAND(text_is_utf8(text, length));
        FUZZ_DEMAND(strncmp(text + length, "\r\n", 2) == 0);
        text += length + 2;
    }
}

static void check_event(Setup *self, const Event *event)
{
    static const IcalLookup lookup = {NULL, no_organisation, no_uid};
    Problem problem;
    IcalWriter *writer = NULL;
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    problem_clear(&problem);
    FUZZ_DEMAND(file != NULL);
    FUZZ_DEMAND(ical_writer_open(file, self->zones, &lookup, &writer, &problem) == STATUS_OK);
    FUZZ_DEMAND(ical_writer_event(writer, event, &problem) == STATUS_OK);
    FUZZ_DEMAND(ical_writer_end(writer, &problem) == STATUS_OK);
    ical_writer_close(&writer);
    (void)fclose(file);
    check_lines(text);

    FILE *again = fmemopen(text, length, "r");
    FUZZ_DEMAND(again != NULL);
    self->expected = event;
    self->count = 0;
    ical_read(again, self->zones, take_again, self);
    FUZZ_DEMAND(self->count == 1);
    (void)fclose(again);
    free(text);
}

static bool take(void *context, const IcalRecord *record)
{
    Setup *self = context;
    const Problem *problem = record->problem;
    FUZZ_DEMAND(problem->code == STATUS_OK || *problem->message);
    FUZZ_DEMAND(text_is_utf8(problem->message, strlen(problem->message)));
    Event *event = event_of(self, record);
    if (event && event->uid) { /* one without gets it when it is registered, and a status too */
        if (!event->has_status) event->status = PLENARY__V1__EVENT__STATUS__CONFIRMED;
        event->has_status = 1;
        check_event(self, event);
    }
    arena_reset(self->arena);
    return true;
}

static void run(void *context, const uint8_t *data, size_t size)
{
    Setup *self = context;
    char *text = fuzz_text(data, size);
    FILE *file = fmemopen(text, size ? size : 1, "r");
    FUZZ_DEMAND(file != NULL);
    ical_read(file, self->zones, take, self);
    (void)fclose(file);
    free(text);
}

const FuzzTarget fuzz_target = {.open = open_setup, .run = run, .close = close_setup};
