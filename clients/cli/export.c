/* The verb export: records in the form that import reads. */
#include "clients/cli/complain.h"
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
};

typedef struct Export {
    FILE *file;
    OutputForm form;
    const char *key; /* of the records that come */
    size_t count;
} Export;

static int write_failed(void)
{
    return complain_code(CLI_FAILED, "the export could not be written: %s", strerror(errno));
}

/* {"event": {...}}, as one document of the stream or one element of the array. */
static int write_record(void *context, const ProtobufCMessage *record)
{
    Export *export = context;
    json_t *json = json_pack("{s:o}", export->key, json_of_message(record));
    bool written = json != NULL;
    if (export->form == OUTPUT_YAML) {
        (void)fputs("---\n", export->file);
        written = output_json(export->file, json, OUTPUT_YAML);
    } else if (export->form == OUTPUT_JSONL) {
        written = output_json(export->file, json, OUTPUT_JSONL);
    } else if (written) {
        char *text = json_print(json, JSON_INDENT(2));
        written = text && fprintf(export->file, "%s%s", export->count ? ",\n" : "[\n", text) > 0;
        free(text);
    }
    json_decref(json);
    export->count++;
    return written ? CLI_DONE : write_failed();
}

static int write_all(Session *session, Export *export, Query *query, uint32_t limit)
{
    int code = CLI_DONE;
    export->key = "organisation";
    if (session_has(session, "directory"))
        code = pages_organisations(session, 0, write_record, export);
    export->key = "event";
    if (code == CLI_DONE) code = pages_events(session, query, limit, write_record, export);
    if (code == CLI_DONE && export->form == OUTPUT_JSON)
        (void)fputs(export->count ? "\n]\n" : "[]\n", export->file);
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

static int read_form(const Session *session, OutputForm *form)
{
    const char *name = session_option(session, "as");
    if (!name) return complain_code(CLI_USAGE, "say the form: --as json, jsonl or yaml");
    bool known = output_form_find(name, form);
    if (known && (*form == OUTPUT_JSON || *form == OUTPUT_JSONL || *form == OUTPUT_YAML))
        return CLI_DONE;
    return complain_code(CLI_USAGE, "--as: \"%s\" is not one of json, jsonl, yaml", name);
}

int verb_export(Session *session)
{
    Export export = {.file = stdout};
    Query *query = NULL;
    bool given;
    uint32_t limit = 0;
    int code = read_form(session, &export.form);
    if (code == CLI_DONE) code = session_number(session, "limit", 1, &given, &limit);
    if (code == CLI_DONE) code = session_filters(session, &query);
    if (code != CLI_DONE) return code;
    const char *path = session_option(session, "output-file");
    if (!path || strcmp(path, "-") == 0) return write_all(session, &export, query, limit);
    return write_file(session, &export, path, query, limit);
}
