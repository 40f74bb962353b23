#include "tests/support/plans.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    DAYS = 12,
    VENUES = 4,
    HOUR_S = 3600,
    SPELLINGS = 2,
};

/* One that the directory knows, and one that it does not. */
static const char *const organisations[PLAN_ORGANISATIONS + 1][SPELLINGS] = {
    {NULL, NULL}, {"unodc", "Drugs Office"}, {"Customs", "CUSTOMS"}};

static const Plenary__V1__WriteReply *must(const Reply *reply)
{
    if (reply->status) fail_msg("%s", reply->status->message);
    return reply->write;
}

/* --- the model: plans, which events are made of --- */

Plan plan_of(Harness *harness, int number)
{
    Plan plan = {.start_h = (int)harness_below(harness, DAYS * 24),
                 .hours = (int)harness_below(harness, 6),
                 .whole_days = harness_below(harness, 3) == 0,
                 .has_zone = harness_below(harness, 2) == 0,
                 .zone_h = harness_below(harness, 2) ? 5 : 0,
                 .venue = (int)harness_below(harness, VENUES),
                 .room = (int)harness_below(harness, 3),
                 .city = (int)harness_below(harness, 3),
                 .status = PLENARY__V1__EVENT__STATUS__CONFIRMED,
                 .approximate = harness_below(harness, 12) == 0,
                 .secret = harness_below(harness, 6) == 0};
    static const int statuses[] = {
        PLENARY__V1__EVENT__STATUS__TENTATIVE, PLENARY__V1__EVENT__STATUS__POSTPONED,
        PLENARY__V1__EVENT__STATUS__HELD, PLENARY__V1__EVENT__STATUS__CANCELLED};
    if (harness_below(harness, 3) == 0)
        plan.status = (Plenary__V1__Event__Status)statuses[harness_below(harness, 4)];
    if (plan.whole_days) {
        plan.start_h = plan.start_h / 24 * 24;
        plan.hours = 24 * (1 + (int)harness_below(harness, 2));
    }
    for (int i = 0; i < PLAN_PEOPLE; i++) {
        if (harness_below(harness, 6) == 0) plan.people[i] = (Coming)harness_below(harness, 3);
        if (harness_below(harness, 2) == 0)
            plan.leads[i] = (int)harness_below(harness, PLAN_ORGANISATIONS + 1);
    }
    plan.spelling = (int)harness_below(harness, SPELLINGS);
    if (number > 1 && harness_below(harness, 5) == 0)
        plan.whole = 1 + (int)harness_below(harness, (uint32_t)number - 1);
    return plan;
}

static int64_t start_of(const Plan *plan, bool utc)
{
    return (int64_t)(plan->start_h - (utc ? plan->zone_h : 0)) * HOUR_S;
}

static int64_t end_of(const Plan *plan, bool utc)
{
    return start_of(plan, utc) + (plan->hours ? (int64_t)plan->hours * HOUR_S : 1);
}

static bool overlap(const Plan *one, const Plan *other)
{
    bool utc = one->has_zone && other->has_zone && !one->whole_days && !other->whole_days;
    return start_of(one, utc) < end_of(other, utc) && start_of(other, utc) < end_of(one, utc);
}

bool plan_is_doubtful(const Plan *plan)
{
    return plan->approximate || plan->status == PLENARY__V1__EVENT__STATUS__TENTATIVE ||
           plan->status == PLENARY__V1__EVENT__STATUS__POSTPONED;
}

static bool lies_within(const Plan *plans, int part, int whole)
{
    for (int at = plans[part].whole; at; at = plans[at].whole)
        if (at == whole) return true;
    return false;
}

/* Does anybody come who leads this delegation; and to the other one as well? */
static bool is_led(const Plan *plan, int organisation, const Plan *other)
{
    for (int i = 0; i < PLAN_PEOPLE; i++)
        if (plan->people[i] != STAYS && plan->leads[i] == organisation &&
            (!other || other->people[i] != STAYS))
            return true;
    return false;
}

void plans_expect(const Plan *plans, int one, int other, char text[static PLAN_CLASHES_SIZE])
{
    const Plan *left = &plans[one];
    const Plan *right = &plans[other];
    bool maybe = plan_is_doubtful(left) || plan_is_doubtful(right);
    *text = '\0';
    if (left->status == PLENARY__V1__EVENT__STATUS__CANCELLED ||
        right->status == PLENARY__V1__EVENT__STATUS__CANCELLED || !overlap(left, right) ||
        lies_within(plans, one, other) || lies_within(plans, other, one))
        return;
    if (left->venue && left->venue == right->venue && left->room == right->room &&
        (!left->city || !right->city || left->city == right->city))
        *text++ = maybe ? 'v' : 'V';
    for (int i = 0; i < PLAN_PEOPLE; i++) {
        if (left->people[i] == STAYS || right->people[i] == STAYS) continue;
        bool perhaps = maybe || left->people[i] == PERHAPS || right->people[i] == PERHAPS;
        *text++ = (char)((perhaps ? 'a' : '0') + i);
    }
    for (int i = PLAN_ORGANISATIONS; i > 0; i--)
        if (is_led(left, i, NULL) && is_led(right, i, NULL) && !is_led(left, i, right) &&
            !is_led(right, i, left))
            *text++ = (char)('z' - i);
    *text = '\0';
}

void plans_begin(const Asker *asker)
{
    must(ask_put_organisation(asker, organisations[1][0], organisations[1][1], NULL));
}

/* --- plans become events --- */

static void print_hour(int hour, bool date, char text[static 32])
{
    (void)snprintf(text, 32, date ? "2023-05-%02d" : "2023-05-%02dT%02d:00", 1 + hour / 24,
                   hour % 24);
}

