/* The verb conflicts. */
#include "clients/cli/clashes.h"
#include "clients/cli/complain.h"
#include "clients/cli/pages.h"
#include "clients/cli/verbs.h"
#include "clients/lib/table.h"
#include "clients/lib/wording.h"

#include <string.h>

#define KIND(name) PLENARY__V1__CLASH__KIND__##name

/* --- how a conflict looks --- */

/* The pair need not come to it where none of what they share must. */
static bool is_possible(const Conflict *conflict)
{
    for (size_t i = 0; i < conflict->n_clashes; i++)
        if (!conflict->clashes[i]->possible) return false;
    return true;
}

static const char *name_event(const Event *event, Arena *arena)
{
    if (!event) return "taken";
    return arena_printf(arena, "%u %s", event->number, event->title ? event->title : "");
}

static const char *conflict_when(const void *record, Arena *arena)
{
    char text[WORDING_SIZE];
    wording_schedule(clash_first_when(record), text);
    return arena_strdup(arena, text);
}

static const char *conflict_first(const void *record, Arena *arena)
{
    return name_event(((const Conflict *)record)->first, arena);
}

static const char *conflict_second(const void *record, Arena *arena)
{
    return name_event(((const Conflict *)record)->second, arena);
}

/* "Hall, 5; Jane Doe" of one kind, whether they must clash or may. */
static const char *subjects(const Conflict *conflict, int kind, Arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < conflict->n_clashes && text; i++) {
        const Clash *clash = conflict->clashes[i];
        if ((int)clash->kind != kind) continue;
        text = arena_printf(arena, "%s%s%s", text, *text ? "; " : "", clash->subject);
    }
    return text;
}

/* The same of all kinds, of those that must or of those that may; goes on behind `text`. */
static const char *add_names(const Conflict *conflict, bool possible, const char *text,
                             Arena *arena)
{
    bool first = true;
    for (size_t i = 0; i < conflict->n_clashes && text; i++) {
        const Clash *clash = conflict->clashes[i];
        if ((clash->possible != 0) != possible) continue;
        const char *name = clash_name(clash, arena);
        const char *mark = *text ? "; " : "";
        const char *word = first && possible ? "possibly " : "";
        text = name ? arena_printf(arena, "%s%s%s%s", text, mark, word, name) : NULL;
        first = false;
    }
    return text;
}

static const char *conflict_both(const void *record, Arena *arena)
{
    const char *certain = add_names(record, false, "", arena);
    return certain ? add_names(record, true, certain, arena) : NULL;
}

static const char *conflict_venue(const void *record, Arena *arena)
{
    return subjects(record, KIND(VENUE), arena);
}

static const char *conflict_people(const void *record, Arena *arena)
{
    return subjects(record, KIND(PERSON), arena);
}

static const char *conflict_delegations(const void *record, Arena *arena)
{
    return subjects(record, KIND(HEAD_OF_DELEGATION), arena);
}

static const char *conflict_possible(const void *record, Arena *arena)
{
    (void)arena;
    return is_possible(record) ? "true" : "false";
}

static const char *conflict_colour(const void *record, Arena *arena)
{
    (void)arena;
    return is_possible(record) ? "yellow" : NULL;
}

/* Cells of the first event and, where it may be seen, of the second. */
#define EVENT_CELLS(name, expression)                                                              \
    static const char *first_##name(const void *record, Arena *arena)                              \
    {                                                                                              \
        const Event *it = ((const Conflict *)record)->first;                                       \
        (void)arena;                                                                               \
        return expression;                                                                         \
    }                                                                                              \
    static const char *second_##name(const void *record, Arena *arena)                             \
    {                                                                                              \
        const Event *it = ((const Conflict *)record)->second;                                      \
        (void)arena;                                                                               \
        return it ? (expression) : NULL;                                                           \
    }

EVENT_CELLS(number, arena_printf(arena, "%u", it->number))
EVENT_CELLS(id, it->id)
EVENT_CELLS(title, it->title)

/* The same of when they are. */
#define TIME_CELL(side, name)                                                                      \
    static const char *side##_##name(const void *record, Arena *arena)                             \
    {                                                                                              \
        const Schedule *when = clash_##side##_when(record);                                        \
        (void)arena;                                                                               \
        return when ? when->name : NULL;                                                           \
    }

TIME_CELL(first, start)
TIME_CELL(first, end)
TIME_CELL(second, start)
TIME_CELL(second, end)

static const Column conflict_columns[] = {
    {"WHEN", conflict_when, 0},
    {"EVENT", conflict_first, TABLE_CUT},
    {"AND", conflict_second, TABLE_CUT},
    {"BOTH NEED", conflict_both, TABLE_WRAP},
};

static const Column conflict_csv[] = {
    {"number", first_number, 0},
    {"id", first_id, 0},
    {"title", first_title, 0},
    {"start", first_start, 0},
    {"end", first_end, 0},
    {"other_number", second_number, 0},
    {"other_id", second_id, 0},
    {"other_title", second_title, 0},
    {"other_start", second_start, 0},
    {"other_end", second_end, 0},
    {"venue", conflict_venue, 0},
    {"people", conflict_people, 0},
    {"delegations", conflict_delegations, 0},
    {"possible", conflict_possible, 0},
};

static const RecordKind conflict_kind = {
    .columns = conflict_columns,
    .column_count = sizeof conflict_columns / sizeof *conflict_columns,
    .csv = conflict_csv,
    .csv_count = sizeof conflict_csv / sizeof *conflict_csv,
    .id = first_id,
    .colour = conflict_colour,
};

/* --- the verb --- */

typedef struct Lister {
    Listing *listing;
    size_t count;
} Lister;

static int add_to_listing(void *context, const ProtobufCMessage *record)
{
    Lister *lister = context;
    lister->count++;
    if (listing_add(lister->listing, record)) return CLI_DONE;
    return complain_code(CLI_FAILED, "the list could not be written");
}

int verb_conflicts(Session *session)
{
    bool given;
    uint32_t limit = 0;
    Query *query = NULL;
    Lister lister = {0};
    const char *name = session->word_count ? session->words[0] : NULL;
    if (name && arguments_count(session->arguments, FILTERS_GROUP))
        return complain_code(CLI_USAGE, "say an event or filters, not both");
    int code = name ? CLI_DONE : session_filters(session, &query);
    if (code == CLI_DONE) code = session_number(session, "limit", 1, &given, &limit);
    if (code != CLI_DONE) return code;
    lister.listing = listing_open(stdout, session->form, &conflict_kind, &session->terminal);
    if (!lister.listing) return session_no_memory();
    code = pages_conflicts(session, query, name, limit, add_to_listing, &lister);
    bool written = listing_close(&lister.listing);
    if (code != CLI_DONE) return code;
    if (!written) return complain_code(CLI_FAILED, "the list could not be written");
    if (lister.count == 0 && session->form == OUTPUT_TABLE) complain("nothing conflicts");
    return CLI_DONE;
}
