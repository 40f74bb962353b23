#include "proto/rules_event.h"

#include "proto/contract.h"
#include "proto/text.h"
#include "proto/validate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TLP(name) PLENARY__V1__HANDLING__TLP__##name

void rules_period(Checker *self, const char *start_name, const char *start, const char *end_name,
                  const char *end)
{
    Moment first;
    Moment last;
    if (!start || !end || !moment_parse(start, &first) || !moment_parse(end, &last)) return;
    if (first.is_date != last.is_date)
        check_refuse_in(self, end_name, "%s is %s, %s %s is %s", end,
                        last.is_date ? "a date" : "a date and time", start_name, start,
                        first.is_date ? "a date" : "a date and time");
    else if (moment_local_s(&last) < moment_local_s(&first))
        check_refuse_in(self, end_name, "%s is before %s %s", end, start_name, start);
}

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int compare_involvements(const void *a, const void *b)
{
    const Involvement *one = *(Involvement *const *)a;
    const Involvement *other = *(Involvement *const *)b;
    if (one->role != other->role) return one->role < other->role ? -1 : 1;
    int by_id = compare_texts(one->id, other->id);
    if (by_id || one->id) return by_id;
    return compare_texts(one->name, other->name);
}

/* The same organisation, by its id or else its name, twice in one role. */
static void check_organisations(Checker *self, const Event *event)
{
    Involvement *sorted[VALIDATE_LIST_MAX];
    size_t count = event->n_organisations;
    if (count < 2 || count > VALIDATE_LIST_MAX) return;
    memcpy(sorted, event->organisations, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_involvements);
    for (size_t i = 1; i < count; i++) {
        const char *name = sorted[i]->id ? sorted[i]->id : sorted[i]->name;
        if (name && compare_involvements(&sorted[i - 1], &sorted[i]) == 0)
            check_refuse_in(self, "organisations", "%s is there twice in the same role",
                            text_quote(name).text);
    }
}

static bool is_itself(const Event *event, const char *reference)
{
    if (!reference) return false;
    return (event->id && strcmp(event->id, reference) == 0) ||
           (event->uid && !event->recurrence_id && strcmp(event->uid, reference) == 0);
}

void rules_event(Checker *self, const ProtobufCMessage *message)
{
    const Event *event = (const Event *)message;
    if (!event->schedule) check_refuse_in(self, "schedule.start", "is required");
    if (event->recurrence_id && !event->uid)
        check_refuse_in(self, "uid", "is required with recurrence_id");
    if (event->recurrence_id && event->recurrence)
        check_refuse_in(self, "recurrence", "cannot be given together with recurrence_id");
    if (is_itself(event, event->part_of))
        check_refuse_in(self, "part_of", "names the event itself");
    if (is_itself(event, event->follows))
        check_refuse_in(self, "follows", "names the event itself");
    check_organisations(self, event);
}

void rules_translation(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__Translation *translation = (const Plenary__V1__Translation *)message;
    if (!translation->title && !translation->description)
        check_refuse_in(self, "title", "is required, or a description");
}

void rules_schedule(Checker *self, const ProtobufCMessage *message)
{
    const Schedule *schedule = (const Schedule *)message;
    rules_period(self, "start", schedule->start, "end", schedule->end);
}

void rules_recurrence(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__Recurrence *recurrence = (const Plenary__V1__Recurrence *)message;
    if (!recurrence->rrule && recurrence->n_rdate == 0)
        check_refuse_in(self, "rrule", "is required, or an rdate");
}

static void check_degrees(Checker *self, const char *field, double degrees, int limit)
{
    if (!isfinite(degrees)) return; /* told already, as of any number */
    if (degrees < -limit || degrees > limit)
        check_refuse_in(self, field, "%g is not between -%d and %d", degrees, limit, limit);
}

void rules_venue(Checker *self, const ProtobufCMessage *message)
{
    const Venue *venue = (const Venue *)message;
    if (venue->has_latitude) check_degrees(self, "latitude", venue->latitude, 90);
    if (venue->has_longitude) check_degrees(self, "longitude", venue->longitude, 180);
    if (venue->has_latitude && !venue->has_longitude)
        check_refuse_in(self, "longitude", "is required with latitude");
    if (venue->has_longitude && !venue->has_latitude)
        check_refuse_in(self, "latitude", "is required with longitude");
}

void rules_involvement(Checker *self, const ProtobufCMessage *message)
{
    const Involvement *involvement = (const Involvement *)message;
    if (!involvement->id && !involvement->name)
        check_refuse_in(self, "id", "is required, or a name");
}

void rules_headcount(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__Headcount *headcount = (const Plenary__V1__Headcount *)message;
    if (!headcount->organisation && !headcount->country)
        check_refuse_in(self, "organisation", "is required, or a country");
}

void rules_agenda_item(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__AgendaItem *item = (const Plenary__V1__AgendaItem *)message;
    rules_period(self, "start", item->start, "end", item->end);
    if (item->end && !item->start) check_refuse_in(self, "start", "is required with end");
}

void rules_document(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__Document *document = (const Plenary__V1__Document *)message;
    if (!document->title && !document->uri) check_refuse_in(self, "title", "is required, or a uri");
}

void rules_outcome(Checker *self, const ProtobufCMessage *message)
{
    const Outcome *outcome = (const Outcome *)message;
    if (!outcome->title && !outcome->text) check_refuse_in(self, "title", "is required, or a text");
}

void rules_training(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__Training *training = (const Plenary__V1__Training *)message;
    if (!training->has_hours || !isfinite(training->hours)) return;
    if (!(training->hours > 0) || training->hours > VALIDATE_HOURS_MAX)
        check_refuse_in(self, "hours", "%g is not over 0 and up to %d", training->hours,
                        VALIDATE_HOURS_MAX);
}

void rules_handling(Checker *self, const ProtobufCMessage *message)
{
    const Handling *handling = (const Handling *)message;
    bool restricted =
        handling->has_tlp && (handling->tlp == TLP(AMBER_STRICT) || handling->tlp == TLP(RED));
    if (restricted && handling->n_audience == 0)
        check_refuse_in(self, "audience", "is required with tlp %s",
                        handling->tlp == TLP(RED) ? "red" : "amber_strict");
}
