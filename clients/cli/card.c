#include "clients/cli/card.h"

#include "clients/cli/event_view.h"
#include "clients/lib/wording.h"
#include "proto/json.h"
#include "proto/text.h"

#include <glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    CARD_LABEL_WIDTH = 18,
    CARD_WIDTH_MAX = 100,
    CARD_LINE_SIZE = 1024,
};

typedef struct Card {
    Session *session;
    const Event *event;
    const char *heading; /* of the section that is to come; NULL once it is there */
    const char *strong;  /* how a heading begins and ends */
    const char *plain;
    size_t width;
} Card;

/* --- lines --- */

static size_t columns_of(const char *text, size_t bytes)
{
    size_t columns = 0;
    for (const char *at = text; at < text + bytes; at = text_next(at)) {
        gunichar character = g_utf8_get_char(at);
        if (!g_unichar_iszerowidth(character)) columns += g_unichar_iswide(character) ? 2 : 1;
    }
    return columns;
}

/* The rest of a line and, indented, the lines that it goes on in. */
static void print_wrapped(const Card *card, size_t indent, const char *text)
{
    size_t column = indent;
    while (*text) {
        size_t bytes = strcspn(text, " \n");
        size_t columns = columns_of(text, bytes);
        bool broken = text[bytes] == '\n';
        if (column > indent && column + 1 + columns > card->width) {
            (void)printf("\n%*s", (int)indent, "");
            column = indent;
        }
        (void)printf("%s%.*s", column > indent ? " " : "", (int)bytes, text);
        column += columns + (column > indent ? 1 : 0);
        text += bytes;
        if (broken && text[1]) {
            (void)printf("\n%*s", (int)indent, "");
            column = indent;
        }
        text += strspn(text, " \n");
    }
    (void)putchar('\n');
}

/* The section's heading goes before its first line: an empty section has none. */
static void begin_line(Card *card)
{
    if (card->heading) (void)putchar('\n');
    if (card->heading && *card->heading)
        (void)printf("%s%s%s\n", card->strong, card->heading, card->plain);
    card->heading = NULL;
}

