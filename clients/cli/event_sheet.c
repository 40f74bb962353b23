#include "clients/cli/event_sheet.h"

#include "clients/cli/event_cells.h"
#include "clients/lib/csv_reader.h"
#include "clients/lib/output.h"
#include "proto/json.h"
#include "proto/nearest.h"
#include "proto/text.h"
#include "proto/validate.h"

#include <string.h>

enum {
    ROW_BYTES_MAX = 32 * 1024 * 1024, /* of the event that a row makes */
};

/* --- writing --- */

void event_sheet_head(FILE *file)
{
    const char *cells[CSV_CELLS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < event_column_count; i++)
        if (!event_columns[i].is_given) cells[count++] = event_columns[i].name;
    output_csv(file, cells, count);
}

bool event_sheet_row(FILE *file, const Event *event, Arena *arena)
{
    const char *cells[CSV_CELLS_MAX];
    size_t count = 0;
    json_t *json = json_of_message(&event->base);
    bool whole = json != NULL;
    for (size_t i = 0; i < event_column_count && whole; i++) {
        if (event_columns[i].is_given) continue;
        cells[count] = event_cell_print(&event_columns[i], json, arena);
        whole = cells[count++] != NULL;
    }
    if (whole) output_csv(file, cells, count);
    json_decref(json);
    return whole;
}

/* --- reading --- */

typedef struct SheetReader {
    Zones *zones;
    sheet_row_fn *each;
    void *context;
    Arena *arena;
    const EventColumn *columns[CSV_CELLS_MAX]; /* NULL: a cell without a name */
    size_t column_count;
    bool has_head;
    size_t number;
} SheetReader;

static bool refuse_sheet(SheetReader *self, size_t line, const Problem *problem)
{
    (void)self->each(self->context, 0, line, NULL, problem);
    return false;
}

static bool refuse_column(SheetReader *self, size_t line, const char *name, const char *why)
{
    Problem problem;
    const char *names[CSV_CELLS_MAX];
    for (size_t i = 0; i < event_column_count; i++)
        names[i] = event_columns[i].name;
    const char *near = why ? NULL : nearest(name, names, event_column_count);
    problem_clear(&problem);
    problem_set(&problem, STATUS_INVALID_ARGUMENT, "line %zu: column %s %s%s%s%s", line,
                text_quote(name).text, why ? why : "is unknown", near ? "; did you mean \"" : "",
                near ? near : "", near ? "\"?" : "");
    return refuse_sheet(self, line, &problem);
}

static bool is_known(const SheetReader *self, const EventColumn *column)
{
    for (size_t i = 0; i < self->column_count; i++)
        if (self->columns[i] == column) return true;
    return false;
}

static bool read_head(SheetReader *self, const CsvRow *row)
{
    self->has_head = true;
    for (size_t i = 0; i < row->count; i++) {
        const char *name = row->cells[i];
        const EventColumn *column = *name ? event_column_find(name) : NULL;
        if (*name && !column) return refuse_column(self, row->line, name, NULL);
        if (column && is_known(self, column))
            return refuse_column(self, row->line, name, "is there twice");
        self->columns[self->column_count++] = column;
    }
    return true;
}

static void read_cell(SheetReader *self, const CsvRow *row, size_t cell, json_t *event,
                      Problem *problem)
{
    char field[PROBLEM_FIELD_SIZE];
    const char *why = NULL;
    const EventColumn *column = cell < self->column_count ? self->columns[cell] : NULL;
    if (!*row->cells[cell]) return;
    if (!column)
        problem_violation(problem, "", "the cell %s in column %zu has no column name above it",
                          text_quote(row->cells[cell]).text, cell + 1);
    else if (!event_cell_read(column, row->cells[cell], event, self->arena, &why)) {
        (void)snprintf(field, sizeof field, "%s%s%s", column->parent ? column->parent : "",
                       column->parent ? "." : "", column->field);
        problem_violation(problem, field, "%s", why ? why : "could not be kept");
    }
}

/* Violations by columns: who looks at a sheet knows those. */
static void name_columns(const Problem *found, Problem *problem)
{
    char name[PROBLEM_FIELD_SIZE];
    problem_clear(problem);
    for (size_t i = 0; i < found->violation_count; i++) {
        const Violation *violation = &found->violations[i];
        const EventColumn *column = event_column_of_field(violation->field);
        const char *rest = column ? strchr(violation->field, '[') : NULL;
        (void)snprintf(name, sizeof name, "%s%.40s%s%.40s", column ? "column " : "",
                       column ? column->name : violation->field, rest ? " " : "", rest ? rest : "");
        problem_violation(problem, name, "%s", violation->message);
    }
    if (found->violation_count == 0 && found->code != STATUS_OK)
        problem_set(problem, found->code, "%s", found->message);
}

static void check(SheetReader *self, const json_t *event, Problem *problem)
{
    ProtobufCMessage *message = NULL;
    StatusCode code =
        json_to_message(event, &plenary__v1__event__descriptor, self->arena, &message, problem);
    if (code == STATUS_OK) (void)validate_event((const Event *)message, self->zones, problem);
}

static bool read_row(void *context, const CsvRow *row)
{
    SheetReader *self = context;
    Problem found;
    Problem problem;
    if (!self->has_head) return read_head(self, row);
    arena_reset(self->arena);
    problem_clear(&found);
    json_t *event = json_object();
    for (size_t i = 0; i < row->count; i++)
        read_cell(self, row, i, event, &found);
    if (found.code == STATUS_OK) check(self, event, &found);
    name_columns(&found, &problem);
    json_t *document = json_pack("{s:o}", "event", event);
    bool more = self->each(self->context, ++self->number, row->line, document, &problem);
    json_decref(document);
    return more;
}

bool event_sheet_is(const char *text)
{
    char first[CSV_CELLS_MAX];
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3;
    size_t length = strcspn(text, "\r\n");
    size_t name = strcspn(text + (*text == '"'), ",;\t\"\r\n");
    if (name >= length || name >= sizeof first) return false;
    memcpy(first, text + (*text == '"'), name);
    first[name] = '\0';
    return event_column_find(first) != NULL;
}

void event_sheet_read(char *text, size_t length, Zones *zones, sheet_row_fn *each, void *context)
{
    Problem problem;
    SheetReader self = {.zones = zones, .each = each, .context = context};
    problem_clear(&problem);
    self.arena = arena_new(ROW_BYTES_MAX);
    if (!self.arena)
        problem_set(&problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
    else
        (void)csv_read(text, length, read_row, &self, &problem);
    if (problem.code != STATUS_OK) (void)refuse_sheet(&self, 0, &problem);
    arena_destroy(&self.arena);
}
