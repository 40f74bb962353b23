#include "clients/notify/notice.h"

#include "clients/lib/change_json.h"
#include "clients/lib/telling.h"
#include "clients/lib/wording.h"
#include "proto/diff.h"
#include "proto/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIELDS_TOLD = 6,
    TEXT_SIZE = 1024,
    DIFFERENCE_BYTES_MAX = 64 * 1024 * 1024,
};

bool notice_is_due(const FollowerNews *news)
{
    if (!news->before || !news->after) return true;
    return !diff_same(&news->before->base, &news->after->base);
}

static Plenary__V1__Delivery__Relation relation_of(const FollowerNews *news)
{
    if (news->is_erased && (news->after || !news->change->event))
        return PLENARY__V1__DELIVERY__RELATION__AGAIN;
    if (news->is_erased) return PLENARY__V1__DELIVERY__RELATION__LEFT;
    if (!news->before) return PLENARY__V1__DELIVERY__RELATION__ENTERED;
    return news->after ? PLENARY__V1__DELIVERY__RELATION__CHANGED
                       : PLENARY__V1__DELIVERY__RELATION__LEFT;
}

static const Event *event_of(const FollowerNews *news)
{
    if (news->is_erased && !news->after) return news->change->event; /* its identifiers, or NULL */
    return news->after ? news->after : news->before;
}

/* --- words --- */

/* Does the change say itself what happened? Not where an event comes into the filter that was there
 * before, nor where it leaves: that arrives as if it were withdrawn, without who did it. */
static bool is_plain(const FollowerNews *news)
{
    const Change *change = news->change;
    if (!change) return false;
    if (news->is_erased) return true;
    if (!news->before) return change->action == PLENARY__V1__CHANGE__ACTION__REGISTERED;
    return news->after || change->by_principal || change->by_organisation;
}

static const char *deed_of(const FollowerNews *news)
{
    int relation = (int)relation_of(news);
    return is_plain(news)
               ? json_enum_name(&plenary__v1__change__action__descriptor, (int)news->change->action)
               : json_enum_name(&plenary__v1__delivery__relation__descriptor, relation);
}

static void print_place(FILE *file, const Event *event)
{
    const Venue *venue = event->venue;
    if (venue && venue->city) (void)fprintf(file, ", %s", venue->city);
    if (venue && venue->country) (void)fprintf(file, ", %s", venue->country);
    if (!venue && event->online) (void)fputs(", online", file);
}

/* What it is: "conference, 3–4 Mar 2022, Tashkent, UZ". */
static void print_summary(FILE *file, const Event *event)
{
    char when[WORDING_SIZE];
    char status[WORDING_SIZE];
    wording_schedule(event->schedule, when);
    (void)fprintf(file, ": %s%s%s",
                  json_enum_name(&plenary__v1__event__kind__descriptor, (int)event->kind),
                  *when ? ", " : "", when);
    print_place(file, event);
    if (!event->has_status || event->status == PLENARY__V1__EVENT__STATUS__CONFIRMED) return;
    wording_enum(&plenary__v1__event__status__descriptor, (int)event->status, status);
    (void)fprintf(file, ", %s", status);
}

static void print_difference(FILE *file, const FollowerNews *news, const Difference *difference)
{
    char text[TEXT_SIZE];
    telling_difference(&news->before->base, &news->after->base, difference, FIELDS_TOLD, text,
                       sizeof text);
    if (*text) (void)fprintf(file, ": %s", text);
}

/* "by CARICC (ada)": the organisation, and the principal where that is shown. */
static void print_who(FILE *file, const Change *change, Mirror *mirror)
{
    const Organisation *known = mirror_organisation(mirror, change->by_organisation);
    const char *organisation = change->by_organisation;
    if (known && known->name) organisation = known->name;
    if (known && known->acronym) organisation = known->acronym;
    if (organisation && change->by_principal)
        (void)fprintf(file, "by %s (%s); ", organisation, change->by_principal);
    else if (organisation || change->by_principal)
        (void)fprintf(file, "by %s; ", organisation ? organisation : change->by_principal);
}

