#include "clients/cli/documents.h"

#include "clients/cli/event_sheet.h"
#include "clients/lib/ical_read.h"
#include "proto/json.h"
#include "proto/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>

enum {
    READ_BYTES_FIRST = 64 * 1024,
};

typedef struct DocumentReader {
    Place place;
    Zones *zones;
    document_fn *each;
    void *context;
} DocumentReader;

void place_print(const Place *place, char text[static DOCUMENTS_ABOUT_SIZE])
{
    const char *file = strcmp(place->file, "-") == 0 ? "standard input" : place->file;
    Quote uid = text_quote(place->uid ? place->uid : "");
    if (place->number == 0)
        (void)snprintf(text, DOCUMENTS_ABOUT_SIZE, "%.380s", file);
    else
        (void)snprintf(text, DOCUMENTS_ABOUT_SIZE, "%.380s, record %zu (line %zu%s%s)", file,
                       place->number, place->line, place->uid ? ", UID " : "",
                       place->uid ? uid.text : "");
}

static bool refuse_file(DocumentReader *reader, const Problem *problem)
{
    reader->place.number = 0;
    return reader->each(reader->context, &reader->place, NULL, problem);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* --- JSON lines --- */

/* Each line is parsed as a text of its own, whose line 1 is not the file's. */
static void forget_line(Problem *problem)
{
    static const char own[] = "line 1, ";
    size_t length = sizeof own - 1;
    if (strncmp(problem->message, own, length) == 0)
        memmove(problem->message, problem->message + length, strlen(problem->message + length) + 1);
}

static bool give_line(DocumentReader *reader, const char *text, size_t length, size_t line)
{
    Problem problem;
    json_t *documents = NULL;
    problem_clear(&problem);
    if (strspn(text, " \t\r\n") == length) return true;
    reader->place.number++;
    reader->place.line = line;
    if (length > DOCUMENTS_LINE_BYTES_MAX)
        problem_set(&problem, STATUS_INVALID_ARGUMENT, "a line over %d bytes",
                    DOCUMENTS_LINE_BYTES_MAX);
    else if (json_parse(text, length, &documents, &problem) != STATUS_OK)
        forget_line(&problem);
    if (documents && json_array_size(documents) != 1)
        problem_set(&problem, STATUS_INVALID_ARGUMENT, "is not one JSON value");
    const json_t *json = problem.code == STATUS_OK ? json_array_get(documents, 0) : NULL;
    bool more = reader->each(reader->context, &reader->place, json, &problem);
    json_decref(documents);
    return more;
}

static void read_lines(DocumentReader *reader, FILE *file)
{
    char *text = NULL;
    size_t room = 0;
    size_t line = 0;
    ssize_t length;
    bool more = true;
    while (more && (length = getline(&text, &room, file)) >= 0)
        more = give_line(reader, text, (size_t)length, ++line);
    free(text);
}

/* --- whole files --- */

StatusCode documents_read_whole(FILE *file, char **text, size_t *length, Problem *problem)
{
    size_t room = READ_BYTES_FIRST;
    char *buffer = malloc(room);
    size_t used = 0;
    while (buffer) {
        used += fread(buffer + used, 1, room - used - 1, file);
        if (used < room - 1) break;
        if (room > JSON_INPUT_BYTES_MAX) {
            free(buffer);
            return problem_set(problem, STATUS_INVALID_ARGUMENT,
                               "is over %d bytes: split it, or write it as JSON lines (*.jsonl)",
                               JSON_INPUT_BYTES_MAX);
        }
        room *= 2;
        char *larger = realloc(buffer, room);
        if (!larger) free(buffer);
        buffer = larger;
    }
    if (!buffer) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
    buffer[used] = '\0';
    *text = buffer;
    *length = used;
    return STATUS_OK;
}

typedef StatusCode documents_parse_fn(const char *text, size_t length, json_t **documents,
                                      json_t **lines, Problem *problem);

static void give_all(DocumentReader *reader, const json_t *documents, const json_t *lines)
{
    Problem problem;
    problem_clear(&problem);
    for (size_t i = 0; i < json_array_size(documents); i++) {
        reader->place.number = i + 1;
        reader->place.line = (size_t)json_integer_value(json_array_get(lines, i));
        if (!reader->each(reader->context, &reader->place, json_array_get(documents, i), &problem))
            return;
    }
}

static void read_documents(DocumentReader *reader, const char *text, size_t length,
                           documents_parse_fn *parse)
{
    Problem problem;
    json_t *documents = NULL;
    json_t *lines = NULL;
    problem_clear(&problem);
    if (parse(text, length, &documents, &lines, &problem) == STATUS_OK)
        give_all(reader, documents, lines);
    else
        refuse_file(reader, &problem);
    json_decref(documents);
    json_decref(lines);
}

static void read_json(DocumentReader *reader, char *text, size_t length)
{
    read_documents(reader, text, length, json_parse_lines);
}

static void read_yaml(DocumentReader *reader, char *text, size_t length)
{
    read_documents(reader, text, length, yaml_parse_lines);
}

/* --- sheets and calendars --- */

static bool give_row(void *context, size_t number, size_t line, const json_t *json,
                     const Problem *problem)
{
    DocumentReader *reader = context;
    reader->place.number = number;
    reader->place.line = line;
    return reader->each(reader->context, &reader->place, json, problem);
}

static void read_sheet(DocumentReader *reader, char *text, size_t length)
{
    event_sheet_read(text, length, reader->zones, give_row, reader);
}

static bool give_component(void *context, const IcalRecord *record)
{
    DocumentReader *reader = context;
    Problem problem = *record->problem;
    if (record->number == 0 && record->line)
        problem_set(&problem, problem.code, "line %zu: %s", record->line, record->problem->message);
    reader->place.number = record->number;
    reader->place.line = record->line;
    reader->place.uid = record->uid;
    return reader->each(reader->context, &reader->place, record->json, &problem);
}

static void read_calendar_file(DocumentReader *reader, FILE *file)
{
    ical_read(file, reader->zones, give_component, reader);
}

static void read_calendar(DocumentReader *reader, char *text, size_t length)
{
    FILE *file = fmemopen(text, length, "r");
    if (!file) return;
    read_calendar_file(reader, file);
    (void)fclose(file);
}

/* --- forms --- */

typedef void read_file_fn(DocumentReader *reader, FILE *file);
typedef void read_text_fn(DocumentReader *reader, char *text, size_t length);
typedef bool looks_fn(const char *text);

/* One of the two readers. */
typedef struct FileForm {
    const char *end; /* of the file's name */
    read_file_fn *read_file;
    read_text_fn *read_text;
    looks_fn *looks; /* how it begins; NULL: that says nothing */
} FileForm;

static bool looks_like_json(const char *text)
{
    text += strspn(text, " \t\r\n");
    return *text == '{' || *text == '[';
}

static bool looks_like_calendar(const char *text)
{
    static const char begin[] = "BEGIN:VCALENDAR";
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3;
    text += strspn(text, " \t\r\n");
    return strncasecmp(text, begin, sizeof begin - 1) == 0;
}

static bool looks_like_any(const char *text)
{
    (void)text;
    return true;
}

static const FileForm forms[] = {
    {".jsonl", read_lines, NULL, NULL},
    {".json", NULL, read_json, looks_like_json},
    {".ics", read_calendar_file, NULL, NULL},
    {NULL, NULL, read_calendar, looks_like_calendar}, /* on standard input, read twice */
    {".csv", NULL, read_sheet, event_sheet_is},
    {".yaml", NULL, read_yaml, NULL},
    {".yml", NULL, read_yaml, looks_like_any},
};

enum {
    FORMS = sizeof forms / sizeof *forms,
};

static const FileForm *form_by_name(const char *name)
{
    for (size_t i = 0; i < FORMS; i++)
        if (forms[i].end && ends_with(name, forms[i].end)) return &forms[i];
    return NULL;
}

static const FileForm *form_by_text(const char *text)
{
    const FileForm *form = forms;
    while (!form->looks || !form->looks(text))
        form++;
    return form;
}

bool documents_know(const char *name)
{
    return form_by_name(name) != NULL;
}

static void read_whole(DocumentReader *reader, FILE *file, const FileForm *form)
{
    Problem problem;
    char *text = NULL;
    size_t length = 0;
    problem_clear(&problem);
    if (documents_read_whole(file, &text, &length, &problem) != STATUS_OK)
        refuse_file(reader, &problem);
    else if (!form)
        form_by_text(text)->read_text(reader, text, length);
    else
        form->read_text(reader, text, length);
    free(text);
}

void documents_each(const char *path, Zones *zones, document_fn *each, void *context)
{
    DocumentReader reader = {
        .place = {.file = path}, .zones = zones, .each = each, .context = context};
    Problem problem;
    problem_clear(&problem);
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "r");
    if (!file) {
        problem_set(&problem, STATUS_INVALID_ARGUMENT, "%s", strerror(errno));
        refuse_file(&reader, &problem);
        return;
    }
    const FileForm *form = form_by_name(path);
    if (form && form->read_file)
        form->read_file(&reader, file);
    else
        read_whole(&reader, file, form);
    if (ferror(file)) {
        problem_set(&problem, STATUS_INVALID_ARGUMENT, "could not be read: %s", strerror(errno));
        refuse_file(&reader, &problem);
    }
    if (!is_stdin) (void)fclose(file);
}
