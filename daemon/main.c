/*
 * plenaryd - the registry's daemon: arguments in, exit code out.
 */
#include "daemon/config.h"
#include "daemon/daemon.h"
#include "daemon/log.h"
#include "daemon/registry/rebuild.h"
#include "proto/nearest.h"
#include "proto/paths.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    EXIT_USAGE = 2,
};

typedef enum Option {
    OPTION_HOME,
    OPTION_CONFIG,
    OPTION_CHECK,
    OPTION_REINDEX,
    OPTION_VERSION,
    OPTION_HELP,
    OPTION_COUNT,
} Option;

static const struct OptionRow {
    const char *name;
    const char *value; /* what it takes, or NULL */
    const char *help;
} options[OPTION_COUNT] = {
    [OPTION_HOME] = {"--home", "DIR", "keep data in DIR/data and sockets in DIR/run"},
    [OPTION_CONFIG] = {"--config", "FILE", "read settings (ZPL) from FILE"},
    [OPTION_CHECK] = {"--check", NULL, "check journal, digests and views; then exit"},
    [OPTION_REINDEX] = {"--reindex", NULL, "rebuild the views from the journal; then exit"},
    [OPTION_VERSION] = {"--version", NULL, "print the version; then exit"},
    [OPTION_HELP] = {"--help", NULL, "print this; then exit"},
};

typedef struct Arguments {
    bool given[OPTION_COUNT];
    const char *values[OPTION_COUNT];
} Arguments;

static void print_help(void)
{
    (void)puts("Example:  plenaryd --home ~/registry\n"
               "\n"
               "plenaryd keeps the registry and serves it on the sockets of its home. Without\n"
               "--home, PLENARY_HOME counts, then the XDG folders of a person, then\n"
               "/var/lib/plenary and /run/plenary. SIGTERM stops it cleanly.\n");
    for (int i = 0; i < OPTION_COUNT; i++)
        (void)printf("  %-10s %-5s %s\n", options[i].name, options[i].value ? options[i].value : "",
                     options[i].help);
    (void)puts("\nSettings (section/name, default, what it is):\n");
#define CONFIG_HELP(path, member, usual, least, most, help)                                        \
    (void)printf("  %-26s %-8d %s\n", path, usual, help);
    CONFIG_KEYS(CONFIG_HELP)
#undef CONFIG_HELP
    (void)puts("  log/level                  info     error, warning, info or debug");
}

static int usage(const char *argument)
{
    const char *names[OPTION_COUNT];
    for (int i = 0; i < OPTION_COUNT; i++)
        names[i] = options[i].name;
    const char *near = nearest(argument, names, OPTION_COUNT);
    (void)fprintf(stderr, "plenaryd: there is no option %s", argument);
    if (near) (void)fprintf(stderr, "; did you mean %s?", near);
    (void)fputs("\nplenaryd --help tells what there is\n", stderr);
    return EXIT_USAGE;
}

/* 0, or the exit code. Takes "--home DIR" and "--home=DIR". */
static int parse(int argc, char **argv, Arguments *arguments)
{
    for (int i = 1; i < argc; i++) {
        size_t length = strcspn(argv[i], "=");
        int option = 0;
        while (option < OPTION_COUNT && (strlen(options[option].name) != length ||
                                         strncmp(options[option].name, argv[i], length) != 0))
            option++;
        if (option == OPTION_COUNT) return usage(argv[i]);
        arguments->given[option] = true;
        if (!options[option].value) continue;
        arguments->values[option] = argv[i][length] ? argv[i] + length + 1 : argv[++i];
        if (i < argc && arguments->values[option] && *arguments->values[option]) continue;
        (void)fprintf(stderr, "plenaryd: %s needs %s\n", options[option].name,
                      options[option].value);
        return EXIT_USAGE;
    }
    return 0;
}

static void say(void *context, const char *line)
{
    (void)context;
    (void)puts(line);
}

/* A file that is named must be there; the home's own, where it is. */
static StatusCode read_config(const Arguments *arguments, DaemonSettings *settings,
                              Problem *problem)
{
    char file[PATHS_SIZE + 32];
    settings->config = config_defaults();
    if (arguments->values[OPTION_CONFIG])
        return config_read(arguments->values[OPTION_CONFIG], &settings->config, problem);
    (void)snprintf(file, sizeof file, "%s/../plenaryd.zpl", settings->paths.data);
    return access(file, F_OK) == 0 ? config_read(file, &settings->config, problem) : STATUS_OK;
}

static StatusCode run(const Arguments *arguments, Problem *problem)
{
    DaemonSettings settings = {0};
    if (sodium_init() < 0) return problem_set(problem, STATUS_INTERNAL, "there is no randomness");
    if (!paths_find(arguments->values[OPTION_HOME], &settings.paths, problem)) return problem->code;
    StatusCode code = read_config(arguments, &settings, problem);
    if (code != STATUS_OK) return code;
    const StoreConfig store = daemon_store_config(&settings);
    if (arguments->given[OPTION_CHECK]) return rebuild_check(&store, say, NULL, problem);
    if (arguments->given[OPTION_REINDEX]) return rebuild_views(&store, say, NULL, problem);
    const Log log = {stderr, settings.config.log_level};
    settings.log = &log;
    return daemon_run(&settings, problem);
}

int main(int argc, char **argv)
{
    Arguments arguments = {0};
    Problem problem;
    problem_clear(&problem);
    int exit_code = parse(argc, argv, &arguments);
    if (exit_code != 0) return exit_code;
    if (arguments.given[OPTION_HELP]) {
        print_help();
        return 0;
    }
    if (arguments.given[OPTION_VERSION]) {
        (void)puts("plenaryd " PLENARY_VERSION);
        return 0;
    }
    StatusCode code = run(&arguments, &problem);
    if (code != STATUS_OK)
        (void)fprintf(stderr, "plenaryd: %s: %s\n", status_name(code), problem.message);
    return status_exit_code(code);
}
