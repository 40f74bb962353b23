#include "clients/cli/sheet.h"

#include "clients/cli/complain.h"
#include "clients/cli/documents.h"
#include "clients/lib/csv_reader.h"
#include "proto/json.h"
#include "proto/nearest.h"
#include "proto/validate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Fields of a participant that a sheet may have, which are its headings too. */
static const char *const columns[] = {"name",      "attendance", "mode",     "organisation",
                                      "country",   "role",       "position", "email",
                                      "honorific", "phone",      "response"};

enum {
    COLUMNS = sizeof columns / sizeof *columns,
    ABOUT_SIZE = 512,
};

typedef struct SheetReader {
    Marks *marks;
    const char *order[CSV_CELLS_MAX]; /* the column of each cell */
    size_t width;                     /* 0: the headings were not read */
    size_t complaints;
    int code;
} SheetReader;

/* --- what is wrong --- */

static bool refuse(SheetReader *reader, size_t line, const char *column, const char *message)
{
    complain("%s, line %zu%s%s: %s", reader->marks->file, line, column ? ", " : "",
             column ? column : "", message);
    reader->code = CLI_INVALID;
    return ++reader->complaints < MARKS_COMPLAINTS;
}

/* Violations of an event of which the row is the only participant. */
static bool refuse_row(SheetReader *reader, size_t line, const Problem *problem)
{
    static const char own[] = "participants[0].";
    bool more = true;
    for (size_t i = 0; i < problem->violation_count && more; i++) {
        const char *field = problem->violations[i].field;
        bool is_own = strncmp(field, own, strlen(own)) == 0;
        more = refuse(reader, line, is_own ? field + strlen(own) : field,
                      problem->violations[i].message);
    }
    if (problem->violation_count == 0) more = refuse(reader, line, NULL, problem->message);
    return more;
}

/* --- the headings --- */

static const char *find_column(const char *heading)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (strcasecmp(columns[i], heading) == 0) return columns[i];
    return NULL;
}

static bool has_column(const SheetReader *reader, const char *column)
{
    for (size_t i = 0; i < reader->width; i++)
        if (reader->order[i] == column) return true;
    return false;
}

static bool refuse_heading(SheetReader *reader, size_t line, const char *heading,
                           const char *column)
{
    char message[PROBLEM_MESSAGE_SIZE];
    const char *near = nearest(heading, columns, COLUMNS);
    if (column)
        (void)snprintf(message, sizeof message, "is there twice");
    else if (near)
        (void)snprintf(message, sizeof message, "unknown column; did you mean \"%s\"?", near);
    else
        (void)snprintf(message, sizeof message,
                       "unknown column; there may be name, attendance, mode, organisation, "
                       "country, role, position, email, honorific, phone, response");
    return refuse(reader, line, *heading ? heading : "a column without a heading", message);
}

static bool read_headings(SheetReader *reader, const CsvRow *row)
{
    for (size_t i = 0; i < row->count; i++) {
        const char *column = find_column(row->cells[i]);
        if (!column || has_column(reader, column)) {
            (void)refuse_heading(reader, row->line, row->cells[i], column);
            return false;
        }
        reader->order[reader->width++] = column;
    }
    bool names = has_column(reader, columns[0]);
    if (names && has_column(reader, columns[1])) return true;
    (void)refuse(reader, row->line, NULL,
                 names ? "there is no column \"attendance\" in the headings"
                       : "there is no column \"name\"; the first line are the headings");
    return false;
}

/* --- the rows --- */

/* As a participant, of whom `attendance` is kept apart. */
static json_t *person_of_row(const SheetReader *reader, const CsvRow *row, const char **attendance)
{
    json_t *person = json_object();
    for (size_t i = 0; i < row->count && i < reader->width && person; i++) {
        if (!*row->cells[i]) continue;
        if (reader->order[i] == columns[1]) {
            *attendance = row->cells[i];
        } else if (json_object_set_new(person, reader->order[i], json_string(row->cells[i])) != 0) {
            json_decref(person);
            person = NULL;
        }
    }
    return person;
}

/* By the rules of the record: in an event with nothing else. */
static StatusCode check_person(const SheetReader *reader, json_t *person, const char *attendance,
                               Problem *problem)
{
    ProtobufCMessage *message = NULL;
    Zones *zones = NULL;
    Arena *arena = reader->marks->session->arena;
    if (session_zones(reader->marks->session, &zones) != CLI_DONE)
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
    json_t *event = json_pack("{s:s, s:s, s:{s:s}, s:[{s:s, s:s}]}", "kind", "meeting", "title",
                              "sheet", "schedule", "start", "2022-03-03", "participants", "name",
                              "somebody", "attendance", attendance);
    json_t *only = json_array_get(json_object_get(event, "participants"), 0);
    if (!only || json_object_update(only, person) != 0) {
        json_decref(event);
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
    }
    StatusCode code =
        json_to_message(event, &plenary__v1__event__descriptor, arena, &message, problem);
    if (code == STATUS_OK) code = validate_event((Event *)message, zones, problem);
    json_decref(event);
    return code;
}

static bool read_person(SheetReader *reader, const CsvRow *row)
{
    Problem problem;
    const char *attendance = NULL;
    if (row->count > reader->width)
        return refuse(reader, row->line, NULL, "has more cells than there are headings");
    json_t *person = person_of_row(reader, row, &attendance);
    if (!person) {
        reader->code = session_no_memory();
        return false;
    }
    problem_clear(&problem);
    StatusCode code = check_person(reader, person, attendance ? attendance : "unknown", &problem);
    if (code == STATUS_OK && !json_object_get(person, "name") && !json_object_get(person, "email"))
        code = problem_violation(&problem, "name", "is missing");
    if (code == STATUS_OK && attendance) {
        int added = marks_add(reader->marks, person, attendance, row->line);
        if (added != CLI_DONE) reader->code = added;
        return added == CLI_DONE;
    }
    json_decref(person);
    if (code != STATUS_OK) return refuse_row(reader, row->line, &problem);
    reader->marks->blank++;
    return true;
}

static bool take_row(void *context, const CsvRow *row)
{
    SheetReader *reader = context;
    return reader->width ? read_person(reader, row) : read_headings(reader, row);
}

/* --- the file --- */

static int read_text(Marks *marks, FILE *file)
{
    SheetReader reader = {.marks = marks, .code = CLI_DONE};
    Problem problem;
    char *text = NULL;
    size_t length = 0;
    problem_clear(&problem);
    StatusCode code = documents_read_whole(file, &text, &length, &problem);
    if (code == STATUS_OK && ferror(file))
        code = problem_set(&problem, STATUS_INVALID_ARGUMENT, "could not be read: %s",
                           strerror(errno));
    char *kept = code == STATUS_OK ? arena_strndup(marks->session->arena, text, length) : NULL;
    free(text);
    if (code == STATUS_OK && !kept) return session_no_memory();
    if (kept) code = csv_read(kept, length, take_row, &reader, &problem);
    if (code != STATUS_OK) return complain_problem(&problem, marks->file);
    if (reader.code == CLI_DONE && marks->count == 0)
        return complain_code(CLI_INVALID, "%s: nobody is marked in it", marks->file);
    return reader.code;
}

int sheet_read(Marks *marks, const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "r");
    marks->file = is_stdin ? "standard input" : path;
    if (!file) return complain_code(CLI_INVALID, "%s: %s", path, strerror(errno));
    int code = read_text(marks, file);
    if (!is_stdin) (void)fclose(file);
    return code;
}
