/* plenaryd: arguments, exit code. */
#include "daemon/daemon.h"
#include "daemon/init.h"
#include "daemon/machine.h"
#include "daemon/page.h"
#include "daemon/registry/rebuild.h"
#include "daemon/registry/restore.h"
#include "proto/nearest.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXIT_USAGE = 2,
};

typedef enum Verb {
    VERB_SERVE,
    VERB_INIT,
    VERB_CHECK,
    VERB_REINDEX,
    VERB_RESTORE,
    VERB_VERSION,
    VERB_HELP,
} Verb;

static const OptionRow rows[] = {
    {"home", "DIR", 'd', "keep data, sockets and configuration in DIR (else: PLENARY_HOME)"},
    {"config", "FILE", 'f', "read this configuration; it must be there"},
    {"check", NULL, 'c', "check journal, digests and views, and exit; no daemon may be running"},
    {"reindex", NULL, 'r', "build the views anew from the journal, and exit"},
    {"restore", "DIR", 'R',
     "make the backup in DIR the registry, put aside what is there, and exit"},
    {"admin", "NAME", 'a', "of init: the first admin (else: " INIT_ADMIN_NAME ")"},
    {"key", "KEY", 'k', "of init: the admin's public key, or @FILE (else: a pair is made)"},
    {"version", NULL, 'V', "print the version"},
    {"help", NULL, 'h', "print this"},
};

enum {
    ROW_COUNT = sizeof rows / sizeof *rows,
};

typedef struct Arguments {
    Verb verb;
    const char *home;
    const char *config;
    const char *backup; /* to be restored */
    InitAsked init;
} Arguments;

static void print_help(void)
{
    printf("Serve a registry kept in ~/registry, and ask it something:\n"
           "\n"
           "  plenaryd --home ~/registry &\n"
           "  plenary --home ~/registry status\n"
           "\n"
           "Usage: plenaryd [OPTION...]\n"
           "       plenaryd init [--admin NAME] [--key KEY] [OPTION...]\n"
           "\n"
           "init makes the server's key pair and registers a first admin with a key, as far as "
           "they are not\nthere; no daemon may be running.\n"
           "\n");
    for (size_t i = 0; i < ROW_COUNT; i++)
        printf("  --%-8s %-5s %s\n", rows[i].name, rows[i].argument ? rows[i].argument : "",
               rows[i].help);
    printf(
        "\n"
        "Without a home: $STATE_DIRECTORY and $RUNTIME_DIRECTORY of a service, the XDG folders of "
        "a\nperson, else /var/lib/plenary and /run/plenary. No configuration is needed; where "
        "there is\none, plenaryd.zpl, it may say:\n"
        "\n");
    config_print_keys(stdout);
    printf("\n"
           "Exit: 0 done, 1 failed or a fault was found, 2 unknown option, 6 configuration not "
           "valid or\nfolder in use, 7 disk or sockets not available.\n");
}

static int complain(const char *what, const char *word)
{
    const char *names[ROW_COUNT];
    for (size_t i = 0; i < ROW_COUNT; i++)
        names[i] = rows[i].name;
    const char *near = nearest(word + strspn(word, "-"), names, ROW_COUNT);
    (void)fprintf(stderr, "plenaryd: %s: %s", what, word);
    if (near && !strstr(word, near)) (void)fprintf(stderr, "; do you mean --%s?", near);
    (void)fprintf(stderr, "\nTry: plenaryd --help\n");
    return EXIT_USAGE;
}

static void take_option(int letter, const char *value, Arguments *arguments)
{
    switch (letter) {
    case 'd': arguments->home = value; break;
    case 'f': arguments->config = value; break;
    case 'c': arguments->verb = VERB_CHECK; break;
    case 'r': arguments->verb = VERB_REINDEX; break;
    case 'R':
        arguments->verb = VERB_RESTORE;
        arguments->backup = value;
        break;
    case 'a': arguments->init.admin = value; break;
    case 'k': arguments->init.key = value; break;
    case 'V': arguments->verb = VERB_VERSION; break;
    default: arguments->verb = VERB_HELP; break;
    }
}

