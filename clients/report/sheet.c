#include "clients/report/sheet.h"

#include "clients/lib/countries.h"
#include "clients/lib/output.h"
#include "clients/report/lines.h"
#include "proto/json.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* What a cell is made of. */
typedef struct Source {
    const Event *event;
    const Directory *directory;
    Arena *arena;
} Source;

/* From the arena or of the record; NULL: empty. */
typedef const char *sheet_cell_fn(const Source *source);

typedef struct SheetColumn {
    const char *name;
    sheet_cell_fn *cell;
} SheetColumn;

/* --- cells --- */

#define CELL(name, expression)                                                                     \
    static const char *name(const Source *source)                                                  \
    {                                                                                              \
        const Event *event = source->event;                                                        \
        return (expression);                                                                       \
    }

#define OF_SCHEDULE(field) (event->schedule ? event->schedule->field : NULL)
#define OF_VENUE(field)    (event->venue ? event->venue->field : NULL)
#define OF_SOURCE(field)   (event->source ? event->source->field : NULL)
#define NAME(type, value)  json_enum_name(&plenary__v1__##type##__descriptor, (int)(value))
#define NUMBER(value)      arena_printf(source->arena, "%" PRIu64, (uint64_t)(value))

CELL(cell_number, NUMBER(event->number))
CELL(cell_id, event->id)
CELL(cell_uid, event->uid)
CELL(cell_revision, NUMBER(event->revision))
CELL(cell_kind, NAME(event__kind, event->kind))
CELL(cell_category, event->category)
CELL(cell_title, event->title)
CELL(cell_language, event->language)
CELL(cell_status, NAME(event__status, event_status(event)))
CELL(cell_reason, event->status_reason)
CELL(cell_start, OF_SCHEDULE(start))
CELL(cell_end, OF_SCHEDULE(end))
CELL(cell_zone, OF_SCHEDULE(time_zone))
CELL(cell_approximate, event->schedule && event->schedule->approximate ? "yes" : NULL)
CELL(cell_previous_start, event->previous_start)
CELL(cell_format, event->has_format ? NAME(event__format, event->format) : NULL)
CELL(cell_country, OF_VENUE(country))
CELL(cell_city, OF_VENUE(city))
CELL(cell_venue, OF_VENUE(name))
CELL(cell_participants, NUMBER(event->n_participants))
CELL(cell_outcomes, NUMBER(event->n_outcomes))
CELL(cell_series, event->series)
CELL(cell_part_of, event->part_of)
CELL(cell_tlp, NAME(handling__tlp, event_tlp(event)))
CELL(cell_caveat, event->handling ? event->handling->caveat : NULL)
CELL(cell_source, OF_SOURCE(uri) ? OF_SOURCE(uri) : OF_SOURCE(publisher))
CELL(cell_updated, event->updated)

static const char *cell_country_name(const Source *source)
{
    const char *code = cell_country(source);
    return code ? country_name(code) : NULL;
}

static const char *organisations_in(const Source *source, unsigned roles)
{
    char *names = event_organisations(source->event, roles, source->event->n_organisations,
                                      source->directory);
    const char *kept = arena_strdup(source->arena, names);
    g_free(names);
    return kept;
}

static const char *cell_organisers(const Source *source)
{
    return organisations_in(source, LINES_ROLE(ORGANISER) | LINES_ROLE(CO_ORGANISER));
}

static const char *cell_hosts(const Source *source)
{
    return organisations_in(source, LINES_ROLE(HOST));
}

static const char *cell_sponsors(const Source *source)
{
    return organisations_in(source, LINES_ROLE(SPONSOR));
}

static const char *cell_headcount(const Source *source)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < source->event->n_headcounts; i++)
        sum += source->event->headcounts[i]->number;
    return NUMBER(sum);
}

static const char *cell_open_actions(const Source *source)
{
    size_t open = 0;
    for (size_t i = 0; i < source->event->n_outcomes; i++) {
        const Outcome *outcome = source->event->outcomes[i];
        if (outcome->kind == PLENARY__V1__OUTCOME__KIND__ACTION_ITEM &&
            outcome_state(outcome) == PLENARY__V1__OUTCOME__STATE__OPEN)
            open++;
    }
    return NUMBER(open);
}

static const char *cell_topics(const Source *source)
{
    const Event *event = source->event;
    char **topics = arena_array(source->arena, event->n_topics + 1, sizeof *topics);
    if (!topics) return NULL;
    for (size_t i = 0; i < event->n_topics; i++)
        topics[i] = event->topics[i];
    char *joined = g_strjoinv("; ", topics);
    const char *kept = arena_strdup(source->arena, joined);
    g_free(joined);
    return kept;
}

static const SheetColumn columns[] = {
    {"number", cell_number},
    {"id", cell_id},
    {"uid", cell_uid},
    {"revision", cell_revision},
    {"kind", cell_kind},
    {"category", cell_category},
    {"title", cell_title},
    {"language", cell_language},
    {"status", cell_status},
    {"status_reason", cell_reason},
    {"start", cell_start},
    {"end", cell_end},
    {"time_zone", cell_zone},
    {"approximate", cell_approximate},
    {"previous_start", cell_previous_start},
    {"format", cell_format},
    {"country", cell_country},
    {"country_name", cell_country_name},
    {"city", cell_city},
    {"venue", cell_venue},
    {"organisers", cell_organisers},
    {"hosts", cell_hosts},
    {"sponsors", cell_sponsors},
    {"participants", cell_participants},
    {"headcount", cell_headcount},
    {"outcomes", cell_outcomes},
    {"open_actions", cell_open_actions},
    {"topics", cell_topics},
    {"series", cell_series},
    {"part_of", cell_part_of},
    {"tlp", cell_tlp},
    {"caveat", cell_caveat},
    {"source", cell_source},
    {"updated", cell_updated},
};

enum {
    COLUMNS = sizeof columns / sizeof *columns,
};

/* --- lines --- */

static bool is_formula(const char *cell)
{
    static const char *const starts[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                         "\n", "＝", "＋", "－", "＠"};
    cell += strspn(cell, " ");
    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
        if (strncmp(cell, starts[i], strlen(starts[i])) == 0) return true;
    return false;
}

static const char *harmless(const char *cell, Arena *arena)
{
    return cell && is_formula(cell) ? arena_printf(arena, "'%s", cell) : cell;
}

void sheet_begin(FILE *file)
{
    const char *names[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++)
        names[i] = columns[i].name;
    (void)fputs(BYTE_ORDER_MARK, file);
    output_csv(file, names, COLUMNS);
}

void sheet_add(FILE *file, const Event *event, const Directory *directory, Arena *arena)
{
    const char *cells[COLUMNS];
    Source source = {event, directory, arena};
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = harmless(columns[i].cell(&source), arena);
    output_csv(file, cells, COLUMNS);
    arena_reset(arena);
}
