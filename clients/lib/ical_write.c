#include "clients/lib/ical_write.h"

#include "clients/lib/ical.h"
#include "clients/lib/ical_line.h"
#include "clients/lib/ical_zone.h"
#include "proto/json.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum {
    COPY_BYTES = 64 * 1024,
};

struct IcalWriter {
    FILE *file;
    FILE *events; /* a temporary file */
    Zones *zones;
    const IcalLookup *lookup;
    Arena *arena;      /* of one event */
    GHashTable *spans; /* zone -> IcalZoneSpan */
};

static StatusCode cannot_write(Problem *problem)
{
    return problem_set(problem, STATUS_UNAVAILABLE, "the calendar could not be written: %s",
                       strerror(errno));
}

static StatusCode no_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
}

static void write_head(FILE *file)
{
    IcalPen pen = {.file = file};
    ical_raw_line(&pen, "BEGIN", "VCALENDAR");
    ical_raw_line(&pen, "VERSION", "2.0");
    ical_text_line(&pen, "PRODID", "-//Plenary//Plenary//EN");
    ical_raw_line(&pen, "CALSCALE", "GREGORIAN");
}

StatusCode ical_writer_open(FILE *file, Zones *zones, const IcalLookup *lookup, IcalWriter **self,
                            Problem *problem)
{
    IcalWriter *writer = calloc(1, sizeof *writer);
    if (!writer) return no_memory(problem);
    *writer = (IcalWriter){.file = file, .zones = zones, .lookup = lookup};
    writer->spans = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    writer->arena = arena_new(ICAL_EVENT_BYTES_MAX);
    writer->events = tmpfile();
    StatusCode code = STATUS_OK;
    if (!writer->events) code = cannot_write(problem);
    if (!writer->arena) code = no_memory(problem);
    if (code != STATUS_OK) {
        ical_writer_close(&writer);
        return code;
    }
    write_head(file);
    *self = writer;
    return STATUS_OK;
}

StatusCode ical_writer_organisation(IcalWriter *self, const Organisation *organisation,
                                    Problem *problem)
{
    IcalPen pen = {.file = self->file};
    json_t *json = json_of_message(&organisation->base);
    char *text = json ? json_print(json, JSON_COMPACT) : NULL;
    ical_text_line(&pen, ICAL_ORGANISATION, text);
    json_decref(json);
    bool printed = text != NULL;
    free(text);
    return printed ? STATUS_OK : no_memory(problem);
}

/* --- zones --- */

static void widen(IcalZoneSpan *span, const char *text)
{
    Moment moment;
    if (!text || !moment_parse(text, &moment)) return;
    int64_t local_s = moment_local_s(&moment);
    span->first_s = MIN(span->first_s, local_s);
    span->last_s = MAX(span->last_s, local_s);
}

static IcalZoneSpan *span_of(IcalWriter *self, const char *zone)
{
    IcalZoneSpan *span = g_hash_table_lookup(self->spans, zone);
    if (span) return span;
    span = g_new(IcalZoneSpan, 1);
    *span = (IcalZoneSpan){.first_s = INT64_MAX, .last_s = INT64_MIN};
    g_hash_table_insert(self->spans, g_strdup(zone), span);
    return span;
}

static void note_zone(IcalWriter *self, const Event *event)
{
    const char *zone = ical_event_zone(event);
    const Plenary__V1__Recurrence *recurrence = event->recurrence;
    if (!zone) return;
    IcalZoneSpan *span = span_of(self, zone);
    widen(span, event->schedule->start);
    widen(span, event->schedule->end);
    widen(span, event->recurrence_id);
    for (size_t i = 0; recurrence && i < recurrence->n_rdate; i++)
        widen(span, recurrence->rdate[i]);
    for (size_t i = 0; recurrence && i < recurrence->n_exdate; i++)
        widen(span, recurrence->exdate[i]);
    if (recurrence && recurrence->rrule) span->open = true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order of their names. */
static bool write_zones(IcalWriter *self)
{
    guint count = 0;
    gpointer *names = g_hash_table_get_keys_as_array(self->spans, &count);
    bool whole = true;
    if (count) qsort(names, count, sizeof *names, compare_names);
    for (guint i = 0; i < count && whole; i++)
        whole = ical_zone_write(self->file, self->zones, names[i],
                                g_hash_table_lookup(self->spans, names[i]));
    g_free(names);
    return whole;
}

/* --- events --- */

StatusCode ical_writer_event(IcalWriter *self, const Event *event, Problem *problem)
{
    arena_reset(self->arena);
    if (!ical_event_write(self->events, event, self->lookup, self->arena))
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "event %s is too large",
                           event->uid ? event->uid : event->id);
    if (ferror(self->events)) return cannot_write(problem);
    note_zone(self, event);
    return STATUS_OK;
}

static bool copy_events(IcalWriter *self)
{
    char *buffer = malloc(COPY_BYTES);
    size_t length = 0;
    bool whole = buffer && fflush(self->events) == 0 && fseek(self->events, 0, SEEK_SET) == 0;
    while (whole && (length = fread(buffer, 1, COPY_BYTES, self->events)) > 0)
        whole = fwrite(buffer, 1, length, self->file) == length;
    free(buffer);
    return whole && !ferror(self->events);
}

StatusCode ical_writer_end(IcalWriter *self, Problem *problem)
{
    if (!write_zones(self)) return no_memory(problem);
    if (!copy_events(self)) return cannot_write(problem);
    (void)fputs("END:VCALENDAR\r\n", self->file);
    return fflush(self->file) == 0 && !ferror(self->file) ? STATUS_OK : cannot_write(problem);
}

void ical_writer_close(IcalWriter **self)
{
    if (!self || !*self) return;
    if ((*self)->events) (void)fclose((*self)->events);
    if ((*self)->spans) g_hash_table_destroy((*self)->spans);
    arena_destroy(&(*self)->arena);
    free(*self);
    *self = NULL;
}
