#include "bench/generate.h"

#include "proto/moment.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    DAYS_OF_MONTH = 28,
    TOPICS_MAX = 4,
    BODIES_MAX = 5,
};

/* --- chance --- */

Random random_of(uint64_t seed, uint64_t index)
{
    Random random = {seed * 0x9E3779B97F4A7C15U + index};
    (void)random_next(&random);
    return random;
}

uint64_t random_next(Random *random)
{
    uint64_t mixed = (random->state += 0x9E3779B97F4A7C15U);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
}

size_t random_below(Random *random, size_t below)
{
    assert(below > 0);
    return (size_t)(random_next(random) % below);
}

bool random_percent(Random *random, unsigned percent)
{
    return random_below(random, 100) < percent;
}

/* --- a maker: what the parts of one event share --- */

typedef struct Maker {
    Random random;
    Arena *arena;
    bool failed; /* the arena was full */
} Maker;

static void *make(Maker *maker, const ProtobufCMessageDescriptor *descriptor)
{
    void *message = arena_alloc(maker->arena, descriptor->sizeof_message);
    if (!message)
        maker->failed = true;
    else
        protobuf_c_message_init(descriptor, message);
    return message;
}

static char *text(Maker *maker, const char *value)
{
    char *copy = arena_strdup(maker->arena, value);
    if (!copy) maker->failed = true;
    return copy;
}

static size_t pick(Maker *maker, size_t count)
{
    return random_below(&maker->random, count);
}

static bool chance(Maker *maker, unsigned percent)
{
    return random_percent(&maker->random, percent);
}

/* One of the first few far more often than one of the last, as with real names. */
static size_t pick_uneven(Maker *maker, size_t count)
{
    size_t one = pick(maker, count);
    size_t other = pick(maker, count);
    return one < other ? one : other;
}

/* --- the parts --- */

static char *moment(Maker *maker, int year, int month, int day, int hour)
{
    char *moment =
        hour < 0 ? arena_printf(maker->arena, "%04d-%02d-%02d", year, month, day)
                 : arena_printf(maker->arena, "%04d-%02d-%02dT%02d:00:00", year, month, day, hour);
    if (!moment) maker->failed = true;
    return moment;
}

static Schedule *make_schedule(Maker *maker, const City *city)
{
    Schedule *schedule = make(maker, &plenary__v1__schedule__descriptor);
    if (!schedule) return NULL;
    int years = GENERATE_YEAR_LAST - GENERATE_YEAR_FIRST + 1;
    int year = GENERATE_YEAR_FIRST + (int)pick(maker, (size_t)years);
    int month = 1 + (int)pick(maker, 12);
    int day = 1 + (int)pick(maker, DAYS_OF_MONTH);
    int last = day + (int)pick_uneven(maker, 5);
    if (last > DAYS_OF_MONTH) last = DAYS_OF_MONTH;
    bool whole_days = chance(maker, 60);
    int hour = 8 + (int)pick(maker, 4);
    schedule->start = moment(maker, year, month, day, whole_days ? -1 : hour);
    schedule->end = moment(maker, year, month, last, whole_days ? -1 : hour + 6);
    schedule->time_zone = text(maker, city->zone);
    schedule->has_approximate = chance(maker, 3);
    schedule->approximate = schedule->has_approximate;
    return schedule;
}

static Venue *make_venue(Maker *maker, const City *city)
{
    static const char *const places[] = {"Conference Centre", "Hotel International", "Academy",
                                         "Ministry", "UN House"};
    Venue *venue = make(maker, &plenary__v1__venue__descriptor);
    if (!venue) return NULL;
    venue->name = text(maker, places[pick(maker, sizeof places / sizeof *places)]);
    venue->city = text(maker, city->name);
    venue->country = text(maker, city->country);
    if (chance(maker, 40)) {
        venue->has_latitude = venue->has_longitude = true;
        venue->latitude = city->latitude;
        venue->longitude = city->longitude;
    }
    return venue;
}

