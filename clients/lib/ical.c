#include "clients/lib/ical.h"

#include "clients/lib/ical_line.h"

#include <string.h>
#include <strings.h>

#define STATUS(name)   PLENARY__V1__EVENT__STATUS__##name
#define ROLE(name)     PLENARY__V1__PARTICIPANT__ROLE__##name
#define RESPONSE(name) PLENARY__V1__PARTICIPANT__RESPONSE__##name

const char *const ical_carried[] = {
    "id",        "kind",         "category", "status",   "status_reason", "previous_start",
    "format",    "venue",        "online",   "capacity", "series",        "languages",
    "documents", "translations", "agenda",   "training", "headcounts",    "outcomes",
    "handling",  "source",
};
const size_t ical_carried_count = sizeof ical_carried / sizeof *ical_carried;

void ical_carried_name(const char *field, char name[static ICAL_NAME_SIZE])
{
    static const char prefix[] = ICAL_CARRIED;
    size_t length = sizeof prefix - 1;
    memcpy(name, prefix, length);
    for (; *field && length + 1 < ICAL_NAME_SIZE; field++)
        name[length++] = *field == '_' ? '-' : (char)(*field & ~0x20);
    name[length] = '\0';
}

bool ical_carried_field(const char *name, char field[static ICAL_NAME_SIZE])
{
    static const char prefix[] = ICAL_CARRIED;
    if (strncmp(name, prefix, sizeof prefix - 1) != 0) return false;
    name += sizeof prefix - 1;
    size_t length = 0;
    for (; *name && length + 1 < ICAL_NAME_SIZE; name++)
        field[length++] = *name == '-' ? '_' : (char)(*name | 0x20);
    field[length] = '\0';
    return length > 0;
}

/* --- words --- */

typedef struct Word {
    const char *word;
    int value;
} Word;

/* Of several rows with one word, reading takes the first; of several with one value, writing does.
 */
static const Word statuses[] = {
    {"TENTATIVE", STATUS(TENTATIVE)}, {"CONFIRMED", STATUS(CONFIRMED)},
    {"CANCELLED", STATUS(CANCELLED)}, {"TENTATIVE", STATUS(POSTPONED)},
    {"CONFIRMED", STATUS(HELD)},      {"CONFIRMED", STATUS(STATUS_UNSPECIFIED)},
};

static const Word roles[] = {
    {"CHAIR", ROLE(CHAIR)},
    {"NON-PARTICIPANT", ROLE(OBSERVER)},
    {"NON-PARTICIPANT", ROLE(INTERPRETER)},
    {"NON-PARTICIPANT", ROLE(SECRETARY)},
};

static const Word responses[] = {
    {"NEEDS-ACTION", RESPONSE(NEEDS_ACTION)},
    {"ACCEPTED", RESPONSE(ACCEPTED)},
    {"TENTATIVE", RESPONSE(TENTATIVE)},
    {"DECLINED", RESPONSE(DECLINED)},
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const char *word_of(const Word *words, size_t count, int value)
{
    for (size_t i = 0; i < count; i++)
        if (words[i].value == value) return words[i].word;
    return "";
}

static int value_of(const Word *words, size_t count, const char *word)
{
    for (size_t i = 0; word && i < count; i++)
        if (strcasecmp(words[i].word, word) == 0) return words[i].value;
    return 0;
}

const char *ical_status_word(Plenary__V1__Event__Status status)
{
    return word_of(statuses, COUNT(statuses), (int)status);
}

Plenary__V1__Event__Status ical_status_of(const char *word)
{
    return (Plenary__V1__Event__Status)value_of(statuses, COUNT(statuses), word);
}

const char *ical_class_word(const Handling *handling)
{
    if (!handling || !handling->has_tlp) return "PUBLIC";
    switch (handling->tlp) {
    case PLENARY__V1__HANDLING__TLP__AMBER: return "PRIVATE";
    case PLENARY__V1__HANDLING__TLP__AMBER_STRICT:
    case PLENARY__V1__HANDLING__TLP__RED: return "CONFIDENTIAL";
    default: return "PUBLIC";
    }
}

const char *ical_role_word(Plenary__V1__Participant__Role role)
{
    const char *word = word_of(roles, COUNT(roles), (int)role);
    return *word ? word : "REQ-PARTICIPANT";
}

Plenary__V1__Participant__Role ical_role_of(const char *word)
{
    return (Plenary__V1__Participant__Role)value_of(roles, COUNT(roles), word);
}

const char *ical_response_word(Plenary__V1__Participant__Response response)
{
    return word_of(responses, COUNT(responses), (int)response);
}

Plenary__V1__Participant__Response ical_response_of(const char *word)
{
    return (Plenary__V1__Participant__Response)value_of(responses, COUNT(responses), word);
}

/* --- places and names --- */

const char *ical_location(const Venue *venue, Arena *arena)
{
    const char *const parts[] = {venue->room, venue->name, venue->street, venue->city,
                                 venue->country};
    const char *location = NULL;
    for (size_t i = 0; i < COUNT(parts); i++) {
        if (!parts[i]) continue;
        location = location ? arena_printf(arena, "%s, %s", location, parts[i])
                            : arena_strdup(arena, parts[i]);
        if (!location) return NULL;
    }
    return location;
}

bool ical_is_extension(const char *name)
{
    /* What there is once in an event, and what is no property. */
    static const char *const own[] = {
        "BEGIN",    "END",           "UID",     "DTSTAMP",     "DTSTART",  "DTEND", "DURATION",
        "CREATED",  "LAST-MODIFIED", "SUMMARY", "DESCRIPTION", "LOCATION", "GEO",   "URL",
        "SEQUENCE", "RECURRENCE-ID", "STATUS",  "CLASS",       "RRULE",
    };
    if (!ical_is_name(name)) return false;
    if (strncasecmp(name, ICAL_CARRIED, sizeof ICAL_CARRIED - 1) == 0)
        return strcasecmp(name, ICAL_COMPONENT) == 0;
    for (size_t i = 0; i < COUNT(own); i++)
        if (strcasecmp(own[i], name) == 0) return false;
    return true;
}