static void print_label(Card *card, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void print_label(Card *card, const char *label, const char *format, ...)
{
    char line[CARD_LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (!line[0]) return;
    begin_line(card);
    int missing = CARD_LABEL_WIDTH - (int)columns_of(label, strlen(label));
    (void)printf("  %s%*s ", label, missing > 0 ? missing : 0, "");
    print_wrapped(card, CARD_LABEL_WIDTH + 3, line);
}

static void print_text(Card *card, const char *text)
{
    begin_line(card);
    (void)fputs("  ", stdout);
    print_wrapped(card, 2, text);
}

static void begin_section(Card *card, const char *heading)
{
    card->heading = heading;
}

/* "a, b, c" of what is there. */
static const char *join(Card *card, char *const *texts, size_t count)
{
    char *joined = NULL;
    for (size_t i = 0; i < count; i++)
        joined = i == 0 ? arena_strdup(card->session->arena, texts[i])
                        : arena_printf(card->session->arena, "%s, %s", joined, texts[i]);
    return joined ? joined : "";
}

/* `text` and ", " and `more`, of which either may be missing. */
static const char *append(Card *card, const char *text, const char *more)
{
    if (!more || !*more) return text;
    if (!*text) return more;
    const char *whole = arena_printf(card->session->arena, "%s, %s", text, more);
    return whole ? whole : text;
}

static const char *words(Card *card, const ProtobufCEnumDescriptor *descriptor, int value)
{
    char text[WORDING_SIZE];
    wording_enum(descriptor, value, text);
    const char *copy = arena_strdup(card->session->arena, text);
    return copy ? copy : "";
}

/* --- what the registry knows --- */

static const char *organisation_name(Card *card, const char *id)
{
    Plenary__V1__GetOrganisation get = PLENARY__V1__GET_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Reply *reply = NULL;
    const char *name = NULL;
    get.name = (char *)(uintptr_t)id;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_ORGANISATION;
    request.get_organisation = &get;
    if (session_try(card->session, &request, &reply) != 0) return id;
    Plenary__V1__OrganisationsReply *found =
        reply_is_ok(reply) && reply->result_case == PLENARY__V1__REPLY__RESULT_ORGANISATIONS
            ? reply->organisations
            : NULL;
    if (found && found->n_organisations == 1)
        name = arena_printf(card->session->arena, "%s (%s)", found->organisations[0]->name,
                            found->organisations[0]->id);
    plenary_reply_free(reply);
    return name ? name : id;
}

static const char *event_name(Card *card, const char *id)
{
    Plenary__V1__GetEvent get = PLENARY__V1__GET_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Reply *reply = NULL;
    const char *name = NULL;
    get.event_id = (char *)(uintptr_t)id;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_EVENT;
    request.get_event = &get;
    if (session_try(card->session, &request, &reply) != 0) return id;
    if (reply_is_ok(reply) && reply->result_case == PLENARY__V1__REPLY__RESULT_EVENT)
        name = arena_printf(card->session->arena, "%u %s", reply->event->event->number,
                            reply->event->event->title);
    plenary_reply_free(reply);
    return name ? name : id;
}

/* --- sections --- */

static void print_head(Card *card)
{
    const Event *event = card->event;
    const char *line = words(card, &plenary__v1__event__kind__descriptor, (int)event->kind);
    line = append(card, line, event->category);
    line = append(card, line,
                  words(card, &plenary__v1__event__status__descriptor, (int)event->status));
    if (event->status_reason)
        line = arena_printf(card->session->arena, "%s (%s)", line, event->status_reason);
    (void)printf("%s%u  %s%s\n", card->strong, event->number, event->title, card->plain);
    print_text(card, line ? line : "");
    for (size_t i = 0; i < event->n_translations; i++)
        if (event->translations[i]->title)
            print_label(card, event->translations[i]->language, "%s",
                        event->translations[i]->title);
}

static void print_when(Card *card)
{
    const Event *event = card->event;
    const char *zone = event->schedule ? event->schedule->time_zone : NULL;
    char moment[WORDING_SIZE];
    print_label(card, "When", "%s%s%s%s", event_when(event, card->session->arena), zone ? " (" : "",
                zone ? zone : "", zone ? ")" : "");
    if (event->previous_start) {
        wording_moment(event->previous_start, moment);
        print_label(card, "Moved from", "%s", moment);
    }
    if (event->recurrence) {
        char often[WORDING_SIZE];
        wording_recurrence(event->recurrence, often);
        print_label(card, "Repeats", "%s", often);
    }
    if (event->recurrence_id) {
        wording_moment(event->recurrence_id, moment);
        print_label(card, "In place of", "%s", moment);
    }
}

static void print_where(Card *card)
{
    const Event *event = card->event;
    const Venue *venue = event->venue;
    const char *place = "";
    if (venue) {
        place = append(card, place, venue->name);
        place = append(card, place, venue->room);
        place = append(card, place, venue->street);
        place = append(card, place, event_place(event, card->session->arena));
    }
    print_label(card, "Where", "%s", place);
    print_label(card, "Format", "%s",
                words(card, &plenary__v1__event__format__descriptor, (int)event->format));
    if (event->online && event->online->uri) print_label(card, "Online", "%s", event->online->uri);
    if (event->has_capacity) print_label(card, "Capacity", "%u", event->capacity);
}

static void print_facts(Card *card)
{
    const Event *event = card->event;
    begin_section(card, "");
    print_when(card);
    print_where(card);
    print_label(card, "Topics", "%s", join(card, event->topics, event->n_topics));
    print_label(card, "Languages", "%s", join(card, event->languages, event->n_languages));
    if (event->series) print_label(card, "Series", "%s", event->series);
    if (event->part_of) print_label(card, "Part of", "%s", event_name(card, event->part_of));
    if (event->follows) print_label(card, "Follows", "%s", event_name(card, event->follows));
    for (size_t i = 0; i < event->n_related; i++)
        print_label(card, "Related", "%s", event_name(card, event->related[i]));
    if (event->description) {
        begin_section(card, "Description");
        print_text(card, event->description);
    }
}

static void print_organisations(Card *card)
{
    begin_section(card, "Organisations");
    for (size_t i = 0; i < card->event->n_organisations; i++) {
        const Involvement *part = card->event->organisations[i];
        print_label(card, words(card, &plenary__v1__involvement__role__descriptor, (int)part->role),
                    "%s", part->id ? organisation_name(card, part->id) : part->name);
    }
}

static void print_participants(Card *card)
{
    begin_section(card, "Participants");
    for (size_t i = 0; i < card->event->n_participants; i++) {
        const Participant *person = card->event->participants[i];
        const char *line = append(card, person->name ? person->name : "", person->honorific);
        line = append(card, line, person->position);
        line = append(card, line, person->organisation);
        line = append(card, line, person->country);
        line = append(card, line, person->email);
        line = append(card, line,
                      words(card, &plenary__v1__participant__mode__descriptor, (int)person->mode));
        line = append(
            card, line,
            words(card, &plenary__v1__participant__response__descriptor, (int)person->response));
        line = append(card, line,
                      words(card, &plenary__v1__participant__attendance__descriptor,
                            (int)person->attendance));
        print_label(card,
                    words(card, &plenary__v1__participant__role__descriptor, (int)person->role),
                    "%s", line);
    }
    for (size_t i = 0; i < card->event->n_headcounts; i++) {
        const Plenary__V1__Headcount *count = card->event->headcounts[i];
        print_label(card, "came", "%u from %s", count->number,
                    count->organisation ? count->organisation : count->country);
    }
}

static void print_programme(Card *card)
{
    char moment[WORDING_SIZE];
    begin_section(card, "Agenda");
    for (size_t i = 0; i < card->event->n_agenda; i++) {
        const Plenary__V1__AgendaItem *item = card->event->agenda[i];
        moment[0] = '\0';
        if (item->start) wording_moment(item->start, moment);
        const char *line = append(card, item->title ? item->title : "",
                                  join(card, item->speakers, item->n_speakers));
        print_label(card, moment, "%s", line);
    }
    const Plenary__V1__Training *training = card->event->training;
    begin_section(card, "Training");
    if (!training) return;
    print_label(card, "Tools", "%s", join(card, training->tools, training->n_tools));
    if (training->has_hours) print_label(card, "Hours", "%g", training->hours);
    if (training->level) print_label(card, "Level", "%s", training->level);
    if (training->certificate) print_label(card, "Certificate", "%s", training->certificate);
}

static void print_outcomes(Card *card)
{
    char date[WORDING_SIZE];
    begin_section(card, "Outcomes");
    for (size_t i = 0; i < card->event->n_outcomes; i++) {
        const Outcome *outcome = card->event->outcomes[i];
        const char *line = outcome->title ? outcome->title : "";
        if (outcome->date) {
            wording_moment(outcome->date, date);
            line = append(card, line, arena_strdup(card->session->arena, date));
        }
        line = append(card, line, join(card, outcome->organisations, outcome->n_organisations));
        line = append(card, line,
                      words(card, &plenary__v1__outcome__state__descriptor, (int)outcome->state));
        if (outcome->due) {
            wording_moment(outcome->due, date);
            line = append(card, line, arena_printf(card->session->arena, "due %s", date));
        }
        const char *label =
            words(card, &plenary__v1__outcome__kind__descriptor, (int)outcome->kind);
        print_label(card, label, "%s", line);
        if (outcome->text) print_label(card, "", "%s", outcome->text);
        if (outcome->closed_by)
            print_label(card, "  closed by", "%s", event_name(card, outcome->closed_by));
    }
    begin_section(card, "Documents");
    for (size_t i = 0; i < card->event->n_documents; i++) {
        const Plenary__V1__Document *document = card->event->documents[i];
        print_label(card, document->language ? document->language : "", "%s",
                    append(card, document->title ? document->title : "", document->uri));
    }
}

static void print_record(Card *card)
{
    const Event *event = card->event;
    const Handling *handling = event->handling;
    char instant[WORDING_SIZE];
    begin_section(card, "Record");
    if (handling) {
        const char *line = words(card, &plenary__v1__handling__tlp__descriptor, (int)handling->tlp);
        line = append(card, line, join(card, handling->audience, handling->n_audience));
        print_label(card, "TLP", "%s", append(card, line, handling->caveat));
    }
    if (event->source) {
        const char *line = append(card, event->source->publisher ? event->source->publisher : "",
                                  event->source->uri);
        print_label(card, "Source", "%s", append(card, line, event->source->date));
        if (event->source->note) print_label(card, "Note", "%s", event->source->note);
    }
    print_label(card, "Id", "%s", event->id ? event->id : "");
    if (event->uid && event->id && strcmp(event->uid, event->id) != 0)
        print_label(card, "UID", "%s", event->uid);
    wording_instant(event->updated ? event->updated : "", instant);
    print_label(card, "Revision", "%u, %s%s%s", event->revision, instant,
                event->updated_by ? ", " : "", event->updated_by ? event->updated_by : "");
}

void card_print(Session *session, const Event *event)
{
    Card card = {.session = session,
                 .event = event,
                 .strong = session->terminal.colours ? "\033[1m" : "",
                 .plain = session->terminal.colours ? "\033[0m" : "",
                 .width = session->terminal.width < CARD_WIDTH_MAX ? session->terminal.width
                                                                   : CARD_WIDTH_MAX};
    print_head(&card);
    print_facts(&card);
    print_organisations(&card);
    print_participants(&card);
    print_programme(&card);
    print_outcomes(&card);
    print_record(&card);
}
