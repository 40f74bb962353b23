#include "proto/erase.h"

#include "proto/forms.h"
#include "proto/path.h"
#include "proto/reflect.h"
#include "proto/rules.h"
#include "proto/text.h"
#include "proto/validate.h"

#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE "about:blank" /* RFC 6694: in the place of a URI that is none without the name */
#define SHORT   "-"           /* where the text has no room: no name is shorter */

enum { EXEMPT_FIELDS_MAX = 14 };

struct Eraser {
    PersonName *name;
};

/* --- what is no text --- */

typedef struct Exempt {
    const ProtobufCMessageDescriptor *descriptor;
    const char *fields[EXEMPT_FIELDS_MAX];
} Exempt;

/* Codes, moments, identifiers, names of fields, and whom the registry named itself. A new string is
 * a text until it stands here. */
static const Exempt exempt[] = {
    {&plenary__v1__event__descriptor,
     {"id", "created", "updated", "created_by", "updated_by", "uid", "recurrence_id", "language",
      "previous_start", "languages", "part_of", "follows", "related"}},
    {&plenary__v1__translation__descriptor, {"language"}},
    {&plenary__v1__schedule__descriptor, {"start", "end", "time_zone"}},
    {&plenary__v1__recurrence__descriptor, {"rrule", "rdate", "exdate"}},
    {&plenary__v1__venue__descriptor, {"country"}},
    {&plenary__v1__involvement__descriptor, {"id"}},
    {&plenary__v1__participant__descriptor, {"country"}},
    {&plenary__v1__headcount__descriptor, {"country"}},
    {&plenary__v1__agenda_item__descriptor, {"start", "end", "language"}},
    {&plenary__v1__document__descriptor, {"media_type", "sha256", "language"}},
    {&plenary__v1__outcome__descriptor, {"date", "due", "closed_by"}},
    {&plenary__v1__handling__descriptor, {"audience"}},
    {&plenary__v1__source__descriptor, {"date"}},
    {&plenary__v1__extension__descriptor, {"name"}},
};

static bool is_exempt(const ProtobufCMessageDescriptor *descriptor, const char *field)
{
    for (size_t i = 0; i < sizeof exempt / sizeof *exempt; i++) {
        if (exempt[i].descriptor != descriptor) continue;
        for (const char *const *name = exempt[i].fields; *name; name++)
            if (strcmp(*name, field) == 0) return true;
    }
    return false;
}

/* --- an eraser --- */

Eraser *eraser_new(Words *words, const char *name, Problem *problem)
{
    PersonName *person = person_name_new(words, name, problem);
    Eraser *self = person ? calloc(1, sizeof *self) : NULL;
    if (self) {
        self->name = person;
        return self;
    }
    if (person) (void)problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
    person_name_destroy(&person);
    return NULL;
}

void eraser_destroy(Eraser **self)
{
    if (!self || !*self) return;
    person_name_destroy(&(*self)->name);
    free(*self);
    *self = NULL;
}

StatusCode eraser_check_text(const Eraser *self, const char *text, Problem *problem)
{
    size_t length = strlen(text);
    const char *wrong = NULL;
    if (length > ERASE_TEXT_BYTES_MAX)
        return problem_violation(problem, "text", "%zu bytes is over the limit of %d", length,
                                 (int)ERASE_TEXT_BYTES_MAX);
    if (!text_is_utf8(text, length))
        wrong = "is not valid UTF-8";
    else if (strpbrk(text, "\n\t") || text_find_control(text, length) < length)
        wrong = "has a line break or tab in it";
    else if (!person_name_has_word(self->name, text))
        wrong = "has no word in it";
    else if (person_name_shares(self->name, text))
        wrong = "has a word of the name in it";
    return wrong ? problem_violation(problem, "text", "%s", wrong) : STATUS_OK;
}

/* --- the walk --- */

typedef struct Walk {
    PersonName *name;
    eraser_mention_fn *each; /* hears what is found; NULL: nobody */
    void *context;
    bool found;
    bool takes; /* it is taken out */
    const char *text;
    Arena *arena;
    size_t room; /* bytes that the record may still grow by */
    bool is_full;
    Erased *erased;
    Path path;
} Walk;

static bool is_called(const Walk *self, const char *text)
{
    return text && person_name_is(self->name, text);
}

/* Does the value go whole? */
static bool is_entry(const Walk *self, const ProtobufCMessage *message,
                     const ProtobufCFieldDescriptor *field, const void *value)
{
    if (message->descriptor == &plenary__v1__event__descriptor &&
        strcmp(field->name, "participants") == 0)
        return is_called(self, ((const Participant *)reflect_message(value))->name);
    return message->descriptor == &plenary__v1__agenda_item__descriptor &&
           strcmp(field->name, "speakers") == 0 && is_called(self, reflect_text(value));
}

static void tell(Walk *self, MentionKind kind, const char *text, TextRange name)
{
    const Mention mention = {kind, self->path.text, text, name};
    self->found |= kind != MENTION_KEPT;
    if (self->each) self->each(self->context, &mention);
}

