/* The verb export: records in the form that import reads. */
#include "clients/cli/complain.h"
#include "clients/cli/event_sheet.h"
#include "clients/cli/export_calendar.h"
#include "clients/cli/pages.h"
#include "clients/cli/verbs.h"
#include "proto/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    EXPORT_PATH_SIZE = 4096,
    EXPORT_ROW_BYTES_MAX = 32 * 1024 * 1024, /* of the cells of one event */
};

typedef struct Export Export;
typedef int export_fn(Export *export);
typedef int export_record_fn(Export *export, const ProtobufCMessage *record);

/* A form: what is written before the records, for each of them, and after them. */
typedef struct ExportForm {
    const char *name;
    export_fn *begin;
    export_record_fn *organisation; /* NULL: it holds events alone */
    export_record_fn *event;
    int (*end)(Export *export, int code); /* `code` is that of what came before */
} ExportForm;

struct Export {
    Session *session;
    FILE *file;
    const ExportForm *form;
    size_t count;
    ExportCalendar calendar;
    Arena *cells; /* of one row */
};

static int write_failed(void)
{
    return complain_code(CLI_FAILED, "the export could not be written: %s", strerror(errno));
}

/* --- JSON and YAML --- */

/* {"event": {...}}, as one document of the stream or one element of the array. */
static int write_document(Export *export, const char *key, const ProtobufCMessage *record,
                          OutputForm form)
{
    json_t *json = json_pack("{s:o}", key, json_of_message(record));
    bool written = json && output_json(export->file, json, form);
    json_decref(json);
    return written ? CLI_DONE : write_failed();
}

static int write_element(Export *export, const char *key, const ProtobufCMessage *record)
{
    json_t *json = json_pack("{s:o}", key, json_of_message(record));
    char *text = json ? json_print(json, JSON_INDENT(2)) : NULL;
    bool written = text && fprintf(export->file, "%s%s", export->count ? ",\n" : "[\n", text) > 0;
    free(text);
    json_decref(json);
    return written ? CLI_DONE : write_failed();
}

static const char *key_of(const ProtobufCMessage *record)
{
    return record->descriptor == &plenary__v1__event__descriptor ? "event" : "organisation";
}

static int begin_nothing(Export *export)
{
    (void)export;
    return CLI_DONE;
}

static int end_nothing(Export *export, int code)
{
    (void)export;
    return code;
}

static int json_record(Export *export, const ProtobufCMessage *record)
{
    return write_element(export, key_of(record), record);
}

static int json_end(Export *export, int code)
{
    if (code == CLI_DONE) (void)fputs(export->count ? "\n]\n" : "[]\n", export->file);
    return code;
}

static int jsonl_record(Export *export, const ProtobufCMessage *record)
{
    return write_document(export, key_of(record), record, OUTPUT_JSONL);
}

static int yaml_record(Export *export, const ProtobufCMessage *record)
{
    (void)fputs("---\n", export->file);
    return write_document(export, key_of(record), record, OUTPUT_YAML);
}

/* --- iCalendar --- */

static int ics_begin(Export *export)
{
    return export_calendar_open(&export->calendar, export->session, export->file);
}

static int ics_organisation(Export *export, const ProtobufCMessage *record)
{
    return export_calendar_organisation(&export->calendar, (const Organisation *)record);
}

static int ics_event(Export *export, const ProtobufCMessage *record)
{
    return export_calendar_event(&export->calendar, (const Event *)record);
}

static int ics_end(Export *export, int code)
{
    return export_calendar_close(&export->calendar, code);
}

/* --- a sheet --- */

static int csv_begin(Export *export)
{
    export->cells = arena_new(EXPORT_ROW_BYTES_MAX);
    if (!export->cells) return session_no_memory();
    event_sheet_head(export->file);
    return CLI_DONE;
}

static int csv_event(Export *export, const ProtobufCMessage *record)
{
    arena_reset(export->cells);
    bool whole = event_sheet_row(export->file, (const Event *)record, export->cells);
    return whole ? CLI_DONE : session_no_memory();
}

