/* The verb edit: an event as YAML in the person's own editor. */
#include "clients/cli/complain.h"
#include "clients/cli/documents.h"
#include "clients/cli/revise.h"
#include "clients/cli/verbs.h"
#include "proto/json.h"
#include "proto/validate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    EDIT_PATH_SIZE = 512,
    EDIT_COMMAND_SIZE = 2048,
};

/* What the registry gives is not the editor's to change. */
static const char *const given_fields[] = {"id",      "number",       "revision",    "icalSequence",
                                           "created", "updated",      "createdBy",   "updatedBy",
                                           "uid",     "recurrenceId", "statusBefore"};

typedef struct Edit {
    Session *session;
    const Event *before;
    char path[EDIT_PATH_SIZE];
    Event *event;    /* of the text, once it is valid */
    bool is_changed; /* the text is worth keeping */
    Problem problem;
} Edit;

/* --- the text --- */

static char *text_of_event(const Event *event)
{
    json_t *json = json_of_message(&event->base);
    for (size_t i = 0; i < sizeof given_fields / sizeof *given_fields; i++)
        (void)json_object_del(json, given_fields[i]);
    char *text = json ? yaml_print(json) : NULL;
    json_decref(json);
    return text;
}

static char *text_of_file(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "r");
    ssize_t length = file ? getdelim(&text, &size, '\0', file) : -1;
    if (file) (void)fclose(file);
    if (length >= 0) return text;
    free(text);
    return NULL;
}

/* The text without the comments that its first lines are. */
static const char *after_comments(const char *text)
{
    while (*text == '#') {
        text += strcspn(text, "\n");
        if (*text) text++;
    }
    return text;
}

static void print_reasons(FILE *file, const Problem *problem)
{
    if (problem->code == STATUS_OK) return;
    (void)fputs("#\n# It was not valid:\n", file);
    for (size_t i = 0; i < problem->violation_count; i++)
        (void)fprintf(file, "#   %s: %s\n", problem->violations[i].field,
                      problem->violations[i].message);
    if (problem->violation_count == 0) (void)fprintf(file, "#   %s\n", problem->message);
}

static int write_text(Edit *edit, const char *text)
{
    FILE *file = fopen(edit->path, "w");
    if (!file) return complain_code(CLI_FAILED, "%s: %s", edit->path, strerror(errno));
    (void)fprintf(file,
                  "# Event %u at revision %u. Save and leave to revise it; leave without a change\n"
                  "# to do nothing. These first lines are not kept.\n",
                  edit->before->number, edit->before->revision);
    print_reasons(file, &edit->problem);
    (void)fputs(after_comments(text), file);
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed)
        return complain_code(CLI_FAILED, "%s: could not be written", edit->path);
    return CLI_DONE;
}

/* --- the editor --- */

static const char *editor(void)
{
    static const char *const names[] = {"VISUAL", "EDITOR"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return value;
    }
    return "vi";
}

