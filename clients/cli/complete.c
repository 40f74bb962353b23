/* The hidden verb complete: what may stand at the end of a command line that is being typed. The
 * scripts that "plenary completion" prints ask it. */
#include "clients/cli/candidates.h"
#include "clients/cli/complain.h"
#include "clients/cli/verbs.h"

#include <stdlib.h>
#include <string.h>

enum {
    NAME_WORDS_MAX = 2, /* of a verb */
    PLACES_MAX = 8,     /* words that a verb's arguments name */
    PLACE_SIZE = 32,
};

/* "ID NAME RESPONSE…" as its words. */
typedef struct Places {
    char names[PLACES_MAX][PLACE_SIZE];
    size_t count;
    bool repeat; /* those after the first are, or the only one is, there any number of times */
} Places;

static const char ellipsis[] = "…";

/* Up to what is there instead ("| -f FILE"), without brackets. */
static void read_places(const char *arguments, Places *places)
{
    *places = (Places){.count = 0};
    while (*arguments && *arguments != '|' && !places->repeat && places->count < PLACES_MAX) {
        char *place = places->names[places->count];
        size_t length = strcspn(arguments, " ");
        size_t kept = 0;
        size_t marks = strlen(ellipsis);
        places->repeat =
            length > marks && strncmp(arguments + length - marks, ellipsis, marks) == 0;
        for (size_t i = 0; i < (places->repeat ? length - marks : length); i++) {
            bool bracket = i == 0 ? arguments[i] == '[' : arguments[i] == ']' && i + 2 >= length;
            if (!bracket && kept + 1 < PLACE_SIZE) place[kept++] = arguments[i];
        }
        places->count++;
        arguments += length;
        arguments += strspn(arguments, " ");
    }
}

static void give_word(const Candidates *self)
{
    Places places;
    size_t at = self->session->word_count;
    read_places(self->verb->arguments, &places);
    if (places.repeat && places.count > 1 && at > 0)
        at = 1 + (at - 1) % (places.count - 1);
    else if (places.repeat)
        at = 0;
    bool more = places.count && at < self->verb->words_max; /* "help org add": two for one */
    if (at >= places.count && more) at = places.count - 1;
    if (at < places.count)
        candidates_of_value(self, places.names[at], NULL);
    else
        candidates_options(self, self->verb->groups);
}

static void give(const Candidates *self, const Typed *typed, const char *first)
{
    if (typed->part == TYPED_VALUE)
        candidates_of_value(self, typed->of.option->value, typed->of.option);
    else if (typed->part == TYPED_NAME)
        candidates_options(self, self->verb ? self->verb->groups : GROUP_COMMON);
    else if (self->verb)
        give_word(self);
    else
        candidates_verbs(self, first);
}

/* The verb, where its whole name stands before the last word. */
static const Verb *find_verb(const OptionTables *options, int argc, char *const *argv,
                             const char **first, size_t *used)
{
    char message[OPTIONS_MESSAGE_SIZE];
    const char *words[NAME_WORDS_MAX];
    size_t count = options_peek(options, argc - 1, argv, words, NAME_WORDS_MAX);
    *used = 0;
    *first = count ? words[0] : NULL;
    return count ? verbs_find(words, count, used, message) : NULL;
}

/* `argv` ends with the word that is being typed. */
static int complete(Session *session, int argc, char *const *argv)
{
    OptionTables options = verbs_options();
    Typed typed = {.text = ""};
    size_t used;
    const char *first;
    const Verb *verb = find_verb(&options, argc, argv, &first, &used);
    Arguments *before =
        arguments_typed(&options, verb ? verb->groups : GROUP_COMMON, argc, argv, &typed);
    if (!before) return CLI_FAILED;
    session->arguments = before;
    session->words = before->words + used;
    session->word_count = before->word_count - used;
    const char *home = arguments_value(before, "home");
    const char *context = arguments_value(before, "context");
    if (home) session->connection.home = home;
    if (context) session->connection.context = context;
    Candidates candidates = {.session = session,
                             .verb = verb,
                             .before = argv[argc - 1],
                             .before_length = typed.lead,
                             .typed = typed.text};
    give(&candidates, &typed, first);
    arguments_destroy(&before);
    return CLI_DONE;
}

int verb_complete(Session *session)
{
    static char name[] = "plenary";
    static char nothing[] = "";
    const Arguments *own = session->arguments;
    char **argv = calloc(session->word_count + 3, sizeof *argv);
    int argc = 0;
    if (!argv) return CLI_FAILED;
    argv[argc++] = name;
    for (size_t i = 0; i < session->word_count; i++)
        argv[argc++] = (char *)(uintptr_t)session->words[i];
    if (argc == 1) argv[argc++] = nothing;
    int code = complete(session, argc, argv);
    session->arguments = own;
    free(argv);
    return code;
}
