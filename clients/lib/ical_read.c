#include "clients/lib/ical_read.h"

#include "clients/lib/ical.h"
#include "clients/lib/ical_line.h"
#include "clients/lib/ical_vevent.h"
#include "proto/json.h"
#include "proto/text.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

typedef struct Reader {
    FILE *file;
    Zones *zones;
    ical_record_fn *each;
    void *context;
    IcalSource *source;
    Arena *arena;          /* of one component */
    GHashTable *locations; /* TZID -> X-LIC-LOCATION */
    char *method;
    IcalLine *lines; /* of one component */
    size_t number;
    bool ended; /* the callback wants no more */
} Reader;

static const char *find_location(void *context, const char *tzid)
{
    const Reader *self = context;
    return g_hash_table_lookup(self->locations, tzid);
}

static void give(Reader *self, IcalRecord *record)
{
    record->number = ++self->number;
    if (!self->each(self->context, record)) self->ended = true;
}

/* Of the whole file. */
static void refuse_file(Reader *self, size_t line, const Problem *problem)
{
    IcalRecord record = {.line = line, .problem = problem};
    (void)self->each(self->context, &record);
    self->ended = true;
}

/* --- components --- */

typedef struct Component {
    char name[ICAL_NAME_SIZE];
    size_t line;  /* of its BEGIN */
    size_t count; /* of self->lines, its parts within included */
    Problem problem;
} Component;

static void note_problem(Component *component, const Problem *problem, size_t line)
{
    if (component->problem.code == STATUS_OK)
        problem_set(&component->problem, problem->code, "line %zu: %s", line, problem->message);
}

static void end_too_early(Component *component)
{
    Problem problem;
    problem_clear(&problem);
    problem_set(&problem, STATUS_INVALID_ARGUMENT, "the file ends before END:%s", component->name);
    note_problem(component, &problem, component->line);
}

/* Names of the components that are open, the outermost first. */
typedef struct Nesting {
    char names[ICAL_DEPTH_MAX][ICAL_NAME_SIZE];
    size_t depth;
} Nesting;

static bool nest(Nesting *nesting, const char *name)
{
    if (nesting->depth == ICAL_DEPTH_MAX || strlen(name) >= ICAL_NAME_SIZE) return false;
    (void)snprintf(nesting->names[nesting->depth++], ICAL_NAME_SIZE, "%s", name);
    return true;
}

/* Follows BEGIN and END. False: they do not fit together. */
static bool follow(Nesting *nesting, const IcalLine *line)
{
    if (strcmp(line->name, "BEGIN") == 0) return nest(nesting, line->value);
    if (strcmp(line->name, "END") != 0) return true;
    const char *open = nesting->names[nesting->depth - 1];
    if (g_ascii_strcasecmp(open, line->value) != 0) return false;
    nesting->depth--;
    return true;
}

/* Of what is too large only the end is looked for. */
static void forget_lines(Reader *self, Component *component)
{
    arena_reset(self->arena);
    component->count = 0;
}

/* Reads up to the component's END. What cannot be read or does not fit is a problem of the
 * component; the file is read on to where the component ends. */
static void read_component(Reader *self, const IcalLine *begin, Component *component)
{
    Nesting nesting = {0};
    component->line = begin->number;
    component->count = 0;
    problem_clear(&component->problem);
    (void)snprintf(component->name, sizeof component->name, "%s", begin->value);
    (void)nest(&nesting, component->name);
    while (nesting.depth) {
        Problem problem;
        IcalLine line;
        size_t number;
        problem_clear(&problem);
        if (component->problem.code == STATUS_RESOURCE_EXHAUSTED) forget_lines(self, component);
        StatusCode code = ical_source_next(self->source, self->arena, &line, &number, &problem);
        if (code == STATUS_NOT_FOUND) {
            end_too_early(component);
            return;
        }
        if (code == STATUS_OK && !follow(&nesting, &line))
            code =
                problem_set(&problem, STATUS_INVALID_ARGUMENT, "%s:%s does not end %s", line.name,
                            text_quote(line.value).text, nesting.names[nesting.depth - 1]);
        if (code == STATUS_OK && component->count == ICAL_RECORD_LINES_MAX)
            code = problem_set(&problem, STATUS_RESOURCE_EXHAUSTED, "more than %d lines",
                               ICAL_RECORD_LINES_MAX);
        if (code != STATUS_OK)
            note_problem(component, &problem, number);
        else if (nesting.depth)
            self->lines[component->count++] = line;
    }
}

