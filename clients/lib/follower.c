#include "clients/lib/follower.h"

#include "clients/lib/filters.h"
#include "clients/lib/folders.h"
#include "clients/lib/follower_life.h"
#include "clients/lib/follower_manual.h"
#include "clients/lib/today.h"
#include "clients/lib/usage.h"
#include "proto/manual.h"
#include "proto/paths.h"
#include "proto/validate.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#ifndef PLENARY_VERSION
#error "PLENARY_VERSION comes from the build"
#endif

enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    CALL_TIMEOUT_MS = 3000, /* the end of a question is waited for before a signal is heeded */
    CALL_ATTEMPTS = 2,
    QUERY_BYTES_MAX = 1024 * 1024,
    NAME_FILE_SIZE = 64,
    FILE_MODE = 0600,
    PATH_SIZE = PATHS_SIZE + NAME_FILE_SIZE,
};

static const Option follower_options[] = {
    {"home", 0, "DIR", 0, FOLLOWER_GROUP, "the registry's folder, in the place of PLENARY_HOME"},
    {"context", 0, "CONTEXT", 0, FOLLOWER_GROUP,
     "the registry of \"plenary context\", in the place of PLENARY_CONTEXT"},
    {"state", 0, "DIR", 0, FOLLOWER_GROUP, "what it remembers is kept there"},
    {"once", 0, NULL, 0, FOLLOWER_GROUP, "end when all that is there has been heard"},
    {"help", 'h', NULL, 0, FOLLOWER_GROUP, "show this help"},
    {"version", 0, NULL, 0, FOLLOWER_GROUP, "show the version"},
    {NULL, 0, NULL, 0, 0, NULL},
};

/* One run of the process. */
typedef struct Run {
    FollowerPlan plan;
    Arguments *arguments;
    Arena *arena; /* of the query */
    Problem problem;
    char state[PATHS_SIZE];
} Run;

/* --- complaining --- */

/* Every violation in a line of its own, or else the message. Gives the exit code. */
static int complain(const Run *run)
{
    const Problem *problem = &run->problem;
    for (size_t i = 0; i < problem->violation_count; i++)
        life_say(&run->plan, "%s: %s", problem->violations[i].field,
                 problem->violations[i].message);
    if (problem->violation_count == 0) life_say(&run->plan, "%s", problem->message);
    return status_exit_code(problem->code);
}

static int complain_no_memory(const Run *run)
{
    life_say(&run->plan, "no memory is left");
    return EXIT_FAILED;
}

/* --- help --- */

static void print_help(const FollowerProgram *program)
{
    usage_examples(program->example);
    (void)printf("\n%s [OPTIONS]: %s\n", program->name, program->summary);
    if (program->details) {
        (void)putchar('\n');
        usage_text(program->details);
    }
    (void)usage_options("Options", program->options, FOLLOWER_OWN);
    (void)usage_options(
        "Filters: the same one several times means any of the values, different ones mean all",
        filters_options, FILTERS_GROUP);
    (void)puts("  --not-kind and so on leave out what matches, for all but dates and text.");
    (void)usage_options("Always", follower_options, FOLLOWER_GROUP);
    (void)printf("\nWithout --state it remembers in \"%s\" of the home's state folder. Dates like "
                 "today are those of the\nstart. SIGTERM and SIGINT end it cleanly; what it did "
                 "not finish is done at the next start.\nExit codes: 0 done, 1 failed, 2 unknown "
                 "option, 4 not allowed, 6 a value that is not valid, or the\nstate folder is in "
                 "use, 7 unreachable or timed out.\n",
                 program->state_name);
}

/* --- the command line --- */

/* A kind is like a verb: one that is none is told before all else. */
static bool knows_kinds(const Run *run)
{
    char message[PROBLEM_MESSAGE_SIZE];
    for (size_t i = 0; i < run->arguments->given_count; i++) {
        const Given *given = &run->arguments->given[i];
        if (!(given->option->groups & FILTERS_GROUP) || strcmp(given->option->name, "kind") != 0)
            continue;
        if (filters_know_kind(given->value, message)) continue;
        life_say(&run->plan, "--%s%s: %s", option_prefix(given->manner), given->option->name,
                 message);
        return false;
    }
    return true;
}

/* True: the run is over, with *exit_code. */
static bool read_arguments(Run *run, int argc, char **argv, int *exit_code)
{
    const FollowerProgram *program = run->plan.program;
    const Option *const tables[] = {filters_options, follower_options, program->options};
    const OptionTables all = {tables, sizeof tables / sizeof *tables};
    const char *date = manual_asked(argc, argv, "--manual");
    char message[OPTIONS_MESSAGE_SIZE];
    *exit_code = date ? EXIT_DONE : EXIT_USAGE;
    if (date) {
        follower_manual(stdout, program, follower_options, date);
        return true;
    }
    run->arguments = arguments_read(&all, FILTERS_GROUP | FOLLOWER_GROUP | FOLLOWER_OWN,
                                    program->name, argc, argv, message);
    if (!run->arguments) {
        life_say(&run->plan, "%s", message);
        return true;
    }
    if (arguments_have(run->arguments, "help") || arguments_have(run->arguments, "version")) {
        *exit_code = EXIT_DONE;
        if (arguments_have(run->arguments, "help"))
            print_help(program);
        else
            (void)printf("%s " PLENARY_VERSION "\n", program->name);
        return true;
    }
    if (run->arguments->word_count == 0) return !knows_kinds(run);
    life_say(&run->plan, "unexpected \"%s\"; it takes options only", run->arguments->words[0]);
    return true;
}

