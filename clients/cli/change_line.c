#include "clients/cli/change_line.h"

#include "clients/cli/event_view.h"
#include "clients/cli/principal_view.h"
#include "clients/lib/telling.h"
#include "proto/diff.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    LINE_FIELDS_TOLD = 6,
    LINE_TEXT_SIZE = 1024,
    LINE_DIFF_BYTES_MAX = 16 * 1024 * 1024,
};

static char *print(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *print(const char *format, ...)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    if (!file) return NULL;
    va_list arguments;
    va_start(arguments, format);
    (void)vfprintf(file, format, arguments);
    va_end(arguments);
    if (fclose(file) == 0) return text;
    free(text);
    return NULL;
}

/* The event one revision earlier. */
static Reply *image_before(Session *session, const Event *event)
{
    Plenary__V1__GetEvent get = PLENARY__V1__GET_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Reply *reply = NULL;
    get.event_id = event->id;
    get.has_at_revision = 1;
    get.at_revision = event->revision - 1;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_EVENT;
    request.get_event = &get;
    if (session_try(session, &request, &reply) != 0) return NULL;
    if (reply_is_ok(reply) && reply->result_case == PLENARY__V1__REPLY__RESULT_EVENT) return reply;
    plenary_reply_free(reply);
    return NULL;
}

static void tell_difference(const Event *event, const Reply *before,
                            char text[static LINE_TEXT_SIZE])
{
    Arena *arena = before ? arena_new(LINE_DIFF_BYTES_MAX) : NULL;
    const Difference *difference =
        arena ? diff_records(&before->event->event->base, &event->base, arena) : NULL;
    if (difference)
        telling_difference(&before->event->event->base, &event->base, difference, LINE_FIELDS_TOLD,
                           text, LINE_TEXT_SIZE);
    arena_destroy(&arena);
}

/* What came again: nobody changed it. */
static char *again_line(const Change *change)
{
    const Event *event = change->event;
    bool is_erased = change->action == PLENARY__V1__CHANGE__ACTION__ERASED;
    return print("#%" PRIu64 " %s  %u %s: %s\n", change->sequence, is_erased ? "erased" : "again",
                 event->number, event->title ? event->title : "",
                 is_erased ? "a person was taken out; copies must follow"
                           : "what it refers to came into sight or went out");
}

/* Of a withdrawn event the image before still has the title. */
static char *event_line(Session *session, const PlenaryNews *news)
{
    const Change *change = news->change;
    const Event *event = change->event;
    bool withdrawn = change->action == PLENARY__V1__CHANGE__ACTION__WITHDRAWN;
    bool left = !withdrawn && news->relation == PLENARY__V1__DELIVERY__RELATION__LEFT;
    char text[LINE_TEXT_SIZE] = "";
    if (news->relation == PLENARY__V1__DELIVERY__RELATION__AGAIN) return again_line(change);
    Reply *before = event->revision > 1 ? image_before(session, event) : NULL;
    if (before && !withdrawn) tell_difference(event, before, text);
    const char *title = before && withdrawn ? before->event->event->title : event->title;
    char *line = print("#%" PRIu64 " %s  %u %s%s%s%s\n", change->sequence,
                       action_name((int)change->action), event->number, title ? title : "",
                       left ? " (no longer matches)" : "", *text ? ": " : "", text);
    plenary_reply_free(before);
    return line;
}

static char *principal_line(const Change *change, const char *action)
{
    Arena *arena = arena_new(LINE_DIFF_BYTES_MAX);
    const char *words = arena ? principal_words(change->principal, arena) : NULL;
    char *line = print("#%" PRIu64 " %s  principal %s: %s\n", change->sequence, action,
                       change->principal->name ? change->principal->name : "", words ? words : "");
    arena_destroy(&arena);
    return line;
}

char *change_line_words(Session *session, const PlenaryNews *news)
{
    const Change *change = news->change;
    const char *action = action_name((int)change->action);
    switch (change->record_case) {
    case PLENARY__V1__CHANGE__RECORD_EVENT: return event_line(session, news);
    case PLENARY__V1__CHANGE__RECORD_ORGANISATION:
        return print("#%" PRIu64 " %s  organisation %s %s\n", change->sequence, action,
                     change->organisation->id,
                     change->organisation->name ? change->organisation->name : "");
    case PLENARY__V1__CHANGE__RECORD_PRINCIPAL: return principal_line(change, action);
    default:
        return print("#%" PRIu64 " %s%s\n", change->sequence, action,
                     change->action == PLENARY__V1__CHANGE__ACTION__ERASED
                         ? ": a person was taken out; copies must follow"
                         : "");
    }
}
