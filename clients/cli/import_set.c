#include "clients/cli/import_set.h"

#include "clients/cli/complain.h"
#include "clients/cli/import_references.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    SCRATCH_BYTES_MAX = 32 * 1024 * 1024,
    RECORDS_FIRST = 256,
    PATH_TEXT_SIZE = 4096,
};

int import_set_open(ImportSet *self, Session *session)
{
    *self = (ImportSet){.session = session};
    int code = session_zones(session, &self->zones);
    if (code != CLI_DONE) return code;
    self->arena = arena_new(IMPORT_MEMORY_MAX);
    self->scratch = arena_new(SCRATCH_BYTES_MAX);
    if (!self->arena || !self->scratch) return session_no_memory();
    self->events.by_name = g_hash_table_new(g_str_hash, g_str_equal);
    self->organisations.by_name = g_hash_table_new(g_str_hash, g_str_equal);
    const char *path = session_option(session, "errors");
    if (path && !(self->rejects = fopen(path, "w")))
        return complain_code(CLI_FAILED, "--errors: %s: %s", path, strerror(errno));
    return CLI_DONE;
}

static void close_list(ImportList *list)
{
    free(list->records);
    if (list->by_name) g_hash_table_destroy(list->by_name);
}

int import_set_close(ImportSet *self)
{
    int code = self->code;
    if (self->rejects && fclose(self->rejects) != 0)
        code = complain_code(CLI_FAILED, "--errors: %s", strerror(errno));
    close_list(&self->events);
    close_list(&self->organisations);
    arena_destroy(&self->arena);
    arena_destroy(&self->scratch);
    return code;
}

/* --- rejecting --- */

static json_t *violations_of(const Problem *problem)
{
    json_t *list = json_array();
    for (size_t i = 0; i < problem->violation_count; i++)
        (void)json_array_append_new(list,
                                    json_pack("{s:s, s:s}", "field", problem->violations[i].field,
                                              "message", problem->violations[i].message));
    return list;
}

static void write_reject(ImportSet *self, const Place *place, const json_t *record,
                         const Problem *problem)
{
    json_t *line = json_pack("{s:s, s:I, s:I, s:s, s:o}", "file", place->file, "record",
                             (json_int_t)place->number, "line", (json_int_t)place->line, "reason",
                             problem->message, "violations", violations_of(problem));
    if (record) (void)json_object_set(line, "document", (json_t *)(uintptr_t)record);
    if (!output_json(self->rejects, line, OUTPUT_JSONL)) complain("--errors: %s", strerror(errno));
    json_decref(line);
}

void import_set_reject(ImportSet *self, const Place *place, const json_t *record,
                       const Problem *problem, int code)
{
    char about[DOCUMENTS_ABOUT_SIZE];
    place_print(place, about);
    if (self->rejects)
        write_reject(self, place, record, problem);
    else
        (void)complain_problem(problem, about);
    self->rejected++;
    if (self->code == CLI_DONE) self->code = code;
}

/* --- keeping --- */

bool import_list_find(const ImportList *list, const char *name, size_t *position)
{
    size_t found = GPOINTER_TO_SIZE(g_hash_table_lookup(list->by_name, name));
    if (found == 0) return false;
    *position = found - 1;
    return true;
}

static ImportRecord *next_record(ImportList *list)
{
    if (list->count == IMPORT_RECORDS_MAX) return NULL;
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : RECORDS_FIRST;
        ImportRecord *records = realloc(list->records, room * sizeof *records);
        if (!records) return NULL;
        list->records = records;
        list->room = room;
    }
    list->records[list->count] = (ImportRecord){0};
    return &list->records[list->count];
}

static bool index_name(ImportSet *self, ImportList *list, const char *name)
{
    char *copy = name ? arena_strdup(self->arena, name) : NULL;
    if (!copy) return name == NULL;
    g_hash_table_insert(list->by_name, copy, GSIZE_TO_POINTER(list->count + 1));
    return true;
}

static bool pack_record(ImportSet *self, ImportRecord *kept, const ProtobufCMessage *message)
{
    kept->size = protobuf_c_message_get_packed_size(message);
    kept->packed = arena_alloc(self->arena, kept->size);
    if (!kept->packed) return false;
    (void)protobuf_c_message_pack(message, kept->packed);
    return true;
}

/* The name under which nothing else of this import may be. */
static const char *identity(ImportSet *self, const Record *record)
{
    if (record->organisation) return record->organisation->id;
    if (!record->event->recurrence_id) return record->event->uid;
    return arena_printf(self->scratch, "%s at %s", record->event->uid,
                        record->event->recurrence_id);
}