/* The one word that there may be. 0, or the exit code. */
static int take_word(int argc, char **argv, Arguments *arguments)
{
    bool asked = arguments->init.admin || arguments->init.key;
    if (optind < argc && strcmp(argv[optind], "init") == 0) {
        if (arguments->verb < VERB_VERSION && arguments->verb != VERB_SERVE)
            return complain("another option already says what to do", argv[optind]);
        if (arguments->verb == VERB_SERVE) arguments->verb = VERB_INIT;
        optind++;
    }
    if (optind < argc) return complain("there is no such argument", argv[optind]);
    if (asked && arguments->verb == VERB_SERVE)
        return complain("the option is one of \"plenaryd init\"",
                        arguments->init.admin ? "--admin" : "--key");
    return 0;
}

/* 0, or the exit code. */
static int parse(int argc, char **argv, Arguments *arguments)
{
    struct option options[ROW_COUNT + 1] = {0};
    for (size_t i = 0; i < ROW_COUNT; i++)
        options[i] = (struct option){
            rows[i].name, rows[i].argument ? required_argument : no_argument, NULL, rows[i].letter};
    opterr = 0;
    for (;;) {
        int at = optind;
        int letter = getopt_long(argc, argv, ":hV", options, NULL);
        if (letter < 0) break;
        if (letter == ':') return complain("a value is missing", argv[at]);
        if (letter == '?') return complain("there is no such option", argv[at]);
        take_option(letter, optarg, arguments);
    }
    return take_word(argc, argv, arguments);
}

static StatusCode load_config(const Arguments *arguments, Config *config, Problem *problem)
{
    Paths paths;
    if (!paths_find(arguments->home, &paths, problem)) return problem->code;
    config_defaults(config, &paths);
    const char *path = arguments->config ? arguments->config : paths.config;
    StatusCode code = config_load(config, path, problem);
    if (code != STATUS_NOT_FOUND) return code;
    if (arguments->config) return STATUS_FAILED_PRECONDITION; /* it must be there */
    problem_clear(problem);
    return STATUS_OK;
}

static void say(void *context, const char *line)
{
    (void)context;
    (void)puts(line);
}

static StatusCode run(const Arguments *arguments, const Config *config, Problem *problem)
{
    World world = machine_world();
    StoreConfig store = daemon_store_config(config, &world);
    switch (arguments->verb) {
    case VERB_INIT: return init_registry(&store, &world, &arguments->init, say, NULL, problem);
    case VERB_CHECK: return rebuild_check(&store, say, NULL, problem);
    case VERB_REINDEX: return rebuild_views(&store, say, NULL, problem);
    case VERB_RESTORE: return restore_registry(&store, arguments->backup, say, NULL, problem);
    default: return daemon_run(config, PLENARY_VERSION, problem);
    }
}

int main(int argc, char **argv)
{
    Arguments arguments = {.verb = VERB_SERVE};
    if (page_print(argc, argv, rows, ROW_COUNT))
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    int refused = parse(argc, argv, &arguments);
    if (refused) return refused;
    if (arguments.verb == VERB_HELP) {
        print_help();
        return EXIT_SUCCESS;
    }
    if (arguments.verb == VERB_VERSION) {
        printf("plenaryd %s\n", PLENARY_VERSION);
        return EXIT_SUCCESS;
    }
    if (sodium_init() < 0) {
        (void)fprintf(stderr, "plenaryd: libsodium cannot be initialised\n");
        return EXIT_FAILURE;
    }
    static Config config; /* too large for a stack's taste */
    Problem problem;
    problem_clear(&problem);
    StatusCode code = load_config(&arguments, &config, &problem);
    if (code == STATUS_OK) code = run(&arguments, &config, &problem);
    if (code == STATUS_OK) return EXIT_SUCCESS;
    (void)fprintf(stderr, "plenaryd: %s\n", problem.message);
    return status_exit_code(code);
}
