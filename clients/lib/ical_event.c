#include "clients/lib/ical_event.h"

#include "clients/lib/ical.h"
#include "clients/lib/ical_line.h"
#include "clients/lib/ical_people.h"
#include "proto/json.h"
#include "proto/moment.h"
#include "proto/reflect.h"

#include <stdlib.h>
#include <string.h>

enum {
    DAY_S = 24 * 3600,
    VALUE_SIZE = 64,
};

/* --- times --- */

static bool is_utc(const char *zone)
{
    return strcmp(zone, "UTC") == 0;
}

/* "20220303", "20220303T090000", or with a Z. */
static void print_moment(const Moment *moment, bool utc, char text[static VALUE_SIZE])
{
    if (moment->is_date)
        (void)snprintf(text, VALUE_SIZE, "%04d%02d%02d", moment->year, moment->month, moment->day);
    else
        (void)snprintf(text, VALUE_SIZE, "%04d%02d%02dT%02d%02d%02d%s", moment->year, moment->month,
                       moment->day, moment->hour, moment->minute, moment->second, utc ? "Z" : "");
}

static void put_moment(IcalPen *pen, const char *name, const Moment *moment, const char *zone)
{
    char value[VALUE_SIZE];
    bool utc = zone && is_utc(zone);
    print_moment(moment, utc, value);
    ical_begin(pen, name);
    if (moment->is_date)
        ical_parameter(pen, "VALUE", "DATE");
    else if (!utc)
        ical_parameter(pen, "TZID", zone);
    ical_raw(pen, value);
}

static void put_local(IcalPen *pen, const char *name, const char *text, const char *zone)
{
    Moment moment;
    if (text && moment_parse(text, &moment)) put_moment(pen, name, &moment, zone);
}

/* To the second. */
static void put_instant(IcalPen *pen, const char *name, const char *text)
{
    int64_t time_us;
    if (!text || !instant_parse(text, &time_us)) return;
    Moment moment = moment_from_local_s(time_us / 1000000, false);
    put_moment(pen, name, &moment, "UTC");
}

static void put_stamps(IcalPen *pen, const Event *event)
{
    static const char epoch[] = "1970-01-01T00:00:00Z"; /* of what no registry has seen */
    const char *changed = event->updated ? event->updated : event->created;
    char sequence[VALUE_SIZE];
    put_instant(pen, "DTSTAMP", changed ? changed : epoch);
    put_instant(pen, "CREATED", event->created);
    put_instant(pen, "LAST-MODIFIED", event->updated);
    (void)snprintf(sequence, sizeof sequence, "%u", event->ical_sequence);
    if (event->has_ical_sequence) ical_raw_line(pen, "SEQUENCE", sequence);
}

/* What DTEND says; false: it cannot say it, or there is no end. RFC 5545 section 3.6.1: it is later
 * than DTSTART, and of whole days the day after the last. */
static bool find_end(const Schedule *schedule, Moment *end)
{
    Moment start;
    if (!schedule->end || !moment_parse(schedule->start, &start) ||
        !moment_parse(schedule->end, end))
        return false;
    if (end->is_date) {
        *end = moment_from_local_s(moment_local_s(end) + DAY_S, true);
        return end->year <= MOMENT_YEAR_MAX;
    }
    return moment_local_s(end) > moment_local_s(&start);
}

/* A moment that reading makes the same text of. */
static bool is_full(const char *text)
{
    Moment moment;
    char full[MOMENT_TEXT_SIZE];
    if (!moment_parse(text, &moment)) return true;
    moment_print(&moment, full);
    return strcmp(text, full) == 0;
}

/* What DTSTART and DTEND leave unsaid of the schedule. */
static json_t *unsaid_schedule(const Schedule *schedule)
{
    Moment start;
    Moment end;
    json_t *rest = json_object();
    bool is_date = moment_parse(schedule->start, &start) && start.is_date;
    if (!is_full(schedule->start))
        (void)json_object_set_new(rest, "start", json_string(schedule->start));
    if (schedule->end && (!is_full(schedule->end) || !find_end(schedule, &end)))
        (void)json_object_set_new(rest, "end", json_string(schedule->end));
    if (schedule->time_zone && is_date)
        (void)json_object_set_new(rest, "time_zone", json_string(schedule->time_zone));
    if (schedule->has_approximate)
        (void)json_object_set_new(rest, "approximate", json_boolean(schedule->approximate));
    return rest;
}

static bool put_json(IcalPen *pen, const char *field, const json_t *json)
{
    char name[ICAL_NAME_SIZE];
    const char *plain = json_string_value(json);
    char *text = json && !plain ? json_print(json, JSON_COMPACT) : NULL;
    ical_carried_name(field, name);
    ical_text_line(pen, name, plain ? plain : text);
    free(text);
    return plain || text;
}

