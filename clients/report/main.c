/*
 * plenary-report - keeps a page and a CSV of the activity current.
 *
 * Both are written anew from the mirror whenever something changed, and put in place only where
 * their bytes differ.
 */
#include "clients/lib/filters.h"
#include "clients/lib/follower.h"
#include "clients/lib/replace_file.h"
#include "clients/report/page.h"
#include "clients/report/sheet.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

enum {
    REPORT_FILE_MODE = 0666, /* less the umask, as of any document */
};

static const Option options[] = {
    {"html", 0, "FILE", 0, FOLLOWER_OWN, "the page; \"report.html\" of the state folder"},
    {"csv", 0, "FILE", 0, FOLLOWER_OWN, "one line an event; \"report.csv\" of the state folder"},
    {"title", 0, "TEXT", 0, FOLLOWER_OWN, "what stands above the page; \"Activity report\""},
    {NULL, 0, NULL, 0, 0, NULL},
};

typedef struct Report {
    char *html; /* paths */
    char *csv;
    const char *title;  /* lent */
    GPtrArray *filters; /* texts that are owned */
} Report;

/* --- beginning and ending --- */

static void end(void *context)
{
    Report *self = context;
    g_free(self->html);
    g_free(self->csv);
    g_ptr_array_unref(self->filters);
    *self = (Report){0};
}

/* --not-part-of ID as "not part of ID". */
static char *filter_words(const Given *given)
{
    char *words = g_strdelimit(g_strconcat(option_prefix(given->manner), given->option->name, NULL),
                               "-", ' ');
    char *whole = g_strdup_printf("%s %s", words, given->value);
    g_free(words);
    return whole;
}

static GPtrArray *read_filters(const Arguments *arguments)
{
    GPtrArray *filters = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < arguments->given_count; i++) {
        const Given *given = &arguments->given[i];
        if (given->option->groups & FILTERS_GROUP) g_ptr_array_add(filters, filter_words(given));
    }
    return filters;
}

static char *path_of(const FollowerTools *tools, const char *option, const char *usual)
{
    const char *given = arguments_value(tools->arguments, option);
    return given ? g_strdup(given) : g_build_filename(tools->state_folder, usual, NULL);
}

/* So that a mistake is told at once, and not when something is to be written. */
static void check_path(const char *option, const char *path, Problem *problem)
{
    char *folder = g_path_get_dirname(path);
    if (!*path || g_str_has_suffix(path, "/"))
        (void)problem_violation(problem, option, "\"%s\" is no name of a file", path);
    else if (access(folder, W_OK | X_OK) != 0)
        (void)problem_violation(problem, option, "the folder %s cannot be written to: %s", folder,
                                strerror(errno));
    g_free(folder);
}

static StatusCode begin(void *context, const FollowerTools *tools, const FollowerNote *note,
                        Problem *problem)
{
    Report *self = context;
    const char *title = arguments_value(tools->arguments, "title");
    (void)note;
    *self = (Report){
        .html = path_of(tools, "html", "report.html"),
        .csv = path_of(tools, "csv", "report.csv"),
        .title = title ? title : "Activity report",
        .filters = read_filters(tools->arguments),
    };
    check_path("--html", self->html, problem);
    check_path("--csv", self->csv, problem);
    if (strcmp(self->html, self->csv) == 0)
        (void)problem_violation(problem, "--csv", "is the same file as --html");
    StatusCode code = problem->code;
    if (code != STATUS_OK) end(self);
    return code;
}

/* --- writing --- */

/* One walk through the mirror. */
typedef struct Walk {
    Directory directory;
    Activity *activity;
    Arena *arena; /* of a line of the sheet */
    ReplaceFile *page;
    ReplaceFile *sheet;
} Walk;

static const Organisation *find_organisation(void *context, const char *id)
{
    return mirror_organisation(context, id);
}

static bool add_event(void *context, const Event *event)
{
    const Walk *walk = context;
    activity_add(walk->activity, event);
    sheet_add(replace_stream(walk->sheet), event, &walk->directory, walk->arena);
    return true;
}

static StatusCode begin_walk(const Report *self, Walk *walk, Problem *problem)
{
    walk->activity = activity_new(&walk->directory);
    walk->arena = arena_new(SHEET_ARENA_BYTES);
    if (!walk->activity || !walk->arena)
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
    StatusCode code = replace_open(self->html, REPORT_FILE_MODE, &walk->page, problem);
    if (code == STATUS_OK) code = replace_open(self->csv, REPORT_FILE_MODE, &walk->sheet, problem);
    return code;
}

static StatusCode write_both(const Report *self, Walk *walk, Mirror *mirror, Problem *problem)
{
    const PageHead head = {
        .title = self->title,
        .filters = (const char *const *)self->filters->pdata,
        .filter_count = self->filters->len,
    };
    sheet_begin(replace_stream(walk->sheet));
    if (!mirror_events(mirror, add_event, walk))
        return problem_set(problem, STATUS_UNAVAILABLE,
                           "the events that were heard of cannot be "
                           "read");
    activity_end(walk->activity);
    if (!page_write(replace_stream(walk->page), &head, walk->activity))
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
    StatusCode code = replace_commit(&walk->page, NULL, problem);
    if (code == STATUS_OK) code = replace_commit(&walk->sheet, NULL, problem);
    return code;
}

static StatusCode settle(void *context, Mirror *mirror, Problem *problem)
{
    const Report *self = context;
    Walk walk = {.directory = {find_organisation, mirror}};
    StatusCode code = begin_walk(self, &walk, problem);
    if (code == STATUS_OK) code = write_both(self, &walk, mirror, problem);
    replace_cancel(&walk.page);
    replace_cancel(&walk.sheet);
    activity_destroy(&walk.activity);
    arena_destroy(&walk.arena);
    return code;
}

int main(int argc, char **argv)
{
    static const FollowerProgram program = {
        .name = "plenary-report",
        .state_name = "report",
        .summary = "a page and a CSV of what is going on, kept current",
        .example = "plenary-report --once --html report.html --csv report.csv\n"
                   "plenary-report --country UZ --from 2022-01-01 --title 'Uzbekistan since 2022'",
        .details =
            "The page has figures by month, kind, status, format, country and organisation, the "
            "outcomes with their due dates, what was moved, postponed or cancelled, and a table "
            "of events. It is one file that fetches nothing, for the screen, the phone and "
            "paper. The CSV has one line for each event, for spreadsheets. Both are replaced in "
            "one move, and only when something in them changed.",
        .options = options,
        .begin = begin,
        .settle = settle,
        .end = end,
    };
    Report report = {0};
    return follower_main(&program, &report, argc, argv);
}
