#include "clients/lib/options.h"

#include "proto/nearest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CANDIDATES_MAX = 512,
};

typedef struct MannerRow {
    const char *prefix;
    unsigned flag; /* that an option must have; 0: any */
    bool takes_value;
} MannerRow;

static const MannerRow manners[] = {
    [OPTION_PLAIN] = {"", 0, true},
    [OPTION_NOT] = {"not-", OPTION_NEGATABLE, true},
    [OPTION_NO] = {"no-", OPTION_CLEARABLE, false},
    [OPTION_ADD] = {"add-", OPTION_ADDABLE, true},
    [OPTION_REMOVE] = {"remove-", OPTION_ADDABLE, true},
};

const char *option_prefix(OptionManner manner)
{
    return manners[manner].prefix;
}

bool option_has_manner(const Option *option, OptionManner manner)
{
    return !manners[manner].flag || (option->flags & manners[manner].flag);
}

/* --- finding options --- */

typedef struct Found {
    const Option *option;
    OptionManner manner;
} Found;

static bool is_named(const Option *option, const char *name, size_t length, OptionManner *manner)
{
    for (size_t i = 0; i < OPTION_MANNERS; i++) {
        size_t prefix = strlen(manners[i].prefix);
        if (!option_has_manner(option, (OptionManner)i) || length <= prefix) continue;
        if (strncmp(name, manners[i].prefix, prefix) != 0) continue;
        if (strlen(option->name) != length - prefix) continue;
        if (strncmp(option->name, name + prefix, length - prefix) != 0) continue;
        *manner = (OptionManner)i;
        return true;
    }
    return false;
}

/* Among the rows of the groups; where they have none, among all. An exact name counts before one
 * with a manner's prefix ("no-input" before "no-" and "input"). */
static bool find_name(const OptionTables *tables, OptionGroups groups, const char *name,
                      size_t length, Found *found)
{
    *found = (Found){NULL, OPTION_PLAIN};
    for (size_t t = 0; t < tables->count; t++) {
        for (const Option *option = tables->tables[t]; option->name; option++) {
            OptionManner manner;
            if (!(option->groups & groups) || !is_named(option, name, length, &manner)) continue;
            if (found->option && manner != OPTION_PLAIN) continue;
            *found = (Found){option, manner};
            if (manner == OPTION_PLAIN) return true;
        }
    }
    return found->option != NULL;
}

static bool find_letter(const OptionTables *tables, OptionGroups groups, char letter, Found *found)
{
    *found = (Found){NULL, OPTION_PLAIN};
    for (size_t t = 0; t < tables->count; t++) {
        for (const Option *option = tables->tables[t]; option->name; option++) {
            if (!(option->groups & groups) || option->letter != letter) continue;
            *found = (Found){option, OPTION_PLAIN};
            return true;
        }
    }
    return false;
}

static bool takes_value(const Found *found)
{
    return found->option->value && manners[found->manner].takes_value;
}

/* --- one argument after the other --- */

typedef struct Reader {
    const OptionTables *tables;
    OptionGroups groups;
    const char *verb;
    int argc;
    char *const *argv;
    int next;
    bool options_ended;
    char *message; /* NULL: what is unknown is passed over */
} Reader;