static StatusCode check_identity(ImportSet *self, const ImportList *list, const Record *record,
                                 Problem *problem)
{
    size_t other;
    char about[DOCUMENTS_ABOUT_SIZE];
    if (record->event && !record->event->uid)
        return problem_violation(problem, "uid",
                                 "an import needs one, to find the record again next time");
    const char *name = identity(self, record);
    if (!name || !import_list_find(list, name, &other)) return STATUS_OK;
    place_print(&list->records[other].place, about);
    return problem_violation(problem, record->event ? "uid" : "id", "\"%s\" is that of %s too",
                             name, about);
}

static bool keep_event(ImportSet *self, ImportRecord *kept, const Event *event)
{
    kept->key = arena_strdup(self->arena, event->uid);
    return kept->key && pack_record(self, kept, &event->base) &&
           import_references_collect(event, self->arena, &kept->names, &kept->name_count) &&
           /* An exported record is referred to by its id. */
           (event->recurrence_id || index_name(self, &self->events, event->id));
}

static bool keep_organisation(ImportSet *self, ImportRecord *kept, const Organisation *organisation)
{
    kept->key = arena_strdup(self->arena, organisation->id);
    kept->names = arena_array(self->arena, 1, sizeof *kept->names);
    if (!kept->key || !kept->names) return false;
    kept->names[0] = arena_strdup(self->arena, organisation->part_of);
    kept->name_count = organisation->part_of ? 1 : 0;
    return pack_record(self, kept, &organisation->base) &&
           (kept->names[0] || !organisation->part_of);
}

static bool keep(ImportSet *self, ImportList *list, const Place *place, const Record *record)
{
    ImportRecord *kept = next_record(list);
    const char *name = identity(self, record);
    if (!kept || !name) return false;
    kept->place = *place;
    kept->place.uid = NULL; /* it was lent */
    bool whole = record->event ? keep_event(self, kept, record->event)
                               : keep_organisation(self, kept, record->organisation);
    if (!whole || !index_name(self, list, name)) return false;
    if (place->uid) kept->place.uid = kept->key;
    list->count++;
    return true;
}

/* --- reading --- */

static bool take_document(void *context, const Place *place, const json_t *json,
                          const Problem *unreadable)
{
    ImportSet *self = context;
    Problem problem = *unreadable;
    Record record = {0};
    arena_reset(self->scratch);
    if (json && problem.code == STATUS_OK)
        record_read(json, false, self->zones, self->scratch, &record, &problem);
    if (problem.code == STATUS_OK && (record.event || record.organisation)) {
        ImportList *list = record.event ? &self->events : &self->organisations;
        check_identity(self, list, &record, &problem);
        if (problem.code == STATUS_OK && !keep(self, list, place, &record))
            problem_set(&problem, STATUS_RESOURCE_EXHAUSTED, "the import is too large");
    }
    if (problem.code == STATUS_OK) return true;
    import_set_reject(self, place, json, &problem, status_exit_code(problem.code));
    return problem.code != STATUS_RESOURCE_EXHAUSTED;
}

static void reject_path(ImportSet *self, const char *path, const char *reason)
{
    Problem problem;
    Place place = {.file = path};
    problem_clear(&problem);
    problem_set(&problem, STATUS_INVALID_ARGUMENT, "%s", reason);
    import_set_reject(self, &place, NULL, &problem, CLI_INVALID);
}

static int is_wanted(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* How deep a path was found; 0: it was asked for by name. */
static void read_path(ImportSet *self, const char *path, int depth);

static void read_folder(ImportSet *self, const char *folder, int depth)
{
    struct dirent **entries;
    char path[PATH_TEXT_SIZE];
    int count = scandir(folder, &entries, is_wanted, alphasort);
    if (count < 0) {
        reject_path(self, folder, strerror(errno));
        return;
    }
    for (int i = 0; i < count; i++) {
        size_t length = strlen(folder);
        const char *slash = length && folder[length - 1] == '/' ? "" : "/";
        int written = snprintf(path, sizeof path, "%s%s%s", folder, slash, entries[i]->d_name);
        if (written > 0 && written < PATH_TEXT_SIZE)
            read_path(self, path, depth + 1);
        else
            reject_path(self, folder, "the path is too long");
        free(entries[i]);
    }
    free(entries);
}

static void read_path(ImportSet *self, const char *path, int depth)
{
    struct stat about = {0};
    bool is_stdin = strcmp(path, "-") == 0;
    char *kept = arena_strdup(self->arena, path); /* for what is told later */
    if (!kept) {
        reject_path(self, path, "no memory is left");
    } else if (!is_stdin && stat(path, &about) != 0) {
        reject_path(self, kept, strerror(errno));
    } else if (S_ISDIR(about.st_mode)) {
        if (depth < IMPORT_FOLDER_DEPTH_MAX) read_folder(self, kept, depth);
    } else if (depth == 0 || documents_know(path)) {
        documents_each(kept, self->zones, take_document, self);
    }
}

void import_set_read(ImportSet *self, const char *path)
{
    read_path(self, path, 0);
}