/* Of what is replaced in a URI no byte may be one that a URI cannot have. */
static char *replace(Walk *self, const FieldRule *rule, const char *text, const char *with)
{
    size_t limit = rule->bytes_max ? rule->bytes_max : VALIDATE_SHORT_BYTES_MAX;
    if (rule->check != form_uri)
        return person_name_replace(self->name, text, with, limit, self->arena);
    char *escaped = g_uri_escape_string(with, NULL, TRUE);
    char *replaced = person_name_replace(self->name, text, escaped, limit, self->arena);
    g_free(escaped);
    Problem problem;
    problem_clear(&problem);
    Checker checker = {.problem = &problem, .path = path_from("")};
    if (replaced) form_uri(&checker, replaced);
    return checker.wrong ? arena_strdup(self->arena, NOWHERE) : replaced;
}

static size_t growth(const char *before, const char *after)
{
    size_t length = strlen(before);
    size_t now = strlen(after);
    return now > length ? now - length : 0;
}

/* The text without the name; NULL: it goes, or the arena is full. */
static char *renew(Walk *self, const FieldRule *rule, const char *text)
{
    if (rule->check == form_email) return NULL;
    char *renewed = replace(self, rule, text, self->text);
    if (renewed && growth(text, renewed) > self->room) renewed = replace(self, rule, text, SHORT);
    self->is_full |= !renewed;
    size_t grown = renewed ? growth(text, renewed) : 0;
    self->room -= grown < self->room ? grown : self->room;
    return renewed;
}

/* What was unpacked is ours to change; reflect lends it to be read. */
static void *writable(const void *lent)
{
    return (void *)(uintptr_t)lent;
}

static void walk_text(Walk *self, const ProtobufCMessage *message,
                      const ProtobufCFieldDescriptor *field, const void *value)
{
    TextRange name;
    const char *text = reflect_text(value);
    bool is_text = !is_exempt(message->descriptor, field->name);
    if (!is_text && strcmp(field->name, "uid") != 0) return;
    if (!person_name_find(self->name, text, &name)) return;
    tell(self, is_text ? MENTION_TEXT : MENTION_KEPT, text, name);
    if (!is_text || !self->takes || !self->text) return;
    char *renewed = renew(self, rules_field(rules_of(message->descriptor), field->name), text);
    if (self->is_full) return;
    memcpy(writable(value), &renewed, sizeof renewed);
    self->erased->texts++;
}

static void walk_message(Walk *self, const ProtobufCMessage *message);

/* False: it goes. */
static bool walk_value(Walk *self, const ProtobufCMessage *message,
                       const ProtobufCFieldDescriptor *field, const void *value)
{
    static const TextRange nowhere = {0, 0};
    if (is_entry(self, message, field, value)) {
        tell(self, MENTION_ENTRY, NULL, nowhere);
        if (self->takes) self->erased->entries++;
        return !self->takes;
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        walk_message(self, reflect_message(value));
    else
        walk_text(self, message, field, value);
    return true;
}

/* What stays of a list moves to its front. */
static void walk_field(Walk *self, const ProtobufCMessage *message,
                       const ProtobufCFieldDescriptor *field)
{
    size_t count = reflect_count(message, field);
    size_t size = reflect_size(field->type);
    size_t kept = 0;
    size_t mark = path_enter(&self->path, field->name);
    for (size_t i = 0; i < count; i++) {
        const void *value = reflect_at(message, field, i);
        size_t inner = self->path.length;
        if (reflect_is_repeated(field)) inner = path_enter_at(&self->path, i);
        bool stays = walk_value(self, message, field, value);
        path_leave(&self->path, inner);
        if (stays && kept < i) memcpy(writable(reflect_at(message, field, kept)), value, size);
        kept += stays;
    }
    path_leave(&self->path, mark);
    if (kept < count)
        reflect_set(writable(message), field, writable(reflect_at(message, field, 0)), kept);
}

static void walk_message(Walk *self, const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE)
            walk_field(self, message, field);
    }
}

bool eraser_finds(const Eraser *self, const Event *event, eraser_mention_fn *each, void *context)
{
    Walk walk = {.name = self->name, .each = each, .context = context, .path = path_from("")};
    walk_message(&walk, &event->base);
    return walk.found;
}

bool eraser_apply(const Eraser *self, Event *event, const char *text, Arena *arena, Erased *erased)
{
    size_t size = plenary__v1__event__get_packed_size(event);
    Walk walk = {.name = self->name,
                 .takes = true,
                 .text = text,
                 .arena = arena,
                 .room = size < VALIDATE_RECORD_BYTES_MAX ? VALIDATE_RECORD_BYTES_MAX - size : 0,
                 .erased = erased,
                 .path = path_from("")};
    walk_message(&walk, &event->base);
    return !walk.is_full;
}

/* --- showing --- */

char *eraser_excerpt(const Mention *mention, Arena *arena)
{
    if (!mention->text) return NULL;
    const char *text = mention->text;
    const char *start = text + mention->name.start;
    for (int i = 0; i < ERASE_EXCERPT_BEFORE && start > text; i++)
        start = g_utf8_prev_char(start);
    const char *end = start;
    for (int i = 0; i < ERASE_EXCERPT_CHARACTERS_MAX && *end; i++)
        end = text_next(end);
    char *excerpt = arena_printf(arena, "%s%.*s%s", start > text ? "…" : "", (int)(end - start),
                                 start, *end ? "…" : "");
    for (char *at = excerpt; at && *at; at++)
        if (text_is_control((unsigned char)*at)) *at = ' ';
    return excerpt;
}