static void refuse(const Reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void refuse(const Reader *reader, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (reader->message) (void)vsnprintf(reader->message, OPTIONS_MESSAGE_SIZE, format, arguments);
    va_end(arguments);
}

typedef struct Candidates {
    char names[CANDIDATES_MAX][OPTIONS_NAME_SIZE];
    const char *list[CANDIDATES_MAX];
    size_t count;
} Candidates;

static void collect_names(const OptionTables *tables, OptionGroups groups, Candidates *candidates)
{
    for (size_t t = 0; t < tables->count; t++) {
        for (const Option *option = tables->tables[t]; option->name; option++) {
            for (size_t i = 0; i < OPTION_MANNERS && candidates->count < CANDIDATES_MAX; i++) {
                if (!(option->groups & groups) || !option_has_manner(option, (OptionManner)i))
                    continue;
                char *name = candidates->names[candidates->count];
                (void)snprintf(name, OPTIONS_NAME_SIZE, "%s%s", manners[i].prefix, option->name);
                candidates->list[candidates->count++] = name;
            }
        }
    }
}

static bool refuse_unknown(const Reader *reader, const char *name, size_t length)
{
    char word[OPTIONS_NAME_SIZE];
    (void)snprintf(word, sizeof word, "%.*s", (int)length, name);
    Candidates *candidates = calloc(1, sizeof *candidates);
    const char *near = NULL;
    if (candidates) {
        collect_names(reader->tables, reader->groups, candidates);
        near = nearest(word, candidates->list, candidates->count);
    }
    if (near)
        refuse(reader, "unknown option --%s; did you mean --%s?", word, near);
    else
        refuse(reader, "unknown option --%s", word);
    free(candidates);
    return false;
}

static bool find_long(Reader *reader, const char *name, size_t length, Found *found)
{
    if (find_name(reader->tables, reader->groups, name, length, found)) return true;
    if (!reader->message || !find_name(reader->tables, ~(OptionGroups)0, name, length, found))
        return refuse_unknown(reader, name, length);
    refuse(reader, "\"%s\" takes no option --%.*s", reader->verb, (int)length, name);
    return false;
}

static bool find_short(Reader *reader, char letter, Found *found)
{
    if (find_letter(reader->tables, reader->groups, letter, found)) return true;
    if (!reader->message || !find_letter(reader->tables, ~(OptionGroups)0, letter, found))
        refuse(reader, "unknown option -%c", letter);
    else
        refuse(reader, "\"%s\" takes no option -%c", reader->verb, letter);
    return false;
}

/* The value from behind `attached`, or else the next argument. */
static bool take_value(Reader *reader, const Found *found, const char *attached, Given *given)
{
    *given = (Given){found->option, found->manner, attached};
    if (!takes_value(found)) {
        given->value = "";
        if (attached)
            refuse(reader, "--%s%s takes no value", manners[found->manner].prefix,
                   found->option->name);
        return attached == NULL;
    }
    if (!attached && reader->next < reader->argc) given->value = reader->argv[reader->next++];
    if (given->value) return true;
    refuse(reader, "--%s%s needs a value: %s", manners[found->manner].prefix, found->option->name,
           found->option->value);
    return false;
}

typedef bool given_fn(void *context, const Given *given);

static bool read_long(Reader *reader, const char *text, given_fn *each, void *context)
{
    size_t length = strcspn(text, "=");
    Found found = {0};
    Given given;
    if (!find_long(reader, text, length, &found)) return false;
    if (!take_value(reader, &found, text[length] ? text + length + 1 : NULL, &given)) return false;
    return each(context, &given);
}

static bool read_letters(Reader *reader, const char *text, given_fn *each, void *context)
{
    while (*text) {
        Found found = {0};
        Given given;
        if (!find_short(reader, *text++, &found)) return false;
        const char *attached = takes_value(&found) && *text ? text : NULL;
        if (!take_value(reader, &found, attached, &given)) return false;
        if (!each(context, &given)) return false;
        if (attached) return true;
    }
    return true;
}

/* The next argument: a word (*word is set), or options. */
static bool read_next(Reader *reader, const char **word, given_fn *each, void *context)
{
    const char *text = reader->argv[reader->next++];
    *word = NULL;
    if (reader->options_ended || text[0] != '-' || !text[1]) {
        *word = text;
        return true;
    }
    if (strcmp(text, "--") == 0) {
        reader->options_ended = true;
        return true;
    }
    if (text[1] == '-') return read_long(reader, text + 2, each, context);
    return read_letters(reader, text + 1, each, context);
}

/* --- all of them --- */

static bool pass_over(void *context, const Given *given)
{
    (void)context;
    (void)given;
    return true;
}

size_t options_peek(const OptionTables *tables, int argc, char *const *argv, const char **words,
                    size_t max)
{
    Reader reader = {
        .tables = tables, .groups = ~(OptionGroups)0, .argc = argc, .argv = argv, .next = 1};
    size_t count = 0;
    while (reader.next < argc && count < max) {
        const char *word;
        (void)read_next(&reader, &word, pass_over, NULL);
        if (word) words[count++] = word;
    }
    return count;
}

static bool keep(void *context, const Given *given)
{
    Arguments *self = context;
    self->given[self->given_count++] = *given;
    return true;
}

/* Each character of argv may be a flag at most. */
static size_t most_given(int argc, char *const *argv)
{
    size_t most = 1;
    for (int i = 1; i < argc; i++)
        most += argv[i][0] == '-' && argv[i][1] != '-' ? strlen(argv[i]) : 1;
    return most;
}

/* NULL: no memory. */
static Arguments *arguments_new(int argc, char *const *argv)
{
    Arguments *self = calloc(1, sizeof *self);
    if (self) self->words = calloc((size_t)argc + 1, sizeof *self->words);
    if (self) self->given = calloc(most_given(argc, argv), sizeof *self->given);
    if (self && (!self->words || !self->given)) arguments_destroy(&self);
    return self;
}

Arguments *arguments_read(const OptionTables *tables, OptionGroups groups, const char *verb,
                          int argc, char *const *argv, char message[static OPTIONS_MESSAGE_SIZE])
{
    Reader reader = {.tables = tables,
                     .groups = groups,
                     .verb = verb,
                     .argc = argc,
                     .argv = argv,
                     .next = 1,
                     .message = message};
    Arguments *self = arguments_new(argc, argv);
    if (!self) {
        refuse(&reader, "no memory is left");
        return NULL;
    }
    while (reader.next < argc) {
        const char *word;
        if (!read_next(&reader, &word, keep, self)) {
            arguments_destroy(&self);
            return NULL;
        }
        if (word) self->words[self->word_count++] = word;
    }
    return self;
}

/* "--kind=tr" or "-ocs"; false: the argument is no option with its value. */
static bool is_attached(const Reader *reader, const char *text, Typed *typed)
{
    Found found;
    size_t length = strcspn(text, "=");
    bool is_long = text[1] == '-';
    if (is_long && !text[length]) return false;
    if (!is_long && !text[1]) return false;
    bool known = is_long ? find_name(reader->tables, reader->groups, text + 2, length - 2, &found)
                         : find_letter(reader->tables, reader->groups, text[1], &found);
    if (!known || !takes_value(&found) || (!is_long && !text[2])) return false;
    size_t lead = is_long ? length + 1 : 2;
    *typed = (Typed){TYPED_VALUE, text + lead, lead, {found.option, found.manner, text + lead}};
    return true;
}

static Typed what_is_typed(const Reader *reader, const char *text)
{
    Typed typed = {.part = TYPED_WORD, .text = text};
    if (reader->options_ended || text[0] != '-') return typed;
    if (!is_attached(reader, text, &typed)) typed.part = TYPED_NAME;
    return typed;
}

Arguments *arguments_typed(const OptionTables *tables, OptionGroups groups, int argc,
                           char *const *argv, Typed *typed)
{
    Reader reader = {.tables = tables, .groups = groups, .argc = argc, .argv = argv, .next = 1};
    Arguments *self = arguments_new(argc, argv);
    if (!self) return NULL;
    while (reader.next < argc - 1) {
        const char *word;
        (void)read_next(&reader, &word, keep, self);
        if (word) self->words[self->word_count++] = word;
    }
    if (reader.next < argc) {
        *typed = what_is_typed(&reader, argv[reader.next]);
    } else {
        const Given *last = &self->given[--self->given_count];
        *typed = (Typed){TYPED_VALUE, last->value, 0, *last};
    }
    return self;
}

void arguments_destroy(Arguments **self)
{
    if (!self || !*self) return;
    free((*self)->words);
    free((*self)->given);
    free(*self);
    *self = NULL;
}

const char *arguments_value(const Arguments *self, const char *name)
{
    for (size_t i = self->given_count; i-- > 0;) {
        const Given *given = &self->given[i];
        if (given->manner == OPTION_PLAIN && strcmp(given->option->name, name) == 0)
            return given->value;
    }
    return NULL;
}

bool arguments_have(const Arguments *self, const char *name)
{
    return arguments_value(self, name) != NULL;
}

size_t arguments_count(const Arguments *self, OptionGroups groups)
{
    size_t count = 0;
    for (size_t i = 0; i < self->given_count; i++)
        if (self->given[i].option->groups & groups) count++;
    return count;
}