/* The command that shows more. */
static void print_more(FILE *file, const FollowerNews *news)
{
    const Event *event = event_of(news);
    if (!event)
        (void)fputs("plenary log", file);
    else if (!news->after)
        (void)fprintf(file, "plenary history %u", event->number);
    else if (!news->before || news->before->revision == news->after->revision)
        (void)fprintf(file, "plenary show %u", event->number);
    else
        (void)fprintf(file, "plenary diff %u %u %u", event->number, news->before->revision,
                      news->after->revision);
}

static void print_words(FILE *file, const FollowerNews *news, const Difference *difference,
                        Mirror *mirror)
{
    const Event *event = event_of(news);
    (void)fprintf(file, "#%" PRIu64 " %s", news->sequence, deed_of(news));
    if (event)
        (void)fprintf(file, "  %u%s%s", event->number, event->title ? " " : "",
                      event->title ? event->title : "");
    if (news->is_erased)
        (void)fputs(": a person was taken out; copies must follow", file);
    else if (!news->before)
        print_summary(file, event);
    else if (news->after)
        print_difference(file, news, difference);
    else if (!is_plain(news))
        (void)fputs(": withdrawn, or no longer what is asked for", file);
    (void)fputs(" (", file);
    if (news->change) print_who(file, news->change, mirror);
    print_more(file, news);
    (void)fputc(')', file);
}

/* A title may have line breaks; a line may not. */
static void make_one_line(char *text)
{
    for (char *at = text; *at; at++)
        if (*at == '\n' || *at == '\t') *at = ' ';
}

/* Without a newline. Given: free(). NULL: no memory. */
static char *words(const FollowerNews *news, const Difference *difference, Mirror *mirror)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    if (!file) return NULL;
    print_words(file, news, difference, mirror);
    if (fclose(file) == 0) {
        make_one_line(text);
        return text;
    }
    free(text);
    return NULL;
}

/* --- the difference --- */

/* NULL: there is none to tell, or it is too large. */
static const Difference *difference_of(const FollowerNews *news, Arena *arena)
{
    bool has_both = news->before && news->after;
    return has_both ? diff_records(&news->before->base, &news->after->base, arena) : NULL;
}

char *notice_words(const FollowerNews *news, Mirror *mirror)
{
    static const Difference none = PLENARY__V1__DIFFERENCE__INIT;
    Arena *arena = arena_new(DIFFERENCE_BYTES_MAX);
    if (!arena) return NULL;
    const Difference *difference = difference_of(news, arena);
    char *text = words(news, difference ? difference : &none, mirror);
    size_t length = text ? strlen(text) : 0;
    char *line = text ? realloc(text, length + 2) : NULL;
    if (line)
        memcpy(line + length, "\n", 2);
    else
        free(text);
    arena_destroy(&arena);
    return line;
}

/* --- JSON --- */

/* What a change would say if there were one: a snapshot has none. */
static void make_bare(const FollowerNews *news, Change *bare)
{
    plenary__v1__change__init(bare);
    bare->has_sequence = 1;
    bare->sequence = news->sequence;
    bare->record_case = PLENARY__V1__CHANGE__RECORD_EVENT;
    bare->event = (Event *)(uintptr_t)event_of(news); /* only read */
}

/* The members that a change does not have by itself. */
static json_t *more_of(const FollowerNews *news, Mirror *mirror)
{
    static const Difference none = PLENARY__V1__DIFFERENCE__INIT;
    Arena *arena = arena_new(DIFFERENCE_BYTES_MAX);
    json_t *more = json_object();
    const Difference *difference = arena ? difference_of(news, arena) : NULL;
    char *text = arena ? words(news, difference ? difference : &none, mirror) : NULL;
    if (text) (void)json_object_set_new(more, "text", json_string(text));
    if (difference)
        (void)json_object_set_new(more, "difference", json_of_message(&difference->base));
    free(text);
    arena_destroy(&arena);
    return more;
}

char *notice_json(const FollowerNews *news, Mirror *mirror)
{
    Change bare;
    json_t *more = more_of(news, mirror);
    make_bare(news, &bare);
    char *line = change_json_line(news->change ? news->change : &bare, relation_of(news), more);
    json_decref(more);
    return line;
}
