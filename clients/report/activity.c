#include "clients/report/activity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t no_date_s = INT64_MIN;

Activity *activity_new(const Directory *directory)
{
    Activity *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->directory = directory;
    self->months = calloc(ACTIVITY_MONTHS, sizeof *self->months);
    self->organisations = tally_new();
    self->lines = shortlist_new(ACTIVITY_EVENTS_MAX, event_line_free);
    self->changes = shortlist_new(ACTIVITY_CHANGES_MAX, event_line_free);
    self->outcomes_list = shortlist_new(ACTIVITY_OUTCOMES_MAX, outcome_line_free);
    self->actions_list = shortlist_new(ACTIVITY_ACTIONS_MAX, outcome_line_free);
    if (!self->months || !self->organisations || !self->lines || !self->changes ||
        !self->outcomes_list || !self->actions_list)
        activity_destroy(&self);
    return self;
}

void activity_destroy(Activity **self)
{
    if (!*self) return;
    free((*self)->months);
    tally_destroy(&(*self)->organisations);
    shortlist_destroy(&(*self)->lines);
    shortlist_destroy(&(*self)->changes);
    shortlist_destroy(&(*self)->outcomes_list);
    shortlist_destroy(&(*self)->actions_list);
    free(*self);
    *self = NULL;
}

/* --- counting --- */

bool activity_country(const char *code, size_t *place)
{
    if (strlen(code) != 2) return false;
    int first = code[0] - 'A';
    int second = code[1] - 'A';
    if (first < 0 || first >= ACTIVITY_LETTERS || second < 0 || second >= ACTIVITY_LETTERS)
        return false;
    *place = (size_t)first * ACTIVITY_LETTERS + (size_t)second;
    return true;
}

void activity_month(size_t place, int *year, int *month)
{
    *year = (int)(place / 12) + MOMENT_YEAR_MIN;
    *month = (int)(place % 12) + 1;
}

static bool is_called_off(const Event *event)
{
    Plenary__V1__Event__Status status = event_status(event);
    return status == PLENARY__V1__EVENT__STATUS__CANCELLED ||
           status == PLENARY__V1__EVENT__STATUS__POSTPONED;
}

/* A number that a newer contract may have brought counts as none. */
static size_t below(int value, size_t bound)
{
    return value > 0 && (size_t)value < bound ? (size_t)value : 0;
}

static void count_codes(Activity *self, const Event *event)
{
    size_t place;
    self->events++;
    self->kinds[below((int)event->kind, ACTIVITY_KINDS)]++;
    self->statuses[below((int)event_status(event), ACTIVITY_STATUSES)]++;
    self->formats[event->has_format ? below((int)event->format, ACTIVITY_FORMATS) : 0]++;
    const char *country = event->venue ? event->venue->country : NULL;
    if (country && activity_country(country, &place))
        self->countries[place]++;
    else
        self->nowhere++;
    if (event_tlp(event) > self->tlp) self->tlp = event_tlp(event);
    if (event->recurrence) self->recurring++;
}

static void count_month(Activity *self, const Event *event, const Moment *start)
{
    if (!start) {
        self->undated++;
        return;
    }
    Month *month = &self->months[(start->year - MOMENT_YEAR_MIN) * 12 + start->month - 1];
    month->events++;
    if (is_called_off(event)) month->called_off++;
}

static void count_people(Activity *self, const Event *event)
{
    self->participants += event->n_participants;
    for (size_t i = 0; i < event->n_headcounts; i++)
        self->headcount += event->headcounts[i]->number;
}

static void count_revisions(Activity *self, const Event *event)
{
    if (event_was_moved(event)) self->moved++;
    if (event->revision > 1) {
        self->revised++;
        self->revisions += event->revision - 1;
    }
    /* Instants have one length: their order is that of their texts. */
    if (event->updated && strcmp(event->updated, self->updated) > 0)
        (void)snprintf(self->updated, sizeof self->updated, "%s", event->updated);
}

/* --- picking out --- */

static int64_t local_s_of(const char *moment)
{
    Moment parsed;
    return moment && moment_parse(moment, &parsed) ? moment_local_s(&parsed) : no_date_s;
}

static void pick_event(Activity *self, Shortlist *list, const Event *event, int64_t start_s)
{
    ShortlistKey key = {.first = start_s, .number = event->number};
    if (shortlist_offer(list, &key))
        shortlist_put(list, &key, event_line_new(event, self->directory));
}

/* What is open comes first, then what was done; among these what is due first, and what is not due
 * at any time last. */
static ShortlistKey key_of_action(const Event *event, const Outcome *outcome, uint32_t index)
{
    int64_t due_s = local_s_of(outcome->due);
    return (ShortlistKey){.first = -(int64_t)outcome_state(outcome),
                          .second = due_s == no_date_s ? no_date_s : -due_s,
                          .number = event->number,
                          .index = index};
}

static ShortlistKey key_of_outcome(const Event *event, const Outcome *outcome, int64_t start_s,
                                   uint32_t index)
{
    return (ShortlistKey){.first = outcome->date ? local_s_of(outcome->date) : start_s,
                          .number = event->number,
                          .index = index};
}

static void add_outcome(Activity *self, const Event *event, int64_t start_s, uint32_t index)
{
    const Outcome *outcome = event->outcomes[index];
    bool is_action = outcome->kind == PLENARY__V1__OUTCOME__KIND__ACTION_ITEM;
    Shortlist *list = is_action ? self->actions_list : self->outcomes_list;
    ShortlistKey key = is_action ? key_of_action(event, outcome, index)
                                 : key_of_outcome(event, outcome, start_s, index);
    self->outcomes[below((int)outcome->kind, ACTIVITY_OUTCOME_KINDS)]++;
    if (is_action) self->actions[below((int)outcome_state(outcome), ACTIVITY_STATES)]++;
    if (shortlist_offer(list, &key))
        shortlist_put(list, &key, outcome_line_new(event, outcome, self->directory));
}

void activity_add(Activity *self, const Event *event)
{
    Moment start;
    const char *text = event->schedule ? event->schedule->start : NULL;
    bool dated = text && moment_parse(text, &start);
    int64_t start_s = dated ? moment_local_s(&start) : no_date_s;
    count_codes(self, event);
    count_month(self, event, dated ? &start : NULL);
    count_people(self, event);
    count_revisions(self, event);
    tally_add(self->organisations, event);
    pick_event(self, self->lines, event, start_s);
    if (event_was_moved(event) || is_called_off(event))
        pick_event(self, self->changes, event, start_s);
    for (size_t i = 0; i < event->n_outcomes; i++)
        add_outcome(self, event, start_s, (uint32_t)i);
}

void activity_end(Activity *self)
{
    shortlist_sort(self->lines);
    shortlist_sort(self->changes);
    shortlist_sort(self->outcomes_list);
    shortlist_sort(self->actions_list);
}
