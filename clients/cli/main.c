/*
 * plenary - the command line of the registry.
 */
#include "clients/cli/complain.h"
#include "clients/cli/help.h"
#include "clients/cli/verbs.h"
#include "proto/json.h"
#include "proto/manual.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    VERB_WORDS_MAX = 2,
};

/* Where the environment names no UTF-8 locale, texts in other scripts still are to be shown. */
static void choose_locale(void)
{
    (void)setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) (void)setlocale(LC_CTYPE, "C.UTF-8");
}

/* Whose kinds an option --kind names; those of events where none of the groups is its. */
typedef struct KindRow {
    OptionGroups group;
    const ProtobufCEnumDescriptor *kinds;
} KindRow;

static const KindRow kind_rows[] = {
    {GROUP_ORGANISATION, &plenary__v1__organisation__kind__descriptor},
    {GROUP_OUTCOME, &plenary__v1__outcome__kind__descriptor},
    {~(OptionGroups)0, &plenary__v1__event__kind__descriptor},
};

static int check_kind(const Given *given)
{
    char message[PROBLEM_MESSAGE_SIZE];
    int kind;
    const KindRow *row = kind_rows;
    while (!(given->option->groups & row->group))
        row++;
    if (json_enum_find(row->kinds, given->value, &kind)) return CLI_DONE;
    json_enum_explain(row->kinds, given->value, message);
    return complain_code(CLI_USAGE, "--%s: %s", given->option->name, message);
}

static int check_kinds(const Arguments *arguments)
{
    for (size_t i = 0; i < arguments->given_count; i++) {
        if (strcmp(arguments->given[i].option->name, "kind") != 0) continue;
        int code = check_kind(&arguments->given[i]);
        if (code != CLI_DONE) return code;
    }
    return CLI_DONE;
}

static int choose_form(Session *session)
{
    const char *name = session_has(session, "json") ? "json" : session_option(session, "output");
    session->form = OUTPUT_TABLE;
    if (!name) return CLI_DONE;
    session->form_given = true;
    if (!output_form_find(name, &session->form))
        return complain_code(CLI_USAGE,
                             "-o: \"%s\" is not one of table, json, jsonl, csv, ids, yaml", name);
    if (!(session->verb->forms & FORM_BIT(session->form)))
        return complain_code(CLI_USAGE, "\"%s\" does not write %s", session->verb->name, name);
    return CLI_DONE;
}

static int check_words(const Session *session)
{
    const Verb *verb = session->verb;
    if (session->word_count > verb->words_max)
        return complain_code(CLI_USAGE, "unexpected \"%s\"; it is: plenary %s %s",
                             session->words[verb->words_max], verb->name, verb->arguments);
    if (session->word_count < verb->words_min)
        return complain_code(CLI_USAGE, "something is missing; it is: plenary %s %s", verb->name,
                             verb->arguments);
    return CLI_DONE;
}

static int run_verb(Session *session)
{
    int code = choose_form(session);
    if (code == CLI_DONE) code = check_kinds(session->arguments);
    if (code == CLI_DONE) code = check_words(session);
    if (code == CLI_DONE) code = session->verb->handler(session);
    bool written = fflush(stdout) == 0 && !ferror(stdout);
    if (code == CLI_DONE && !written && !session->reader_gone)
        code = complain_code(CLI_FAILED, "standard output could not be written");
    return code;
}

static int run(const Verb *verb, size_t name_words, const Arguments *arguments)
{
    Session session = {.verb = verb,
                       .arguments = arguments,
                       .words = arguments->words + name_words,
                       .word_count = arguments->word_count - name_words,
                       .terminal = terminal_of(stdout)};
    session.arena = arena_new(SESSION_MEMORY_MAX);
    if (!session.arena) return session_no_memory();
    session.connection.home = session_option(&session, "home");
    session.connection.context = session_option(&session, "context");
    session.may_ask = isatty(STDIN_FILENO) && !session_has(&session, "no-input");
    int code = run_verb(&session);
    plenary_client_destroy(&session.client);
    zones_destroy(&session.zones);
    arena_destroy(&session.arena);
    return code;
}

/* --help and --version, with a verb or without. */
static bool find_asked(const Arguments *arguments, const char **verb)
{
    *verb = arguments_have(arguments, "help")      ? "help"
            : arguments_have(arguments, "version") ? "version"
                                                   : NULL;
    return *verb != NULL;
}

static int dispatch(const Verb *verb, size_t name_words, const Arguments *arguments)
{
    const char *asked;
    char message[OPTIONS_MESSAGE_SIZE];
    if (!verb && arguments->word_count == 0 && arguments->given_count == 0) {
        (void)run(verbs_find((const char *const[]){"help"}, 1, &name_words, message), 0, arguments);
        return CLI_USAGE;
    }
    if (find_asked(arguments, &asked)) {
        Arguments few = *arguments;
        if (few.word_count > name_words) few.word_count = name_words;
        return run(verbs_find(&asked, 1, &name_words, message), 0, &few);
    }
    if (!verb) return complain_code(CLI_USAGE, "say a verb; \"plenary help\" lists them");
    return run(verb, name_words, arguments);
}

static int print_manual(const char *date)
{
    help_print_manual(stdout, date);
    return fflush(stdout) == 0 && !ferror(stdout) ? CLI_DONE : CLI_FAILED;
}

/* "plenary org --help": no verb, and yet something to explain. */
static int explain(const OptionTables *options, int argc, char **argv, const char *problem)
{
    char message[OPTIONS_MESSAGE_SIZE];
    size_t used;
    Arguments *arguments = arguments_read(options, GROUP_COMMON, "plenary", argc, argv, message);
    bool asked = arguments && arguments_have(arguments, "help");
    int code = asked
                   ? run(verbs_find((const char *const[]){"help"}, 1, &used, message), 0, arguments)
                   : complain_code(CLI_USAGE, "%s", problem);
    arguments_destroy(&arguments);
    return code;
}

int main(int argc, char **argv)
{
    const char *words[VERB_WORDS_MAX];
    char message[OPTIONS_MESSAGE_SIZE];
    size_t name_words = 0;
    const Verb *verb = NULL;
    const char *date = manual_asked(argc, argv, "--manual");
    if (date) return print_manual(date);
    choose_locale();
    OptionTables options = verbs_options();
    size_t count = options_peek(&options, argc, argv, words, VERB_WORDS_MAX);
    if (count) {
        verb = verbs_find(words, count, &name_words, message);
        if (!verb) return explain(&options, argc, argv, message);
    }
    Arguments *arguments = arguments_read(&options, verb ? verb->groups : GROUP_COMMON,
                                          verb ? verb->name : "plenary", argc, argv, message);
    if (!arguments) return complain_code(CLI_USAGE, "%s", message);
    int code = dispatch(verb, name_words, arguments);
    arguments_destroy(&arguments);
    return code;
}