static bool put_schedule(IcalPen *pen, const Event *event)
{
    Moment end;
    const Schedule *schedule = event->schedule;
    const char *zone = schedule->time_zone;
    put_local(pen, "RECURRENCE-ID", event->recurrence_id, zone);
    put_local(pen, "DTSTART", schedule->start, zone);
    if (find_end(schedule, &end)) put_moment(pen, "DTEND", &end, zone);
    json_t *rest = unsaid_schedule(schedule);
    bool whole = json_object_size(rest) == 0 || put_json(pen, "schedule", rest);
    json_decref(rest);
    if (!event->recurrence) return whole;
    ical_raw_line(pen, "RRULE", event->recurrence->rrule);
    for (size_t i = 0; i < event->recurrence->n_rdate; i++)
        put_local(pen, "RDATE", event->recurrence->rdate[i], zone);
    for (size_t i = 0; i < event->recurrence->n_exdate; i++)
        put_local(pen, "EXDATE", event->recurrence->exdate[i], zone);
    return whole;
}

static bool is_timed(const char *text)
{
    Moment moment;
    return text && moment_parse(text, &moment) && !moment.is_date;
}

const char *ical_event_zone(const Event *event)
{
    const Plenary__V1__Recurrence *recurrence = event->recurrence;
    const char *zone = event->schedule->time_zone;
    if (!zone || is_utc(zone)) return NULL;
    bool timed = is_timed(event->schedule->start) || is_timed(event->recurrence_id);
    for (size_t i = 0; recurrence && i < recurrence->n_rdate; i++)
        timed = timed || is_timed(recurrence->rdate[i]);
    for (size_t i = 0; recurrence && i < recurrence->n_exdate; i++)
        timed = timed || is_timed(recurrence->exdate[i]);
    return timed ? zone : NULL;
}

/* --- texts --- */

/* What calendars would not show otherwise; "" where there is nothing. NULL: the arena is full. */
static const char *note_of(const Event *event, Arena *arena)
{
    const char *reason = event->status_reason;
    const char *approximate = "";
    const char *status = "";
    const char *dial_in = event->online ? event->online->dial_in : NULL;
    if (event->schedule && event->schedule->approximate)
        approximate = "\nSometime within these days: the exact ones are not settled.";
    if (event->status == PLENARY__V1__EVENT__STATUS__POSTPONED) status = "Postponed";
    if (event->status == PLENARY__V1__EVENT__STATUS__CANCELLED && reason) status = "Cancelled";
    return arena_printf(arena, "%s%s%s%s%s%s%s", approximate, *status ? "\n" : "", status,
                        *status && reason ? ": " : "", *status && reason ? reason : "",
                        dial_in ? "\nDial in: " : "", dial_in ? dial_in : "");
}

static void put_text(IcalPen *pen, const char *name, const char *text, const char *language)
{
    if (!text) return;
    ical_begin(pen, name);
    ical_parameter(pen, "LANGUAGE", language);
    ical_text(pen, text);
}

static bool put_texts(IcalPen *pen, const Event *event, Arena *arena)
{
    const char *note = note_of(event, arena);
    if (!note) return false;
    if (*note && event->description) note = arena_printf(arena, "\n%s", note);
    const char *description = event->description;
    if (note && *note)
        description = arena_printf(arena, "%s%s", description ? description : "", note);
    put_text(pen, "SUMMARY", event->title, event->language);
    put_text(pen, "DESCRIPTION", description, event->language);
    if (note && *note) ical_text_line(pen, ICAL_NOTE, note);
    return note && (description || !*note);
}

static void put_categories(IcalPen *pen, const Event *event)
{
    const char *kind = json_enum_name(&plenary__v1__event__kind__descriptor, (int)event->kind);
    if (event->n_topics) {
        ical_begin(pen, "CATEGORIES");
        for (size_t i = 0; i < event->n_topics; i++)
            ical_list_text(pen, event->topics[i], i == 0);
        ical_end(pen);
    }
    if (*kind) ical_text_line(pen, "CATEGORIES", kind);
}

/* --- where --- */

static bool put_place(IcalPen *pen, const Event *event, Arena *arena)
{
    char value[VALUE_SIZE];
    const Venue *venue = event->venue;
    const Plenary__V1__Online *online = event->online;
    ical_text_line(pen, "LOCATION", venue ? ical_location(venue, arena) : NULL);
    if (venue && venue->has_latitude && venue->has_longitude) {
        (void)snprintf(value, sizeof value, "%.6f;%.6f", venue->latitude, venue->longitude);
        ical_raw_line(pen, "GEO", value);
    }
    if (online && online->uri) { /* RFC 7986 section 5.11 */
        ical_begin(pen, "CONFERENCE");
        ical_parameter(pen, "VALUE", "URI");
        ical_parameter(pen, "LABEL", online->platform);
        ical_raw(pen, online->uri);
    }
    return !arena_has_refused(arena);
}