/* Who comes, or is expected to. */
static void fill_people(const Plan *plan, Participant *people, Participant **pointers, Event *event)
{
    static const char *const names[] = {"Ann", "Bob", "Cyd", "Dan", "Eve", "Fay", "Gus"};
    for (int i = 0; i < PLAN_PEOPLE; i++) {
        if (plan->people[i] == STAYS) continue;
        Participant *person = &people[event->n_participants];
        plenary__v1__participant__init(person);
        person->name = ask_text(names[i]);
        person->has_response = plan->people[i] == PERHAPS;
        person->response = PLENARY__V1__PARTICIPANT__RESPONSE__TENTATIVE;
        person->has_role = plan->leads[i] != 0;
        person->role = PLENARY__V1__PARTICIPANT__ROLE__HEAD_OF_DELEGATION;
        person->organisation = ask_text(organisations[plan->leads[i]][plan->spelling]);
        pointers[event->n_participants++] = person;
    }
    event->participants = pointers;
}

const Reply *plan_send(const Asker *asker, const Plan *plan, plan_send_fn *send, void *context)
{
    static const char *const venues[] = {"", "Hall", "House", "Hotel"};
    static const char *const rooms[] = {NULL, "5", "6"};
    static const char *const cities[] = {NULL, "Osh", "Termez"};
    Draft draft;
    Venue venue = PLENARY__V1__VENUE__INIT;
    Participant people[PLAN_PEOPLE];
    Participant *pointers[PLAN_PEOPLE];
    char start[32], until[32], whole[16];
    int last_h = plan->start_h + plan->hours - (plan->whole_days ? 24 : 0);
    ask_draft(&draft, "Meeting", NULL);
    print_hour(plan->start_h, plan->whole_days, start);
    print_hour(last_h, plan->whole_days, until);
    draft.schedule.start = start;
    draft.schedule.end = until;
    draft.schedule.time_zone =
        !plan->has_zone ? NULL : ask_text(plan->zone_h ? "Asia/Tashkent" : "Etc/UTC");
    draft.schedule.has_approximate = draft.schedule.approximate = plan->approximate;
    draft.event.has_status = 1;
    draft.event.status = plan->status;
    venue.name = ask_text(plan->venue ? venues[plan->venue] : NULL);
    venue.room = ask_text(rooms[plan->room]);
    venue.city = ask_text(cities[plan->city]);
    if (venue.name || venue.room || venue.city) draft.event.venue = &venue;
    fill_people(plan, people, pointers, &draft.event);
    (void)snprintf(whole, sizeof whole, "%d", plan->whole);
    if (plan->whole) draft.event.part_of = whole;
    if (plan->secret) draft.handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER;
    return send(asker, &draft.event, context);
}

static const Reply *send_plainly(const Asker *asker, Event *event, void *context)
{
    (void)context;
    return ask_register(asker, event);
}

void plan_register(const Asker *asker, const Plan *plan)
{
    must(plan_send(asker, plan, send_plainly, NULL));
}

/* A part is often where its whole is, and then. */
static void take_place(Plan *part, const Plan *whole)
{
    part->start_h = whole->start_h;
    part->hours = whole->hours;
    part->whole_days = whole->whole_days;
    part->venue = whole->venue;
    part->room = whole->room;
    part->city = whole->city;
}

void plans_register(const Asker *asker, Plan *plans, int count)
{
    for (int number = 1; number <= count; number++) {
        plans[number] = plan_of(asker->harness, number);
        if (plans[number].whole && harness_below(asker->harness, 2))
            take_place(&plans[number], &plans[plans[number].whole]);
        plan_register(asker, &plans[number]);
    }
}

/* --- what is found --- */

static int by_text(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

const char *plans_sorted(GPtrArray *lines)
{
    GString *text = g_string_new("");
    if (lines->len) qsort(lines->pdata, lines->len, sizeof *lines->pdata, by_text);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s\n", (char *)lines->pdata[i]);
    g_ptr_array_free(lines, TRUE);
    return g_string_free(text, FALSE);
}

void plans_print_clashes(const Conflict *conflict, char text[static PLAN_CLASHES_SIZE])
{
    static const char names[] = "ABCDEFG";
    for (size_t i = 0; i < conflict->n_clashes; i++) {
        const Clash *clash = conflict->clashes[i];
        if (clash->kind == PLENARY__V1__CLASH__KIND__VENUE)
            *text++ = clash->possible ? 'v' : 'V';
        else if (clash->kind == PLENARY__V1__CLASH__KIND__HEAD_OF_DELEGATION)
            *text++ = !clash->possible ? '!' : *clash->subject == 'C' ? 'x' : 'y';
        else
            *text++ =
                (char)((clash->possible ? 'a' : '0') + (strchr(names, clash->subject[0]) - names));
    }
    *text = '\0';
}

char *plans_line(int one, int other, const char *clashes)
{
    int low = one < other || !other ? one : other;
    return g_strdup_printf("%d %d %s", low, other && low == other ? one : other, clashes);
}

const char *plans_expected(const Plan *plans, int count)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    char clashes[PLAN_CLASHES_SIZE];
    for (int one = 1; one <= count; one++) {
        for (int other = one + 1; other <= count; other++) {
            plans_expect(plans, one, other, clashes);
            if (*clashes) g_ptr_array_add(lines, plans_line(one, other, clashes));
        }
    }
    return plans_sorted(lines);
}

void plans_check_same(const char *is, const char *should)
{
    if (strcmp(is, should) != 0) fail_msg("found:\n%sexpected:\n%s", is, should);
    g_free((gpointer)(uintptr_t)is);
    g_free((gpointer)(uintptr_t)should);
}
