/*
 * verbs - one table of all that `plenary` can do, and of all its options.
 *
 * A verb is a row: its name, arguments, words for the help, an example, the groups of options that
 * it takes, the forms that it can write, its handler. Dispatch and help are made from the tables.
 */
#ifndef PLENARY_CLI_VERBS_H
#define PLENARY_CLI_VERBS_H

#include "clients/cli/session.h"
#include "clients/lib/filters.h"
#include "clients/lib/options.h"
#include "clients/lib/output.h"

/* Groups of options, after those of the filters. */
enum OptionGroup {
    GROUP_COMMON = 1 << 2,
    GROUP_OUTPUT = 1 << 3,
    GROUP_LIMIT = 1 << 4,
    GROUP_FIELDS = 1 << 5, /* of an event */
    GROUP_TITLE = 1 << 6,  /* of an event, where it is no word */
    GROUP_FILE = 1 << 7,
    GROUP_DRY_RUN = 1 << 8,
    GROUP_REQUEST = 1 << 9,
    GROUP_REVISION = 1 << 10,
    GROUP_REASON = 1 << 11,
    GROUP_YES = 1 << 12,
    GROUP_AT = 1 << 13,
    GROUP_IMPORT = 1 << 14,
    GROUP_EXPORT = 1 << 15,
    GROUP_WATCH = 1 << 16,
    GROUP_ORGANISATION = 1 << 17,
    GROUP_OUTCOME = 1 << 24,
    GROUP_ADD = 1 << 25,
    GROUP_SHEET = 1 << 28,
    GROUP_BY = 1 << 29,
    GROUP_EXPLAIN = 1 << 30,
    GROUP_TOLD = 1 << 23,
    GROUP_AS_OF = 1 << 22,
    GROUP_LOG = 1 << 21,
    GROUP_CHANGE = 1 << 27, /* no options: the fields are of a record that is there */
    GROUP_REVERT = 1 << 26,
};

#define FORM_BIT(form) (1U << (form))

/* What a verb is for: the help and the manual go by it. */
typedef enum Purpose {
    PURPOSE_OTHER,
    PURPOSE_FIND,
    PURPOSE_CHANGE,
    PURPOSE_PEOPLE,
    PURPOSE_DIRECTORY,
    PURPOSE_EXCHANGE,
    PURPOSE_REGISTRY,
    PURPOSE_HELP,
    PURPOSES
} Purpose;

typedef int verb_fn(Session *session);

struct Verb {
    const char *name;      /* one word, or two: "org add" */
    const char *arguments; /* for the help: "ID [R1 R2]" */
    const char *summary;   /* NULL: no verb for people; nothing lists it */
    const char *example;   /* whole command lines, one a line */
    const char *details;   /* further words of the help, or NULL */
    unsigned groups;
    unsigned forms; /* FORM_BIT of what -o may be; 0: it writes no records */
    size_t words_min;
    size_t words_max;
    verb_fn *handler;
    Purpose purpose;
};

/* All verbs; those of one purpose in the order of the help. The last row has no name. */
extern const Verb verbs[];

static inline bool verb_is_hidden(const Verb *self)
{
    return !self->summary;
}

/* Every option of every verb. */
OptionTables verbs_options(void);

/* The verb that the words name; *used says how many of them are its name. NULL: `message` says
 * what was probably meant. */
const Verb *verbs_find(const char *const *words, size_t count, size_t *used,
                       char message[static OPTIONS_MESSAGE_SIZE]);

/* One row each. They give the exit code. */
verb_fn verb_add, verb_import, verb_list, verb_search, verb_count, verb_show, verb_update,
    verb_edit, verb_cancel, verb_reinstate, verb_hold, verb_withdraw, verb_history, verb_diff,
    verb_watch, verb_org_add, verb_org_list, verb_org_show, verb_status, verb_verify, verb_export,
    verb_revert, verb_conflicts, verb_backup, verb_restore, verb_help, verb_version;

verb_fn verb_rsvp, verb_attend, verb_outcome_add, verb_outcome_list, verb_outcome_update,
    verb_org_update, verb_log, verb_completion, verb_complete, verb_manual;

#endif