/* --- others --- */

static void put_relation(IcalPen *pen, const IcalLookup *lookup, const char *kind, const char *id)
{
    if (!id) return;
    const char *uid = lookup->uid(lookup->context, id);
    ical_begin(pen, "RELATED-TO");
    ical_parameter(pen, "RELTYPE", kind);
    ical_text(pen, uid ? uid : id);
}

static void put_relations(IcalPen *pen, const Event *event, const IcalLookup *lookup)
{
    put_relation(pen, lookup, "PARENT", event->part_of);
    put_relation(pen, lookup, ICAL_CARRIED "FOLLOWS", event->follows);
    for (size_t i = 0; i < event->n_related; i++)
        put_relation(pen, lookup, "SIBLING", event->related[i]);
}

static void put_documents(IcalPen *pen, const Event *event)
{
    for (size_t i = 0; i < event->n_documents; i++) {
        const Plenary__V1__Document *document = event->documents[i];
        if (!document->uri) continue;
        ical_begin(pen, "ATTACH");
        ical_parameter(pen, "FMTTYPE", document->media_type);
        ical_parameter(pen, "FILENAME", document->title);
        ical_raw(pen, document->uri);
    }
}

/* A list is carried element by element. */
static bool put_carried(IcalPen *pen, const Event *event, const char *field_name)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(
        &plenary__v1__event__descriptor, field_name);
    bool whole = true;
    for (size_t i = 0; i < reflect_count(&event->base, field) && whole; i++) {
        json_t *value = json_of_value(field, reflect_at(&event->base, field, i));
        whole = put_json(pen, field_name, value);
        json_decref(value);
    }
    return whole;
}

static bool is_plain_status(const Event *event)
{
    return !event->has_status || ical_status_of(ical_status_word(event->status)) == event->status;
}

static bool put_all_carried(IcalPen *pen, const Event *event)
{
    bool whole = true;
    for (size_t i = 0; i < ical_carried_count && whole; i++) {
        if (strcmp(ical_carried[i], "status") == 0 && is_plain_status(event)) continue;
        whole = put_carried(pen, event, ical_carried[i]);
    }
    return whole;
}

static bool put_extension(IcalPen *pen, const Plenary__V1__Extension *extension, Arena *arena)
{
    if (!ical_is_extension(extension->name)) {
        json_t *json = json_of_message(&extension->base);
        bool whole = put_json(pen, "extensions", json);
        json_decref(json);
        return whole;
    }
    ical_begin(pen, extension->name);
    for (size_t i = 0; i < extension->n_parameters; i++) {
        const char *equals = strchr(extension->parameters[i], '=');
        if (!equals) continue;
        char *name = arena_strndup(arena, extension->parameters[i],
                                   (size_t)(equals - extension->parameters[i]));
        if (!name) return false;
        if (ical_is_name(name)) ical_parameter(pen, name, equals + 1);
    }
    ical_raw(pen, extension->value ? extension->value : "");
    return true;
}

static bool put_extensions(IcalPen *pen, const Event *event, Arena *arena)
{
    bool whole = true;
    for (size_t i = 0; i < event->n_extensions && whole; i++)
        whole = put_extension(pen, event->extensions[i], arena);
    return whole;
}

bool ical_event_write(FILE *file, const Event *event, const IcalLookup *lookup, Arena *arena)
{
    IcalPen pen = {.file = file};
    ical_raw_line(&pen, "BEGIN", "VEVENT");
    ical_text_line(&pen, "UID", event->uid ? event->uid : event->id);
    put_stamps(&pen, event);
    bool whole = put_schedule(&pen, event) && put_texts(&pen, event, arena);
    ical_raw_line(&pen, "STATUS", ical_status_word(event->status));
    ical_raw_line(&pen, "CLASS", ical_class_word(event->handling));
    put_categories(&pen, event);
    whole = whole && put_place(&pen, event, arena);
    ical_raw_line(&pen, "URL", event->source ? event->source->uri : NULL);
    ical_people_write(&pen, event, lookup);
    put_relations(&pen, event, lookup);
    put_documents(&pen, event);
    whole = whole && put_all_carried(&pen, event) && put_extensions(&pen, event, arena);
    ical_raw_line(&pen, "END", "VEVENT");
    return whole;
}
