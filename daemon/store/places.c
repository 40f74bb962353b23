#include "daemon/store/places.h"

#include "daemon/store/folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VIEWS_OLD "views.old"
#define RESTORED  "restored"

/* Where a path is too long, no folder could have been made there. */
static void path_of(const char *folder, const char *name, char path[static PLACE_PATH_SIZE])
{
    if (snprintf(path, PLACE_PATH_SIZE, "%s/%s", folder, name) >= PLACE_PATH_SIZE) path[0] = '\0';
}

static bool is_there(const char *folder, const char *name)
{
    char path[PLACE_PATH_SIZE];
    path_of(folder, name, path);
    return folder_exists(path);
}

static StatusCode move(const char *folder, const char *from, const char *to, Problem *problem)
{
    char old[PLACE_PATH_SIZE];
    char new[PLACE_PATH_SIZE];
    path_of(folder, from, old);
    path_of(folder, to, new);
    if (rename(old, new) == 0) return STATUS_OK;
    return problem_set(problem, STATUS_UNAVAILABLE, "cannot rename %s to %s: %s", old, new,
                       strerror(errno));
}

static StatusCode drop(const char *folder, const char *name, Problem *problem)
{
    char path[PLACE_PATH_SIZE];
    path_of(folder, name, path);
    return folder_remove(path, problem);
}

/* --- views --- */

static StatusCode tidy_views(const char *folder, Problem *problem)
{
    StatusCode code = STATUS_OK;
    if (!is_there(folder, PLACE_VIEWS) && is_there(folder, VIEWS_OLD))
        code = move(folder, VIEWS_OLD, PLACE_VIEWS, problem);
    if (code == STATUS_OK) code = drop(folder, VIEWS_OLD, problem);
    if (code == STATUS_OK) code = drop(folder, PLACE_VIEWS_NEW, problem);
    return code;
}

/* The old views step aside first: a crash between the two renames finds them again. */
StatusCode places_swap_views(const char *folder, Problem *problem)
{
    StatusCode code = drop(folder, VIEWS_OLD, problem);
    if (code == STATUS_OK) code = move(folder, PLACE_VIEWS, VIEWS_OLD, problem);
    if (code == STATUS_OK) code = move(folder, PLACE_VIEWS_NEW, PLACE_VIEWS, problem);
    if (code == STATUS_OK) code = folder_sync(folder, problem);
    if (code == STATUS_OK) code = drop(folder, VIEWS_OLD, problem);
    return code;
}

/* --- a restore --- */

/* A data folder within the folder: what it holds, then itself. */
static StatusCode drop_store(const char *folder, const char *name, Problem *problem)
{
    static const char *const parts[] = {PLACE_JOURNAL, PLACE_VIEWS, PLACE_VIEWS_NEW, VIEWS_OLD};
    char inner[PLACE_PATH_SIZE];
    StatusCode code = STATUS_OK;
    path_of(folder, name, inner);
    for (size_t i = 0; code == STATUS_OK && i < sizeof parts / sizeof *parts; i++)
        code = drop(inner, parts[i], problem);
    return code == STATUS_OK ? folder_remove(inner, problem) : code;
}

StatusCode places_remove_restoring(const char *folder, Problem *problem)
{
    return drop_store(folder, PLACE_RESTORING, problem);
}

static StatusCode free_name(const char *folder, char name[static PLACE_PATH_SIZE], Problem *problem)
{
    for (int i = 1; i <= PLACE_REPLACED_MAX; i++) {
        (void)snprintf(name, PLACE_PATH_SIZE, PLACE_JOURNAL ".replaced-%d", i);
        if (!is_there(folder, name)) return STATUS_OK;
    }
    return problem_set(problem, STATUS_FAILED_PRECONDITION,
                       "%s keeps %d journals that restores put aside: remove some", folder,
                       PLACE_REPLACED_MAX);
}

static StatusCode put_journal_aside(const char *folder, char kept[static PLACE_PATH_SIZE],
                                    Problem *problem)
{
    char name[PLACE_PATH_SIZE];
    if (!is_there(folder, PLACE_JOURNAL)) return STATUS_OK;
    StatusCode code = free_name(folder, name, problem);
    if (code == STATUS_OK) code = move(folder, PLACE_JOURNAL, name, problem);
    if (code == STATUS_OK) path_of(folder, name, kept);
    return code;
}

/* Each step may have been done already. Views are taken over last: those of another epoch fit no
 * journal. */
static StatusCode take_restored(const char *folder, char kept[static PLACE_PATH_SIZE],
                                Problem *problem)
{
    StatusCode code = STATUS_OK;
    if (is_there(folder, RESTORED "/" PLACE_JOURNAL)) {
        code = put_journal_aside(folder, kept, problem);
        if (code == STATUS_OK)
            code = move(folder, RESTORED "/" PLACE_JOURNAL, PLACE_JOURNAL, problem);
    }
    if (code == STATUS_OK && is_there(folder, RESTORED "/" PLACE_VIEWS)) {
        code = drop(folder, PLACE_VIEWS, problem);
        if (code == STATUS_OK) code = move(folder, RESTORED "/" PLACE_VIEWS, PLACE_VIEWS, problem);
    }
    if (code == STATUS_OK) code = folder_sync(folder, problem);
    return code == STATUS_OK ? drop_store(folder, RESTORED, problem) : code;
}

StatusCode places_swap_restored(const char *folder, char kept[static PLACE_PATH_SIZE],
                                Problem *problem)
{
    kept[0] = '\0';
    StatusCode code = move(folder, PLACE_RESTORING, RESTORED, problem);
    if (code == STATUS_OK) code = folder_sync(folder, problem);
    return code == STATUS_OK ? take_restored(folder, kept, problem) : code;
}

StatusCode places_tidy(const char *folder, Problem *problem)
{
    char kept[PLACE_PATH_SIZE] = "";
    StatusCode code = places_remove_restoring(folder, problem);
    if (code == STATUS_OK && is_there(folder, RESTORED))
        code = take_restored(folder, kept, problem);
    if (code == STATUS_OK) code = drop(folder, PLACE_JOURNAL_NEW, problem);
    if (code == STATUS_OK) code = tidy_views(folder, problem);
    if (code == STATUS_OK) code = folder_sync(folder, problem);
    return code;
}
