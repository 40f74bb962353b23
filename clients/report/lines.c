#include "clients/report/lines.h"

#include "clients/lib/countries.h"
#include "proto/text.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROLE_BITS = 31, /* of a mask; roles are fewer */
};

/* --- what is absent --- */

Plenary__V1__Event__Status event_status(const Event *event)
{
    bool given = event->has_status && event->status;
    return given ? event->status : PLENARY__V1__EVENT__STATUS__CONFIRMED;
}

Plenary__V1__Handling__Tlp event_tlp(const Event *event)
{
    const Handling *handling = event->handling;
    bool given = handling && handling->has_tlp && handling->tlp;
    return given ? handling->tlp : PLENARY__V1__HANDLING__TLP__GREEN;
}

Plenary__V1__Outcome__State outcome_state(const Outcome *outcome)
{
    bool given = outcome->has_state && outcome->state;
    return given ? outcome->state : PLENARY__V1__OUTCOME__STATE__OPEN;
}

bool event_was_moved(const Event *event)
{
    const char *start = event->schedule ? event->schedule->start : NULL;
    return event->previous_start && (!start || strcmp(start, event->previous_start) != 0);
}

/* --- names of organisations --- */

typedef struct Names {
    GString *text;
    size_t most;
    size_t named;
    size_t left_out;
} Names;

static void add_name(Names *names, const char *name)
{
    if (!*name) return;
    if (names->named == names->most) {
        names->left_out++;
        return;
    }
    if (names->named++) (void)g_string_append(names->text, "; ");
    (void)g_string_append(names->text, name);
}

static char *end_names(Names *names)
{
    if (names->left_out) g_string_append_printf(names->text, " and %zu more", names->left_out);
    return g_string_free(names->text, names->named == 0);
}

char *event_organisations(const Event *event, unsigned roles, size_t most,
                          const Directory *directory)
{
    Names names = {.text = g_string_new(NULL), .most = most};
    for (size_t i = 0; i < event->n_organisations; i++) {
        const Involvement *part = event->organisations[i];
        if (part->has_role && (roles & (1U << ((unsigned)part->role & ROLE_BITS))))
            add_name(&names, directory_short(directory, directory_reference(part)));
    }
    return end_names(&names);
}

static char *outcome_organisations(const Outcome *outcome, const Directory *directory)
{
    Names names = {.text = g_string_new(NULL), .most = LINES_NAMES_MAX};
    for (size_t i = 0; i < outcome->n_organisations; i++)
        add_name(&names, directory_short(directory, outcome->organisations[i]));
    return end_names(&names);
}

/* --- events --- */

static char *shortened(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length <= LINES_TEXT_BYTES_MAX) return g_strdup(text);
    return g_strdup_printf("%.*s…", (int)text_cut(text, length, LINES_TEXT_BYTES_MAX), text);
}

/* A zone says something only of a time of day. */
static const char *zone_of(const Schedule *schedule)
{
    return schedule && schedule->start && strchr(schedule->start, 'T') ? schedule->time_zone : NULL;
}

static void fill_place(EventLine *line, const Venue *venue)
{
    if (!venue) return;
    line->city = g_strdup(venue->city);
    if (!venue->country) return;
    const char *name = country_name(venue->country);
    line->country = g_strdup(name ? name : venue->country);
}

static void fill_codes(EventLine *line, const Event *event)
{
    line->number = event->number;
    line->revisions = event->revision > 1 ? event->revision - 1 : 0;
    line->kind = event->kind;
    line->status = event_status(event);
    line->format = event->has_format ? event->format : 0;
    line->tlp = event_tlp(event);
}

EventLine *event_line_new(const Event *event, const Directory *directory)
{
    EventLine *line = g_new0(EventLine, 1);
    fill_codes(line, event);
    fill_place(line, event->venue);
    wording_schedule(event->schedule, line->when);
    if (event_was_moved(event)) wording_moment(event->previous_start, line->moved);
    line->title = g_strdup(event->title ? event->title : "");
    line->language = g_strdup(event->language);
    line->category = g_strdup(event->category);
    line->zone = g_strdup(zone_of(event->schedule));
    line->organisers = event_organisations(
        event, LINES_ROLE(ORGANISER) | LINES_ROLE(CO_ORGANISER) | LINES_ROLE(HOST), LINES_NAMES_MAX,
        directory);
    line->reason = shortened(event->status_reason);
    line->caveat = event->handling ? shortened(event->handling->caveat) : NULL;
    line->source = event->source ? g_strdup(event->source->publisher) : NULL;
    line->source_uri = event->source ? g_strdup(event->source->uri) : NULL;
    return line;
}

void event_line_free(void *line)
{
    EventLine *self = line;
    char *const texts[] = {self->title,  self->language, self->category,   self->zone,
                           self->city,   self->country,  self->organisers, self->reason,
                           self->caveat, self->source,   self->source_uri};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free(self);
}

/* --- outcomes --- */

OutcomeLine *outcome_line_new(const Event *event, const Outcome *outcome,
                              const Directory *directory)
{
    OutcomeLine *line = g_new0(OutcomeLine, 1);
    line->event = event->number;
    line->kind = outcome->kind;
    line->state = outcome_state(outcome);
    if (outcome->date) wording_moment(outcome->date, line->date);
    if (outcome->due) wording_moment(outcome->due, line->due);
    line->title = g_strdup(outcome->title);
    line->text = shortened(outcome->text);
    line->language = g_strdup(event->language);
    line->organisations = outcome_organisations(outcome, directory);
    line->event_title = g_strdup(event->title ? event->title : "");
    return line;
}

void outcome_line_free(void *line)
{
    OutcomeLine *self = line;
    char *const texts[] = {self->title, self->text, self->language, self->organisations,
                           self->event_title};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free(self);
}
