/*
 * plenary-calendar - keeps a calendar file current.
 */
#include "clients/calendar/calendar_file.h"
#include "clients/lib/follower.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    PATH_SIZE = 4096,
};

static const Option options[] = {
    {"output-file", 'O', "FILE", 0, FOLLOWER_OWN,
     "the calendar; without it calendar.ics, where it keeps what it remembers"},
    {NULL, 0, NULL, 0, 0, NULL},
};

typedef struct Calendar {
    char path[PATH_SIZE];
    Zones *zones;
} Calendar;

static void end(void *context)
{
    Calendar *self = context;
    zones_destroy(&self->zones);
}

/* Said at once, not every time the file is due. */
static StatusCode check_folder(const char *path, Problem *problem)
{
    char folder[PATH_SIZE];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    (void)snprintf(folder, sizeof folder, "%.*s", (int)length, path);
    if (length == 0) (void)snprintf(folder, sizeof folder, "%s", slash ? "/" : ".");
    if (access(folder, W_OK) == 0) return STATUS_OK;
    return problem_violation(problem, "--output-file", "the folder %s cannot be written to: %s",
                             folder, strerror(errno));
}

static StatusCode begin(void *context, const FollowerTools *tools, const FollowerNote *note,
                        Problem *problem)
{
    Calendar *self = context;
    (void)note;
    *self = (Calendar){0};
    const char *file = arguments_value(tools->arguments, "output-file");
    if (file && !*file) return problem_violation(problem, "--output-file", "is empty");
    int length = file ? snprintf(self->path, PATH_SIZE, "%s", file)
                      : snprintf(self->path, PATH_SIZE, "%s/calendar.ics", tools->state_folder);
    if (length < 0 || length >= PATH_SIZE)
        return problem_violation(problem, "--output-file", "is too long");
    if (check_folder(self->path, problem) != STATUS_OK) return problem->code;
    self->zones = zones_new();
    if (self->zones) return STATUS_OK;
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
}

static StatusCode settle(void *context, Mirror *mirror, Problem *problem)
{
    const Calendar *self = context;
    return calendar_file_write(self->path, mirror, self->zones, problem);
}

static const FollowerProgram program = {
    .name = "plenary-calendar",
    .state_name = "calendar",
    .summary = "keep a calendar file (iCalendar) current",
    .example = "plenary-calendar -O /srv/www/events.ics --tlp clear\n"
               "plenary-calendar --once --country UZ --from 2022-01-01 -O uzbekistan.ics",
    .details = "The file is replaced in one move, and only when what is in it changes. A cancelled "
               "event stays in it as cancelled; one that may not be seen any more goes.",
    .options = options,
    .begin = begin,
    .settle = settle,
    .end = end,
};

int main(int argc, char **argv)
{
    Calendar calendar;
    return follower_main(&program, &calendar, argc, argv);
}