static void make_online(Maker *maker, Event *event)
{
    event->online = make(maker, &plenary__v1__online__descriptor);
    if (!event->online) return;
    event->online->platform = text(maker, "BigBlueButton");
    event->online->uri = arena_printf(maker->arena, "https://meet.example.org/%08llx",
                                      (unsigned long long)random_next(&maker->random) >> 32);
}

static void make_place(Maker *maker, Event *event, const City *city)
{
    bool is_webinar = event->kind == PLENARY__V1__EVENT__KIND__WEBINAR;
    bool is_hybrid = !is_webinar && chance(maker, 25);
    event->has_format = 1;
    event->format = is_webinar  ? PLENARY__V1__EVENT__FORMAT__ONLINE
                    : is_hybrid ? PLENARY__V1__EVENT__FORMAT__HYBRID
                                : PLENARY__V1__EVENT__FORMAT__IN_PERSON;
    if (!is_webinar) event->venue = make_venue(maker, city);
    if (is_webinar || is_hybrid) make_online(maker, event);
}

static Participant *make_participant(Maker *maker)
{
    Participant *participant = make(maker, &plenary__v1__participant__descriptor);
    if (!participant) return NULL;
    const char *given = atlas_given_names[pick(maker, atlas_given_name_count)];
    const char *family = atlas_family_names[pick(maker, atlas_family_name_count)];
    participant->name = arena_printf(maker->arena, "%s %s", given, family);
    participant->organisation = text(maker, atlas_bodies[pick(maker, atlas_body_count)].id);
    participant->country = text(maker, atlas_cities[pick(maker, atlas_city_count)].country);
    participant->has_role = 1;
    participant->role = (Plenary__V1__Participant__Role)(1 + pick(maker, 11));
    if (chance(maker, 60))
        participant->position = text(maker, atlas_positions[pick(maker, atlas_position_count)]);
    if (chance(maker, 40)) {
        participant->email = arena_printf(maker->arena, "%s.%s@example.org", given, family);
        participant->has_response = 1;
        participant->response = PLENARY__V1__PARTICIPANT__RESPONSE__ACCEPTED;
    }
    return participant;
}

/* Mostly a few, sometimes many, often none. */
static void make_participants(Maker *maker, Event *event)
{
    if (chance(maker, 15)) return;
    size_t most = GENERATE_PARTICIPANTS_MAX + 1;
    size_t count = pick(maker, chance(maker, 40) ? most : pick(maker, most) + 1);
    event->participants = arena_array(maker->arena, count + 1, sizeof *event->participants);
    if (!event->participants) {
        maker->failed = true;
        return;
    }
    for (size_t i = 0; i < count && !maker->failed; i++)
        event->participants[event->n_participants++] = make_participant(maker);
}

static void make_involvements(Maker *maker, Event *event)
{
    size_t count = 1 + pick_uneven(maker, BODIES_MAX);
    size_t first = pick_uneven(maker, atlas_body_count);
    event->organisations = arena_array(maker->arena, count, sizeof *event->organisations);
    if (!event->organisations) {
        maker->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        Plenary__V1__Involvement *part = make(maker, &plenary__v1__involvement__descriptor);
        if (!part) return;
        part->id = text(maker, atlas_bodies[(first + i * 5) % atlas_body_count].id);
        part->has_role = 1;
        part->role = i == 0 ? PLENARY__V1__INVOLVEMENT__ROLE__ORGANISER
                            : (Plenary__V1__Involvement__Role)(2 + pick(maker, 6));
        event->organisations[event->n_organisations++] = part;
    }
}