static StatusCode read_query(Run *run)
{
    Moment today = today_here();
    Query *query = NULL;
    StatusCode code = filters_read(run->arguments, &today, run->arena, &query, &run->problem);
    if (code == STATUS_OK) code = validate_query(query, &run->problem);
    if (code != STATUS_OK) return code;
    bool filtered = query->n_terms || query->text || query->from || query->to;
    run->plan.query = filtered ? query : NULL;
    return STATUS_OK;
}

static StatusCode read_plan(Run *run)
{
    FollowerPlan *plan = &run->plan;
    const char *replay = plan->program->replay_option;
    plan->arguments = run->arguments;
    plan->once = arguments_have(run->arguments, "once");
    plan->replays = replay && arguments_have(run->arguments, replay);
    plan->connection = (PlenaryOptions){
        .home = arguments_value(run->arguments, "home"),
        .context = arguments_value(run->arguments, "context"),
        .timeout_ms = CALL_TIMEOUT_MS,
        .attempts = CALL_ATTEMPTS,
    };
    return read_query(run);
}

/* --- the state folder --- */

static StatusCode find_state_folder(Run *run)
{
    const char *given = arguments_value(run->arguments, "state");
    Paths paths;
    int length;
    if (given) {
        length = snprintf(run->state, sizeof run->state, "%s", given);
    } else {
        if (!paths_find(run->plan.connection.home, &paths, &run->problem)) return run->problem.code;
        length = snprintf(run->state, sizeof run->state, "%s/%s", paths.state,
                          run->plan.program->state_name);
    }
    if (length <= 0 || length >= PATHS_SIZE)
        return problem_violation(&run->problem, "--state", "the path is empty or too long");
    run->plan.state_folder = run->state;
    return folders_make(run->state, &run->problem);
}

static StatusCode write_name(Run *run, const char *path)
{
    const char *name = run->plan.program->name;
    size_t length = strlen(name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
    bool written = file >= 0 && write(file, name, length) == (ssize_t)length && fsync(file) == 0;
    int error = errno;
    if (file >= 0) (void)close(file);
    if (!written)
        return problem_set(&run->problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(error));
    return folders_sync(run->state, &run->problem);
}

/* What one program remembers is nothing to another, which might take its note for one of its own.
 */
static StatusCode claim_state_folder(Run *run)
{
    char path[PATH_SIZE];
    char name[NAME_FILE_SIZE] = "";
    (void)snprintf(path, sizeof path, "%s/program", run->state);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, name, sizeof name - 1);
    if (file >= 0) (void)close(file);
    if (length <= 0) return write_name(run, path);
    (void)snprintf(path, sizeof path, "%s/mirror.mdb", run->state);
    run->plan.mirror_is_gone = access(path, F_OK) != 0;
    if (strcmp(name, run->plan.program->name) == 0) return STATUS_OK;
    return problem_violation(&run->problem, "--state", "%s is the folder of %s", run->state, name);
}

/* --- running --- */

/* Signals come by a descriptor; the library's threads, which start later, have them blocked. */
static bool catch_signals(FollowerPlan *plan)
{
    static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t set;
    (void)sigemptyset(&set);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        (void)sigaddset(&set, caught[i]);
    (void)signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == 0) plan->signals = signalfd(-1, &set, SFD_CLOEXEC);
    return plan->signals >= 0;
}

/* Life after life, until one comes to its end or fails for good. */
static int live(Run *run)
{
    const FollowerPlan *plan = &run->plan;
    for (;;) {
        problem_clear(&run->problem);
        StatusCode code = life_run(plan, &run->problem);
        if (code == STATUS_OK) return EXIT_DONE;
        if (plan->once || !life_may_go_on(code) || life_pause(plan, 0)) return complain(run);
        life_say(plan, "%s; trying again", run->problem.message);
        if (life_pause(plan, FOLLOWER_RETRY_MS)) return EXIT_DONE;
    }
}

static int run_all(Run *run)
{
    StatusCode code = read_plan(run);
    if (code == STATUS_OK) code = find_state_folder(run);
    if (code == STATUS_OK) code = claim_state_folder(run);
    if (code != STATUS_OK) return complain(run);
    if (catch_signals(&run->plan)) return live(run);
    life_say(&run->plan, "signals: %s", strerror(errno));
    return EXIT_FAILED;
}

int follower_main(const FollowerProgram *program, void *context, int argc, char **argv)
{
    Run run = {.plan = {.program = program, .context = context, .signals = -1}};
    int exit_code;
    problem_clear(&run.problem);
    if (!read_arguments(&run, argc, argv, &exit_code)) {
        run.arena = arena_new(QUERY_BYTES_MAX);
        exit_code = run.arena ? run_all(&run) : complain_no_memory(&run);
    }
    if (run.plan.signals >= 0) (void)close(run.plan.signals);
    arguments_destroy(&run.arguments);
    arena_destroy(&run.arena);
    bool written = fflush(stdout) == 0 && !ferror(stdout);
    return exit_code == EXIT_DONE && !written ? EXIT_FAILED : exit_code;
}
