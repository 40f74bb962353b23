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
#define GROUP_COMMON       OPTION_GROUP(2)
#define GROUP_OUTPUT       OPTION_GROUP(3)
#define GROUP_LIMIT        OPTION_GROUP(4)
#define GROUP_FIELDS       OPTION_GROUP(5) /* of an event */
#define GROUP_TITLE        OPTION_GROUP(6) /* of an event, where it is no word */
#define GROUP_FILE         OPTION_GROUP(7)
#define GROUP_DRY_RUN      OPTION_GROUP(8)
#define GROUP_REQUEST      OPTION_GROUP(9)
#define GROUP_REVISION     OPTION_GROUP(10)
#define GROUP_REASON       OPTION_GROUP(11)
#define GROUP_YES          OPTION_GROUP(12)
#define GROUP_AT           OPTION_GROUP(13)
#define GROUP_IMPORT       OPTION_GROUP(14)
#define GROUP_EXPORT       OPTION_GROUP(15)
#define GROUP_WATCH        OPTION_GROUP(16)
#define GROUP_ORGANISATION OPTION_GROUP(17)
#define GROUP_OUTCOME      OPTION_GROUP(18)
#define GROUP_ADD          OPTION_GROUP(19)
#define GROUP_SHEET        OPTION_GROUP(20)
#define GROUP_BY           OPTION_GROUP(21)
#define GROUP_EXPLAIN      OPTION_GROUP(22)
#define GROUP_TOLD         OPTION_GROUP(23)
#define GROUP_AS_OF        OPTION_GROUP(24)
#define GROUP_LOG          OPTION_GROUP(25)
#define GROUP_CHANGE       OPTION_GROUP(26) /* no options: the fields are of a record that is there */
#define GROUP_REVERT       OPTION_GROUP(27)
#define GROUP_PRINCIPAL    OPTION_GROUP(28)
#define GROUP_KEY          OPTION_GROUP(29)
#define GROUP_ROTATE       OPTION_GROUP(30)
#define GROUP_REVOKED      OPTION_GROUP(31)
#define GROUP_CONTEXT      OPTION_GROUP(32)
#define GROUP_EXPAND       OPTION_GROUP(33)
#define GROUP_ERASE        OPTION_GROUP(34)

#define FORM_BIT(form) (1U << (form))

/* What a verb is for: the help and the manual go by it. */
typedef enum Purpose {
    PURPOSE_OTHER,
    PURPOSE_FIND,
    PURPOSE_CHANGE,
    PURPOSE_PEOPLE,
    PURPOSE_DIRECTORY,
    PURPOSE_ACCESS,
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
    OptionGroups groups;
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
    verb_revert, verb_conflicts, verb_backup, verb_restore, verb_compact, verb_help, verb_version;

verb_fn verb_rsvp, verb_attend, verb_outcome_add, verb_outcome_list, verb_outcome_update,
    verb_org_update, verb_log, verb_completion, verb_complete, verb_manual;

verb_fn verb_principal_add, verb_principal_update, verb_principal_rotate, verb_principal_list,
    verb_principal_show, verb_principal_revoke, verb_key_generate, verb_key_show;

verb_fn verb_erase;

verb_fn verb_context_add, verb_context_use, verb_context_list, verb_context_show,
    verb_context_remove;

#endif