static void make_topics(Maker *maker, Event *event, size_t first)
{
    size_t count = 1 + pick_uneven(maker, TOPICS_MAX);
    event->topics = arena_array(maker->arena, count, sizeof *event->topics);
    if (!event->topics) {
        maker->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        event->topics[event->n_topics++] =
            text(maker, atlas_topics[(first + i * 7) % atlas_topic_count].name);
}

static void make_titles(Maker *maker, Event *event, const City *city, const Topic *topic)
{
    static const char *const kinds[] = {"Meeting", "Conference", "Training course", "Webinar"};
    static const char *const kinds_ru[] = {"Совещание", "Конференция", "Учебный курс", "Вебинар"};
    size_t kind = (size_t)event->kind - 1;
    event->title =
        arena_printf(maker->arena, "%s on %s, %s", kinds[kind], topic->phrase, city->name);
    event->language = text(maker, "en");
    if (!chance(maker, 60)) return;
    Plenary__V1__Translation *russian = make(maker, &plenary__v1__translation__descriptor);
    event->translations = arena_array(maker->arena, 1, sizeof *event->translations);
    if (!russian || !event->translations) {
        maker->failed = true;
        return;
    }
    russian->language = text(maker, "ru");
    russian->title = arena_printf(maker->arena, "%s по вопросам %s, %s", kinds_ru[kind],
                                  topic->phrase_ru, city->name_ru);
    event->translations[event->n_translations++] = russian;
}

static void make_description(Maker *maker, Event *event)
{
    char *description = NULL;
    size_t count = chance(maker, 55) ? 1 + pick(maker, 8) : 0;
    for (size_t i = 0; i < count; i++) {
        const char *sentence = atlas_sentences[pick(maker, atlas_sentence_count)];
        description = arena_printf(maker->arena, "%s%s%s", description ? description : "",
                                   description ? " " : "", sentence);
        if (!description) maker->failed = true;
        if (!description) return;
    }
    event->description = description;
}

static void make_agenda(Maker *maker, Event *event)
{
    static const char *const titles[] = {"Opening of the session and adoption of the agenda",
                                         "Reports of the delegations", "Discussion in groups",
                                         "Recommendations and closing"};
    size_t count = chance(maker, 40) ? 1 + pick(maker, sizeof titles / sizeof *titles) : 0;
    if (count == 0) return;
    event->agenda = arena_array(maker->arena, count, sizeof *event->agenda);
    if (!event->agenda) {
        maker->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        Plenary__V1__AgendaItem *item = make(maker, &plenary__v1__agenda_item__descriptor);
        if (!item) return;
        item->title = text(maker, titles[i]);
        item->start = text(maker, event->schedule->start);
        event->agenda[event->n_agenda++] = item;
    }
}

static void make_handling(Maker *maker, Event *event)
{
    size_t hundredth = pick(maker, 100);
    if (maker->failed) return;
    event->handling = make(maker, &plenary__v1__handling__descriptor);
    if (!event->handling) return;
    event->handling->has_tlp = 1;
    event->handling->tlp = hundredth < 25   ? PLENARY__V1__HANDLING__TLP__CLEAR
                           : hundredth < 80 ? PLENARY__V1__HANDLING__TLP__GREEN
                           : hundredth < 95 ? PLENARY__V1__HANDLING__TLP__AMBER
                                            : PLENARY__V1__HANDLING__TLP__RED;
    if (event->handling->tlp != PLENARY__V1__HANDLING__TLP__RED) return;
    event->handling->audience = arena_array(maker->arena, 1, sizeof *event->handling->audience);
    if (!event->handling->audience)
        maker->failed = true;
    else
        event->handling->audience[event->handling->n_audience++] =
            text(maker, event->organisations[0]->id);
}

Event *generate_event(uint64_t seed, uint64_t index, Arena *arena)
{
    Maker maker = {.random = random_of(seed, index), .arena = arena};
    Event *event = make(&maker, &plenary__v1__event__descriptor);
    if (!event) return NULL;
    const City *city = &atlas_cities[pick_uneven(&maker, atlas_city_count)];
    size_t topic = pick(&maker, atlas_topic_count);
    event->has_kind = 1;
    event->kind = (Plenary__V1__Event__Kind)(1 + pick(&maker, 4));
    event->has_status = 1;
    event->status = chance(&maker, 10) ? PLENARY__V1__EVENT__STATUS__TENTATIVE
                                       : PLENARY__V1__EVENT__STATUS__CONFIRMED;
    make_titles(&maker, event, city, &atlas_topics[topic]);
    make_description(&maker, event);
    event->schedule = make_schedule(&maker, city);
    make_place(&maker, event, city);
    if (event->schedule) make_agenda(&maker, event);
    make_involvements(&maker, event);
    make_participants(&maker, event);
    make_topics(&maker, event, topic);
    make_handling(&maker, event);
    if (chance(&maker, 10)) event->series = text(&maker, atlas_topics[topic].phrase);
    return maker.failed ? NULL : event;
}

/* --- variety --- */

static void recur(Maker *maker, Event *event, const Moment *start)
{
    static const char *const steps[] = {"WEEKLY", "WEEKLY;INTERVAL=2", "MONTHLY"};
    const char *step = steps[pick(maker, sizeof steps / sizeof *steps)];
    int until = start->year + 1 + (int)pick(maker, GENERATE_LONGEST_YEARS);
    event->recurrence = make(maker, &plenary__v1__recurrence__descriptor);
    if (!event->recurrence) return;
    size_t quarter = pick(maker, 4);
    if (quarter == 0)
        event->recurrence->rrule = arena_printf(maker->arena, "FREQ=%s", step);
    else if (quarter == 1 && start->is_date)
        event->recurrence->rrule = arena_printf(maker->arena, "FREQ=%s;UNTIL=%d0101", step, until);
    else
        event->recurrence->rrule =
            arena_printf(maker->arena, "FREQ=%s;COUNT=%d", step, 2 + (int)pick(maker, 50));
    if (!event->recurrence->rrule) maker->failed = true;
}

static void last_for_years(Maker *maker, Event *event, Moment end)
{
    end.year += 1 + (int)pick(maker, GENERATE_LONGEST_YEARS);
    event->schedule->end = moment(maker, end.year, end.month, end.day, end.is_date ? -1 : end.hour);
}

static void move_into_crowd(Maker *maker, Event *event, const Moment *start, const Moment *end)
{
    int year = GENERATE_CROWDED_YEAR;
    int month = GENERATE_CROWDED_MONTH;
    Schedule *schedule = event->schedule;
    schedule->start = moment(maker, year, month, start->day, start->is_date ? -1 : start->hour);
    schedule->end = moment(maker, year, month, end->day, end->is_date ? -1 : end->hour);
    for (size_t i = 0; i < event->n_agenda; i++)
        event->agenda[i]->start = schedule->start;
}

Event *generate_event_varied(uint64_t seed, uint64_t index, Arena *arena)
{
    Event *event = generate_event(seed, index, arena);
    if (!event) return NULL;
    /* chances of its own, so that whatever is not varied stays the same */
    Maker maker = {.random = random_of(~seed, index), .arena = arena};
    Moment start;
    Moment end;
    bool parsed =
        moment_parse(event->schedule->start, &start) && moment_parse(event->schedule->end, &end);
    assert(parsed);
    size_t hundredth = pick(&maker, 100);
    if (hundredth < 2)
        recur(&maker, event, &start);
    else if (hundredth < 3)
        last_for_years(&maker, event, end);
    else if (hundredth < 8)
        move_into_crowd(&maker, event, &start, &end);
    return maker.failed ? NULL : event;
}

Organisation *generate_organisation(size_t index, Arena *arena)
{
    Maker maker = {.random = random_of(0, index), .arena = arena};
    const Body *body = &atlas_bodies[index];
    Organisation *organisation = make(&maker, &plenary__v1__organisation__descriptor);
    if (!organisation) return NULL;
    organisation->id = text(&maker, body->id);
    organisation->name = text(&maker, body->name);
    organisation->acronym = text(&maker, body->acronym);
    organisation->has_kind = 1;
    organisation->kind = body->country ? PLENARY__V1__ORGANISATION__KIND__STATE_AGENCY
                                       : PLENARY__V1__ORGANISATION__KIND__INTERNATIONAL;
    if (body->country) organisation->country = text(&maker, body->country);
    return maker.failed ? NULL : organisation;
}
