#include "clients/cli/help.h"

#include "clients/cli/complain.h"
#include "clients/lib/usage.h"

#include <stdio.h>
#include <string.h>

#ifndef PLENARY_VERSION
#error "PLENARY_VERSION comes from the build"
#endif

#define FIELDS (GROUP_TITLE | GROUP_FIELDS | GROUP_ORGANISATION | GROUP_OUTCOME | GROUP_PRINCIPAL)
#define ALWAYS (GROUP_LIMIT | GROUP_OUTPUT | GROUP_COMMON)

enum {
    HELP_VERB_WIDTH = 17,
    HELP_LINE_SIZE = 160,
    HELP_LIST_SIZE = 512,
};

const Topic help_topics[] = {
    {~(FIELDS | FILTERS_GROUPS | ALWAYS), "Options", NULL, NULL},
    {GROUP_TITLE | GROUP_FIELDS, "Fields", "FIELDS OF AN EVENT", NULL},
    {GROUP_ORGANISATION, "Fields", "FIELDS OF AN ORGANISATION", NULL},
    {GROUP_OUTCOME, "Fields", "FIELDS OF AN OUTCOME", NULL},
    {GROUP_PRINCIPAL, "Fields", "FIELDS OF A PRINCIPAL", NULL},
    {FILTERS_GROUPS, "Filters", "FILTERS",
     "The same one several times means any of the values, different ones mean all of them. "
     "--not-kind and so on leave out what matches; there is one for all but dates and text."},
    {ALWAYS, "Always", "OPTIONS OF MOST VERBS", NULL},
    {0, NULL, NULL, NULL},
};

const ExitRow help_exits[] = {
    {0, "done"},
    {1, "failed"},
    {2, "unknown verb, kind or option"},
    {3, "not found"},
    {4, "not allowed"},
    {5, "conflict: somebody else revised it, or it is there already"},
    {6, "a value or a transition that is not valid"},
    {7, "unreachable or timed out"},
    {0, NULL},
};

const Purpose help_order[PURPOSES] = {
    PURPOSE_FIND,     PURPOSE_CHANGE,   PURPOSE_PEOPLE, PURPOSE_DIRECTORY, PURPOSE_ACCESS,
    PURPOSE_EXCHANGE, PURPOSE_REGISTRY, PURPOSE_OTHER,  PURPOSE_HELP,
};

const char *help_purpose(Purpose purpose)
{
    static const char *const names[] = {
        [PURPOSE_OTHER] = "Other verbs",
        [PURPOSE_FIND] = "Finding and reading",
        [PURPOSE_CHANGE] = "Registering and changing",
        [PURPOSE_PEOPLE] = "Participants and outcomes",
        [PURPOSE_DIRECTORY] = "The directory of organisations",
        [PURPOSE_ACCESS] = "Who may do what",
        [PURPOSE_EXCHANGE] = "In and out",
        [PURPOSE_REGISTRY] = "The registry itself",
        [PURPOSE_HELP] = "Help",
    };
    return names[purpose];
}

void help_forms(const Verb *verb, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < OUTPUT_FORMS && used < size; i++)
        if (verb->forms & FORM_BIT(i))
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "",
                                     output_form_name((OutputForm)i));
}

/* --- one verb --- */

/* "--add-alias, --add-standing": the options of the groups that have lists. */
static bool list_addable(OptionGroups groups, char text[static HELP_LIST_SIZE])
{
    OptionTables all = verbs_options();
    size_t used = 0;
    for (size_t t = 0; t < all.count; t++)
        for (const Option *option = all.tables[t]; option->name; option++)
            if ((option->groups & groups) && (option->flags & OPTION_ADDABLE) &&
                used < HELP_LIST_SIZE)
                used += (size_t)snprintf(text + used, HELP_LIST_SIZE - used, "%s--add-%s",
                                         used ? ", " : "", option->name);
    return used > 0;
}