/* Like git, by the shell: $EDITOR may have arguments. */
static int run_editor(const Edit *edit)
{
    char command[EDIT_COMMAND_SIZE];
    int length = snprintf(command, sizeof command, "%s \"$0\"", editor());
    if (length < 0 || length >= EDIT_COMMAND_SIZE)
        return complain_code(CLI_FAILED, "$EDITOR is too long");
    (void)fflush(stdout);
    pid_t child = fork();
    if (child < 0) return complain_code(CLI_FAILED, "the editor: %s", strerror(errno));
    if (child == 0) {
        (void)execl("/bin/sh", "sh", "-c", command, edit->path, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return CLI_DONE;
    return complain_code(CLI_FAILED, "the editor \"%s\" failed; nothing was changed", editor());
}

/* --- back again --- */

/* Puts back what the text has not got. */
static void keep_given(json_t *json, const Event *before)
{
    json_t *given = json_of_message(&before->base);
    for (size_t i = 0; i < sizeof given_fields / sizeof *given_fields; i++) {
        json_t *value = json_object_get(given, given_fields[i]);
        if (value) (void)json_object_set(json, given_fields[i], value);
    }
    json_decref(given);
}

static void read_event(Edit *edit, const char *text)
{
    Zones *zones = NULL;
    json_t *documents = NULL;
    ProtobufCMessage *message = NULL;
    problem_clear(&edit->problem);
    edit->event = NULL;
    if (session_zones(edit->session, &zones) != CLI_DONE) return;
    StatusCode code = yaml_parse(text, strlen(text), &documents, &edit->problem);
    if (code == STATUS_OK && json_array_size(documents) != 1)
        code = problem_set(&edit->problem, STATUS_INVALID_ARGUMENT, "it is not one document");
    json_t *json = json_array_get(documents, 0);
    if (code == STATUS_OK && !json_is_object(json))
        code = problem_set(&edit->problem, STATUS_INVALID_ARGUMENT, "it is not an object");
    if (code == STATUS_OK) {
        keep_given(json, edit->before);
        code = json_to_message(json, &plenary__v1__event__descriptor, edit->session->arena,
                               &message, &edit->problem);
    }
    if (code == STATUS_OK) code = validate_event((Event *)message, zones, &edit->problem);
    if (code == STATUS_OK) edit->event = (Event *)message;
    json_decref(documents);
}

static bool goes_on(const Edit *edit)
{
    char answer[16];
    (void)complain_problem(&edit->problem, "the text");
    if (!edit->session->may_ask) return false;
    (void)fputs("Edit again? [Y/n] ", stderr);
    return fgets(answer, sizeof answer, stdin) && *answer != 'n' && *answer != 'N';
}

/* Until the text is valid, unchanged, or given up. *unchanged: there is nothing to send. */
static int edit_until_valid(Edit *edit, char *text, bool fresh, bool *unchanged)
{
    int code = write_text(edit, text);
    *unchanged = false;
    while (code == CLI_DONE) {
        code = run_editor(edit);
        if (code != CLI_DONE) break;
        char *edited = text_of_file(edit->path);
        if (!edited) {
            code = complain_code(CLI_FAILED, "%s: nothing is in it", edit->path);
            break;
        }
        *unchanged = fresh && strcmp(after_comments(edited), after_comments(text)) == 0;
        if (!*unchanged) read_event(edit, edited);
        edit->is_changed = !*unchanged;
        bool done = *unchanged || edit->event;
        if (!done) code = goes_on(edit) ? write_text(edit, edited) : CLI_INVALID;
        free(edited);
        if (done) break;
    }
    return code;
}

static int open_file(Edit *edit)
{
    const char *folder = getenv("TMPDIR");
    int length = snprintf(edit->path, sizeof edit->path, "%s/plenary-%u-XXXXXX.yaml",
                          folder && *folder ? folder : "/tmp", edit->before->number);
    if (length < 0 || length >= EDIT_PATH_SIZE)
        return complain_code(CLI_FAILED, "TMPDIR is too long");
    int descriptor = mkstemps(edit->path, (int)strlen(".yaml"));
    if (descriptor < 0) return complain_code(CLI_FAILED, "%s: %s", edit->path, strerror(errno));
    (void)close(descriptor);
    return CLI_DONE;
}

static int edit_event(Edit *edit, char *text, bool fresh)
{
    bool unchanged;
    int code = open_file(edit);
    if (code != CLI_DONE) return code;
    code = edit_until_valid(edit, text, fresh, &unchanged);
    if (code == CLI_DONE && unchanged)
        complain("nothing was changed");
    else if (code == CLI_DONE)
        code = revise_from(edit->session, edit->before, edit->event);
    if (code == CLI_DONE || !edit->is_changed)
        (void)unlink(edit->path);
    else
        complain("your text is in %s; go on with: plenary edit %u -f %s", edit->path,
                 edit->before->number, edit->path);
    return code;
}

int verb_edit(Session *session)
{
    Edit *edit = arena_alloc(session->arena, sizeof *edit);
    Reply *reply = NULL;
    if (!edit) return session_no_memory();
    int code = session_get_event(session, session->words[0], &reply);
    if (code != CLI_DONE) return code;
    *edit = (Edit){.session = session, .before = reply->event->event};
    problem_clear(&edit->problem);
    const char *from = session_option(session, "file");
    char *text = from ? text_of_file(from) : text_of_event(edit->before);
    if (!text)
        code = complain_code(CLI_FAILED, "%s: %s", from ? from : "memory", strerror(errno));
    else
        code = edit_event(edit, text, from == NULL);
    free(text);
    plenary_reply_free(reply);
    return code;
}