/* --- what is within an event --- */

static char *print_lines(const IcalLine *lines, size_t count, Arena *arena)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    IcalPen pen = {.file = file};
    if (!file) return NULL;
    for (size_t i = 0; i < count; i++) {
        ical_begin(&pen, lines[i].name);
        for (size_t p = 0; p < lines[i].parameter_count; p++)
            ical_parameter(&pen, lines[i].parameters[p].name, lines[i].parameters[p].value);
        ical_raw(&pen, lines[i].value);
    }
    (void)fclose(file);
    char *printed = arena_strndup(arena, text, length);
    free(text);
    return printed;
}

/* The lines of a component within, from its BEGIN to its END. */
static size_t inner_length(const IcalLine *lines, size_t count)
{
    size_t depth = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(lines[i].name, "BEGIN") == 0) depth++;
        if (strcmp(lines[i].name, "END") == 0 && --depth == 0) return i + 1;
    }
    return count;
}

/* Components within become lines: whole, as texts. Alarms go: they are one person's, not the
 * event's.
 */
static size_t flatten(Reader *self, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count;) {
        IcalLine *line = &self->lines[i];
        if (strcmp(line->name, "BEGIN") != 0) {
            self->lines[kept++] = *line;
            i++;
            continue;
        }
        size_t length = inner_length(line, count - i);
        const char *text = g_ascii_strcasecmp(line->value, "VALARM") == 0
                               ? NULL
                               : print_lines(line, length, self->arena);
        if (text) {
            char *escaped = ical_escape(text, self->arena);
            self->lines[kept++] =
                (IcalLine){.name = ICAL_COMPONENT, .value = escaped ? escaped : ""};
        }
        i += length;
    }
    return kept;
}

/* --- records --- */

static const char *uid_of(Reader *self, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(self->lines[i].name, "UID") == 0)
            return ical_unescape(self->lines[i].value, self->arena);
    return NULL;
}

static void give_event(Reader *self, Component *component)
{
    IcalSurroundings around = {
        .zones = self->zones, .context = self, .location = find_location, .method = self->method};
    IcalRecord record = {.line = component->line, .problem = &component->problem};
    json_t *document = NULL;
    if (component->problem.code != STATUS_RESOURCE_EXHAUSTED) {
        size_t count = flatten(self, component->count);
        record.uid = uid_of(self, count);
        json_t *event =
            component->problem.code == STATUS_OK
                ? ical_vevent_read(self->lines, count, &around, self->arena, &component->problem)
                : NULL;
        document = event ? json_pack("{s:o}", "event", event) : NULL;
    }
    if (arena_has_refused(self->arena) && component->problem.code == STATUS_OK)
        problem_set(&component->problem, STATUS_RESOURCE_EXHAUSTED, "the record is too large");
    record.json = document;
    give(self, &record);
    json_decref(document);
}

static void give_other(Reader *self, Component *component)
{
    IcalRecord record = {.line = component->line, .problem = &component->problem};
    if (component->problem.code == STATUS_OK)
        problem_set(&component->problem, STATUS_INVALID_ARGUMENT, "a %.40s is no event",
                    component->name);
    record.uid = uid_of(self, component->count);
    give(self, &record);
}

static void give_organisation(Reader *self, const IcalLine *line)
{
    Problem problem;
    json_t *documents = NULL;
    json_t *document = NULL;
    IcalRecord record = {.line = line->number, .problem = &problem};
    const char *text = ical_unescape(line->value, self->arena);
    problem_clear(&problem);
    if (!text)
        problem_set(&problem, STATUS_RESOURCE_EXHAUSTED, "the record is too large");
    else if (json_parse(text, strlen(text), &documents, &problem) == STATUS_OK &&
             json_array_size(documents) == 1)
        document = json_pack("{s:O}", "organisation", json_array_get(documents, 0));
    else if (problem.code == STATUS_OK)
        problem_set(&problem, STATUS_INVALID_ARGUMENT, "%s is not one JSON object", line->name);
    record.json = document;
    give(self, &record);
    json_decref(document);
    json_decref(documents);
}

/* --- the file --- */

