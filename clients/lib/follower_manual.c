#include "clients/lib/follower_manual.h"

#include "clients/lib/filters.h"
#include "proto/manual.h"

typedef struct Row {
    const char *term;
    const char *text;
} Row;

static const Row exits[] = {
    {"0", "done"},
    {"1", "failed"},
    {"2", "unknown option"},
    {"4", "not allowed"},
    {"6", "a value that is not valid, or the state folder is in use"},
    {"7", "unreachable or timed out"},
};

static void print_options(FILE *file, const Option *options, OptionGroups groups)
{
    manual_list(file);
    for (const Option *option = options; option->name; option++) {
        if (!(option->groups & groups)) continue;
        manual_option(file, option->letter, option->name, option->value);
        manual_text(file, option->help);
    }
    manual_list_end(file);
}

static bool has_options(const Option *options)
{
    return options && options->name;
}

static void print_description(FILE *file, const FollowerProgram *program, const Option *common)
{
    manual_section(file, "DESCRIPTION");
    manual_text(file,
                "Hears every change of the registry that it may see and that the filters let "
                "through, from where it ended the last time, and reacts. At its first start, and "
                "where its place in the journal is not valid any more, it takes a snapshot. Where "
                "the daemon is away it says so, and goes on once it is back. SIGTERM and SIGINT "
                "end it cleanly; what it did not finish is done at the next start.");
    if (program->details) {
        manual_paragraph(file);
        manual_text(file, program->details);
    }
    manual_example(file, program->example);
    if (has_options(program->options)) print_options(file, program->options, FOLLOWER_OWN);
    print_options(file, common, FOLLOWER_GROUP);
}

static void print_filters(FILE *file)
{
    manual_section(file, "FILTERS");
    manual_text(file, "The same one several times means any of the values, different ones mean all "
                      "of them. --not-kind and so on leave out what matches; there is one for all "
                      "but dates and text. Dates like today are those of the start.");
    print_options(file, filters_options, FILTERS_GROUP);
}

static void print_rest(FILE *file, const FollowerProgram *program)
{
    static const ManualPage others[] = {{"plenary", "1"}, {"plenaryd", "8"}};
    manual_section(file, "ENVIRONMENT");
    manual_list(file);
    manual_item(file, MANUAL_VARIABLE, "PLENARY_HOME", NULL);
    manual_text(file, "The registry's folder, where --home does not say it.");
    manual_list_end(file);
    manual_section(file, "FILES");
    manual_list(file);
    manual_item(file, MANUAL_FILE, program->state_name, NULL);
    manual_text(file, "In the home's state folder, where --state says no other: its own copy of "
                      "what it may see, and its place in the journal.");
    manual_list_end(file);
    manual_section(file, "EXIT STATUS");
    manual_list(file);
    for (size_t i = 0; i < sizeof exits / sizeof *exits; i++) {
        manual_item(file, MANUAL_CODE, exits[i].term, NULL);
        manual_text(file, exits[i].text);
    }
    manual_list_end(file);
    manual_see_also(file, others, sizeof others / sizeof *others);
}

void follower_manual(FILE *file, const FollowerProgram *program, const Option *common,
                     const char *date)
{
    ManualHead head = {program->name, "1", program->summary, date};
    manual_head(file, &head);
    manual_section(file, "SYNOPSIS");
    manual_usage(file, program->name, "[OPTIONS]");
    print_description(file, program, common);
    print_filters(file);
    print_rest(file, program);
}
