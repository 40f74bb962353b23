/* The verbs backup and restore. */
#include "clients/cli/complain.h"
#include "clients/cli/errand.h"
#include "clients/cli/verbs.h"
#include "clients/lib/wording.h"
#include "proto/json.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The daemon's folder is not ours: the path is made absolute here, without slashes at its end. */
static int absolute(Session *session, const char *path, char **folder)
{
    char here[PATH_MAX];
    if (path[0] != '/' && !getcwd(here, sizeof here))
        return complain_code(CLI_FAILED, "the present folder is not known: %s", strerror(errno));
    *folder = path[0] == '/' ? arena_strdup(session->arena, path)
                             : arena_printf(session->arena, "%s/%s", here, path);
    if (!*folder) return session_no_memory();
    for (size_t length = strlen(*folder); length > 1 && (*folder)[length - 1] == '/';)
        (*folder)[--length] = '\0';
    return CLI_DONE;
}

/* --- backup --- */

static uint64_t copied(const Plenary__V1__StatusReply *status)
{
    return status->backup_sequence;
}

static int send_backup(Session *session, char *folder, Progress *progress, Reply **reply)
{
    Plenary__V1__BackupRegistry backup = PLENARY__V1__BACKUP_REGISTRY__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    backup.folder = folder;
    request.verb_case = PLENARY__V1__REQUEST__VERB_BACKUP_REGISTRY;
    request.backup_registry = &backup;
    return errand_run(session, &request, progress, copied, reply);
}

static int tell_backup(Session *session, const Plenary__V1__BackupReply *backup, const char *folder)
{
    if (session->form == OUTPUT_TABLE) {
        char size[WORDING_SIZE];
        wording_bytes(backup->bytes, size);
        (void)printf("%" PRIu64 " changes, %s, are in %s\n", backup->sequence, size, folder);
        return CLI_DONE;
    }
    json_t *json = json_of_message(&backup->base);
    if (!json) return session_no_memory();
    (void)json_object_set_new(json, "folder", json_string(folder));
    (void)output_json(stdout, json, session->form);
    json_decref(json);
    return CLI_DONE;
}

/* How many changes there are to be copied. */
static int count_changes(Session *session, uint64_t *count)
{
    Reply *reply = NULL;
    int code = session_get_status(session, &reply);
    if (code == CLI_DONE) *count = reply->daemon->sequence;
    plenary_reply_free(reply);
    return code;
}

int verb_backup(Session *session)
{
    char *folder = NULL;
    Reply *reply = NULL;
    uint64_t count = 0;
    errand_prepare(session);
    int code = absolute(session, session->words[0], &folder);
    if (code == CLI_DONE) code = count_changes(session, &count);
    if (code != CLI_DONE) return code;
    Progress progress = progress_start("changes", count);
    code = send_backup(session, folder, &progress, &reply);
    if (code != CLI_DONE || !reply) return code;
    code = tell_backup(session, reply->backup, folder);
    plenary_reply_free(reply);
    return code;
}

/* --- restore --- */

int verb_restore(Session *session)
{
    static char program[] = "plenaryd";
    static char home_option[] = "--home";
    static char restore_option[] = "--restore";
    char *folder = NULL;
    char *home = (char *)(uintptr_t)session_option(session, "home");
    int code = absolute(session, session->words[0], &folder);
    if (code != CLI_DONE) return code;
    char *with_home[] = {program, home_option, home, restore_option, folder, NULL};
    char *without[] = {program, restore_option, folder, NULL};
    (void)execvp(program, home ? with_home : without);
    return complain_code(CLI_FAILED,
                         "plenaryd could not be run: %s; a backup is restored on the "
                         "daemon's machine",
                         strerror(errno));
}