static void note_location(Reader *self, const Component *component)
{
    const char *tzid = NULL;
    const char *location = NULL;
    for (size_t i = 0; i < component->count; i++) {
        if (strcmp(self->lines[i].name, "TZID") == 0) tzid = self->lines[i].value;
        if (strcmp(self->lines[i].name, "X-LIC-LOCATION") == 0) location = self->lines[i].value;
    }
    if (!tzid || !location || g_hash_table_size(self->locations) == ICAL_ZONES_MAX) return;
    tzid = ical_unescape(tzid, self->arena);
    location = ical_unescape(location, self->arena);
    if (tzid && location) g_hash_table_insert(self->locations, g_strdup(tzid), g_strdup(location));
}

typedef void component_fn(Reader *self, Component *component);
typedef void line_fn(Reader *self, const IcalLine *line);

static bool is_begin(const IcalLine *line, const char *name)
{
    return strcmp(line->name, "BEGIN") == 0 && g_ascii_strcasecmp(line->value, name) == 0;
}

/* Goes through the calendars of the file. */
static void walk(Reader *self, component_fn *each_component, line_fn *each_line)
{
    bool within = false;
    while (!self->ended) {
        Problem problem;
        IcalLine line;
        Component component;
        size_t number;
        problem_clear(&problem);
        arena_reset(self->arena);
        StatusCode code = ical_source_next(self->source, self->arena, &line, &number, &problem);
        if (code == STATUS_NOT_FOUND && !within) return;
        if (code == STATUS_NOT_FOUND)
            code = problem_set(&problem, STATUS_INVALID_ARGUMENT,
                               "the file ends before END:VCALENDAR");
        else if (code == STATUS_OK && !within && !is_begin(&line, "VCALENDAR"))
            code = problem_set(&problem, STATUS_INVALID_ARGUMENT,
                               "is no calendar: BEGIN:VCALENDAR is missing");
        if (code != STATUS_OK) {
            refuse_file(self, number, &problem);
        } else if (!within || strcmp(line.name, "END") == 0) {
            within = !within;
        } else if (strcmp(line.name, "BEGIN") == 0) {
            read_component(self, &line, &component);
            each_component(self, &component);
        } else {
            each_line(self, &line);
        }
    }
}

static void first_component(Reader *self, Component *component)
{
    if (g_ascii_strcasecmp(component->name, "VTIMEZONE") == 0) note_location(self, component);
}

static void first_line(Reader *self, const IcalLine *line)
{
    (void)self;
    (void)line;
}

static void second_component(Reader *self, Component *component)
{
    if (g_ascii_strcasecmp(component->name, "VEVENT") == 0)
        give_event(self, component);
    else if (g_ascii_strcasecmp(component->name, "VTIMEZONE") != 0)
        give_other(self, component);
}

static void second_line(Reader *self, const IcalLine *line)
{
    if (strcmp(line->name, ICAL_ORGANISATION) == 0) give_organisation(self, line);
    if (strcmp(line->name, "METHOD") != 0) return;
    g_free(self->method);
    self->method = g_strdup(line->value);
}

static bool start(Reader *self)
{
    ical_source_destroy(&self->source);
    if (fseek(self->file, 0, SEEK_SET) != 0) return false;
    self->source = ical_source_new(self->file);
    return self->source != NULL;
}

void ical_read(FILE *file, Zones *zones, ical_record_fn *each, void *context)
{
    Problem problem;
    Reader self = {.file = file, .zones = zones, .each = each, .context = context};
    problem_clear(&problem);
    self.arena = arena_new(ICAL_RECORD_BYTES_MAX);
    self.lines = calloc(ICAL_RECORD_LINES_MAX, sizeof *self.lines);
    self.locations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    bool ready = self.arena && self.lines && start(&self);
    if (ready) walk(&self, first_component, first_line);
    if (ready && !self.ended) ready = start(&self);
    if (ready && !self.ended) walk(&self, second_component, second_line);
    if (!ready) {
        problem_set(&problem, STATUS_RESOURCE_EXHAUSTED, "could not be read: %s", strerror(errno));
        refuse_file(&self, 0, &problem);
    }
    ical_source_destroy(&self.source);
    g_hash_table_destroy(self.locations);
    arena_destroy(&self.arena);
    g_free(self.method);
    free(self.lines);
}