/* How fields of a record that is there are changed. */
static void print_manners(OptionGroups groups)
{
    char list[HELP_LIST_SIZE] = "";
    char text[HELP_LIST_SIZE * 2];
    bool any = list_addable(groups, list);
    (void)snprintf(text, sizeof text, "--no-FIELD, or an empty value, clears a field.%s%s%s",
                   any ? " Lists are added to and taken from by " : "", list,
                   any ? ", and --remove- in the same way." : "");
    (void)putchar('\n');
    usage_text(text);
}

static void print_topic(const Topic *topic, const Verb *verb)
{
    OptionTables all = verbs_options();
    bool headed = false;
    for (size_t t = 0; t < all.count; t++) {
        for (const Option *option = all.tables[t]; option->name; option++) {
            if (!(option->groups & topic->groups & verb->groups)) continue;
            if (!headed) (void)printf("\n%s\n", topic->heading);
            headed = true;
            usage_option(option);
        }
    }
    if (!headed) return;
    if (topic->note) {
        (void)putchar('\n');
        usage_text(topic->note);
    }
    if ((topic->groups & FIELDS) && (verb->groups & GROUP_CHANGE))
        print_manners(topic->groups & verb->groups);
}

static void print_verb(const Verb *verb)
{
    char forms[HELP_LINE_SIZE];
    usage_examples(verb->example);
    (void)printf("\nplenary %s %s%s: %s\n", verb->name, verb->arguments,
                 *verb->arguments ? " [OPTIONS]" : "[OPTIONS]", verb->summary ? verb->summary : "");
    if (verb->details) {
        (void)putchar('\n');
        usage_text(verb->details);
    }
    for (const Topic *topic = help_topics; topic->groups; topic++)
        print_topic(topic, verb);
    help_forms(verb, forms, sizeof forms);
    if (*forms) (void)printf("\nForms: %s\n", forms);
}

/* --- all of them --- */

static void print_line(const Verb *verb)
{
    (void)printf("  %-*s %s\n", HELP_VERB_WIDTH, verb->name, verb->summary);
}

static void print_purpose(Purpose purpose)
{
    bool headed = false;
    for (const Verb *verb = verbs; verb->name; verb++) {
        if (verb->purpose != purpose || verb_is_hidden(verb)) continue;
        if (!headed) (void)printf("\n%s\n", help_purpose(purpose));
        headed = true;
        print_line(verb);
    }
}

static void print_exits(void)
{
    char text[HELP_LIST_SIZE] = "Exit codes:";
    size_t used = strlen(text);
    for (const ExitRow *row = help_exits; row->meaning && used < sizeof text; row++)
        used += (size_t)snprintf(text + used, sizeof text - used, " %d %s%s", row->code,
                                 row->meaning, row[1].meaning ? ";" : ".");
    usage_text(text);
}

static void print_all(void)
{
    (void)puts(
        "  $ plenary list --country UZ --from 2022-01-01\n"
        "  $ plenary add meeting \"Working group\" --start 2022-03-03T10:00 --tz Asia/Almaty\n"
        "\n"
        "plenary VERB …: a registry of meetings, conferences, trainings and webinars");
    for (size_t i = 0; i < PURPOSES; i++)
        print_purpose(help_order[i]);
    (void)puts("\n\"plenary help VERB\" explains a verb. PLENARY_HOME or --home says where the "
               "registry is.");
    print_exits();
}

/* "plenary help org": the verbs that begin so. False: there are none. */
static bool print_family(const char *first)
{
    size_t length = strlen(first);
    bool found = false;
    for (const Verb *verb = verbs; verb->name; verb++) {
        if (strncmp(verb->name, first, length) != 0 || verb->name[length] != ' ') continue;
        print_line(verb);
        found = true;
    }
    if (found) (void)printf("\n\"plenary help %s VERB\" explains one.\n", first);
    return found;
}

int verb_help(Session *session)
{
    char message[OPTIONS_MESSAGE_SIZE];
    size_t used;
    if (session->word_count == 0) {
        print_all();
        return CLI_DONE;
    }
    if (session->word_count == 1 && print_family(session->words[0])) return CLI_DONE;
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
