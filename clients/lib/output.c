#include "clients/lib/output.h"

#include "clients/lib/table.h"
#include "proto/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const form_names[OUTPUT_FORMS] = {
    [OUTPUT_TABLE] = "table", [OUTPUT_JSON] = "json", [OUTPUT_JSONL] = "jsonl",
    [OUTPUT_CSV] = "csv",     [OUTPUT_IDS] = "ids",   [OUTPUT_YAML] = "yaml",
};

bool output_form_find(const char *name, OutputForm *form)
{
    for (size_t i = 0; i < OUTPUT_FORMS; i++) {
        if (strcmp(form_names[i], name) != 0) continue;
        *form = (OutputForm)i;
        return true;
    }
    return false;
}

const char *output_form_name(OutputForm form)
{
    return form_names[form];
}

/* --- single values --- */

bool output_json(FILE *file, const json_t *json, OutputForm form)
{
    char *text = NULL;
    if (json && form == OUTPUT_YAML)
        text = yaml_print(json);
    else if (json)
        text = json_print(json, form == OUTPUT_JSONL ? JSON_COMPACT : JSON_INDENT(2));
    if (!text) return false;
    (void)fputs(text, file);
    size_t length = strlen(text);
    if (length == 0 || text[length - 1] != '\n') (void)fputc('\n', file);
    free(text);
    return !ferror(file);
}

bool output_message(FILE *file, const ProtobufCMessage *message, OutputForm form)
{
    json_t *json = json_of_message(message);
    bool written = output_json(file, json, form);
    json_decref(json);
    return written;
}

static void write_csv_cell(FILE *file, const char *cell)
{
    if (!cell) return;
    size_t length = strlen(cell);
    /* Readers take blanks around a cell for none of it. */
    bool blank = length > 0 && (cell[0] == ' ' || cell[length - 1] == ' ');
    if (!blank && !strpbrk(cell, ",\"\r\n")) {
        (void)fputs(cell, file);
        return;
    }
    (void)fputc('"', file);
    for (; *cell; cell++) {
        if (*cell == '"') (void)fputc('"', file);
        (void)fputc(*cell, file);
    }
    (void)fputc('"', file);
}

void output_csv(FILE *file, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0) (void)fputc(',', file);
        write_csv_cell(file, cells[i]);
    }
    (void)fputs("\r\n", file);
}

/* --- listings --- */

struct Listing {
    FILE *file;
    OutputForm form;
    const RecordKind *kind;
    Table *table;
    Arena *arena; /* of one record's cells */
    Terminal terminal;
    ListingMarks marks; /* all NULL: there are none */
    size_t count;
    bool failed;
};

static bool open_table(Listing *self, const Terminal *terminal)
{
    TableColumn columns[OUTPUT_COLUMNS_MAX];
    for (size_t i = 0; i < self->kind->column_count; i++)
        columns[i] = (TableColumn){self->kind->columns[i].title, self->kind->columns[i].flags};
    self->table = table_new(columns, self->kind->column_count, terminal);
    return self->table != NULL;
}

static void open_csv(Listing *self)
{
    const char *titles[OUTPUT_COLUMNS_MAX];
    for (size_t i = 0; i < self->kind->csv_count; i++)
        titles[i] = self->kind->csv[i].title;
    output_csv(self->file, titles, self->kind->csv_count);
}

Listing *listing_open(FILE *file, OutputForm form, const RecordKind *kind, const Terminal *terminal)
{
    assert(kind->column_count <= OUTPUT_COLUMNS_MAX && kind->csv_count <= OUTPUT_COLUMNS_MAX);
    Listing *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    *self = (Listing){.file = file, .form = form, .kind = kind, .terminal = *terminal};
    self->arena = arena_new(OUTPUT_CELL_BYTES_MAX);
    bool opened = self->arena != NULL;
    if (opened && form == OUTPUT_TABLE) opened = open_table(self, terminal);
    if (opened && form == OUTPUT_CSV) open_csv(self);
    if (!opened) {
        self->failed = true;
        (void)listing_close(&self);
    }
    return self;
}

