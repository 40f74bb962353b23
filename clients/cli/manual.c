/* plenary(1), from the tables of the help. */
#include "proto/manual.h"

#include "clients/cli/help.h"

#include <stdio.h>
#include <string.h>

enum {
    LINE_SIZE = 256,
};

typedef struct Row {
    const char *term;
    const char *text;
} Row;

static const Row variables[] = {
    {"PLENARY_HOME", "The registry's folder, where --home does not say it: sockets are in its "
                     "folder run. Without it, those of the person's session, else of the system."},
    {"VISUAL", "The editor of plenary edit; after it EDITOR counts, then vi."},
    {"NO_COLOR", "Anything but nothing: no colours, on a terminal either."},
    {"TMPDIR", "Where the text is that is being edited."},
};

static const ManualPage others[] = {
    {"plenary-bench", "1"},  {"plenary-calendar", "1"}, {"plenary-notify", "1"},
    {"plenary-report", "1"}, {"plenaryd", "8"},
};

/* --- options --- */

static void print_options(FILE *file, OptionGroups groups)
{
    OptionTables all = verbs_options();
    bool listed = false;
    for (size_t t = 0; t < all.count; t++) {
        for (const Option *option = all.tables[t]; option->name; option++) {
            if (!(option->groups & groups)) continue;
            if (!listed) manual_list(file);
            listed = true;
            manual_option(file, option->letter, option->name, option->value);
            manual_text(file, option->help);
        }
    }
    if (listed) manual_list_end(file);
}

static void print_topic(FILE *file, const Topic *topic)
{
    manual_section(file, topic->section);
    if (topic->note) manual_text(file, topic->note);
    if (topic->groups & (GROUP_FIELDS | GROUP_ORGANISATION | GROUP_OUTCOME | GROUP_PRINCIPAL))
        manual_text(file, "Where a record is changed, --no- and the name of a field clears it, "
                          "and so does an empty value; --add- and --remove- and the name of a "
                          "list change it by one.");
    print_options(file, topic->groups);
}

/* --- verbs --- */

/* "Takes FILTERS and OPTIONS OF MOST VERBS." */
static void print_taken(FILE *file, const Verb *verb)
{
    char text[LINE_SIZE * 2] = "Takes";
    char forms[LINE_SIZE];
    size_t used = strlen(text);
    bool first = true;
    for (const Topic *topic = help_topics; topic->groups && used < sizeof text; topic++) {
        if (!topic->section || !(topic->groups & verb->groups)) continue;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s %s", first ? "" : ",",
                                 topic->section);
        first = false;
    }
    help_forms(verb, forms, sizeof forms);
    manual_paragraph(file);
    if (!first && used < sizeof text) (void)snprintf(text + used, sizeof text - used, ".");
    if (!first) manual_text(file, text);
    (void)snprintf(text, sizeof text, "Forms: %s.", forms);
    if (*forms) manual_text(file, text);
}

static void print_verb(FILE *file, const Verb *verb)
{
    manual_item(file, MANUAL_COMMAND, verb->name, verb->arguments);
    manual_text(file, verb->summary);
    if (verb->details) {
        manual_paragraph(file);
        manual_text(file, verb->details);
    }
    manual_example(file, verb->example);
    print_options(file, verb->groups & help_topics[0].groups);
    print_taken(file, verb);
}

static void print_purpose(FILE *file, Purpose purpose)
{
    bool listed = false;
    for (const Verb *verb = verbs; verb->name; verb++) {
        if (verb->purpose != purpose || verb_is_hidden(verb)) continue;
        if (!listed) {
            manual_subsection(file, help_purpose(purpose));
            manual_list(file);
        }
        listed = true;
        print_verb(file, verb);
    }
    if (listed) manual_list_end(file);
}

/* --- the page --- */

static void print_rest(FILE *file)
{
    char code[LINE_SIZE];
    manual_section(file, "ENVIRONMENT");
    manual_list(file);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        manual_item(file, MANUAL_VARIABLE, variables[i].term, NULL);
        manual_text(file, variables[i].text);
    }
    manual_list_end(file);
    manual_section(file, "EXIT STATUS");
    manual_list(file);
    for (const ExitRow *row = help_exits; row->meaning; row++) {
        (void)snprintf(code, sizeof code, "%d", row->code);
        manual_item(file, MANUAL_CODE, code, NULL);
        manual_text(file, row->meaning);
    }
    manual_list_end(file);
    manual_see_also(file, others, sizeof others / sizeof *others);
}

void help_print_manual(FILE *file, const char *date)
{
    ManualHead head = {"plenary", "1",
                       "a registry of meetings, conferences, trainings and webinars", date};
    manual_head(file, &head);
    manual_section(file, "SYNOPSIS");
    manual_usage(file, "plenary", "VERB [ARGUMENTS] [OPTIONS]");
    manual_section(file, "DESCRIPTION");
    manual_text(file, "Asks the registry that plenaryd(8) keeps, and changes it. Options may stand "
                      "before and after the words of a verb. Data go to standard output, messages "
                      "to standard error. An event is named by its number, its UID, its id, or the "
                      "first 8 characters of its id or more.");
    for (size_t i = 0; i < PURPOSES; i++)
        print_purpose(file, help_order[i]);
    for (const Topic *topic = help_topics; topic->groups; topic++)
        if (topic->section) print_topic(file, topic);
    print_rest(file);
}
