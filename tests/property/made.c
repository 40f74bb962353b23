#include "tests/property/made.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    DAY_S = 24 * 3600,
    EPOCH_S = 1577836800, /* 2020-01-01 */
    DAYS = 1200,          /* in which events start */
    LONG_DAYS = 5 * 365,
    VERY_LONG_DAYS = 12 * 365,
};

const char *const made_audiences[MADE_AUDIENCES] = {"g1", "g2", "o0", "o1"};
const char *const made_organisations[MADE_ORGANISATIONS + 1] = {"o0", "o1", "o2",           "o3",
                                                                "o4", "o5", "Unlisted Body"};
const int made_parents[MADE_ORGANISATIONS] = {NONE, 0, 1, NONE, 3, NONE};

static const char *const countries[] = {"UZ", "KZ", "TJ", "KG", "TM"};

static char *lend(const char *lent)
{
    return (char *)(uintptr_t)lent;
}

/* --- a random one --- */

/* One of `count`, or none in one of `rare` cases. */
static int some(Harness *harness, int count, int rare)
{
    if (harness_below(harness, (uint32_t)rare) == 0) return NONE;
    return (int)harness_below(harness, (uint32_t)count);
}

static void fill_text(Harness *harness, MadeText *made, int weight, int at_least)
{
    *made = (MadeText){.weight = weight};
    made->count = at_least + (int)harness_below(harness, (uint32_t)(MADE_TEXT_WORDS - at_least));
    for (int i = 0; i < made->count; i++)
        made->words[i] = &words[harness_below(harness, WORDS)];
}

static void fill_times(Harness *harness, Made *made)
{
    int64_t days = 1 + harness_below(harness, 4);
    if (harness_below(harness, 30) == 0) days = 1 + harness_below(harness, LONG_DAYS);
    if (harness_below(harness, 200) == 0) days = VERY_LONG_DAYS;
    made->start_s = (int64_t)harness_below(harness, DAYS) * DAY_S;
    made->end_s = made->start_s + days * DAY_S;
    made->whole_days = harness_below(harness, 2) == 0;
    made->zone_h = NONE;
    made->approximate = harness_below(harness, 10) == 0;
    if (made->whole_days) return;
    made->start_s += (int64_t)harness_below(harness, 24 * 4) * 900;
    made->end_s = made->start_s + (int64_t)harness_below(harness, 5) * 1800;
    if (harness_below(harness, 30) == 0) made->end_s += days * DAY_S;
    if (harness_below(harness, 2)) made->zone_h = harness_below(harness, 2) ? 5 : 6;
}

static void fill_parts(Harness *harness, Made *made)
{
    for (int i = 0; i < MADE_PARTS; i++) {
        made->parts[i].organisation = some(harness, MADE_ORGANISATIONS + 1, 2);
        made->parts[i].role = 1 + (int)harness_below(harness, 7);
        for (int j = 0; j < i; j++)
            if (made->parts[j].organisation == made->parts[i].organisation)
                made->parts[i].organisation = NONE;
    }
}

static void fill_handling(Harness *harness, Made *made)
{
    made->tlp = harness_below(harness, 2) ? 0 : 1 + (int)harness_below(harness, 5);
    made->audience = harness_below(harness, 4) ? 0 : harness_below(harness, 1 << MADE_AUDIENCES);
    bool needs = made->tlp > PLENARY__V1__HANDLING__TLP__AMBER;
    if (needs && !made->audience) made->audience = 1 << harness_below(harness, MADE_AUDIENCES);
}

void made_fill(Harness *harness, Made *made, uint32_t members)
{
    memset(made, 0, sizeof *made);
    made->kind = 1 + (int)harness_below(harness, 4);
    made->status = 1 + (int)harness_below(harness, 3); /* tentative, confirmed, postponed */
    made->format = some(harness, 3, 4);
    made->country = some(harness, 5, 4);
    made->category = some(harness, 4, 3);
    made->series = some(harness, 4, 2);
    made->city = some(harness, CITIES, 3);
    made->room = some(harness, 40, 2);
    for (int i = 0; i < MADE_TOPICS; i++)
        made->topics[i] = some(harness, 6, 2);
    made->person = some(harness, 5, 2);
    fill_parts(harness, made);
    fill_handling(harness, made);
    fill_times(harness, made);
    fill_text(harness, &made->texts[0], 6, 1);
    fill_text(harness, &made->texts[1], 6, 0);
    fill_text(harness, &made->texts[2], 0, 0);
    if (members && harness_below(harness, 8) == 0)
        made->part_of = 1 + harness_below(harness, members);
}

/* --- as it is registered --- */