static int csv_end(Export *export, int code)
{
    arena_destroy(&export->cells);
    return code;
}

/* --- all --- */

static const ExportForm forms[] = {
    {"json", begin_nothing, json_record, json_record, json_end},
    {"jsonl", begin_nothing, jsonl_record, jsonl_record, end_nothing},
    {"yaml", begin_nothing, yaml_record, yaml_record, end_nothing},
    {"ics", ics_begin, ics_organisation, ics_event, ics_end},
    {"csv", csv_begin, NULL, csv_event, csv_end},
};

static int write_record(void *context, const ProtobufCMessage *record)
{
    Export *export = context;
    const ExportForm *form = export->form;
    bool is_event = record->descriptor == &plenary__v1__event__descriptor;
    int code = (is_event ? form->event : form->organisation)(export, record);
    export->count++;
    return code == CLI_DONE && ferror(export->file) ? write_failed() : code;
}

static int write_all(Session *session, Export *export, Query *query, uint32_t limit)
{
    int code = export->form->begin(export);
    if (code == CLI_DONE && session_has(session, "directory"))
        code = pages_organisations(session, 0, write_record, export);
    if (code == CLI_DONE) code = pages_events(session, query, limit, write_record, export);
    code = export->form->end(export, code);
    if (code == CLI_DONE && (fflush(export->file) != 0 || ferror(export->file)))
        code = write_failed();
    return code;
}

/* mkstemp makes a file for its owner alone; an export is a file like any other. */
static void open_to_all(int descriptor)
{
    mode_t mask = umask(0);
    (void)umask(mask);
    (void)fchmod(descriptor, 0666 & ~mask);
}

/* Beside the file, and in its place when it is whole. */
static int write_file(Session *session, Export *export, const char *path, Query *query,
                      uint32_t limit)
{
    char beside[EXPORT_PATH_SIZE];
    int length = snprintf(beside, sizeof beside, "%s.XXXXXX", path);
    if (length < 0 || length >= EXPORT_PATH_SIZE)
        return complain_code(CLI_FAILED, "-O: the path is too long");
    int descriptor = mkstemp(beside);
    export->file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (!export->file) {
        if (descriptor >= 0) (void)close(descriptor);
        return complain_code(CLI_FAILED, "%s: %s", path, strerror(errno));
    }
    open_to_all(descriptor);
    int code = write_all(session, export, query, limit);
    if (code == CLI_DONE && fsync(descriptor) != 0) code = write_failed();
    if (fclose(export->file) != 0 && code == CLI_DONE) code = write_failed();
    if (code == CLI_DONE && rename(beside, path) != 0) code = write_failed();
    if (code != CLI_DONE) (void)unlink(beside);
    return code;
}

static int read_form(const Session *session, const ExportForm **form)
{
    static const char known[] = "json, jsonl, yaml, ics or csv";
    const char *name = session_option(session, "as");
    if (!name) return complain_code(CLI_USAGE, "say the form: --as %s", known);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(forms[i].name, name) != 0) continue;
        *form = &forms[i];
        if (forms[i].organisation || !session_has(session, "directory")) return CLI_DONE;
        return complain_code(CLI_USAGE, "--directory: a sheet holds events alone");
    }
    return complain_code(CLI_USAGE, "--as: \"%s\" is not one of %s", name, known);
}

int verb_export(Session *session)
{
    Export export = {.session = session, .file = stdout};
    Query *query = NULL;
    bool given;
    uint32_t limit = 0;
    int code = read_form(session, &export.form);
    if (code == CLI_DONE) code = session_number(session, "limit", 1, &given, &limit);
    if (code == CLI_DONE) code = session_filters(session, &query);
    if (code != CLI_DONE || !export.form) return code;
    const char *path = session_option(session, "output-file");
    if (!path || strcmp(path, "-") == 0) return write_all(session, &export, query, limit);
    return write_file(session, &export, path, query, limit);
}