static void fill_cells(Listing *self, const Column *columns, size_t count, const void *record,
                       const char **cells)
{
    for (size_t i = 0; i < count; i++)
        cells[i] = columns[i].cell(record, self->arena);
}

static bool add_json(Listing *self, const ProtobufCMessage *record)
{
    json_t *json = json_of_message(record);
    char *text = json ? json_print(json, JSON_INDENT(2)) : NULL;
    json_decref(json);
    if (!text) return false;
    (void)fprintf(self->file, "%s%s", self->count ? ",\n" : "[\n", text);
    free(text);
    return true;
}

static bool add_yaml(Listing *self, const ProtobufCMessage *record)
{
    json_t *item = json_pack("[o]", json_of_message(record));
    bool written = output_json(self->file, item, OUTPUT_YAML);
    json_decref(item);
    return written;
}

void listing_mark(Listing *self, const ListingMarks *marks)
{
    if (self->form == OUTPUT_TABLE && self->terminal.is_terminal) self->marks = *marks;
}

/* A row under the record's, in the column that may be cut. */
static void add_note(Listing *self, const void *record)
{
    const char *cells[OUTPUT_COLUMNS_MAX] = {NULL};
    const RecordKind *kind = self->kind;
    const char *note =
        self->marks.note ? self->marks.note(self->marks.context, record, self->arena) : NULL;
    size_t column = 0;
    while (column < kind->column_count && !(kind->columns[column].flags & TABLE_CUT))
        column++;
    if (!note || column == kind->column_count) return;
    cells[column] = note;
    table_add(self->table, cells, NULL);
}

static bool add_record(Listing *self, const ProtobufCMessage *record)
{
    const RecordKind *kind = self->kind;
    const char *cells[OUTPUT_COLUMNS_MAX];
    switch (self->form) {
    case OUTPUT_TABLE:
        fill_cells(self, kind->columns, kind->column_count, record, cells);
        table_add(self->table, cells, kind->colour ? kind->colour(record, self->arena) : NULL);
        add_note(self, record);
        return true;
    case OUTPUT_CSV:
        fill_cells(self, kind->csv, kind->csv_count, record, cells);
        output_csv(self->file, cells, kind->csv_count);
        return true;
    case OUTPUT_IDS: return fprintf(self->file, "%s\n", kind->id(record, self->arena)) > 0;
    case OUTPUT_JSON: return add_json(self, record);
    case OUTPUT_JSONL: return output_message(self->file, record, OUTPUT_JSONL);
    case OUTPUT_YAML: return add_yaml(self, record);
    case OUTPUT_FORMS: break;
    }
    return false;
}

bool listing_add(Listing *self, const ProtobufCMessage *record)
{
    if (self->failed) return false;
    if (!add_record(self, record) || ferror(self->file)) self->failed = true;
    arena_reset(self->arena);
    self->count++;
    return !self->failed;
}

/* The table is printed into memory, and its lines with their marks from there. */
static bool print_marked(Listing *self)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (!memory) return false;
    bool printed = table_print(self->table, memory);
    printed = fclose(memory) == 0 && printed;
    char *line = text;
    while (printed && line && *line) {
        char *end = strchr(line, '\n');
        if (end) *end = '\0';
        self->marks.print_line(self->marks.context, line, self->file);
        (void)fputc('\n', self->file);
        line = end ? end + 1 : NULL;
    }
    free(text);
    return printed && !ferror(self->file);
}

static bool finish(Listing *self)
{
    if (self->failed) return false;
    bool marked = self->marks.print_line && self->terminal.colours;
    if (self->form == OUTPUT_TABLE)
        return marked ? print_marked(self) : table_print(self->table, self->file);
    if (self->form == OUTPUT_JSON) (void)fputs(self->count ? "\n]\n" : "[]\n", self->file);
    if (self->form == OUTPUT_YAML && !self->count) (void)fputs("[]\n", self->file);
    return fflush(self->file) == 0 && !ferror(self->file);
}

bool listing_close(Listing **self)
{
    if (!*self) return true;
    bool whole = finish(*self);
    table_destroy(&(*self)->table);
    arena_destroy(&(*self)->arena);
    free(*self);
    *self = NULL;
    return whole;
}
