/*
 * plenary-notify - tells people and programs of every change.
 */
#include "clients/lib/execute.h"
#include "clients/lib/follower.h"
#include "clients/notify/lines.h"
#include "clients/notify/notice.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const Option options[] = {
    {"jsonl", 0, "FILE", 0, FOLLOWER_OWN, "append a line of JSON for each change, exactly once"},
    {"exec", 0, "COMMAND", 0, FOLLOWER_OWN,
     "run a shell command for each change, with that line on its standard input"},
    {"from-start", 0, NULL, 0, FOLLOWER_OWN,
     "begin with the first change there ever was, not with the next one"},
    {NULL, 0, NULL, 0, 0, NULL},
};

typedef struct Notify {
    Mirror *mirror;      /* lent */
    Lines *lines;        /* --jsonl, or NULL */
    const char *command; /* --exec, or NULL */
} Notify;

static bool prints(const Notify *self)
{
    return !self->lines && !self->command;
}

static bool sees(void *context, uint32_t number)
{
    return mirror_has_event(context, number);
}

static StatusCode begin(void *context, const FollowerTools *tools, const FollowerNote *note,
                        Problem *problem)
{
    Notify *self = context;
    const char *path = arguments_value(tools->arguments, "jsonl");
    *self = (Notify){
        .mirror = tools->mirror,
        .command = arguments_value(tools->arguments, "exec"),
    };
    if (path && !*path) return problem_violation(problem, "--jsonl", "is empty");
    if (self->command && !*self->command) return problem_violation(problem, "--exec", "is empty");
    if (!path) return STATUS_OK;
    StatusCode code = lines_open(path, note->bytes, note->size, &self->lines, problem);
    if (code == STATUS_OK) lines_ask(self->lines, sees, self->mirror);
    return code;
}

/* --- telling --- */

static StatusCode no_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
}

/* A reader that is gone does not come back. */
static StatusCode explain_stdout(Problem *problem)
{
    return problem_set(problem, errno == EPIPE ? STATUS_FAILED_PRECONDITION : STATUS_UNAVAILABLE,
                       "standard output: %s", strerror(errno));
}

static StatusCode print_words(const Notify *self, const FollowerNews *news, Problem *problem)
{
    char *words = notice_words(news, self->mirror);
    if (!words) return no_memory(problem);
    bool printed = fputs(words, stdout) >= 0;
    free(words);
    return printed ? STATUS_OK : explain_stdout(problem);
}

static StatusCode run_command(const Notify *self, const FollowerNews *news, const char *line,
                              Problem *problem)
{
    char reason[EXECUTE_REASON_SIZE];
    if (execute(self->command, line, strlen(line), reason)) return STATUS_OK;
    return problem_set(problem, STATUS_UNAVAILABLE, "--exec: change %" PRIu64 ": the command %s",
                       news->sequence, reason);
}

static StatusCode tell_programs(const Notify *self, const FollowerNews *news, Problem *problem)
{
    StatusCode code = STATUS_OK;
    char *line = notice_json(news, self->mirror);
    if (!line) return no_memory(problem);
    if (self->lines) code = lines_add(self->lines, line, problem);
    if (self->command && code == STATUS_OK) code = run_command(self, news, line, problem);
    free(line);
    return code;
}

/* Nobody is told whose name was taken out of what; only a file that others read follows. */
static StatusCode hear_erased(const Notify *self, const FollowerNews *news, Problem *problem)
{
    bool is_bare = !news->change->event && news->change->n_erasures == 0;
    if (!self->lines) return STATUS_OK;
    lines_erase(self->lines, is_bare);
    if (is_bare) return STATUS_OK;
    char *line = notice_json(news, self->mirror);
    if (!line) return no_memory(problem);
    StatusCode code = lines_add(self->lines, line, problem);
    free(line);
    return code;
}

static StatusCode hear(void *context, const FollowerNews *news, Problem *problem)
{
    const Notify *self = context;
    if (news->is_erased) return hear_erased(self, news, problem);
    if (!notice_is_due(news)) return STATUS_OK;
    return prints(self) ? print_words(self, news, problem) : tell_programs(self, news, problem);
}

/* --- keeping --- */

/* A command's work is done once, or once too often: each is kept at once. */
static size_t batch(void *context)
{
    const Notify *self = context;
    return self->command ? 1 : FOLLOWER_BATCH_CHANGES;
}

static StatusCode keep(void *context, FollowerNote *note, Problem *problem)
{
    const Notify *self = context;
    static_assert((int)LINES_NOTE_BYTES <= (int)MIRROR_NOTE_BYTES_MAX, "the note has room");
    if (fflush(stdout) != 0) return explain_stdout(problem);
    if (!self->lines) return STATUS_OK;
    StatusCode code = lines_keep(self->lines, note->bytes, problem);
    if (code == STATUS_OK) note->size = LINES_NOTE_BYTES;
    return code;
}

static StatusCode settle(void *context, Mirror *mirror, Problem *problem)
{
    const Notify *self = context;
    (void)mirror;
    return self->lines && lines_is_due(self->lines) ? lines_redact(self->lines, problem)
                                                    : STATUS_OK;
}

static void end(void *context)
{
    Notify *self = context;
    lines_close(&self->lines);
}

int main(int argc, char **argv)
{
    static const FollowerProgram program = {
        .name = "plenary-notify",
        .state_name = "notify",
        .summary = "a line for each change: what changed, from what to what, by whom",
        .example = "plenary-notify --country UZ\n"
                   "plenary-notify --org unodc --jsonl changes.jsonl\n"
                   "plenary-notify --kind conference --exec 'mail -s Plenary team@example.org'",
        .details =
            "The first start tells nothing of what is there already; from then on every change "
            "that the filters let through is told, also those that were made while it did not "
            "run. Without --jsonl and --exec, lines for people go to standard output. A line in "
            "the file of --jsonl is written exactly once, whatever is killed when. A line on "
            "standard output, or a command, may come once more after a crash; a command that "
            "does not end with 0 is run again until it does. A person who is erased from the "
            "registry goes from the lines of the file too; what went elsewhere cannot follow.",
        .options = options,
        .replay_option = "from-start",
        .begin = begin,
        .hear = hear,
        .batch = batch,
        .keep = keep,
        .settle = settle,
        .end = end,
    };
    Notify notify = {0};
    return follower_main(&program, &notify, argc, argv);
}
