#include "clients/cli/complain.h"
#include "clients/cli/verbs.h"

#include <stdio.h>
#include <string.h>

#ifndef PLENARY_VERSION
#error "PLENARY_VERSION comes from the build"
#endif

enum {
    HELP_WIDTH = 92,      /* columns of running text */
    HELP_NAME_WIDTH = 30, /* of an option and its value */
    HELP_VERB_WIDTH = 12,
};

typedef struct Heading {
    unsigned groups;
    const char *text;
} Heading;

/* Options are shown under the first heading that has one of their groups. */
static const Heading headings[] = {
    {GROUP_FILE | GROUP_DRY_RUN | GROUP_REQUEST | GROUP_REVISION | GROUP_REASON | GROUP_YES |
         GROUP_AT | GROUP_IMPORT | GROUP_EXPORT | GROUP_WATCH | GROUP_REVERT,
     "Options"},
    {GROUP_TITLE | GROUP_FIELDS | GROUP_ORGANISATION, "Fields"},
    {FILTERS_GROUPS,
     "Filters: the same one several times means any of the values, different ones mean all"},
    {GROUP_LIMIT | GROUP_OUTPUT | GROUP_COMMON, "Always"},
};

/* Words of `text`, broken into lines. */
static void print_wrapped(const char *text)
{
    size_t column = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column && column + 1 + length > HELP_WIDTH) {
            (void)putchar('\n');
            column = 0;
        }
        (void)printf("%s%.*s", column ? " " : "", (int)length, text);
        column += length + (column ? 1 : 0);
        text += length;
        text += strspn(text, " ");
    }
    (void)putchar('\n');
}

static void print_option(const Option *option)
{
    char name[HELP_NAME_WIDTH * 2];
    int length = option->letter ? snprintf(name, sizeof name, "-%c, ", option->letter) : 0;
    (void)snprintf(name + length, sizeof name - (size_t)length, "--%s%s%s", option->name,
                   option->value ? " " : "", option->value ? option->value : "");
    (void)printf("  %-*s %s\n", HELP_NAME_WIDTH, name, option->help);
}

static void print_manners(unsigned flags)
{
    if (flags & OPTION_NEGATABLE)
        (void)puts("  --not-kind and so on leave out what matches, for all but dates and text.");
    if (flags & OPTION_CLEARABLE)
        (void)puts("  --no-room and so on, or an empty value, clear a field.");
    if (flags & OPTION_ADDABLE)
        (void)puts("  --add-topic, --remove-topic and so on change a list of org, participant, "
                   "topic, audience.");
}

static void print_heading(const Heading *heading, const Verb *verb)
{
    OptionTables all = verbs_options();
    bool headed = false;
    unsigned flags = 0;
    for (size_t t = 0; t < all.count; t++) {
        for (const Option *option = all.tables[t]; option->name; option++) {
            if (!(option->groups & heading->groups & verb->groups)) continue;
            if (!headed) (void)printf("\n%s\n", heading->text);
            headed = true;
            flags |= option->flags;
            print_option(option);
        }
    }
    if (!(verb->groups & GROUP_TITLE)) flags &= OPTION_NEGATABLE; /* nothing is there to change */
    print_manners(flags);
}

static void print_forms(const Verb *verb)
{
    if (!verb->forms) return;
    (void)printf("\nForms:");
    for (size_t i = 0; i < OUTPUT_FORMS; i++)
        if (verb->forms & FORM_BIT(i)) (void)printf(" %s", output_form_name((OutputForm)i));
    (void)putchar('\n');
}

static void print_verb(const Verb *verb)
{
    for (const char *line = verb->example; *line;) {
        size_t length = strcspn(line, "\n");
        (void)printf("  $ %.*s\n", (int)length, line);
        line += length;
        line += *line == '\n';
    }
    (void)printf("\nplenary %s %s%s: %s\n", verb->name, verb->arguments,
                 *verb->arguments ? " [OPTIONS]" : "[OPTIONS]", verb->summary);
    if (verb->details) {
        (void)putchar('\n');
        print_wrapped(verb->details);
    }
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        print_heading(&headings[i], verb);
    print_forms(verb);
}

static void print_all(void)
{
    (void)puts(
        "  $ plenary list --country UZ --from 2022-01-01\n"
        "  $ plenary add meeting \"Working group\" --start 2022-03-03T10:00 --tz Asia/Almaty\n"
        "\n"
        "plenary VERB …: a registry of meetings, conferences, trainings and webinars\n");
    for (const Verb *verb = verbs; verb->name; verb++)
        (void)printf("  %-*s %s\n", HELP_VERB_WIDTH, verb->name, verb->summary);
    (void)puts("\n\"plenary VERB --help\" explains a verb. PLENARY_HOME or --home says where the "
               "registry is.\n"
               "Exit codes: 0 done, 1 failed, 2 unknown verb, kind or option, 3 not found,\n"
               "4 not allowed, 5 conflict, 6 a value that is not valid, 7 unreachable or timed "
               "out.");
}

int verb_help(Session *session)
{
    char message[OPTIONS_MESSAGE_SIZE];
    size_t used;
    if (session->word_count == 0) {
        print_all();
        return CLI_DONE;
    }
    const Verb *verb = verbs_find(session->words, session->word_count, &used, message);
    if (!verb) return complain_code(CLI_USAGE, "%s", message);
    print_verb(verb);
    return CLI_DONE;
}

int verb_version(Session *session)
{
    (void)session;
    (void)puts("plenary " PLENARY_VERSION);
    return CLI_DONE;
}
