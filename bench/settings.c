#include "bench/settings.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "plenary-bench --records 100000 --in-flight 64\n"
    "\n"
    "Measures a plenaryd of its own on a private home, each figure beside its yardstick in the\n"
    "same run. Prints a table, or JSON.\n"
    "\n"
    "  --records N       events to register (10000)\n"
    "  --in-flight K     requests on the way at once (64)\n"
    "  --seed S          of the generated events (1)\n"
    "  -o table|json     how to print\n"
    "  --home DIR        make the private home in DIR, on a disk ($TMPDIR, else /var/tmp)\n"
    "  --plenaryd PATH   the daemon (beside this program, else in PATH)\n"
    "  --generate N      only write N events, as JSON lines for plenary import\n"
    "  -O FILE           where to (stdout)\n"
    "  --help\n";

enum {
    OPTION_RECORDS = 256,
    OPTION_IN_FLIGHT,
    OPTION_SEED,
    OPTION_HOME,
    OPTION_PLENARYD,
    OPTION_GENERATE,
    OPTION_HELP,
    EXIT_USAGE = 2,
};

static const struct option long_options[] = {
    {"records", required_argument, NULL, OPTION_RECORDS},
    {"in-flight", required_argument, NULL, OPTION_IN_FLIGHT},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"home", required_argument, NULL, OPTION_HOME},
    {"plenaryd", required_argument, NULL, OPTION_PLENARYD},
    {"generate", required_argument, NULL, OPTION_GENERATE},
    {"output", required_argument, NULL, 'o'},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* A whole number from `min` to `max`. */
static bool read_number(const char *name, const char *text, uint64_t min, uint64_t max,
                        uint64_t *number)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || *end || *text == '-' || value < min || value > max) {
        fprintf(stderr, "plenary-bench: %s: \"%s\" is not a number from %llu to %llu\n", name, text,
                (unsigned long long)min, (unsigned long long)max);
        return false;
    }
    *number = value;
    return true;
}

static bool read_size(const char *name, const char *text, size_t max, size_t *size)
{
    uint64_t number = 0;
    if (!read_number(name, text, 1, max, &number)) return false;
    *size = (size_t)number;
    return true;
}

static bool read_format(Settings *self, const char *text)
{
    self->json = strcmp(text, "json") == 0;
    if (self->json || strcmp(text, "table") == 0) return true;
    fprintf(stderr, "plenary-bench: -o: \"%s\" is not table or json\n", text);
    return false;
}

static bool read_option(Settings *self, int option)
{
    switch (option) {
    case OPTION_RECORDS:
        return read_size("--records", optarg, SETTINGS_RECORDS_MAX, &self->records);
    case OPTION_IN_FLIGHT:
        return read_size("--in-flight", optarg, SETTINGS_IN_FLIGHT_MAX, &self->in_flight);
    case OPTION_SEED: return read_number("--seed", optarg, 0, UINT64_MAX, &self->seed);
    case OPTION_HOME: self->home = optarg; return true;
    case OPTION_PLENARYD: self->plenaryd = optarg; return true;
    case OPTION_GENERATE:
        return read_size("--generate", optarg, SETTINGS_RECORDS_MAX, &self->generate);
    case 'o': return read_format(self, optarg);
    case 'O': self->output = optarg; return true;
    default: return false;
    }
}

bool settings_read(Settings *self, int argc, char **argv, int *exit_code)
{
    *self = (Settings){
        .records = SETTINGS_RECORDS_DEFAULT, .in_flight = SETTINGS_IN_FLIGHT_DEFAULT, .seed = 1};
    *exit_code = EXIT_USAGE;
    for (int option; (option = getopt_long(argc, argv, "o:O:", long_options, NULL)) != -1;) {
        if (option == OPTION_HELP) {
            fputs(help, stdout);
            *exit_code = 0;
            return false;
        }
        if (!read_option(self, option)) return false;
    }
    if (optind == argc) return true;
    fprintf(stderr, "plenary-bench: \"%s\" is not expected; see --help\n", argv[optind]);
    return false;
}
