#include "bench/settings.h"

#include "bench/question.h"
#include "proto/manual.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_RECORDS = 256,
    OPTION_IN_FLIGHT,
    OPTION_SEED,
    OPTION_HOME,
    OPTION_PLENARYD,
    OPTION_QUESTIONS,
    OPTION_ALONE,
    OPTION_ONLY,
    OPTION_KEEP,
    OPTION_VARIED,
    OPTION_GENERATE,
    OPTION_HELP,
    NAME_WIDTH = 24, /* of an option and its value, in the help */
    NAME_SIZE = 64,
    EXIT_USAGE = 2,
};

typedef struct OptionRow {
    int option;        /* a letter, or one of the above */
    const char *name;  /* "": it has a letter alone */
    const char *value; /* NULL: it takes none */
    const char *help;
} OptionRow;

static const OptionRow rows[] = {
    {OPTION_RECORDS, "records", "N", "events to register (10000)"},
    {OPTION_IN_FLIGHT, "in-flight", "K", "requests on the way at once (64)"},
    {OPTION_SEED, "seed", "S", "of the generated events (1)"},
    {'o', "output", "table|json", "how to print"},
    {OPTION_HOME, "home", "DIR",
     "make the private home in DIR, on a disk ($TMPDIR, else /var/tmp)"},
    {OPTION_PLENARYD, "plenaryd", "PATH", "the daemon (beside this program, else in PATH)"},
    {OPTION_QUESTIONS, "questions", NULL,
     "only ask for pages and counts: Plenary, SQLite, PostgreSQL"},
    {OPTION_ALONE, "alone", NULL, "with --questions: ask no database"},
    {OPTION_ONLY, "only", "NAME", "with --questions: this one alone (page_two_words ...)"},
    {OPTION_KEEP, "keep", "DIR", "with --questions: keep what is filled in DIR, and use it again"},
    {OPTION_VARIED, "varied", NULL, "also recurring events, years long ones, and a crowded month"},
    {OPTION_GENERATE, "generate", "N", "only write N events, as JSON lines for plenary import"},
    {'O', "", "FILE", "where to (stdout)"},
    {OPTION_HELP, "help", NULL, "show this help"},
};

enum {
    ROWS = sizeof rows / sizeof *rows,
};

static const char example[] = "plenary-bench --records 100000 --in-flight 64";
static const char what[] =
    "Measures a plenaryd of its own on a private home, each figure beside its "
    "yardstick in the\nsame run. Prints a table, or JSON.";

/* --- help and manual --- */

/* 0: it has none. */
static char letter_of(const OptionRow *row)
{
    return row->option < OPTION_RECORDS ? (char)row->option : '\0';
}

static void print_help(void)
{
    char name[NAME_SIZE];
    printf("%s\n\n%s\n\n", example, what);
    for (size_t i = 0; i < ROWS; i++) {
        const OptionRow *row = &rows[i];
        int used = letter_of(row) ? snprintf(name, sizeof name, "-%c", letter_of(row)) : 0;
        (void)snprintf(name + used, sizeof name - (size_t)used, "%s%s%s %s",
                       used && *row->name ? ", " : "", *row->name ? "--" : "", row->name,
                       row->value ? row->value : "");
        printf("  %-*s %s\n", NAME_WIDTH, name, row->help);
    }
}

static void print_manual(const char *date)
{
    static const ManualPage others[] = {{"plenary", "1"}, {"plenaryd", "8"}};
    ManualHead head = {"plenary-bench", "1", "measures a registry beside its yardsticks", date};
    manual_head(stdout, &head);
    manual_section(stdout, "SYNOPSIS");
    manual_usage(stdout, "plenary-bench", "[OPTIONS]");
    manual_section(stdout, "DESCRIPTION");
    manual_text(stdout, what);
    manual_example(stdout, example);
    manual_list(stdout);
    for (size_t i = 0; i < ROWS; i++) {
        manual_option(stdout, letter_of(&rows[i]), rows[i].name, rows[i].value);
        manual_text(stdout, rows[i].help);
    }
    manual_list_end(stdout);
    manual_section(stdout, "EXIT STATUS");
    manual_text(stdout, "0: done; 1: failed; 2: an option is not right.");
    manual_see_also(stdout, others, sizeof others / sizeof *others);
}

/* --- reading --- */

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

static bool read_question(Settings *self, const char *text)
{
    self->only = text;
    for (QuestionKind kind = 0; kind < QUESTION_KINDS; kind++)
        if (strcmp(question_info(kind)->name, text) == 0) return true;
    fprintf(stderr, "plenary-bench: --only: \"%s\" is none of", text);
    for (QuestionKind kind = 0; kind < QUESTION_KINDS; kind++)
        fprintf(stderr, "%s %s", kind ? "," : "", question_info(kind)->name);
    fputc('\n', stderr);
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
    case OPTION_QUESTIONS: self->questions = true; return true;
    case OPTION_ALONE: self->alone = true; return true;
    case OPTION_ONLY: return read_question(self, optarg);
    case OPTION_KEEP: self->keep = optarg; return true;
    case OPTION_VARIED: self->varied = true; return true;
    case OPTION_GENERATE:
        return read_size("--generate", optarg, SETTINGS_RECORDS_MAX, &self->generate);
    case 'o': return read_format(self, optarg);
    case 'O': self->output = optarg; return true;
    default: return false;
    }
}

/* The table as getopt_long wants it. */
static void fill(struct option options[static ROWS + 1], char letters[static 2 * ROWS + 1])
{
    size_t names = 0;
    size_t used = 0;
    for (size_t i = 0; i < ROWS; i++) {
        const OptionRow *row = &rows[i];
        int argument = row->value ? required_argument : no_argument;
        if (*row->name) options[names++] = (struct option){row->name, argument, NULL, row->option};
        if (!letter_of(row)) continue;
        letters[used++] = (char)row->option;
        if (row->value) letters[used++] = ':';
    }
    options[names] = (struct option){0};
    letters[used] = '\0';
}

bool settings_read(Settings *self, int argc, char **argv, int *exit_code)
{
    struct option options[ROWS + 1];
    char letters[2 * ROWS + 1];
    const char *date = manual_asked(argc, argv, "--manual");
    *self = (Settings){
        .records = SETTINGS_RECORDS_DEFAULT, .in_flight = SETTINGS_IN_FLIGHT_DEFAULT, .seed = 1};
    *exit_code = date ? 0 : EXIT_USAGE;
    if (date) {
        print_manual(date);
        return false;
    }
    fill(options, letters);
    for (int option; (option = getopt_long(argc, argv, letters, options, NULL)) != -1;) {
        if (option == OPTION_HELP) {
            print_help();
            *exit_code = 0;
            return false;
        }
        if (!read_option(self, option)) return false;
    }
    if (optind == argc && (self->keep || self->alone || self->only) && !self->questions) {
        fprintf(stderr, "plenary-bench: --keep, --alone and --only go with --questions\n");
        return false;
    }
    if (optind == argc) return true;
    fprintf(stderr, "plenary-bench: \"%s\" is not expected; see --help\n", argv[optind]);
    return false;
}