void made_moment(int64_t local_s, bool is_date, char text[static 32])
{
    time_t seconds = (time_t)(EPOCH_S + local_s);
    struct tm broken;
    (void)gmtime_r(&seconds, &broken);
    (void)strftime(text, 32, is_date ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%S", &broken);
}

static void join(const MadeText *made, char out[static 128])
{
    size_t length = 0;
    out[0] = '\0';
    for (int i = 0; i < made->count; i++)
        length += (size_t)snprintf(out + length, 128 - length, "%s%s", i ? " " : "",
                                   made->words[i]->written);
}

static void put_place(const Made *made, MadeEvent *out)
{
    static const char *const rooms[] = {"Hall", "HALL", "Кабинет"};
    static const char *const numbers[] = {"1", "2", "3", "4"};
    plenary__v1__venue__init(&out->venue);
    out->event.venue = &out->venue;
    if (made->country != NONE) out->venue.country = lend(countries[made->country]);
    if (made->city != NONE) out->venue.city = lend(cities[made->city].written);
    if (made->room == NONE) return;
    out->venue.name = lend(rooms[made->room % 3]);
    out->venue.room = lend(numbers[made->room % 4]);
}

static void put_schedule(const Made *made, MadeEvent *out)
{
    static const char *const zones[] = {"Asia/Tashkent", "Asia/Almaty"};
    plenary__v1__schedule__init(&out->schedule);
    made_moment(made->start_s, made->whole_days, out->start);
    made_moment(made->end_s - (made->whole_days ? DAY_S : 0), made->whole_days, out->end);
    out->schedule.start = out->start;
    out->schedule.end = out->end;
    out->schedule.has_approximate = made->approximate;
    out->schedule.approximate = made->approximate;
    if (made->zone_h != NONE) out->schedule.time_zone = lend(zones[made->zone_h - 5]);
    out->event.schedule = &out->schedule;
}

static void put_parts(const Made *made, MadeEvent *out)
{
    for (int i = 0; i < MADE_PARTS; i++) {
        int which = made->parts[i].organisation;
        if (which == NONE) continue;
        Involvement *part = &out->parts[i];
        plenary__v1__involvement__init(part);
        *(which == MADE_UNLISTED ? &part->name : &part->id) = lend(made_organisations[which]);
        part->has_role = 1;
        part->role = (Plenary__V1__Involvement__Role)made->parts[i].role;
        out->part_pointers[out->event.n_organisations++] = part;
    }
    out->event.organisations = out->part_pointers;
    if (made->person == NONE) return;
    plenary__v1__participant__init(&out->person);
    out->person.name = lend(people[made->person].written);
    out->people[0] = &out->person;
    out->event.participants = out->people;
    out->event.n_participants = 1;
}

static void put_handling(const Made *made, MadeEvent *out)
{
    plenary__v1__handling__init(&out->handling);
    if (!made->tlp && !made->audience) return;
    out->handling.has_tlp = made->tlp != 0;
    out->handling.tlp = (Plenary__V1__Handling__Tlp)made->tlp;
    out->handling.audience = out->audience;
    for (int i = 0; i < MADE_AUDIENCES; i++)
        if (made->audience >> i & 1)
            out->audience[out->handling.n_audience++] = lend(made_audiences[i]);
    out->event.handling = &out->handling;
}

static void put_texts(const Made *made, MadeEvent *out)
{
    for (int i = 0; i < 3; i++)
        join(&made->texts[i], out->texts[i]);
    out->event.title = out->texts[0];
    if (made->texts[2].count) out->event.description = out->texts[2];
    if (made->texts[1].count) {
        plenary__v1__translation__init(&out->translation);
        out->translation.language = lend("ru");
        out->translation.title = out->texts[1];
        out->translations[0] = &out->translation;
        out->event.translations = out->translations;
        out->event.n_translations = 1;
    }
    if (made->category != NONE) out->event.category = lend(categories[made->category].written);
    if (made->series != NONE) out->event.series = lend(series[made->series].written);
    out->event.topics = out->topics;
    for (int i = 0; i < MADE_TOPICS; i++)
        if (made->topics[i] != NONE)
            out->topics[out->event.n_topics++] = lend(topics[made->topics[i]].written);
}

void made_event(const Made *made, MadeEvent *out)
{
    memset(out, 0, sizeof *out);
    plenary__v1__event__init(&out->event);
    out->event.has_kind = 1;
    out->event.kind = (Plenary__V1__Event__Kind)made->kind;
    out->event.has_status = 1;
    out->event.status = (Plenary__V1__Event__Status)made->status;
    out->event.has_format = made->format != NONE;
    out->event.format = (Plenary__V1__Event__Format)(made->format + 1);
    put_place(made, out);
    put_schedule(made, out);
    put_parts(made, out);
    put_handling(made, out);
    put_texts(made, out);
    if (!made->part_of) return;
    (void)snprintf(out->part_of, sizeof out->part_of, "%u", made->part_of);
    out->event.part_of = out->part_of;
}

/* --- its texts --- */

int made_texts(const Made *made, MadeText texts[static MADE_TEXTS])
{
    static const Spelling persons[] = {{"Yrysbek", "yrysbek", NULL, "yrysbek", NULL, false}};
    int count = 0;
    for (int i = 0; i < 3; i++)
        texts[count++] = made->texts[i];
    if (made->city != NONE) texts[count++] = (MadeText){3, 1, {&cities[made->city]}};
    if (made->person == 0 || made->person == 1) texts[count++] = (MadeText){3, 1, {&persons[0]}};
    return count;
}
