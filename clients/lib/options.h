/*
 * options - reads a command line by a table of options.
 *
 * An option is one row: its name, what value it takes, in which manners it may be given, to which
 * groups it belongs. A verb takes some groups. Options stand before or after the words, as
 * `--name value`, `--name=value` or by their letter; `--` ends them. One name has one arity in
 * every row, so that words can be told from values before the verb is known.
 *
 * Arguments lend what argv and the tables hold. One thread at a time. What is wrong with a command
 * line is told in a message for the person who typed it.
 */
#ifndef PLENARY_CLIENTS_OPTIONS_H
#define PLENARY_CLIENTS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    OPTIONS_MESSAGE_SIZE = 320,
    OPTIONS_NAME_SIZE = 48, /* with its manner: "remove-participant" */
};

enum OptionFlag {
    OPTION_NEGATABLE = 1, /* --not-NAME VALUE too */
    OPTION_CLEARABLE = 2, /* --no-NAME too */
    OPTION_ADDABLE = 4,   /* --add-NAME VALUE and --remove-NAME VALUE too */
};

typedef enum OptionManner {
    OPTION_PLAIN,
    OPTION_NOT,
    OPTION_NO,
    OPTION_ADD,
    OPTION_REMOVE,
    OPTION_MANNERS
} OptionManner;

/* A set of groups of options, one bit each, chosen by the program. */
typedef uint64_t OptionGroups;

#define OPTION_GROUP(bit) ((OptionGroups)1 << (bit))

typedef struct Option {
    const char *name;  /* without dashes; NULL ends a table */
    char letter;       /* 0: none */
    const char *value; /* what the help calls the value; NULL: it takes none */
    unsigned flags;
    OptionGroups groups;
    const char *help;
} Option;

/* One option as it was given. */
typedef struct Given {
    const Option *option;
    OptionManner manner;
    const char *value; /* NULL where it takes none */
} Given;

typedef struct Arguments {
    const char **words;
    size_t word_count;
    Given *given;
    size_t given_count;
} Arguments;

/* Tables of options, one after the other. */
typedef struct OptionTables {
    const Option *const *tables;
    size_t count;
} OptionTables;

/* The first words that are no options nor their values, at most `max`; unknown options are passed
 * over. For finding the verb. */
size_t options_peek(const OptionTables *tables, int argc, char *const *argv, const char **words,
                    size_t max);

/* Reads all that follows argv[0]. `groups` are those that the verb takes, `verb` is how messages
 * call it. NULL: `message` says what is wrong, with what was probably meant. */
Arguments *arguments_read(const OptionTables *tables, OptionGroups groups, const char *verb,
                          int argc, char *const *argv, char message[static OPTIONS_MESSAGE_SIZE]);

/* What the last argument of a command line is that is still being typed. */
typedef enum TypedPart {
    TYPED_WORD,
    TYPED_NAME,  /* of an option, with its dashes */
    TYPED_VALUE, /* of an option */
} TypedPart;

typedef struct Typed {
    TypedPart part;
    const char *text; /* of the word, the name or the value, as far as it is there */
    size_t lead;      /* bytes of the argument before it: "--kind=" */
    Given of;         /* of TYPED_VALUE: whose value it is */
} Typed;

/* Reads all that stands before the last argument, passing over what is not right, and says what the
 * last one is. `argc` is 2 or more. NULL: no memory. */
Arguments *arguments_typed(const OptionTables *tables, OptionGroups groups, int argc,
                           char *const *argv, Typed *typed);

/* Takes NULL and a pointer to NULL. */
void arguments_destroy(Arguments **self);

/* The last value given in the plain manner; NULL: none was. A flag's value is "". */
const char *arguments_value(const Arguments *self, const char *name);

/* Whether it was given in the plain manner. */
bool arguments_have(const Arguments *self, const char *name);

/* How many were given of the options that belong to any of the groups. */
size_t arguments_count(const Arguments *self, OptionGroups groups);

/* May it be given in that manner? */
bool option_has_manner(const Option *option, OptionManner manner);

/* "not-" for OPTION_NOT and so on; "" for OPTION_PLAIN. Static. */
const char *option_prefix(OptionManner manner);

#endif
